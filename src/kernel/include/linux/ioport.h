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

extern struct resource iomem_resource, ioport_resource;

int request_resource(struct resource *root, struct resource *resource);
int release_resource(struct resource *resource);
int insert_resource(struct resource *parent, struct resource *resource);
int remove_resource(struct resource *resource);
int adjust_resource(struct resource *resource, resource_size_t start, resource_size_t size);
struct resource *lookup_resource(struct resource *root, resource_size_t start);
struct resource *__request_region(struct resource *parent, resource_size_t start, resource_size_t size, const char *name,
				  int flags);
void __release_region(struct resource *parent, resource_size_t start, resource_size_t size);
struct resource *request_free_mem_region(struct resource *base, unsigned long size, const char *name);
bool iomem_is_exclusive(u64 address);
#define request_mem_region(start, size, name) __request_region(&iomem_resource, start, size, name, 0)
#define release_mem_region(start, size) __release_region(&iomem_resource, start, size)

static inline resource_size_t resource_size(const struct resource *resource)
{
	return resource->end - resource->start + 1;
}
static inline unsigned long resource_type(const struct resource *resource)
{
	return resource->flags & IORESOURCE_TYPE_BITS;
}
static inline bool resource_overlaps(const struct resource *a, const struct resource *b)
{
	return a->start <= b->end && a->end >= b->start;
}

#endif
