// title: Persistent memory holds the memmap of its own pages
// machine: server
// units: zones
// needs: memremap_pages
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

#define BASE 0x3000000000ULL
IOMEM_PAGEMAP(map, MEMORY_DEVICE_FS_DAX);
static void *mapped;

/* __nvdimm_setup_pfn() with PFN_MODE_PMEM: the first 16 MiB are for the memmap of 512 MiB */
THREAD(pmem)
{
	struct vmem_altmap own = { .base_pfn = PHYS_PFN(BASE), .end_pfn = PHYS_PFN(BASE + SZ_512M - 1), .free = 4096 };

	iomem_pagemap_at(&map, BASE, SZ_512M);
	memcpy(&map.altmap, &own, sizeof(own));
	map.flags |= PGMAP_ALTMAP_VALID;
	mapped = memremap_pages(&map, 0);
	OBSERVE(map.altmap.alloc);
	if (!IS_ERR(mapped))
		memunmap_pages(&map);
}

CHECK
{
	EXPECT(!IS_ERR(mapped));
	OBSERVE(map.altmap.alloc);
}
