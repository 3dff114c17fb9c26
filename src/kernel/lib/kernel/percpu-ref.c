/* Reference counts that can be killed: the last put after that calls `release`. */

static bool percpu_ref_usable(struct percpu_ref *ref, const char *what)
{
	if (ref->data)
		return true;
	__iomem_misuse("%s on a percpu_ref that is not initialised or was left by percpu_ref_exit()", what);
	return false;
}

int percpu_ref_init(struct percpu_ref *ref, percpu_ref_func_t *release, unsigned int flags, gfp_t gfp)
{
	ref->data = kzalloc(8, gfp);
	if (!ref->data)
		return -ENOMEM;
	ref->release = release;
	ref->confirm_kill = NULL;
	ref->dead = flags & PERCPU_REF_INIT_DEAD;
	atomic_long_set(&ref->count, ref->dead ? 0 : 1);
	__iomem_ledger_add(IOMEM_REF, (unsigned long)ref, 1, NULL);
	return 0;
}

void percpu_ref_exit(struct percpu_ref *ref)
{
	if (ref->data)
		__iomem_ledger_remove(IOMEM_REF, (unsigned long)ref, 1);
	kfree(ref->data);
	ref->data = NULL;
}

void percpu_ref_get_many(struct percpu_ref *ref, unsigned long count)
{
	if (percpu_ref_usable(ref, "percpu_ref_get()"))
		atomic_long_add(count, &ref->count);
}

bool percpu_ref_tryget_many(struct percpu_ref *ref, unsigned long count)
{
	return percpu_ref_usable(ref, "percpu_ref_tryget()") && atomic_long_add_unless(&ref->count, count, 0);
}

bool percpu_ref_tryget_live_rcu(struct percpu_ref *ref)
{
	return percpu_ref_usable(ref, "percpu_ref_tryget_live()") && !READ_ONCE(ref->dead) &&
	       atomic_long_inc_not_zero(&ref->count);
}

bool percpu_ref_tryget_live(struct percpu_ref *ref)
{
	bool taken;

	rcu_read_lock();
	taken = percpu_ref_tryget_live_rcu(ref);
	rcu_read_unlock();
	return taken;
}

void percpu_ref_put_many(struct percpu_ref *ref, unsigned long count)
{
	long left;

	if (!percpu_ref_usable(ref, "percpu_ref_put()"))
		return;
	left = atomic_long_sub_return(count, &ref->count);
	if (left < 0)
		__iomem_misuse("percpu_ref (%ps) dropped below 0 (%ld)", ref->release, left);
	else if (left == 0)
		ref->release(ref);
}

void percpu_ref_kill_and_confirm(struct percpu_ref *ref, percpu_ref_func_t *confirm)
{
	if (!percpu_ref_usable(ref, "percpu_ref_kill()"))
		return;
	WARN_ONCE(ref->dead, "percpu_ref (%ps) is killed a second time", ref->release);
	WRITE_ONCE(ref->dead, true);
	if (confirm)
		confirm(ref);
	percpu_ref_put_many(ref, 1);
}

void percpu_ref_kill(struct percpu_ref *ref)
{
	percpu_ref_kill_and_confirm(ref, NULL);
}

void percpu_ref_resurrect(struct percpu_ref *ref)
{
	WARN_ON_ONCE(!ref->dead);
	WRITE_ONCE(ref->dead, false);
	atomic_long_inc(&ref->count);
}

void percpu_ref_reinit(struct percpu_ref *ref)
{
	WARN_ON_ONCE(!percpu_ref_is_zero(ref));
	percpu_ref_resurrect(ref);
}

bool percpu_ref_is_dying(struct percpu_ref *ref)
{
	return READ_ONCE(ref->dead);
}

bool percpu_ref_is_zero(struct percpu_ref *ref)
{
	return READ_ONCE(ref->dead) && atomic_long_read(&ref->count) == 0;
}
