/* Model header: attributes and annotations. Those that only steer the compiler or sparse expand to nothing. */
#ifndef _LINUX_COMPILER_TYPES_H
#define _LINUX_COMPILER_TYPES_H

#include <linux/kconfig.h>

#define ___PASTE(a, b) a##b
#define __PASTE(a, b) ___PASTE(a, b)
#define __UNIQUE_ID(prefix) __PASTE(__PASTE(__iomem_id_, prefix), __COUNTER__)

/* address spaces and lock annotations of sparse and clang */
#define __user
#define __kernel
#define __iomem
#define __percpu
#define __rcu
#define __force
#define __nocast
#define __safe
#define __private
#define __bitwise
#define __chk_user_ptr(x) ((void)0)
#define __chk_io_ptr(x) ((void)0)
#define __must_hold(...)
#define __must_hold_shared(...)
#define __must_not_hold(...)
#define __acquires(...)
#define __acquires_shared(...)
#define __cond_acquires(...)
#define __cond_acquires_shared(...)
#define __releases(...)
#define __releases_shared(...)
#define __guarded_by(...)
#define __pt_guarded_by(...)
#define __no_context_analysis
#define __acquire(x) ((void)0)
#define __release(x) ((void)0)
#define __cond_lock(x, c) (c)
#define context_unsafe(...) __VA_ARGS__

#define __always_inline inline __attribute__((always_inline))
#define noinline __attribute__((noinline))
#define noinline_for_stack noinline
#define __noreturn __attribute__((noreturn))
#define __must_check
#define __maybe_unused __attribute__((unused))
#define __always_unused __attribute__((unused))
#define __used __attribute__((used))
#define __weak __attribute__((weak))
#define __alias(symbol) __attribute__((alias(#symbol)))
#define __aligned(n) __attribute__((aligned(n)))
#define __aligned_largest __attribute__((aligned))
#define __packed __attribute__((packed))
#define __cleanup(function) __attribute__((cleanup(function)))
#define __printf(string, first) __attribute__((format(printf, string, first)))
#define __scanf(string, first)
#define __section(name)
#define __cold
#define __hot
#define __pure
#define __flatten
#define __malloc
#define __alloc_size(...)
#define __realloc_size(...)
#define __assume_aligned(...)
#define __attribute_const__
#define __nonstring
#define __deprecated
#define __visible
#define __mode(x) __attribute__((mode(x)))
#define __counted_by(member)
#define __counted_by_ptr(member)
#define __counted_by_le(member)
#define __counted_by_be(member)
#define __designated_init
#define __randomize_layout
#define __no_randomize_layout
#define randomized_struct_fields_start
#define randomized_struct_fields_end
#define __latent_entropy
#define __no_kasan_or_inline inline
#define __no_sanitize_or_inline inline
#define __no_sanitize_address
#define __no_sanitize_thread
#define __no_kcsan
#define __no_kmsan_checks
#define __no_stack_protector
#define __nocfi
#define __noendbr
#define __cacheline_aligned
#define __cacheline_aligned_in_smp
#define ____cacheline_aligned
#define ____cacheline_aligned_in_smp
#define ____cacheline_internodealigned_in_smp
#define __read_mostly
#define __ro_after_init
#define notrace
#define noinstr
#define asmlinkage
#define fastcall
#define __noclone
#define __noscs
#define __nostackprotector
#define fallthrough __attribute__((fallthrough))

#define __same_type(a, b) __builtin_types_compatible_p(typeof(a), typeof(b))
#define __native_word(t) (sizeof(t) <= sizeof(long))
#define __diag_push()
#define __diag_pop()
#define __diag_ignore_all(option, comment)

#endif
