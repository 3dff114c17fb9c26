/*
 * Searches against brute force: each trace once, however the search is split, saved and taken up again; what bounded and drawn
 * searches find lies within it.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Step } from '../../../src/explore/dpor.ts';
import type { ExplorationTarget, Op, OpKind } from '../../../src/explore/events.ts';
import { Exhaustive } from '../../../src/explore/exhaustive.ts';
import { beginSearch, executeTask, exploreAll, resumeSearch, type Strategy } from '../../../src/explore/explore.ts';
import { canonical, Locks, op, target } from './program.ts';

const DEPTH = 100;
const MOST = 100_000;
type Program = readonly (readonly (readonly [string, number])[])[];

/** What a thread can do, with the steps that this takes. */
const kinds: Readonly<Record<string, number>> = {
  read: 1,
  write: 1,
  lock: 2,
  nested: 4,
  shared: 3,
  'shared write': 3,
  attempt: 2,
  'looks inside': 3,
};
const programs: fc.Arbitrary<Program> = fc
  .array(fc.array(fc.tuple(fc.constantFrom(...Object.keys(kinds)), fc.integer({ min: 1, max: 2 })), { maxLength: 2 }), {
    minLength: 2,
    maxLength: 3,
  })
  .filter((program) => mostSchedules(program) <= 2000);

/** Ways to put the steps of the threads in order. */
function mostSchedules(program: Program): number {
  let all = 0;
  let ways = 1;
  for (const list of program)
    for (let own = 1, steps = list.reduce((sum, [kind]) => sum + kinds[kind]!, 0); own <= steps; own++)
      ways = (ways * ++all) / own;
  return ways;
}
function* touch(kind: OpKind, object: number): Generator<Op, void> {
  yield op(kind, object);
}
const make = (program: Program) =>
  target(() => {
    const held = new Locks();
    const body = function* (list: Program[number]): Generator<Op, void> {
      for (const [kind, object] of list) {
        if (kind === 'lock') yield* held.exclusive(object + 10);
        // In either order, so that some programs come to a deadlock.
        else if (kind === 'nested') yield* held.exclusive(object + 10, () => held.exclusive(13 - object));
        else if (kind === 'shared') yield* held.shared(object + 10, () => touch('read', object));
        else if (kind === 'shared write') yield* held.shared(object + 10, () => touch('write', 3 - object));
        else if (kind === 'attempt') yield* held.attempt(object + 10);
        else if (kind === 'looks inside') yield* held.exclusive(object + 10, () => touch('read', object + 10));
        else yield op(kind as OpKind, object);
      }
    };
    return { held, threads: program.map(body) };
  });

