/* Model header: mutexes. */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/spinlock.h>

struct mutex {
	unsigned int __iomem_lock;
};
#define __MUTEX_INITIALIZER(name) { 0 }
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)
#define mutex_init(lock) __iomem_lock_init(lock)
#define mutex_destroy(lock) do { } while (0)
#define devm_mutex_init(dev, lock) ({ mutex_init(lock); 0; })
void mutex_lock(struct mutex *lock);
int mutex_lock_interruptible(struct mutex *lock);
int mutex_lock_killable(struct mutex *lock);
int mutex_trylock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
#define mutex_lock_nested(lock, subclass) mutex_lock(lock)
#define mutex_lock_io(lock) mutex_lock(lock)
#define mutex_is_locked(lock) __iomem_lock_is_held(lock, 2)

DEFINE_LOCK_GUARD_1(mutex, struct mutex, mutex_lock(_T->lock), mutex_unlock(_T->lock))

#endif
