/* Model header: RCU. synchronize_rcu() waits for the read sections that were open when it was called. */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/types.h>
#include <linux/kernel.h>
#include <linux/cleanup.h>
#include <asm/barrier.h>

void rcu_read_lock(void);
void rcu_read_unlock(void);
int rcu_read_lock_held(void);
void synchronize_rcu(void);
void call_rcu(struct rcu_head *head, rcu_callback_t function);
void rcu_barrier(void);
#define synchronize_rcu_expedited() synchronize_rcu()
#define rcu_read_lock_bh() rcu_read_lock()
#define rcu_read_unlock_bh() rcu_read_unlock()
#define rcu_read_lock_sched() rcu_read_lock()
#define rcu_read_unlock_sched() rcu_read_unlock()
#define rcu_read_lock_sched_held() rcu_read_lock_held()
#define RCU_INIT_POINTER(pointer, value) WRITE_ONCE(pointer, value)
#define RCU_POINTER_INITIALIZER(pointer, value) .pointer = (value)
#define rcu_assign_pointer(pointer, value) smp_store_release(&(pointer), value)
#define rcu_dereference(pointer) READ_ONCE(pointer)
#define rcu_dereference_raw(pointer) READ_ONCE(pointer)
#define rcu_dereference_check(pointer, condition) READ_ONCE(pointer)
#define rcu_dereference_protected(pointer, condition) (pointer)
#define rcu_access_pointer(pointer) READ_ONCE(pointer)
#define rcu_replace_pointer(pointer, value, condition) ({ \
	typeof(pointer) __iomem_replaced = (pointer); \
	rcu_assign_pointer(pointer, value); \
	__iomem_replaced; })
void __iomem_kfree_rcu(struct rcu_head *head, const void *object);
#define __iomem_kfree_rcu_2(pointer, member) __iomem_kfree_rcu(&(pointer)->member, pointer)
#define __iomem_kfree_rcu_1(pointer) do { synchronize_rcu(); kfree(pointer); } while (0)
#define __iomem_third(a, b, chosen, ...) chosen
#define kfree_rcu(args...) __iomem_third(args, __iomem_kfree_rcu_2, __iomem_kfree_rcu_1, )(args)
#define kvfree_rcu(args...) kfree_rcu(args)
#define kfree_rcu_mightsleep(pointer) __iomem_kfree_rcu_1(pointer)
#define RCU_LOCKDEP_WARN(condition, message) WARN(condition, message)
#define init_rcu_head(head) do { } while (0)

DEFINE_LOCK_GUARD_0(rcu, rcu_read_lock(), rcu_read_unlock())

#endif
