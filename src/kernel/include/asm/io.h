/* Model header: device memory. */
#ifndef _ASM_IO_H
#define _ASM_IO_H

#include <linux/types.h>
#include <asm/page.h>

#ifndef IO_SPACE_LIMIT
#define IO_SPACE_LIMIT 0xffff
#endif
/* May user space map this frame through /dev/mem? 1 yes, 0 no, 2 as zeros (x86). */
int devmem_is_allowed(unsigned long pfn);

void __iomem *ioremap(phys_addr_t offset, size_t size);
void iounmap(volatile void __iomem *address);
void *memremap(resource_size_t offset, size_t size, unsigned long flags);
void memunmap(void *address);
enum { MEMREMAP_WB = 1, MEMREMAP_WT = 2, MEMREMAP_WC = 4, MEMREMAP_ENC = 8, MEMREMAP_DEC = 16 };

#endif
