/*
 * What a thread is inside of, what ends by itself, and what is not modelled: neither missed nor told falsely.
 */
import assert from 'node:assert/strict';
import { Debuggee } from '../../../src/debug/debuggee.ts';
import { exploreRun } from '../../../src/review/interleave/run.ts';
import { exploreText } from '../../../src/review/interleave/text.ts';
import { readModelFiles } from '../../support/model-files.ts';
import { head } from './synchronisation.ts';
import { Together } from './together.ts';

const two = 'static DEFINE_SPINLOCK(a); static DEFINE_SPINLOCK(b);';
const list = `struct node { struct list_head list; int value; }; static LIST_HEAD(nodes);
SETUP { struct node *n = kzalloc(sizeof(*n), GFP_KERNEL); list_add(&n->list, &nodes); }
THREAD(reader) { struct node *n; rcu_read_lock(); list_for_each_entry_rcu(n, &nodes, list) OBSERVE(n->value); rcu_read_unlock(); }`;
const remove = 'struct node *n = list_first_entry(&nodes, struct node, list); list_del_rcu(&n->list);';
const queue = 'static DECLARE_WAIT_QUEUE_HEAD(queue); static int ready;';

const programs: Record<string, { readonly text: string; readonly rules: readonly string[] }> = {
  'interrupts that the end of an inner section turns on': {
    text: `${two} THREAD(t) { unsigned long f; spin_lock_irqsave(&a, f); spin_lock_irq(&b); spin_unlock_irq(&b); spin_unlock_irqrestore(&a, f); }`,
    rules: ['api-misuse'],
  },
  'the same by hand': {
    text: 'THREAD(t) { unsigned long f; local_irq_save(f); local_irq_disable(); local_irq_enable(); local_irq_restore(f); }',
    rules: ['api-misuse'],
  },
  'interrupts that an inner section puts back': {
    text: `${two} THREAD(t) { unsigned long f, g; spin_lock_irqsave(&a, f); spin_lock_irqsave(&b, g); spin_unlock_irqrestore(&b, g); spin_unlock_irqrestore(&a, f); spin_lock_irq(&a); spin_lock(&b); spin_unlock(&b); spin_unlock_irq(&a); }`,
    rules: [],
  },
  'interrupts left off with the lock given back': {
    text: `${two} THREAD(t) { spin_lock_irq(&a); spin_unlock(&a); }`,
    rules: ['lock-held-at-exit'],
  },
  'a sleep with interrupts left off': {
    text: `${two} static DEFINE_MUTEX(m); THREAD(t) { unsigned long f; spin_lock_irqsave(&a, f); spin_unlock(&a); mutex_lock(&m); mutex_unlock(&m); local_irq_restore(f); }`,
    rules: ['sleep-in-atomic'],
  },
  'a wait that nobody ends': {
    text: `${queue} THREAD(t) { wait_event(queue, READ_ONCE(ready)); }`,
    rules: ['deadlock'],
  },
  'a wait that a timeout ends': {
    text: `${queue} THREAD(t) { OBSERVE(wait_event_timeout(queue, READ_ONCE(ready), 10)); }`,
    rules: [],
  },
  'a node taken out of a list under RCU': {
    text: `${list} THREAD(writer) { ${remove} synchronize_rcu(); kfree(n); }`,
    rules: [],
  },
  'a node taken out of a list under RCU and freed at once': {
    text: `${list} THREAD(writer) { ${remove} kfree(n); }`,
    rules: ['data-race', 'use-after-free'],
  },
};

describe('contexts and what ends by itself', function () {
  this.timeout(60_000);
  let together: Together;
  before(() => {
    const texts = new Map(Object.entries(programs).map(([name, { text }]) => [name, text]));
    together = new Together(texts, `${head}\n#include <linux/rculist.h>\n#include <linux/slab.h>`);
  });
  for (const [name, { rules }] of Object.entries(programs))
    it(`${name}: ${rules.join(', ') || 'nothing'}`, async () => {
      const found = await together.explore(name);
      assert.deepEqual([found.rules, found.complete], [rules, true]);
    });

  it('a schedule in which a writer begins to wait is the debugger’s, too', async () => {
    const text = `#include <iomem-review.h>
static DEFINE_RWLOCK(l); static int x;
THREAD(a) { read_lock(&l); OBSERVE(x); read_lock(&l); read_unlock(&l); read_unlock(&l); }
THREAD(b) { write_lock(&l); x++; write_unlock(&l); }`;
    const input = { scenarioName: 's.c', scenarioText: text, model: readModelFiles(), world: 'after' } as const;
    for (const [schedule, end] of [
      ['a1-b0~', 'deadlock'],
      ['a2-b0~-a2-b2', 'ok'],
    ] as const) {
      const debuggee = await Debuggee.launch({ ...input, schedule });
      assert.deepEqual([debuggee.execution.end, debuggee.schedule()], [end, schedule]);
    }
  });

  it('a timeout strikes before the wake-up or after it', async () => {
    const text = `#include <iomem-review.h>
#include <linux/wait.h>
${queue}
THREAD(sleeper) { OBSERVE(wait_event_timeout(queue, READ_ONCE(ready), 10) > 0); }
THREAD(waker) { WRITE_ONCE(ready, 1); wake_up(&queue); }`;
    const [result] = await exploreRun({ scenarioName: 's.c', scenarioText: text, model: readModelFiles() });
    assert.deepEqual(result?.findings, []);
    const values = result.after.outcomes.map(({ outcome }) => outcome.observations[0]?.value);
    assert.deepEqual([...new Set(values)].sort(), ['0x0', '0x1']);
  });

  it('a lock that is not modelled: said to be none, and the race rests on it', async () => {
    const text = `#include <iomem-review.h>
void their_lock(int *lock);
void their_unlock(int *lock);
static int lock, x;
THREAD(a) { their_lock(&lock); x++; their_unlock(&lock); }
THREAD(b) { their_lock(&lock); x++; their_unlock(&lock); }`;
    const results = await exploreRun({ scenarioName: 's.c', scenarioText: text, model: readModelFiles() });
    const [finding] = results[0]!.findings;
    assert.deepEqual([finding?.rule, finding?.severity], ['data-race', 'warning']);
    assert.match(finding?.message ?? '', /; unless their_lock\(\), their_unlock\(\) does, which is not modelled$/);
    const lines = exploreText('s.c', results);
    assert.match(lines, /^stub: their_lock \(no body, no model: it answers 0 and orders nothing\)$/m);
    assert.match(lines, /sequentially consistent; not modelled: interrupts, time$/m);
  });
});
