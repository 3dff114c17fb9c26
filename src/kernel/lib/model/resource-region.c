/* Claims of drivers, and memory that comes and goes. */

#ifndef IOMEM_SHOWN_revoke_iomem
static void revoke_iomem(struct resource *res)
{
#ifdef CONFIG_IO_STRICT_DEVMEM
	struct inode *inode = smp_load_acquire(&iomem_inode);

	if (!inode)
		return;
	/* The two ends stand for the whole. */
	if (devmem_is_allowed(PHYS_PFN(res->start)) && devmem_is_allowed(PHYS_PFN(res->end)))
		return;
	unmap_mapping_range(inode->i_mapping, res->start, resource_size(res), 1);
#endif
}
#endif
#ifndef IOMEM_SHOWN_iomem_get_mapping
struct address_space *iomem_get_mapping(void)
{
	return smp_load_acquire(&iomem_inode)->i_mapping;
}
#endif

/* Locked, but lets go of the lock to wait for a muxed region. */
#ifndef IOMEM_SHOWN___request_region_locked
static int iomem_model_claim(struct resource *res, struct resource *parent, resource_size_t start, resource_size_t n,
			     const char *name, int flags)
{
	struct resource *where = parent, *hit;
	DECLARE_WAITQUEUE(wait, current);

	res->name = name;
	res->start = start;
	res->end = start + n - 1;
	for (;;) {
		res->flags = resource_type(where) | resource_ext_type(where) | (IORESOURCE_BUSY | flags);
		res->desc = where->desc;
		hit = __request_resource(where, res);
		if (!hit)
			return 0;
		if (parent == &iomem_resource && hit->desc == IORES_DESC_DEVICE_PRIVATE_MEMORY)
			pr_warn("device memory %s %pR is in the way of %pR\n", hit->name, hit, res);
		if (hit != where && !(hit->flags & IORESOURCE_BUSY)) {
			where = hit;
			continue;
		}
		if (!(hit->flags & flags & IORESOURCE_MUXED))
			return -EBUSY;
		add_wait_queue(&muxed_resource_wait, &wait);
		set_current_state(TASK_UNINTERRUPTIBLE);
		write_unlock(&resource_lock);
		schedule();
		remove_wait_queue(&muxed_resource_wait, &wait);
		write_lock(&resource_lock);
	}
}
#ifdef IOMEM_BOOL___request_region_locked
static bool __request_region_locked(struct resource *res, struct resource *parent, resource_size_t start,
				    resource_size_t n, const char *name, int flags)
{
	return iomem_model_claim(res, parent, start, n, name, flags) == 0;
}
#else
static int __request_region_locked(struct resource *res, struct resource *parent, resource_size_t start,
				   resource_size_t n, const char *name, int flags)
{
	return iomem_model_claim(res, parent, start, n, name, flags);
}
#endif
#endif
#ifdef IOMEM_BOOL___request_region_locked
#define iomem_model_claimed(res, parent, start, n, name, flags) \
	__request_region_locked(res, parent, start, n, name, flags)
#else
#define iomem_model_claimed(res, parent, start, n, name, flags) \
	(!__request_region_locked(res, parent, start, n, name, flags))
#endif

#ifndef IOMEM_SHOWN___request_region
struct resource *__request_region(struct resource *parent, resource_size_t start, resource_size_t n, const char *name,
				  int flags)
{
	struct resource *res = alloc_resource(GFP_KERNEL);
	bool claimed;

	if (!res)
		return NULL;
	write_lock(&resource_lock);
	claimed = iomem_model_claimed(res, parent, start, n, name, flags);
	write_unlock(&resource_lock);
	if (!claimed) {
		free_resource(res);
		return NULL;
	}
	if (parent == &iomem_resource)
		revoke_iomem(res);
	return res;
}
EXPORT_SYMBOL(__request_region);
#endif
#ifndef IOMEM_SHOWN___release_region
void __release_region(struct resource *parent, resource_size_t start, resource_size_t n)
{
	resource_size_t end = start + n - 1;
	struct resource **slot = &parent->child, *res;

	write_lock(&resource_lock);
	while ((res = *slot)) {
		if (res->start > start || res->end < end) {
			slot = &res->sibling;
			continue;
		}
		if (!(res->flags & IORESOURCE_BUSY)) {
			slot = &res->child;
			continue;
		}
		if (res->start != start || res->end != end)
			break;
		*slot = res->sibling;
		write_unlock(&resource_lock);
		if (res->flags & IORESOURCE_MUXED)
			wake_up(&muxed_resource_wait);
		free_resource(res);
		return;
	}
	write_unlock(&resource_lock);
	pr_warn("nobody has %pa to %pa, which is given back\n", &start, &end);
}
EXPORT_SYMBOL(__release_region);
#endif

