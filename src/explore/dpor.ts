import { dependent, type ExplorationTarget, isAcquire, isRelease, type Op } from './events.ts';
import type { ExploredExecution, SavedNode, SavedShared, Subtree, TaskEnd, Visit } from './search.ts';

/*
 * Optimal dynamic partial order reduction: every Mazurkiewicz trace is executed exactly once, and no execution is begun in
 * vain. P. A. Abdulla, S. Aronis, B. Jonsson, K. Sagonas, “Source Sets: A Foundation for Optimal Dynamic Partial Order
 * Reduction”, J. ACM 64(4), 2017, algorithm 2, with wakeup trees. Stateless: a branch is taken by starting over and
 * replaying the steps before it, so that memory grows with the length of one execution and not with their number.
 *
 * Locks: an acquire blocks while another thread holds the lock, so the release that let it in is not a step it could have
 * come before; what it races with is the acquire that kept it out. Nor could it have come before what others did with the lock
 * while one of them held it: readers that share it, tries that failed. There, too, the race is with the one who held it.
 */

export interface Step {
  readonly thread: number;
  readonly op: Op;
}

/** An ordered tree of steps to be tried from a state. */
export interface Wakeup {
  readonly thread: number;
  readonly op: Op;
  readonly children: Wakeup[];
}
interface Node {
  /** Threads that were seen waiting for the operation they still have before them. */
  readonly waiting: ReadonlySet<number>;
  sleep: ReadonlyMap<number, Op>;
  readonly wakeup: Wakeup[];
  /** How often a thread that could go on was left for another, up to here. */
  readonly preemptions: number;
}
export interface Event extends Step {
  /** How many events of each thread happen before this one or are it (a vector clock). */
  readonly clock: readonly number[];
  /** The thread's clock before this event took in what it depends on, itself not counted. */
  readonly before: readonly number[];
  /** Number among the thread's events, from 1. */
  readonly number: number;
  /** The thread was seen waiting for this operation. */
  readonly waited: boolean;
}

/** All executions there are. */
export const wholeTree: Subtree = { prefix: [], outer: [], nodes: [{ sleep: [], wakeup: [] }] };

/**
 * Explores a part of the tree of executions, up to a number of them; `visit` sees each. States before the part belong to
 * others: what is to be tried from there is answered, once.
 */
