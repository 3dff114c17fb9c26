// title: The last aligned place of a window is too short
// machine: empty
// needs: alloc_free_mem_region
#include <iomem-review.h>

#define WINDOW	0x4080000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(WINDOW, SZ_1G + SZ_128M, "window");
static struct resource front = DEFINE_RES_MEM_NAMED(WINDOW, SZ_512M, "front");
static struct resource *big, *small;

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!insert_resource(&window, &front));
}

THREAD(cxl)
{
	big = alloc_free_mem_region(&window, SZ_1G, SZ_256M, "big");
	small = alloc_free_mem_region(&window, SZ_512M, SZ_256M, "small");
}

CHECK
{
	if (IS_ERR(big))
		OBSERVE(big);
	else
		OBSERVE(big->start);
	if (IS_ERR(small)) {
		OBSERVE(small);
	} else {
		OBSERVE(small->start);
		OBSERVE(small->parent == &window);
	}
}
