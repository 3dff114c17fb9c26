/*
 * Model header: resources. The kernel tree's own file is read in its place wherever there is a tree; this one is for
 * scenarios that stand alone.
 */
#ifndef _LINUX_IOPORT_H
#define _LINUX_IOPORT_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/types.h>

struct resource {
	resource_size_t start;
	resource_size_t end;
	const char *name;
	unsigned long flags;
	unsigned long desc;
	struct resource *parent, *sibling, *child;
};

#define IORESOURCE_BITS 0x000000ff
#define IORESOURCE_TYPE_BITS 0x00001f00
#define IORESOURCE_IO 0x00000100
#define IORESOURCE_MEM 0x00000200
#define IORESOURCE_REG 0x00000300
#define IORESOURCE_IRQ 0x00000400
#define IORESOURCE_DMA 0x00000800
#define IORESOURCE_BUS 0x00001000
#define IORESOURCE_PREFETCH 0x00002000
#define IORESOURCE_READONLY 0x00004000
#define IORESOURCE_CACHEABLE 0x00008000
#define IORESOURCE_SIZEALIGN 0x00040000
#define IORESOURCE_STARTALIGN 0x00080000
#define IORESOURCE_MEM_64 0x00100000
#define IORESOURCE_WINDOW 0x00200000
#define IORESOURCE_MUXED 0x00400000
#define IORESOURCE_EXT_TYPE_BITS 0x01000000
#define IORESOURCE_SYSRAM 0x01000000
#define IORESOURCE_SYSRAM_DRIVER_MANAGED 0x02000000
#define IORESOURCE_SYSRAM_MERGEABLE 0x04000000
#define IORESOURCE_EXCLUSIVE 0x08000000
#define IORESOURCE_DISABLED 0x10000000
#define IORESOURCE_UNSET 0x20000000
#define IORESOURCE_AUTO 0x40000000
#define IORESOURCE_BUSY 0x80000000
#define IORESOURCE_SYSTEM_RAM (IORESOURCE_MEM | IORESOURCE_SYSRAM)

enum {
	IORES_DESC_NONE,
	IORES_DESC_CRASH_KERNEL,
	IORES_DESC_ACPI_TABLES,
	IORES_DESC_ACPI_NV_STORAGE,
	IORES_DESC_PERSISTENT_MEMORY,
	IORES_DESC_PERSISTENT_MEMORY_LEGACY,
	IORES_DESC_DEVICE_PRIVATE_MEMORY,
	IORES_DESC_RESERVED,
	IORES_DESC_SOFT_RESERVED,
	IORES_DESC_CXL,
};

#define DEFINE_RES_NAMED_DESC(_start, _size, _name, _flags, _desc) \
	(struct resource) { \
		.start = (_start), \
		.end = (_start) + (_size) - 1, \
		.name = (_name), \
		.flags = (_flags), \
		.desc = (_desc), \
	}
#define DEFINE_RES_NAMED(_start, _size, _name, _flags) \
	DEFINE_RES_NAMED_DESC(_start, _size, _name, _flags, IORES_DESC_NONE)
#define DEFINE_RES(_start, _size, _flags) DEFINE_RES_NAMED(_start, _size, NULL, _flags)
#define DEFINE_RES_IO_NAMED(_start, _size, _name) DEFINE_RES_NAMED((_start), (_size), (_name), IORESOURCE_IO)
#define DEFINE_RES_IO(_start, _size) DEFINE_RES_IO_NAMED((_start), (_size), NULL)
#define DEFINE_RES_MEM_NAMED(_start, _size, _name) DEFINE_RES_NAMED((_start), (_size), (_name), IORESOURCE_MEM)
#define DEFINE_RES_MEM(_start, _size) DEFINE_RES_MEM_NAMED((_start), (_size), NULL)

struct device;

/* Has the last word about where a range goes that allocate_resource() has found room for. */
typedef resource_size_t (*resource_alignf)(void *data, const struct resource *res, resource_size_t size,
					   resource_size_t align);
struct resource_constraint {
	resource_size_t min, max, align;
	resource_alignf alignf;
	void *alignf_data;
};

extern struct resource iomem_resource, ioport_resource;

struct resource *request_resource_conflict(struct resource *root, struct resource *resource);
int request_resource(struct resource *root, struct resource *resource);
int release_resource(struct resource *resource);
void release_child_resources(struct resource *resource);
struct resource *insert_resource_conflict(struct resource *parent, struct resource *resource);
int insert_resource(struct resource *parent, struct resource *resource);
void insert_resource_expand_to_fit(struct resource *root, struct resource *resource);
int remove_resource(struct resource *resource);
int adjust_resource(struct resource *resource, resource_size_t start, resource_size_t size);
int allocate_resource(struct resource *root, struct resource *resource, resource_size_t size, resource_size_t min,
		      resource_size_t max, resource_size_t align, resource_alignf alignf, void *alignf_data);
int find_resource_space(struct resource *root, struct resource *resource, resource_size_t size,
			struct resource_constraint *constraint);
