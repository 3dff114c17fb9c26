import type { ExplorationTarget } from './events.ts';
import {
  type Choice,
  type Search,
  type SearchState,
  type SearchTask,
  type TaskEnd,
  type Visit,
  walk,
} from './search.ts';

/*
 * Every schedule with at most so many preemptions, depth first: those with few find most of what there is to find. M.
 * Musuvathi, S. Qadeer, “Iterative Context Bounding for Systematic Testing of Multithreaded Programs”, PLDI 2007. Switching
 * where a thread waits or ends costs nothing. Equivalent schedules are not told apart.
 */
export class PreemptionBounded implements Search {
  readonly strategy = 'preemption';
  readonly #bound: number;
  readonly #depth: number;
  #choices: readonly Choice[] | 'over';

  constructor(depth: number, bound: number, choices: readonly Choice[] | 'over' = []) {
    this.#depth = depth;
    this.#bound = bound;
    this.#choices = choices;
  }

  get exhausted(): boolean {
    return this.#choices === 'over';
  }

  tasks(executions: number): readonly SearchTask[] {
    if (this.#choices === 'over') return [];
    return [{ kind: 'preemption', choices: this.#choices, bound: this.#bound, executions, depth: this.#depth }];
  }

  merge([end]: readonly TaskEnd[]): void {
    this.#choices = end?.choices ?? 'over';
  }

  save(): SearchState {
    return { strategy: 'preemption', bound: this.#bound, choices: this.#choices };
  }
}

/** Executes schedules from the one that `choices` begins. */
export function explorePreemptions(
  target: ExplorationTarget,
  task: Extract<SearchTask, { kind: 'preemption' }>,
  visit: Visit,
): TaskEnd {
  let path: Choice[] = [...task.choices];
  let executions = 0;
  let deep = false;
  let steps = 0;
  let preemptions = 0;
  const finished = (stopped: boolean, choices?: readonly Choice[]): TaskEnd => ({
    executions,
    blocked: 0,
    deep,
    steps,
    preemptions,
    stopped,
    ...(choices ? { choices } : {}),
  });
  for (;;) {
    let used = 0;
    const execution = walk(target, task.depth, (ready, going, at) => {
      let choice = path[at];
      if (!choice) {
        const first = going ?? ready[0]!;
        // Leaving a thread that can go on is a preemption; where none is left over, it goes on.
        const left = going !== undefined && used >= task.bound ? [] : ready.filter((t) => t !== first);
        path.push((choice = { thread: first, left }));
      }
      if (going !== undefined && choice.thread !== going) used++;
      return choice.thread;
    });
    executions++;
    deep ||= execution.end === 'stopped' && execution.steps.length >= task.depth;
    steps = Math.max(steps, execution.steps.length);
    preemptions = Math.max(preemptions, execution.preemptions);
    const visited = visit(execution);
    if (visited === 'stop') return finished(true);
    // The last choice that leaves something to try.
    const at = path.findLastIndex((choice) => choice.left.length > 0);
    if (at < 0) return finished(false);
    const [thread, ...left] = path[at]!.left;
    path = [...path.slice(0, at), { thread: thread!, left }];
    if (visited === 'pause' || executions >= task.executions) return finished(false, path);
  }
}
