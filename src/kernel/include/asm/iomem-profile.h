/*
 * The machine's constants. A profile gives them as macros (-DIOMEM_…); without one the machine is x86_64 with 4-level
 * page tables and 46 physical address bits.
 */
#ifndef _ASM_IOMEM_PROFILE_H
#define _ASM_IOMEM_PROFILE_H

#ifndef IOMEM_PAGE_SHIFT
#define IOMEM_PAGE_SHIFT 12
#endif
#ifndef IOMEM_SECTION_SIZE_BITS
#define IOMEM_SECTION_SIZE_BITS 27
#endif
#ifndef IOMEM_MAX_PHYSMEM_BITS
#define IOMEM_MAX_PHYSMEM_BITS 46
#endif
#ifndef IOMEM_PHYSMEM_END
#define IOMEM_PHYSMEM_END ((1ULL << IOMEM_MAX_PHYSMEM_BITS) - 1)
#endif
#ifndef IOMEM_PHYS_ADDR_BITS
#define IOMEM_PHYS_ADDR_BITS 64
#endif
/* Only to be compared with: a scenario's code is not versioned, the kernel's headers say what they have. */
#ifndef LINUX_VERSION_CODE
#define LINUX_VERSION_CODE KERNEL_VERSION(6, 12, 0)
#endif
#ifndef KERNEL_VERSION
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#endif

#endif