struct resource *lookup_resource(struct resource *root, resource_size_t start);
resource_size_t resource_alignment(struct resource *resource);
void reserve_region_with_split(struct resource *root, resource_size_t start, resource_size_t end, const char *name);

struct resource *__request_region(struct resource *parent, resource_size_t start, resource_size_t size, const char *name,
				  int flags);
void __release_region(struct resource *parent, resource_size_t start, resource_size_t size);
void release_mem_region_adjustable(resource_size_t start, resource_size_t size);
void merge_system_ram_resource(struct resource *resource);
#define request_region(start, size, name) __request_region(&ioport_resource, (start), (size), (name), 0)
#define request_muxed_region(start, size, name) \
	__request_region(&ioport_resource, (start), (size), (name), IORESOURCE_MUXED)
#define request_mem_region(start, size, name) __request_region(&iomem_resource, (start), (size), (name), 0)
#define request_mem_region_muxed(start, size, name) \
	__request_region(&iomem_resource, (start), (size), (name), IORESOURCE_MUXED)
#define request_mem_region_exclusive(start, size, name) \
	__request_region(&iomem_resource, (start), (size), (name), IORESOURCE_EXCLUSIVE)
#define release_region(start, size) __release_region(&ioport_resource, (start), (size))
#define release_mem_region(start, size) __release_region(&iomem_resource, (start), (size))

int devm_request_resource(struct device *dev, struct resource *root, struct resource *resource);
void devm_release_resource(struct device *dev, struct resource *resource);
struct resource *__devm_request_region(struct device *dev, struct resource *parent, resource_size_t start,
				       resource_size_t size, const char *name);
void __devm_release_region(struct device *dev, struct resource *parent, resource_size_t start, resource_size_t size);
#define devm_request_region(dev, start, size, name) \
	__devm_request_region(dev, &ioport_resource, (start), (size), (name))
#define devm_request_mem_region(dev, start, size, name) \
	__devm_request_region(dev, &iomem_resource, (start), (size), (name))
#define devm_release_region(dev, start, size) __devm_release_region(dev, &ioport_resource, (start), (size))
#define devm_release_mem_region(dev, start, size) __devm_release_region(dev, &iomem_resource, (start), (size))

struct resource *devm_request_free_mem_region(struct device *dev, struct resource *base, unsigned long size);
struct resource *request_free_mem_region(struct resource *base, unsigned long size, const char *name);
struct resource *alloc_free_mem_region(struct resource *base, unsigned long size, unsigned long align, const char *name);

int walk_system_ram_range(unsigned long start_pfn, unsigned long nr_pages, void *arg,
			  int (*func)(unsigned long, unsigned long, void *));
int walk_mem_res(u64 start, u64 end, void *arg, int (*func)(struct resource *, void *));
int walk_system_ram_res(u64 start, u64 end, void *arg, int (*func)(struct resource *, void *));
int walk_system_ram_res_rev(u64 start, u64 end, void *arg, int (*func)(struct resource *, void *));
int walk_iomem_res_desc(unsigned long desc, unsigned long flags, u64 start, u64 end, void *arg,
			int (*func)(struct resource *, void *));
int iomem_map_sanity_check(resource_size_t addr, unsigned long size);
bool iomem_is_exclusive(u64 address);
bool resource_is_exclusive(struct resource *root, u64 addr, resource_size_t size);
struct address_space *iomem_get_mapping(void);

static inline resource_size_t resource_size(const struct resource *resource)
{
	return resource->end - resource->start + 1;
}
static inline void resource_set_size(struct resource *resource, resource_size_t size)
{
	resource->end = resource->start + size - 1;
}
static inline void resource_set_range(struct resource *resource, resource_size_t start, resource_size_t size)
{
	resource->start = start;
	resource_set_size(resource, size);
}
static inline unsigned long resource_type(const struct resource *resource)
{
	return resource->flags & IORESOURCE_TYPE_BITS;
}
static inline unsigned long resource_ext_type(const struct resource *resource)
{
	return resource->flags & IORESOURCE_EXT_TYPE_BITS;
}
/* All of `b` lies in `a`, both are of one type, and both have their place. */
static inline bool resource_contains(const struct resource *a, const struct resource *b)
{
	return resource_type(a) == resource_type(b) && !((a->flags | b->flags) & IORESOURCE_UNSET) &&
	       a->start <= b->start && b->end <= a->end;
}
static inline bool resource_overlaps(const struct resource *a, const struct resource *b)
{
	return a->start <= b->end && a->end >= b->start;
}
static inline bool resource_intersection(const struct resource *a, const struct resource *b, struct resource *r)
{
	if (!resource_overlaps(a, b))
		return false;
	r->start = max(a->start, b->start);
	r->end = min(a->end, b->end);
	return true;
}
static inline bool resource_union(const struct resource *a, const struct resource *b, struct resource *r)
{
	if (!resource_overlaps(a, b))
		return false;
	r->start = min(a->start, b->start);
	r->end = max(a->end, b->end);
	return true;
}

#endif
