// title: System RAM is walked while memory is plugged in and taken out
// machine: empty
// needs: walk_system_ram_res, release_mem_region_adjustable
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static u64 bytes;
static struct resource *ram;

static int add(struct resource *res, void *arg)
{
	bytes += res->end - res->start + 1;
	return 0;
}

SETUP
{
	EXPECT(__request_region(&iomem_resource, BASE, SZ_1G, "System RAM", IORESOURCE_SYSTEM_RAM) != NULL);
}

THREAD(plug)
{
	ram = __request_region(&iomem_resource, BASE + SZ_4G, SZ_1G, "System RAM", IORESOURCE_SYSTEM_RAM);
}

THREAD(unplug)
{
	release_mem_region_adjustable(BASE + SZ_256M, SZ_128M);
}

THREAD(kexec)
{
	walk_system_ram_res(BASE, BASE + SZ_8G - 1, NULL, add);
}

CHECK
{
	EXPECT(ram != NULL);
	OBSERVE(bytes);
	OBSERVE(region_intersects(BASE, SZ_1G, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
}
