/*
 * Exploration of C: the counts of published programs, what is found, and that every schedule it names leads where it says.
 */
import assert from 'node:assert/strict';
import type { Granularity } from '../../../src/explore/explore.ts';
import { exploreRun, type ShownExploration } from '../../../src/review/interleave/run.ts';
import { runScenario } from '../../../src/review/run-scenario.ts';
import { readModelFiles } from '../../support/model-files.ts';
import { countByHand, drivers, increments } from './scenarios.ts';

const model = readModelFiles();
const explore = async (text: string, granularity: Granularity = 'sync', executions = 50_000) => {
  const [result] = await exploreRun({
    scenarioName: 's.c',
    scenarioText: text,
    model,
    granularity,
    bounds: { executions },
  });
  assert.ok(result);
  return result;
};
const rules = (result: Awaited<ReturnType<typeof explore>>): string[] => result.findings.map((f) => f.rule).sort();
/** What each outcome shows, without how often: the same whatever the granularity. */
const shown = (e: ShownExploration): string[] =>
  e.outcomes.map((o) => `${o.outcome.end} ${o.outcome.observations.map((v) => `${v.expr}=${v.value}`).join()}`).sort();

describe('exploration of C scenarios', function () {
  this.timeout(60_000);

  for (const [threads, times, expected] of [
    [3, 2, 90],
    [3, 3, 1680],
    [4, 2, 2520],
  ] as const) {
    it(`${threads} threads × ${times} lock-protected increments: ${expected} executions`, async () => {
      const { after, findings } = await explore(increments(threads, times));
      assert.deepEqual([after.executions, after.blocked, after.complete], [expected, 0, true]);
      assert.equal(after.outcomes.length, 1);
      assert.deepEqual(findings, []);
    });
  }

  // With a lock that readers share, looks commute: fewer traces, counted here by hand as well.
  for (const [count, exclusive, shared] of [
    [2, 6, 4],
    [3, 144, 48],
    [4, 17568, 1536],
  ] as const) {
    it(`the distilled race by ${count} drivers: ${exclusive} executions, ${shared} where readers share the lock`, async () => {
      assert.deepEqual(countByHand(count), { orders: exclusive, shared });
      const mutex = (await explore(drivers(count, 'mutex'))).after;
      assert.deepEqual([mutex.executions, mutex.blocked, mutex.complete], [exclusive, 0, true]);
      const rwlock = (await explore(drivers(count, 'rwlock'))).after;
      assert.deepEqual([rwlock.executions, rwlock.blocked, rwlock.complete], [shared, 0, true]);
      assert.deepEqual(shown(mutex), shown(rwlock), 'the outcomes are the same');
    });
  }

  const programs: Record<string, { readonly text: string; readonly rules: readonly string[] }> = {
    'an increment without a lock': {
      text: `#include <iomem-review.h>
static int x;
THREAD(a) { x++; }
THREAD(b) { x++; }
CHECK { OBSERVE(x); }`,
      rules: ['data-race', 'data-race'],
    },
    'two locks taken in opposite order': {
      text: `#include <iomem-review.h>
static DEFINE_SPINLOCK(l); static DEFINE_SPINLOCK(m);
THREAD(a) { spin_lock(&l); spin_lock(&m); spin_unlock(&m); spin_unlock(&l); }
THREAD(b) { spin_lock(&m); spin_lock(&l); spin_unlock(&l); spin_unlock(&m); }
CHECK { OBSERVE(1); }`,
      rules: ['deadlock'],
    },
    'a sleeper that sets its state after it dropped the lock': {
      text: `#include <iomem-review.h>
static DEFINE_SPINLOCK(l); static DECLARE_WAIT_QUEUE_HEAD(queue); static int ready;
THREAD(sleeper)
{
	DECLARE_WAITQUEUE(entry, current);
	spin_lock(&l);
	while (!ready) {
		add_wait_queue(&queue, &entry);
		spin_unlock(&l);
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
		remove_wait_queue(&queue, &entry);
		spin_lock(&l);
	}
	spin_unlock(&l);
}
THREAD(waker) { spin_lock(&l); ready = 1; spin_unlock(&l); wake_up(&queue); }
CHECK { OBSERVE(ready); }`,
      rules: ['lost-wakeup'],
    },
    'an object freed while another thread reads it': {
      text: `#include <iomem-review.h>
static int *p; static DEFINE_SPINLOCK(l);
SETUP { p = kmalloc(sizeof(*p), GFP_KERNEL); *p = 7; }
THREAD(reader) { int *q; spin_lock(&l); q = p; spin_unlock(&l); if (q) OBSERVE(*q); }
THREAD(writer) { int *q; spin_lock(&l); q = p; p = NULL; spin_unlock(&l); kfree(q); }`,
      rules: ['data-race', 'use-after-free'],
    },
    'locks in opposite order that one schedule alone runs into': {
      text: `#include <iomem-review.h>
static DEFINE_MUTEX(l); static DEFINE_RWLOCK(m); static int go;
THREAD(a) { mutex_lock(&l); WRITE_ONCE(go, 1); read_lock(&m); read_unlock(&m); mutex_unlock(&l); }
THREAD(b) { write_lock(&m); if (READ_ONCE(go) && mutex_trylock(&l)) mutex_unlock(&l); write_unlock(&m); }
THREAD(c) { if (READ_ONCE(go)) { write_lock(&m); mutex_lock(&l); mutex_unlock(&l); write_unlock(&m); } }
CHECK { OBSERVE(go); }`,
      rules: ['deadlock', 'sleep-in-atomic'],
    },
    'a read lock inside the write lock of the same thread, where another thread asks for it': {
      text: `#include <iomem-review.h>
static DEFINE_RWLOCK(l); static int asked;
static void look(void) { read_lock(&l); read_unlock(&l); }
THREAD(a) { write_lock(&l); if (READ_ONCE(asked)) look(); write_unlock(&l); }
THREAD(b) { WRITE_ONCE(asked, 1); look(); }`,
      rules: ['recursive-lock'],
    },
    'what is allocated twice and kept once': {
      text: `#include <iomem-review.h>
static DEFINE_SPINLOCK(l); static int *kept;
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
    },
    'a flag published with release and read with acquire': {
      text: `#include <iomem-review.h>
static int data, flag;
THREAD(writer) { data = 1; smp_store_release(&flag, 1); }
THREAD(reader) { if (smp_load_acquire(&flag)) OBSERVE(data); }
CHECK { OBSERVE(flag); }`,
      rules: [],
    },
    'atomic counters and a cmpxchg': {
      text: `#include <iomem-review.h>
static atomic_t n; static int won[2];
THREAD(a) { atomic_inc(&n); if (atomic_cmpxchg(&n, 1, 5) == 1) won[0] = 1; }
THREAD(b) { atomic_inc(&n); if (atomic_cmpxchg(&n, 1, 9) == 1) won[1] = 1; }
CHECK { OBSERVE(atomic_read(&n)); OBSERVE(won[0]); OBSERVE(won[1]); }`,
      rules: [],
    },
    'a try of a lock that may fail': {
      text: `#include <iomem-review.h>
static DEFINE_MUTEX(m); static int got, x;
THREAD(a) { mutex_lock(&m); x = 1; mutex_unlock(&m); }
THREAD(b) { got = mutex_trylock(&m); if (got) { x = 2; mutex_unlock(&m); } }
CHECK { OBSERVE(got); OBSERVE(x); }`,
      rules: [],
    },
    'completion and RCU': {
      text: `#include <iomem-review.h>
static DECLARE_COMPLETION(done); static int *shared_pointer, seen = -1;
SETUP { shared_pointer = kmalloc(sizeof(int), GFP_KERNEL); *shared_pointer = 3; }
THREAD(reader) { int *p; rcu_read_lock(); p = rcu_dereference(shared_pointer); if (p) seen = *p; rcu_read_unlock(); complete(&done); }
THREAD(writer) { int *old = shared_pointer; rcu_assign_pointer(shared_pointer, NULL); synchronize_rcu(); kfree(old); wait_for_completion(&done); }
CHECK { OBSERVE(seen); }`,
      rules: [],
    },
  };
  for (const [name, { text, rules: expected }] of Object.entries(programs)) {
    it(`${name}: ${expected.join(', ') || 'nothing'}; each schedule leads where it says`, async () => {
      const result = await explore(text);
      assert.equal(result.after.complete, true);
      assert.deepEqual([...new Set(rules(result))], [...new Set(expected)]);
      assert.deepEqual(
        shown(result.after),
        shown((await explore(text, 'access')).after),
        'as with every access a step',
      );
      for (const { outcome, schedule } of result.after.outcomes) {
        const [run] = await runScenario({ scenarioName: 's.c', scenarioText: text, model, schedule });
        const end = outcome.end === 'lost-wakeup' ? 'deadlock' : outcome.end;
        assert.equal(run?.outcome.end, end, schedule);
        const values = (o: typeof outcome) => o.observations.map((v) => `${v.expr}=${v.value}`).sort();
        assert.deepEqual(values(run.outcome), values(outcome), schedule);
      }
    });
  }

  it('names both places of a race, with their stacks, and a schedule that ends with it', async () => {
    const { findings } = await explore(`#include <iomem-review.h>
static int x;
static void touch(void)
{
	x = 1;
}
THREAD(a) { touch(); }
THREAD(b) { touch(); }`);
    const race = findings.find((f) => f.rule === 'data-race');
    assert.match(
      race?.message ?? '',
      /^nothing orders the write of 4 bytes by b in touch\(\) and the write of 4 bytes by a in touch\(\): x$/,
    );
    assert.equal(race?.at.line, 5);
    assert.deepEqual(
      race?.related.map((r) => r.at.line),
      [5, 7, 8],
    );
  });

  it('stops at its bound and says so', async () => {
    const { after } = await explore(increments(3, 3), 'sync', 10);
    assert.deepEqual([after.executions, after.complete, after.cutOff], [10, false, 'executions']);
  });

  it('refuses schedules that do not fit', async () => {
    const run = (schedule: string) =>
      runScenario({ scenarioName: 's.c', scenarioText: increments(2, 1), model, schedule });
    await assert.rejects(run('a3'), { code: 'E002' });
    await assert.rejects(run('c1'), { code: 'E002' });
    await assert.rejects(run('a1-b1'), { code: 'E002' });
    await assert.rejects(run('x'), { code: 'E001' });
  });

  it('takes the schedule of a scenario’s head', async () => {
    const text = `// schedule: b4\n${drivers(2, 'mutex')}`;
    const [run] = await runScenario({ scenarioName: 's.c', scenarioText: text, model });
    assert.deepEqual(
      run?.outcome.observations.map((o) => o.value),
      ['0x8', '0x9'],
    );
  });
});
