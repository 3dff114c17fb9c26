// title: A driver asks for 1 GiB where busy regions break up the top of the address space
// machine: crowded-top, server
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource *dev;

THREAD(driver)
{
	dev = request_free_mem_region(&iomem_resource, SZ_1G, "dev");
}

CHECK
{
	if (IS_ERR(dev)) {
		OBSERVE(dev);
	} else {
		OBSERVE(dev->start);
		OBSERVE(dev->end);
		OBSERVE(dev->desc);
	}
}
