// title: Two devices share a section; the first one goes, memory is plugged there in vain, and it comes back
// machine: server
// units: zones
// needs: memremap_pages
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

#define BASE 0x3000000000ULL
IOMEM_PAGEMAP(first, MEMORY_DEVICE_GENERIC);
IOMEM_PAGEMAP(second, MEMORY_DEVICE_GENERIC);
IOMEM_PAGEMAP(twice, MEMORY_DEVICE_GENERIC);
static void *low, *high, *taken, *again;
static bool online, found, gone;
static int plugged;

/* The second goes on into the next section, by one subsection. */
THREAD(dax)
{
	struct zone *zone = &NODE_DATA(0)->node_zones[ZONE_DEVICE];

	iomem_pagemap_at(&first, BASE, SZ_64M);
	iomem_pagemap_at(&second, BASE + SZ_64M, SZ_64M + SZ_2M);
	low = memremap_pages(&first, 0);
	if (IS_ERR(low))
		return;
	high = memremap_pages(&second, 0);
	OBSERVE(zone->zone_start_pfn);
	OBSERVE(zone->spanned_pages);
	online = pfn_to_online_page(PHYS_PFN(BASE)) != NULL;
	memunmap_pages(&first);
	OBSERVE(zone->zone_start_pfn);
	OBSERVE(zone->spanned_pages);
	gone = !iomem_pagemap_of(PHYS_PFN(BASE + SZ_64M) - 1);
	if (IS_ERR(high))
		return;
	/* A subsection that is still there, behind one that is not. */
	iomem_pagemap_at(&twice, BASE + SZ_64M - SZ_2M, SZ_4M);
	taken = memremap_pages(&twice, 0);
	plugged = add_memory(0, BASE, memory_block_size_bytes(), MHP_NONE);
	again = memremap_pages(&first, 0);
	OBSERVE(zone->zone_start_pfn);
	OBSERVE(zone->spanned_pages);
	if (!IS_ERR(again)) {
		struct dev_pagemap *at = iomem_pagemap_of(PHYS_PFN(BASE + SZ_64M) - 1);

		found = at == &first;
		if (at)
			put_dev_pagemap(at);
		memunmap_pages(&first);
	}
	memunmap_pages(&second);
}

CHECK
{
	EXPECT(!IS_ERR(low) && !IS_ERR(high) && !IS_ERR(again) && IS_ERR(taken));
	EXPECT(gone && found && !online && plugged);
	OBSERVE(ERR_PTR(plugged));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(taken)));
}
