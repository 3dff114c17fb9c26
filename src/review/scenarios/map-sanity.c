// title: Mappings that stay inside a range, span it, or span a busy one
// machine: empty
// needs: iomem_map_sanity_check
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource bar = DEFINE_RES_MEM_NAMED(BASE, SZ_64K, "bar");
static struct resource small = DEFINE_RES_MEM_NAMED(BASE + SZ_1M, 0x100, "small");
static struct resource *busy;

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &bar));
	EXPECT(!insert_resource(&iomem_resource, &small));
	busy = request_mem_region(BASE + SZ_16M, SZ_64K, "busy");
	EXPECT(busy != NULL);
}

THREAD(ioremap)
{
	OBSERVE(iomem_map_sanity_check(BASE, SZ_64K));
	OBSERVE(iomem_map_sanity_check(BASE + SZ_4K, SZ_4K));
	OBSERVE(iomem_map_sanity_check(BASE + SZ_32K, SZ_64K));
	OBSERVE(iomem_map_sanity_check(BASE + SZ_1M, SZ_4K));
	OBSERVE(iomem_map_sanity_check(BASE + SZ_16M, SZ_128K));
	OBSERVE(iomem_map_sanity_check(BASE + SZ_1G, SZ_1G));
}
