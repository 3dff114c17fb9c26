// title: A region is requested, taken back and asked about at the same time
// machine: empty
// needs: __request_region, __release_region, region_intersects
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource *first, *second;
static int seen;

SETUP
{
	first = request_mem_region(BASE, SZ_64K, "first");
	EXPECT(first != NULL);
}

THREAD(release)
{
	release_mem_region(BASE, SZ_64K);
}

THREAD(request)
{
	second = request_mem_region(BASE + SZ_4K, SZ_4K, "second");
}

THREAD(ask)
{
	seen = region_intersects(BASE, SZ_1M, 0, IORES_DESC_NONE);
}

CHECK
{
	OBSERVE(second != NULL);
	OBSERVE(seen);
}
