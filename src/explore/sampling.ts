import type { ExplorationTarget } from './events.ts';
import { pctWalk } from './pct.ts';
import { randomWalk } from './random.ts';
import type { Search, SearchState, SearchTask, TaskEnd, Visit } from './search.ts';

/** Executions of one task, and tasks that may run at the same time. */
const QUANTUM = 250;
const PARTS = 8;

type SamplesTask = Extract<SearchTask, { kind: 'samples' }>;

/** Executions that are drawn by a seed: as many as they are asked for. Never exhausted, never complete. */
export class Sampling implements Search {
  readonly strategy: 'random' | 'pct';
  readonly exhausted = false;
  readonly #depth: number;
  readonly #seed: number;
  readonly #changes: number;
  #next: number;
  #length: number;

  constructor(
    depth: number,
    state: Extract<SearchState, { strategy: 'random' | 'pct' }> | Pick<SamplesTask, 'strategy' | 'seed' | 'changes'>,
  ) {
    this.#depth = depth;
    this.strategy = state.strategy;
    this.#seed = state.seed;
    this.#changes = state.changes;
    this.#next = 'next' in state ? state.next : 0;
    this.#length = 'next' in state ? state.length : 0;
  }

  tasks(executions: number): readonly SearchTask[] {
    const task = (from: number, to: number): SearchTask => ({
      kind: 'samples',
      strategy: this.strategy,
      seed: this.#seed,
      changes: this.#changes,
      length: this.#length,
      depth: this.#depth,
      from,
      to,
    });
    // The first one tells how long executions are.
    if (this.#next === 0) return [task(0, Math.min(1, executions))];
    const tasks: SearchTask[] = [];
    const end = this.#next + executions;
    for (let from = this.#next; from < end && tasks.length < PARTS; from += QUANTUM)
      tasks.push(task(from, Math.min(end, from + QUANTUM)));
    return tasks;
  }

  merge(ends: readonly TaskEnd[]): void {
    for (const end of ends) {
      if (this.#next === 0) this.#length = end.steps;
      this.#next = end.next ?? this.#next;
    }
  }

  save(): SearchState {
    return {
      strategy: this.strategy,
      seed: this.#seed,
      next: this.#next,
      changes: this.#changes,
      length: this.#length,
    };
  }
}

/** Executes the samples of a task. */
export function exploreSamples(target: ExplorationTarget, task: SamplesTask, visit: Visit): TaskEnd {
  let executions = 0;
  let deep = false;
  let steps = 0;
  let preemptions = 0;
  let number = task.from;
  let stopped = false;
  for (; number < task.to; number++) {
    const execution =
      task.strategy === 'random'
        ? randomWalk(target, task.depth, task.seed, number)
        : pctWalk(target, task.depth, task.seed, number, task);
    executions++;
    deep ||= execution.end === 'stopped' && execution.steps.length >= task.depth;
    steps = Math.max(steps, execution.steps.length);
    preemptions = Math.max(preemptions, execution.preemptions);
    const visited = visit(execution);
    stopped = visited === 'stop';
    if (visited) {
      number++;
      break;
    }
  }
  return { executions, blocked: 0, deep, steps, preemptions, stopped, next: number };
}
