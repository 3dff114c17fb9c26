/* Model header: reader-writer semaphores. */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/spinlock.h>

struct rw_semaphore {
	unsigned int __iomem_lock;
};
#define __RWSEM_INITIALIZER(name) { 0 }
#define DECLARE_RWSEM(name) struct rw_semaphore name = __RWSEM_INITIALIZER(name)
#define init_rwsem(lock) __iomem_lock_init(lock)
void down_read(struct rw_semaphore *lock);
int down_read_interruptible(struct rw_semaphore *lock);
int down_read_killable(struct rw_semaphore *lock);
int down_read_trylock(struct rw_semaphore *lock);
void up_read(struct rw_semaphore *lock);
void down_write(struct rw_semaphore *lock);
int down_write_killable(struct rw_semaphore *lock);
int down_write_trylock(struct rw_semaphore *lock);
void up_write(struct rw_semaphore *lock);
void downgrade_write(struct rw_semaphore *lock);
#define down_read_nested(lock, subclass) down_read(lock)
#define down_write_nested(lock, subclass) down_write(lock)
#define rwsem_is_locked(lock) __iomem_lock_is_held(lock, 2)
#define rwsem_assert_held(lock) lockdep_assert_held(lock)
#define rwsem_assert_held_write(lock) lockdep_assert_held_write(lock)

DEFINE_LOCK_GUARD_1(rwsem_read, struct rw_semaphore, down_read(_T->lock), up_read(_T->lock))
DEFINE_LOCK_GUARD_1(rwsem_write, struct rw_semaphore, down_write(_T->lock), up_write(_T->lock))

#endif
