/*
 * Searches that are cut off: what is searched instead, within which bounds and with which seed, is told; and it goes on from
 * where it was left.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedSearch, SavedSearch } from '../../../src/review/interleave/search.ts';
import { review } from '../../../src/review/review.ts';
import { reportText } from '../../../src/review/text.ts';
import { diskTree } from '../../support/kernels.ts';
import { readModelFiles } from '../../support/model-files.ts';
import { Together } from './together.ts';

describe('a search that is cut off', function () {
  this.timeout(60_000);

  // Four threads count under a lock, each the number of its turn: a third one that comes in last alone breaks what is expected.
  const counters = `#include <iomem-review.h>
static DEFINE_SPINLOCK(l); static int turns[4], turn;
static void take(int me) { for (int i = 0; i < 2; i++) { spin_lock(&l); turns[me] += ++turn; spin_unlock(&l); } }
THREAD(a) { take(0); }
THREAD(b) { take(1); }
THREAD(c) { take(2); }
THREAD(d) { take(3); }
CHECK { EXPECT(turns[0] <= turns[3]); }`;
  const otherwise: readonly PlannedSearch[] = [
    { strategy: { name: 'preemption', preemptions: 2 }, executions: 300 },
    { strategy: { name: 'pct', seed: 1, changes: 2 }, executions: 300 },
  ];
  const bounds = { executions: 20, depth: 200 };
  let programs: Together;
  before(() => {
    programs = new Together(new Map([['counters', counters]]), '');
  });

  it('goes on with few preemptions, then with drawn priorities, and says how far each came', async () => {
    const alone = await programs.explore('counters', { bounds });
    assert.deepEqual([alone.executions, alone.complete, alone.cutOff, alone.rules], [20, false, 'executions', []]);
    const { executions, complete, cutOff, searches, rules, claims } = await programs.explore('counters', {
      bounds,
      otherwise,
    });
    assert.deepEqual([executions, complete, cutOff], [620, false, 'executions']);
    assert.deepEqual(searches, [
      { strategy: 'dpor', executions: 20, blocked: 0, exhausted: false },
      { strategy: 'preemption', executions: 300, blocked: 0, bound: { preemptions: 2 }, exhausted: false },
      { strategy: 'pct', executions: 300, blocked: 0, seed: 1, exhausted: false },
    ]);
    assert.deepEqual(rules, ['expectation-failed'], 'what the exhaustive search did not come to is found');
    for (const { schedule } of claims) assert.deepEqual(programs.replay('counters', schedule), ['expectation-failed']);
  });

  it('goes on from wherever it was cancelled to the same result', async () => {
    const told = async (resume?: SavedSearch, most = Number.POSITIVE_INFINITY) => {
      const signal = { aborted: false };
      let saved: SavedSearch | undefined;
      const steps: number[] = [];
      const found = await programs.explore('counters', {
        bounds,
        otherwise,
        signal,
        ...(resume ? { resume } : {}),
        progress: (executions) => {
          steps.push(executions);
          signal.aborted = executions >= most;
        },
        cancelled: (search) => {
          saved = JSON.parse(JSON.stringify(search)) as SavedSearch;
        },
      });
      const outcomes = found.outcomes.map((o) => [o.count, o.schedule, o.execution.events.map((e) => e.kind)]);
      return { saved, steps, text: JSON.stringify([found.searches, outcomes, found.claims.map((c) => c.message)]) };
    };
    const { text: whole, steps } = await told();
    assert.ok(steps.length > 3, steps.join());
    for (const most of steps.slice(0, -1)) {
      const { saved } = await told(undefined, most);
      assert.ok(saved, `cancelled after ${most}`);
      assert.equal((await told(saved)).text, whole, `cancelled after ${most}`);
    }
  });

  it('of a whole review: told in the report and its text, with bounds and seed, and found all the same', async () => {
    const fixtures = join(import.meta.dirname, '../../fixtures');
    const { report } = await review({
      patchText: readFileSync(join(fixtures, 'seed-series/v4.mbox'), 'utf8'),
      patchName: 'v4.mbox',
      tree: diskTree(join(fixtures, 'seed-tree')),
      model: readModelFiles(),
      machine: 'empty',
      budget: { executions: 3 },
    });
    const patch = report.patches[0]!;
    const cut = patch.bounds.explorations.filter((e) => !e.complete);
    assert.ok(cut.length > 0);
    for (const { cutOff, searches } of cut) {
      assert.equal(cutOff, 'executions');
      assert.deepEqual(
        searches.map(({ strategy, bound, seed }) => [strategy, bound?.preemptions, seed]),
        [
          ['dpor', undefined, undefined],
          ['preemption', 2, undefined],
          ['pct', undefined, 1],
        ],
      );
    }
    const text = reportText(report);
    assert.match(
      text,
      /race-search-search on empty, after the patch: every schedule that matters: 3 executions; at most 2 preemptions: 2 executions; random priorities \(PCT\): 1 execution, seed 1/,
    );
    assert.match(text, /after: never, but only 6 executions were searched/);
    assert.ok(patch.findings.some((f) => f.class === 'fixed' && f.proof.schedule !== undefined));
  });
});
