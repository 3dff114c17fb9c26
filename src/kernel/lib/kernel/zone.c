/*
 * Physical memory around the allocator: what firmware promised, nodes, the space of struct page, and what memory hotplug
 * and ZONE_DEVICE ask of an architecture. What is done here and must be undone goes into a ledger (ledger.ts), which is
 * judged at the end.
 */

/* Asked before a call that can fail (faults.ts). */
int __iomem_fault_point(int function);

/* Of the tree; without the last parameter up to 6.1. */
void __remove_pages(unsigned long pfn, unsigned long nr_pages, struct vmem_altmap *altmap, struct dev_pagemap *pgmap);

/* Written by the runner, from the machine, before anything runs (zones.ts). */
struct iomem_firmware_range __iomem_srat[IOMEM_SRAT_RANGES], __iomem_ram[IOMEM_SRAT_RANGES];
unsigned int __iomem_srat_count, __iomem_ram_count;
unsigned long __iomem_block_bytes;

unsigned char __iomem_node_online[MAX_NUMNODES];
struct pglist_data __iomem_nodes[MAX_NUMNODES];
static bool slab_ready;

unsigned int iomem_srat_count(void)
{
	return __iomem_srat_count;
}

const struct iomem_firmware_range *iomem_srat(unsigned int index)
{
	return index < __iomem_srat_count ? &__iomem_srat[index] : NULL;
}

/* drivers/acpi/numa: the node of the range that firmware promised there. */
int phys_to_target_node(u64 start)
{
	unsigned int i;

	for (i = 0; i < __iomem_srat_count; i++)
		if (__iomem_srat[i].start <= start && start <= __iomem_srat[i].end)
			return __iomem_srat[i].node;
	return NUMA_NO_NODE;
}

int memory_add_physaddr_to_nid(u64 start)
{
	int nid = phys_to_target_node(start);

	return nid == NUMA_NO_NODE ? 0 : nid;
}

/* ---- boot ---- */

void __next_mem_pfn_range(int *index, int nid, unsigned long *start, unsigned long *end, int *out_nid)
{
	for (++*index; *index < (int)__iomem_ram_count; ++*index) {
		const struct iomem_firmware_range *range = &__iomem_ram[*index];

		if (nid != MAX_NUMNODES && nid != range->node)
			continue;
		if (start)
			*start = range->start >> PAGE_SHIFT;
		if (end)
			*end = (range->end + 1) >> PAGE_SHIFT;
		if (out_nid)
			*out_nid = range->node;
		return;
	}
	*index = -1;
}

/* More than this at once is not there. */
#define IOMEM_MEMBLOCK_BYTES SZ_1G

void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min, phys_addr_t max, int nid)
{
	return size > IOMEM_MEMBLOCK_BYTES ? NULL : __iomem_internal_alloc(size);
}

/* Since 6.14. */
void *__memblock_alloc_or_panic(phys_addr_t size, phys_addr_t align, const char *caller)
{
	if (size > IOMEM_MEMBLOCK_BYTES)
		panic("%s: Failed to allocate %llu bytes\n", caller, (unsigned long long)size);
	return __iomem_internal_alloc(size);
}

/* The memmap of boot memory needs no memory here. */
void *memmap_alloc(phys_addr_t size, phys_addr_t align, phys_addr_t min, int nid, bool exact)
{
	return NULL;
}

int early_pfn_to_nid(unsigned long pfn)
{
	return memory_add_physaddr_to_nid(PFN_PHYS(pfn));
}

bool slab_is_available(void)
{
	return slab_ready;
}

void set_pageblock_order(void) { }
void memmap_boot_pages_add(long delta) { }
void memmap_pages_add(long delta) { }
void vmemmap_populate_print_last(void) { }
void memblock_free(void *address, size_t size) { }

/* Nodes and the ends of memory, before sparse_init(). */
void __iomem_zone_boot(void)
{
	static const char *const names[] = { "DMA", "DMA32", "Normal", "Movable", "Device" };
	unsigned int i, zone;

	for (i = 0; i < MAX_NUMNODES; i++) {
		__iomem_nodes[i].node_id = i;
		for (zone = 0; zone < MAX_NR_ZONES; zone++) {
			__iomem_nodes[i].node_zones[zone].zone_pgdat = &__iomem_nodes[i];
			__iomem_nodes[i].node_zones[zone].node = i;
			__iomem_nodes[i].node_zones[zone].name = names[zone];
		}
	}
	__iomem_node_online[0] = 1;
	for (i = 0; i < __iomem_ram_count; i++) {
		unsigned long end = (__iomem_ram[i].end + 1) >> PAGE_SHIFT;

		__iomem_node_online[__iomem_ram[i].node] = 1;
		if (end > max_pfn)
			max_pfn = max_low_pfn = end;
	}
	for (i = 0; i < __iomem_srat_count; i++)
		if (PFN_UP(__iomem_srat[i].end) > max_possible_pfn)
			max_possible_pfn = PFN_UP(__iomem_srat[i].end);
	high_memory = __va(max_pfn * PAGE_SIZE);
}

