/* Deferred work of RCU: it runs after the next synchronize_rcu() of any thread. */

void __iomem_wait_for_readers(void);

static DEFINE_SPINLOCK(callbacks_lock);
static struct rcu_head *callbacks;

/* A function "pointer" below one page is an offset: free the object that the head lies in, that far into it. */
#define IOMEM_KFREE_OFFSETS 4096UL

static void run_callbacks(struct rcu_head *list)
{
	while (list) {
		struct rcu_head *head = list;
		unsigned long offset = (unsigned long)head->func;

		list = head->next;
		if (offset < IOMEM_KFREE_OFFSETS)
			kvfree((char *)head - offset);
		else
			head->func(head);
	}
}

void synchronize_rcu(void)
{
	struct rcu_head *mine;
	unsigned long flags;

	spin_lock_irqsave(&callbacks_lock, flags);
	mine = callbacks;
	callbacks = NULL;
	spin_unlock_irqrestore(&callbacks_lock, flags);
	__iomem_wait_for_readers();
	run_callbacks(mine);
}

void rcu_barrier(void)
{
	synchronize_rcu();
}

void call_rcu(struct rcu_head *head, rcu_callback_t function)
{
	unsigned long flags;

	head->func = function;
	spin_lock_irqsave(&callbacks_lock, flags);
	head->next = callbacks;
	callbacks = head;
	spin_unlock_irqrestore(&callbacks_lock, flags);
}

void __iomem_kfree_rcu(struct rcu_head *head, const void *object)
{
	call_rcu(head, (rcu_callback_t)((unsigned long)head - (unsigned long)object));
}
