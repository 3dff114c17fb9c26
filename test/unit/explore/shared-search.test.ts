/*
 * One search by several workers, cancelled and gone on with, on C: the same result to the byte.
 */
import assert from 'node:assert/strict';
import { searchWorkers } from '../../../src/cli/search-workers.ts';
import { searchWorker } from '../../../src/review/interleave/remote.ts';
import { type ExploreInput, exploreRun, type SavedExploration } from '../../../src/review/interleave/run.ts';
import type { FoundTask, RemoteTask, SearchPool } from '../../../src/review/interleave/search.ts';
import { explorationJson } from '../../../src/review/interleave/text.ts';
import { readModelFiles } from '../../support/model-files.ts';
import { increments } from './scenarios.ts';

const model = readModelFiles();

/** Races, a deadlock, and many executions: the search is cut off after it was split. */
const racy = `#include <iomem-review.h>
static DEFINE_SPINLOCK(l); static DEFINE_SPINLOCK(m);
static int x, y;
static void both(spinlock_t *p, spinlock_t *q) { spin_lock(p); spin_lock(q); y++; spin_unlock(q); spin_unlock(p); }
THREAD(a) { x++; both(&l, &m); x++; }
THREAD(b) { x++; both(&m, &l); x++; }
THREAD(c) { x++; both(&l, &m); }
CHECK { OBSERVE(x); OBSERVE(y); }
`;

const input = (scenarioText: string): ExploreInput => ({ scenarioName: 's.c', scenarioText, model });
const found = async (more: ExploreInput): Promise<string> =>
  JSON.stringify(explorationJson('s.c', await exploreRun(more)));

/** Workers that compile for themselves, get copies, and are through in another order. */
async function otherProcesses(
  scenarioText: string,
): Promise<SearchPool & { close(): void; readonly tasks: () => number }> {
  const sides = await Promise.all(
    [0, 1, 2].map(() => searchWorker(input(scenarioText), { which: 'after', machine: 'x86_64', granularity: 'sync' })),
  );
  let tasks = 0;
  return {
    size: 3,
    tasks: () => tasks,
    close: () => undefined,
    run: async (list) => {
      tasks += list.length;
      const results: FoundTask[] = [];
      for (let i = list.length - 1; i >= 0; i--)
        results[i] = structuredClone(sides[i % 3]!(structuredClone<RemoteTask>(list[i]!)));
      return results;
    },
  };
}

describe('a shared search', function () {
  this.timeout(60_000);

  for (const [name, text, executions] of [
    ['increments under a lock', increments(4, 2), 2520],
    ['races and a deadlock', racy, 2600],
  ] as const) {
    it(`by several workers comes to what one comes to: ${name}`, async () => {
      const bounds = { executions };
      const alone = await found({ ...input(text), bounds });
      const pool = await otherProcesses(text);
      const together = await found({ ...input(text), bounds, pool: async () => pool });
      assert.equal(together, alone);
      if (name.startsWith('races')) assert.ok(pool.tasks() > 0, 'the workers had something to do');
    });
  }

  it('by worker threads of Node comes to what one comes to', async () => {
    const options = { ...input(racy), bounds: { executions: 2600 } };
    const alone = await found(options);
    const together = await found({
      ...options,
      pool: (which, machine) =>
        searchWorkers(
          new URL('../../support/search-worker.mjs', import.meta.url),
          2,
          options,
          { dir: undefined, config: undefined },
          { which, machine, granularity: 'sync' },
        ),
    });
    assert.equal(together, alone);
  });

  it('that was cancelled goes on from its saved text to the same result', async () => {
    const bounds = { executions: 2600 };
    const whole = await found({ ...input(racy), bounds });
    let saved: SavedExploration | undefined;
    let rounds = 0;
    for (; rounds < 50; rounds++) {
      const signal = { aborted: false };
      let begun = -1;
      const last: SavedExploration | undefined = saved;
      saved = undefined;
      const result = await found({
        ...input(racy),
        bounds,
        signal,
        progress: (executions) => {
          if (begun < 0) begun = executions;
          // The rounds before are gone through again by nobody: the saved search knows what they found.
          else if (executions - begun > 700) signal.aborted = true;
        },
        cancelled: (one) => {
          saved = JSON.parse(JSON.stringify(one)) as SavedExploration;
        },
        ...(last ? { resume: last } : {}),
      });
      if (!saved) {
        assert.equal(result, whole);
        break;
      }
    }
    assert.ok(rounds > 1 && rounds < 50, `cancelled ${rounds} times`);
  });
});
