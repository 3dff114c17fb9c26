// title: Two CXL regions are taken from one window at the same time
// machine: empty
// needs: alloc_free_mem_region
#include <iomem-review.h>

#define WINDOW	0x4080000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(WINDOW, SZ_1G, "CXL Window 0");
static struct resource *a, *b;

SETUP
{
	window.desc = 9; /* IORES_DESC_CXL */
	EXPECT(!insert_resource(&iomem_resource, &window));
}

THREAD(first)
{
	a = alloc_free_mem_region(&window, SZ_256M, SZ_256M, "a");
}

THREAD(second)
{
	b = alloc_free_mem_region(&window, SZ_256M, SZ_256M, "b");
}

/* The window has room for four. */
CHECK
{
	EXPECT(!IS_ERR(a));
	EXPECT(!IS_ERR(b));
	if (!IS_ERR(a) && !IS_ERR(b))
		EXPECT(!resource_overlaps(a, b));
}
