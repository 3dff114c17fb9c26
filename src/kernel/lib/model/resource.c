/*
 * The kernel that stands in where no tree is at hand: what the interface of kernel/resource.c promises, in our own words. Each
 * function gives way to the one that the patch shows. One lock guards every tree; "locked" means that the caller holds it for
 * writing, "read locked" that it holds it at all.
 */

/* The way through a tree: parents before children, ascending. */
#ifndef IOMEM_SHOWN_next_resource
static struct resource *iomem_model_next(struct resource *p, bool skip_children, struct resource *root)
{
	if (!skip_children && p->child)
		return p->child;
	while (p && !p->sibling && p != root) {
		p = p->parent;
		if (p == root)
			return NULL;
	}
	return p ? p->sibling : NULL;
}
#if IOMEM_PARAMS_next_resource == 1
static struct resource *next_resource(struct resource *p)
{
	return iomem_model_next(p, false, NULL);
}
#elif IOMEM_PARAMS_next_resource == 3
static struct resource *next_resource(struct resource *p, bool skip_children, struct resource *subtree_root)
{
	return iomem_model_next(p, skip_children, subtree_root);
}
#else
static struct resource *next_resource(struct resource *p, bool skip_children)
{
	return iomem_model_next(p, skip_children, NULL);
}
#endif
#endif

/* The model's own way through what lies below `root`, whatever the patch makes of next_resource(). */
static struct resource *iomem_model_step(struct resource *root, struct resource *p, bool into)
{
	if (into && p->child)
		return p->child;
	while (!p->sibling) {
		p = p->parent;
		if (!p || p == root)
			return NULL;
	}
	return p->sibling;
}

#ifndef IOMEM_SHOWN_alloc_resource
static struct resource *alloc_resource(gfp_t flags)
{
	return kzalloc(sizeof(struct resource), flags);
}
#endif

/* A node from before the allocator was there stays where it is. */
#ifndef IOMEM_SHOWN_free_resource
static void free_resource(struct resource *res)
{
	bool from_slab = res && PageSlab(virt_to_head_page(res));

	if (from_slab)
		kfree(res);
}
#endif

/* Locked. NULL, or who is in the way; the root itself where `new` does not fit into it at all. */
#ifndef IOMEM_SHOWN___request_resource
static struct resource *__request_resource(struct resource *root, struct resource *new)
{
	struct resource **slot;

	if (new->start > new->end || new->start < root->start || new->end > root->end)
		return root;
	for (slot = &root->child; *slot && (*slot)->start <= new->end; slot = &(*slot)->sibling)
		if ((*slot)->end >= new->start)
			return *slot;
	new->sibling = *slot;
	new->parent = root;
	*slot = new;
	return NULL;
}
#endif

/* Locked. Takes `old` out; its children go with it, or move up into its place. */
#ifndef IOMEM_SHOWN___release_resource
static int __release_resource(struct resource *old, bool release_child)
{
	struct resource **slot = &old->parent->child;
	struct resource *kid;

	while (*slot && *slot != old)
		slot = &(*slot)->sibling;
	if (!*slot)
		return -EINVAL;
	if (release_child || !old->child) {
		*slot = old->sibling;
	} else {
		*slot = old->child;
		for (kid = old->child; ; kid = kid->sibling) {
			kid->parent = old->parent;
			if (!kid->sibling)
				break;
		}
		kid->sibling = old->sibling;
	}
	old->parent = NULL;
	return 0;
}
#endif

/* Locked. Takes the row of children apart; sizes survive, places do not. */
#ifndef IOMEM_SHOWN___release_child_resources
static void __release_child_resources(struct resource *r)
{
	struct resource *kid = r->child, *next;

	r->child = NULL;
	for (; kid; kid = next) {
		next = kid->sibling;
		kid->parent = kid->sibling = NULL;
		__release_child_resources(kid);
		kid->end -= kid->start;
		kid->start = 0;
	}
}
#endif
#ifndef IOMEM_SHOWN_release_child_resources
void release_child_resources(struct resource *r)
{
	write_lock(&resource_lock);
	__release_child_resources(r);
	write_unlock(&resource_lock);
}
#endif

#ifndef IOMEM_SHOWN_request_resource_conflict
struct resource *request_resource_conflict(struct resource *root, struct resource *new)
{
	struct resource *conflict;

