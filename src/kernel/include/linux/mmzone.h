/* Model header: sections, zones and nodes, as far as they bound addresses. */
#ifndef _LINUX_MMZONE_H
#define _LINUX_MMZONE_H

#include <linux/mm_types.h>
#include <linux/bits.h>
#include <linux/numa.h>
#include <linux/pfn.h>

#define MAX_PHYSMEM_BITS IOMEM_MAX_PHYSMEM_BITS
#define MAX_PHYSADDR_BITS MAX_PHYSMEM_BITS
#ifdef CONFIG_SPARSEMEM
#define SECTION_SIZE_BITS IOMEM_SECTION_SIZE_BITS
#define PA_SECTION_SHIFT SECTION_SIZE_BITS
#define PFN_SECTION_SHIFT (SECTION_SIZE_BITS - PAGE_SHIFT)
#define SECTIONS_SHIFT (MAX_PHYSMEM_BITS - SECTION_SIZE_BITS)
#define NR_MEM_SECTIONS (1UL << SECTIONS_SHIFT)
#define PAGES_PER_SECTION (1UL << PFN_SECTION_SHIFT)
#define PAGE_SECTION_MASK (~(PAGES_PER_SECTION - 1))
#define SECTION_ALIGN_UP(pfn) (((pfn) + PAGES_PER_SECTION - 1) & PAGE_SECTION_MASK)
#define SECTION_ALIGN_DOWN(pfn) ((pfn) & PAGE_SECTION_MASK)
#define SUBSECTION_SHIFT 21
#define SUBSECTION_SIZE (1UL << SUBSECTION_SHIFT)
#define PFN_SUBSECTION_SHIFT (SUBSECTION_SHIFT - PAGE_SHIFT)
#define PAGES_PER_SUBSECTION (1UL << PFN_SUBSECTION_SHIFT)
#define PAGE_SUBSECTION_MASK (~(PAGES_PER_SUBSECTION - 1))
#define SUBSECTIONS_PER_SECTION (1UL << (SECTION_SIZE_BITS - SUBSECTION_SHIFT))
#define SUBSECTION_ALIGN_UP(pfn) ALIGN((pfn), PAGES_PER_SUBSECTION)
#define SUBSECTION_ALIGN_DOWN(pfn) ((pfn) & PAGE_SUBSECTION_MASK)
#define pfn_to_section_nr(pfn) ((pfn) >> PFN_SECTION_SHIFT)
#define section_nr_to_pfn(nr) ((nr) << PFN_SECTION_SHIFT)
#endif
/* The end of the direct map, inclusive, under each of its names. With KASLR of memory arch/x86/mm/kaslr.c sets it. */
#ifdef CONFIG_RANDOMIZE_MEMORY
extern unsigned long physmem_end, direct_map_physmem_end;
#define PHYSMEM_END physmem_end
#define DIRECT_MAP_PHYSMEM_END direct_map_physmem_end
#else
#define PHYSMEM_END IOMEM_PHYSMEM_END
#define DIRECT_MAP_PHYSMEM_END IOMEM_PHYSMEM_END
#endif

#ifndef MAX_PAGE_ORDER
#define MAX_PAGE_ORDER 10
#endif
#define MAX_ORDER_NR_PAGES (1UL << MAX_PAGE_ORDER)
#define MAX_FOLIO_ORDER MAX_PAGE_ORDER

enum migratetype { MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_ISOLATE };
enum zone_type { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, ZONE_MOVABLE, ZONE_DEVICE, __MAX_NR_ZONES };
#define MAX_NR_ZONES __MAX_NR_ZONES
struct pglist_data;
struct zone {
	unsigned long zone_start_pfn, spanned_pages, present_pages, present_early_pages;
	atomic_long_t managed_pages;
	struct pglist_data *zone_pgdat;
	int node;
	const char *name;
	bool contiguous, initialized;
};
typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	unsigned long node_start_pfn, node_present_pages, node_spanned_pages;
	int node_id;
} pg_data_t;
extern struct pglist_data __iomem_nodes[];
#define NODE_DATA(nid) (&__iomem_nodes[nid])

struct zone *page_zone(const struct page *page);
bool is_zone_device_page(const struct page *page);
#define folio_is_zone_device(folio) is_zone_device_page(&(folio)->page)

#endif
