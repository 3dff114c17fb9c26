/* Model header: assertions about locks held. */
#ifndef _LINUX_LOCKDEP_H
#define _LINUX_LOCKDEP_H

#include <linux/types.h>
#include <linux/bug.h>
#include <iomem-review/intrinsics.h>

struct lock_class_key { };
struct lockdep_map { };
#define lockdep_is_held(lock) __iomem_lock_is_held(lock, 0)
#define lockdep_assert_held(lock) WARN_ON(!__iomem_lock_is_held(lock, 0))
#define lockdep_assert_held_write(lock) WARN_ON(!__iomem_lock_is_held(lock, 1))
#define lockdep_assert_held_read(lock) lockdep_assert_held(lock)
#define lockdep_assert_held_once(lock) lockdep_assert_held(lock)
#define lockdep_assert_not_held(lock) WARN_ON(__iomem_lock_is_held(lock, 0))
#define lockdep_assert_none_held_once() do { } while (0)
#define lockdep_assert_irqs_enabled() do { } while (0)
#define lockdep_assert_irqs_disabled() do { } while (0)
#define lockdep_assert_in_softirq() do { } while (0)
#define lockdep_assert(condition) WARN_ON(!(condition))
#define lockdep_set_class(lock, key) do { } while (0)
#define lockdep_set_novalidate_class(lock) do { } while (0)
#define lockdep_init_map(map, name, key, subclass) do { } while (0)
#define lock_map_acquire(map) do { } while (0)
#define lock_map_release(map) do { } while (0)
#define SINGLE_DEPTH_NESTING 1

#endif
