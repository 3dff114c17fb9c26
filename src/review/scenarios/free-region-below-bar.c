// title: A driver asks for 64 GiB where a device's 16 MiB window sits at the very top
// machine: empty, laptop
// needs: request_free_mem_region
#include <iomem-review.h>

/* The last 16 MiB that the processor's 46 address bits reach. */
#define BAR_START	0x3fffff000000ULL

static struct resource *bar, *dev;

SETUP
{
	bar = request_mem_region(BAR_START, SZ_16M, "bar");
}

THREAD(driver)
{
	dev = request_free_mem_region(&iomem_resource, 64ULL * SZ_1G, "dev");
}

CHECK
{
	OBSERVE(bar != NULL);
	if (IS_ERR(dev)) {
		OBSERVE(dev);
	} else {
		OBSERVE(dev->start);
		OBSERVE(dev->end);
	}
}
