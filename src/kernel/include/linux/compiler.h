/* Model header: accesses, hints and compile-time checks. */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#include <linux/compiler_types.h>

#define likely(x) (!!(x))
#define unlikely(x) (!!(x))
#define barrier() do { } while (0)
#define barrier_data(pointer) do { } while (0)
#define OPTIMIZER_HIDE_VAR(variable) do { } while (0)
#define RELOC_HIDE(pointer, offset) ((typeof(pointer))((unsigned long)(pointer) + (offset)))
#define absolute_pointer(value) ((void *)(value))
#define unreachable() __builtin_unreachable()
#define __unreachable() __builtin_unreachable()
#define prefetch(x) ((void)(x))
#define prefetchw(x) ((void)(x))

/* A marked access: other threads may touch the same memory at the same time, on purpose. */
#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value) do { *(volatile typeof(x) *)&(x) = (value); } while (0)
#define READ_ONCE_NOCHECK(x) READ_ONCE(x)
#define ACCESS_ONCE(x) (*(volatile typeof(x) *)&(x))
#define data_race(expression) (expression)
#define ASSERT_EXCLUSIVE_WRITER(x) ((void)0)
#define ASSERT_EXCLUSIVE_ACCESS(x) ((void)0)

#define __is_constexpr(x) __builtin_constant_p(x)
#define statically_true(x) (__builtin_constant_p(x) && (x))
#define __must_be_array(a) 0

#define __ADDRESSABLE(symbol)
#define compiletime_assert(condition, message) ((void)sizeof(char[1 - 2 * !(condition)]))

#endif
