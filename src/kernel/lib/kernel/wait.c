/* Wait queues and completions. */

void init_waitqueue_head(struct wait_queue_head *queue)
{
	spin_lock_init(&queue->lock);
	INIT_LIST_HEAD(&queue->head);
}

void init_waitqueue_entry(struct wait_queue_entry *entry, struct task_struct *task)
{
	entry->flags = 0;
	entry->private = task;
	entry->func = default_wake_function;
}

void init_wait_entry(struct wait_queue_entry *entry, int flags)
{
	entry->flags = flags;
	entry->private = current;
	entry->func = autoremove_wake_function;
	INIT_LIST_HEAD(&entry->entry);
}

int default_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	return wake_up_state(entry->private, mode);
}

int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int sync, void *key)
{
	int woken = default_wake_function(entry, mode, sync, key);

	if (woken)
		list_del_init(&entry->entry);
	return woken;
}

void add_wait_queue(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	entry->flags &= ~WQ_FLAG_EXCLUSIVE;
	list_add(&entry->entry, &queue->head);
	spin_unlock_irqrestore(&queue->lock, flags);
}

void add_wait_queue_exclusive(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	list_add_tail(&entry->entry, &queue->head);
	spin_unlock_irqrestore(&queue->lock, flags);
}

void remove_wait_queue(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	list_del(&entry->entry);
	spin_unlock_irqrestore(&queue->lock, flags);
}

static void prepare(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state, bool exclusive)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	if (exclusive)
		entry->flags |= WQ_FLAG_EXCLUSIVE;
	else
		entry->flags &= ~WQ_FLAG_EXCLUSIVE;
	if (list_empty(&entry->entry)) {
		if (exclusive)
			list_add_tail(&entry->entry, &queue->head);
		else
			list_add(&entry->entry, &queue->head);
	}
	set_current_state(state);
	spin_unlock_irqrestore(&queue->lock, flags);
}

void prepare_to_wait(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state)
{
	prepare(queue, entry, state, false);
}

void prepare_to_wait_exclusive(struct wait_queue_head *queue, struct wait_queue_entry *entry, int state)
{
	prepare(queue, entry, state, true);
}

void finish_wait(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
	unsigned long flags;

	__set_current_state(TASK_RUNNING);
	spin_lock_irqsave(&queue->lock, flags);
	if (!list_empty(&entry->entry))
		list_del_init(&entry->entry);
	spin_unlock_irqrestore(&queue->lock, flags);
}

/* Wakes all that are not exclusive, and `count` of those that are (0: all). The queue's lock is held. */
static void wake_up_locked(struct wait_queue_head *queue, unsigned int mode, int count, void *key)
{
	struct wait_queue_entry *entry, *after;

	list_for_each_entry_safe(entry, after, &queue->head, entry) {
		unsigned int flags = entry->flags;

		if (entry->func(entry, mode, 0, key) && (flags & WQ_FLAG_EXCLUSIVE) && --count == 0)
			break;
	}
}

void __wake_up(struct wait_queue_head *queue, unsigned int mode, int count, void *key)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	wake_up_locked(queue, mode, count, key);
	spin_unlock_irqrestore(&queue->lock, flags);
}

/* One queue serves all variables: a waiter that is woken for another one looks at its condition and sleeps again. */
static DECLARE_WAIT_QUEUE_HEAD(variable_queue);

wait_queue_head_t *__iomem_queue_of(const void *variable)
{
	return &variable_queue;
}

void init_completion(struct completion *completion)
{
	completion->done = 0;
	init_waitqueue_head(&completion->wait);
}

void complete(struct completion *completion)
{
	unsigned long flags;

	spin_lock_irqsave(&completion->wait.lock, flags);
	if (completion->done != UINT_MAX)
		completion->done++;
	wake_up_locked(&completion->wait, TASK_NORMAL, 1, NULL);
	spin_unlock_irqrestore(&completion->wait.lock, flags);
}

void complete_all(struct completion *completion)
{
	unsigned long flags;

	spin_lock_irqsave(&completion->wait.lock, flags);
	completion->done = UINT_MAX;
	wake_up_locked(&completion->wait, TASK_NORMAL, 0, NULL);
	spin_unlock_irqrestore(&completion->wait.lock, flags);
}

void wait_for_completion(struct completion *completion)
{
	__iomem_might_sleep("wait_for_completion()");
	spin_lock_irq(&completion->wait.lock);
	if (!completion->done) {
		DECLARE_WAITQUEUE(entry, current);

		entry.flags = WQ_FLAG_EXCLUSIVE;
		list_add_tail(&entry.entry, &completion->wait.head);
		do {
			set_current_state(TASK_UNINTERRUPTIBLE);
			spin_unlock_irq(&completion->wait.lock);
			schedule();
			spin_lock_irq(&completion->wait.lock);
		} while (!completion->done);
		list_del(&entry.entry);
	}
	if (completion->done != UINT_MAX)
		completion->done--;
	spin_unlock_irq(&completion->wait.lock);
}

int wait_for_completion_interruptible(struct completion *completion)
{
	wait_for_completion(completion);
	return 0;
}

int wait_for_completion_killable(struct completion *completion)
{
	wait_for_completion(completion);
	return 0;
}

unsigned long wait_for_completion_timeout(struct completion *completion, unsigned long timeout)
{
	might_sleep();
	if (try_wait_for_completion(completion))
		return timeout;
	schedule_timeout(timeout);
	return try_wait_for_completion(completion);
}

bool try_wait_for_completion(struct completion *completion)
{
	unsigned long flags;
	bool done;

	spin_lock_irqsave(&completion->wait.lock, flags);
	done = completion->done;
	if (done && completion->done != UINT_MAX)
		completion->done--;
	spin_unlock_irqrestore(&completion->wait.lock, flags);
	return done;
}

bool completion_done(struct completion *completion)
{
	return READ_ONCE(completion->done);
}
