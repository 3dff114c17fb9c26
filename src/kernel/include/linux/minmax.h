/* Model header: each argument is evaluated once; the result has the type of the usual arithmetic conversions. */
#ifndef _LINUX_MINMAX_H
#define _LINUX_MINMAX_H

#include <linux/compiler.h>

#define __iomem_cmp(op, x, y) ({ \
	typeof(x) __iomem_x = (x); \
	typeof(y) __iomem_y = (y); \
	__iomem_x op __iomem_y ? __iomem_x : __iomem_y; })
#define __iomem_cmp_t(op, type, x, y) ({ \
	type __iomem_x = (x); \
	type __iomem_y = (y); \
	__iomem_x op __iomem_y ? __iomem_x : __iomem_y; })

#define min(x, y) __iomem_cmp(<, x, y)
#define max(x, y) __iomem_cmp(>, x, y)
#define min_t(type, x, y) __iomem_cmp_t(<, type, x, y)
#define max_t(type, x, y) __iomem_cmp_t(>, type, x, y)
#define umin(x, y) min((unsigned long long)(x), (unsigned long long)(y))
#define umax(x, y) max((unsigned long long)(x), (unsigned long long)(y))
#define min3(x, y, z) min((typeof(x))min(x, y), z)
#define max3(x, y, z) max((typeof(x))max(x, y), z)
#define min_not_zero(x, y) ({ \
	typeof(x) __iomem_nx = (x); \
	typeof(y) __iomem_ny = (y); \
	__iomem_nx == 0 ? __iomem_ny : __iomem_ny == 0 ? __iomem_nx : min(__iomem_nx, __iomem_ny); })
#define clamp_t(type, value, low, high) ({ \
	type __iomem_v = (value); \
	type __iomem_l = (low); \
	type __iomem_h = (high); \
	__iomem_v < __iomem_l ? __iomem_l : __iomem_v > __iomem_h ? __iomem_h : __iomem_v; })
#define clamp(value, low, high) clamp_t(typeof(value), value, low, high)
#define clamp_val(value, low, high) clamp_t(typeof(value), value, low, high)
#define swap(a, b) do { typeof(a) __iomem_t = (a); (a) = (b); (b) = __iomem_t; } while (0)
#define in_range(value, start, length) ((value) - (start) < (length))

/* For constant expressions: arguments are evaluated twice. */
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define MIN_T(type, a, b) MIN((type)(a), (type)(b))
#define MAX_T(type, a, b) MAX((type)(a), (type)(b))

#endif
