// title: Memory blocks that touch are merged, others are not
// machine: empty
// needs: merge_system_ram_resource
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static const char name[] = "System RAM (virtio_mem)";
static const char other_name[] = "System RAM (dimm)";

static struct resource *ram(resource_size_t start, const char *of)
{
	return __request_region(&iomem_resource, start, SZ_128M, of, IORESOURCE_SYSTEM_RAM);
}

static struct resource *first, *third, *stranger;

SETUP
{
	struct resource *second;

	first = ram(BASE, name);
	second = ram(BASE + SZ_128M, name);
	third = ram(BASE + SZ_256M, name);
	stranger = ram(BASE + SZ_256M + SZ_128M, other_name);
	EXPECT(first && second && third && stranger);
	merge_system_ram_resource(first);
	merge_system_ram_resource(third);
	/* The one in the middle goes into its neighbours; its pointer is dead afterwards. */
	merge_system_ram_resource(second);
}

THREAD(hotplug)
{
	struct resource *p;

	merge_system_ram_resource(stranger);
	for (p = iomem_resource.child; p; p = p->sibling) {
		if (p->start < BASE)
			continue;
		OBSERVE(p->start);
		OBSERVE(p->end);
		OBSERVE(p->name);
		OBSERVE(p->flags);
	}
	release_mem_region_adjustable(BASE + SZ_128M, SZ_128M);
	OBSERVE(region_intersects(BASE, 3 * SZ_128M, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
	OBSERVE(region_intersects(BASE + SZ_128M, SZ_128M, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE));
}
