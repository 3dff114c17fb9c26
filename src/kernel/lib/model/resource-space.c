/* Gaps between resources, found and taken. */

#ifndef IOMEM_SHOWN_resource_clip
static void resource_clip(struct resource *res, resource_size_t min, resource_size_t max)
{
	res->start = max(res->start, min);
	res->end = min(res->end, max);
}
#endif

/* Locked. The lowest place for `size` bytes between the children of `root`, as if `old` were not there. */
#ifndef IOMEM_SHOWN___find_resource_space
static int __find_resource_space(struct resource *root, struct resource *old, struct resource *new, resource_size_t size,
				 struct resource_constraint *constraint)
{
	resource_size_t from = root->start;
	struct resource *kid = root->child;

	/* What begins where the root begins leaves no gap below it; what moves leaves what it has. */
	if (kid && kid->start == from) {
		if (kid != old) {
			if (kid->end == root->end)
				return -EBUSY;
			from = kid->end + 1;
		}
		kid = kid->sibling;
	}
	for (; ; kid = kid->sibling) {
		struct resource gap = { .start = from, .end = root->end, .flags = new->flags };
		resource_size_t low, at;

		if (kid)
			gap.end = kid == old ? kid->end : kid->start - 1;
		if (gap.end >= from && gap.end <= root->end) {
			low = max(from, constraint->min);
			gap.end = min(gap.end, constraint->max);
			gap.start = ALIGN(low, constraint->align);
			if (gap.start >= low && low <= gap.end) {
				at = constraint->alignf ?
				     constraint->alignf(constraint->alignf_data, &gap, size, constraint->align) :
				     gap.start;
				if (at >= gap.start && at + size - 1 >= at && at + size - 1 <= gap.end) {
					new->start = at;
					new->end = at + size - 1;
					return 0;
				}
			}
		}
		if (!kid || kid->end == root->end)
			return -EBUSY;
		if (kid != old)
			from = kid->end + 1;
	}
}
#endif
#ifndef IOMEM_SHOWN_find_resource_space
int find_resource_space(struct resource *root, struct resource *new, resource_size_t size,
			struct resource_constraint *constraint)
{
	return __find_resource_space(root, NULL, new, size, constraint);
}
EXPORT_SYMBOL_GPL(find_resource_space);
#endif

/* Takes its own lock: moves `old` to where `newsize` bytes fit; it stays where it is if that will do. */
#ifndef IOMEM_SHOWN_reallocate_resource
static int reallocate_resource(struct resource *root, struct resource *old, resource_size_t newsize,
			       struct resource_constraint *constraint)
{
	struct resource place = *old;
	struct resource *conflict;
	int ret;

	write_lock(&resource_lock);
	ret = __find_resource_space(root, old, &place, newsize, constraint);
	if (ret)
		goto out;
	if (resource_contains(&place, old)) {
		old->start = place.start;
		old->end = place.end;
		goto out;
	}
	if (old->child) {
		ret = -EBUSY;
		goto out;
	}
	if (resource_contains(old, &place)) {
		old->start = place.start;
		old->end = place.end;
	} else {
		__release_resource(old, true);
		*old = place;
		conflict = __request_resource(root, old);
		BUG_ON(conflict);
	}
out:
	write_unlock(&resource_lock);
	return ret;
}
#endif
#ifndef IOMEM_SHOWN_allocate_resource
int allocate_resource(struct resource *root, struct resource *new, resource_size_t size, resource_size_t min,
		      resource_size_t max, resource_size_t align, resource_alignf alignf, void *alignf_data)
{
	struct resource_constraint constraint = {
		.min = min, .max = max, .align = align, .alignf = alignf, .alignf_data = alignf_data,
	};
	int ret;

	if (new->parent)
		return reallocate_resource(root, new, size, &constraint);
	write_lock(&resource_lock);
	ret = __find_resource_space(root, NULL, new, size, &constraint);
	if (!ret && __request_resource(root, new))
		ret = -EBUSY;
	write_unlock(&resource_lock);
	return ret;
}
EXPORT_SYMBOL(allocate_resource);
#endif
#ifndef IOMEM_SHOWN_resource_alignment
resource_size_t resource_alignment(struct resource *res)
{
	switch (res->flags & (IORESOURCE_SIZEALIGN | IORESOURCE_STARTALIGN)) {
	case IORESOURCE_SIZEALIGN:
		return resource_size(res);
	case IORESOURCE_STARTALIGN:
		return res->start;
	default:
		return 0;
	}
}
#endif

/* Claims what is free of a range at boot: in pieces, around whoever is there. */
#ifndef IOMEM_SHOWN_reserve_region_with_split
static struct resource *iomem_model_piece(struct resource *root, resource_size_t start, resource_size_t end,
					  const char *name)
{
	struct resource *res = alloc_resource(GFP_ATOMIC);

	if (res) {
		res->name = name;
		res->start = start;
		res->end = end;
		res->flags = resource_type(root) | IORESOURCE_BUSY;
		res->desc = IORES_DESC_NONE;
	}
	return res;
}
void reserve_region_with_split(struct resource *root, resource_size_t start, resource_size_t end, const char *name)
{
	struct resource *res, *conflict;
	resource_size_t next, last;

	write_lock(&resource_lock);
	if (root->start > start || root->end < end) {
		pr_err("0x%llx to 0x%llx does not lie in %pr\n", (unsigned long long)start,
		       (unsigned long long)end, root);
		if (start > root->end || end < root->start)
			goto out;
		start = max(start, root->start);
		end = min(end, root->end);
	}
	for (last = end; (res = iomem_model_piece(root, start, last, name)); last = end) {
		/* Shortened until it ends below whoever is in the way. */
		while ((conflict = __request_resource(root, res)) && conflict->start > res->start)
			res->end = conflict->start - 1;
		next = conflict ? conflict->end : res->end;
		if (conflict)
			free_resource(res);
		if (next >= end)
			break;
		start = next + 1;
	}
out:
	write_unlock(&resource_lock);
}
#endif
