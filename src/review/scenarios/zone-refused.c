// title: Pagemaps that are refused: without what their type needs, over memory, over the end of another one
// machine: server
// units: zones
// needs: memremap_pages
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>

#define BASE 0x3000000000ULL
IOMEM_PAGEMAP(map, MEMORY_DEVICE_GENERIC);
IOMEM_PAGEMAP(below, MEMORY_DEVICE_GENERIC);
IOMEM_PAGEMAP(mixed, MEMORY_DEVICE_GENERIC);
#if LINUX_VERSION_CODE >= 0x060000
IOMEM_PAGEMAP(owned, MEMORY_DEVICE_COHERENT);
#else
IOMEM_PAGEMAP(owned, MEMORY_DEVICE_PRIVATE);
#endif
IOMEM_PAGEMAP(private, MEMORY_DEVICE_PRIVATE);
static const struct dev_pagemap_ops no_way_back = { (void *)__iomem_pages_freed_private }, no_way_out = {
	.migrate_to_ram = __iomem_page_back_private };
#define END_OF_RAM 0x2080000000ULL
static void *mapped, *over, *nobody, *stuck, *kept, *lost, *ram, *none;

SETUP
{
	iomem_insert(&iomem_resource, "beside memory", END_OF_RAM, SZ_128M, IORESOURCE_MEM, IORES_DESC_NONE);
}

static void *try(struct dev_pagemap *wanted, u64 start)
{
	void *made;

	iomem_pagemap_at(wanted, start, SZ_256M);
	made = memremap_pages(wanted, 0);
	if (!IS_ERR(made))
		memunmap_pages(wanted);
	return made;
}

THREAD(drivers)
{
	iomem_pagemap_at(&map, BASE, SZ_256M);
	mapped = memremap_pages(&map, 0);
	/* Its end lies in that one; its beginning in memory. */
	over = try(&below, BASE - SZ_128M);
	ram = try(&mixed, END_OF_RAM - SZ_256M);
	none = try(&mixed, END_OF_RAM - SZ_128M);
	owned.owner = NULL;
	nobody = try(&owned, BASE + SZ_1G);
	private.ops = &no_way_back;
	stuck = try(&private, BASE + SZ_1G);
	private.ops = &no_way_out;
	kept = try(&private, BASE + SZ_1G);
	private.ops = NULL;
	lost = try(&private, BASE + SZ_1G);
	/* Who was refused holds nothing: this does not have to wait for anybody. */
	if (!IS_ERR(mapped))
		memunmap_pages(&map);
}

CHECK
{
	EXPECT(!IS_ERR(mapped));
	EXPECT(IS_ERR(over) && IS_ERR(ram) && IS_ERR(none) && IS_ERR(nobody) && IS_ERR(stuck) && IS_ERR(kept) && IS_ERR(lost));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(over)));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(ram)));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(none)));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(nobody)));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(stuck)));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(kept)));
	OBSERVE(ERR_PTR(PTR_ERR_OR_ZERO(lost)));
}
