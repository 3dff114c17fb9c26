/* Device memory and memory hotplug, for scenarios. */
#ifndef _IOMEM_REVIEW_ZONE_H
#define _IOMEM_REVIEW_ZONE_H

#include <linux/device.h>
#include <linux/list.h>
#include <linux/memory_hotplug.h>
#include <linux/range.h>

/* IORES_DESC_CXL, which there is since 5.19. */
#define IOMEM_DESC_CXL 8

/* What firmware promises of a range. */
struct iomem_firmware_range {
	u64 start, end;
	int node;
	int hotplug;
};
#define IOMEM_SRAT_RANGES 256
/* SRAT of the machine, in its order; NULL behind the last. */
unsigned int iomem_srat_count(void);
const struct iomem_firmware_range *iomem_srat(unsigned int index);

/* A device-dax instance, and what its bus does when a driver binds to it (dax/kmem is the only one) and leaves it. */
struct dev_dax;
struct dev_dax *iomem_dax_device(const char *name, int node, resource_size_t start, resource_size_t size);
/* One more range of it. */
void iomem_dax_range(struct dev_dax *dax, resource_size_t start, resource_size_t size);
int iomem_dax_bind(struct dev_dax *dax);
void iomem_dax_unbind(struct dev_dax *dax);

/*
 * Pagemaps as drivers make them. Fields are set by name, so that any version's struct dev_pagemap will do; the callbacks of
 * private and coherent memory do nothing. The first, page_free or folio_free, has no name that all versions share. `type` is a
 * MEMORY_DEVICE_ constant of the tree's linux/memremap.h.
 */
#define IOMEM_PAGEMAP(variable, kind) \
	static void __iomem_pages_freed_##variable(void *page_or_folio) { } \
	static vm_fault_t __iomem_page_back_##variable(struct vm_fault *fault) { return 0; } \
	static const struct dev_pagemap_ops __iomem_pagemap_ops_##variable = { \
		(void *)__iomem_pages_freed_##variable, .migrate_to_ram = __iomem_page_back_##variable }; \
	static struct dev_pagemap variable = { \
		.type = kind, .nr_range = 1, .ops = &__iomem_pagemap_ops_##variable, .owner = &variable }
#define iomem_pagemap_at(map, first, bytes) \
	((map)->range.start = (first), (map)->range.end = (first) + (bytes) - 1)

/* The pagemap that a page frame lies in, with a reference, or NULL. Up to 6.17 get_dev_pagemap() also took a hint. */
#define iomem_pagemap_of(pfn) \
	(__builtin_types_compatible_p(typeof(get_dev_pagemap), struct dev_pagemap *(unsigned long)) ? \
		((struct dev_pagemap *(*)(unsigned long))get_dev_pagemap)(pfn) : \
		((struct dev_pagemap *(*)(unsigned long, struct dev_pagemap *))get_dev_pagemap)(pfn, NULL))

#endif