export function exploreSubtree(
  target: ExplorationTarget,
  subtree: Subtree,
  bounds: { readonly executions: number; readonly depth: number },
  visit: Visit,
): TaskEnd {
  const threads = target.threads;
  const outer = subtree.outer.map(sharedNode);
  const outside: { depth: number; sequence: readonly Step[] }[] = [];
  // States of others before the part's own are never gone back to.
  const base = subtree.prefix.length + 1 - subtree.nodes.length;
  const nodes: Node[] = [];
  const history = new History(threads);
  const { events } = history;
  const nodeAt = (depth: number, waiting: ReadonlySet<number>, preemptions: number): Node => {
    const saved: SavedNode | undefined = subtree.nodes[depth - base];
    return { waiting, preemptions, sleep: new Map(saved?.sleep), wakeup: loadedTree(saved?.wakeup ?? []) };
  };
  nodes.push(nodeAt(0, none, 0));
  target.reset();
  for (const { thread } of subtree.prefix) {
    const { ready, waiting } = look(target, nodes.at(-1)!.waiting);
    const preempts = preempted(ready, events.at(-1)?.thread, thread);
    history.add(thread, target.pending(thread), waiting.has(thread));
    target.step(thread);
    nodes.push(nodeAt(events.length, without(waiting, thread), nodes.at(-1)!.preemptions + preempts));
  }
  let executions = 0;
  let blocked = 0;
  let deep = false;
  let steps = 0;
  let preemptions = 0;
  let replayed = events.length;
  const finished = (more: Partial<TaskEnd>): TaskEnd => ({
    executions,
    blocked,
    deep,
    steps,
    preemptions,
    stopped: false,
    ...(outside.length > 0 ? { outside } : {}),
    ...more,
  });
  const place: Place = (depth, sequence) => {
    const other = outer[depth];
    if (other) {
      if (offer(other, sequence)) outside.push({ depth, sequence });
      return;
    }
    const { sleep, wakeup } = nodes[depth]!;
    for (const [thread, op] of sleep) if (isWeakInitial(thread, op, sequence)) return;
    insert(wakeup, sequence);
  };

  for (;;) {
    let end: ExploredExecution['end'] | 'asleep' | undefined;
    while (end === undefined) {
      const node = nodes[events.length]!;
      const { ready, waiting, left } = look(target, node.waiting);
      if (ready.length === 0) {
        end = left ? 'deadlock' : 'done';
        break;
      }
      if (events.length >= bounds.depth) {
        deep = true;
        end = 'stopped';
        break;
      }
      const last = events.at(-1)?.thread;
      if (node.wakeup.length === 0) {
        const awake = ready.filter((t) => !node.sleep.has(t));
        const thread = last !== undefined && awake.includes(last) ? last : awake[0];
        if (thread === undefined) {
          end = 'asleep';
          break;
        }
        node.wakeup.push({ thread, op: target.pending(thread), children: [] });
      }
      const { thread, children } = node.wakeup[0]!;
      const op = target.pending(thread);
      history.add(thread, op, waiting.has(thread));
      const sleep = node.sleep.size === 0 ? allAwake : new Map([...node.sleep].filter(([, s]) => !dependent(s, op)));
      const preempts = preempted(ready, last, thread);
      nodes.push({
        waiting: without(waiting, thread),
        sleep,
        wakeup: children.slice(),
        preemptions: node.preemptions + preempts,
      });
      if (!target.step(thread)) end = 'stopped';
    }

    let visited: ReturnType<Visit>;
    if (end === 'asleep') blocked++;
    else {
      executions++;
      steps = Math.max(steps, events.length);
      const switched = nodes[events.length]!.preemptions;
      preemptions = Math.max(preemptions, switched);
      for (let i = replayed; i < events.length; i++) reverseRaces(place, events, i, events[i]!);
      // A thread that waits for ever could have come before the one that keeps it out.
      if (end === 'deadlock')
        for (let t = 0; t < threads; t++) {
          if (target.status(t) !== 'blocked') continue;
          const before = history.clockOf(t);
          const virtual: Event = {
            thread: t,
            op: target.pending(t),
            clock: before,
            before,
            number: (before[t] ?? 0) + 1,
            waited: false,
          };
          if (isAcquire(virtual.op)) reverseRaces(place, events, events.length, virtual);
        }
      visited = visit({ steps: events, end, preemptions: switched });
      if (visited === 'stop') return finished({ stopped: true });
    }

    // Back to the deepest state with a branch left.
    nodes.length = events.length;
    for (;;) {
      if (events.length <= base) return finished({});
      const node = nodes.at(-1)!;
      const done = node.wakeup.shift()!;
      node.sleep = new Map(node.sleep).set(done.thread, events.at(-1)!.op);
      history.pop();
      if (node.wakeup.length > 0) break;
      nodes.pop();
    }
    replayed = events.length;
    if (visited === 'pause' || executions >= bounds.executions)
      return finished({
        rest: {
          prefix: events.map(({ thread, op }) => ({ thread, op })),
          outer: [],
          nodes: nodes.slice(base).map(plainNode),
        },
      });
    // The steps before that state are taken again.
    for (let i = rewind(target, events.length); i < events.length; i++) target.step(events[i]!.thread);
  }
}

const plainNode = (node: Pick<Node, 'sleep' | 'wakeup'>): SavedNode => ({
  sleep: [...node.sleep],
  wakeup: savedTree(node.wakeup),
});

/** A wakeup tree as the paths to its leaves, in order: deep trees must not become deeply nested data. */
export function savedTree(tree: readonly Wakeup[]): readonly (readonly Step[])[] {
  const paths: Step[][] = [];
  const path: Step[] = [];
  const pending = [...tree].reverse().map((node) => ({ node, depth: 0 }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, depth } = next;
    path.length = depth;
    path.push({ thread: node.thread, op: node.op });
    if (node.children.length === 0) paths.push([...path]);
    for (const child of [...node.children].reverse()) pending.push({ node: child, depth: depth + 1 });
  }
  return paths;
}

