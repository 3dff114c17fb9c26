/* Model header: circular doubly linked lists, and hash chains. */
#ifndef _LINUX_LIST_H
#define _LINUX_LIST_H

#include <linux/container_of.h>
#include <linux/types.h>

#define LIST_POISON1 ((void *)0xdead000000000100UL)
#define LIST_POISON2 ((void *)0xdead000000000122UL)
#define LIST_HEAD_INIT(name) { &(name), &(name) }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}
static inline void __iomem_list_link(struct list_head *entry, struct list_head *before, struct list_head *after)
{
	entry->prev = before;
	entry->next = after;
	before->next = entry;
	after->prev = entry;
}
static inline void __iomem_list_unlink(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
}
static inline void list_add(struct list_head *entry, struct list_head *head)
{
	__iomem_list_link(entry, head, head->next);
}
static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	__iomem_list_link(entry, head->prev, head);
}
static inline void __list_del_entry(struct list_head *entry) { __iomem_list_unlink(entry); }
static inline void list_del(struct list_head *entry)
{
	__iomem_list_unlink(entry);
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}
static inline void list_del_init(struct list_head *entry)
{
	__iomem_list_unlink(entry);
	INIT_LIST_HEAD(entry);
}
static inline void list_replace(struct list_head *old, struct list_head *entry)
{
	__iomem_list_link(entry, old->prev, old->next);
}
static inline void list_replace_init(struct list_head *old, struct list_head *entry)
{
	list_replace(old, entry);
	INIT_LIST_HEAD(old);
}
static inline void list_move(struct list_head *entry, struct list_head *head)
{
	__iomem_list_unlink(entry);
	list_add(entry, head);
}
static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	__iomem_list_unlink(entry);
	list_add_tail(entry, head);
}
static inline int list_empty(const struct list_head *head) { return head->next == head; }
static inline int list_empty_careful(const struct list_head *head) { return head->next == head && head->prev == head; }
static inline int list_is_singular(const struct list_head *head)
{
	return !list_empty(head) && head->next == head->prev;
}
static inline int list_is_first(const struct list_head *entry, const struct list_head *head)
{
	return entry->prev == head;
}
static inline int list_is_last(const struct list_head *entry, const struct list_head *head)
{
	return entry->next == head;
}
static inline int list_is_head(const struct list_head *entry, const struct list_head *head) { return entry == head; }
static inline void list_splice(struct list_head *list, struct list_head *head)
{
	if (!list_empty(list)) {
		list->prev->next = head->next;
		head->next->prev = list->prev;
		list->next->prev = head;
		head->next = list->next;
	}
}
static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
	list_splice(list, head);
	INIT_LIST_HEAD(list);
}
static inline void list_splice_tail(struct list_head *list, struct list_head *head)
{
	list_splice(list, head->prev);
}
static inline void list_splice_tail_init(struct list_head *list, struct list_head *head)
{
	list_splice_tail(list, head);
	INIT_LIST_HEAD(list);
}
static inline size_t list_count_nodes(struct list_head *head)
{
	size_t count = 0;
	struct list_head *at;

	for (at = head->next; at != head; at = at->next)
		count++;
	return count;
}

#define list_entry(pointer, type, member) container_of(pointer, type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_last_entry(head, type, member) list_entry((head)->prev, type, member)
#define list_first_entry_or_null(head, type, member) \
	(list_empty(head) ? (type *)0 : list_first_entry(head, type, member))
#define list_next_entry(at, member) list_entry((at)->member.next, typeof(*(at)), member)
#define list_prev_entry(at, member) list_entry((at)->member.prev, typeof(*(at)), member)
#define list_entry_is_head(at, head, member) (&(at)->member == (head))

#define list_for_each(at, head) for ((at) = (head)->next; (at) != (head); (at) = (at)->next)
#define list_for_each_prev(at, head) for ((at) = (head)->prev; (at) != (head); (at) = (at)->prev)
#define list_for_each_safe(at, after, head) \
	for ((at) = (head)->next, (after) = (at)->next; (at) != (head); (at) = (after), (after) = (at)->next)
