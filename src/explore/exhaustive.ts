import { loadedTree, offer, type SharedNode, type Step, savedTree, type Wakeup, wholeTree } from './dpor.ts';
import { dependent, type Op } from './events.ts';
import type { SavedForest, SavedNode, SavedShared, Search, SearchState, SearchTask, TaskEnd } from './search.ts';

/*
 * Every Mazurkiewicz trace once, by one or several workers. The tree of executions is split where a branch waits to be
 * taken: the branch becomes a part of its own, and the state it leaves from is shared. A branch that was given away counts as
 * explored for those after it (it goes into their sleep sets), because whoever has it explores all of it. That is so where
 * the branch is a leaf of the wakeup tree: the sleep set after it is empty, so that its part needs nothing from others. A
 * branch with more below it is taken apart instead: the state after it is shared, too, until leaves are reached. Sequences
 * that reverse a race from a shared state are handed back and put where they belong, as one search would. So the parts
 * together explore what one search explores, and no trace twice.
 *
 * Parts are taken, bounded and merged in an order that follows from the state alone: the result is the same for any number
 * of workers.
 */

export interface Split {
  /** Executions before the search is split: most end sooner. */
  readonly alone: number;
  /** Parts that are explored at the same time. */
  readonly parts: number;
  /** Executions of each until they are merged. */
  readonly quantum: number;
}
const usual: Split = { alone: 2000, parts: 8, quantum: 400 };

/** A state that several parts lead through. */
interface Shared extends SharedNode {
  readonly parent: Shared | undefined;
  /** The step from its parent. */
  readonly step: Step | undefined;
  readonly given: Map<number, Shared>;
}
interface Part {
  readonly below: Shared | undefined;
  /** Steps from that state on. */
  readonly prefix: readonly Step[];
  readonly nodes: readonly SavedNode[];
}

export class Exhaustive implements Search {
  readonly strategy = 'dpor';
  readonly #depth: number;
  readonly #split: Split;
  #done = 0;
  #shared: Shared[] = [];
  #parts: Part[] = [{ below: undefined, prefix: [], nodes: wholeTree.nodes }];
  #taken: readonly Part[] = [];

  constructor(depth: number, saved?: { readonly done: number; readonly forest: SavedForest }, split: Split = usual) {
    this.#depth = depth;
    this.#split = split;
    if (!saved) return;
    this.#done = saved.done;
    for (const { parent, step, sleep, wakeup, given } of saved.forest.shared) {
      const above = this.#shared[parent];
      const node = makeShared(above, step, new Map(sleep), loadedTree(wakeup));
      if (given && above && step) above.given.set(step.thread, node);
      this.#shared.push(node);
    }
    this.#parts = saved.forest.parts.map(({ below, prefix, nodes }) => ({ below: this.#shared[below], prefix, nodes }));
  }

  get exhausted(): boolean {
    return this.#parts.length === 0 && this.#shared.every((s) => s.wakeup.length === 0);
  }

