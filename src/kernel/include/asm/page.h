/* Model header: pages. */
#ifndef _ASM_PAGE_H
#define _ASM_PAGE_H

#include <linux/types.h>
#include <linux/const.h>

#define PAGE_SHIFT IOMEM_PAGE_SHIFT
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(address) ALIGN(address, PAGE_SIZE)
#define PAGE_ALIGN_DOWN(address) ALIGN_DOWN(address, PAGE_SIZE)
#define PAGE_ALIGNED(address) IS_ALIGNED((unsigned long)(address), PAGE_SIZE)
#define offset_in_page(pointer) ((unsigned long)(pointer) & ~PAGE_MASK)

/* The direct map stands far from where the machine keeps objects: its addresses are numbers, nothing is behind them. */
#if __SIZEOF_POINTER__ == 4
#define PAGE_OFFSET 0xc0000000UL
#else
#define PAGE_OFFSET 0xffff888000000000UL
#endif
#define __va(physical) ((void *)((unsigned long)(physical) + PAGE_OFFSET))
#define __pa(address) ((unsigned long)(address) - PAGE_OFFSET)
#define phys_to_virt(physical) __va(physical)
#define virt_to_phys(address) ((phys_addr_t)__pa(address))

typedef struct { unsigned long pgprot; } pgprot_t;
typedef struct { unsigned long pte; } pte_t;
typedef struct { unsigned long pmd; } pmd_t;
typedef struct { unsigned long pud; } pud_t;
typedef struct { unsigned long p4d; } p4d_t;
typedef struct { unsigned long pgd; } pgd_t;
#define __pgprot(value) ((pgprot_t) { (value) })
#define pgprot_val(prot) ((prot).pgprot)
#define PAGE_KERNEL __pgprot(0x163UL)
#define PAGE_KERNEL_NOCACHE __pgprot(0x17bUL)
#define pgprot_decrypted(prot) (prot)
#define pgprot_encrypted(prot) (prot)
#define pgprot_noncached(prot) __pgprot(pgprot_val(prot) | 0x18)
#define pgprot_writecombine(prot) __pgprot(pgprot_val(prot) | 0x8)

#endif