describe('searches against brute force', function () {
  this.timeout(60_000);

  it('DPOR executes exactly as many traces as there are, split or not', () => {
    const splits = fc.constantFrom(
      { alone: 2000, parts: 8, quantum: 400 },
      { alone: 0, parts: 4, quantum: 1 },
      { alone: 3, parts: 3, quantum: 2 },
    );
    fc.assert(
      fc.property(programs, splits, (program, split) => {
        const traces = new Set<string>();
        const result = exploreAll(make(program), new Exhaustive(DEPTH, undefined, split), MOST, ({ steps }) => {
          traces.add(canonical(steps));
          return undefined;
        });
        assert.deepEqual(traces, bruteForce(program).traces);
        assert.deepEqual(result, { executions: traces.size, blocked: 0, complete: true });
      }),
      { numRuns: 120 },
    );
  });

  it('a search that is split early loses none of many traces', () => {
    // Two threads read and write one place twice, a third one once: what one part finds belongs below another's branch.
    const program: Program = [2, 2, 1].map((times) =>
      Array.from({ length: 2 * times }, (_, i) => [i % 2 === 0 ? 'read' : 'write', 1] as const),
    );
    const splits = [
      { alone: 1e9, parts: 8, quantum: 400 },
      { alone: 1, parts: 2, quantum: 1 },
      { alone: 1, parts: 8, quantum: 3 },
      { alone: 30, parts: 3, quantum: 50 },
    ];
    for (const split of splits)
      assert.deepEqual(
        exploreAll(make(program), new Exhaustive(DEPTH, undefined, split), MOST),
        { executions: 858, blocked: 0, complete: true },
        JSON.stringify(split),
      );
  });

  it('a search that is saved as text and taken up again comes to the same executions', () => {
    const strategies = fc.constantFrom<Strategy>(
      { name: 'dpor' },
      { name: 'preemption', preemptions: 2 },
      { name: 'random', seed: 7 },
      { name: 'pct', seed: 7, changes: 2 },
      { name: 'single' },
    );
    fc.assert(
      fc.property(programs, strategies, fc.integer({ min: 1, max: 4 }), (program, strategy, quantum) => {
        const limit = 60;
        const whole: string[] = [];
        exploreAll(make(program), beginSearch(strategy, DEPTH), limit, ({ steps }) => void whole.push(named(steps)));
        const pieces: string[] = [];
        let search = beginSearch(strategy, DEPTH);
        while (!search.exhausted && pieces.length < limit) {
          const t = make(program);
          const tasks = search.tasks(Math.min(quantum, limit - pieces.length));
          search.merge(tasks.map((task) => executeTask(t, task, ({ steps }) => void pieces.push(named(steps)))));
          search = resumeSearch(JSON.parse(JSON.stringify(search.save())), DEPTH);
        }
        assert.deepEqual(pieces, whole);
      }),
      { numRuns: 150 },
    );
  });

  it('preemption bounding executes every schedule within its bound, once', () => {
    fc.assert(
      fc.property(programs, fc.integer({ min: 0, max: 2 }), (program, preemptions) => {
        const found: string[] = [];
        const result = exploreAll(
          make(program),
          beginSearch({ name: 'preemption', preemptions }, DEPTH),
          MOST,
          (execution) => {
            assert.ok(execution.preemptions <= preemptions);
            found.push(named(execution.steps));
            return undefined;
          },
        );
        assert.equal(result.complete, true);
        const all = bruteForce(program)
          .schedules.filter((s) => s.preemptions <= preemptions)
          .map((s) => s.name);
        assert.deepEqual(found.sort(), all.sort());
      }),
      { numRuns: 60 },
    );
  });

  it('random walks and PCT execute schedules that there are, the same ones for the same seed', () => {
    fc.assert(
      fc.property(programs, fc.integer(), fc.constantFrom<'random' | 'pct'>('random', 'pct'), (program, seed, name) => {
        const drawn = (): string[] => {
          const found: string[] = [];
          const search = beginSearch(name === 'pct' ? { name, seed, changes: 2 } : { name, seed }, DEPTH);
          const result = exploreAll(make(program), search, 20, ({ steps }) => void found.push(named(steps)));
          assert.deepEqual(result, { executions: 20, blocked: 0, complete: false });
          return found;
        };
        const first = drawn();
        assert.deepEqual(drawn(), first);
        const all = new Set(bruteForce(program).schedules.map((s) => s.name));
        for (const one of first) assert.ok(all.has(one), one);
      }),
      { numRuns: 60 },
    );
  });

  it('PCT finds what few preemptions lead to, and a random walk what many do', () => {
    // Thread 1 has to come in between the two steps of thread 0.
    const race = () =>
      target(() => {
        let seen = 0;
        const first = function* (): Generator<Op, void> {
          yield op('write', 1);
          seen = 1;
          yield op('write', 1);
          seen = 2;
        };
        const second = function* (): Generator<Op, void> {
          yield op('read', 1);
          if (seen === 1) yield op('write', 9);
        };
        return { threads: [first(), second()] };
      });
    for (const strategy of [
      { name: 'pct', seed: 1, changes: 1 },
      { name: 'random', seed: 1 },
    ] as const) {
      let found = 0;
      exploreAll(race(), beginSearch(strategy, DEPTH), 200, ({ steps }) => {
        if (steps.some((s) => s.op.object === 9)) found++;
        return undefined;
      });
      assert.ok(found > 10, `${strategy.name} found it ${found} times in 200`);
    }
  });

  it('the state of a search does not grow with the executions', () => {
    const t = target(() => {
      const held = new Locks();
      return {
        held,
        threads: Array.from({ length: 4 }, function* (): Generator<Op, void> {
          for (let i = 0; i < 3; i++) yield* held.exclusive(1);
        }),
      };
    });
    const search = new Exhaustive(DEPTH, undefined, { alone: 50, parts: 4, quantum: 50 });
    const sizes: number[] = [];
    for (let done = 0; done < 6000; ) {
      const ends = search.tasks(6000 - done).map((task) => executeTask(t, task, () => undefined));
      search.merge(ends);
      for (const end of ends) done += end.executions;
      sizes.push(JSON.stringify(search.save()).length);
    }
    assert.ok(Math.max(...sizes) < 400_000, String(Math.max(...sizes)));
  });
});

const named = (steps: readonly Step[]): string => steps.map((s) => s.thread).join('');

function bruteForce(program: Program) {
  const traces = new Set<string>();
  const schedules: { readonly name: string; readonly preemptions: number }[] = [];
  const visit = (choices: readonly number[], preemptions: number): void => {
    const t: ExplorationTarget = make(program);
    const steps: Step[] = [];
    for (const thread of choices) {
      steps.push({ thread, op: t.pending(thread) });
      t.step(thread);
    }
    let ended = true;
    const last = choices.at(-1);
    const going = last !== undefined && t.status(last) === 'ready';
    for (let thread = 0; thread < t.threads; thread++) {
      if (t.status(thread) !== 'ready') continue;
      ended = false;
      visit([...choices, thread], preemptions + (going && thread !== last ? 1 : 0));
    }
    if (!ended) return;
    traces.add(canonical(steps));
    schedules.push({ name: named(steps), preemptions });
  };
  visit([], 0);
  return { traces, schedules };
}
