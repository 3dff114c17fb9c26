// title: A window is inserted over a region while the region is released
// machine: empty
// needs: insert_resource, release_resource
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource region = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_4K, "region");
static int inserted, released;

SETUP
{
	EXPECT(!request_resource(&iomem_resource, &region));
}

THREAD(insert)
{
	inserted = insert_resource(&iomem_resource, &window);
}

THREAD(release)
{
	released = release_resource(&region);
}

CHECK
{
	OBSERVE(ERR_PTR(inserted));
	OBSERVE(ERR_PTR(released));
	OBSERVE(window.child);
	OBSERVE(region.parent);
}
