// title: A device with a free region goes away while another driver searches
// machine: empty
// needs: devm_request_free_mem_region, request_free_mem_region
#include <iomem-review.h>

static IOMEM_DEVICE(gpu);
static struct resource *a, *b;
static resource_size_t start;

SETUP
{
	a = devm_request_free_mem_region(&gpu, &iomem_resource, SZ_128M);
	EXPECT(!IS_ERR(a));
	if (!IS_ERR(a))
		start = a->start;
}

THREAD(unbind)
{
	iomem_device_unbind(&gpu);
}

THREAD(search)
{
	b = request_free_mem_region(&iomem_resource, SZ_128M, "b");
}

CHECK
{
	EXPECT(!IS_ERR(b));
	if (IS_ERR(b))
		OBSERVE(b);
	else
		OBSERVE(start - b->start);
	OBSERVE(iomem_device_resources(&gpu));
}
