// title: A free region is claimed while user space may hold mappings of device memory
// machine: x86_64, laptop
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource *dev;
static int state;

THREAD(driver)
{
	dev = request_free_mem_region(&iomem_resource, SZ_128M, "dev");
	/* The lock must be free again: this takes it. */
	if (!IS_ERR(dev))
		state = region_intersects(dev->start, SZ_128M, IORESOURCE_MEM, IORES_DESC_NONE);
}

CHECK
{
	if (IS_ERR(dev)) {
		OBSERVE(dev);
	} else {
		OBSERVE(dev->start);
		OBSERVE(state);
		OBSERVE(iomem_unmap_count());
	}
}
