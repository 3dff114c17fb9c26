/* Model header: static keys are counters. */
#ifndef _LINUX_JUMP_LABEL_H
#define _LINUX_JUMP_LABEL_H
#include <linux/atomic.h>
#include <iomem-review/intrinsics.h>
struct static_key {
	atomic_t enabled;
};
struct static_key_true {
	struct static_key key;
};
struct static_key_false {
	struct static_key key;
};
#define DEFINE_STATIC_KEY_TRUE(name) struct static_key_true name = { { ATOMIC_INIT(1) } }
#define DEFINE_STATIC_KEY_FALSE(name) struct static_key_false name = { { ATOMIC_INIT(0) } }
#define DECLARE_STATIC_KEY_TRUE(name) extern struct static_key_true name
#define DECLARE_STATIC_KEY_FALSE(name) extern struct static_key_false name
#define static_branch_likely(k) (atomic_read(&(k)->key.enabled) > 0)
#define static_branch_unlikely(k) (atomic_read(&(k)->key.enabled) > 0)
#define static_branch_inc(k) \
	(atomic_inc(&(k)->key.enabled), __iomem_ledger_add(IOMEM_KEY, (unsigned long)(k), 1, NULL))
#define static_branch_dec(k) \
	(atomic_dec(&(k)->key.enabled), __iomem_ledger_remove(IOMEM_KEY, (unsigned long)(k), 1))
#define static_branch_enable(k) atomic_set(&(k)->key.enabled, 1)
#define static_branch_disable(k) atomic_set(&(k)->key.enabled, 0)
#define static_key_enabled(k) (atomic_read(&(k)->key.enabled) > 0)
#endif
