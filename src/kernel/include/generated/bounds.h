/* Model header: what the kernel's build finds out from its enums (kernel/bounds.c), for the configurations of our profiles. */
#ifndef __LINUX_BOUNDS_H__
#define __LINUX_BOUNDS_H__

#define NR_PAGEFLAGS 24
#undef MAX_NR_ZONES
#define MAX_NR_ZONES 5
#define NR_CPUS_BITS 6
#define SPINLOCK_SIZE 4
#define LRU_GEN_WIDTH 0
#define __LRU_REFS_WIDTH 0

#endif
