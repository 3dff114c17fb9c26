/*
 * One search by several workers, cancelled and gone on with, on C: the same result to the byte.
 */
import assert from 'node:assert/strict';
import { searchWorkers } from '../../../src/cli/search-workers.ts';
import type { Op } from '../../../src/explore/events.ts';
import type { Placement } from '../../../src/machine/api.ts';
import { translated } from '../../../src/review/interleave/placement.ts';
import { HelperPool, type StartHelper } from '../../../src/review/interleave/pool.ts';
import { type FromHelper, searchHelper } from '../../../src/review/interleave/remote.ts';
import { type ExploreInput, exploreRun, type SavedExploration } from '../../../src/review/interleave/run.ts';
import type { RemoteTask } from '../../../src/review/interleave/search.ts';
import { explorationJson } from '../../../src/review/interleave/text.ts';
import { readModelFiles } from '../../support/model-files.ts';
import { increments } from './scenarios.ts';

const model = readModelFiles();

/** Races, a deadlock, one behind a writer, and many executions: the search is cut off after it was split. */
const racy = `#include <iomem-review.h>
static DEFINE_SPINLOCK(l); static DEFINE_SPINLOCK(m);
static DEFINE_RWLOCK(r); static int x, y;
static void both(spinlock_t *p, spinlock_t *q) { spin_lock(p); spin_lock(q); y++; spin_unlock(q); spin_unlock(p); }
THREAD(a) { x++; both(&l, &m); x++; read_lock(&r); read_lock(&r); read_unlock(&r); read_unlock(&r); }
THREAD(b) { x++; both(&m, &l); x++; }
THREAD(c) { x++; both(&l, &m); write_lock(&r); write_unlock(&r); }
CHECK { OBSERVE(x); OBSERVE(y); }
`;

const input = (scenarioText: string): ExploreInput => ({ scenarioName: 's.c', scenarioText, model });
const found = async (more: ExploreInput): Promise<string> =>
  JSON.stringify(explorationJson('s.c', await exploreRun(more)));

/** Helpers that compile for themselves, get copies, and are through in another order. */
function helpers(faulty: boolean) {
  const counts = { asked: 0, done: 0 };
  let made = 0;
  const start: StartHelper = ({ message, exit }) => {
    const answer = searchHelper(model);
    // All but one die, and that one refuses now and then.
    const dies = faulty && made++ > 0;
    return {
      end: () => undefined,
      post: (sent) => {
        if (sent.type === 'task') {
          counts.asked++;
          if (dies) return setImmediate(exit);
          if (faulty && counts.asked % 2 === 0) return setImmediate(() => message({ id: sent.id }));
        }
        const said: FromHelper | undefined = structuredClone(answer(structuredClone(sent)));
        if (!said) return;
        if (said.found) counts.done++;
        return setTimeout(() => message(said), (counts.asked % 3) * 4);
      },
    };
  };
  return { pool: new HelperPool(3, start), counts };
}

let byOne: Promise<string> | undefined;
const racyAlone = (): Promise<string> => (byOne ??= found({ ...input(racy), bounds: { executions: 2600 } }));

const placed = (globals: Placement['globals']): Placement => ({ start: 1000, end: 2000, globals });

describe('a shared search', function () {
  this.timeout(60_000);

  for (const [name, text, executions] of [
    ['increments under a lock', increments(4, 2), 2520],
    ['races and a deadlock', racy, 2600],
  ] as const) {
    it(`by several helpers comes to what one comes to: ${name}`, async () => {
      const bounds = { executions };
      const alone = name.startsWith('races') ? await racyAlone() : await found({ ...input(text), bounds });
      for (const faulty of [false, true]) {
        const { pool, counts } = helpers(faulty);
        assert.equal(await found({ ...input(text), bounds, pool }), alone, `faulty: ${faulty}`);
        assert.ok(counts.done > 0, 'the helpers had something to do');
        assert.equal(counts.done === counts.asked, !faulty, `${counts.done} of ${counts.asked}`);
      }
    });
  }

  it('names memory so that a machine with its globals elsewhere knows it', () => {
    const op = (object: number, from?: number): Op => ({
      kind: 'write',
      object,
      size: 4,
      synchronises: false,
      ...(from === undefined ? {} : { from }),
    });
    const task = (ops: readonly Op[]): RemoteTask => ({
      task: {
        kind: 'subtree',
        executions: 1,
        depth: 10,
        subtree: { prefix: ops.map((o, thread) => ({ thread, op: o })), outer: [], nodes: [] },
      },
      watched: [{ offset: 1104, size: 8 }],
      settling: false,
    });
    const here = placed([
      ['a', 1000],
      ['f.once', 1100],
    ]);
    const there = placed([
      ['a', 1000],
      ['g.once', 1100],
      ['f.once', 1200],
    ]);
    const told = task([op(1004), op(1104, 1000), op(5000), op(-9)]);
    const expected = { ...task([op(1004), op(1204, 1000), op(5000), op(-9)]), watched: [{ offset: 1204, size: 8 }] };
    assert.deepEqual(translated(told, here, there), expected);
    assert.deepEqual(translated(expected, there, here), told, 'and back');
    assert.equal(translated(task([op(1100)]), there, here), undefined, 'g.once is not there');
    assert.equal(translated(told, here, { ...there, end: 3000 }), undefined, 'another layout');
    assert.equal(translated(told, undefined, there), undefined);
    assert.equal(translated(told, here, here), told);
  });

  it('by worker threads of Node comes to what one comes to', async () => {
    const options = { ...input(racy), bounds: { executions: 2600 } };
    const alone = await racyAlone();
    const pool = searchWorkers(new URL('../../support/search-worker.mjs', import.meta.url), 2);
    try {
      assert.equal(await found({ ...options, pool }), alone);
    } finally {
      pool.close();
    }
  });

  it('that was cancelled goes on from its saved text to the same result', async () => {
    const bounds = { executions: 2600 };
    const whole = await racyAlone();
    assert.match(whole, /~"/, 'a deadlock behind a writer is among it');
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
      if (!signal.aborted) {
        assert.equal(result, whole);
        break;
      }
    }
    assert.ok(rounds > 1 && rounds < 50, `cancelled ${rounds} times`);
  });

  it('that came to its bound goes on with a larger one, and not with another scenario', async () => {
    const text = increments(3, 2);
    const whole = await found(input(text));
    let saved: SavedExploration | undefined;
    const keep = { cancelled: (one: SavedExploration) => (saved = one) };
    await found({ ...input(text), bounds: { executions: 40 }, ...keep });
    for (const executions of [40, 60]) {
      assert.ok(saved);
      const resume = saved;
      saved = undefined;
      await found({ ...input(text), bounds: { executions }, resume, ...keep });
    }
    assert.ok(saved);
    const resume = saved;
    saved = undefined;
    assert.equal(await found({ ...input(text), resume, ...keep }), whole);
    assert.equal(saved, undefined, 'nothing is left');
    await assert.rejects(found({ ...input(increments(2, 2)), resume }), { code: 'R061' });
    await assert.rejects(found({ ...input(text), resume, strategy: { name: 'single' } }), { code: 'R061' });
  });
});