	write_lock(&resource_lock);
	conflict = __request_resource(root, new);
	write_unlock(&resource_lock);
	return conflict;
}
#endif
#ifndef IOMEM_SHOWN_request_resource
int request_resource(struct resource *root, struct resource *new)
{
	return request_resource_conflict(root, new) ? -EBUSY : 0;
}
EXPORT_SYMBOL(request_resource);
#endif
#ifndef IOMEM_SHOWN_release_resource
int release_resource(struct resource *old)
{
	int ret;

	write_lock(&resource_lock);
	ret = __release_resource(old, true);
	write_unlock(&resource_lock);
	return ret;
}
EXPORT_SYMBOL(release_resource);
#endif
#ifndef IOMEM_SHOWN_remove_resource
int remove_resource(struct resource *old)
{
	int ret;

	write_lock(&resource_lock);
	ret = __release_resource(old, false);
	write_unlock(&resource_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(remove_resource);
#endif

/*
 * Locked. As deep as it fits, over what lies inside it. Of two equal ranges the newcomer is on top. NULL, or who is in the way.
 */
#ifndef IOMEM_SHOWN___insert_resource
static struct resource *__insert_resource(struct resource *parent, struct resource *new)
{
	struct resource *first, *last, **slot;

	for (;;) {
		first = __request_resource(parent, new);
		if (!first || first == parent)
			return first;
		if (WARN_ON(first == new))
			return first;
		if (first->start > new->start || first->end < new->end ||
		    (first->start == new->start && first->end == new->end))
			break;
		parent = first;
	}

	for (last = first; ; last = last->sibling) {
		if (last->start < new->start || last->end > new->end)
			return last;
		if (!last->sibling || last->sibling->start > new->end)
			break;
	}

	slot = &parent->child;
	while (*slot != first)
		slot = &(*slot)->sibling;
	*slot = new;
	new->parent = parent;
	new->sibling = last->sibling;
	new->child = first;
	last->sibling = NULL;
	for (; first; first = first->sibling)
		first->parent = new;
	return NULL;
}
#endif
#ifndef IOMEM_SHOWN_insert_resource_conflict
struct resource *insert_resource_conflict(struct resource *parent, struct resource *new)
{
	struct resource *conflict;

	write_lock(&resource_lock);
	conflict = __insert_resource(parent, new);
	write_unlock(&resource_lock);
	return conflict;
}
#endif
#ifndef IOMEM_SHOWN_insert_resource
int insert_resource(struct resource *parent, struct resource *new)
{
	return insert_resource_conflict(parent, new) ? -EBUSY : 0;
}
EXPORT_SYMBOL_GPL(insert_resource);
#endif
#ifndef IOMEM_SHOWN_insert_resource_expand_to_fit
void insert_resource_expand_to_fit(struct resource *root, struct resource *new)
{
	struct resource *conflict;

	if (new->parent)
		return;
	write_lock(&resource_lock);
	while ((conflict = __insert_resource(root, new)) && conflict != root) {
		new->start = min(new->start, conflict->start);
		new->end = max(new->end, conflict->end);
		pr_info("%s grew over %s\n", new->name, conflict->name);
	}
	write_unlock(&resource_lock);
}
EXPORT_SYMBOL_GPL(insert_resource_expand_to_fit);
#endif

/* Locked. Moves the borders of `res` where its neighbours and its children let it. */
#ifndef IOMEM_SHOWN___adjust_resource
static int __adjust_resource(struct resource *res, resource_size_t start, resource_size_t size)
{
	resource_size_t end = start + size - 1;
	struct resource *other;

	if (res->parent) {
		if (start < res->parent->start || end > res->parent->end)
			return -EBUSY;
		if (res->sibling && res->sibling->start <= end)
			return -EBUSY;
		for (other = res->parent->child; other != res; other = other->sibling)
			if (other->sibling == res && other->end >= start)
				return -EBUSY;
	}
	for (other = res->child; other; other = other->sibling)
		if (other->start < start || other->end > end)
			return -EBUSY;
	res->start = start;
	res->end = end;
	return 0;
}
#endif
#ifndef IOMEM_SHOWN_adjust_resource
int adjust_resource(struct resource *res, resource_size_t start, resource_size_t size)
{
	int ret;

	write_lock(&resource_lock);
	ret = __adjust_resource(res, start, size);
	write_unlock(&resource_lock);
	return ret;
}
EXPORT_SYMBOL(adjust_resource);
#endif
#ifndef IOMEM_SHOWN_lookup_resource
struct resource *lookup_resource(struct resource *root, resource_size_t start)
{
	struct resource *res;

	read_lock(&resource_lock);
	for (res = root->child; res && res->start != start; res = res->sibling)
		;
	read_unlock(&resource_lock);
	return res;
}
#endif

#include "resource-space.c"
#include "resource-query.c"
#include "resource-region.c"
#include "resource-devres.c"
#include "resource-boot.c"
