import assert from 'node:assert/strict';
import type { ExplorationTarget, Op } from '../../../src/explore/events.ts';
import { Exhaustive } from '../../../src/explore/exhaustive.ts';
import { exploreAll } from '../../../src/explore/explore.ts';
import { Locks, op, target } from './program.ts';

const MOST = 1_000_000;
const DEPTH = 10_000;
const count = (t: ExplorationTarget) => exploreAll(t, new Exhaustive(DEPTH), MOST);

/** `threads` threads that each increment a variable `times` times under one lock. */
const increments = (threads: number, times: number) =>
  target(() => {
    const held = new Locks();
    let x = 0;
    const body = function* (): Generator<Op, void> {
      yield op('read', 100);
      const seen = x;
      yield op('write', 100);
      x = seen + 1;
    };
    const thread = function* (): Generator<Op, void> {
      for (let i = 0; i < times; i++) yield* held.exclusive(1, body);
    };
    return { held, threads: Array.from({ length: threads }, thread) };
  });

/** The seed's race: search and claim in two sections; `shared`: the search takes the lock for reading. */
const drivers = (n: number, shared = false) =>
  target(() => {
    const held = new Locks();
    const taken = new Set<number>();
    const driver = function* (): Generator<Op, void> {
      for (let slot = 9; slot >= 0; slot--) {
        let free = false;
        const look = function* (): Generator<Op, void> {
          yield op('read', 100);
          free = !taken.has(slot);
        };
        yield* shared ? held.shared(1, look) : held.exclusive(1, look);
        if (!free) continue;
        yield* held.exclusive(1, function* (): Generator<Op, void> {
          yield op('read', 100);
          if (taken.has(slot)) return;
          yield op('write', 100);
          taken.add(slot);
        });
        return;
      }
    };
    return { held, threads: Array.from({ length: n }, driver) };
  });

describe('optimal DPOR', () => {
  for (const [threads, times, expected] of [
    [2, 1, 2],
    [3, 2, 90],
    [3, 3, 1680],
    [4, 2, 2520],
  ] as const) {
    it(`${threads} threads × ${times} lock-protected increments: ${expected} traces`, () => {
      assert.deepEqual(count(increments(threads, times)), { executions: expected, blocked: 0, complete: true });
    });
  }

  for (const [n, expected] of [
    [2, 6],
    [3, 144],
    [4, 17568],
  ] as const) {
    it(`the distilled race by ${n} drivers: ${expected} traces`, () => {
      assert.deepEqual(count(drivers(n)), { executions: expected, blocked: 0, complete: true });
    });
  }

  it('lets sections commute that share a lock for reading', () => {
    const exclusive = count(drivers(3)).executions;
    const shared = count(drivers(3, true)).executions;
    assert.ok(shared < exclusive, `${shared} < ${exclusive}`);
  });

  it('explores each trace once: no two executions are equivalent', () => {
    const seen = new Set<string>();
    exploreAll(drivers(3), new Exhaustive(DEPTH), MOST, ({ steps }) => {
      // A trace is named by the order of the acquires of the one lock: everything else follows from it.
      const name = steps
        .filter((s) => s.op.kind === 'acquire')
        .map((s) => s.thread)
        .join('');
      assert.ok(!seen.has(name), `twice: ${name}`);
      seen.add(name);
      return undefined;
    });
    assert.equal(seen.size, 144);
  });

  it('finds the deadlock of two locks taken in opposite order', () => {
    const ends: string[] = [];
    const t = target(() => {
      const held = new Locks();
      const nested = (a: number, b: number) => held.exclusive(a, () => held.exclusive(b));
      return { held, threads: [nested(1, 2), nested(2, 1)] };
    });
    const result = exploreAll(t, new Exhaustive(DEPTH), MOST, ({ end }) => {
      ends.push(end);
      return undefined;
    });
    assert.equal(result.complete, true);
    assert.ok(ends.includes('deadlock'));
    assert.ok(ends.includes('done'));
  });

  it('stops at its bounds and says so', () => {
    assert.deepEqual(exploreAll(increments(3, 3), new Exhaustive(DEPTH), 10), {
      executions: 10,
      blocked: 0,
      complete: false,
    });
    assert.equal(exploreAll(increments(3, 3), new Exhaustive(5), MOST).complete, false);
  });
});
