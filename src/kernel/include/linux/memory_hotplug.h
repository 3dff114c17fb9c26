/* Model header: adding and removing memory. */
#ifndef _LINUX_MEMORY_HOTPLUG_H
#define _LINUX_MEMORY_HOTPLUG_H

#include <linux/mmzone.h>
#include <linux/spinlock.h>
#include <linux/bug.h>
#include <linux/range.h>

struct vmem_altmap;
struct dev_pagemap;
struct resource;
typedef int mhp_t;
#define MHP_NONE ((mhp_t)0)
#define MHP_MERGE_RESOURCE ((mhp_t)1)
#define MHP_MEMMAP_ON_MEMORY ((mhp_t)2)
#define MHP_NID_IS_MGID ((mhp_t)4)
struct mhp_params {
	struct vmem_altmap *altmap;
	pgprot_t pgprot;
	struct dev_pagemap *pgmap;
};

void mem_hotplug_begin(void);
void mem_hotplug_done(void);
void get_online_mems(void);
void put_online_mems(void);
bool mhp_range_allowed(u64 start, u64 size, bool need_mapping);
struct range mhp_get_pluggable_range(bool need_mapping);
struct range arch_get_mappable_range(void);
int add_pages(int nid, unsigned long start_pfn, unsigned long nr_pages, struct mhp_params *params);
int __add_pages(int nid, unsigned long start_pfn, unsigned long nr_pages, struct mhp_params *params);
int arch_add_memory(int nid, u64 start, u64 size, struct mhp_params *params);
#ifndef __IOMEM_REVIEW__
/* Some versions of these take a struct dev_pagemap * or a bool more: the tree's own prototypes are imported, gcc has none. */
void arch_remove_memory();
void __remove_pages();
void move_pfn_range_to_zone();
#endif
void remove_pfn_range_from_zone(struct zone *zone, unsigned long start_pfn, unsigned long nr_pages);
int add_memory(int nid, u64 start, u64 size, mhp_t flags);
int __add_memory(int nid, u64 start, u64 size, mhp_t flags);
int add_memory_driver_managed(int nid, u64 start, u64 size, const char *name, mhp_t flags);
int remove_memory(u64 start, u64 size);
struct page *pfn_to_online_page(unsigned long pfn);
void lock_device_hotplug(void);
void unlock_device_hotplug(void);
int offline_and_remove_memory(u64 start, u64 size);
unsigned long memory_block_size_bytes(void);
/* Of a node by its number or its struct; an int in some versions, nothing in others. Zones need no preparation here. */
#define free_area_init_core_hotplug(node) ((void)(node), 0)

#endif
