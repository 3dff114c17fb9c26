// title: Memory is plugged, plugged again, and pulled
// machine: server
// units: zones
// needs: add_memory, remove_memory
#include <iomem-review.h>
#include <iomem-review/zone.h>

static int added, twice, across, removed, back;
static const struct iomem_firmware_range *slot;

THREAD(firmware)
{
	unsigned int i;

	for (i = 0; i < iomem_srat_count() && !slot; i++)
		if (iomem_srat(i)->hotplug)
			slot = iomem_srat(i);
	if (!slot)
		return;
	added = add_memory(slot->node, slot->start, SZ_8G, MHP_NONE);
	twice = add_memory(slot->node, slot->start + SZ_4G, SZ_2G, MHP_NONE);
	across = add_memory(slot->node, slot->start + SZ_8G + SZ_1M, SZ_2G, MHP_NONE);
	if (!added)
		removed = remove_memory(slot->start, SZ_8G);
	back = add_memory(slot->node, slot->start, SZ_4G, MHP_NONE);
	if (!back)
		remove_memory(slot->start, SZ_4G);
}

CHECK
{
	EXPECT(slot && added == 0 && removed == 0 && back == 0);
	/* Whatever has failed, and all that was removed, is in nobody's way. */
	if (slot && !removed)
		EXPECT(region_intersects(slot->start, SZ_16G, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) == REGION_DISJOINT);
	OBSERVE(ERR_PTR(added));
	OBSERVE(ERR_PTR(twice));
	OBSERVE(ERR_PTR(across));
	OBSERVE(ERR_PTR(removed));
	OBSERVE(ERR_PTR(back));
}
