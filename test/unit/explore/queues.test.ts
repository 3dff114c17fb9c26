/*
 * Deadlocks behind writers that wait, held against every state of a model in which beginning to wait is a step of its own.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Op } from '../../../src/explore/events.ts';
import { Exhaustive } from '../../../src/explore/exhaustive.ts';
import { exploreAll } from '../../../src/explore/explore.ts';
import { QueueDetector } from '../../../src/explore/queues.ts';
import { Locks, op, type Thread, target } from './program.ts';

/** What a thread does: takes a lock (the last one is a mutex) and gives back what it took last. */
type Act = { readonly take: number; readonly exclusive: boolean } | 'give';
const MUTEX = 3;

/** Sections inside of sections; a thread does not take again what it cannot. */
function programOf(choices: readonly (readonly number[])[]): readonly (readonly Act[])[] {
  return choices.map((numbers) => {
    const acts: Act[] = [];
    const held: { take: number; exclusive: boolean }[] = [];
    for (const n of numbers) {
      const take = 1 + (n % 3);
      const exclusive = take === MUTEX || (n >> 2) % 3 === 0;
      const again = held.some((h) => h.take === take && (h.exclusive || exclusive));
      if ((n >> 4) % 2 === 0 && held.length < 3 && !again) {
        held.push({ take, exclusive });
        acts.push(held.at(-1)!);
      } else if (held.pop()) acts.push('give');
    }
    while (held.pop()) acts.push('give');
    return acts;
  });
}

const explorable = (program: readonly (readonly Act[])[]) =>
  target(() => {
    const held = new Locks();
    const thread = function* (acts: readonly Act[]): Thread {
      const stack: { take: number; exclusive: boolean }[] = [];
      for (const act of acts) {
        if (act !== 'give') {
          const fair: { queues?: true } = act.take === MUTEX ? {} : { queues: true };
          yield { ...op(act.exclusive ? 'acquire' : 'acquire-shared', act.take), ...fair };
          if (act.exclusive) held.lock(act.take).writer = true;
          else held.lock(act.take).readers++;
          stack.push(act);
          continue;
        }
        const { take, exclusive } = stack.pop()!;
        yield op(exclusive ? 'release' : 'release-shared', take);
        if (exclusive) held.lock(take).writer = false;
        else held.lock(take).readers--;
      }
    };
    return { held, threads: program.map(thread) };
  });

/** Whether there is a deadlock in which threads wait as `fair` says, by looking at every state. */
function hangs(program: readonly (readonly Act[])[], fair: boolean): boolean {
  interface State {
    readonly at: readonly number[];
    /** Threads that wait, in the order in which they began to. */
    readonly queue: readonly number[];
  }
  const heldBy = (t: number, at: number) => {
    const stack: { take: number; exclusive: boolean }[] = [];
    for (const act of program[t]!.slice(0, at)) {
      if (act === 'give') stack.pop();
      else stack.push(act);
    }
    return stack;
  };
  const seen = new Set<string>();
  const pending: State[] = [{ at: program.map(() => 0), queue: [] }];
  for (let state = pending.pop(); state; state = pending.pop()) {
    const key = JSON.stringify(state);
    if (seen.has(key)) continue;
    seen.add(key);
    const { at, queue } = state;
    let moves = 0;
    program.forEach((acts, t) => {
      const act = acts[at[t]!];
      if (act === undefined) return;
      const next: State = { at: at.with(t, at[t]! + 1), queue: queue.filter((q) => q !== t) };
      if (act === 'give') {
        moves++;
        pending.push(next);
        return;
      }
      const isHeld = program.some(
        (_, o) => o !== t && heldBy(o, at[o]!).some((h) => h.take === act.take && (h.exclusive || act.exclusive)),
      );
      const place = queue.indexOf(t);
      const ahead = (place < 0 ? queue : queue.slice(0, place)).some((q) => {
        const other = program[q]![at[q]!]!;
        return other !== 'give' && other.take === act.take && other.exclusive;
      });
      const behind = fair && act.take !== MUTEX && !act.exclusive && ahead;
      if (!isHeld && !behind) {
        moves++;
        pending.push(next);
      } else if (place < 0) {
        moves++;
        pending.push({ at, queue: [...queue, t] });
      }
    });
    if (moves === 0 && program.some((acts, t) => at[t]! < acts.length)) return true;
  }
  return false;
}

