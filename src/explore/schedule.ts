import type { Step } from './dpor.ts';
import { badSchedule } from './errors.ts';
import { dependent } from './events.ts';

/*
 * A schedule as people copy it: `a5-b3.17-a0`. Threads are lettered in the order in which the scenario writes them (a … z,
 * then A … Z). `a5` runs thread a through five synchronising operations (locks, atomics, READ_ONCE …) and on to the next
 * one. `b3.17` is for an interruption between them: after the third, b stops before its 18th access to memory that others
 * can reach. `a0` takes a from such a place to its next synchronising operation. `b1~`: b then begins to wait for the lock
 * that is its next operation, so that readers who come later wait behind it.
 */

export interface Segment {
  readonly thread: number;
  readonly operations: number;
  /** Accesses after the last operation; undefined: all up to the next operation. */
  readonly accesses?: number;
  /** It then begins to wait. */
  readonly waits?: true;
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

export const threadLetter = (thread: number): string => letters[thread] ?? '?';

/** One step as a schedule counts it. */
export interface CountedStep {
  readonly thread: number;
  /** It is a synchronising operation; else it is one access. */
  readonly synchronises: boolean;
  /** Accesses that follow it, up to the thread's next step. */
  readonly after: number;
  /** The thread's next step, taken or not, is one access: it stands between two operations now. */
  readonly stopsAtAccess: boolean;
}

/** `beginnings`: accesses of each thread before its first step. */
export function segments(steps: readonly CountedStep[], beginnings: readonly number[] = []): readonly Segment[] {
  const list: Segment[] = [];
  const begun = new Set<number>();
  let last: { operations: number; accesses: number } | undefined;
  steps.forEach(({ thread, synchronises, after, stopsAtAccess }, i) => {
    last ??= { operations: 0, accesses: begun.has(thread) ? 0 : (beginnings[thread] ?? 0) };
    begun.add(thread);
    if (synchronises) {
      last.operations++;
      last.accesses = after;
    } else last.accesses += 1 + after;
    if (steps[i + 1]?.thread !== thread) {
      const { operations, accesses } = last;
      list.push(stopsAtAccess ? { thread, operations, accesses } : { thread, operations });
      last = undefined;
    }
  });
  return list;
}

export const formatSchedule = (schedule: readonly Segment[]): string =>
  schedule
    .map(
      (s) =>
        `${threadLetter(s.thread)}${s.operations}${s.accesses === undefined ? '' : `.${s.accesses}`}${s.waits ? '~' : ''}`,
    )
    .join('-');

/** Throws E001 for what is no schedule. The empty text is the empty schedule. */
export function parseSchedule(text: string): readonly Segment[] {
  const list: Segment[] = [];
  let at = 0;
  while (at < text.length) {
    const match = /^([a-zA-Z])(0|[1-9]\d{0,8})(?:\.(0|[1-9]\d{0,8}))?(~?)(?:-(?=[a-zA-Z])|$)/.exec(
      text.slice(at, at + 24),
    );
    if (!match) throw badSchedule(text, at + 1);
    list.push({
      thread: letters.indexOf(match[1]!),
      operations: Number(match[2]),
      ...(match[3] === undefined ? {} : { accesses: Number(match[3]) }),
      ...(match[4] === '' ? {} : { waits: true }),
    });
    at += match[0].length;
  }
  return list;
}

/** The schedule, after which these threads begin to wait, one after the other. */
export function thenWaiting(schedule: readonly Segment[], waiting: readonly number[]): readonly Segment[] {
  const list = [...schedule];
  for (const thread of waiting) {
    const last = list.at(-1);
    if (last?.thread === thread) list[list.length - 1] = { ...last, waits: true };
    else list.push({ thread, operations: 0, waits: true });
  }
  return list;
}

export const switchesOf = (steps: readonly { readonly thread: number }[]): number =>
  steps.reduce((sum, s, i) => sum + (i > 0 && steps[i - 1]!.thread !== s.thread ? 1 : 0), 0);

/**
 * Orders the steps of an execution anew so that threads are switched as rarely as possible, without changing what any step
 * sees: dependent steps keep their order. Runs of a thread are as long as the dependencies let them be, which loses nothing
 * (a longer run only enables more); among those a breadth-first search finds the fewest. undefined: there is none with less
 * than `below` switches. `limit` bounds the states it looks at; beyond it, the steps come back as they are.
 */
export function fewestSwitches(
  steps: readonly Step[],
  below = Number.POSITIVE_INFINITY,
  limit = 20_000,
): readonly Step[] | undefined {
  const perThread = new Map<number, number[]>();
  steps.forEach((step, index) => {
    const list = perThread.get(step.thread);
    if (list) list.push(index);
    else perThread.set(step.thread, [index]);
  });
  // For each step: how many steps of each other thread must come before it. Only the last dependent one of each matters.
  const ids = [...perThread.keys()].sort((a, b) => a - b);
  if (ids.length - 1 >= below) return undefined;
  const asTheyAre = (): readonly Step[] | undefined => (switchesOf(steps) < below ? steps : undefined);
  const needs = steps.map((step, index) => {
    const counts = new Map<number, number>();
    for (const id of ids) {
      if (id === step.thread) continue;
      const list = perThread.get(id)!;
      for (let k = list.length - 1; k >= 0; k--) {
        if (list[k]! < index && dependent(steps[list[k]!]!.op, step.op)) {
          counts.set(id, k + 1);
          break;
        }
      }
    }
    return counts;
  });
  interface State {
    readonly done: readonly number[];
    readonly last: number;
    readonly from: State | undefined;
  }
  const start: State = { done: ids.map(() => 0), last: -1, from: undefined };
  let front: State[] = [start];
  const seen = new Set<string>();
  let looked = 0;
  for (let runs = 0; front.length > 0 && runs - 1 < below; runs++) {
    const nextFront: State[] = [];
    for (const state of front) {
      if (state.done.every((d, i) => d === perThread.get(ids[i]!)!.length))
        return linearise(state, ids, perThread, steps);
      for (const [i, id] of ids.entries()) {
        if (i === state.last) continue;
        const list = perThread.get(id)!;
        let k = state.done[i]!;
        while (k < list.length && [...needs[list[k]!]!].every(([t, n]) => state.done[ids.indexOf(t)]! >= n)) k++;
        if (k === state.done[i]) continue;
        const done = state.done.with(i, k);
        const key = `${done.join(',')}/${i}`;
        if (seen.has(key)) continue;
        seen.add(key);
        if (++looked > limit) return asTheyAre();
        nextFront.push({ done, last: i, from: state });
      }
    }
    front = nextFront;
  }
  return undefined;
}

function linearise(
  last: { readonly done: readonly number[]; readonly from: unknown },
  ids: readonly number[],
  perThread: ReadonlyMap<number, readonly number[]>,
  steps: readonly Step[],
): readonly Step[] {
  const chain: (readonly number[])[] = [];
  for (let s: typeof last | undefined = last; s; s = s.from as typeof last | undefined) chain.unshift(s.done);
  const order: Step[] = [];
  for (let c = 1; c < chain.length; c++) {
    for (const [i, id] of ids.entries()) {
      for (let k = chain[c - 1]![i]!; k < chain[c]![i]!; k++) order.push(steps[perThread.get(id)![k]!]!);
    }
  }
  return order;
}
