/* Model header: 64-bit divisions. */
#ifndef _LINUX_MATH64_H
#define _LINUX_MATH64_H

#include <linux/math.h>

#define do_div(n, base) ({ u32 __iomem_rem = (u32)((u64)(n) % (u32)(base)); (n) = (u64)(n) / (u32)(base); __iomem_rem; })
static inline u64 div_u64(u64 n, u32 d) { return n / d; }
static inline s64 div_s64(s64 n, s32 d) { return n / d; }
static inline u64 div64_u64(u64 n, u64 d) { return n / d; }
static inline s64 div64_s64(s64 n, s64 d) { return n / d; }
static inline unsigned long div64_ul_(unsigned long n, unsigned long d) { return n / d; }
#define div64_ul(n, d) div64_ul_(n, d)
#define div64_long(n, d) ((long)(n) / (long)(d))
static inline u64 div_u64_rem(u64 n, u32 d, u32 *rem) { *rem = n % d; return n / d; }
static inline u64 div64_u64_rem(u64 n, u64 d, u64 *rem) { *rem = n % d; return n / d; }
#define DIV64_U64_ROUND_UP(n, d) ({ u64 __iomem_q = (d); div64_u64((n) + __iomem_q - 1, __iomem_q); })

#endif