void __iomem_zone_booted(void)
{
	slab_ready = true;
}

#ifdef CONFIG_RANDOMIZE_MEMORY
/* Where arch/x86/mm/kaslr.c is not executed, or has no such variable. */
unsigned long physmem_end = IOMEM_PHYSMEM_END, direct_map_physmem_end = IOMEM_PHYSMEM_END;
unsigned long page_offset_base, vmalloc_base, vmemmap_base;

bool kaslr_enabled(void) { return true; }
bool kaslr_memory_enabled(void) { return true; }

/* All bits of chance are 0: the direct map begins where it would without. */
unsigned long kaslr_get_random_long(const char *purpose)
{
	return 0;
}

struct rnd_state;
void prandom_bytes_state(struct rnd_state *state, void *to, size_t count)
{
	memset(to, 0, count);
}
#endif

/* ---- struct page ---- */

/*
 * The array of all struct page is arithmetic: nothing stands behind its addresses. Ranges of device memory up to this many
 * pages get real ones, since drivers write to those; their addresses lie elsewhere.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 18, 0)
/* There memunmap_pages() puts each page. */
#define IOMEM_BACKED_PAGES 131072UL
#else
#define IOMEM_BACKED_PAGES 65536UL
#endif
#if __SIZEOF_POINTER__ == 4
#define IOMEM_VMEMMAP 0xe0000000UL
#else
#define IOMEM_VMEMMAP 0xffffea0000000000UL
#endif

struct iomem_memmap {
	struct list_head node;
	unsigned long first, count;
	struct zone *zone;
	struct page *pages;
};
static LIST_HEAD(memmaps);

static struct iomem_memmap *memmap_of(unsigned long pfn)
{
	struct iomem_memmap *map;

	list_for_each_entry(map, &memmaps, node)
		if (pfn - map->first < map->count)
			return map;
	return NULL;
}

struct page *pfn_to_page(unsigned long pfn)
{
	struct iomem_memmap *map = memmap_of(pfn);

	if (map && map->pages)
		return map->pages + (pfn - map->first);
	return (struct page *)(IOMEM_VMEMMAP + pfn * sizeof(struct page));
}

unsigned long page_to_pfn(const struct page *page)
{
	struct iomem_memmap *map;

	list_for_each_entry(map, &memmaps, node)
		if (map->pages && page >= map->pages && page < map->pages + map->count)
			return map->first + (page - map->pages);
	return ((unsigned long)page - IOMEM_VMEMMAP) / sizeof(struct page);
}

struct zone *page_zone(const struct page *page)
{
	struct iomem_memmap *map = memmap_of(page_to_pfn(page));

	return map ? map->zone : &NODE_DATA(early_pfn_to_nid(page_to_pfn(page)))->node_zones[ZONE_NORMAL];
}

bool is_zone_device_page(const struct page *page)
{
	const struct zone *zone = page_zone(page);

	return zone == &zone->zone_pgdat->node_zones[ZONE_DEVICE];
}

int page_to_nid(const struct page *page)
{
	return page_zone(page)->node;
}

static struct iomem_memmap *memmap_begin(struct zone *zone, unsigned long first, unsigned long count)
{
	struct iomem_memmap *map = __iomem_internal_alloc(sizeof(*map));

	map->first = first;
	map->count = count;
	map->zone = zone;
	list_add(&map->node, &memmaps);
	return map;
}

static void memmap_end(unsigned long pfn)
{
	struct iomem_memmap *map = memmap_of(pfn);

	if (!map)
		return;
	list_del(&map->node);
	__iomem_ledger_forget(IOMEM_PAGEMAP, PFN_PHYS(map->first));
}

void init_currently_empty_zone(struct zone *zone, unsigned long start_pfn, unsigned long size)
{
	zone->zone_start_pfn = start_pfn;
	zone->initialized = true;
}

