import { History, type Step } from './dpor.ts';
import { isAcquire, isRelease, type Op } from './events.ts';
import { fewestSwitches, switchesOf } from './schedule.ts';

/*
 * Deadlocks behind a writer that waits. Readers of the kernel's rwlock and rw_semaphore queue behind it, so that a thread that
 * takes its read lock again hangs where a writer came in between (kernel/locking/qrwlock.c, rwsem.c).
 *
 * When a writer begins to wait is no step of an exploration: it would multiply the executions for nothing, since without a
 * deadlock a queue only decides who goes first, and every order is executed anyway. Every execution is one in which nobody
 * began to wait before he could go on. So a thread may begin to wait in each state in which it stands before its lock, and all
 * such states are cuts of executions that are explored: a set of steps that holds what happens before each of them. It is
 * enough to look in each execution for a cut in which threads stand so that each would wait for the next: for what that one
 * holds, or behind it where it waits to write. Two threads stand before two steps at once where neither step happens
 * before the step that leads to the other.
 */

/** What an execution did, and what its threads stand before at its end. */
export interface LockLog {
  readonly threads: number;
  readonly steps: readonly Step[];
  /** Where each step stands in the code. */
  readonly locs: readonly number[];
  /** What a thread stands before; undefined: it has ended. */
  standing(thread: number): Op | undefined;
  placeOf(thread: number): number;
}
/** A state from which nobody of some threads can go on. */
export interface QueueDeadlock {
  /** Steps of the execution that lead there, switched as rarely as they can be. */
  readonly steps: readonly Step[];
  readonly switches: number;
  /** Threads that begin to wait to write there, before any other begins to wait. */
  readonly writers: readonly number[];
  /** Waits behind the first of them. */
  readonly reader: number;
  /** Where the reader and the writers stand. */
  readonly locs: readonly number[];
}

interface Hold {
  readonly object: number;
  readonly exclusive: boolean;
}
/** A thread before an acquire. */
interface Stand {
  readonly thread: number;
  readonly op: Op;
  readonly loc: number;
  readonly held: readonly Hold[];
  /** Of the step among those of its thread, from 1. */
  readonly number: number;
  /** How many steps of each thread happen before it. */
  readonly before: readonly number[];
}

/** Threads in one circle. */
const MOST_THREADS = 5;
/** Pairs of places that are told apart. */
const MAX_FOUND = 200;
/** States that the search for a shorter way looks at. */
const MAX_ORDERS = 2000;

/** Looks at executions one after the other. For one pair of places it answers again only with fewer switches. */
export class QueueDetector {
  readonly #fewest = new Map<string, number>();
  readonly #depth: number[] = [];

  clear(): void {
    this.#fewest.clear();
  }

