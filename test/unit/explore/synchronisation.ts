/*
 * Programs that use each modelled synchronisation wrongly, and rightly. The numbers of executions are stated with their reason.
 */

/** A pair of programs. `count`: the executions of the right one. */
interface Use {
  readonly wrong: string;
  /** Rules that are found, each once, in alphabetical order. */
  readonly rules: readonly string[];
  /** Only some schedules show it: others end well. */
  readonly sometimes?: true;
  readonly right: string;
  readonly count: number;
}

export const head = `#include <iomem-review.h>
#include <linux/memory_hotplug.h>
#include <linux/percpu-refcount.h>
#include <linux/rwsem.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/wait.h>`;

export const uses: Record<string, Use> = {};

// Locks that exclude: two sections in either order, 2.
const exclusive: Record<string, readonly [declaration: string, local: string, take: string, give: string]> = {
  spin_lock: ['static DEFINE_SPINLOCK(l);', '', 'spin_lock(&l)', 'spin_unlock(&l)'],
  spin_lock_irq: ['static DEFINE_SPINLOCK(l);', '', 'spin_lock_irq(&l)', 'spin_unlock_irq(&l)'],
  spin_lock_bh: ['static DEFINE_SPINLOCK(l);', '', 'spin_lock_bh(&l)', 'spin_unlock_bh(&l)'],
  spin_lock_irqsave: [
    'static DEFINE_SPINLOCK(l);',
    'unsigned long f;',
    'spin_lock_irqsave(&l, f)',
    'spin_unlock_irqrestore(&l, f)',
  ],
  mutex_lock: ['static DEFINE_MUTEX(l);', '', 'mutex_lock(&l)', 'mutex_unlock(&l)'],
  mem_hotplug_begin: ['', '', 'mem_hotplug_begin()', 'mem_hotplug_done()'],
  lock_device_hotplug: ['', '', 'lock_device_hotplug()', 'unlock_device_hotplug()'],
};
for (const [name, [declaration, local, take, give]] of Object.entries(exclusive)) {
  uses[`${name}: one of two writers forgets it`] = {
    wrong: `${declaration} static int x;
THREAD(a) { ${local} ${take}; x++; ${give}; }
THREAD(b) { x++; }`,
    rules: ['data-race'],
    right: `${declaration} static int x;
static void add(void) { ${local} ${take}; x++; ${give}; }
THREAD(a) { add(); }
THREAD(b) { add(); }
CHECK { EXPECT(x == 2); }`,
    count: 2,
  };
  uses[`${name}: taken again where another thread asks for it`] = {
    wrong: `${declaration} static int asked;
static void inner(void) { ${local} ${take}; ${give}; }
THREAD(a) { ${local} ${take}; if (READ_ONCE(asked)) inner(); ${give}; }
THREAD(b) { WRITE_ONCE(asked, 1); }`,
    rules: ['recursive-lock'],
    sometimes: true,
    // The look at the flag before or after it is set.
    right: `${declaration} static int asked;
static void inner(void) { ${local} ${take}; ${give}; }
THREAD(a) { ${local} int again; ${take}; again = READ_ONCE(asked); ${give}; if (again) inner(); }
THREAD(b) { WRITE_ONCE(asked, 1); }`,
    count: 2,
  };
  const other = name.startsWith('spin')
    ? (['static DEFINE_SPINLOCK(other);', 'spin_lock(&other)', 'spin_unlock(&other)'] as const)
    : (['static DEFINE_MUTEX(other);', 'mutex_lock(&other)', 'mutex_unlock(&other)'] as const);
  const inside = `static void inside(void) { ${local} ${other[1]}; ${take}; ${give}; ${other[2]}; }`;
  uses[`${name}: a second lock inside and outside of it`] = {
    wrong: `${declaration} ${other[0]}
${inside}
THREAD(a) { inside(); }
THREAD(b) { ${local} ${take}; ${other[1]}; ${other[2]}; ${give}; }`,
    rules: ['deadlock'],
    sometimes: true,
    right: `${declaration} ${other[0]}
${inside}
THREAD(a) { inside(); }
THREAD(b) { inside(); }`,
    count: 2,
  };
}

// Locks that readers share.
const shared: Record<
  string,
  readonly [declaration: string, local: string, read: readonly [string, string], write: readonly [string, string]]
