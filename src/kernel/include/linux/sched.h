/* Model header: tasks are the scenario's threads. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/types.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/preempt.h>
#include <linux/limits.h>

#define TASK_RUNNING 0x0
#define TASK_INTERRUPTIBLE 0x1
#define TASK_UNINTERRUPTIBLE 0x2
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define TASK_WAKEKILL 0x100
#define TASK_KILLABLE (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_COMM_LEN 16
#define MAX_SCHEDULE_TIMEOUT LONG_MAX

struct mm_struct;
struct task_struct {
	unsigned int __state;
	pid_t pid, tgid;
	unsigned int flags;
	char comm[TASK_COMM_LEN];
	struct mm_struct *mm;
};
struct task_struct *__iomem_current(void);
#define current __iomem_current()
#define get_current() __iomem_current()

#define __set_current_state(value) WRITE_ONCE(current->__state, (value))
#define set_current_state(value) WRITE_ONCE(current->__state, (value))
#define get_current_state() READ_ONCE(current->__state)
#define set_task_state(task, value) WRITE_ONCE((task)->__state, (value))
void schedule(void);
long schedule_timeout(long timeout);
long schedule_timeout_uninterruptible(long timeout);
int wake_up_process(struct task_struct *task);
int wake_up_state(struct task_struct *task, unsigned int state);
void yield(void);
#define cond_resched() ({ might_sleep(); 0; })
#define cond_resched_lock(lock) 0
#define need_resched() 0
#define signal_pending(task) 0
#define fatal_signal_pending(task) 0
#define task_pid_nr(task) ((task)->pid)

#endif
