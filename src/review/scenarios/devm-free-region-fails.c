// title: A device asks for more than there is, then for less, then goes away
// machine: empty, laptop
// needs: devm_request_free_mem_region
#include <iomem-review.h>

static IOMEM_DEVICE(gpu0);
static struct resource *all, *some;

THREAD(driver)
{
	all = devm_request_free_mem_region(&gpu0, &iomem_resource, 1UL << 46);
	if (IS_ERR(all))
		OBSERVE(all);
	else
		OBSERVE(all->start);
	some = devm_request_free_mem_region(&gpu0, &iomem_resource, SZ_128M);
	if (IS_ERR(some))
		OBSERVE(some);
	else
		OBSERVE(some->start);
	iomem_device_unbind(&gpu0);
}
