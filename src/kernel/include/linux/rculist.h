/* Model header: lists read under rcu_read_lock(). */
#ifndef _LINUX_RCULIST_H
#define _LINUX_RCULIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>

static inline void list_add_rcu(struct list_head *entry, struct list_head *head)
{
	entry->next = head->next;
	entry->prev = head;
	head->next->prev = entry;
	rcu_assign_pointer(head->next, entry);
}
static inline void list_add_tail_rcu(struct list_head *entry, struct list_head *head)
{
	entry->next = head;
	entry->prev = head->prev;
	rcu_assign_pointer(head->prev->next, entry);
	head->prev = entry;
}
static inline void list_del_rcu(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	WRITE_ONCE(entry->prev->next, entry->next);
	entry->prev = LIST_POISON2;
}
#define list_entry_rcu(pointer, type, member) container_of(READ_ONCE(pointer), type, member)
#define list_for_each_entry_rcu(at, head, member, ...) \
	for ((at) = list_entry_rcu((head)->next, typeof(*(at)), member); &(at)->member != (head); \
	     (at) = list_entry_rcu((at)->member.next, typeof(*(at)), member))

#endif
