// title: Ranges are looked up by their first byte
// machine: empty, laptop
// needs: lookup_resource
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource child = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_64K, "child");

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!request_resource(&window, &child));
}

THREAD(driver)
{
	OBSERVE(lookup_resource(&iomem_resource, BASE));
	OBSERVE(lookup_resource(&iomem_resource, BASE + 1));
	OBSERVE(lookup_resource(&iomem_resource, BASE + SZ_64K));
	OBSERVE(lookup_resource(&window, BASE + SZ_64K));
	OBSERVE(lookup_resource(&child, BASE));
}
