// title: Nothing fits: the whole address space is taken
// machine: empty
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource lower = DEFINE_RES_MEM_NAMED(0, 1ULL << 45, "lower half");
static struct resource upper = DEFINE_RES_MEM_NAMED(1ULL << 45, 1ULL << 45, "upper half");
static struct resource *dev, *after;
static int ret;

SETUP
{
	EXPECT(!request_resource(&iomem_resource, &lower));
	EXPECT(!request_resource(&iomem_resource, &upper));
}

THREAD(driver)
{
	dev = request_free_mem_region(&iomem_resource, SZ_16G, "dev");
	ret = release_resource(&upper);
	after = request_free_mem_region(&iomem_resource, SZ_16G, "after");
}

CHECK
{
	OBSERVE(dev);
	OBSERVE(ERR_PTR(ret));
	if (IS_ERR(after)) {
		OBSERVE(after);
	} else {
		OBSERVE(after->start);
		OBSERVE(after->desc);
	}
}
