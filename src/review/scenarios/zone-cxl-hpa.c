// title: A CXL region gets an address in its window beside another one, gives it back, and gets one again
// machine: cxl-window
// units: zones
// inside: drivers/cxl/core/region.c
// needs: cxl_region_alloc, alloc_hpa, free_hpa, alloc_free_mem_region
#include <iomem-review.h>

#define BASE 0x3000000000ULL
static struct cxl_root_decoder *root;
static struct cxl_region *region;
static struct resource *window, *taken;
static u64 start;
static int got, changed, back, again;

/* Of the driver's other units. */
#if LINUX_VERSION_CODE >= 0x060300
DECLARE_RWSEM(cxl_region_rwsem);
#endif
struct cxl_root_decoder *to_cxl_root_decoder(struct device *dev)
{
	return container_of(dev, struct cxl_root_decoder, cxlsd.cxld.dev);
}
void memregion_free(int id) { }

SETUP
{
	window = iomem_insert(&iomem_resource, "CXL Window 9", BASE, SZ_4G, IORESOURCE_MEM, IORES_DESC_CXL);
	taken = iomem_insert(window, "other region", BASE, SZ_64M, IORESOURCE_MEM | IORESOURCE_BUSY, IORES_DESC_NONE);
	root = kzalloc(sizeof(*root), GFP_KERNEL);
	root->res = window;
	device_initialize(&root->cxlsd.cxld.dev);
}

/* What size_store() of two regions does, and what writing 0 there does. */
THREAD(sysfs)
{
	region = cxl_region_alloc(root, 9);
	if (IS_ERR(region))
		return;
	if (!dev_set_name(&region->dev, "region%d", 9)) {
		region->params.interleave_ways = 1;
		region->params.interleave_granularity = SZ_4K;
		down_write(&cxl_region_rwsem);
		changed = alloc_hpa(region, SZ_1M);
		got = alloc_hpa(region, SZ_1G);
		if (!got) {
			start = region->params.res->start;
			back = free_hpa(region);
			again = alloc_hpa(region, SZ_512M);
			if (!again)
				free_hpa(region);
		}
		up_write(&cxl_region_rwsem);
	}
	put_device(&region->dev);
}

CHECK
{
	EXPECT(!IS_ERR(region) && got == 0 && back == 0 && again == 0);
	OBSERVE(ERR_PTR(changed));
	OBSERVE(ERR_PTR(got));
	OBSERVE(start);
	EXPECT(window->child == taken && !taken->sibling);
}
