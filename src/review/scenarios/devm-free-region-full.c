// title: A device looks for a free region in a window that is full
// machine: empty
// needs: devm_request_free_mem_region
#include <iomem-review.h>

#define WINDOW	0x100000000000ULL

static IOMEM_DEVICE(gpu0);
static struct resource window = DEFINE_RES_MEM_NAMED(WINDOW, SZ_4G, "window");
static struct resource taken = DEFINE_RES_MEM_NAMED(WINDOW, SZ_4G, "taken");
static struct resource *res;

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!request_resource(&window, &taken));
}

THREAD(driver)
{
	res = devm_request_free_mem_region(&gpu0, &window, SZ_1G);
}

CHECK
{
	if (IS_ERR(res))
		OBSERVE(res);
	else
		OBSERVE(res->start);
	OBSERVE(taken.child != NULL);
	OBSERVE(iomem_device_resources(&gpu0));
}