> = {
  rwlock: [
    'static DEFINE_RWLOCK(l);',
    '',
    ['read_lock(&l)', 'read_unlock(&l)'],
    ['write_lock(&l)', 'write_unlock(&l)'],
  ],
  'rwlock _irq': [
    'static DEFINE_RWLOCK(l);',
    '',
    ['read_lock_irq(&l)', 'read_unlock_irq(&l)'],
    ['write_lock_irq(&l)', 'write_unlock_irq(&l)'],
  ],
  'rwlock _bh': [
    'static DEFINE_RWLOCK(l);',
    '',
    ['read_lock_bh(&l)', 'read_unlock_bh(&l)'],
    ['write_lock_bh(&l)', 'write_unlock_bh(&l)'],
  ],
  'rwlock _irqsave': [
    'static DEFINE_RWLOCK(l);',
    'unsigned long f;',
    ['read_lock_irqsave(&l, f)', 'read_unlock_irqrestore(&l, f)'],
    ['write_lock_irqsave(&l, f)', 'write_unlock_irqrestore(&l, f)'],
  ],
  rwsem: ['static DECLARE_RWSEM(l);', '', ['down_read(&l)', 'up_read(&l)'], ['down_write(&l)', 'up_write(&l)']],
  'online memory': ['', '', ['get_online_mems()', 'put_online_mems()'], ['mem_hotplug_begin()', 'mem_hotplug_done()']],
};
for (const [name, [declaration, local, [read, readDone], [write, writeDone]]] of Object.entries(shared)) {
  uses[`${name}: readers that write`] = {
    wrong: `${declaration} static int x;
THREAD(a) { ${local} ${read}; x++; ${readDone}; }
THREAD(b) { ${local} ${read}; x++; ${readDone}; }`,
    rules: ['data-race'],
    // Each of two readers before or after the writer; readers commute: 4.
    right: `${declaration} static int x = 1, seen[2];
THREAD(a) { ${local} ${read}; seen[0] = x; ${readDone}; }
THREAD(b) { ${local} ${read}; seen[1] = x; ${readDone}; }
THREAD(c) { ${local} ${write}; x++; ${writeDone}; }
CHECK { OBSERVE(seen[0]); OBSERVE(seen[1]); }`,
    count: 4,
  };
  uses[`${name}: a read section inside the write section, where another thread asks for it`] = {
    wrong: `${declaration} static int asked;
static void look(void) { ${local} ${read}; ${readDone}; }
THREAD(a) { ${local} ${write}; if (READ_ONCE(asked)) look(); ${writeDone}; }
THREAD(b) { WRITE_ONCE(asked, 1); }`,
    rules: ['recursive-lock'],
    sometimes: true,
    right: `${declaration} static int asked;
static void look(void) { ${local} ${read}; ${readDone}; }
THREAD(a) { ${local} int again; ${write}; again = READ_ONCE(asked); ${writeDone}; if (again) look(); }
THREAD(b) { WRITE_ONCE(asked, 1); }`,
    count: 2,
  };
  // lockdep reports the semaphore's readers by themselves, too; the inner section's end turns interrupts on.
  const always = { rwsem: ['recursive-lock'], 'online memory': ['recursive-lock'], 'rwlock _irq': ['api-misuse'] }[
    name
  ];
  uses[`${name}: a read section inside a read section, where a writer may begin to wait`] = {
    wrong: `${declaration} static int x;
static int look(void) { ${local} int v; ${read}; v = x; ${readDone}; return v; }
THREAD(a) { ${local} ${read}; OBSERVE(look()); ${readDone}; }
THREAD(b) { ${local} ${write}; x++; ${writeDone}; }`,
    rules: [...(always ?? []), 'deadlock'].sort(),
    ...(always ? {} : { sometimes: true }),
    // Each of the two looks before or after the writer.
    right: `${declaration} static int x;
static int look(void) { ${local} int v; ${read}; v = x; ${readDone}; return v; }
THREAD(a) { ${local} ${read}; ${readDone}; OBSERVE(look()); }
THREAD(b) { ${local} ${write}; x++; ${writeDone}; }`,
    count: 3,
  };
  uses[`${name}: what was read no longer holds when it is written`] = {
    wrong: `${declaration} static int owner, owners;
static void claim(int me) { ${local} int free; ${read}; free = !owner; ${readDone}; if (!free) return; ${write}; owner = me; owners++; ${writeDone}; }
THREAD(a) { claim(1); }
THREAD(b) { claim(2); }
CHECK { EXPECT(owners == 1); }`,
    rules: ['expectation-failed'],
    sometimes: true,
    // Whose look comes before the other's claim: both (and then either claim first, 2), only a's or only b's: 4.
    right: `${declaration} static int owner, owners;
static void claim(int me) { ${local} int free; ${read}; free = !owner; ${readDone}; if (!free) return; ${write}; if (!owner) { owner = me; owners++; } ${writeDone}; }
THREAD(a) { claim(1); }
THREAD(b) { claim(2); }
CHECK { EXPECT(owners == 1); OBSERVE(owner); }`,
    count: 4,
  };
}

