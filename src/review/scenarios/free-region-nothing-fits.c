// title: Nothing fits into a window that is taken; then half of it is released
// machine: empty
// needs: request_free_mem_region
#include <iomem-review.h>

#define WINDOW	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(WINDOW, SZ_4G, "window");
static struct resource lower = DEFINE_RES_MEM_NAMED(WINDOW, SZ_2G, "lower half");
static struct resource upper = DEFINE_RES_MEM_NAMED(WINDOW + SZ_2G, SZ_2G, "upper half");
static struct resource *dev, *after;

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!request_resource(&window, &lower));
	EXPECT(!request_resource(&window, &upper));
}

THREAD(driver)
{
	dev = request_free_mem_region(&window, SZ_512M, "dev");
	EXPECT(!release_resource(&upper));
	after = request_free_mem_region(&window, SZ_512M, "after");
}

CHECK
{
	if (IS_ERR(dev))
		OBSERVE(dev);
	else
		OBSERVE(dev->start);
	if (IS_ERR(after)) {
		OBSERVE(after);
	} else {
		OBSERVE(after->start);
		OBSERVE(after->desc);
		OBSERVE(after->parent == &window);
	}
}
