// title: Another driver asks for the place of a device-private region
// machine: empty, laptop
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource *dev, *other;

THREAD(drivers)
{
	dev = request_free_mem_region(&iomem_resource, SZ_128M, "dev");
	if (IS_ERR(dev))
		return;
	other = request_mem_region(dev->start, SZ_4K, "other");
}

CHECK
{
	if (IS_ERR(dev))
		OBSERVE(dev);
	else
		OBSERVE(dev->desc);
	OBSERVE(other != NULL);
}
