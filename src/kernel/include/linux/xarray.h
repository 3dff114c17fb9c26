/* Model header: xarrays, as far as ranges of indices are stored and loaded. */
#ifndef _LINUX_XARRAY_H
#define _LINUX_XARRAY_H

#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/err.h>

struct xarray {
	spinlock_t xa_lock;
	/* Disjoint ranges, sorted: struct __iomem_xa_range in lib/xarray.c. */
	struct list_head ranges;
};
#define XARRAY_INIT(name, flags) { .ranges = LIST_HEAD_INIT((name).ranges) }
#define DEFINE_XARRAY(name) struct xarray name = XARRAY_INIT(name, 0)
#define DEFINE_XARRAY_ALLOC(name) DEFINE_XARRAY(name)
#define XA_ZERO_ENTRY ((void *)0x402)
void xa_init(struct xarray *xa);
void *xa_load(struct xarray *xa, unsigned long index);
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
void *xa_store_range(struct xarray *xa, unsigned long first, unsigned long last, void *entry, gfp_t gfp);
void xa_destroy(struct xarray *xa);
bool xa_empty(const struct xarray *xa);
static inline bool xa_is_err(const void *entry) { return IS_ERR(entry); }
static inline int xa_err(void *entry) { return IS_ERR(entry) ? (int)PTR_ERR(entry) : 0; }

#endif