Object.assign(uses, {
  'spin_trylock: its answer is not looked at': {
    wrong: `static DEFINE_SPINLOCK(l);
THREAD(a) { spin_lock(&l); spin_unlock(&l); }
THREAD(b) { (void)spin_trylock(&l); spin_unlock(&l); }`,
    rules: ['unlock-not-held'],
    sometimes: true,
    // The try before, inside or after the section.
    right: `static DEFINE_SPINLOCK(l);
THREAD(a) { spin_lock(&l); spin_unlock(&l); }
THREAD(b) { if (spin_trylock(&l)) spin_unlock(&l); }`,
    count: 3,
  },
  'three locks in a ring': {
    wrong: `static DEFINE_SPINLOCK(l); static DEFINE_SPINLOCK(m); static DEFINE_SPINLOCK(n);
static void both(spinlock_t *p, spinlock_t *q) { spin_lock(p); spin_lock(q); spin_unlock(q); spin_unlock(p); }
THREAD(a) { both(&l, &m); }
THREAD(b) { both(&m, &n); }
THREAD(c) { both(&n, &l); }`,
    rules: ['deadlock'],
    sometimes: true,
    // a and b meet at m, b and c at n, a and c at l, each pair in either order, and not in a ring: 8 − 2.
    right: `static DEFINE_SPINLOCK(l); static DEFINE_SPINLOCK(m); static DEFINE_SPINLOCK(n);
static void both(spinlock_t *p, spinlock_t *q) { spin_lock(p); spin_lock(q); spin_unlock(q); spin_unlock(p); }
THREAD(a) { both(&l, &m); }
THREAD(b) { both(&m, &n); }
THREAD(c) { both(&l, &n); }`,
    count: 6,
  },
  'a try of a lock that the thread holds': {
    wrong: `static DEFINE_MUTEX(l);
THREAD(a) { mutex_lock(&l); if (!mutex_trylock(&l)) mutex_unlock(&l); mutex_unlock(&l); }
THREAD(b) { mutex_lock(&l); mutex_unlock(&l); }`,
    rules: ['unlock-not-held'],
    // The other thread cannot come in before the try that fails.
    right: `static DEFINE_MUTEX(l);
THREAD(a) { mutex_lock(&l); if (mutex_trylock(&l)) mutex_unlock(&l); mutex_unlock(&l); }
THREAD(b) { mutex_lock(&l); mutex_unlock(&l); }`,
    count: 2,
  },
  'two readers that order each other, and a writer': {
    wrong: `static DEFINE_RWLOCK(l); static int x;
THREAD(a) { read_lock(&l); OBSERVE(READ_ONCE(x)); read_unlock(&l); }
THREAD(b) { read_lock(&l); WRITE_ONCE(x, 1); read_unlock(&l); }
THREAD(c) { write_lock(&l); EXPECT(READ_ONCE(x) == 0); write_unlock(&l); }`,
    rules: ['expectation-failed'],
    sometimes: true,
    // The readers in either order, the writer before, between and after them.
    right: `static DEFINE_RWLOCK(l); static int x;
THREAD(a) { read_lock(&l); OBSERVE(READ_ONCE(x)); read_unlock(&l); }
THREAD(b) { read_lock(&l); WRITE_ONCE(x, 1); read_unlock(&l); }
THREAD(c) { write_lock(&l); write_unlock(&l); }`,
    count: 6,
  },
  'a lock taken on one of two ways out': {
    wrong: `static DEFINE_MUTEX(l); static int failed;
THREAD(a) { mutex_lock(&l); if (READ_ONCE(failed)) return; mutex_unlock(&l); }
THREAD(b) { WRITE_ONCE(failed, 1); }`,
    rules: ['lock-held-at-exit'],
    sometimes: true,
    right: `static DEFINE_MUTEX(l); static int failed;
THREAD(a) { mutex_lock(&l); (void)READ_ONCE(failed); mutex_unlock(&l); }
THREAD(b) { WRITE_ONCE(failed, 1); }`,
    count: 2,
  },
  'down_read that turns into down_write': {
    wrong: `static DECLARE_RWSEM(l); static int busy;
THREAD(a) { down_read(&l); if (READ_ONCE(busy)) { down_write(&l); up_write(&l); } up_read(&l); }
THREAD(b) { WRITE_ONCE(busy, 1); }`,
    rules: ['recursive-lock'],
    sometimes: true,
    // A reader may come in after the downgrade: what it does commutes with what the other one still reads.
    right: `static DECLARE_RWSEM(l); static int x, seen[2];
THREAD(a) { down_write(&l); x = 1; downgrade_write(&l); seen[0] = x; up_read(&l); }
THREAD(b) { down_read(&l); seen[1] = x; up_read(&l); }
CHECK { OBSERVE(seen[1]); EXPECT(seen[0] == 1); }`,
    count: 2,
  },
  'a completion before what it announces': {
    wrong: `static DECLARE_COMPLETION(done); static int data;
THREAD(a) { complete(&done); data = 1; }
THREAD(b) { wait_for_completion(&done); OBSERVE(data); }`,
    rules: ['data-race'],
    right: `static DECLARE_COMPLETION(done); static int data;
THREAD(a) { data = 1; complete(&done); }
THREAD(b) { wait_for_completion(&done); EXPECT(data == 1); }`,
    count: 2,
  },
  'one complete() for two that wait': {
    wrong: `static DECLARE_COMPLETION(done);
THREAD(a) { complete(&done); }
THREAD(b) { wait_for_completion(&done); }
THREAD(c) { wait_for_completion(&done); }`,
    rules: ['deadlock'],
    // Both come late, in either order: 2. One sleeps, and wakes before or after the other comes: 2 × 2. Both sleep, in either
    // order, and wake in either order: 4.
    right: `static DECLARE_COMPLETION(done);
THREAD(a) { complete_all(&done); }
THREAD(b) { wait_for_completion(&done); }
THREAD(c) { wait_for_completion(&done); }`,
    count: 10,
  },
  'a completion that is made anew after it was completed': {
    wrong: `static struct completion done;
SETUP { init_completion(&done); }
THREAD(a) { complete(&done); }
THREAD(b) { init_completion(&done); wait_for_completion(&done); }`,
    rules: ['api-misuse', 'data-race', 'lost-wakeup'],
    sometimes: true,
    right: `static struct completion done;
SETUP { init_completion(&done); }
THREAD(a) { complete(&done); }
THREAD(b) { wait_for_completion(&done); }`,
    count: 2,
  },
  'a completion that its waiter frees while it is completed': {
    wrong: `struct work { struct completion done; int left; }; static struct work *work;
SETUP { work = kzalloc(sizeof(*work), GFP_KERNEL); init_completion(&work->done); }
THREAD(a) { struct work *mine = work; complete(&mine->done); WRITE_ONCE(mine->left, 1); }
THREAD(b) { wait_for_completion(&work->done); kfree(work); work = NULL; }`,
    rules: ['data-race', 'use-after-free'],
    sometimes: true,
    right: `struct work { struct completion done; int left; }; static struct work *work;
SETUP { work = kzalloc(sizeof(*work), GFP_KERNEL); init_completion(&work->done); }
THREAD(a) { struct work *mine = work; WRITE_ONCE(mine->left, 1); complete(&mine->done); }
THREAD(b) { struct work *mine = work; wait_for_completion(&mine->done); work = NULL; kfree(mine); }`,
    count: 2,
  },
  'a sleeper that looks before it says that it sleeps': {
    wrong: `static DECLARE_WAIT_QUEUE_HEAD(queue); static int ready;
THREAD(sleeper)
{
	DECLARE_WAITQUEUE(entry, current);
	if (!READ_ONCE(ready)) {
		add_wait_queue(&queue, &entry);
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
		remove_wait_queue(&queue, &entry);
	}
}
THREAD(waker) { WRITE_ONCE(ready, 1); wake_up(&queue); }`,
    rules: ['lost-wakeup'],
    sometimes: true,
    // The waker looks at the queue before the sleeper is in it, or after it has left: 2. It sees a task that runs, not asleep yet
    // or no more: 2. It sees one that sleeps and wakes it: the flag was not seen; or it was, and the task runs again before or
    // after it is woken: 3.
    right: `static DECLARE_WAIT_QUEUE_HEAD(queue); static int ready;
THREAD(sleeper)
{
	DECLARE_WAITQUEUE(entry, current);
	add_wait_queue(&queue, &entry);
	set_current_state(TASK_UNINTERRUPTIBLE);
	if (!READ_ONCE(ready))
		schedule();
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(&queue, &entry);
}
THREAD(waker) { WRITE_ONCE(ready, 1); wake_up(&queue); }`,
    count: 7,
  },
  'a waker that wakes before there is a reason': {
    wrong: `static DECLARE_WAIT_QUEUE_HEAD(queue); static int ready;
THREAD(sleeper) { wait_event(queue, READ_ONCE(ready)); }
THREAD(waker) { wake_up(&queue); WRITE_ONCE(ready, 1); }`,
    rules: ['lost-wakeup'],
    sometimes: true,
    right: `static DECLARE_WAIT_QUEUE_HEAD(queue); static int ready;
THREAD(sleeper) { wait_event(queue, READ_ONCE(ready)); }
THREAD(waker) { WRITE_ONCE(ready, 1); wake_up(&queue); }`,
    count: 7,
  },
  'schedule() with a spinlock held': {
    wrong: `static DEFINE_SPINLOCK(l); static DECLARE_WAIT_QUEUE_HEAD(queue); static int ready;
THREAD(sleeper) { spin_lock(&l); wait_event(queue, READ_ONCE(ready)); spin_unlock(&l); }
THREAD(waker) { WRITE_ONCE(ready, 1); wake_up(&queue); }`,
    rules: ['sleep-in-atomic'],
    right: `static DEFINE_SPINLOCK(l); static DECLARE_WAIT_QUEUE_HEAD(queue); static int ready;
THREAD(sleeper) { wait_event(queue, READ_ONCE(ready)); spin_lock(&l); spin_unlock(&l); }
THREAD(waker) { WRITE_ONCE(ready, 1); wake_up(&queue); }`,
    count: 7,
  },
  // As __request_region() waits for a muxed region: an entry in the queue and the state, and then the lock is dropped.
  'a region that two take turns with': {
    wrong: `static DEFINE_RWLOCK(l); static DECLARE_WAIT_QUEUE_HEAD(queue); static int busy, turns;
static void turn(void)
{
	DECLARE_WAITQUEUE(entry, current);
	write_lock(&l);
	while (busy) {
		add_wait_queue(&queue, &entry);
		write_unlock(&l);
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
		remove_wait_queue(&queue, &entry);
		write_lock(&l);
	}
	busy = 1;
	write_unlock(&l);
	turns++;
	write_lock(&l);
	busy = 0;
	write_unlock(&l);
	wake_up(&queue);
}
THREAD(a) { turn(); }
THREAD(b) { turn(); }
CHECK { EXPECT(turns == 2); }`,
    rules: ['lost-wakeup'],
    sometimes: true,
    // Nobody waits, whoever comes first, and the two calls of wake_up() in either order: 4. One waits: 2.
    right: `static DEFINE_RWLOCK(l); static DECLARE_WAIT_QUEUE_HEAD(queue); static int busy, turns;
static void turn(void)
{
	DECLARE_WAITQUEUE(entry, current);
	write_lock(&l);
	while (busy) {
		add_wait_queue(&queue, &entry);
		set_current_state(TASK_UNINTERRUPTIBLE);
		write_unlock(&l);
		schedule();
		remove_wait_queue(&queue, &entry);
		write_lock(&l);
	}
	busy = 1;
	write_unlock(&l);
	turns++;
	write_lock(&l);
	busy = 0;
	write_unlock(&l);
	wake_up(&queue);
}
THREAD(a) { turn(); }
THREAD(b) { turn(); }
CHECK { EXPECT(turns == 2); }`,
    count: 6,
  },
  'RCU: freed without waiting for readers': {
    wrong: `static int *p, seen;
SETUP { p = kmalloc(sizeof(*p), GFP_KERNEL); *p = 3; }
THREAD(reader) { int *q; rcu_read_lock(); q = rcu_dereference(p); if (q) seen = READ_ONCE(*q); rcu_read_unlock(); }
THREAD(writer) { int *old = p; rcu_assign_pointer(p, NULL); kfree(old); }`,
    rules: ['data-race', 'use-after-free'],
    sometimes: true,
    // The section after the wait: the pointer is gone. Before it: the pointer is read before or after it goes.
    right: `static int *p, seen;
SETUP { p = kmalloc(sizeof(*p), GFP_KERNEL); *p = 3; }
THREAD(reader) { int *q; rcu_read_lock(); q = rcu_dereference(p); if (q) seen = READ_ONCE(*q); rcu_read_unlock(); }
THREAD(writer) { int *old = p; rcu_assign_pointer(p, NULL); synchronize_rcu(); kfree(old); }
CHECK { OBSERVE(seen); }`,
    count: 3,
  },
  'RCU: used after the section has ended': {
    wrong: `static int *p, seen;
SETUP { p = kmalloc(sizeof(*p), GFP_KERNEL); *p = 3; }
THREAD(reader) { int *q; rcu_read_lock(); q = rcu_dereference(p); rcu_read_unlock(); if (q) seen = READ_ONCE(*q); }
THREAD(writer) { int *old = p; rcu_assign_pointer(p, NULL); synchronize_rcu(); kfree(old); }`,
    rules: ['data-race', 'use-after-free'],
    sometimes: true,
    // As above.
    right: `static int seen;
struct kept { struct rcu_head rcu; int value; }; static struct kept *k;
SETUP { k = kmalloc(sizeof(*k), GFP_KERNEL); k->value = 3; }
THREAD(reader) { struct kept *q; rcu_read_lock(); q = rcu_dereference(k); if (q) seen = READ_ONCE(q->value); rcu_read_unlock(); }
THREAD(writer) { struct kept *old = k; rcu_assign_pointer(k, NULL); kfree_rcu(old, rcu); rcu_barrier(); }
CHECK { OBSERVE(seen); }`,
    count: 3,
  },
  'RCU: waited for inside a section': {
    wrong: `static int gone;
THREAD(a) { rcu_read_lock(); if (READ_ONCE(gone)) synchronize_rcu(); rcu_read_unlock(); }
THREAD(b) { WRITE_ONCE(gone, 1); }`,
    rules: ['deadlock'],
    sometimes: true,
    right: `static int gone;
THREAD(a) { int wait; rcu_read_lock(); wait = READ_ONCE(gone); rcu_read_unlock(); if (wait) synchronize_rcu(); }
THREAD(b) { WRITE_ONCE(gone, 1); }`,
    count: 2,
  },
  'RCU: asleep inside a section': {
    wrong: `static DEFINE_MUTEX(m); static int slow;
THREAD(a) { rcu_read_lock(); if (READ_ONCE(slow)) { mutex_lock(&m); mutex_unlock(&m); } rcu_read_unlock(); }
THREAD(b) { WRITE_ONCE(slow, 1); }`,
    rules: ['sleep-in-atomic'],
    sometimes: true,
    right: `static DEFINE_SPINLOCK(m); static int slow;
THREAD(a) { rcu_read_lock(); if (READ_ONCE(slow)) { spin_lock(&m); spin_unlock(&m); } rcu_read_unlock(); }
THREAD(b) { WRITE_ONCE(slow, 1); }`,
    count: 2,
  },
  'an atomic that is read and set': {
    wrong: `static atomic_t n;
THREAD(a) { atomic_set(&n, atomic_read(&n) + 1); }
THREAD(b) { atomic_set(&n, atomic_read(&n) + 1); }
CHECK { EXPECT(atomic_read(&n) == 2); }`,
    rules: ['expectation-failed'],
    sometimes: true,
    right: `static atomic_t n;
THREAD(a) { atomic_inc(&n); }
THREAD(b) { atomic_inc(&n); }
CHECK { EXPECT(atomic_read(&n) == 2); }`,
    count: 2,
  },
  'a reference taken where there may be none left': {
    wrong: `struct object { refcount_t count; int value; }; static struct object *o; static int seen;
SETUP { o = kzalloc(sizeof(*o), GFP_KERNEL); refcount_set(&o->count, 1); o->value = 3; }
static void put(struct object *mine) { if (refcount_dec_and_test(&mine->count)) kfree(mine); }
THREAD(owner) { struct object *mine = READ_ONCE(o); WRITE_ONCE(o, NULL); put(mine); }
THREAD(user) { struct object *mine = READ_ONCE(o); if (!mine) return; refcount_inc(&mine->count); seen = READ_ONCE(mine->value); put(mine); }`,
    rules: ['data-race', 'double-free', 'use-after-free', 'warning-raised'],
    sometimes: true,
    // The user comes too late, or gets a reference, and the two are dropped in either order.
    right: `struct object { refcount_t count; int value; }; static struct object *o; static int seen; static DEFINE_SPINLOCK(l);
SETUP { o = kzalloc(sizeof(*o), GFP_KERNEL); refcount_set(&o->count, 1); o->value = 3; }
static void put(struct object *mine) { if (refcount_dec_and_test(&mine->count)) kfree(mine); }
THREAD(owner) { struct object *mine; spin_lock(&l); mine = o; o = NULL; spin_unlock(&l); put(mine); }
THREAD(user) { struct object *mine; spin_lock(&l); mine = o; if (mine) refcount_inc(&mine->count); spin_unlock(&l); if (!mine) return; seen = READ_ONCE(mine->value); put(mine); }
CHECK { OBSERVE(seen); }`,
    count: 3,
  },
  'a plain flag in the place of READ_ONCE() and WRITE_ONCE()': {
    wrong: `static int flag, data;
THREAD(a) { data = 1; flag = 1; }
THREAD(b) { if (flag) OBSERVE(data); }`,
    rules: ['data-race'],
    right: `static int flag, data;
THREAD(a) { data = 1; smp_store_release(&flag, 1); }
THREAD(b) { if (smp_load_acquire(&flag)) EXPECT(data == 1); }`,
    count: 2,
  },
  'a flag that is published before its data': {
    wrong: `static int flag, data;
THREAD(a) { smp_store_release(&flag, 1); data = 1; }
THREAD(b) { if (smp_load_acquire(&flag)) EXPECT(data == 1); }`,
    rules: ['data-race', 'expectation-failed'],
    sometimes: true,
    right: `static int flag, data;
THREAD(a) { WRITE_ONCE(data, 1); smp_store_release(&flag, 1); }
THREAD(b) { if (smp_load_acquire(&flag)) EXPECT(READ_ONCE(data) == 1); }`,
    count: 2,
  },
  'percpu_ref: used without a reference': {
    wrong: `struct owner { struct percpu_ref ref; int value; }; static struct owner *o; static int seen;
static void gone(struct percpu_ref *ref) { }
SETUP { o = kzalloc(sizeof(*o), GFP_KERNEL); o->value = 3; percpu_ref_init(&o->ref, gone, 0, GFP_KERNEL); }
THREAD(user) { if (!percpu_ref_is_dying(&o->ref)) seen = READ_ONCE(o->value); }
THREAD(owner) { percpu_ref_kill(&o->ref); percpu_ref_exit(&o->ref); kfree(o); }`,
    rules: ['data-race', 'use-after-free'],
    sometimes: true,
    // Refused because it is marked, or because it is gone: 2. Given, and put before the owner's: 1. Put after it: the owner waits
    // before or after that: 2.
    right: `struct owner { struct percpu_ref ref; struct completion done; int value; }; static struct owner *o; static int seen;
static void gone(struct percpu_ref *ref) { complete(&container_of(ref, struct owner, ref)->done); }
SETUP { o = kzalloc(sizeof(*o), GFP_KERNEL); o->value = 3; init_completion(&o->done); percpu_ref_init(&o->ref, gone, 0, GFP_KERNEL); }
THREAD(user) { if (percpu_ref_tryget_live(&o->ref)) { seen = READ_ONCE(o->value); percpu_ref_put(&o->ref); } }
THREAD(owner) { percpu_ref_kill(&o->ref); wait_for_completion(&o->done); }
CHECK { percpu_ref_exit(&o->ref); kfree(o); o = NULL; OBSERVE(seen); }`,
    count: 5,
  },
  'percpu_ref: put twice': {
    wrong: `static struct percpu_ref ref; static int zero;
static void gone(struct percpu_ref *r) { WRITE_ONCE(zero, 1); }
SETUP { percpu_ref_init(&ref, gone, 0, GFP_KERNEL); }
THREAD(user) { if (percpu_ref_tryget_live(&ref)) percpu_ref_put(&ref); else percpu_ref_put(&ref); }
THREAD(owner) { percpu_ref_kill(&ref); }
CHECK { percpu_ref_exit(&ref); }`,
    rules: ['api-misuse'],
    sometimes: true,
    right: `static struct percpu_ref ref; static int zero;
static void gone(struct percpu_ref *r) { WRITE_ONCE(zero, 1); }
SETUP { percpu_ref_init(&ref, gone, 0, GFP_KERNEL); }
THREAD(user) { if (percpu_ref_tryget_live(&ref)) percpu_ref_put(&ref); }
THREAD(owner) { percpu_ref_kill(&ref); }
CHECK { EXPECT(zero); percpu_ref_exit(&ref); }`,
    count: 4,
  },
  'memory hotplug begun by one who keeps memory online': {
    wrong: `static int grow;
THREAD(a) { get_online_mems(); if (READ_ONCE(grow)) { mem_hotplug_begin(); mem_hotplug_done(); } put_online_mems(); }
THREAD(b) { WRITE_ONCE(grow, 1); }`,
    rules: ['recursive-lock'],
    sometimes: true,
    right: `static int grow;
THREAD(a) { int more; get_online_mems(); more = READ_ONCE(grow); put_online_mems(); if (more) { mem_hotplug_begin(); mem_hotplug_done(); } }
THREAD(b) { WRITE_ONCE(grow, 1); }`,
    count: 2,
  },
  'a field that is set after its lock was dropped': {
    wrong: `static DEFINE_SPINLOCK(l); struct region { struct region *next; int desc; }; static struct region *list, mine;
THREAD(driver) { spin_lock(&l); mine.next = list; list = &mine; spin_unlock(&l); mine.desc = 7; }
THREAD(walker) { spin_lock(&l); if (list) EXPECT(list->desc == 7); spin_unlock(&l); }`,
    rules: ['data-race', 'expectation-failed'],
    sometimes: true,
    right: `static DEFINE_SPINLOCK(l); struct region { struct region *next; int desc; }; static struct region *list, mine;
THREAD(driver) { spin_lock(&l); mine.next = list; mine.desc = 7; list = &mine; spin_unlock(&l); }
THREAD(walker) { spin_lock(&l); if (list) EXPECT(list->desc == 7); spin_unlock(&l); }`,
    count: 2,
  },
  'what is allocated twice and kept once': {
    wrong: `static DEFINE_SPINLOCK(l); static int *kept;
static void once(void)
{
	int *mine, have;
	spin_lock(&l); have = kept != NULL; spin_unlock(&l);
	if (have) return;
	mine = kmalloc(sizeof(*mine), GFP_KERNEL);
	spin_lock(&l); kept = mine; spin_unlock(&l);
}
THREAD(a) { once(); }
THREAD(b) { once(); }`,
    rules: ['leak'],
    sometimes: true,
    // Exclusive sections: the two looks in either order, and then the two claims in either order where both saw nothing: the
    // one who looked first claims before the other looks, or both look first (2 × 2), and the same the other way round: 6.
    right: `static DEFINE_SPINLOCK(l); static int *kept;
static void once(void)
{
	int *mine, have;
	spin_lock(&l); have = kept != NULL; spin_unlock(&l);
	if (have) return;
	mine = kmalloc(sizeof(*mine), GFP_KERNEL);
	spin_lock(&l); if (!kept) { kept = mine; mine = NULL; } spin_unlock(&l);
	kfree(mine);
}
THREAD(a) { once(); }
THREAD(b) { once(); }`,
    count: 6,
  },
} satisfies Record<string, Use>);