export function loadedTree(paths: readonly (readonly Step[])[]): Wakeup[] {
  const tree: Wakeup[] = [];
  for (const path of paths) {
    let level = tree;
    for (const { thread, op } of path) {
      let child = level.at(-1);
      // Siblings have different threads.
      if (child?.thread !== thread) level.push((child = { thread, op, children: [] }));
      level = child.children;
    }
  }
  return tree;
}

const preempted = (ready: readonly number[], last: number | undefined, thread: number): number =>
  last !== undefined && last !== thread && ready.includes(last) ? 1 : 0;

const none: ReadonlySet<number> = new Set();
const allAwake: ReadonlyMap<number, Op> = new Map();

/** The same set where nothing changes: nearly always. */
function without(set: ReadonlySet<number>, thread: number): ReadonlySet<number> {
  return set.has(thread) ? new Set([...set].filter((t) => t !== thread)) : set;
}

function look(target: ExplorationTarget, known: ReadonlySet<number>) {
  const ready: number[] = [];
  let waiting = known;
  let left = false;
  for (let t = 0; t < target.threads; t++) {
    const status = target.status(t);
    if (status === 'ready') ready.push(t);
    else if (status === 'blocked') {
      left = true;
      if (!waiting.has(t)) waiting = new Set(waiting).add(t);
    }
  }
  return { ready, waiting, left };
}

function rewind(target: ExplorationTarget, steps: number): number {
  if (steps > 0 && target.rewind) return target.rewind(steps);
  target.reset();
  return 0;
}

/** The events of an execution with their vector clocks. */
export class History {
  readonly events: Event[] = [];
  /** Clock of each thread after its last event. */
  readonly #clocks: (readonly number[])[];

  constructor(threads: number) {
    this.#clocks = Array.from({ length: threads }, () => new Array<number>(threads).fill(0));
  }

  clockOf(thread: number): readonly number[] {
    return this.#clocks[thread]!;
  }

  add(thread: number, op: Op, waited: boolean): void {
    const before = this.#clocks[thread]!;
    const clock = before.slice();
    // Latest first: an event that is in the clock already brings nothing, and brought all that is before it.
    for (let i = this.events.length - 1; i >= 0; i--) {
      const other = this.events[i]!;
      if (other.number <= clock[other.thread]! || !dependent(other.op, op)) continue;
      for (let t = 0; t < clock.length; t++) if (other.clock[t]! > clock[t]!) clock[t] = other.clock[t]!;
    }
    const number = before[thread]! + 1;
    clock[thread] = number;
    this.events.push({ thread, op, clock, before, number, waited });
    this.#clocks[thread] = clock;
  }

  pop(): void {
    const event = this.events.pop();
    if (event) this.#clocks[event.thread] = event.before;
  }
}

/** Puts a sequence to be tried into the wakeup tree of the state at this depth, unless it is covered. */
type Place = (depth: number, sequence: readonly Step[]) => void;

/** Finds the events that `event` races with; `place` gets the sequences that reverse these races. */
function reverseRaces(place: Place, events: readonly Event[], index: number, event: Event): void {
  const rivals: number[] = [];
  for (let i = 0; i < index; i++) {
    const other = events[i]!;
    if (other.thread === event.thread || other.number <= event.before[other.thread]! || !dependent(other.op, event.op))
      continue;
    if (isAcquire(event.op) && (isRelease(other.op) || !couldAcquire(events, i, index, event))) continue;
    rivals.push(i);
  }
  for (const i of rivals) {
    const rival = events[i]!;
    // Only neighbours in happens-before race: with another rival in between, that one is the race.
    if (rivals.some((j) => j > i && happensBefore(rival, events[j]!))) continue;
    // It waited for what the rival did, and could not have gone first.
    if (event.waited && !isAcquire(event.op)) continue;
    const sequence: Step[] = [];
    for (let k = i + 1; k < index; k++) {
      const between = events[k]!;
      if (!happensBefore(rival, between)) sequence.push({ thread: between.thread, op: between.op });
    }
    sequence.push({ thread: event.thread, op: event.op });
    place(i, sequence);
  }
}

