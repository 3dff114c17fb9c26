/* Looking without taking. */

#ifndef IOMEM_SHOWN_is_type_match
static bool is_type_match(struct resource *p, unsigned long flags, unsigned long desc)
{
	return (p->flags & flags) == flags && (desc == IORES_DESC_NONE || p->desc == desc);
}
#endif

/* Copies the part in [start, end] of the first range of that kind. */
#ifndef IOMEM_SHOWN_find_next_iomem_res
#if IOMEM_PARAMS_find_next_iomem_res == 6
static int find_next_iomem_res(resource_size_t start, resource_size_t end, unsigned long flags, unsigned long desc,
			       bool first_lvl, struct resource *res)
#else
static int find_next_iomem_res(resource_size_t start, resource_size_t end, unsigned long flags, unsigned long desc,
			       struct resource *res)
#endif
{
#if IOMEM_PARAMS_find_next_iomem_res != 6
	const bool first_lvl = false;
#endif
	struct resource *at;
	bool into;
	int ret = -ENODEV;

	if (!res || start >= end)
		return -EINVAL;

	read_lock(&resource_lock);
	for (at = iomem_resource.child; at && at->start <= end; at = iomem_model_step(&iomem_resource, at, into)) {
		into = !first_lvl && at->end >= start;
		if (at->end < start || !is_type_match(at, flags, desc))
			continue;
		*res = (struct resource) {
			.start = max(start, at->start),
			.end = min(end, at->end),
			.flags = at->flags,
			.desc = at->desc,
			.parent = at->parent,
		};
		ret = 0;
		break;
	}
	read_unlock(&resource_lock);
	return ret;
}
#endif

#ifndef IOMEM_SHOWN___walk_iomem_res_desc
#if IOMEM_PARAMS___walk_iomem_res_desc == 7
static int __walk_iomem_res_desc(resource_size_t start, resource_size_t end, unsigned long flags, unsigned long desc,
				 bool first_lvl, void *arg, int (*func)(struct resource *, void *))
#else
static int __walk_iomem_res_desc(resource_size_t start, resource_size_t end, unsigned long flags, unsigned long desc,
				 void *arg, int (*func)(struct resource *, void *))