function explored(program: readonly (readonly Act[])[]) {
  const t = explorable(program);
  const detector = new QueueDetector();
  const found: ReturnType<QueueDetector['find']>[number][] = [];
  let deadlock = false;
  const result = exploreAll(t, new Exhaustive(1000), 100_000, ({ steps, end }) => {
    deadlock ||= end === 'deadlock';
    const standing = (thread: number): Op | undefined => (t.status(thread) === 'done' ? undefined : t.pending(thread));
    // A place is a thread's step.
    const numbers = new Array<number>(t.threads).fill(0);
    const locs = steps.map(({ thread }) => thread * 100 + numbers[thread]!++);
    const placeOf = (thread: number): number => thread * 100 + numbers[thread]!;
    found.push(...detector.find({ threads: t.threads, steps, locs, standing, placeOf }));
    return undefined;
  });
  assert.deepEqual([result.complete, result.blocked], [true, 0]);
  // Each of them is a state that there is, in which the reader and the writers stand before the lock.
  for (const { steps, writers, reader } of found) {
    t.reset();
    for (const { thread } of steps) {
      assert.equal(t.status(thread), 'ready');
      t.step(thread);
    }
    const object = t.pending(reader).object;
    assert.equal(t.pending(reader).kind, 'acquire-shared');
    const [first] = writers;
    assert.deepEqual([t.pending(first!).kind, t.pending(first!).object], ['acquire', object]);
    for (const writer of writers) assert.equal(t.status(writer), 'blocked');
  }
  return { deadlock, found };
}

const read = (take: number): Act => ({ take, exclusive: false });
const write = (take: number): Act => ({ take, exclusive: true });

describe('deadlocks behind a writer that waits', () => {
  it('a read section in a read section, and a writer', () => {
    const { deadlock, found } = explored([
      [read(1), read(1), 'give', 'give'],
      [write(1), 'give'],
    ]);
    assert.equal(deadlock, false);
    assert.deepEqual(
      found.map(({ steps, switches, writers, reader }) => [steps.map((s) => s.thread), switches, writers, reader]),
      [[[0], 0, [1], 0]],
    );
  });

  it('not where the writer cannot come in between, nor without a writer', () => {
    const inside = (acts: readonly Act[]): readonly Act[] => [write(MUTEX), ...acts, 'give'];
    const again = [read(1), read(1), 'give', 'give'] as const;
    assert.deepEqual(explored([inside(again), inside([write(1), 'give'])]).found, []);
    assert.deepEqual(explored([again, again]).found, []);
    // Another lock than the writer's.
    assert.deepEqual(explored([again, [write(2), 'give']]).found, []);
  });

  it('readers who take another lock in opposite order, and a writer: three threads in one circle', () => {
    const { deadlock, found } = explored([
      [read(1), write(MUTEX), 'give', 'give'],
      [write(MUTEX), read(1), 'give', 'give'],
      [write(1), 'give'],
    ]);
    assert.equal(deadlock, false);
    assert.deepEqual(
      found.map(({ steps, writers, reader }) => [steps.length, writers, reader]),
      [[2, [2], 1]],
    );
  });

  it('there is one where every state is looked at, and only there', () => {
    const numbers = fc.array(fc.nat(31), { minLength: 2, maxLength: 6 });
    let hanging = 0;
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 2, maxLength: 3 }), (choices) => {
        const program = programOf(choices);
        const { deadlock, found } = explored(program);
        assert.equal(deadlock, hangs(program, false));
        assert.equal(deadlock || found.length > 0, hangs(program, true));
        if (!deadlock && found.length > 0) hanging++;
      }),
      { numRuns: 800, seed: 4 },
    );
    assert.ok(hanging > 5, `only ${hanging} programs hang because of a queue alone`);
  });
});
