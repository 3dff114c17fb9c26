// title: Device-dax makes pages of its range; others want parts of it
// machine: server
// units: zones
// needs: memremap_pages
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

#define BASE 0x3000000000ULL
IOMEM_PAGEMAP(map, MEMORY_DEVICE_GENERIC);
IOMEM_PAGEMAP(tail, MEMORY_DEVICE_GENERIC);
IOMEM_PAGEMAP(odd, MEMORY_DEVICE_GENERIC);
static void *mapped, *overlaps, *crooked;

THREAD(dax)
{
	iomem_pagemap_at(&map, BASE, SZ_512M);
	mapped = memremap_pages(&map, 0);
	/* The last megabytes of it. */
	iomem_pagemap_at(&tail, BASE + SZ_512M - SZ_2M, SZ_4M);
	overlaps = memremap_pages(&tail, 0);
	/* Half a subsection. */
	iomem_pagemap_at(&odd, BASE + SZ_2G + SZ_1M, SZ_1M);
	crooked = memremap_pages(&odd, 0);
}

CHECK
{
	EXPECT(!IS_ERR(mapped));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(overlaps)));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(crooked)));
	OBSERVE(ERR_PTR(add_memory(0, BASE, SZ_512M, MHP_NONE)));
	if (!IS_ERR(mapped))
		memunmap_pages(&map);
}
