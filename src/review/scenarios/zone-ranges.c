// title: Device-dax makes pages of two ranges; another one of three, the second of which is taken
// machine: server
// units: zones
// needs: memremap_pages
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

#define BASE 0x3000000000ULL
/* A struct dev_pagemap ends in an array of ranges. */
#define RANGES(name) static union { struct dev_pagemap map; char room[sizeof(struct dev_pagemap) + 2 * sizeof(struct range)]; } name
RANGES(two);
RANGES(three);
static void *mapped, *refused, *again;
static int left;

static void *map_ranges(struct dev_pagemap *map, int count, u64 start, u64 step)
{
	int i;

	memset(map, 0, sizeof(*map));
	map->type = MEMORY_DEVICE_GENERIC;
	map->nr_range = count;
	for (i = 0; i < count; i++) {
		map->ranges[i].start = start + i * step;
		map->ranges[i].end = start + i * step + SZ_128M - 1;
	}
	return memremap_pages(map, 0);
}

THREAD(dax)
{
	mapped = map_ranges(&two.map, 2, BASE, SZ_1G);
	refused = map_ranges(&three.map, 3, BASE + SZ_512M, SZ_512M);
	left = three.map.nr_range;
	if (IS_ERR(mapped))
		return;
	memunmap_pages(&two.map);
	again = map_ranges(&three.map, 3, BASE + SZ_512M, SZ_512M);
	if (!IS_ERR(again))
		memunmap_pages(&three.map);
}

CHECK
{
	int i;

	EXPECT(!IS_ERR(mapped) && IS_ERR(refused) && left == 3 && !IS_ERR(again));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(refused)));
	for (i = 0; i < 4; i++)
		EXPECT(!iomem_pagemap_of(PHYS_PFN(BASE + i * SZ_512M)));
}
