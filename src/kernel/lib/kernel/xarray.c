/* Arrays with wide indices, kept as disjoint ranges in order. */

struct __iomem_xa_range {
	struct list_head node;
	unsigned long first, last;
	void *entry;
};

void xa_init(struct xarray *xa)
{
	spin_lock_init(&xa->xa_lock);
	INIT_LIST_HEAD(&xa->ranges);
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	struct __iomem_xa_range *range;
	void *entry = NULL;
	unsigned long flags;

	spin_lock_irqsave(&xa->xa_lock, flags);
	list_for_each_entry(range, &xa->ranges, node)
		if (range->first <= index && index <= range->last) {
			entry = range->entry;
			break;
		}
	spin_unlock_irqrestore(&xa->xa_lock, flags);
	return entry;
}

/* Takes [first, last] out of the ranges. `spare` becomes the upper part of a range that is cut in two. */
static struct __iomem_xa_range *xa_cut(struct xarray *xa, unsigned long first, unsigned long last,
				       struct __iomem_xa_range *spare)
{
	struct __iomem_xa_range *range, *after;

	list_for_each_entry_safe(range, after, &xa->ranges, node) {
		if (range->last < first || range->first > last)
			continue;
		if (range->first < first && range->last > last) {
			spare->first = last + 1;
			spare->last = range->last;
			spare->entry = range->entry;
			list_add(&spare->node, &range->node);
			range->last = first - 1;
			return NULL;
		}
		if (range->first < first) {
			range->last = first - 1;
		} else if (range->last > last) {
			range->first = last + 1;
		} else {
			list_del(&range->node);
			kfree(range);
		}
	}
	return spare;
}

void *xa_store_range(struct xarray *xa, unsigned long first, unsigned long last, void *entry, gfp_t gfp)
{
	struct __iomem_xa_range *range = NULL, *spare, *at;
	struct list_head *place;
	unsigned long flags;

	if (last < first)
		return ERR_PTR(-EINVAL);
	if (entry) {
		range = kzalloc(sizeof(*range), gfp);
		if (!range)
			return ERR_PTR(-ENOMEM);
		range->first = first;
		range->last = last;
		range->entry = entry;
	}
	spare = kzalloc(sizeof(*spare), gfp | __GFP_NOFAIL);

	spin_lock_irqsave(&xa->xa_lock, flags);
	spare = xa_cut(xa, first, last, spare);
	if (range) {
		place = &xa->ranges;
		list_for_each_entry(at, &xa->ranges, node)
			if (at->first > last) {
				place = &at->node;
				break;
			}
		list_add_tail(&range->node, place);
		__iomem_ledger_add(IOMEM_ENTRY, first, last - first + 1, xa);
	}
	spin_unlock_irqrestore(&xa->xa_lock, flags);
	kfree(spare);
	return NULL;
}

void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *old = xa_load(xa, index);
	void *error = xa_store_range(xa, index, index, entry, gfp);

	return IS_ERR(error) ? error : old;
}

int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *error;

	if (xa_load(xa, index))
		return -EBUSY;
	error = xa_store_range(xa, index, index, entry, gfp);
	return IS_ERR(error) ? (int)PTR_ERR(error) : 0;
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	return xa_store(xa, index, NULL, GFP_KERNEL);
}

bool xa_empty(const struct xarray *xa)
{
	return list_empty(&xa->ranges);
}

void xa_destroy(struct xarray *xa)
{
	xa_store_range(xa, 0, ULONG_MAX, NULL, GFP_KERNEL);
}
