// title: System RAM below a CXL window and below persistent memory is released and can be added again
// machine: x86_64
// all: region.child = NULL
// all: pmem.child = NULL
#include <iomem-review.h>

#define WINDOW	0x4080000000ULL
#define PMEM	0x5000000000ULL

static struct resource window = { .start = WINDOW, .end = WINDOW + SZ_1G - 1, .name = "CXL Window 0",
				  .flags = IORESOURCE_MEM, .desc = IORES_DESC_CXL };
static struct resource region = DEFINE_RES_MEM_NAMED(WINDOW, SZ_1G, "region0");
static struct resource pmem = { .start = PMEM, .end = PMEM + SZ_1G - 1, .name = "Persistent Memory",
				.flags = IORESOURCE_MEM, .desc = IORES_DESC_PERSISTENT_MEMORY };

SETUP
{
	EXPECT(!insert_resource(&iomem_resource, &window));
	EXPECT(!insert_resource(&window, &region));
	EXPECT(!insert_resource(&iomem_resource, &pmem));
	EXPECT(__request_region(&iomem_resource, WINDOW, SZ_1G, "System RAM (kmem)", IORESOURCE_SYSTEM_RAM) != NULL);
	EXPECT(__request_region(&iomem_resource, PMEM, SZ_1G, "System RAM (kmem)", IORESOURCE_SYSTEM_RAM) != NULL);
}

THREAD(hotplug)
{
	release_mem_region_adjustable(WINDOW, SZ_1G);
	release_mem_region_adjustable(PMEM, SZ_1G);
	OBSERVE(region.child);
	OBSERVE(pmem.child);
}
