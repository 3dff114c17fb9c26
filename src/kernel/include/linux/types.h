/* Model header: integer names and the small structures that everything uses. */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#include <linux/compiler.h>
#include <linux/stddef.h>
#include <asm/iomem-profile.h>

typedef _Bool bool;

typedef signed char s8, __s8, int8_t;
typedef unsigned char u8, __u8, uint8_t, u_char, unchar;
typedef short s16, __s16, int16_t;
typedef unsigned short u16, __u16, uint16_t, u_short, ushort;
typedef int s32, __s32, int32_t;
typedef unsigned int u32, __u32, uint32_t, u_int, uint;
typedef long long s64, __s64, int64_t;
typedef unsigned long long u64, __u64, uint64_t;
typedef unsigned long u_long, ulong;

#ifdef __SIZE_TYPE__
typedef __SIZE_TYPE__ size_t, __kernel_size_t;
#else
typedef unsigned long size_t, __kernel_size_t;
#endif
typedef long ssize_t, __kernel_ssize_t, ptrdiff_t, __kernel_ptrdiff_t;
typedef long intptr_t;
typedef unsigned long uintptr_t, __kernel_ulong_t;
typedef long __kernel_long_t;

typedef u16 __le16, __be16, __sum16;
typedef u32 __le32, __be32, __wsum;
typedef u64 __le64, __be64;
typedef unsigned int __poll_t, gfp_t, slab_flags_t, fmode_t, vm_fault_t, blk_mode_t;
typedef u64 aligned_u64 __aligned(8);
typedef s64 aligned_s64 __aligned(8);

typedef unsigned short umode_t;
typedef unsigned int mode_t;
typedef u32 dev_t, __kernel_dev_t;
typedef int pid_t, key_t, clockid_t, timer_t;
typedef unsigned int uid_t, gid_t, projid_t;
typedef long long loff_t, off64_t, time64_t, ktime_t;
typedef long off_t, time_t, clock_t, suseconds_t;
typedef unsigned long ino_t, nlink_t, irq_hw_number_t, pgoff_t;
typedef u64 sector_t, blkcnt_t, async_cookie_t;

#if IOMEM_PHYS_ADDR_BITS == 64
typedef u64 phys_addr_t;
typedef u64 dma_addr_t;
#else
typedef u32 phys_addr_t;
typedef u32 dma_addr_t;
#endif
typedef phys_addr_t resource_size_t;

typedef struct {
	int counter;
} atomic_t;
#define ATOMIC_INIT(i) { (i) }
typedef struct {
	s64 counter;
} atomic64_t;
#define ATOMIC64_INIT(i) { (i) }
typedef struct {
	long counter;
} atomic_long_t;
#define ATOMIC_LONG_INIT(i) { (i) }

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

struct list_head {
	struct list_head *next, *prev;
};
struct hlist_node {
	struct hlist_node *next, **pprev;
};
struct hlist_head {
	struct hlist_node *first;
};

struct callback_head {
	struct callback_head *next;
	void (*func)(struct callback_head *head);
};
#define rcu_head callback_head
typedef void (*rcu_callback_t)(struct rcu_head *head);

typedef int (*cmp_func_t)(const void *a, const void *b);
typedef int (*cmp_r_func_t)(const void *a, const void *b, const void *priv);
typedef void (*swap_func_t)(void *a, void *b, int size);

#define DECLARE_BITMAP(name, bits) unsigned long name[((bits) + 8 * sizeof(long) - 1) / (8 * sizeof(long))]

#endif
