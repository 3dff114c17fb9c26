/* Model header: wait queues. What wakes a task and what it waits for are apart, so that a lost wake-up shows. */
#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/sched.h>

struct wait_queue_entry;
typedef struct wait_queue_entry wait_queue_entry_t, wait_queue_t;
typedef int (*wait_queue_func_t)(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);
int default_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);
int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int sync, void *key);

#define WQ_FLAG_EXCLUSIVE 0x01
struct wait_queue_entry {
	unsigned int flags;
	void *private;
	wait_queue_func_t func;
	struct list_head entry;
};
struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
};
typedef struct wait_queue_head wait_queue_head_t;

#define __WAITQUEUE_INITIALIZER(name, task) { .private = (task), .func = default_wake_function, .entry = { NULL, NULL } }
#define DECLARE_WAITQUEUE(name, task) struct wait_queue_entry name = __WAITQUEUE_INITIALIZER(name, task)
#define __WAIT_QUEUE_HEAD_INITIALIZER(name) { .head = LIST_HEAD_INIT((name).head) }
#define DECLARE_WAIT_QUEUE_HEAD(name) struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_WAIT_QUEUE_HEAD(name)
#define DEFINE_WAIT_FUNC(name, function) struct wait_queue_entry name = \
	{ .private = current, .func = (function), .entry = LIST_HEAD_INIT((name).entry) }
#define DEFINE_WAIT(name) DEFINE_WAIT_FUNC(name, autoremove_wake_function)
void init_waitqueue_head(struct wait_queue_head *queue);
void init_waitqueue_entry(struct wait_queue_entry *entry, struct task_struct *task);
void init_wait_entry(struct wait_queue_entry *entry, int flags);
#define init_wait(entry) init_wait_entry(entry, 0)

static inline int waitqueue_active(struct wait_queue_head *queue) { return !list_empty(&queue->head); }
#define wq_has_sleeper(queue) waitqueue_active(queue)
void add_wait_queue(struct wait_queue_head *queue, struct wait_queue_entry *entry);
void add_wait_queue_exclusive(struct wait_queue_head *queue, struct wait_queue_entry *entry);
void remove_wait_queue(struct wait_queue_head *queue, struct wait_queue_entry *entry);
void prepare_to_wait(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state);
void prepare_to_wait_exclusive(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state);
void finish_wait(struct wait_queue_head *queue, struct wait_queue_entry *entry);
void __wake_up(struct wait_queue_head *queue, unsigned int mode, int count, void *key);
#define wake_up(queue) __wake_up(queue, TASK_NORMAL, 1, NULL)
#define wake_up_nr(queue, count) __wake_up(queue, TASK_NORMAL, count, NULL)
#define wake_up_all(queue) __wake_up(queue, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(queue) __wake_up(queue, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_all(queue) __wake_up(queue, TASK_INTERRUPTIBLE, 0, NULL)
#define wake_up_sync(queue) wake_up(queue)

#define __iomem_wait_event(queue, condition, state) do { \
	if (!(condition)) { \
		DEFINE_WAIT(__iomem_entry); \
		for (;;) { \
			prepare_to_wait(&(queue), &__iomem_entry, state); \
			if (condition) \
				break; \
			schedule(); \
		} \
		finish_wait(&(queue), &__iomem_entry); \
	} } while (0)
#define wait_event(queue, condition) do { might_sleep(); __iomem_wait_event(queue, condition, TASK_UNINTERRUPTIBLE); } while (0)
#define wait_event_interruptible(queue, condition) ({ might_sleep(); __iomem_wait_event(queue, condition, TASK_INTERRUPTIBLE); 0; })
#define wait_event_killable(queue, condition) ({ might_sleep(); __iomem_wait_event(queue, condition, TASK_KILLABLE); 0; })
/* Time does not pass: as in schedule_timeout(), the timeout strikes when others have had a chance to run. */
#define wait_event_timeout(queue, condition, timeout) ({ \
	long __iomem_left = (timeout); \
	might_sleep(); \
	if (!(condition)) { \
		DEFINE_WAIT(__iomem_entry); \
		prepare_to_wait(&(queue), &__iomem_entry, TASK_UNINTERRUPTIBLE); \
		if (!(condition)) { \
			schedule_timeout(__iomem_left); \
			__iomem_left = (condition) ? 1 : 0; \
		} \
		finish_wait(&(queue), &__iomem_entry); \
	} \
	__iomem_left; })

#endif
