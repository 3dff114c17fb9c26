// title: All that is free of a range is reserved, around what is there
// machine: empty
// needs: reserve_region_with_split
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource root = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "root");
static struct resource a = DEFINE_RES_MEM_NAMED(BASE + SZ_64K, SZ_64K, "a");
static struct resource b = DEFINE_RES_MEM_NAMED(BASE + SZ_256K, SZ_64K, "b");

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &root));
	EXPECT(!request_resource(&root, &a));
	EXPECT(!request_resource(&root, &b));
}

THREAD(boot)
{
	struct resource *p;
	int pieces = 0;

	reserve_region_with_split(&root, BASE + SZ_4K, BASE + SZ_512K - 1, "RAM buffer");
	for (p = root.child; p; p = p->sibling) {
		OBSERVE(p->start);
		OBSERVE(p->end);
		OBSERVE(p->flags);
		pieces++;
	}
	OBSERVE(pieces);
	/* Wholly taken already. */
	reserve_region_with_split(&root, BASE + SZ_64K, BASE + SZ_64K + SZ_4K - 1, "nothing left");
	/* Beyond the root: what lies inside is reserved. */
	reserve_region_with_split(&root, BASE + SZ_512K + SZ_256K, BASE + SZ_2M, "half outside");
	reserve_region_with_split(&root, BASE + SZ_4M, BASE + SZ_4M + SZ_4K, "outside");
}