/** Whether an acquire could be done in the place of the event at `rival`, after what need not come after that one. */
function couldAcquire(events: readonly Event[], rival: number, index: number, { thread, op }: Event): boolean {
  const before = events[rival]!;
  // What was taken there by one thread alone was free.
  if (before.op.kind === 'acquire') return true;
  let exclusive = 0;
  let shared = 0;
  for (let k = 0; k < index; k++) {
    const event = events[k]!;
    if (event.op.object !== op.object || event.thread === thread) continue;
    if (k >= rival && happensBefore(before, event)) continue;
    const { kind, takes } = event.op;
    if (kind === 'acquire' || takes === 'exclusive') exclusive++;
    else if (kind === 'acquire-shared') shared++;
    else if (kind === 'release') exclusive--;
    else if (kind === 'release-shared') shared--;
    if (takes === 'shared') shared++;
  }
  return exclusive <= 0 && (shared <= 0 || op.kind === 'acquire-shared');
}

/** A state that several parts of a search lead through. */
export interface SharedNode {
  /** Threads whose next step need not be tried, in the order in which that came to be. */
  readonly sleep: Map<number, Op>;
  /** Branches that nobody has taken yet. */
  readonly wakeup: Wakeup[];
  /** Of the threads in `sleep`: the states after branches that were taken apart, which take what belongs below them. */
  readonly given: Map<number, SharedNode>;
}
const sharedNode = ({ sleep, wakeup, given }: SavedShared): SharedNode => ({
  sleep: new Map(sleep),
  wakeup: loadedTree(wakeup),
  given: new Map(given.map(([thread, node]) => [thread, sharedNode(node)])),
});

/** Puts a sequence to be tried where it belongs, unless it is covered. Answers whether that changed anything. */
export function offer(to: SharedNode, sequence: readonly Step[]): boolean {
  let node = to;
  let rest = sequence;
  for (;;) {
    const asleep = [...node.sleep].find(([thread, op]) => isWeakInitial(thread, op, rest));
    if (!asleep) return insert(node.wakeup, rest);
    const below = node.given.get(asleep[0]);
    if (!below) return false;
    rest = withoutStep(rest, asleep[0]);
    if (rest.length === 0) return false;
    node = below;
  }
}

/** The sequence without the thread's first step. */
function withoutStep(sequence: readonly Step[], thread: number): readonly Step[] {
  const at = sequence.findIndex((s) => s.thread === thread);
  return at < 0 ? sequence : [...sequence.slice(0, at), ...sequence.slice(at + 1)];
}

const happensBefore = (a: Event, b: Event): boolean => a.number <= b.clock[a.thread]!;

/** Whether `thread`, about to do `op`, can go first in some sequence equivalent to (an extension of) `sequence`. */
function isWeakInitial(thread: number, op: Op, sequence: readonly Step[]): boolean {
  for (const step of sequence) {
    if (step.thread === thread) return true;
    if (dependent(step.op, op)) return false;
  }
  return true;
}

/** insert[E](w, B) of the paper: adds `sequence` unless what is there covers it. Answers whether it did. */
function insert(tree: Wakeup[], sequence: readonly Step[]): boolean {
  let level = tree;
  let rest = sequence;
  for (;;) {
    const child = level.find((c) => isWeakInitial(c.thread, c.op, rest));
    if (!child) break;
    rest = withoutStep(rest, child.thread);
    // A leaf stands for everything that begins like it.
    if (child.children.length === 0 || rest.length === 0) return false;
    level = child.children;
  }
  for (const { thread, op } of rest) {
    const children: Wakeup[] = [];
    level.push({ thread, op, children });
    level = children;
  }
  return true;
}
