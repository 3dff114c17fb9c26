// title: Somebody keeps memory hotplug away and looks at pages that a driver is taking away
// machine: server
// units: zones
// needs: memremap_pages
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

#define BASE 0x3000000000ULL
IOMEM_PAGEMAP(map, MEMORY_DEVICE_GENERIC);
static DECLARE_COMPLETION(going);
static bool mapped, kept;

SETUP
{
	iomem_pagemap_at(&map, BASE, SZ_256M);
	mapped = !IS_ERR(memremap_pages(&map, 0));
}

/* Its turn comes first: it keeps hotplug away, and looks while that is being waited for. */
THREAD(walker)
{
	struct dev_pagemap *at;

	get_online_mems();
	wait_for_completion(&going);
	at = iomem_pagemap_of(PHYS_PFN(BASE));
	kept = at != NULL;
	if (at)
		put_dev_pagemap(at);
	put_online_mems();
}

THREAD(driver)
{
	complete(&going);
	if (mapped)
		memunmap_pages(&map);
}

CHECK
{
	EXPECT(mapped && !kept);
}