#define list_for_each_prev_safe(at, after, head) \
	for ((at) = (head)->prev, (after) = (at)->prev; (at) != (head); (at) = (after), (after) = (at)->prev)
#define list_for_each_entry(at, head, member, ...) \
	for ((at) = list_first_entry(head, typeof(*(at)), member); !list_entry_is_head(at, head, member); \
	     (at) = list_next_entry(at, member))
#define list_for_each_entry_reverse(at, head, member) \
	for ((at) = list_last_entry(head, typeof(*(at)), member); !list_entry_is_head(at, head, member); \
	     (at) = list_prev_entry(at, member))
#define list_for_each_entry_continue(at, head, member) \
	for ((at) = list_next_entry(at, member); !list_entry_is_head(at, head, member); \
	     (at) = list_next_entry(at, member))
#define list_for_each_entry_continue_reverse(at, head, member) \
	for ((at) = list_prev_entry(at, member); !list_entry_is_head(at, head, member); \
	     (at) = list_prev_entry(at, member))
#define list_for_each_entry_from(at, head, member) \
	for (; !list_entry_is_head(at, head, member); (at) = list_next_entry(at, member))
#define list_for_each_entry_safe(at, after, head, member) \
	for ((at) = list_first_entry(head, typeof(*(at)), member), (after) = list_next_entry(at, member); \
	     !list_entry_is_head(at, head, member); (at) = (after), (after) = list_next_entry(after, member))
#define list_for_each_entry_safe_reverse(at, after, head, member) \
	for ((at) = list_last_entry(head, typeof(*(at)), member), (after) = list_prev_entry(at, member); \
	     !list_entry_is_head(at, head, member); (at) = (after), (after) = list_prev_entry(after, member))

#define HLIST_HEAD_INIT { .first = NULL }
#define HLIST_HEAD(name) struct hlist_head name = HLIST_HEAD_INIT
#define INIT_HLIST_HEAD(head) ((head)->first = NULL)
static inline void INIT_HLIST_NODE(struct hlist_node *node)
{
	node->next = NULL;
	node->pprev = NULL;
}
static inline int hlist_empty(const struct hlist_head *head) { return !head->first; }
static inline int hlist_unhashed(const struct hlist_node *node) { return !node->pprev; }
static inline void hlist_add_head(struct hlist_node *node, struct hlist_head *head)
{
	node->next = head->first;
	if (head->first)
		head->first->pprev = &node->next;
	head->first = node;
	node->pprev = &head->first;
}
static inline void hlist_del(struct hlist_node *node)
{
	*node->pprev = node->next;
	if (node->next)
		node->next->pprev = node->pprev;
	node->next = LIST_POISON1;
	node->pprev = LIST_POISON2;
}
static inline void hlist_del_init(struct hlist_node *node)
{
	if (!hlist_unhashed(node)) {
		hlist_del(node);
		INIT_HLIST_NODE(node);
	}
}
#define hlist_entry(pointer, type, member) container_of(pointer, type, member)
#define hlist_entry_safe(pointer, type, member) ({ \
	typeof(pointer) __iomem_hp = (pointer); \
	__iomem_hp ? hlist_entry(__iomem_hp, type, member) : (type *)0; })
#define hlist_for_each_entry(at, head, member) \
	for ((at) = hlist_entry_safe((head)->first, typeof(*(at)), member); (at); \
	     (at) = hlist_entry_safe((at)->member.next, typeof(*(at)), member))
#define hlist_for_each_entry_safe(at, after, head, member) \
	for ((at) = hlist_entry_safe((head)->first, typeof(*(at)), member); (at) && ((after) = (at)->member.next, 1); \
	     (at) = hlist_entry_safe(after, typeof(*(at)), member))

#endif