void set_zone_contiguous(struct zone *zone)
{
	zone->contiguous = true;
}

/* Until 6.5 no function. */
void clear_zone_contiguous(struct zone *zone)
{
	zone->contiguous = false;
}

void memmap_init_range(unsigned long size, int nid, unsigned long zone, unsigned long start_pfn, unsigned long zone_end_pfn,
		       int context, struct vmem_altmap *altmap, int migratetype
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
		       , bool isolate_pageblock
#endif
)
{
	memmap_begin(&NODE_DATA(nid)->node_zones[zone], start_pfn, size);
}

void memmap_init_zone_device(struct zone *zone, unsigned long start_pfn, unsigned long nr_pages, struct dev_pagemap *pgmap)
{
	struct iomem_memmap *map = memmap_of(start_pfn);
	unsigned long done;

	__iomem_ledger_add(IOMEM_PAGEMAP, PFN_PHYS(start_pfn), PFN_PHYS(nr_pages), pgmap);
	if (!map)
		map = memmap_begin(zone, start_pfn, nr_pages);
	if (nr_pages > IOMEM_BACKED_PAGES)
		return;
	map->pages = __iomem_internal_alloc(nr_pages * sizeof(struct page));
	map->pages->pgmap = pgmap;
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 18, 0)
	set_page_count(map->pages, 1);
#endif
	for (done = 1; done < nr_pages; done *= 2)
		memcpy(map->pages + done, map->pages, min(done, nr_pages - done) * sizeof(struct page));
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 18, 0) && __has_include(<linux/memremap.h>)
#include <linux/memremap.h>

/* mm/swap.c: the last reference of a page. Other pages than a device's are given to nobody here. */
void __put_page(struct page *page)
{
	if (is_zone_device_page(page))
		put_dev_pagemap(page->pgmap);
}
#endif

/* A page has one holder at a time here. */
void lock_page(struct page *page) { iomem_page_flags(page) |= 1; }
void unlock_page(struct page *page) { iomem_page_flags(page) &= ~1UL; }

int trylock_page(struct page *page)
{
	if (iomem_page_flags(page) & 1)
		return 0;
	iomem_page_flags(page) |= 1;
	return 1;
}

/* ---- sections ---- */

/* include/linux/memremap.h has had these members in this order since 4.13. */
struct iomem_altmap {
	unsigned long base_pfn, end_pfn, reserve, free, align, alloc;
};

/* Without ZONE_DEVICE the tree's header has it. */
#ifdef CONFIG_ZONE_DEVICE
unsigned long vmem_altmap_offset(struct vmem_altmap *altmap)
{
	const struct iomem_altmap *map = (struct iomem_altmap *)altmap;

	return map ? map->reserve + map->free : 0;
}
#endif

static unsigned long memmap_pages(unsigned long nr_pages)
{
	return DIV_ROUND_UP(nr_pages * 64, PAGE_SIZE);
}

/*
 * The memmap of a section, or of a part of one, comes from the device's own memory or from the kernel's. Page tables of
 * the virtual memmap are not built.
 */
static int vmemmap_populate_here(unsigned long start, unsigned long end, int node, struct vmem_altmap *altmap)
{
	struct iomem_altmap *map = (struct iomem_altmap *)altmap;
	unsigned long pages = (end - start) / sizeof(struct page);

	if (map) {
		if (map->alloc + memmap_pages(pages) > map->free)
			return -ENOMEM;
		map->alloc += memmap_pages(pages);
	}
	if (slab_ready)
		__iomem_ledger_add(IOMEM_SECTION, PFN_PHYS(page_to_pfn((struct page *)start)), PFN_PHYS(pages), NULL);
	return 0;
}

static void vmemmap_free_here(unsigned long start, unsigned long end, struct vmem_altmap *altmap)
{
	unsigned long pfn = page_to_pfn((struct page *)start), pages = (end - start) / sizeof(struct page);

	if (altmap)
		((struct iomem_altmap *)altmap)->alloc -= memmap_pages(pages);
	memmap_end(pfn);
	__iomem_ledger_remove(IOMEM_SECTION, PFN_PHYS(pfn), PFN_PHYS(pages));
}

/* Those of architectures build page tables; some have none. */
int vmemmap_populate(unsigned long start, unsigned long end, int node, struct vmem_altmap *altmap)
{
	return vmemmap_populate_here(start, end, node, altmap);
}

