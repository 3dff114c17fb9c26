// title: Somebody holds on to device memory while its driver takes it away; nobody else gets at it any more
// machine: server
// units: zones
// needs: memremap_pages
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

#define BASE 0x3000000000ULL
IOMEM_PAGEMAP(map, MEMORY_DEVICE_GENERIC);
static struct dev_pagemap *held, *late;
static bool gone, early;

SETUP
{
	iomem_pagemap_at(&map, BASE, SZ_256M);
	if (!IS_ERR(memremap_pages(&map, 0)))
		held = iomem_pagemap_of(PHYS_PFN(BASE) + 1);
}

/* Its turn comes first, and ends where it has to wait. */
THREAD(driver)
{
	if (!held)
		return;
	memunmap_pages(&map);
	gone = true;
}

/* get_user_pages() of a mapping of it */
THREAD(user)
{
	if (!held)
		return;
	early = gone;
	late = iomem_pagemap_of(PHYS_PFN(BASE) + 1);
	if (late)
		put_dev_pagemap(late);
	put_dev_pagemap(held);
}

CHECK
{
	EXPECT(held && !early && gone);
	EXPECT(!late);
	EXPECT(!iomem_pagemap_of(PHYS_PFN(BASE) + 1));
}