  find(log: LockLog): readonly QueueDeadlock[] {
    if (!this.#mayBe(log)) return [];
    const found: QueueDeadlock[] = [];
    // Who waits for what he holds himself hangs without the others: that is told by itself.
    const stands = standsOf(log).filter((stand) => !waitsForHolder(stand, stand));
    for (const reader of stands) {
      if (reader.op.kind !== 'acquire-shared' || !reader.op.queues || reader.held.length === 0) continue;
      for (const writer of stands) {
        if (!isQueuedBefore(writer, reader) || !together(writer, [reader])) continue;
        const circle = closed(stands, [reader, writer]);
        if (!circle) continue;
        const key = `${reader.loc} ${writer.loc}`;
        const fewest = this.#fewest.get(key);
        if (fewest === undefined && this.#fewest.size >= MAX_FOUND) continue;
        const deadlock = cutOf(log, circle, fewest);
        if (!deadlock) continue;
        this.#fewest.set(key, deadlock.switches);
        found.push(deadlock);
      }
    }
    return found;
  }

  /** Whether a read lock is asked for by a thread that holds a lock: nearly never, and nothing else costs anything. */
  #mayBe(log: LockLog): boolean {
    const { threads, steps } = log;
    const depth = this.#depth;
    for (let t = 0; t < threads; t++) depth[t] = 0;
    for (const { thread, op } of steps) {
      if (isRelease(op)) {
        if (isLock(op) && op.takes === undefined) depth[thread]!--;
      } else if (isAcquire(op) ? isLock(op) : op.takes !== undefined) {
        if (op.queues && op.kind === 'acquire-shared' && depth[thread]! > 0) return true;
        depth[thread]!++;
      }
    }
    for (let t = 0; t < threads; t++) {
      const op = depth[t]! > 0 ? log.standing(t) : undefined;
      if (op?.queues && op.kind === 'acquire-shared') return true;
    }
    return false;
  }
}

/** Others acquire the state of a task, or RCU, which has no place in memory. */
const isLock = (op: Op): boolean => op.size === 1 && op.object >= 0;

function standsOf(log: LockLog): readonly Stand[] {
  const history = new History(log.threads);
  const held = Array.from({ length: log.threads }, (): readonly Hold[] => []);
  const stands: Stand[] = [];
  const taken = (thread: number, object: number, exclusive: boolean): void => {
    held[thread] = [...held[thread]!, { object, exclusive }];
  };
  const given = (thread: number, object: number, exclusive: boolean): void => {
    const at = held[thread]!.findLastIndex((h) => h.object === object && h.exclusive === exclusive);
    if (at >= 0) held[thread] = held[thread]!.toSpliced(at, 1);
  };
  const stand = (thread: number, op: Op, loc: number, before: readonly number[]): void => {
    stands.push({ thread, op, loc, held: held[thread]!, number: before[thread]! + 1, before });
  };
  log.steps.forEach(({ thread, op }, i) => {
    const before = history.clockOf(thread);
    if (isAcquire(op) && isLock(op)) {
      stand(thread, op, log.locs[i]!, before);
      taken(thread, op.object, op.kind === 'acquire');
    } else if (isRelease(op) && isLock(op)) given(thread, op.object, op.kind === 'release');
    if (op.takes) taken(thread, op.object, op.takes === 'exclusive');
    history.add(thread, op, false);
  });
  for (let t = 0; t < log.threads; t++) {
    const op = log.standing(t);
    if (op && isAcquire(op) && isLock(op)) stand(t, op, log.placeOf(t), history.clockOf(t));
  }
  return stands;
}

const isQueuedBefore = (writer: Stand, reader: Stand): boolean =>
  writer.op.kind === 'acquire' && writer.op.queues === true && writer.op.object === reader.op.object;

/** There is a state in which this one and each of those stand where they do. */
const together = (stand: Stand, others: readonly Stand[]): boolean =>
  others.every(
    (other) =>
      other.thread !== stand.thread &&
      stand.before[other.thread]! < other.number &&
      other.before[stand.thread]! < stand.number,
  );

const waitsForHolder = ({ op }: Stand, { held }: Stand): boolean =>
  held.some((h) => h.object === op.object && (h.exclusive || op.kind === 'acquire'));

/** Goes on with a chain in which each waits for the next until the last one waits for the first. */
function closed(stands: readonly Stand[], chain: readonly Stand[]): readonly Stand[] | undefined {
  const last = chain.at(-1)!;
  if (waitsForHolder(last, chain[0]!)) return chain;
  if (chain.length >= MOST_THREADS) return undefined;
  for (const next of stands) {
    const waits =
      waitsForHolder(last, next) ||
      (last.op.kind === 'acquire-shared' && last.op.queues === true && isQueuedBefore(next, last));
    if (!waits || !together(next, chain)) continue;
    const circle = closed(stands, [...chain, next]);
    if (circle) return circle;
  }
  return undefined;
}

/** What must have been done for threads to stand so; undefined: never with less than `below` switches. */
function cutOf(log: LockLog, circle: readonly Stand[], below: number | undefined): QueueDeadlock | undefined {
  const most = Array.from({ length: log.threads }, (_, t) => Math.max(...circle.map((s) => s.before[t]!)));
  const numbers = new Array<number>(log.threads).fill(0);
  const steps = log.steps.filter(({ thread }) => ++numbers[thread]! <= most[thread]!);
  const order = fewestSwitches(steps, below, MAX_ORDERS);
  if (!order) return undefined;
  const writers = circle.filter((s, i) => i > 0 && isQueuedBefore(s, circle[i - 1]!));
  return {
    steps: order,
    switches: switchesOf(order),
    writers: writers.map((s) => s.thread),
    reader: circle[0]!.thread,
    locs: [circle[0]!, ...writers].map((s) => s.loc),
  };
}
