/* Claims that end with their device, and the search for a free region. */

#ifndef IOMEM_SHOWN_devm_resource_release
static void devm_resource_release(struct device *dev, void *ptr)
{
	release_resource(*(struct resource **)ptr);
}
#endif
#ifndef IOMEM_SHOWN_devm_resource_match
static int devm_resource_match(struct device *dev, void *res, void *data)
{
	return *(struct resource **)res == data;
}
#endif
#ifndef IOMEM_SHOWN_devm_request_resource
int devm_request_resource(struct device *dev, struct resource *root, struct resource *new)
{
	struct resource **entry = devres_alloc(devm_resource_release, sizeof(*entry), GFP_KERNEL);

	if (!entry)
		return -ENOMEM;
	*entry = new;
	/* Who is in the way may be gone when this is back. */
	if (request_resource_conflict(root, new)) {
		dev_err(dev, "resource collision: %pR\n", new);
		devres_free(entry);
		return -EBUSY;
	}
	devres_add(dev, entry);
	return 0;
}
EXPORT_SYMBOL(devm_request_resource);
#endif
#ifndef IOMEM_SHOWN_devm_release_resource
void devm_release_resource(struct device *dev, struct resource *new)
{
	WARN_ON(devres_release(dev, devm_resource_release, devm_resource_match, new));
}
EXPORT_SYMBOL(devm_release_resource);
#endif

#ifndef IOMEM_SHOWN_devm_region_release
static void devm_region_release(struct device *dev, void *res)
{
	struct region_devres *claim = res;

	__release_region(claim->parent, claim->start, claim->n);
}
#endif
#ifndef IOMEM_SHOWN_devm_region_match
static int devm_region_match(struct device *dev, void *res, void *match_data)
{
	struct region_devres *a = res, *b = match_data;

	return a->parent == b->parent && a->start == b->start && a->n == b->n;
}
#endif
#ifndef IOMEM_SHOWN___devm_request_region
struct resource *__devm_request_region(struct device *dev, struct resource *parent, resource_size_t start,
				       resource_size_t n, const char *name)
{
	struct region_devres *claim = devres_alloc(devm_region_release, sizeof(*claim), GFP_KERNEL);
	struct resource *res;

	if (!claim)
		return NULL;
	claim->parent = parent;
	claim->start = start;
	claim->n = n;
	res = __request_region(parent, start, n, name, 0);
	if (res)
		devres_add(dev, claim);
	else
		devres_free(claim);
	return res;
}
EXPORT_SYMBOL(__devm_request_region);
#endif
#ifndef IOMEM_SHOWN___devm_release_region
void __devm_release_region(struct device *dev, struct resource *parent, resource_size_t start, resource_size_t n)
{
	struct region_devres wanted = { .parent = parent, .start = start, .n = n };

	WARN_ON(devres_release(dev, devm_region_release, devm_region_match, &wanted));
}
EXPORT_SYMBOL(__devm_release_region);
#endif

/* Where the search begins, whether it goes on, and where. */
#ifndef IOMEM_SHOWN_gfr_start
static resource_size_t gfr_start(struct resource *base, resource_size_t size, resource_size_t align,
				 unsigned long flags)
{
	if (flags & GFR_DESCENDING)
		return min_t(resource_size_t, base->end, DIRECT_MAP_PHYSMEM_END) - size + 1;
	return ALIGN(max(base->start, align), align);
}
#endif
#ifndef IOMEM_SHOWN_gfr_continue
static bool gfr_continue(struct resource *base, resource_size_t addr, resource_size_t align, unsigned long flags)
{
	if (flags & GFR_DESCENDING)
		return addr > align && addr >= base->start;
	/* It wraps at the end of the space. */
	return addr > addr - align && addr <= min_t(resource_size_t, base->end, DIRECT_MAP_PHYSMEM_END);
}
#endif
#ifndef IOMEM_SHOWN_gfr_next
static resource_size_t gfr_next(resource_size_t addr, resource_size_t align, unsigned long flags)
{
	return flags & GFR_DESCENDING ? addr - align : addr + align;
}
#endif
#ifndef IOMEM_SHOWN_remove_free_mem_region
static void remove_free_mem_region(void *_res)
{
	struct resource *res = _res;

	if (res->parent)
		remove_resource(res);
	free_resource(res);
}
#endif

