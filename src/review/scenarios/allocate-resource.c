// title: Gaps of a window are allocated: lowest first, within bounds, aligned, until none is left
// machine: empty
// needs: allocate_resource
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource first = DEFINE_RES_MEM_NAMED(BASE, SZ_64K, "first");
static struct resource middle = DEFINE_RES_MEM_NAMED(BASE + SZ_256K, SZ_64K, "middle");
static struct resource a = { .name = "a", .flags = IORESOURCE_MEM };
static struct resource b = { .name = "b", .flags = IORESOURCE_MEM };
static struct resource c = { .name = "c", .flags = IORESOURCE_MEM };
static struct resource d = { .name = "d", .flags = IORESOURCE_MEM };
static struct resource e = { .name = "e", .flags = IORESOURCE_MEM };

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!request_resource(&window, &first));
	EXPECT(!request_resource(&window, &middle));
}

THREAD(pci)
{
	OBSERVE(ERR_PTR(allocate_resource(&window, &a, SZ_64K, 0, ~0ULL, SZ_64K, NULL, NULL)));
	OBSERVE(a.start);
	OBSERVE(a.end);
	OBSERVE(a.parent);
	OBSERVE(ERR_PTR(allocate_resource(&window, &b, SZ_64K, BASE + SZ_512K, ~0ULL, SZ_256K, NULL, NULL)));
	OBSERVE(b.start);
	OBSERVE(ERR_PTR(allocate_resource(&window, &c, SZ_128K, 0, BASE + SZ_256K - 1, SZ_128K, NULL, NULL)));
	OBSERVE(c.start);
	OBSERVE(ERR_PTR(allocate_resource(&window, &d, SZ_1M, 0, ~0ULL, 1, NULL, NULL)));
	OBSERVE(d.parent);
	OBSERVE(ERR_PTR(allocate_resource(&window, &e, 1, BASE + SZ_1M - 1, ~0ULL, 1, NULL, NULL)));
	OBSERVE(e.start);
}
