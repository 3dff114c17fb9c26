// title: Which ranges user space is kept from, below a root of one's choice
// machine: empty
// needs: resource_is_exclusive
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource *busy;

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	busy = request_mem_region(BASE + SZ_64K, SZ_4K, "busy");
	EXPECT(busy != NULL);
}

THREAD(devmem)
{
	OBSERVE(resource_is_exclusive(&iomem_resource, BASE, SZ_64K));
	OBSERVE(resource_is_exclusive(&iomem_resource, BASE, SZ_64K + 1));
	OBSERVE(resource_is_exclusive(&iomem_resource, BASE, SZ_1M));
	OBSERVE(resource_is_exclusive(&window, BASE + SZ_64K + SZ_4K - 1, 1));
	OBSERVE(resource_is_exclusive(&window, BASE + SZ_64K + SZ_4K, SZ_64K));
}