  tasks(executions: number): readonly SearchTask[] {
    if (this.#done < this.#split.alone && this.#shared.length === 0) {
      this.#taken = this.#parts;
      return this.#parts.map((part) => this.#task(part, Math.min(executions, this.#split.alone - this.#done)));
    }
    while (this.#parts.length < this.#split.parts && (this.#dispatch() || this.#share()));
    const tasks: SearchTask[] = [];
    const taken: Part[] = [];
    let left = executions;
    // The last ones: they lie deepest, and are through the soonest.
    for (const part of this.#parts.slice(-this.#split.parts)) {
      if (left <= 0) break;
      const share = Math.min(this.#split.quantum, left);
      left -= share;
      taken.push(part);
      tasks.push(this.#task(part, share));
    }
    this.#taken = taken;
    return tasks;
  }

  merge(ends: readonly TaskEnd[]): void {
    ends.forEach((end, i) => {
      const part = this.#taken[i]!;
      const chain = chainOf(part.below);
      for (const { depth, sequence } of end.outside ?? []) offer(chain[depth]!, sequence);
      const at = this.#parts.indexOf(part);
      if (end.rest) {
        const { prefix, nodes } = end.rest;
        this.#parts[at] = { below: part.below, prefix: prefix.slice(stepsTo(chain)), nodes };
      } else this.#parts.splice(at, 1);
      this.#done += end.executions;
    });
    this.#forget();
  }

  save(): SearchState {
    const index = new Map(this.#shared.map((s, i) => [s, i]));
    return {
      strategy: 'dpor',
      done: this.#done,
      forest: {
        shared: this.#shared.map((node) => ({
          parent: node.parent ? index.get(node.parent)! : -1,
          ...(node.step ? { step: node.step } : {}),
          sleep: [...node.sleep],
          wakeup: savedTree(node.wakeup),
          given: node.step !== undefined && node.parent?.given.get(node.step.thread) === node,
        })),
        parts: this.#parts.map(({ below, prefix, nodes }) => ({
          below: below ? index.get(below)! : -1,
          prefix,
          nodes,
        })),
      },
    };
  }

  #task(part: Part, executions: number): SearchTask {
    const chain = chainOf(part.below);
    return {
      kind: 'subtree',
      executions,
      depth: this.#depth,
      subtree: {
        prefix: [...chain.flatMap((s) => s.step ?? []), ...part.prefix],
        outer: chain.map(savedShared),
        nodes: part.nodes,
      },
    };
  }

  /** Makes the waiting branch that was shared last a part, or takes it apart. */
  #dispatch(): boolean {
    const node = this.#shared.findLast((s) => s.wakeup.length > 0);
    if (!node) return false;
    const { thread, op, children } = node.wakeup.shift()!;
    if (children.length === 0) {
      const branch = { sleep: [...node.sleep], wakeup: [[{ thread, op }]] };
      this.#parts.push({ below: node, prefix: [], nodes: [branch] });
    } else {
      const sleep = new Map([...node.sleep].filter(([, slept]) => !dependent(slept, op)));
      const after = makeShared(node, { thread, op }, sleep, children);
      node.given.set(thread, after);
      this.#shared.push(after);
    }
    node.sleep.set(thread, op);
    return true;
  }

  /** Shares the first state of a part from which branches wait. */
  #share(): boolean {
    for (const [at, part] of this.#parts.entries()) {
      const { nodes, prefix } = part;
      // The part's states end with the one after its last step.
      const from = prefix.length + 1 - nodes.length;
      const trees = nodes.map((node) => loadedTree(node.wakeup));
      const which = trees.findIndex((tree) => tree.length > 1);
      if (which < 0) continue;
      let below = part.below;
      // The first state of a branch that was given away is shared already.
      for (let i = below && from === 0 ? 1 : 0; i <= which; i++) {
        const last = from + i === prefix.length;
        const sleep = new Map(nodes[i]!.sleep);
        const queue = trees[i]!;
        // The branch that is being explored stays with the part.
        const current = last ? undefined : queue.shift();
        if (current) sleep.set(current.thread, prefix[from + i]!.op);
        below = makeShared(below, prefix[from + i - 1], sleep, queue);
        this.#shared.push(below);
      }
      const rest = nodes.slice(which + 1);
      if (rest.length > 0) this.#parts[at] = { below, prefix: prefix.slice(from + which), nodes: rest };
      else this.#parts.splice(at, 1);
      return true;
    }
    return false;
  }

  /**
   * Drops shared states that nothing leads through any more. All that begins with a branch which was taken apart is explored
   * once nothing below it is left: from then on its thread only sleeps, like that of any other explored branch.
   */
  #forget(): void {
    const used = new Set<Shared>();
    const mark = (node: Shared | undefined): void => {
      for (let s = node; s && !used.has(s); s = s.parent) used.add(s);
    };
    for (const part of this.#parts) mark(part.below);
    for (const node of this.#shared) if (node.wakeup.length > 0) mark(node);
    if (used.size === this.#shared.length) return;
    this.#shared = this.#shared.filter((s) => used.has(s));
    for (const { given } of this.#shared)
      for (const [thread, below] of given) if (!used.has(below)) given.delete(thread);
  }
}

const makeShared = (
  parent: Shared | undefined,
  step: Step | undefined,
  sleep: Map<number, Op>,
  wakeup: Wakeup[],
): Shared => ({ parent, step, sleep, wakeup, given: new Map() });

const savedShared = ({ sleep, wakeup, given }: SharedNode): SavedShared => ({
  sleep: [...sleep],
  wakeup: savedTree(wakeup),
  given: [...given].map(([thread, node]) => [thread, savedShared(node)]),
});

/** The shared states from the first one on; the one at index d is reached by d steps. */
function chainOf(node: Shared | undefined): readonly Shared[] {
  const chain: Shared[] = [];
  for (let s = node; s; s = s.parent) chain.push(s);
  return chain.reverse();
}
const stepsTo = (chain: readonly Shared[]): number => Math.max(0, chain.length - 1);
