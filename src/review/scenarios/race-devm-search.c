// title: Two devices ask for free regions at the same time, and go away
// machine: empty
// needs: devm_request_free_mem_region
#include <iomem-review.h>

static IOMEM_DEVICE(gpu0);
static IOMEM_DEVICE(gpu1);
static struct resource *a, *b;

THREAD(first)
{
	a = devm_request_free_mem_region(&gpu0, &iomem_resource, SZ_128M);
}

THREAD(second)
{
	b = devm_request_free_mem_region(&gpu1, &iomem_resource, SZ_128M);
}

CHECK
{
	EXPECT(!IS_ERR(a));
	EXPECT(!IS_ERR(b));
	OBSERVE(iomem_device_resources(&gpu0));
	OBSERVE(iomem_device_resources(&gpu1));
	iomem_device_unbind(&gpu0);
	iomem_device_unbind(&gpu1);
}
