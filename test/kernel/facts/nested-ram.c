// title: What region_intersects() says of RAM and CXL memory below windows (both kernels hold the fix of 6.12)
// machine: x86_64
// all: region_intersects(RAM, SZ_4K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) = 0x0
// all: region_intersects(WINDOW, SZ_4K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) = 0x0
// all: region_intersects(WINDOW, SZ_2G, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) = 0x2
// all: region_intersects(WINDOW1, SZ_1G, IORESOURCE_MEM, IORES_DESC_CXL) = 0x0
// all: region_intersects(RAM + SZ_2G, SZ_4K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) = 0x1
#include <iomem-review.h>

#define RAM	0x100000000ULL
#define WINDOW	0x4080000000ULL
#define WINDOW1	0x5000000000ULL

static struct resource *add(struct resource *parent, const char *name, u64 start, u64 size, unsigned long flags,
			    unsigned long desc)
{
	return iomem_insert(parent, name, start, size, flags, desc);
}

SETUP
{
	struct resource *window, *region, *dax;
	const unsigned long ram = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY;

	add(&iomem_resource, "System RAM", RAM, SZ_1G, ram, IORES_DESC_NONE);
	window = add(&iomem_resource, "CXL Window 0", WINDOW, SZ_2G, IORESOURCE_MEM, IORES_DESC_CXL);
	region = add(window, "region0", WINDOW, SZ_2G, IORESOURCE_MEM, IORES_DESC_NONE);
	dax = add(region, "dax0.0", WINDOW, SZ_2G, IORESOURCE_MEM, IORES_DESC_NONE);
	add(dax, "System RAM (kmem)", WINDOW, SZ_1G, ram, IORES_DESC_NONE);
	add(&iomem_resource, "CXL Window 1", WINDOW1, SZ_1G, IORESOURCE_MEM, IORES_DESC_CXL);
	/* Of equal ranges the last one is on top. */
	add(&iomem_resource, "Soft Reserved", WINDOW1, SZ_1G, IORESOURCE_MEM, IORES_DESC_SOFT_RESERVED);
}

THREAD(driver)
{
	OBSERVE(region_intersects(RAM, SZ_4K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
	OBSERVE(region_intersects(WINDOW, SZ_4K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
	OBSERVE(region_intersects(WINDOW, SZ_2G, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
	OBSERVE(region_intersects(WINDOW1, SZ_1G, IORESOURCE_MEM, IORES_DESC_CXL));
	OBSERVE(region_intersects(RAM + SZ_2G, SZ_4K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
}