#endif
{
	struct resource res;
	int ret = -EINVAL;

#if IOMEM_PARAMS_find_next_iomem_res == 6
	while (start < end && !find_next_iomem_res(start, end, flags, desc, false, &res)) {
#else
	while (start < end && !find_next_iomem_res(start, end, flags, desc, &res)) {
#endif
		ret = func(&res, arg);
		if (ret)
			break;
		start = res.end + 1;
	}
	return ret;
}
#endif
#if IOMEM_PARAMS___walk_iomem_res_desc == 7
#define iomem_model_walk(start, end, flags, desc, arg, func) \
	__walk_iomem_res_desc(start, end, flags, desc, false, arg, func)
#else
#define iomem_model_walk(start, end, flags, desc, arg, func) __walk_iomem_res_desc(start, end, flags, desc, arg, func)
#endif

#ifndef IOMEM_SHOWN_walk_iomem_res_desc
int walk_iomem_res_desc(unsigned long desc, unsigned long flags, u64 start, u64 end, void *arg,
			int (*func)(struct resource *, void *))
{
	return iomem_model_walk(start, end, flags, desc, arg, func);
}
EXPORT_SYMBOL_GPL(walk_iomem_res_desc);
#endif
#ifndef IOMEM_SHOWN_walk_system_ram_res
int walk_system_ram_res(u64 start, u64 end, void *arg, int (*func)(struct resource *, void *))
{
	return iomem_model_walk(start, end, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, IORES_DESC_NONE, arg, func);
}
#endif
#ifndef IOMEM_SHOWN_walk_mem_res
int walk_mem_res(u64 start, u64 end, void *arg, int (*func)(struct resource *, void *))
{
	return iomem_model_walk(start, end, IORESOURCE_MEM | IORESOURCE_BUSY, IORES_DESC_NONE, arg, func);
}
#endif

#ifndef IOMEM_SHOWN_walk_system_ram_res_rev
struct iomem_model_ranges {
	struct resource *ranges;
	unsigned long count;
};
static int iomem_model_count(struct resource *res, void *arg)
{
	((struct iomem_model_ranges *)arg)->count++;
	return 0;
}
static int iomem_model_note(struct resource *res, void *arg)
{
	struct iomem_model_ranges *all = arg;

	all->ranges[--all->count] = *res;
	return 0;
}
int walk_system_ram_res_rev(u64 start, u64 end, void *arg, int (*func)(struct resource *, void *))
{
	struct iomem_model_ranges all = { };
	unsigned long count, i;
	int ret = -1;

	walk_system_ram_res(start, end, &all, iomem_model_count);
	count = all.count;
	all.ranges = kvcalloc(max(count, 1UL), sizeof(*all.ranges), GFP_KERNEL);
	if (!all.ranges)
		return ret;
	walk_system_ram_res(start, end, &all, iomem_model_note);
	for (i = 0; i < count; i++) {
		ret = func(&all.ranges[i], arg);
		if (ret)
			break;
	}
	kvfree(all.ranges);
	return ret;
}
#endif
#ifndef IOMEM_SHOWN_walk_system_ram_range
int walk_system_ram_range(unsigned long start_pfn, unsigned long nr_pages, void *arg,
			  int (*func)(unsigned long, unsigned long, void *))
{
	resource_size_t start = (u64)start_pfn << PAGE_SHIFT;
	resource_size_t end = ((u64)(start_pfn + nr_pages) << PAGE_SHIFT) - 1;
	const unsigned long flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY;
	unsigned long first, behind;
	struct resource res;
	int ret = -EINVAL;

#if IOMEM_PARAMS_find_next_iomem_res == 6
	while (start < end && !find_next_iomem_res(start, end, flags, IORES_DESC_NONE, false, &res)) {
#else
	while (start < end && !find_next_iomem_res(start, end, flags, IORES_DESC_NONE, &res)) {
#endif
		/* Whole pages only. */
		first = PFN_UP(res.start);
		behind = PFN_DOWN(res.end + 1);
		if (behind > first)
			ret = func(first, behind - first, arg);
		if (ret)
			break;
		start = res.end + 1;
	}
	return ret;
}
#endif
#ifndef IOMEM_SHOWN___is_ram
static int __is_ram(unsigned long pfn, unsigned long nr_pages, void *arg)
{
	return 1;
}
#endif
#ifndef IOMEM_SHOWN_page_is_ram
int page_is_ram(unsigned long pfn)
{
	return walk_system_ram_range(pfn, 1, NULL, __is_ram) == 1;
}
EXPORT_SYMBOL_GPL(page_is_ram);
#endif

/*
 * Read locked. Something of another kind on top is looked into: it counts as other unless what is wanted covers all of it that
 * lies in the range.
 */
#ifndef IOMEM_SHOWN___region_intersects
static int iomem_model_intersects(struct resource *parent, resource_size_t start, size_t size, unsigned long flags,
				  unsigned long desc)
{
	resource_size_t end = start + size - 1;
	int wanted = 0, others = 0;
	struct resource *top, *at;

	for (top = parent->child; top; top = top->sibling) {
		resource_size_t left = max(start, top->start), right = min(end, top->end), covered = left;
		bool whole = true, into;

		if (top->start > end || top->end < start)
			continue;
		if (is_type_match(top, flags, desc)) {
			wanted++;
			continue;
		}
		for (at = top->child; at; at = iomem_model_step(top, at, into)) {
			into = !is_type_match(at, flags, desc);
			if (into || at->start > end || at->end < start)
				continue;
			wanted++;
			if (at->start > covered)
				whole = false;
			if (at->end >= covered)
				covered = at->end + 1;
		}
		if (!whole || (covered <= right && covered >= left))
			others++;
	}
	if (!wanted)
		return REGION_DISJOINT;
	return others ? REGION_MIXED : REGION_INTERSECTS;
}
#if IOMEM_PARAMS___region_intersects == 4
static int __region_intersects(resource_size_t start, size_t size, unsigned long flags, unsigned long desc)
{
	return iomem_model_intersects(&iomem_resource, start, size, flags, desc);
}
#else
static int __region_intersects(struct resource *parent, resource_size_t start, size_t size, unsigned long flags,
			       unsigned long desc)
{
	return iomem_model_intersects(parent, start, size, flags, desc);
}
#endif
#endif
#ifndef IOMEM_SHOWN___region_intersects
#define iomem_model_meets(parent, start, size) iomem_model_intersects(parent, start, size, 0, IORES_DESC_NONE)
#elif IOMEM_PARAMS___region_intersects == 4
#define iomem_model_meets(parent, start, size) __region_intersects(start, size, 0, IORES_DESC_NONE)
#else
#define iomem_model_meets(parent, start, size) __region_intersects(parent, start, size, 0, IORES_DESC_NONE)
#endif
#ifndef IOMEM_SHOWN_region_intersects
int region_intersects(resource_size_t start, size_t size, unsigned long flags, unsigned long desc)
{
	int ret;

	read_lock(&resource_lock);
#if IOMEM_PARAMS___region_intersects == 4
	ret = __region_intersects(start, size, flags, desc);
#else
	ret = __region_intersects(&iomem_resource, start, size, flags, desc);
#endif
	read_unlock(&resource_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(region_intersects);
#endif

#ifndef IOMEM_SHOWN_iomem_map_sanity_check
int iomem_map_sanity_check(resource_size_t addr, unsigned long size)
{
	resource_size_t end = addr + size - 1;
	struct resource *p;
	int ret = 0;

	read_lock(&resource_lock);
	for (p = iomem_resource.child; p; p = iomem_model_step(&iomem_resource, p, true)) {
		if (p->start > end || p->end < addr || p->flags & IORESOURCE_BUSY)
			continue;
		if (PFN_DOWN(p->start) <= PFN_DOWN(addr) && PFN_DOWN(p->end) >= PFN_DOWN(end))
			continue;
		pr_warn("a mapping of %pa to %pa reaches beyond %s %pR\n", &addr, &end,
			p->name, p);
		ret = -1;
		break;
	}
	read_unlock(&resource_lock);
	return ret;
}
#endif
#ifndef IOMEM_SHOWN_resource_is_exclusive
bool resource_is_exclusive(struct resource *root, u64 addr, resource_size_t size)
{
	const unsigned long ram = IORESOURCE_SYSTEM_RAM | IORESOURCE_EXCLUSIVE;
	bool exclusive = false, into;
	struct resource *p;

	read_lock(&resource_lock);
	for (p = root->child; p && p->start < addr + size; p = iomem_model_step(root, p, into)) {
		into = p->end >= addr;
		if (!into)
			continue;
		/* A driver's memory is kept from user space even while it is not in use. */
		exclusive = (p->flags & ram) == ram ||
			    (strict_iomem_checks && p->flags & IORESOURCE_BUSY &&
			     (IS_ENABLED(CONFIG_IO_STRICT_DEVMEM) || p->flags & IORESOURCE_EXCLUSIVE));
		if (exclusive)
			break;
	}
	read_unlock(&resource_lock);
	return exclusive;
}
#endif
#ifndef IOMEM_SHOWN_iomem_is_exclusive
bool iomem_is_exclusive(u64 addr)
{
	return resource_is_exclusive(&iomem_resource, addr & PAGE_MASK, PAGE_SIZE);
}
#endif
