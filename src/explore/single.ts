import type { ExplorationTarget } from './events.ts';
import { type Search, type SearchState, type SearchTask, type TaskEnd, type Visit, walk } from './search.ts';
import type { Strategy } from './strategy.ts';

/** One schedule: each thread in turn, from its start to its end or until it blocks. */
export const single = (): Strategy => ({
  name: 'single',
  granularity: 'end',
  next: (_machine, ready, last) => last ?? ready[0]!,
});

/** The same as a search, of one execution. */
export class Single implements Search {
  readonly strategy = 'single';
  readonly #depth: number;
  #over: boolean;

  constructor(depth: number, over = false) {
    this.#depth = depth;
    this.#over = over;
  }

  get exhausted(): boolean {
    return this.#over;
  }
  tasks(): readonly SearchTask[] {
    return this.#over ? [] : [{ kind: 'single', depth: this.#depth }];
  }
  merge(): void {
    this.#over = true;
  }
  save(): SearchState {
    return { strategy: 'single', over: this.#over };
  }
}

export function exploreSingle(target: ExplorationTarget, depth: number, visit: Visit): TaskEnd {
  const execution = walk(target, depth, (ready, going) => going ?? ready[0]!);
  const { steps, preemptions, end } = execution;
  const deep = end === 'stopped' && steps.length >= depth;
  return { executions: 1, blocked: 0, deep, steps: steps.length, preemptions, stopped: visit(execution) === 'stop' };
}
