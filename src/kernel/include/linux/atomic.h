/*
 * Model header: atomic counters. Macros, because every unit reads this file and most use none of it. The three families are
 * the same but for the type of the counter, which the macros take from their argument.
 */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/types.h>
#include <asm/barrier.h>
#include <iomem-review/intrinsics.h>

#define __iomem_fetch_add(v, i) \
	((typeof((v)->counter))__iomem_atomic_add(&(v)->counter, sizeof((v)->counter), (u64)(i)))
#define __iomem_add_return(v, i) ({ \
	typeof((v)->counter) __iomem_by = (i); \
	(typeof((v)->counter))(__iomem_fetch_add(v, __iomem_by) + __iomem_by); })
#define __iomem_fetch_add_unless(v, i, unless) \
	((typeof((v)->counter))__iomem_atomic_add_unless(&(v)->counter, sizeof((v)->counter), (u64)(i), (u64)(unless)))

#define xchg(pointer, value) \
	((typeof(*(pointer)))__iomem_atomic_xchg(pointer, sizeof(*(pointer)), (u64)(value)))
#define cmpxchg(pointer, old, value) \
	((typeof(*(pointer)))__iomem_atomic_cmpxchg(pointer, sizeof(*(pointer)), (u64)(old), (u64)(value)))
#define try_cmpxchg(pointer, old, value) ({ \
	typeof(*(pointer)) __iomem_want = *(old), __iomem_was = cmpxchg(pointer, __iomem_want, value); \
	*(old) = __iomem_was; \
	__iomem_was == __iomem_want; })

#define atomic_read(v) READ_ONCE((v)->counter)
#define atomic_set(v, i) WRITE_ONCE((v)->counter, i)
#define atomic_fetch_add(i, v) __iomem_fetch_add(v, i)
#define atomic_fetch_sub(i, v) __iomem_fetch_add(v, -(i))
#define atomic_add(i, v) ((void)__iomem_fetch_add(v, i))
#define atomic_sub(i, v) ((void)__iomem_fetch_add(v, -(i)))
#define atomic_inc(v) ((void)__iomem_fetch_add(v, 1))
#define atomic_dec(v) ((void)__iomem_fetch_add(v, -1))
#define atomic_add_return(i, v) __iomem_add_return(v, i)
#define atomic_sub_return(i, v) __iomem_add_return(v, -(i))
#define atomic_inc_return(v) __iomem_add_return(v, 1)
#define atomic_dec_return(v) __iomem_add_return(v, -1)
#define atomic_inc_and_test(v) (__iomem_add_return(v, 1) == 0)
#define atomic_dec_and_test(v) (__iomem_add_return(v, -1) == 0)
#define atomic_sub_and_test(i, v) (__iomem_add_return(v, -(i)) == 0)
#define atomic_add_negative(i, v) (__iomem_add_return(v, i) < 0)
#define atomic_xchg(v, i) xchg(&(v)->counter, i)
#define atomic_cmpxchg(v, old, i) cmpxchg(&(v)->counter, old, i)
#define atomic_try_cmpxchg(v, old, i) try_cmpxchg(&(v)->counter, old, i)
#define atomic_fetch_add_unless(v, i, unless) __iomem_fetch_add_unless(v, i, unless)
#define atomic_add_unless(v, i, unless) ({ typeof((v)->counter) __iomem_un = (unless); __iomem_fetch_add_unless(v, i, __iomem_un) != __iomem_un; })
#define atomic_inc_not_zero(v) (__iomem_fetch_add_unless(v, 1, 0) != 0)
#define atomic_or(i, v) ((void)__iomem_atomic_or(&(v)->counter, sizeof((v)->counter), (u64)(i)))
#define atomic_and(i, v) ((void)__iomem_atomic_and(&(v)->counter, sizeof((v)->counter), (u64)(i)))
#define atomic_read_acquire(v) smp_load_acquire(&(v)->counter)
#define atomic_set_release(v, i) smp_store_release(&(v)->counter, i)

