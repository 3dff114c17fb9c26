import type { Machine, NativeTable, PendingOp, Stop } from '../machine/api.ts';
import { scheduleDoesNotFit } from './errors.ts';
import { classify } from './machine-target.ts';
import { type Segment, threadLetter } from './schedule.ts';
import type { ScheduleResult } from './strategy.ts';

type At = 'start' | 'operation' | 'access' | 'done';

/** Sees an execution as it goes. */
export interface Watcher {
  /** Before each step or access: which of its thread's it is, from 0. */
  before(thread: number, ordinal: number, pending: PendingOp): void;
  /** The thread has begun to wait, as the schedule says. */
  waits?(thread: number): void;
  /** The threads have ended, or wait for ever. */
  end?(): void;
}

/**
 * Runs threads `first` … as a schedule says, then, where it leaves any, each to its end. Throws E002 where the schedule
 * wants what the program does not do.
 */
export function replay(
  machine: Machine,
  natives: NativeTable,
  first: number,
  schedule: readonly Segment[],
  watcher?: Watcher,
): ScheduleResult {
  const threads = machine.threads.length - first;
  const choices: number[] = [];
  const at = new Array<At>(threads).fill('start');
  const ordinals = new Array<number>(threads).fill(0);
  let end: 'fatal' | 'budget' | undefined;

  /** Goes on to the thread's next stop that others could notice. */
  const advance = (thread: number): void => {
    for (;;) {
      const stop: Stop = machine.run(first + thread, 'visible');
      if (stop === 'fatal' || stop === 'budget') {
        end = stop;
        return;
      }
      if (stop === 'end') {
        at[thread] = 'done';
        return;
      }
      const what = classify(machine, natives, first + thread, machine.pending(first + thread), () => true);
      if (what.kind !== 'step') continue;
      at[thread] = what.op.synchronises ? 'operation' : 'access';
      return;
    }
  };
  const isDone = (thread: number): boolean => at[thread] === 'done';
  const waits = (thread: number): boolean => {
    if (machine.threads[first + thread]?.status === 'blocked') return true;
    const what = classify(machine, natives, first + thread, machine.pending(first + thread), () => true);
    return what.kind === 'step' && what.waits;
  };
  const step = (thread: number): void => {
    watcher?.before(thread, ordinals[thread]!, machine.pending(first + thread));
    ordinals[thread]!++;
    advance(thread);
  };
  const toOperation = (thread: number): void => {
    while (!end && at[thread] === 'access') step(thread);
  };

  for (let t = 0; t < threads && !end; t++) advance(t);
  for (const [index, { thread, operations, accesses, waits: toWait }] of schedule.entries()) {
    if (end) break;
    if (thread >= threads) throw scheduleDoesNotFit(index, threadLetter(thread), 'is not in this scenario');
    if (isDone(thread)) throw scheduleDoesNotFit(index, threadLetter(thread), 'has ended already');
    choices.push(first + thread);
    for (let i = 0; i < operations && !end; i++) {
      toOperation(thread);
      if (end) break;
      if (isDone(thread)) throw scheduleDoesNotFit(index, threadLetter(thread), 'ends sooner');
      if (waits(thread)) throw scheduleDoesNotFit(index, threadLetter(thread), 'has to wait');
      step(thread);
    }
    if (accesses === undefined) toOperation(thread);
    for (let i = 0; i < (accesses ?? 0) && !end; i++) {
      if (at[thread] !== 'access') throw scheduleDoesNotFit(index, threadLetter(thread), 'has fewer accesses to do');
      step(thread);
    }
    if (!toWait || end) continue;
    toOperation(thread);
    if (end) break;
    if (isDone(thread) || !waits(thread))
      throw scheduleDoesNotFit(index, threadLetter(thread), 'has nothing to wait for');
    const stop = machine.run(first + thread, 'visible');
    if (stop === 'fatal' || stop === 'budget') end = stop;
    else watcher?.waits?.(thread);
  }
  while (!end) {
    const ready = at.findIndex((state, t) => state !== 'done' && !(state === 'operation' && waits(t)));
    if (ready < 0) break;
    if (choices.at(-1) !== first + ready) choices.push(first + ready);
    while (!end && at[ready] !== 'done' && !(at[ready] === 'operation' && waits(ready))) step(ready);
  }
  if (end) {
    watcher?.end?.();
    return { end, choices, blocked: [] };
  }
  const blocked = at.flatMap((state, t) => (state === 'done' ? [] : [first + t]));
  // They begin to wait, so that they can say for what.
  for (const id of blocked) machine.run(id, 'visible');
  watcher?.end?.();
  return { end: blocked.length > 0 ? 'deadlock' : 'done', choices, blocked };
}
