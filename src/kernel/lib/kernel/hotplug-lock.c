/* Memory hotplug: one writer adds or removes memory, readers keep what is online there. Sleeping locks, both of them. */

static DECLARE_RWSEM(mem_hotplug_lock);

void mem_hotplug_begin(void)
{
	down_write(&mem_hotplug_lock);
}

void mem_hotplug_done(void)
{
	up_write(&mem_hotplug_lock);
}

void get_online_mems(void)
{
	down_read(&mem_hotplug_lock);
}

void put_online_mems(void)
{
	up_read(&mem_hotplug_lock);
}
