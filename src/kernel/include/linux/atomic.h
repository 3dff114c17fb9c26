/* Model header: atomic counters. */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/types.h>
#include <asm/barrier.h>
#include <iomem-review/intrinsics.h>

#define __iomem_atomic_family(prefix, type, value_type) \
	static inline value_type prefix##_read(const type *v) { return READ_ONCE(v->counter); } \
	static inline void prefix##_set(type *v, value_type i) { WRITE_ONCE(v->counter, i); } \
	static inline value_type prefix##_fetch_add(value_type i, type *v) \
	{ \
		return (value_type)__iomem_atomic_add(&v->counter, sizeof(v->counter), (u64)i); \
	} \
	static inline value_type prefix##_fetch_sub(value_type i, type *v) { return prefix##_fetch_add(-i, v); } \
	static inline void prefix##_add(value_type i, type *v) { (void)prefix##_fetch_add(i, v); } \
	static inline void prefix##_sub(value_type i, type *v) { (void)prefix##_fetch_add(-i, v); } \
	static inline void prefix##_inc(type *v) { (void)prefix##_fetch_add(1, v); } \
	static inline void prefix##_dec(type *v) { (void)prefix##_fetch_add(-1, v); } \
	static inline value_type prefix##_add_return(value_type i, type *v) { return prefix##_fetch_add(i, v) + i; } \
	static inline value_type prefix##_sub_return(value_type i, type *v) { return prefix##_fetch_add(-i, v) - i; } \
	static inline value_type prefix##_inc_return(type *v) { return prefix##_fetch_add(1, v) + 1; } \
	static inline value_type prefix##_dec_return(type *v) { return prefix##_fetch_add(-1, v) - 1; } \
	static inline bool prefix##_inc_and_test(type *v) { return prefix##_inc_return(v) == 0; } \
	static inline bool prefix##_dec_and_test(type *v) { return prefix##_dec_return(v) == 0; } \
	static inline bool prefix##_sub_and_test(value_type i, type *v) { return prefix##_sub_return(i, v) == 0; } \
	static inline bool prefix##_add_negative(value_type i, type *v) { return prefix##_add_return(i, v) < 0; } \
	static inline value_type prefix##_xchg(type *v, value_type i) \
	{ \
		return (value_type)__iomem_atomic_xchg(&v->counter, sizeof(v->counter), (u64)i); \
	} \
	static inline value_type prefix##_cmpxchg(type *v, value_type old, value_type i) \
	{ \
		return (value_type)__iomem_atomic_cmpxchg(&v->counter, sizeof(v->counter), (u64)old, (u64)i); \
	} \
	static inline bool prefix##_try_cmpxchg(type *v, value_type *old, value_type i) \
	{ \
		value_type was = prefix##_cmpxchg(v, *old, i); \
		bool done = was == *old; \
		*old = was; \
		return done; \
	} \
	static inline value_type prefix##_fetch_add_unless(type *v, value_type i, value_type unless) \
	{ \
		value_type was = prefix##_read(v); \
		while (was != unless && !prefix##_try_cmpxchg(v, &was, was + i)) \
			; \
		return was; \
	} \
	static inline bool prefix##_add_unless(type *v, value_type i, value_type unless) \
	{ \
		return prefix##_fetch_add_unless(v, i, unless) != unless; \
	} \
	static inline bool prefix##_inc_not_zero(type *v) { return prefix##_add_unless(v, 1, 0); } \
	static inline void prefix##_or(value_type i, type *v) { __iomem_atomic_or(&v->counter, sizeof(v->counter), (u64)i); } \
	static inline void prefix##_and(value_type i, type *v) { __iomem_atomic_and(&v->counter, sizeof(v->counter), (u64)i); }

__iomem_atomic_family(atomic, atomic_t, int)
__iomem_atomic_family(atomic64, atomic64_t, s64)
__iomem_atomic_family(atomic_long, atomic_long_t, long)

#define atomic_read_acquire(v) atomic_read(v)
#define atomic_set_release(v, i) atomic_set(v, i)

#define xchg(pointer, value) \
	((typeof(*(pointer)))__iomem_atomic_xchg(pointer, sizeof(*(pointer)), (u64)(value)))
#define cmpxchg(pointer, old, value) \
	((typeof(*(pointer)))__iomem_atomic_cmpxchg(pointer, sizeof(*(pointer)), (u64)(old), (u64)(value)))
#define try_cmpxchg(pointer, old, value) ({ \
	typeof(*(pointer)) __iomem_want = *(old), __iomem_was = cmpxchg(pointer, __iomem_want, value); \
	*(old) = __iomem_was; \
	__iomem_was == __iomem_want; })

#endif
