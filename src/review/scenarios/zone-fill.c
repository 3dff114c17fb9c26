// title: Device memory has taken all room above the memory that SRAT announces; another driver wants some, then firmware plugs
// machine: server
// units: zones
// needs: request_free_mem_region, add_memory
#include <iomem-review.h>
#include <iomem-review/zone.h>

static struct resource *next;
static u64 room;

/* What is free from `from` on, up to the end of what can be searched. */
static void take_all(u64 from)
{
	struct resource *taken;

	for (taken = iomem_resource.child;; taken = taken->sibling) {
		u64 stop = taken && taken->start <= PHYSMEM_END ? taken->start : PHYSMEM_END + 1;

		if (stop > from) {
			iomem_insert(&iomem_resource, "device memory above", from, stop - from, IORESOURCE_MEM,
				     IORES_DESC_NONE);
			room += stop - from;
		}
		if (stop > PHYSMEM_END)
			return;
		if (taken->end >= from)
			from = taken->end + 1;
	}
}

SETUP
{
	u64 end = 0;
	unsigned int i;

	for (i = 0; i < iomem_srat_count(); i++)
		if (iomem_srat(i)->hotplug && iomem_srat(i)->end <= PHYSMEM_END && iomem_srat(i)->end > end)
			end = iomem_srat(i)->end;
	if (end)
		take_all(end + 1);
}

THREAD(nouveau)
{
	next = request_free_mem_region(&iomem_resource, SZ_2G, "nouveau");
}

CHECK
{
	OBSERVE(room);
	EXPECT(!IS_ERR(next));
	if (!IS_ERR(next))
		OBSERVE(next->start);
}
