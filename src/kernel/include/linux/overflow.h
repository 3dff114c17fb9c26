/* Model header: arithmetic that notices overflow. */
#ifndef _LINUX_OVERFLOW_H
#define _LINUX_OVERFLOW_H

#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/types.h>

#define check_add_overflow(a, b, result) __builtin_add_overflow(a, b, result)
#define check_sub_overflow(a, b, result) __builtin_sub_overflow(a, b, result)
#define check_mul_overflow(a, b, result) __builtin_mul_overflow(a, b, result)
#define check_shl_overflow(a, shift, result) ({ \
	typeof(a) __iomem_sa = (a); \
	typeof(shift) __iomem_ss = (shift); \
	u64 __iomem_full = (u64)__iomem_sa << (__iomem_ss & 63); \
	*(result) = __iomem_full; \
	__iomem_ss >= 8 * sizeof(*(result)) || (u64)*(result) >> (__iomem_ss & 63) != (u64)__iomem_sa; })
#define overflows_type(value, type) ({ typeof(value) __iomem_ov = (value); (typeof(value))(typeof(type))__iomem_ov != __iomem_ov; })
#define wrapping_add(type, a, b) ((type)((type)(a) + (type)(b)))
#define wrapping_sub(type, a, b) ((type)((type)(a) - (type)(b)))
#define range_overflows(start, size, max) ({ \
	typeof(start) __iomem_rs = (start); \
	typeof(size) __iomem_rl = (size); \
	typeof(max) __iomem_rm = (max); \
	__iomem_rs >= __iomem_rm || __iomem_rl > __iomem_rm - __iomem_rs; })

/* Saturating sizes: SIZE_MAX where the true value does not fit, which no allocation can satisfy. */
static inline size_t size_mul(size_t a, size_t b)
{
	return b != 0 && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}
static inline size_t size_add(size_t a, size_t b)
{
	return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}
static inline size_t size_sub(size_t a, size_t b)
{
	return a == SIZE_MAX || b == SIZE_MAX || b > a ? SIZE_MAX : a - b;
}
#define array_size(a, b) size_mul(a, b)
#define array3_size(a, b, c) size_mul(size_mul(a, b), c)
#define flex_array_size(pointer, member, count) size_mul(count, sizeof(*(pointer)->member))
#define struct_size(pointer, member, count) size_add(sizeof(*(pointer)), flex_array_size(pointer, member, count))
#define struct_size_t(type, member, count) struct_size((type *)0, member, count)

#endif
