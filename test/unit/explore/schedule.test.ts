import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CodedError } from '../../../src/base/errors.ts';
import type { Step } from '../../../src/explore/dpor.ts';
import { dependent, type OpKind } from '../../../src/explore/events.ts';
import { RaceDetector } from '../../../src/explore/races.ts';
import {
  fewestSwitches,
  formatSchedule,
  parseSchedule,
  segments,
  switchesOf as switches,
} from '../../../src/explore/schedule.ts';
import { op } from './program.ts';

const step = (thread: number, kind: OpKind, object: number): Step => ({ thread, op: op(kind, object) });

/** Races as pairs of indices of steps. */
const dataRaces = (steps: readonly Step[], threads: number) =>
  new RaceDetector(threads)
    .find({
      threads,
      steps,
      locs: steps.map((_, i) => i),
      accesses: [],
      beginnings: new Array<number>(threads).fill(0),
      starts: steps.map(() => 0),
    })
    .map(({ first, second }) => ({ first: first.step, second: second.step }));

describe('schedule', () => {
  const counted = (thread: number, synchronises: boolean, after: number, stopsAtAccess = false) => ({
    thread,
    synchronises,
    after,
    stopsAtAccess,
  });

  it('is written as letters and numbers and read back', () => {
    const schedule = segments([
      counted(0, true, 4),
      counted(0, true, 7),
      counted(1, true, 3, true),
      counted(1, false, 2, true),
      counted(0, true, 1),
      counted(1, false, 5),
    ]);
    // b is interrupted before an access: after its first operation and 3 + 1 + 2 more. The rest takes it to its end.
    assert.equal(formatSchedule(schedule), 'a2-b1.6-a1-b0');
    assert.deepEqual(parseSchedule('a2-b1.6-a1-b0'), schedule);
    assert.deepEqual(parseSchedule(''), []);
    const atOnce = segments([counted(0, true, 0, true), counted(1, true, 0), counted(0, false, 0)]);
    assert.equal(formatSchedule(atOnce), 'a1.0-b1-a0');
    assert.deepEqual(parseSchedule('a1.0-b1-a0'), atOnce);
  });

  it('counts the accesses before the first operation where a thread is interrupted there', () => {
    const schedule = segments([counted(0, false, 2, true), counted(1, true, 0), counted(0, false, 0)], [5, 9]);
    assert.equal(formatSchedule(schedule), 'a0.8-b1-a0');
  });

  it('refuses what is none, with the place', () => {
    for (const [text, column] of [
      ['a', 1],
      ['a01', 1],
      ['a1.', 1],
      ['a1.00', 1],
      ['a1-', 1],
      ['a1-b', 4],
      ['a1b2', 1],
      ['3a', 1],
      ['a1--b2', 1],
    ] as const) {
      assert.throws(
        () => parseSchedule(text),
        (e) => e instanceof CodedError && e.code === 'E001' && e.place?.column === column,
        text,
      );
    }
  });

  it('loses no step and no order of dependent steps when it saves switches', () => {
    const steps = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 2 }),
        fc.constantFrom<OpKind>('read', 'write'),
        fc.integer({ min: 0, max: 2 }),
      ),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const before = list.map(([t, k, o]) => step(t, k, o));
        const after = fewestSwitches(before)!;
        assert.ok(switches(after) <= switches(before));
        assert.deepEqual(new Set(after), new Set(before));
        const at = new Map(after.map((s, i) => [s, i]));
        before.forEach((a, i) => {
          for (const b of before.slice(i + 1))
            if (a.thread === b.thread || dependent(a.op, b.op)) assert.ok(at.get(a)! < at.get(b)!);
        });
      }),
    );
  });

  it('finds the fewest switches there are', () => {
    const small = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 1 }),
        fc.constantFrom<OpKind>('read', 'write'),
        fc.integer({ min: 0, max: 1 }),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(small, (list) => {
        const steps = list.map(([t, k, o]) => step(t, k, o));
        assert.equal(switches(fewestSwitches(steps)!), Math.min(...linearisations(steps).map(switches)));
      }),
      { numRuns: 60 },
    );
  });
});

/** Every order of the steps that keeps program order and the order of dependent steps. */
function linearisations(steps: readonly Step[]): Step[][] {
  if (steps.length === 0) return [[]];
  return steps.flatMap((first, i) => {
    const before = steps.slice(0, i);
    if (before.some((b) => b.thread === first.thread || dependent(b.op, first.op))) return [];
    return linearisations(steps.toSpliced(i, 1)).map((rest) => [first, ...rest]);
  });
}

describe('data races', () => {
  it('are accesses that no lock orders', () => {
    const racy = [step(0, 'write', 8), step(1, 'read', 8)];
    assert.deepEqual(dataRaces(racy, 2), [{ first: 0, second: 1 }]);
    const locked = [
      step(0, 'acquire', 1),
      step(0, 'write', 8),
      step(0, 'release', 1),
      step(1, 'acquire', 1),
      step(1, 'read', 8),
      step(1, 'release', 1),
    ];
    assert.deepEqual(dataRaces(locked, 2), []);
    const afterUnlock = [...locked.slice(0, 3), step(0, 'write', 16), ...locked.slice(3, 4), step(1, 'read', 16)];
    assert.deepEqual(dataRaces(afterUnlock, 2), [{ first: 3, second: 5 }]);
  });

  it('are not ordered by readers that share a lock', () => {
    const steps = [
      step(0, 'acquire-shared', 1),
      step(0, 'write', 8),
      step(0, 'release-shared', 1),
      step(1, 'acquire-shared', 1),
      step(1, 'read', 8),
      step(1, 'release-shared', 1),
    ];
    assert.equal(dataRaces(steps, 2).length, 1);
  });

  it('are not between operations that synchronise', () => {
    const atomic = (thread: number, kind: OpKind): Step => ({ thread, op: { ...op(kind, 8), synchronises: true } });
    assert.deepEqual(dataRaces([atomic(0, 'write'), atomic(1, 'read')], 2), []);
    // Data published before a synchronising write and read after the synchronising read that sees it.
    assert.deepEqual(
      dataRaces([step(0, 'write', 16), atomic(0, 'write'), atomic(1, 'read'), step(1, 'read', 16)], 2),
      [],
    );
  });
});
