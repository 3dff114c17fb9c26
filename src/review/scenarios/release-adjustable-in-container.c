// title: Memory below a CXL window, below persistent memory and below a virtio device is taken out again
// machine: empty
// needs: release_mem_region_adjustable
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource window = { .start = BASE, .end = BASE + SZ_1G - 1, .name = "CXL Window 0",
				  .flags = IORESOURCE_MEM, .desc = 9 /* IORES_DESC_CXL */ };
static struct resource region = { .start = BASE, .end = BASE + SZ_1G - 1, .name = "region0",
				  .flags = IORESOURCE_MEM };
static struct resource pmem = { .start = BASE + SZ_4G, .end = BASE + SZ_4G + SZ_1G - 1, .name = "Persistent Memory",
				.flags = IORESOURCE_MEM, .desc = IORES_DESC_PERSISTENT_MEMORY };
static struct resource virtio = { .start = BASE + SZ_8G, .end = BASE + SZ_8G + SZ_1G - 1, .name = "virtio0",
				  .flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_EXCLUSIVE };

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!request_resource(&window, &region));
	EXPECT(!insert_resource(&iomem_resource, &pmem));
	EXPECT(!insert_resource(&iomem_resource, &virtio));
	EXPECT(__request_region(&iomem_resource, BASE, SZ_1G, "System RAM (kmem)", IORESOURCE_SYSTEM_RAM) != NULL);
	EXPECT(__request_region(&iomem_resource, BASE + SZ_4G, SZ_1G, "System RAM (kmem)", IORESOURCE_SYSTEM_RAM) != NULL);
	EXPECT(__request_region(&iomem_resource, BASE + SZ_8G, SZ_1G, "System RAM (virtio_mem)", IORESOURCE_SYSTEM_RAM) != NULL);
}

THREAD(hotplug)
{
	release_mem_region_adjustable(BASE, SZ_1G);
	EXPECT(region.child == NULL);
	OBSERVE(region.child == NULL);
	release_mem_region_adjustable(BASE + SZ_4G, SZ_1G);
	EXPECT(pmem.child == NULL);
	OBSERVE(pmem.child == NULL);
	release_mem_region_adjustable(BASE + SZ_8G, SZ_128M);
	if (virtio.child) {
		OBSERVE(virtio.child->start);
		OBSERVE(virtio.child->end);
	}
}

CHECK
{
	struct resource *again;

	again = __request_region(&iomem_resource, BASE, SZ_1G, "System RAM (kmem)", IORESOURCE_SYSTEM_RAM);
	OBSERVE(again != NULL);
}
