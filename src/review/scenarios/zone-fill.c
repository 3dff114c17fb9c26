// title: Device memory has taken all room above the memory that SRAT announces; another driver wants some, then firmware plugs
// machine: server
// units: zones
// needs: request_free_mem_region, add_memory
#include <iomem-review.h>
#include <iomem-review/zone.h>

static struct resource *next;
static u64 room;

SETUP
{
	u64 end = 0, size, left;
	unsigned int i;

	for (i = 0; i < iomem_srat_count(); i++)
		if (iomem_srat(i)->hotplug && iomem_srat(i)->end <= PHYSMEM_END && iomem_srat(i)->end > end)
			end = iomem_srat(i)->end;
	room = round_down(PHYSMEM_END - end, 1ULL << SECTION_SIZE_BITS);
	left = room;
	/* In one piece; the search of 6.1 gives no more than lies below a region: there in ever smaller ones. */
	if (room && !IS_ERR(request_free_mem_region(&iomem_resource, room, "device memory above")))
		return;
	for (size = 1ULL << (MAX_PHYSMEM_BITS - 1); size >= SZ_1G; size /= 2)
		for (i = 0; i < 2 && size <= left; i++)
			if (!IS_ERR(request_free_mem_region(&iomem_resource, size, "device memory above")))
				left -= size;
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
