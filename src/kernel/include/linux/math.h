/* Model header: divisions and roundings. */
#ifndef _LINUX_MATH_H
#define _LINUX_MATH_H

#include <linux/types.h>

#define round_up(x, y) ((((x) - 1) | ((typeof(x))((y) - 1))) + 1)
#define round_down(x, y) ((x) & ~((typeof(x))((y) - 1)))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define DIV_ROUND_UP_POW2(n, d) ((n) / (d) + !!((n) & ((d) - 1)))
#define DIV_ROUND_DOWN_ULL(n, d) ((unsigned long long)(n) / (d))
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_DOWN_ULL((unsigned long long)(n) + (d) - 1, (d))
#define DIV_ROUND_UP_SECTOR_T(n, d) DIV_ROUND_UP_ULL(n, d)
#define DIV_ROUND_CLOSEST(n, d) (((n) + (d) / 2) / (d))
#define roundup(x, y) ({ typeof(y) __iomem_by = (y); ((x) + (__iomem_by - 1)) / __iomem_by * __iomem_by; })
#define rounddown(x, y) ({ typeof(x) __iomem_rx = (x); __iomem_rx - __iomem_rx % (y); })
#define mult_frac(x, n, d) ({ typeof(x) __iomem_mx = (x); __iomem_mx / (d) * (n) + __iomem_mx % (d) * (n) / (d); })
#define abs(x) ({ typeof(x) __iomem_a = (x); __iomem_a < 0 ? -__iomem_a : __iomem_a; })
#define abs_diff(a, b) ({ typeof(a) __iomem_da = (a); typeof(b) __iomem_db = (b); \
	__iomem_da > __iomem_db ? __iomem_da - __iomem_db : __iomem_db - __iomem_da; })
#define sector_div(n, base) ({ u64 __iomem_r = (n) % (base); (n) /= (base); __iomem_r; })

#endif
