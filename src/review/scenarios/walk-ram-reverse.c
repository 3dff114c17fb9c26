// title: RAM is walked from high to low, more ranges than fit into the first array
// machine: empty
// needs: walk_system_ram_res_rev
#include <iomem-review.h>

#define BASE	0x100000000000ULL
#define RANGES	20

static u64 lowest = ~0ULL;
static unsigned long visited, out_of_order;

static int each(struct resource *res, void *arg)
{
	visited++;
	if (res->start >= lowest)
		out_of_order++;
	lowest = res->start;
	if (visited == 1) {
		OBSERVE(res->end);
		OBSERVE(res->flags);
	}
	return arg && visited == 3 ? -EBUSY : 0;
}

SETUP
{
	int i;

	for (i = 0; i < RANGES; i++)
		EXPECT(__request_region(&iomem_resource, BASE + i * (u64)SZ_1G, SZ_512M, "System RAM", IORESOURCE_SYSTEM_RAM) != NULL);
}

THREAD(kexec)
{
	OBSERVE(walk_system_ram_res_rev(BASE, -1, NULL, each));
	OBSERVE(visited);
	OBSERVE(out_of_order);
	OBSERVE(lowest);
	visited = 0;
	lowest = ~0ULL;
	OBSERVE(ERR_PTR(walk_system_ram_res_rev(BASE, -1, &visited, each)));
	OBSERVE(visited);
	OBSERVE(ERR_PTR(walk_system_ram_res_rev(BASE + SZ_512M, BASE + SZ_1G - 1, NULL, each)));
}
