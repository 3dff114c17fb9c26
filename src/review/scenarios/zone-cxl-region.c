// title: A CXL region is carved out of its window, becomes RAM, and goes away
// machine: cxl-window
// units: zones
// needs: alloc_free_mem_region, add_memory_driver_managed
#include <iomem-review.h>
#include <iomem-review/zone.h>

#define BASE 0x3000000000ULL
static struct resource *window, *region;
static struct dev_dax *dax;
static int bound;

SETUP
{
	window = iomem_insert(&iomem_resource, "CXL Window 9", BASE, SZ_4G, IORESOURCE_MEM, IOMEM_DESC_CXL);
}

/* alloc_hpa(), cxl_dax_region_probe(), dax/kmem, free_hpa() */
THREAD(cxl)
{
	region = alloc_free_mem_region(window, SZ_1G, SZ_256M, "region9");
	if (IS_ERR(region))
		return;
	dax = iomem_dax_device("dax9.0", 1, region->start, resource_size(region));
	bound = iomem_dax_bind(dax);
	if (!bound)
		iomem_dax_unbind(dax);
	remove_resource(region);
	kfree(region);
}

CHECK
{
	EXPECT(!IS_ERR(region) && bound == 0);
	OBSERVE(ERR_PTR(bound));
	EXPECT(window->child == NULL);
}
