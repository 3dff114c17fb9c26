// title: A device asks for more than there is, then for less, then goes away
// machine: empty, laptop
// needs: devm_request_free_mem_region
#include <iomem-review.h>

static struct resource *all, *some;

THREAD(driver)
{
	struct device *dev = iomem_device("gpu0");

	all = devm_request_free_mem_region(dev, &iomem_resource, 1UL << 46);
	if (IS_ERR(all))
		OBSERVE(all);
	else
		OBSERVE(all->start);
	some = devm_request_free_mem_region(dev, &iomem_resource, SZ_128M);
	if (IS_ERR(some))
		OBSERVE(some);
	else
		OBSERVE(some->start);
	iomem_device_unbind(dev);
}
