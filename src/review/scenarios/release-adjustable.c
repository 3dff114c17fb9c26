// title: Memory is taken out of a busy range: all, the front, the back, the middle
// machine: empty
// needs: release_mem_region_adjustable
#include <iomem-review.h>

#define BASE	0x100000000000ULL

static struct resource *whole, *front, *back, *middle;

static struct resource *ram(resource_size_t start)
{
	return __request_region(&iomem_resource, start, SZ_1G, "System RAM", IORESOURCE_SYSTEM_RAM);
}

SETUP
{
	whole = ram(BASE);
	front = ram(BASE + SZ_4G);
	back = ram(BASE + SZ_8G);
	middle = ram(BASE + SZ_16G);
	EXPECT(whole && front && back && middle);
}

THREAD(hotplug)
{
	release_mem_region_adjustable(BASE, SZ_1G);
	whole = NULL;
	OBSERVE(region_intersects(BASE, SZ_1G, 0, IORES_DESC_NONE));

	release_mem_region_adjustable(BASE + SZ_4G, SZ_128M);
	OBSERVE(front->start);
	OBSERVE(front->end);

	release_mem_region_adjustable(BASE + SZ_8G + SZ_512M, SZ_512M);
	OBSERVE(back->start);
	OBSERVE(back->end);

	release_mem_region_adjustable(BASE + SZ_16G + SZ_256M, SZ_256M);
	OBSERVE(middle->end);
	if (middle->sibling) {
		OBSERVE(middle->sibling->start);
		OBSERVE(middle->sibling->end);
		OBSERVE(middle->sibling->name);
		OBSERVE(middle->sibling->flags);
		OBSERVE(middle->sibling->parent == &iomem_resource);
	}
	/* Nothing there: nothing happens. */
	release_mem_region_adjustable(BASE + SZ_64G, SZ_128M);
}
