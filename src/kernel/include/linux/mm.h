/* Model header: memory management, as far as address-space code touches it. */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/errno.h>
#include <linux/mmdebug.h>
#include <linux/gfp.h>
#include <linux/bug.h>
#include <linux/list.h>
#include <linux/mmzone.h>
#include <linux/mm_types.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/jump_label.h>
#include <linux/kernel.h>
#include <asm/page.h>

/* Numbers of pages stand in for struct page where only the heap's kind is asked for: virt_to_page(p) keeps the address. */
#define virt_to_page(address) ((struct page *)(unsigned long)(address))
#define virt_to_head_page(address) virt_to_page(address)
#define virt_to_folio(address) ((struct folio *)virt_to_page(address))
#define PageSlab(page) __iomem_is_slab(page)
#define folio_test_slab(folio) __iomem_is_slab(folio)
#define virt_to_slab(address) (__iomem_is_slab(address) ? (void *)(address) : NULL)

extern unsigned long max_pfn, max_low_pfn, min_low_pfn;
extern unsigned long long max_possible_pfn;
extern void *high_memory;

struct page *pfn_to_page(unsigned long pfn);
unsigned long page_to_pfn(const struct page *page);
#define page_to_phys(page) PFN_PHYS(page_to_pfn(page))
#define phys_to_page(physical) pfn_to_page(PHYS_PFN(physical))
int page_is_ram(unsigned long pfn);
int region_is_ram(resource_size_t start, unsigned long size);

enum { REGION_INTERSECTS, REGION_DISJOINT, REGION_MIXED };
int region_intersects(resource_size_t start, size_t size, unsigned long flags, unsigned long desc);

/* What free_zone_device_folio() and its kin do to a page. */
static inline void set_page_count(struct page *page, int count) { atomic_set(&page->_refcount, count); }
static inline int page_ref_count(const struct page *page) { return atomic_read(&page->_refcount); }
static inline void folio_set_count(struct folio *folio, int count) { set_page_count(&folio->page, count); }
static inline int folio_ref_count(const struct folio *folio) { return page_ref_count(&folio->page); }
static inline int page_ref_sub_return(struct page *page, int n) { return atomic_sub_return(n, &page->_refcount); }
static inline int folio_ref_sub_return(struct folio *folio, int n) { return page_ref_sub_return(&folio->page, n); }
static inline struct folio *page_folio(const struct page *page) { return (struct folio *)page; }
static inline struct page *folio_page(struct folio *folio, size_t n) { return &folio->page + n; }
static inline bool folio_test_anon(const struct folio *folio) { return (unsigned long)folio->mapping & 1; }
static inline bool folio_test_large(const struct folio *folio) { return false; }
static inline bool PageAnon(const struct page *page) { return (unsigned long)page->mapping & 1; }
static inline bool PageCompound(const struct page *page) { return false; }
static inline void __ClearPageAnonExclusive(struct page *page) { }
static inline void mem_cgroup_uncharge(struct folio *folio) { }
void lock_page(struct page *page);
void unlock_page(struct page *page);
int trylock_page(struct page *page);

struct vmem_altmap;
unsigned long vmem_altmap_offset(struct vmem_altmap *altmap);
void memmap_init_zone_device(struct zone *zone, unsigned long start_pfn, unsigned long nr_pages,
			     struct dev_pagemap *pgmap);
/* Page attributes of a range (x86 PAT): what is tracked must be untracked. */
int track_pfn_remap(struct vm_area_struct *vma, pgprot_t *prot, unsigned long pfn, unsigned long address,
		    unsigned long size);
/* untrack_pfn(vma, pfn, size[, mm_wr_locked]) */
void __iomem_untrack_pfn(struct vm_area_struct *vma, unsigned long pfn, unsigned long size);
#define untrack_pfn(vma, pfn, size, locked...) __iomem_untrack_pfn(vma, pfn, size)
int pfnmap_track(unsigned long pfn, unsigned long size, pgprot_t *prot);
void pfnmap_untrack(unsigned long pfn, unsigned long size);

struct inode;
struct address_space;
void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t length, int even_cows);

#endif
