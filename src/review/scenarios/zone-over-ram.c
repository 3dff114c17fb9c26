// title: Pages are asked for over memory that dax/kmem has made RAM
// machine: cxl-window
// units: zones
// needs: memremap_pages
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

#define BASE 0x3000000000ULL
IOMEM_PAGEMAP(map, MEMORY_DEVICE_GENERIC);
static struct dev_dax *dax;
static void *over_ram, *beside;
static int bound;

SETUP
{
	iomem_insert(&iomem_resource, "CXL Window 9", BASE, SZ_4G, IORESOURCE_MEM, IOMEM_DESC_CXL);
	dax = iomem_dax_device("dax9.0", 1, BASE, SZ_1G);
	bound = iomem_dax_bind(dax);
}

THREAD(driver)
{
	iomem_pagemap_at(&map, BASE + SZ_512M, SZ_256M);
	over_ram = memremap_pages(&map, 0);
	if (!IS_ERR(over_ram))
		memunmap_pages(&map);
	iomem_pagemap_at(&map, BASE + SZ_2G, SZ_256M);
	beside = memremap_pages(&map, 0);
	if (!IS_ERR(beside))
		memunmap_pages(&map);
}

CHECK
{
	EXPECT(bound == 0);
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(over_ram)));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(beside)));
	iomem_dax_unbind(dax);
}
