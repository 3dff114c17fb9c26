// title: A device finds the address space full
// machine: empty
// needs: devm_request_free_mem_region
#include <iomem-review.h>

static IOMEM_DEVICE(gpu0);
static struct resource taken = DEFINE_RES_MEM_NAMED(0, 1ULL << 46, "taken");
static struct resource *res;

SETUP
{
	EXPECT(!request_resource(&iomem_resource, &taken));
}

THREAD(driver)
{
	res = devm_request_free_mem_region(&gpu0, &iomem_resource, SZ_16G);
}

CHECK
{
	OBSERVE(res);
	OBSERVE(taken.child != NULL);
}
