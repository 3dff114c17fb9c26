// title: A driver searches for a free region while memory is plugged in where it would find one
// machine: empty
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource *a, *ram;
static resource_size_t start;

SETUP
{
	struct resource *probe = request_free_mem_region(&iomem_resource, SZ_128M, "probe");

	EXPECT(!IS_ERR(probe));
	if (IS_ERR(probe))
		return;
	start = probe->start;
	release_mem_region(start, SZ_128M);
}

THREAD(driver)
{
	a = request_free_mem_region(&iomem_resource, SZ_128M, "a");
}

THREAD(hotplug)
{
	ram = __request_region(&iomem_resource, start, SZ_128M, "System RAM", IORESOURCE_SYSTEM_RAM);
	if (ram)
		release_mem_region_adjustable(start, SZ_128M);
}

CHECK
{
	EXPECT(!IS_ERR(a));
	if (IS_ERR(a))
		OBSERVE(a);
	else
		OBSERVE(start - a->start);
	OBSERVE(ram != NULL);
}
