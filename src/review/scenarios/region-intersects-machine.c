// title: Where RAM is and where it is not, on a machine as it is
// machine: laptop, server, cxl-window, pmem, virtio-mem
// needs: region_intersects, walk_system_ram_res
#include <iomem-review.h>

static unsigned long ranges, ram, mixed, holes;
static u64 last_end;

static int count(struct resource *res, void *arg)
{
	ranges++;
	if (region_intersects(res->start, SZ_4K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) == REGION_INTERSECTS)
		ram++;
	if (last_end && res->start > last_end + 1) {
		if (region_intersects(last_end, res->start - last_end + 1, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) == REGION_MIXED)
			mixed++;
		if (region_intersects(last_end + 1, res->start - last_end - 1, 0, IORES_DESC_NONE) == REGION_DISJOINT)
			holes++;
	}
	last_end = res->end;
	return 0;
}

THREAD(walker)
{
	walk_system_ram_res(0, -1, NULL, count);
}

CHECK
{
	OBSERVE(ranges);
	OBSERVE(ram);
	OBSERVE(mixed);
	OBSERVE(holes);
	OBSERVE(last_end);
}
