/*
 * The kernel that stands in where no tree is at hand: declarations. The text of a patch follows, then resource.c beside this.
 *
 * IOMEM_SHOWN_name says that the patch shows function `name` completely, so that it is left out here; IOMEM_PARAMS_name how
 * many parameters the patch gives it, where kernels differ in that; IOMEM_BOOL_name that the patch has it answer a bool. Names of
 * helpers are those that kernels use: a patch that calls one means that one.
 */
#include "headers.h"

struct resource ioport_resource = {
	.name = "PCI IO",
	.start = 0,
	.end = IO_SPACE_LIMIT,
	.flags = IORESOURCE_IO,
};
EXPORT_SYMBOL(ioport_resource);

struct resource iomem_resource = {
	.name = "PCI mem",
	.start = 0,
	.end = -1,
	.flags = IORESOURCE_MEM,
};
EXPORT_SYMBOL(iomem_resource);

static DEFINE_RWLOCK(resource_lock);
static DECLARE_WAIT_QUEUE_HEAD(muxed_resource_wait);
static struct inode *iomem_inode;
#ifdef CONFIG_STRICT_DEVMEM
static int strict_iomem_checks = 1;
#else
static int strict_iomem_checks;
#endif

/* What a managed claim remembers. */
struct region_devres {
	struct resource *parent;
	resource_size_t start;
	resource_size_t n;
};

#ifndef GFR_DESCENDING
#define GFR_DESCENDING (1UL << 0)
#endif
#ifndef GFR_REQUEST_REGION
#define GFR_REQUEST_REGION (1UL << 1)
#endif
#ifndef GFR_DEFAULT_ALIGN
#ifdef PA_SECTION_SHIFT
#define GFR_DEFAULT_ALIGN (1UL << PA_SECTION_SHIFT)
#else
#define GFR_DEFAULT_ALIGN PAGE_SIZE
#endif
#endif

/*
 * Helpers that kernels have too, by their names. What the patch shows has its own signature.
 */
#ifndef IOMEM_SHOWN_next_resource
#if IOMEM_PARAMS_next_resource == 1
static struct resource *next_resource(struct resource *p);
#elif IOMEM_PARAMS_next_resource == 3
static struct resource *next_resource(struct resource *p, bool skip_children, struct resource *subtree_root);
#else
static struct resource *next_resource(struct resource *p, bool skip_children);
#endif
#endif
#ifndef IOMEM_SHOWN_alloc_resource
static struct resource *alloc_resource(gfp_t flags);
#endif
#ifndef IOMEM_SHOWN_free_resource
static void free_resource(struct resource *res);
#endif
#ifndef IOMEM_SHOWN___request_resource
static struct resource *__request_resource(struct resource *root, struct resource *new);
#endif
#ifndef IOMEM_SHOWN___release_resource
static int __release_resource(struct resource *old, bool release_child);
#endif
#ifndef IOMEM_SHOWN___release_child_resources
static void __release_child_resources(struct resource *r);
#endif
#ifndef IOMEM_SHOWN___insert_resource
static struct resource *__insert_resource(struct resource *parent, struct resource *new);
#endif
#ifndef IOMEM_SHOWN___adjust_resource
static int __adjust_resource(struct resource *res, resource_size_t start, resource_size_t size);
#endif
#ifndef IOMEM_SHOWN_is_type_match
static bool is_type_match(struct resource *p, unsigned long flags, unsigned long desc);
#endif
#ifndef IOMEM_SHOWN_find_next_iomem_res
#if IOMEM_PARAMS_find_next_iomem_res == 6
static int find_next_iomem_res(resource_size_t start, resource_size_t end, unsigned long flags, unsigned long desc,
			       bool first_lvl, struct resource *res);
#else
static int find_next_iomem_res(resource_size_t start, resource_size_t end, unsigned long flags, unsigned long desc,
			       struct resource *res);
#endif
#endif
#ifndef IOMEM_SHOWN___walk_iomem_res_desc
#if IOMEM_PARAMS___walk_iomem_res_desc == 7
static int __walk_iomem_res_desc(resource_size_t start, resource_size_t end, unsigned long flags, unsigned long desc,
				 bool first_lvl, void *arg, int (*func)(struct resource *, void *));
#else
static int __walk_iomem_res_desc(resource_size_t start, resource_size_t end, unsigned long flags, unsigned long desc,
				 void *arg, int (*func)(struct resource *, void *));
