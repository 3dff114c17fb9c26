// title: A range that is in the tree is allocated again: larger, smaller, elsewhere
// machine: empty
// needs: allocate_resource, reallocate_resource
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource res = { .name = "res", .flags = IORESOURCE_MEM };
static struct resource next = DEFINE_RES_MEM_NAMED(BASE + SZ_128K, SZ_64K, "next");
static struct resource child = DEFINE_RES_MEM_NAMED(BASE + SZ_4K, SZ_4K, "child");

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!allocate_resource(&window, &res, SZ_64K, 0, ~0ULL, SZ_4K, NULL, NULL));
	EXPECT(!request_resource(&window, &next));
}

THREAD(pci)
{
	OBSERVE(ERR_PTR(allocate_resource(&window, &res, SZ_128K, 0, ~0ULL, SZ_4K, NULL, NULL)));
	OBSERVE(res.start);
	OBSERVE(res.end);
	EXPECT(!request_resource(&res, &child));
	OBSERVE(ERR_PTR(allocate_resource(&window, &res, SZ_256K, 0, ~0ULL, SZ_4K, NULL, NULL)));
	OBSERVE(ERR_PTR(release_resource(&child)));
	OBSERVE(ERR_PTR(allocate_resource(&window, &res, SZ_256K, 0, ~0ULL, SZ_4K, NULL, NULL)));
	OBSERVE(res.start);
	OBSERVE(ERR_PTR(allocate_resource(&window, &res, SZ_4K, BASE + SZ_256K, ~0ULL, SZ_4K, NULL, NULL)));
	OBSERVE(res.start);
	OBSERVE(res.end);
	OBSERVE(ERR_PTR(allocate_resource(&window, &res, SZ_2M, 0, ~0ULL, SZ_4K, NULL, NULL)));
	OBSERVE(res.parent);
}