void vmemmap_free(unsigned long start, unsigned long end, struct vmem_altmap *altmap)
{
	vmemmap_free_here(start, end, altmap);
}

int __iomem_instead_vmemmap_populate(unsigned long start, unsigned long end, int node, struct vmem_altmap *altmap)
{
	return vmemmap_populate_here(start, end, node, altmap);
}

void __iomem_instead_vmemmap_free(unsigned long start, unsigned long end, struct vmem_altmap *altmap)
{
	vmemmap_free_here(start, end, altmap);
}

#if defined(CONFIG_SPARSEMEM) && !defined(CONFIG_SPARSEMEM_VMEMMAP)
/*
 * Classic sparse: each section has a memmap of its own, and the tree's code keeps where. That it is always at the same place of
 * the array of all struct page is ours; so nothing must stand behind it, and the number of the section is not read off the page.
 */
struct page *__iomem_instead___populate_section_memmap(unsigned long pfn, unsigned long nr_pages, int nid,
						       struct vmem_altmap *altmap
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0)
						       , struct dev_pagemap *pgmap
#endif
)
{
	return pfn_to_page(pfn);
}

/* Once the allocator is there. */
struct page *__iomem_instead_populate_section_memmap(unsigned long pfn, unsigned long nr_pages, int nid,
						     struct vmem_altmap *altmap
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0)
						     , struct dev_pagemap *pgmap
#endif
)
{
	__iomem_ledger_add(IOMEM_SECTION, PFN_PHYS(pfn), PFN_PHYS(nr_pages), NULL);
	return pfn_to_page(pfn);
}

void __iomem_instead_depopulate_section_memmap(unsigned long pfn, unsigned long nr_pages, struct vmem_altmap *altmap)
{
	memmap_end(pfn);
	__iomem_ledger_remove(IOMEM_SECTION, PFN_PHYS(pfn), PFN_PHYS(nr_pages));
}

void __iomem_instead_free_map_bootmem(struct page *memmap) { }
#endif

/* ---- what an architecture does ---- */

/* The direct map has no page tables here. */
unsigned long init_memory_mapping(unsigned long start, unsigned long end, pgprot_t prot)
{
	return end >> PAGE_SHIFT;
}

void __iomem_instead_kernel_physical_mapping_remove(unsigned long start, unsigned long end) { }

unsigned long __iomem_instead_probe_memory_block_size(void)
{
	return __iomem_block_bytes;
}

unsigned long memory_block_size_bytes(void)
{
	return __iomem_block_bytes;
}

/* Architectures without an add_pages() of their own. */
int add_pages(int nid, unsigned long start_pfn, unsigned long nr_pages, struct mhp_params *params)
{
	return __add_pages(nid, start_pfn, nr_pages, params);
}

int arch_add_memory(int nid, u64 start, u64 size, struct mhp_params *params)
{
	return add_pages(nid, start >> PAGE_SHIFT, size >> PAGE_SHIFT, params);
}

void arch_remove_memory(u64 start, u64 size, struct vmem_altmap *altmap, struct dev_pagemap *pgmap)
{
	__remove_pages(start >> PAGE_SHIFT, size >> PAGE_SHIFT, altmap, pgmap);
}

/* x86 PAT. */
int track_pfn_remap(struct vm_area_struct *vma, pgprot_t *prot, unsigned long pfn, unsigned long address, unsigned long size)
{
	if (!size)
		return -EINVAL;
	__iomem_ledger_add(IOMEM_TRACK, PFN_PHYS(pfn), size, NULL);
	return 0;
}

void __iomem_untrack_pfn(struct vm_area_struct *vma, unsigned long pfn, unsigned long size)
{
	__iomem_ledger_remove(IOMEM_TRACK, PFN_PHYS(pfn), size);
}

int pfnmap_track(unsigned long pfn, unsigned long size, pgprot_t *prot)
{
	return track_pfn_remap(NULL, prot, pfn, 0, size);
}

void pfnmap_untrack(unsigned long pfn, unsigned long size)
{
	__iomem_untrack_pfn(NULL, pfn, size);
}

int kasan_add_zero_shadow(void *start, unsigned long size)
{
	if (!PAGE_ALIGNED(start) || !PAGE_ALIGNED(size))
		return -EINVAL;
	__iomem_ledger_add(IOMEM_KASAN, __pa(start), size, NULL);
	return 0;
}

void kasan_remove_zero_shadow(void *start, unsigned long size)
{
	__iomem_ledger_remove(IOMEM_KASAN, __pa(start), size);
}
