// title: A free region is looked for below a window, not below the root
// machine: empty
// needs: request_free_mem_region
#include <iomem-review.h>

static struct resource window = DEFINE_RES_MEM_NAMED(0x100000000000ULL, SZ_2G, "window");
static struct resource *dev;

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
}

THREAD(driver)
{
	dev = request_free_mem_region(&window, SZ_256M, "dev");
}

CHECK
{
	if (IS_ERR(dev)) {
		OBSERVE(dev);
	} else {
		OBSERVE(dev->start);
		OBSERVE(dev->desc);
		OBSERVE(dev->parent == &window);
	}
	OBSERVE(window.child != NULL);
}
