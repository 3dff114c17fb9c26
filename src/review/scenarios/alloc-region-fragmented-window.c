// title: 1 GiB at 256 MiB from a 2 GiB CXL window with two regions in it
// machine: empty
// needs: alloc_free_mem_region
#include <iomem-review.h>

#define WINDOW	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(WINDOW, SZ_2G, "CXL Window 0");
static struct resource low = DEFINE_RES_MEM_NAMED(WINDOW, SZ_256M, "region0");
static struct resource high = DEFINE_RES_MEM_NAMED(WINDOW + SZ_1G + SZ_256M, SZ_256M, "region1");
static struct resource *res;

SETUP
{
	window.desc = 9; /* IORES_DESC_CXL */
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!insert_resource(&window, &low));
	EXPECT(!insert_resource(&window, &high));
}

THREAD(cxl)
{
	res = alloc_free_mem_region(&window, SZ_1G, SZ_256M, "region2");
}

CHECK
{
	if (IS_ERR(res)) {
		OBSERVE(res);
	} else {
		OBSERVE(res->start);
		OBSERVE(res->end);
		OBSERVE(res->flags);
		OBSERVE(res->desc);
		OBSERVE(res->parent == &window);
	}
}
