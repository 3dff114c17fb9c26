import { dependent, type ExplorationTarget, isAcquire, isRelease, type Op } from './events.ts';

/*
 * Optimal dynamic partial order reduction: every Mazurkiewicz trace is executed exactly once, and no execution is begun in
 * vain. P. A. Abdulla, S. Aronis, B. Jonsson, K. Sagonas, “Source Sets: A Foundation for Optimal Dynamic Partial Order
 * Reduction”, J. ACM 64(4), 2017, algorithm 2, with wakeup trees. Stateless: a branch is taken by starting over and
 * replaying the steps before it, so that memory grows with the length of one execution and not with their number.
 *
 * Locks: an acquire blocks while another thread holds the lock, so the release that let it in is not a step it could have
 * come before; what it races with is the acquire that kept it out.
 */

export interface Step {
  readonly thread: number;
  readonly op: Op;
}
/** One complete execution. Arrays are reused: copy what is kept. */
export interface ExploredExecution {
  readonly steps: readonly Step[];
  /** `deadlock`: threads are left and all of them wait. */
  readonly end: 'done' | 'deadlock' | 'stopped';
  /** Steps that this execution shares with the one before it. */
  readonly replayed: number;
}
export interface DporBounds {
  readonly executions: number;
  /** Steps of one execution. */
  readonly depth: number;
}
export interface DporResult {
  readonly executions: number;
  /** Executions begun and given up because what was left of them was known. 0, as the algorithm is optimal. */
  readonly blocked: number;
  /** False where a bound or the visitor ended the search. */
  readonly complete: boolean;
  readonly cutOff?: 'executions' | 'depth' | 'visitor';
}

/** An ordered tree of steps still to be tried from a state. */
interface Wakeup {
  readonly thread: number;
  readonly op: Op;
  readonly children: Wakeup[];
}
interface Node {
  /** Threads that were seen waiting for the operation they still have before them. */
  readonly waiting: ReadonlySet<number>;
  /** Threads whose next step need not be tried here: what would follow has been explored. */
  readonly sleep: Map<number, Op>;
  readonly wakeup: Wakeup[];
}
interface Event extends Step {
  /** How many events of each thread happen before this one or are it (a vector clock). */
  readonly clock: readonly number[];
  /** The thread's clock before this event took in what it depends on, itself not counted. */
  readonly before: readonly number[];
  /** Number among the thread's events, from 1. */
  readonly number: number;
  /** The thread was seen waiting for this operation. */
  readonly waited: boolean;
}

/** Explores every trace of `target`; `visit` sees each and may end the search by answering false. */
export function exploreOptimal(
  target: ExplorationTarget,
  bounds: DporBounds,
  visit: (execution: ExploredExecution) => boolean | undefined,
): DporResult {
  const threads = target.threads;
  const nodes: Node[] = [{ waiting: new Set(), sleep: new Map(), wakeup: [] }];
  const history = new History(threads);
  const { events } = history;
  let executions = 0;
  let blocked = 0;
  let replayed = 0;
  let cutOff: DporResult['cutOff'];

  for (;;) {
    // Replay up to the state where the next branch begins.
    for (let i = rewind(target, events.length); i < events.length; i++) target.step(events[i]!.thread);
    let end: ExploredExecution['end'] | 'asleep' | undefined;
    while (end === undefined) {
      const node = nodes[events.length]!;
      const ready: number[] = [];
      const waiting = new Set(node.waiting);
      let left = false;
      for (let t = 0; t < threads; t++) {
        const status = target.status(t);
        if (status === 'ready') ready.push(t);
        else if (status === 'blocked') {
          left = true;
          waiting.add(t);
        }
      }
      if (ready.length === 0) {
        end = left ? 'deadlock' : 'done';
        break;
      }
      if (events.length >= bounds.depth) {
        cutOff = 'depth';
        end = 'stopped';
        break;
      }
      if (node.wakeup.length === 0) {
        const last = events.at(-1)?.thread;
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
      history.add(thread, op, waiting.delete(thread));
      const sleep = new Map<number, Op>();
      for (const [t, slept] of node.sleep) if (!dependent(slept, op)) sleep.set(t, slept);
      nodes.push({ waiting, sleep, wakeup: [...children] });
      if (!target.step(thread)) end = 'stopped';
    }

    if (end === 'asleep') blocked++;
    else {
      executions++;
      for (let i = replayed; i < events.length; i++) reverseRaces(nodes, events, i, events[i]!);
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
          if (isAcquire(virtual.op)) reverseRaces(nodes, events, events.length, virtual);
        }
      if (visit({ steps: events, end, replayed }) === false) cutOff = 'visitor';
      else if (executions >= bounds.executions) cutOff = 'executions';
      if (cutOff === 'visitor' || cutOff === 'executions') {
        const more = nodes.some((n, i) => i < events.length && n.wakeup.length > 1);
        if (more || cutOff === 'visitor') return { executions, blocked, complete: false, cutOff };
        cutOff = undefined;
      }
    }

    // Back to the deepest state with a branch left.
    nodes.length = events.length;
    for (;;) {
      const node = nodes.at(-1);
      if (!node) return { executions, blocked, complete: cutOff === undefined, ...(cutOff ? { cutOff } : {}) };
      const done = node.wakeup.shift()!;
      node.sleep.set(done.thread, events.at(-1)!.op);
      history.pop();
      if (node.wakeup.length > 0) break;
      nodes.pop();
    }
    replayed = events.length;
  }
}

function rewind(target: ExplorationTarget, steps: number): number {
  if (steps > 0 && target.rewind) return target.rewind(steps);
  target.reset();
  return 0;
}

/** The events of the current execution with their vector clocks. */
class History {
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
    const clock = [...before];
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

/** Finds the events that `event` races with and puts the sequences that reverse these races into the wakeup trees. */
function reverseRaces(nodes: readonly Node[], events: readonly Event[], index: number, event: Event): void {
  const rivals: number[] = [];
  for (let i = 0; i < index; i++) {
    const other = events[i]!;
    if (other.thread === event.thread || other.number <= event.before[other.thread]! || !dependent(other.op, event.op))
      continue;
    if (isAcquire(event.op) && isRelease(other.op)) continue;
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
      if (!happensBefore(rival, between)) sequence.push(between);
    }
    sequence.push(event);
    const node = nodes[i]!;
    let asleep = false;
    for (const [thread, op] of node.sleep) if (isWeakInitial(thread, op, sequence)) asleep = true;
    if (!asleep) insert(node.wakeup, sequence);
  }
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

/** insert[E](w, B) of the paper: adds `sequence` unless what is there covers it. */
function insert(tree: Wakeup[], sequence: readonly Step[]): void {
  let level = tree;
  let rest = [...sequence];
  for (;;) {
    const child = level.find((c) => isWeakInitial(c.thread, c.op, rest));
    if (!child) break;
    const at = rest.findIndex((s) => s.thread === child.thread);
    if (at >= 0) rest = [...rest.slice(0, at), ...rest.slice(at + 1)];
    // A leaf stands for everything that begins like it.
    if (child.children.length === 0 || rest.length === 0) return;
    level = child.children;
  }
  for (const { thread, op } of rest) {
    const children: Wakeup[] = [];
    level.push({ thread, op, children });
    level = children;
  }
}
