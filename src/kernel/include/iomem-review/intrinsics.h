/*
 * What the machine itself provides (TypeScript, in src/kernel). Kernel functions that are one to one with a native keep their own
 * names and are declared where the kernel declares them; these are the rest.
 */
#ifndef _IOMEM_REVIEW_INTRINSICS_H
#define _IOMEM_REVIEW_INTRINSICS_H

#include <linux/types.h>

/* Reports. */
void __iomem_warn(const char *condition);
__printf(1, 2) void __iomem_warn_fmt(const char *format, ...);
void __iomem_bug(const char *what) __noreturn;
/* A driver's or a test's misuse of a modelled interface, told with the caller's line. */
__printf(1, 2) void __iomem_misuse(const char *format, ...);
void __iomem_observe(const char *expression, int is_pointer, int is_string, int bytes, u64 value);
void __iomem_expect_failed(const char *expression);
__printf(1, 2) void __iomem_note(const char *format, ...);
/* Ends the calling thread; the others go on. */
void __iomem_end_thread(void) __noreturn;

/* Memory that belongs to the model: no leak check, no injected failure. */
void *__iomem_internal_alloc(size_t size);
/* Zeroed memory that was there before the heap: no slab, never freed. */
void *__iomem_early_alloc(size_t size);
bool __iomem_is_live(const void *object);

/* Threads. */
int __iomem_thread(void);
/* Sleeps while *state is not 0 (TASK_RUNNING); `what` is what it waits for. Reports a sleep in atomic context. */
void __iomem_park(unsigned int *state, const char *what);
/* Sets *state to 0 and lets its sleeper look again. Answers whether it was not 0. */
int __iomem_unpark(unsigned int *state);
void __iomem_might_sleep(const char *what);
int __iomem_in_atomic(void);

/* Read-modify-write of 1, 2, 4 or 8 bytes in one step; each answers the old value. */
u64 __iomem_atomic_add(volatile void *address, int bytes, u64 addend);
/* Adds unless the old value is `unless`. */
u64 __iomem_atomic_add_unless(volatile void *address, int bytes, u64 addend, u64 unless);
u64 __iomem_atomic_and(volatile void *address, int bytes, u64 mask);
u64 __iomem_atomic_or(volatile void *address, int bytes, u64 mask);
u64 __iomem_atomic_xor(volatile void *address, int bytes, u64 mask);
u64 __iomem_atomic_xchg(volatile void *address, int bytes, u64 value);
u64 __iomem_atomic_cmpxchg(volatile void *address, int bytes, u64 expected, u64 value);

/* What must be undone in the end, by physical range (ledger.ts). */
enum {
	IOMEM_TRACK, IOMEM_KASAN, IOMEM_REF, IOMEM_SECTION, IOMEM_PAGEMAP, IOMEM_BLOCK, IOMEM_ENTRY, IOMEM_GROUP, IOMEM_TIER, IOMEM_KEY,
};
void __iomem_ledger_add(int kind, u64 start, u64 size, const void *owner);
/* Complains where there is no such entry. */
void __iomem_ledger_remove(int kind, u64 start, u64 size);
/* Takes out what begins there, if anything does. */
void __iomem_ledger_forget(int kind, u64 start);

/* Locks, beyond those with kernel names. */
void __iomem_lock_init(void *lock);
/* 0: by this thread; 1: by this thread, for writing; 2: by anybody. */
int __iomem_lock_is_held(const void *lock, int how);

#endif
