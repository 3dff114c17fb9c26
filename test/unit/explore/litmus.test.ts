/*
 * Every modelled synchronisation in the smallest program that shows it, with the exact number of its executions. Each number is
 * stated with its reason and held against brute force: all schedules, told apart by the order of what depends on each other.
 */
import assert from 'node:assert/strict';
import { Together } from './together.ts';

const head = `#include <iomem-review.h>
#include <linux/memory_hotplug.h>
#include <linux/percpu-refcount.h>
#include <linux/rwsem.h>`;

const sections = (list: readonly (readonly [string, string])[]): string[] =>
  list.map(([take, give]) => `${take}; ${give};`);
const exclusive: Record<string, readonly [string, string, string]> = {
  spin_lock: ['static DEFINE_SPINLOCK(l);', 'spin_lock(&l)', 'spin_unlock(&l)'],
  spin_lock_irq: ['static DEFINE_SPINLOCK(l);', 'spin_lock_irq(&l)', 'spin_unlock_irq(&l)'],
  spin_lock_bh: ['static DEFINE_SPINLOCK(l);', 'spin_lock_bh(&l)', 'spin_unlock_bh(&l)'],
  spin_lock_irqsave: [
    'static DEFINE_SPINLOCK(l);',
    'unsigned long f; spin_lock_irqsave(&l, f)',
    'spin_unlock_irqrestore(&l, f)',
  ],
  write_lock: ['static DEFINE_RWLOCK(l);', 'write_lock(&l)', 'write_unlock(&l)'],
  write_lock_irq: ['static DEFINE_RWLOCK(l);', 'write_lock_irq(&l)', 'write_unlock_irq(&l)'],
  write_lock_bh: ['static DEFINE_RWLOCK(l);', 'write_lock_bh(&l)', 'write_unlock_bh(&l)'],
  mutex_lock: ['static DEFINE_MUTEX(l);', 'mutex_lock(&l)', 'mutex_unlock(&l)'],
  down_write: ['static DECLARE_RWSEM(l);', 'down_write(&l)', 'up_write(&l)'],
  mem_hotplug_begin: ['', 'mem_hotplug_begin()', 'mem_hotplug_done()'],
  lock_device_hotplug: ['', 'lock_device_hotplug()', 'unlock_device_hotplug()'],
};
/** Declaration, reading section, writing section. */
const shared: Record<string, readonly [string, readonly [string, string], readonly [string, string]]> = {
  'read_lock and write_lock': [
    'static DEFINE_RWLOCK(l);',
    ['read_lock(&l)', 'read_unlock(&l)'],
    ['write_lock(&l)', 'write_unlock(&l)'],
  ],
  'read_lock_irq and write_lock_irq': [
    'static DEFINE_RWLOCK(l);',
    ['read_lock_irq(&l)', 'read_unlock_irq(&l)'],
    ['write_lock_irq(&l)', 'write_unlock_irq(&l)'],
  ],
  'read_lock_bh and write_lock_bh': [
    'static DEFINE_RWLOCK(l);',
    ['read_lock_bh(&l)', 'read_unlock_bh(&l)'],
    ['write_lock_bh(&l)', 'write_unlock_bh(&l)'],
  ],
  'down_read and down_write': [
    'static DECLARE_RWSEM(l);',
    ['down_read(&l)', 'up_read(&l)'],
    ['down_write(&l)', 'up_write(&l)'],
  ],
  'get_online_mems and mem_hotplug_begin': [
    '',
    ['get_online_mems()', 'put_online_mems()'],
    ['mem_hotplug_begin()', 'mem_hotplug_done()'],
  ],
  'rcu_read_lock and synchronize_rcu': ['', ['rcu_read_lock()', 'rcu_read_unlock()'], ['synchronize_rcu()', '']],
};
const others: Record<
  string,
  { readonly declaration: string; readonly threads: readonly string[]; readonly count: number }
