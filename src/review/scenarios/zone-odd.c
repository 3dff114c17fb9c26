// title: A driver wants device memory of no round size
// machine: x86_64
// units: zones
// needs: request_free_mem_region
#include <iomem-review.h>
#include <iomem-review/zone.h>

static struct resource *res;

THREAD(driver)
{
	res = request_free_mem_region(&iomem_resource, SZ_4M + SZ_64K, "odd");
}

CHECK
{
	EXPECT(!IS_ERR(res));
	if (!IS_ERR(res)) {
		OBSERVE(res->start);
		OBSERVE(resource_size(res));
	}
}
