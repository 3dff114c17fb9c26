// title: Memory with the kernel in it is taken out: the children are in the lower or the upper part
// machine: empty
// needs: release_mem_region_adjustable
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource code = DEFINE_RES_MEM_NAMED(BASE + SZ_16M, SZ_16M, "Kernel code");
static struct resource crash = DEFINE_RES_MEM_NAMED(BASE + SZ_4G + SZ_512M + SZ_256M, SZ_128M, "Crash kernel");
static struct resource *low, *high;

SETUP
{
	low = __request_region(&iomem_resource, BASE, SZ_1G, "System RAM", IORESOURCE_SYSTEM_RAM);
	high = __request_region(&iomem_resource, BASE + SZ_4G, SZ_1G, "System RAM", IORESOURCE_SYSTEM_RAM);
	EXPECT(low && high);
	EXPECT(!request_resource(low, &code));
	EXPECT(!request_resource(high, &crash));
}

THREAD(hotplug)
{
	release_mem_region_adjustable(BASE + SZ_256M, SZ_128M);
	release_mem_region_adjustable(BASE + SZ_4G + SZ_256M, SZ_128M);
}

CHECK
{
	OBSERVE(low->end);
	OBSERVE(code.parent == low);
	OBSERVE(high->start);
	OBSERVE(high->end);
	OBSERVE(crash.parent == high);
	OBSERVE(lookup_resource(&iomem_resource, BASE + SZ_256M + SZ_128M) != NULL);
	OBSERVE(lookup_resource(&iomem_resource, BASE + SZ_4G + SZ_256M + SZ_128M) != NULL);
}