> = {
  'two READ_ONCE commute': {
    declaration: 'static int x;',
    threads: ['(void)READ_ONCE(x);', '(void)READ_ONCE(x);'],
    count: 1,
  },
  'READ_ONCE before or after WRITE_ONCE': {
    declaration: 'static int x;',
    threads: ['(void)READ_ONCE(x);', 'WRITE_ONCE(x, 1);'],
    count: 2,
  },
  'store buffering: every order but none of both reads first': {
    declaration: 'static int x, y;',
    threads: ['WRITE_ONCE(x, 1); (void)READ_ONCE(y);', 'WRITE_ONCE(y, 1); (void)READ_ONCE(x);'],
    // Each read before or after the other’s write, but not both before: under sequential consistency that is a cycle.
    count: 3,
  },
  'message passing: the data is read only where the flag was seen': {
    declaration: 'static int data, flag;',
    threads: [
      'WRITE_ONCE(data, 1); smp_store_release(&flag, 1);',
      'if (smp_load_acquire(&flag)) (void)READ_ONCE(data);',
    ],
    count: 2,
  },
  'two atomic_inc': { declaration: 'static atomic_t n;', threads: ['atomic_inc(&n);', 'atomic_inc(&n);'], count: 2 },
  'three atomic_inc: every order': {
    declaration: 'static atomic_t n;',
    threads: ['atomic_inc(&n);', 'atomic_inc(&n);', 'atomic_inc(&n);'],
    count: 6,
  },
  'atomic_read between two atomic_inc': {
    declaration: 'static atomic_t n;',
    threads: ['atomic_inc(&n); atomic_inc(&n);', '(void)atomic_read(&n);'],
    count: 3,
  },
  'cmpxchg and xchg': {
    declaration: 'static atomic_t n;',
    threads: ['atomic_cmpxchg(&n, 0, 1);', 'atomic_xchg(&n, 2);'],
    count: 2,
  },
  'a try of a lock: before, inside, after': {
    declaration: 'static DEFINE_MUTEX(l);',
    threads: ['mutex_lock(&l); mutex_unlock(&l);', 'if (mutex_trylock(&l)) mutex_unlock(&l);'],
    count: 3,
  },
  'a completion: done before it is waited for, or the waiter sleeps': {
    declaration: 'static DECLARE_COMPLETION(done);',
    threads: ['complete(&done);', 'wait_for_completion(&done);'],
    count: 2,
  },
  // The flag set before the waiter looks: 1. It looks first: its entry comes before or after the waker’s look at the queue, the
  // flag is set before or after its second look, and its leaving the queue comes before or after the waker’s.
  'a wait queue': {
    declaration: 'static DECLARE_WAIT_QUEUE_HEAD(queue); static int go;',
    threads: ['WRITE_ONCE(go, 1); wake_up(&queue);', 'wait_event(queue, READ_ONCE(go));'],
    count: 7,
  },
  // tryget reads the mark and counts, kill marks and drops its count: the get before the mark, or refused, and where it was
  // given, the two drops in either order with the mark before or after the put.
  percpu_ref: {
    declaration: `static struct percpu_ref ref;
static void gone(struct percpu_ref *r) {}
SETUP { percpu_ref_init(&ref, gone, 0, GFP_KERNEL); }`,
    threads: ['if (percpu_ref_tryget_live(&ref)) percpu_ref_put(&ref);', 'percpu_ref_kill(&ref);'],
    count: 4,
  },
};

describe('litmus programs', function () {
  this.timeout(60_000);
  const texts = new Map<string, string>();
  let programs: Together;
  before(() => {
    programs = new Together(texts, head);
  });

  /** Tells a program and the number of its executions; answers what checks that. */
  const counted = (declaration: string, threads: readonly string[], count: number): (() => void) => {
    const name = `program ${texts.size}`;
    texts.set(name, [declaration, ...threads.map((body, i) => `THREAD(t${i}) { ${body} }`)].join('\n'));
    return () => assert.deepEqual(programs.count(name), { executions: count, traces: count });
  };

  for (const [name, [declaration, take, give]] of Object.entries(exclusive)) {
    const three = sections([1, 2, 3].map(() => [take, give] as const));
    const both = [counted(declaration, three.slice(1), 2), counted(declaration, three, 6)];
    it(`${name}: two sections in 2 orders, three in 6`, () => {
      for (const check of both) check();
    });
  }
  for (const [name, [declaration, read, write]] of Object.entries(shared)) {
    // Each reader before or after the writer, and readers commute.
    const both = [
      counted(declaration, sections([read, read]), 1),
      counted(declaration, sections([read, read, write]), 4),
    ];
    it(`${name}: two readers in 1 order, with a writer in 4`, () => {
      for (const check of both) check();
    });
  }
  for (const [name, { declaration, threads, count }] of Object.entries(others))
    it(`${name}: ${count}`, counted(declaration, threads, count));
});
