// title: A range is released with what is in it, removed from above what is in it, and released where it is not
// machine: empty
// needs: release_resource, remove_resource, insert_resource
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource low = DEFINE_RES_MEM_NAMED(BASE, SZ_64K, "low");
static struct resource high = DEFINE_RES_MEM_NAMED(BASE + SZ_512K, SZ_64K, "high");
static struct resource neighbour = DEFINE_RES_MEM_NAMED(BASE + SZ_2M, SZ_64K, "neighbour");

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!insert_resource(&iomem_resource, &neighbour));
	EXPECT(!request_resource(&window, &low));
	EXPECT(!request_resource(&window, &high));
}

THREAD(driver)
{
	OBSERVE(ERR_PTR(release_resource(&low)));
	OBSERVE(low.parent);
	OBSERVE(window.child);
	OBSERVE(ERR_PTR(remove_resource(&window)));
	OBSERVE(window.parent);
	OBSERVE(high.parent == &iomem_resource);
	OBSERVE(high.sibling);

	/* A node that says it is somewhere where it is not. */
	low.parent = &neighbour;
	OBSERVE(ERR_PTR(release_resource(&low)));

	window.sibling = NULL;
	window.child = NULL;
	OBSERVE(ERR_PTR(insert_resource(&iomem_resource, &window)));
	OBSERVE(window.child);
	OBSERVE(ERR_PTR(release_resource(&window)));
	OBSERVE(lookup_resource(&iomem_resource, BASE + SZ_512K));
}
