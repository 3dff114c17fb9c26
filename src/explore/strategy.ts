import type { Machine } from '../machine/api.ts';

/**
 * Decides which thread goes on, at each point where there is a choice. One strategy, one file; after the interface of
 * Shuttle's schedulers (https://github.com/awslabs/shuttle).
 */
export interface Strategy {
  readonly name: string;
  /** Where threads are interrupted: at their end only, or before each access that others can see. */
  readonly granularity: 'end' | 'visible';
  /** Picks one of `ready` (thread ids, ascending, not empty). `last` is the thread that ran before, if it still can. */
  next(machine: Machine, ready: readonly number[], last: number | undefined): number;
}

export interface ScheduleResult {
  /** `deadlock`: threads are left and none can go on. */
  readonly end: 'done' | 'deadlock' | 'fatal' | 'budget';
  /** Thread ids in the order in which they were given the processor. */
  readonly choices: readonly number[];
  readonly blocked: readonly number[];
}

/** Runs threads `from` … the last of a machine to their end, as a strategy decides. */
export function runThreads(machine: Machine, strategy: Strategy, from: number): ScheduleResult {
  const choices: number[] = [];
  let last: number | undefined;
  for (;;) {
    const ready: number[] = [];
    const blocked: number[] = [];
    machine.threads.forEach((thread, id) => {
      if (id < from) return;
      if (thread.status === 'ready') ready.push(id);
      else if (thread.status === 'blocked') blocked.push(id);
    });
    if (ready.length === 0) return { end: blocked.length === 0 ? 'done' : 'deadlock', choices, blocked };
    const id = strategy.next(machine, ready, last !== undefined && ready.includes(last) ? last : undefined);
    if (choices.at(-1) !== id) choices.push(id);
    const stop = machine.run(id, strategy.granularity);
    last = id;
    if (stop === 'fatal' || stop === 'budget') return { end: stop, choices, blocked };
  }
}
