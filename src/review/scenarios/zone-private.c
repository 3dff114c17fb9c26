// title: A GPU driver takes a free region, makes private pages of it, and gives both back
// machine: x86_64
// units: zones
// needs: memremap_pages, request_free_mem_region
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

IOMEM_PAGEMAP(map, MEMORY_DEVICE_PRIVATE);
static struct resource *res;
static void *mapped;
static bool again;

/* nouveau_dmem_chunk_alloc(), dmirror_allocate_chunk() */
THREAD(gpu)
{
	res = request_free_mem_region(&iomem_resource, SZ_256M, "gpu");
	if (IS_ERR(res))
		return;
	iomem_pagemap_at(&map, res->start, resource_size(res));
	mapped = memremap_pages(&map, 0);
	if (!IS_ERR(mapped)) {
		struct dev_pagemap *found = iomem_pagemap_of(PHYS_PFN(res->end));

		again = found == &map;
		if (found)
			put_dev_pagemap(found);
		memunmap_pages(&map);
	}
	release_mem_region(res->start, resource_size(res));
}

CHECK
{
	EXPECT(!IS_ERR(res) && !IS_ERR(mapped) && again);
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(mapped)));
	EXPECT(!iomem_pagemap_of(PHYS_PFN(map.range.start)));
}
