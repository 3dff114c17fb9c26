/* Model header: large allocations. */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H
#include <linux/slab.h>
void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
void vfree(const void *object);
bool is_vmalloc_addr(const void *object);
static inline void *vcalloc(size_t count, size_t size) { return vzalloc(size_mul(count, size)); }
static inline void *vmalloc_array(size_t count, size_t size) { return vmalloc(size_mul(count, size)); }
#endif
