/* Model header: what describes a page. */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/completion.h>
#include <asm/page.h>

#include <linux/version.h>

struct address_space;
struct dev_pagemap;
/* A type of its own since 6.18. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
typedef struct {
	unsigned long f;
} memdesc_flags_t;
#else
typedef unsigned long memdesc_flags_t;
#endif
struct page {
	memdesc_flags_t flags;
	union {
		struct {
			struct list_head lru;
			struct address_space *mapping;
			unsigned long index;
			unsigned long private;
		};
		struct {
			struct dev_pagemap *pgmap;
			void *zone_device_data;
		};
		struct rcu_head rcu_head;
		/* No page is the tail of another: bit 0 of what lies there is clear. */
		unsigned long compound_head;
	};
	atomic_t _mapcount;
	atomic_t _refcount;
};
struct folio {
	union {
		struct {
			memdesc_flags_t flags;
			union {
				struct {
					struct list_head lru;
					struct address_space *mapping;
					union {
						unsigned long index, share;
					};
					void *private;
				};
				struct dev_pagemap *pgmap;
			};
			atomic_t _mapcount;
			atomic_t _refcount;
		};
		struct page page;
	};
};
/* The flags as a number, whatever their type. */
#define iomem_page_flags(page) (*(unsigned long *)&(page)->flags)
struct mm_struct {
	unsigned long flags;
};
struct vm_area_struct {
	unsigned long vm_start, vm_end, vm_flags, vm_pgoff;
	pgprot_t vm_page_prot;
	struct mm_struct *vm_mm;
};
struct vm_fault {
	struct vm_area_struct *vma;
	unsigned long address;
	struct page *page;
	unsigned int flags;
};

#endif
