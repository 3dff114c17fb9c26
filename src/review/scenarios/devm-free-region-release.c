// title: A device gives its free region back before it goes away
// machine: empty
// needs: devm_request_free_mem_region, __devm_release_region
#include <iomem-review.h>

static IOMEM_DEVICE(gpu0);
static struct resource *res;

THREAD(driver)
{
	resource_size_t start;

	res = devm_request_free_mem_region(&gpu0, &iomem_resource, SZ_128M);
	if (IS_ERR(res)) {
		OBSERVE(res);
		return;
	}
	start = res->start;
	OBSERVE(start);
	devm_release_mem_region(&gpu0, start, SZ_128M);
	OBSERVE(region_intersects(start, SZ_128M, 0, IORES_DESC_NONE));
	iomem_device_unbind(&gpu0);
}
