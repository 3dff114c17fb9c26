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

/* Memory is sequentially consistent: other orders are the same. */
#define xchg_acquire xchg
#define xchg_release xchg
#define xchg_relaxed xchg
#define cmpxchg_acquire cmpxchg
#define cmpxchg_release cmpxchg
#define cmpxchg_relaxed cmpxchg
#define try_cmpxchg_acquire try_cmpxchg
#define try_cmpxchg_release try_cmpxchg
#define try_cmpxchg_relaxed try_cmpxchg
#define atomic_xchg_acquire atomic_xchg
#define atomic_xchg_release atomic_xchg
#define atomic_xchg_relaxed atomic_xchg
#define atomic_cmpxchg_acquire atomic_cmpxchg
#define atomic_cmpxchg_release atomic_cmpxchg
#define atomic_cmpxchg_relaxed atomic_cmpxchg
#define atomic_try_cmpxchg_acquire atomic_try_cmpxchg
#define atomic_try_cmpxchg_release atomic_try_cmpxchg
#define atomic_try_cmpxchg_relaxed atomic_try_cmpxchg
#define atomic_fetch_add_acquire atomic_fetch_add
#define atomic_fetch_add_release atomic_fetch_add
#define atomic_fetch_add_relaxed atomic_fetch_add
#define atomic_fetch_sub_acquire atomic_fetch_sub
#define atomic_fetch_sub_release atomic_fetch_sub
#define atomic_fetch_sub_relaxed atomic_fetch_sub
#define atomic_inc_return_acquire atomic_inc_return
#define atomic_inc_return_release atomic_inc_return
#define atomic_inc_return_relaxed atomic_inc_return
#define atomic_dec_return_acquire atomic_dec_return
#define atomic_dec_return_release atomic_dec_return
#define atomic_dec_return_relaxed atomic_dec_return
#define atomic64_xchg_acquire atomic64_xchg
#define atomic64_xchg_release atomic64_xchg
#define atomic64_xchg_relaxed atomic64_xchg
#define atomic64_cmpxchg_acquire atomic64_cmpxchg
#define atomic64_cmpxchg_release atomic64_cmpxchg
#define atomic64_cmpxchg_relaxed atomic64_cmpxchg
#define atomic64_try_cmpxchg_acquire atomic64_try_cmpxchg
#define atomic64_try_cmpxchg_release atomic64_try_cmpxchg
#define atomic64_try_cmpxchg_relaxed atomic64_try_cmpxchg
#define atomic64_fetch_add_acquire atomic64_fetch_add
#define atomic64_fetch_add_release atomic64_fetch_add
#define atomic64_fetch_add_relaxed atomic64_fetch_add
#define atomic64_fetch_sub_acquire atomic64_fetch_sub
#define atomic64_fetch_sub_release atomic64_fetch_sub
#define atomic64_fetch_sub_relaxed atomic64_fetch_sub
#define atomic64_inc_return_acquire atomic64_inc_return
#define atomic64_inc_return_release atomic64_inc_return
#define atomic64_inc_return_relaxed atomic64_inc_return
#define atomic64_dec_return_acquire atomic64_dec_return
#define atomic64_dec_return_release atomic64_dec_return
#define atomic64_dec_return_relaxed atomic64_dec_return
#define atomic_long_xchg_acquire atomic_long_xchg
#define atomic_long_xchg_release atomic_long_xchg
#define atomic_long_xchg_relaxed atomic_long_xchg
#define atomic_long_cmpxchg_acquire atomic_long_cmpxchg
#define atomic_long_cmpxchg_release atomic_long_cmpxchg
#define atomic_long_cmpxchg_relaxed atomic_long_cmpxchg
#define atomic_long_try_cmpxchg_acquire atomic_long_try_cmpxchg
#define atomic_long_try_cmpxchg_release atomic_long_try_cmpxchg
#define atomic_long_try_cmpxchg_relaxed atomic_long_try_cmpxchg
#define atomic_long_fetch_add_acquire atomic_long_fetch_add
#define atomic_long_fetch_add_release atomic_long_fetch_add
#define atomic_long_fetch_add_relaxed atomic_long_fetch_add
#define atomic_long_fetch_sub_acquire atomic_long_fetch_sub
#define atomic_long_fetch_sub_release atomic_long_fetch_sub
#define atomic_long_fetch_sub_relaxed atomic_long_fetch_sub
#define atomic_long_inc_return_acquire atomic_long_inc_return
#define atomic_long_inc_return_release atomic_long_inc_return
#define atomic_long_inc_return_relaxed atomic_long_inc_return
#define atomic_long_dec_return_acquire atomic_long_dec_return
#define atomic_long_dec_return_release atomic_long_dec_return
#define atomic_long_dec_return_relaxed atomic_long_dec_return

#endif
