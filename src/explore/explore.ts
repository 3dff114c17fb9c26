import { exploreSubtree } from './dpor.ts';
import type { ExplorationTarget } from './events.ts';
import { Exhaustive } from './exhaustive.ts';
import { explorePreemptions, PreemptionBounded } from './preemption.ts';
import { exploreSamples, Sampling } from './sampling.ts';
import type { Search, SearchState, SearchTask, TaskEnd, Visit } from './search.ts';
import { exploreSingle, Single } from './single.ts';

/** How schedules are chosen. */
export type Strategy =
  /** Every schedule that can make a difference, once. */
  | { readonly name: 'dpor' }
  /** Every schedule with at most so many preemptions. */
  | { readonly name: 'preemption'; readonly preemptions: number }
  | { readonly name: 'random'; readonly seed: number }
  /** `changes`: places at which priorities change. */
  | { readonly name: 'pct'; readonly seed: number; readonly changes: number }
  /** Each thread in turn, once. */
  | { readonly name: 'single' };

export interface ExploreBounds {
  /** Executions of one round. */
  readonly executions: number;
  /** Steps of one execution. */
  readonly depth: number;
}
export const defaultBounds: ExploreBounds = { executions: 100_000, depth: 10_000 };

/** `sync`: threads are switched at synchronising operations, and at accesses to memory that races were found on. */
export type Granularity = 'sync' | 'access';

export function beginSearch(strategy: Strategy, depth: number): Search {
  switch (strategy.name) {
    case 'dpor':
      return new Exhaustive(depth);
    case 'preemption':
      return new PreemptionBounded(depth, strategy.preemptions);
    case 'random':
      return new Sampling(depth, { strategy: 'random', seed: strategy.seed, changes: 0 });
    case 'pct':
      return new Sampling(depth, { strategy: 'pct', seed: strategy.seed, changes: strategy.changes });
    case 'single':
      return new Single(depth);
  }
}

/** Goes on with a search that was saved. */
export function resumeSearch(state: SearchState, depth: number): Search {
  switch (state.strategy) {
    case 'dpor':
      return new Exhaustive(depth, state);
    case 'preemption':
      return new PreemptionBounded(depth, state.bound, state.choices);
    case 'random':
    case 'pct':
      return new Sampling(depth, state);
    case 'single':
      return new Single(depth, state.over);
  }
}

/** Executes one task. What it does follows from the task and the program alone. */
export function executeTask(target: ExplorationTarget, task: SearchTask, visit: Visit): TaskEnd {
  switch (task.kind) {
    case 'subtree':
      return exploreSubtree(target, task.subtree, task, visit);
    case 'preemption':
      return explorePreemptions(target, task, visit);
    case 'samples':
      return exploreSamples(target, task, visit);
    case 'single':
      return exploreSingle(target, task.depth, visit);
  }
}

/** Runs a search to its end in this place: for small programs and tests. `visit` may end it by answering `stop`. */
export function exploreAll(
  target: ExplorationTarget,
  search: Search,
  limit: number,
  visit: Visit = () => undefined,
): { readonly executions: number; readonly blocked: number; readonly complete: boolean } {
  let executions = 0;
  let blocked = 0;
  let deep = false;
  while (!search.exhausted && executions < limit) {
    const ends: TaskEnd[] = [];
    for (const task of search.tasks(limit - executions)) {
      const end = executeTask(target, task, visit);
      ends.push(end);
      executions += end.executions;
      blocked += end.blocked;
      deep ||= end.deep;
      if (end.stopped) return { executions, blocked, complete: false };
    }
    search.merge(ends);
  }
  return { executions, blocked, complete: search.exhausted && !deep };
}