/* Finds and takes a place in one go. Downwards it is claimed, below the root; upwards it is inserted into `base`. */
#ifndef IOMEM_SHOWN_get_free_mem_region
static struct resource *get_free_mem_region(struct device *dev, struct resource *base, resource_size_t size,
					    const unsigned long align, const char *name, const unsigned long desc,
					    const unsigned long flags)
{
	const bool claim = flags & GFR_REQUEST_REGION;
	struct resource *res = alloc_resource(GFP_KERNEL);
	struct region_devres *dr = NULL;
	resource_size_t addr;

	if (!res)
		return ERR_PTR(-ENOMEM);
	size = ALIGN(size, align);
	if (dev && claim) {
		dr = devres_alloc(devm_region_release, sizeof(*dr), GFP_KERNEL);
		if (!dr) {
			free_resource(res);
			return ERR_PTR(-ENOMEM);
		}
	} else if (dev && devm_add_action_or_reset(dev, remove_free_mem_region, res)) {
		return ERR_PTR(-ENOMEM);
	}

	write_lock(&resource_lock);
	for (addr = gfr_start(base, size, align, flags); gfr_continue(base, addr, align, flags);
	     addr = gfr_next(addr, align, flags)) {
		if (iomem_model_meets(base, addr, size) != REGION_DISJOINT)
			continue;
		if (claim) {
			if (!iomem_model_claimed(res, &iomem_resource, addr, size, name, 0))
				break;
			if (dev) {
				dr->parent = &iomem_resource;
				dr->start = addr;
				dr->n = size;
				devres_add(dev, dr);
			}
			res->desc = desc;
			write_unlock(&resource_lock);
			/* It asks the tree itself. */
			revoke_iomem(res);
			return res;
		}
		*res = (struct resource) {
			.start = addr,
			.end = addr + size - 1,
			.name = name,
			.flags = IORESOURCE_MEM,
			.desc = desc,
		};
		if (__insert_resource(base, res) || res->child)
			break;
		write_unlock(&resource_lock);
		return res;
	}
	write_unlock(&resource_lock);

	if (claim) {
		free_resource(res);
		devres_free(dr);
	} else if (dev) {
		devm_release_action(dev, remove_free_mem_region, res);
	} else {
		free_resource(res);
	}
	return ERR_PTR(-ERANGE);
}
#endif

/* Until 5.19 the searches for device memory shared a helper of this name. */
#ifndef IOMEM_SHOWN___request_free_mem_region
static struct resource *__request_free_mem_region(struct device *dev, struct resource *base, unsigned long size,
						  const char *name)
{
	return get_free_mem_region(dev, base, size, GFR_DEFAULT_ALIGN, name, IORES_DESC_DEVICE_PRIVATE_MEMORY,
				   GFR_DESCENDING | GFR_REQUEST_REGION);
}
#endif
#ifndef IOMEM_SHOWN_devm_request_free_mem_region
struct resource *devm_request_free_mem_region(struct device *dev, struct resource *base, unsigned long size)
{
	return __request_free_mem_region(dev, base, size, dev_name(dev));
}
EXPORT_SYMBOL_GPL(devm_request_free_mem_region);
#endif
#ifndef IOMEM_SHOWN_request_free_mem_region
struct resource *request_free_mem_region(struct resource *base, unsigned long size, const char *name)
{
	return __request_free_mem_region(NULL, base, size, name);
}
EXPORT_SYMBOL_GPL(request_free_mem_region);
#endif
#ifndef IOMEM_SHOWN_alloc_free_mem_region
struct resource *alloc_free_mem_region(struct resource *base, unsigned long size, unsigned long align, const char *name)
{
	/* Default of upwards searches: neither from above nor claimed. */
	return get_free_mem_region(NULL, base, size, align, name, IORES_DESC_NONE, 0);
}
EXPORT_SYMBOL_GPL(alloc_free_mem_region);
#endif
