// title: A GPU driver takes device memory; then firmware plugs the memory that SRAT had announced
// machine: server
// units: zones
// needs: request_free_mem_region, add_memory
#include <iomem-review.h>
#include <iomem-review/zone.h>

static struct resource *res;

THREAD(nouveau)
{
	res = request_free_mem_region(&iomem_resource, SZ_2G, "nouveau");
}

CHECK
{
	EXPECT(!IS_ERR(res));
	if (!IS_ERR(res))
		OBSERVE(res->start);
}