/* Takes memory out of a busy range, which shrinks, goes, or falls in two. Never fails: it cannot tell. */
#ifndef IOMEM_SHOWN_release_mem_region_adjustable
void release_mem_region_adjustable(resource_size_t start, resource_size_t size)
{
	resource_size_t end = start + size - 1;
	struct resource **slot = &iomem_resource.child, *res, *kid, **up;
	struct resource *rest = alloc_resource(GFP_KERNEL | __GFP_NOFAIL);

	write_lock(&resource_lock);
	while ((res = *slot) && res->start < end) {
		if (res->start > start || res->end < end) {
			slot = &res->sibling;
			continue;
		}
		if (!(res->flags & IORESOURCE_MEM))
			break;
		if (!(res->flags & IORESOURCE_BUSY)) {
			slot = &res->child;
			continue;
		}
		if (res->start == start && res->end == end) {
			*slot = res->sibling;
			free_resource(res);
		} else if (res->start == start) {
			WARN_ON_ONCE(__adjust_resource(res, end + 1, res->end - end));
		} else if (res->end == end) {
			WARN_ON_ONCE(__adjust_resource(res, res->start, start - res->start));
		} else {
			rest->name = res->name;
			rest->start = end + 1;
			rest->end = res->end;
			rest->flags = res->flags;
			rest->desc = res->desc;
			rest->parent = res->parent;
			rest->sibling = res->sibling;
			/* What lies above the hole goes with the upper part. */
			up = &res->child;
			while (*up && (*up)->start <= end)
				up = &(*up)->sibling;
			rest->child = *up;
			*up = NULL;
			if (WARN_ON_ONCE(__adjust_resource(res, res->start, start - res->start))) {
				*up = rest->child;
				break;
			}
			for (kid = rest->child; kid; kid = kid->sibling)
				kid->parent = rest;
			res->sibling = rest;
			rest = NULL;
		}
		break;
	}
	write_unlock(&resource_lock);
	free_resource(rest);
}
#endif

#ifndef IOMEM_SHOWN_system_ram_resources_mergeable
static bool system_ram_resources_mergeable(struct resource *r1, struct resource *r2)
{
	return r1->flags == r2->flags && r1->desc == r2->desc && r1->name == r2->name && r1->end + 1 == r2->start &&
	       !r1->child && !r2->child;
}
#endif
/* `res` may be gone afterwards. */
#ifndef IOMEM_SHOWN_merge_system_ram_resource
void merge_system_ram_resource(struct resource *res)
{
	const unsigned long ram = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY;
	struct resource *other;

	if (WARN_ON_ONCE((res->flags & ram) != ram))
		return;
	write_lock(&resource_lock);
	res->flags |= IORESOURCE_SYSRAM_MERGEABLE;
	other = res->sibling;
	if (other && system_ram_resources_mergeable(res, other)) {
		res->end = other->end;
		res->sibling = other->sibling;
		free_resource(other);
	}
	for (other = res->parent->child; other && other->sibling != res; other = other->sibling)
		;
	if (other && system_ram_resources_mergeable(other, res)) {
		other->end = res->end;
		other->sibling = res->sibling;
		free_resource(res);
	}
	write_unlock(&resource_lock);
}
#endif
