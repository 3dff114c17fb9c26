// title: RAM and CXL memory below windows, as dax/kmem and firmware put them
// machine: empty
// needs: region_intersects
#include <iomem-review.h>

#define BASE	0x100000000000ULL
#define CXL	9 /* IORES_DESC_CXL */

/* CXL Window 0 > region0 > dax0.0 > System RAM (kmem), which covers one of two GiB. */
static struct resource window = { .start = BASE, .end = BASE + SZ_2G - 1, .name = "CXL Window 0",
				  .flags = IORESOURCE_MEM, .desc = CXL };
static struct resource region = { .start = BASE, .end = BASE + SZ_2G - 1, .name = "region0", .flags = IORESOURCE_MEM };
static struct resource dax = { .start = BASE, .end = BASE + SZ_1G - 1, .name = "dax0.0", .flags = IORESOURCE_MEM };
static struct resource kmem = { .start = BASE, .end = BASE + SZ_1G - 1, .name = "System RAM (kmem)",
				.flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY };
/* Soft Reserved > CXL Window 1, of the same range. */
static struct resource window1 = { .start = BASE + SZ_4G, .end = BASE + SZ_4G + SZ_1G - 1, .name = "CXL Window 1",
				   .flags = IORESOURCE_MEM, .desc = CXL };
static struct resource soft = { .start = BASE + SZ_4G, .end = BASE + SZ_4G + SZ_1G - 1, .name = "Soft Reserved",
				.flags = IORESOURCE_MEM, .desc = IORES_DESC_SOFT_RESERVED };

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!request_resource(&window, &region));
	EXPECT(!request_resource(&region, &dax));
	EXPECT(!request_resource(&dax, &kmem));
	EXPECT(!insert_resource(&iomem_resource, &window1));
	EXPECT(!insert_resource(&iomem_resource, &soft));
}

THREAD(driver)
{
	OBSERVE(window1.parent);
	/* A page of RAM; RAM and the rest of the window; the rest alone. */
	OBSERVE(region_intersects(BASE, SZ_4K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
	OBSERVE(region_intersects(BASE, SZ_2G, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
	OBSERVE(region_intersects(BASE + SZ_1G, SZ_1G, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
	OBSERVE(region_intersects(BASE, SZ_4K, IORESOURCE_MEM, CXL));
	OBSERVE(region_intersects(BASE + SZ_4G, SZ_1G, IORESOURCE_MEM, CXL));
	OBSERVE(region_intersects(BASE + SZ_4G, SZ_1G, IORESOURCE_MEM, IORES_DESC_SOFT_RESERVED));
	OBSERVE(region_intersects(BASE, SZ_8G, IORESOURCE_MEM, CXL));
	OBSERVE(region_intersects(BASE + SZ_1G - SZ_4K, SZ_8K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
}
