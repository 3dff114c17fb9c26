import type { Step } from './dpor.ts';
import type { ExplorationTarget, Op } from './events.ts';

/*
 * The small interface behind which strategies stand, one strategy a file. A strategy is a search: a state of plain data that
 * can be saved at any time, from which tasks are taken that may be executed anywhere, and into which their ends are merged.
 * Which tasks there are and in which order they are merged depends on nothing but the state, so that any number of workers
 * come to the same result.
 */

export type StrategyName = 'dpor' | 'preemption' | 'random' | 'pct' | 'single';

/** One complete execution. Arrays are reused: copy what is kept. */
export interface ExploredExecution {
  readonly steps: readonly Step[];
  /** `deadlock`: threads are left and all of them wait. `stopped`: something fatal, or too deep. */
  readonly end: 'done' | 'deadlock' | 'stopped';
  /** How often a thread that could go on was left for another. */
  readonly preemptions: number;
}
/** `stop`: the task is given up, its end is of no use. `pause`: it ends here and can go on from here. */
export type Visit = (execution: ExploredExecution) => 'stop' | 'pause' | undefined;

/** What can be executed on its own. Plain data. */
export type SearchTask =
  | {
      readonly kind: 'subtree';
      readonly subtree: Subtree;
      readonly executions: number;
      readonly depth: number;
    }
  | {
      readonly kind: 'preemption';
      /** Choices to begin with; each is an index into the threads that could go on. */
      readonly choices: readonly Choice[];
      readonly bound: number;
      readonly executions: number;
      readonly depth: number;
    }
  | {
      readonly kind: 'samples';
      readonly strategy: 'random' | 'pct';
      readonly seed: number;
      /** Numbers of the executions: each follows from the seed and its number. */
      readonly from: number;
      readonly to: number;
      /** Of PCT: places at which priorities change, and steps that an execution has about. */
      readonly changes: number;
      readonly length: number;
      readonly depth: number;
    }
  | { readonly kind: 'single'; readonly depth: number };

/** One choice of a depth-first search through schedules. */
export interface Choice {
  readonly thread: number;
  /** Threads still to be tried in its place. */
  readonly left: readonly number[];
}

/** What a task did. Plain data. */
export interface TaskEnd {
  readonly executions: number;
  /** Executions that were given up because what was left of them was known. */
  readonly blocked: number;
  /** An execution was cut off at the depth bound. */
  readonly deep: boolean;
  /** Steps of the longest execution. */
  readonly steps: number;
  readonly preemptions: number;
  /** The visitor stopped it. */
  readonly stopped: boolean;
  /** What is left of it. */
  readonly rest?: Subtree;
  /** Sequences to be tried from states that belong to others, by depth. */
  readonly outside?: readonly { readonly depth: number; readonly sequence: readonly Step[] }[];
  readonly choices?: readonly Choice[];
  /** Of samples: the number of the next. */
  readonly next?: number;
}

/** A state on the way of a search, with what is left to be done from it. */
export interface SavedNode {
  /** Threads whose next step need not be tried: what would follow has been explored, or others explore it. */
  readonly sleep: readonly (readonly [number, Op])[];
  /** Sequences to be tried: a wakeup tree by its leaves. */
  readonly wakeup: readonly (readonly Step[])[];
}
/** A state that several parts lead through; see SharedNode in dpor.ts. */
export interface SavedShared extends SavedNode {
  readonly given: readonly (readonly [number, SavedShared])[];
}
/** A part of the tree of executions: everything below a state that no other part covers. */
export interface Subtree {
  /** The steps that lead to where it goes on. */
  readonly prefix: readonly Step[];
  /** States that it shares with others, from the first one on. */
  readonly outer: readonly SavedShared[];
  /** The states that belong to it, up to the one after the prefix. The last step before them may be one of its own. */
  readonly nodes: readonly SavedNode[];
}

export interface Search {
  readonly strategy: StrategyName;
  /** What to execute next, at most this many executions in all; none: the search is over. */
  tasks(executions: number): readonly SearchTask[];
  /** Takes in the ends of the tasks that {@link tasks} answered last, in their order. */
  merge(ends: readonly TaskEnd[]): void;
  /** Nothing is left of what the strategy has to try. */
  readonly exhausted: boolean;
  save(): SearchState;
}
/** A search as plain data. */
export type SearchState =
  | { readonly strategy: 'dpor'; readonly done: number; readonly forest: SavedForest }
  | { readonly strategy: 'preemption'; readonly bound: number; readonly choices: readonly Choice[] | 'over' }
  | {
      readonly strategy: 'random' | 'pct';
      readonly seed: number;
      readonly next: number;
      readonly changes: number;
      readonly length: number;
    }
  | { readonly strategy: 'single'; readonly over: boolean };

export interface SavedForest {
  /** States that several parts share. `parent`: an index, −1 for none. */
  readonly shared: readonly {
    readonly parent: number;
    readonly step?: Step;
    readonly sleep: readonly (readonly [number, Op])[];
    readonly wakeup: readonly (readonly Step[])[];
    /** It is the state after a branch of its parent that was taken apart. */
    readonly given: boolean;
  }[];
  readonly parts: readonly {
    readonly below: number;
    readonly prefix: readonly Step[];
    readonly nodes: readonly SavedNode[];
  }[];
}

/** Executes one schedule to its end; `choose` picks one of the threads that can go on (ascending, not empty). */
export function walk(
  target: ExplorationTarget,
  depth: number,
  choose: (ready: readonly number[], last: number | undefined, steps: number) => number,
): ExploredExecution {
  target.reset();
  const steps: Step[] = [];
  let last: number | undefined;
  let preemptions = 0;
  for (;;) {
    const ready: number[] = [];
    let left = false;
    for (let t = 0; t < target.threads; t++) {
      const status = target.status(t);
      if (status === 'ready') ready.push(t);
      else if (status === 'blocked') left = true;
    }
    if (ready.length === 0) return { steps, end: left ? 'deadlock' : 'done', preemptions };
    if (steps.length >= depth) return { steps, end: 'stopped', preemptions };
    const going = last !== undefined && ready.includes(last) ? last : undefined;
    const thread = choose(ready, going, steps.length);
    if (going !== undefined && thread !== going) preemptions++;
    steps.push({ thread, op: target.pending(thread) });
    last = thread;
    if (!target.step(thread)) return { steps, end: 'stopped', preemptions };
  }
}
