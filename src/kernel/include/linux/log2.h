/* Model header: powers of two. */
#ifndef _LINUX_LOG2_H
#define _LINUX_LOG2_H

#include <linux/bitops.h>

static inline bool is_power_of_2(unsigned long n) { return n != 0 && (n & (n - 1)) == 0; }
static inline unsigned long __iomem_roundup_pow_of_two(unsigned long n) { return 1UL << fls_long(n - 1); }
static inline unsigned long __iomem_rounddown_pow_of_two(unsigned long n) { return 1UL << (fls_long(n) - 1); }
#define roundup_pow_of_two(n) __iomem_roundup_pow_of_two(n)
#define rounddown_pow_of_two(n) __iomem_rounddown_pow_of_two(n)
#define __ilog2_u32(n) (fls(n) - 1)
#define __ilog2_u64(n) (fls64(n) - 1)
#define ilog2(n) (63 - __builtin_clzll(n))
#define const_ilog2(n) ilog2(n)
#define order_base_2(n) ((n) > 1 ? ilog2((n) - 1) + 1 : 0)
#define bits_per(n) ((n) > 1 ? ilog2(n) + 1 : 1)

#endif
