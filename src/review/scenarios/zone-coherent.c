// title: Device memory that the processor can reach becomes coherent pages
// machine: server
// units: zones
// needs: memremap_pages
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

IOMEM_PAGEMAP(map, MEMORY_DEVICE_COHERENT);
static void *mapped;

/* svm_migrate_init() with the aperture of an APU or of XGMI */
THREAD(amdkfd)
{
	iomem_pagemap_at(&map, 0x3000000000ULL, SZ_512M);
	mapped = memremap_pages(&map, 0);
	if (!IS_ERR(mapped))
		memunmap_pages(&map);
}

CHECK
{
	EXPECT(!IS_ERR(mapped));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(mapped)));
}