#define atomic64_read(v) READ_ONCE((v)->counter)
#define atomic64_set(v, i) WRITE_ONCE((v)->counter, i)
#define atomic64_fetch_add(i, v) __iomem_fetch_add(v, i)
#define atomic64_fetch_sub(i, v) __iomem_fetch_add(v, -(i))
#define atomic64_add(i, v) ((void)__iomem_fetch_add(v, i))
#define atomic64_sub(i, v) ((void)__iomem_fetch_add(v, -(i)))
#define atomic64_inc(v) ((void)__iomem_fetch_add(v, 1))
#define atomic64_dec(v) ((void)__iomem_fetch_add(v, -1))
#define atomic64_add_return(i, v) __iomem_add_return(v, i)
#define atomic64_sub_return(i, v) __iomem_add_return(v, -(i))
#define atomic64_inc_return(v) __iomem_add_return(v, 1)
#define atomic64_dec_return(v) __iomem_add_return(v, -1)
#define atomic64_inc_and_test(v) (__iomem_add_return(v, 1) == 0)
#define atomic64_dec_and_test(v) (__iomem_add_return(v, -1) == 0)
#define atomic64_sub_and_test(i, v) (__iomem_add_return(v, -(i)) == 0)
#define atomic64_add_negative(i, v) (__iomem_add_return(v, i) < 0)
#define atomic64_xchg(v, i) xchg(&(v)->counter, i)
#define atomic64_cmpxchg(v, old, i) cmpxchg(&(v)->counter, old, i)
#define atomic64_try_cmpxchg(v, old, i) try_cmpxchg(&(v)->counter, old, i)
#define atomic64_fetch_add_unless(v, i, unless) __iomem_fetch_add_unless(v, i, unless)
#define atomic64_add_unless(v, i, unless) ({ typeof((v)->counter) __iomem_un = (unless); __iomem_fetch_add_unless(v, i, __iomem_un) != __iomem_un; })
#define atomic64_inc_not_zero(v) (__iomem_fetch_add_unless(v, 1, 0) != 0)
#define atomic64_or(i, v) ((void)__iomem_atomic_or(&(v)->counter, sizeof((v)->counter), (u64)(i)))
#define atomic64_and(i, v) ((void)__iomem_atomic_and(&(v)->counter, sizeof((v)->counter), (u64)(i)))
#define atomic64_read_acquire(v) smp_load_acquire(&(v)->counter)
#define atomic64_set_release(v, i) smp_store_release(&(v)->counter, i)

#define atomic_long_read(v) READ_ONCE((v)->counter)
#define atomic_long_set(v, i) WRITE_ONCE((v)->counter, i)
#define atomic_long_fetch_add(i, v) __iomem_fetch_add(v, i)
#define atomic_long_fetch_sub(i, v) __iomem_fetch_add(v, -(i))
#define atomic_long_add(i, v) ((void)__iomem_fetch_add(v, i))
#define atomic_long_sub(i, v) ((void)__iomem_fetch_add(v, -(i)))
#define atomic_long_inc(v) ((void)__iomem_fetch_add(v, 1))
#define atomic_long_dec(v) ((void)__iomem_fetch_add(v, -1))
#define atomic_long_add_return(i, v) __iomem_add_return(v, i)
#define atomic_long_sub_return(i, v) __iomem_add_return(v, -(i))
#define atomic_long_inc_return(v) __iomem_add_return(v, 1)
#define atomic_long_dec_return(v) __iomem_add_return(v, -1)
#define atomic_long_inc_and_test(v) (__iomem_add_return(v, 1) == 0)
#define atomic_long_dec_and_test(v) (__iomem_add_return(v, -1) == 0)
#define atomic_long_sub_and_test(i, v) (__iomem_add_return(v, -(i)) == 0)
#define atomic_long_add_negative(i, v) (__iomem_add_return(v, i) < 0)
#define atomic_long_xchg(v, i) xchg(&(v)->counter, i)
#define atomic_long_cmpxchg(v, old, i) cmpxchg(&(v)->counter, old, i)
#define atomic_long_try_cmpxchg(v, old, i) try_cmpxchg(&(v)->counter, old, i)
#define atomic_long_fetch_add_unless(v, i, unless) __iomem_fetch_add_unless(v, i, unless)
#define atomic_long_add_unless(v, i, unless) ({ typeof((v)->counter) __iomem_un = (unless); __iomem_fetch_add_unless(v, i, __iomem_un) != __iomem_un; })
#define atomic_long_inc_not_zero(v) (__iomem_fetch_add_unless(v, 1, 0) != 0)
#define atomic_long_or(i, v) ((void)__iomem_atomic_or(&(v)->counter, sizeof((v)->counter), (u64)(i)))
#define atomic_long_and(i, v) ((void)__iomem_atomic_and(&(v)->counter, sizeof((v)->counter), (u64)(i)))
#define atomic_long_read_acquire(v) smp_load_acquire(&(v)->counter)
#define atomic_long_set_release(v, i) smp_store_release(&(v)->counter, i)

#endif
