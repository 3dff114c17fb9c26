/* Helpers for scenarios, declared in iomem-review.h. */

int iomem_device_unbind(struct device *dev)
{
	return devres_release_all(dev);
}

int iomem_device_resources(struct device *dev)
{
	return list_count_nodes(devres_list(dev));
}

struct resource *iomem_resource_new(const char *name, resource_size_t start, resource_size_t size, unsigned long flags,
				    unsigned long desc)
{
	struct resource *made = kzalloc(sizeof(*made), GFP_KERNEL | __GFP_NOFAIL);

	made->name = name;
	made->start = start;
	made->end = start + size - 1;
	made->flags = flags;
	made->desc = desc;
	return made;
}

struct resource *iomem_insert(struct resource *parent, const char *name, resource_size_t start, resource_size_t size,
			      unsigned long flags, unsigned long desc)
{
	struct resource *made = iomem_resource_new(name, start, size, flags, desc);

	if (insert_resource(parent, made)) {
		kfree(made);
		return NULL;
	}
	return made;
}

static struct resource *iomem_put(struct resource *made, struct resource *parent, const char *name,
				  resource_size_t start, resource_size_t end, unsigned long flags, unsigned long desc)
{
	struct resource **link = &parent->child;

	made->name = name;
	made->start = start;
	made->end = end;
	made->flags = flags;
	made->desc = desc;
	made->parent = parent;
	while (*link && (*link)->start < start)
		link = &(*link)->sibling;
	made->sibling = *link;
	*link = made;
	return made;
}

struct resource *iomem_place(struct resource *parent, const char *name, resource_size_t start, resource_size_t end,
			     unsigned long flags, unsigned long desc)
{
	struct resource *made = kzalloc(sizeof(*made), GFP_KERNEL | __GFP_NOFAIL);

	return iomem_put(made, parent, name, start, end, flags, desc);
}

struct resource *iomem_place_early(struct resource *parent, const char *name, resource_size_t start,
				   resource_size_t end, unsigned long flags, unsigned long desc)
{
	return iomem_put(__iomem_early_alloc(sizeof(struct resource)), parent, name, start, end, flags, desc);
}

void iomem_limit(resource_size_t end)
{
	iomem_resource.end = end;
}

static bool below(const struct resource *parent, const struct resource *res, unsigned int depth)
{
	const struct resource *p;

	for (p = parent->child; p; p = p->sibling)
		if (p == res || (p->child && depth < 60 && below(p, res, depth + 1)))
			return true;
	return false;
}

bool iomem_is_placed(const struct resource *res)
{
	return below(&iomem_resource, res, 0) || below(&ioport_resource, res, 0);
}

bool iomem_is_loose(const struct resource *res)
{
	return res && __iomem_is_live(res) && !iomem_is_placed(res);
}
