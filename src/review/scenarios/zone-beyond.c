// title: Pages are asked for where the machine has no addresses
// machine: x86_64
// units: zones
// needs: memremap_pages
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

IOMEM_PAGEMAP(map, MEMORY_DEVICE_GENERIC);
static void *mapped;

THREAD(driver)
{
	iomem_pagemap_at(&map, 1ULL << MAX_PHYSMEM_BITS, SZ_256M);
	mapped = memremap_pages(&map, 0);
}

CHECK
{
	EXPECT(IS_ERR(mapped));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(mapped)));
	OBSERVE(ERR_PTR(add_memory(0, 1ULL << MAX_PHYSMEM_BITS, SZ_2G, MHP_NONE)));
}
