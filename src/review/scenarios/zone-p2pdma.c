// title: A PCI driver publishes a BAR for peer-to-peer DMA, and takes it back
// machine: server
// units: zones
// needs: memremap_pages
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

#define BASE 0x3000000000ULL
IOMEM_PAGEMAP(map, MEMORY_DEVICE_PCI_P2PDMA);
static struct resource *bar;
static void *mapped;
static bool found, inside, outside;

SETUP
{
	bar = iomem_insert(&iomem_resource, "0000:41:00.0", BASE, SZ_1G, IORESOURCE_MEM, IORES_DESC_NONE);
}

/* pci_p2pdma_add_resource() */
THREAD(nvme)
{
	struct dev_pagemap *at;

	iomem_pagemap_at(&map, BASE, SZ_256M);
	mapped = memremap_pages(&map, 0);
	if (IS_ERR(mapped))
		return;
	at = iomem_pagemap_of(PHYS_PFN(BASE + SZ_256M) - 1);
	inside = at == &map;
	if (at)
		put_dev_pagemap(at);
	outside = iomem_pagemap_of(PHYS_PFN(BASE + SZ_256M)) != NULL;
	memunmap_pages(&map);
	found = iomem_pagemap_of(PHYS_PFN(BASE)) != NULL;
}

CHECK
{
	EXPECT(!IS_ERR(mapped) && inside && !outside && !found);
	EXPECT(bar->parent == &iomem_resource);
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(mapped)));
}
