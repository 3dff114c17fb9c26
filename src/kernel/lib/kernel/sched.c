/* Tasks and sleeping. A task's state and its being queued somewhere are two things, as in the kernel. */

#define IOMEM_TASKS 64

static struct task_struct __iomem_tasks[IOMEM_TASKS];

enum system_states system_state = SYSTEM_RUNNING;

struct task_struct *__iomem_current(void)
{
	int thread = __iomem_thread();
	struct task_struct *task = &__iomem_tasks[thread % IOMEM_TASKS];

	if (task->pid != thread + 1) {
		task->pid = thread + 1;
		task->tgid = thread + 1;
	}
	return task;
}

void schedule(void)
{
	struct task_struct *task = __iomem_current();

	__iomem_park(&task->__state, "a wake-up");
}

long schedule_timeout(long timeout)
{
	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	/* Time does not pass; a sleep that ends by itself is a chance for others to run. */
	__iomem_might_sleep("schedule_timeout()");
	set_current_state(TASK_RUNNING);
	return 0;
}

long schedule_timeout_uninterruptible(long timeout)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(timeout);
}

int wake_up_state(struct task_struct *task, unsigned int state)
{
	if (!(READ_ONCE(task->__state) & state))
		return 0;
	return __iomem_unpark(&task->__state);
}

int wake_up_process(struct task_struct *task)
{
	return wake_up_state(task, TASK_NORMAL);
}

void yield(void)
{
	set_current_state(TASK_RUNNING);
}
