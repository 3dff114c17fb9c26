// title: A driver with managed resources takes a free region and makes private pages of it (amdkfd's SVM)
// machine: x86_64
// units: zones
// needs: devm_memremap_pages, devm_request_free_mem_region
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

IOMEM_PAGEMAP(map, MEMORY_DEVICE_PRIVATE);
static IOMEM_DEVICE(amdgpu);
static struct resource *res;
static void *mapped;

/* kgd2kfd_init_zone_device() */
THREAD(amdkfd)
{
	res = devm_request_free_mem_region(&amdgpu, &iomem_resource, SZ_256M);
	if (IS_ERR(res))
		return;
	iomem_pagemap_at(&map, res->start, resource_size(res));
	mapped = devm_memremap_pages(&amdgpu, &map);
	if (IS_ERR(mapped))
		devm_release_mem_region(&amdgpu, res->start, resource_size(res));
}

CHECK
{
	EXPECT(!IS_ERR(res) && !IS_ERR(mapped));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(mapped)));
	OBSERVE(iomem_device_unbind(&amdgpu));
	EXPECT(!iomem_pagemap_of(PHYS_PFN(map.range.start)));
}
