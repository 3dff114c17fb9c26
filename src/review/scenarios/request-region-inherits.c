// title: A claim takes over what the window around it is
// machine: empty
// needs: __request_region
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource ram = { .start = BASE, .end = BASE + SZ_1G - 1, .name = "virtio0",
			       .flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_EXCLUSIVE };
static struct resource pmem = { .start = BASE + SZ_2G, .end = BASE + SZ_2G + SZ_1G - 1, .name = "Persistent Memory",
				.flags = IORESOURCE_MEM, .desc = IORES_DESC_PERSISTENT_MEMORY };
static struct resource *block, *dax;

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &ram));
	EXPECT(!insert_resource(&iomem_resource, &pmem));
}

THREAD(drivers)
{
	block = __request_region(&iomem_resource, BASE, SZ_128M, "System RAM (virtio_mem)", 0);
	if (block) {
		OBSERVE(block->flags);
		OBSERVE(block->desc);
		OBSERVE(block->parent);
	}
	dax = __request_region(&iomem_resource, BASE + SZ_2G, SZ_128M, "dax0.0", IORESOURCE_EXCLUSIVE);
	if (dax) {
		OBSERVE(dax->flags);
		OBSERVE(dax->desc);
		OBSERVE(dax->parent);
	}
	OBSERVE(block != NULL && dax != NULL);
}
