// title: What lies in a range: nothing, only RAM, RAM and more, a page's edge
// machine: empty, laptop
// needs: region_intersects
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource ram = { .start = BASE, .end = BASE + SZ_1G - 1, .name = "System RAM",
			       .flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY };
static struct resource pmem = { .start = BASE + SZ_2G, .end = BASE + SZ_2G + SZ_1G - 1, .name = "Persistent Memory",
				.flags = IORESOURCE_MEM, .desc = IORES_DESC_PERSISTENT_MEMORY };

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &ram));
	EXPECT(!insert_resource(&iomem_resource, &pmem));
}

THREAD(driver)
{
	OBSERVE(region_intersects(BASE, SZ_4K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
	OBSERVE(region_intersects(BASE + SZ_2G, SZ_4K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
	OBSERVE(region_intersects(BASE + SZ_2G, SZ_4K, IORESOURCE_MEM, IORES_DESC_PERSISTENT_MEMORY));
	OBSERVE(region_intersects(BASE, SZ_4G, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
	OBSERVE(region_intersects(BASE, SZ_2G, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
	OBSERVE(region_intersects(BASE + SZ_1G, SZ_1G, 0, IORES_DESC_NONE));
	OBSERVE(region_intersects(BASE + SZ_1G, (size_t)SZ_1G + 1, 0, IORES_DESC_NONE));
	OBSERVE(region_intersects(BASE + SZ_1G - 1, 1, 0, IORES_DESC_NONE));
	OBSERVE(region_intersects(BASE - 1, 1, 0, IORES_DESC_NONE));
	OBSERVE(region_intersects(BASE, SZ_4G, IORESOURCE_MEM, IORES_DESC_NONE));
	/* No bytes: the range ends before it starts. */
	OBSERVE(region_intersects(BASE + SZ_64K, 0, 0, IORES_DESC_NONE));
}