#endif
#endif
#ifndef IOMEM_SHOWN___is_ram
static int __is_ram(unsigned long pfn, unsigned long nr_pages, void *arg);
#endif
#ifndef IOMEM_SHOWN___region_intersects
#if IOMEM_PARAMS___region_intersects == 4
static int __region_intersects(resource_size_t start, size_t size, unsigned long flags, unsigned long desc);
#else
static int __region_intersects(struct resource *parent, resource_size_t start, size_t size, unsigned long flags,
			       unsigned long desc);
#endif
#endif
#ifndef IOMEM_SHOWN_resource_clip
static void resource_clip(struct resource *res, resource_size_t min, resource_size_t max);
#endif
#ifndef IOMEM_SHOWN___find_resource_space
static int __find_resource_space(struct resource *root, struct resource *old, struct resource *new, resource_size_t size,
				 struct resource_constraint *constraint);
#endif
#ifndef IOMEM_SHOWN_find_resource_space
int find_resource_space(struct resource *root, struct resource *new, resource_size_t size,
			struct resource_constraint *constraint);
#endif
#ifndef IOMEM_SHOWN_reallocate_resource
static int reallocate_resource(struct resource *root, struct resource *old, resource_size_t newsize,
			       struct resource_constraint *constraint);
#endif
#ifndef IOMEM_SHOWN_revoke_iomem
static void revoke_iomem(struct resource *res);
#endif
#ifndef IOMEM_SHOWN___request_region_locked
#ifdef IOMEM_BOOL___request_region_locked
static bool __request_region_locked(struct resource *res, struct resource *parent, resource_size_t start,
				    resource_size_t n, const char *name, int flags);
#else
static int __request_region_locked(struct resource *res, struct resource *parent, resource_size_t start,
				   resource_size_t n, const char *name, int flags);
#endif
#endif
#ifndef IOMEM_SHOWN_system_ram_resources_mergeable
static bool system_ram_resources_mergeable(struct resource *r1, struct resource *r2);
#endif
#ifndef IOMEM_SHOWN_devm_resource_release
static void devm_resource_release(struct device *dev, void *ptr);
#endif
#ifndef IOMEM_SHOWN_devm_resource_match
static int devm_resource_match(struct device *dev, void *res, void *data);
#endif
#ifndef IOMEM_SHOWN_devm_region_release
static void devm_region_release(struct device *dev, void *res);
#endif
#ifndef IOMEM_SHOWN_devm_region_match
static int devm_region_match(struct device *dev, void *res, void *match_data);
#endif
#ifndef IOMEM_SHOWN_gfr_start
static resource_size_t gfr_start(struct resource *base, resource_size_t size, resource_size_t align,
				 unsigned long flags);
#endif
#ifndef IOMEM_SHOWN_gfr_continue
static bool gfr_continue(struct resource *base, resource_size_t addr, resource_size_t align, unsigned long flags);
#endif
#ifndef IOMEM_SHOWN_gfr_next
static resource_size_t gfr_next(resource_size_t addr, resource_size_t align, unsigned long flags);
#endif
#ifndef IOMEM_SHOWN_remove_free_mem_region
static void remove_free_mem_region(void *_res);
#endif
#ifndef IOMEM_SHOWN_get_free_mem_region
static struct resource *get_free_mem_region(struct device *dev, struct resource *base, resource_size_t size,
					    const unsigned long align, const char *name, const unsigned long desc,
					    const unsigned long flags);
#endif
#ifndef IOMEM_SHOWN___request_free_mem_region
static struct resource *__request_free_mem_region(struct device *dev, struct resource *base, unsigned long size,
						  const char *name);
#endif

#ifndef for_each_resource
#if IOMEM_PARAMS_next_resource == 1
#define for_each_resource(_root, _p, _skip_children) for ((_p) = (_root)->child; (_p); (_p) = next_resource(_p))
#elif IOMEM_PARAMS_next_resource == 3
#define for_each_resource(_root, _p, _skip_children) \
	for ((_p) = (_root)->child; (_p); (_p) = next_resource(_p, _skip_children, _root))
#else
#define for_each_resource(_root, _p, _skip_children) \
	for ((_p) = (_root)->child; (_p); (_p) = next_resource(_p, _skip_children))
#endif
#endif
