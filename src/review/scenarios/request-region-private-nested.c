// title: A conflict with device-private memory below the top level, and in a tree of its own
// machine: empty
// needs: __request_region
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1G, "window");
static struct resource own_root = DEFINE_RES_MEM_NAMED(0, SZ_1G, "own root");
static struct resource *first, *second, *other, *third;

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
}

THREAD(drivers)
{
	first = __request_region(&iomem_resource, BASE, SZ_128M, "first", 0);
	if (first)
		first->desc = IORES_DESC_DEVICE_PRIVATE_MEMORY;
	second = __request_region(&iomem_resource, BASE, SZ_4K, "second", 0);
	other = __request_region(&own_root, 0, SZ_128M, "other", 0);
	if (other)
		other->desc = IORES_DESC_DEVICE_PRIVATE_MEMORY;
	third = __request_region(&own_root, 0, SZ_4K, "third", 0);
}

CHECK
{
	OBSERVE(first != NULL);
	OBSERVE(second);
	OBSERVE(other != NULL);
	OBSERVE(third);
	/* This tree is not the machine's: nothing of it may stay behind. */
	if (other)
		__release_region(&own_root, 0, SZ_128M);
	OBSERVE(own_root.child);
}
