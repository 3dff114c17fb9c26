// title: A driver claims what a search would answer, and the search goes on
// machine: empty, crowded-top
// needs: request_free_mem_region, region_intersects
#include <iomem-review.h>

static struct resource *probe, *claim, *found;
static resource_size_t start;

THREAD(drivers)
{
	probe = request_free_mem_region(&iomem_resource, SZ_256M, "probe");
	if (IS_ERR(probe))
		return;
	start = probe->start;
	release_mem_region(start, SZ_256M);
	claim = request_mem_region(start + SZ_128M, SZ_4K, "claim");
	found = request_free_mem_region(&iomem_resource, SZ_256M, "found");
}

CHECK
{
	OBSERVE(start);
	OBSERVE(claim != NULL);
	if (IS_ERR_OR_NULL(found)) {
		OBSERVE(found);
	} else {
		OBSERVE(found->start);
		OBSERVE(found->desc);
	}
}
