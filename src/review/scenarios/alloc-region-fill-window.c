// title: Regions are taken from a CXL window until it is full, one is given back, and it is taken again
// machine: empty
// needs: alloc_free_mem_region
#include <iomem-review.h>

#define WINDOW	0x4080000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(WINDOW, SZ_1G, "CXL Window 0");
static struct resource *regions[5];

SETUP
{
	window.desc = 9; /* IORES_DESC_CXL */
	EXPECT(!insert_resource(&iomem_resource, &window));
}

THREAD(cxl)
{
	int i;

	for (i = 0; i < 5; i++) {
		regions[i] = alloc_free_mem_region(&window, SZ_256M, SZ_256M, "region");
		if (IS_ERR(regions[i]))
			OBSERVE(regions[i]);
		else
			OBSERVE(regions[i]->start);
	}
	if (IS_ERR(regions[1]))
		return;
	EXPECT(!remove_resource(regions[1]));
	kfree(regions[1]);
	regions[1] = alloc_free_mem_region(&window, SZ_256M, SZ_256M, "again");
}

CHECK
{
	if (IS_ERR(regions[1])) {
		OBSERVE(regions[1]);
	} else {
		OBSERVE(regions[1]->start);
		OBSERVE(regions[1]->name);
	}
}
