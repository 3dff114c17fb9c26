// title: Which pages user space is kept from
// machine: empty
// needs: iomem_is_exclusive
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = DEFINE_RES_MEM_NAMED(BASE, SZ_1M, "window");
static struct resource virtio = { .start = BASE + SZ_1G, .end = BASE + SZ_1G + SZ_128M - 1, .name = "virtio0",
				  .flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_EXCLUSIVE };
static struct resource *busy, *excl;

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!insert_resource(&iomem_resource, &virtio));
	busy = request_mem_region(BASE + SZ_64K, SZ_4K, "busy");
	excl = request_mem_region_exclusive(BASE + SZ_128K + 0x800, 0x100, "exclusive");
	EXPECT(busy && excl);
}

THREAD(devmem)
{
	OBSERVE(iomem_is_exclusive(BASE));
	OBSERVE(iomem_is_exclusive(BASE + SZ_64K));
	OBSERVE(iomem_is_exclusive(BASE + SZ_64K + SZ_4K));
	OBSERVE(iomem_is_exclusive(BASE + SZ_128K));
	OBSERVE(iomem_is_exclusive(BASE + SZ_128K + SZ_4K));
	OBSERVE(iomem_is_exclusive(BASE + SZ_1G));
	OBSERVE(iomem_is_exclusive(BASE + SZ_1G + SZ_128M));
	OBSERVE(iomem_is_exclusive(0));
}
