// title: A device asks for a free region and goes away
// machine: empty, laptop, crowded-top
// needs: devm_request_free_mem_region
#include <iomem-review.h>

static IOMEM_DEVICE(gpu0);
static struct resource *res;

THREAD(driver)
{
	resource_size_t start;

	res = devm_request_free_mem_region(&gpu0, &iomem_resource, SZ_256M);
	EXPECT(!IS_ERR(res));
	if (IS_ERR(res)) {
		OBSERVE(res);
		return;
	}
	start = res->start;
	OBSERVE(start);
	OBSERVE(resource_size(res));
	OBSERVE(res->desc);
	OBSERVE(res->flags);
	OBSERVE(res->name);
	iomem_device_unbind(&gpu0);
	/* Nothing may be left of it. */
	EXPECT(region_intersects(start, SZ_256M, 0, IORES_DESC_NONE) == REGION_DISJOINT);
}
