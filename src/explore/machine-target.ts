import type { Loc } from '../c/token.ts';
import { type Machine, type NativeTable, noted, type PendingOp, type Snapshot } from '../machine/api.ts';
import type { Step } from './dpor.ts';
import { dependent, type ExplorationTarget, isAcquire, type Op } from './events.ts';
import { ACCESS, type ExecutionLog } from './races.ts';
import type { CountedStep } from './schedule.ts';

/*
 * C code as an exploration sees it. Threads are interleaved at synchronising operations only: locks, atomics, volatile
 * accesses, sleeping and waking. That misses nothing of a program without data races (M. Musuvathi, S. Qadeer, “Iterative
 * Context Bounding for Systematic Testing of Multithreaded Programs”, PLDI 2007, section 3.1). Plain accesses are noted for
 * the race detector; the memory that races are found on is watched in the next round, where accesses to it are steps, too.
 */

/** A sleeper waits for its task's state; locks are objects of one byte. */
const SLEEP_BYTES = 4;

/** A range of memory, by offset. */
export interface Range {
  readonly offset: number;
  readonly size: number;
}

type Classified =
  | { readonly kind: 'step'; readonly op: Op; readonly loc: Loc; readonly waits: boolean }
  /** An access that is no step here. */
  | { readonly kind: 'access'; readonly ranges: readonly (Range & { readonly write: boolean })[]; readonly loc: Loc }
  /** Nothing that others could see. */
  | { readonly kind: 'nothing' };

/** Places in memory and what has no address share one space of numbers: those outside of memory are below 0. */
function objectAt(machine: Machine, address: bigint): number {
  const offset = machine.offsetOf(address);
  return offset >= 0 ? offset : -8 - Number(BigInt.asUintN(40, address));
}

/** What a stopped thread is about to do. `isStep`: whether a plain access of these bytes is a step. */
export function classify(
  machine: Machine,
  natives: NativeTable,
  thread: number,
  pending: PendingOp,
  isStep: (ranges: readonly Range[]) => boolean,
): Classified {
  if (pending.kind === 'none') return { kind: 'nothing' };
  const { loc } = pending;
  if (pending.kind === 'native') {
    const effect = natives.effect?.(pending.name, pending.args, thread, machine.memory);
    if (!effect) return { kind: 'nothing' };
    const object = objectAt(machine, effect.address);
    const { size } = effect;
    if (effect.kind !== 'access')
      return {
        kind: 'step',
        op: {
          kind: effect.kind,
          object,
          size,
          synchronises: true,
          ...(effect.takes ? { takes: effect.takes } : {}),
          ...(effect.queues ? { queues: true } : {}),
        },
        loc,
        waits: effect.waits === true,
      };
    return access(machine, effect.writes === true, object, size, effect.from, loc, true, isStep);
  }
  const object = objectAt(machine, pending.address);
  const { kind, size } = pending;
  if (pending.volatile) return { kind: 'step', op: { kind, object, size, synchronises: true }, loc, waits: false };
  return access(machine, kind === 'write', object, size, pending.from, loc, false, isStep);
}

function access(
  machine: Machine,
  write: boolean,
  object: number,
  size: number,
  fromAddress: bigint | undefined,
  loc: Loc,
  native: boolean,
  isStep: (ranges: readonly Range[]) => boolean,
): Classified {
  const from = fromAddress === undefined ? undefined : objectAt(machine, fromAddress);
  const ranges = [{ offset: object, size, write }];
  if (from !== undefined) ranges.push({ offset: from, size, write: false });
  // The native notes its accesses itself.
  if (!isStep(ranges)) return { kind: 'access', ranges: native ? [] : ranges, loc };
  const op: Op = { kind: write ? 'write' : 'read', object, size, synchronises: false };
  return { kind: 'step', op: from === undefined ? op : { ...op, from }, loc, waits: false };
}

/** A state on the way of the current execution, kept so that the steps before it need not be taken again. */
interface Checkpoint {
  readonly steps: number;
  readonly accesses: number;
  readonly states: readonly ThreadState[];
  readonly snapshot: Snapshot;
}
/** Steps between checkpoints: a checkpoint costs about as much as this many. */
const CHECKPOINT_DISTANCE = 4;

/** Never changed, so that checkpoints share it. */
interface ThreadState {
  readonly status: 'ready' | 'done';
  readonly op: Op | undefined;
  readonly loc: Loc;
  readonly pending: PendingOp;
}

/** Threads `first` … `first + threads - 1` of a machine, from where it stands when this is made. */
export class MachineTarget implements ExplorationTarget, ExecutionLog {
  readonly threads: number;
  readonly steps: Step[] = [];
  readonly locs: Loc[] = [];
  readonly accesses: number[] = [];
  readonly beginnings: number[] = [];
  readonly starts: number[] = [];
  readonly #machine: Machine;
  readonly #natives: NativeTable;
  readonly #first: number;
  readonly #all: boolean;
  readonly #watched: ReadonlySet<number>;
  readonly #begun: Snapshot;
  readonly #beginning: readonly ThreadState[];
  #states: ThreadState[] = [];
  /** What is known of threads that stand before an acquire: whether they would have to wait. */
  readonly #waits: (boolean | undefined)[] = [];
  readonly #isStep = (ranges: readonly Range[]): boolean => {
    if (this.#all) return true;
    if (this.#watched.size === 0) return false;
    for (const { offset, size } of ranges)
      for (let word = offset >>> 3; word <= (offset + size - 1) >>> 3; word++) if (this.#watched.has(word)) return true;
    return false;
  };
  /** The execution is over: a thread did something fatal. */
  #ended = false;
  readonly #endedAtOnce: boolean;
  readonly #checkpoints: Checkpoint[] = [];
  /** Where the next checkpoint is taken: where the search last turned back to. */
  #turn = 0;

  /**
   * Runs each thread up to its first step. `watched`: memory whose plain accesses are steps; `all`: every access is.
   */
  constructor(
    machine: Machine,
    natives: NativeTable,
    first: number,
    threads: number,
    watched: readonly Range[] | 'all' = [],
  ) {
    this.#machine = machine;
    this.#natives = natives;
    this.#first = first;
    this.threads = threads;
    this.#all = watched === 'all';
    const words = new Set<number>();
    if (watched !== 'all') {
      for (const { offset, size } of watched)
        for (let word = offset >>> 3; word <= (offset + size - 1) >>> 3; word++) words.add(word);
    }
    this.#watched = words;
    machine.watch([...words].map((word) => ({ offset: word * 8, size: 8 })));
    for (let t = 0; t < threads; t++) {
      this.#states.push({ status: 'ready', op: undefined, loc: 0, pending: { kind: 'none' } });
      if (!this.#ended && !this.#advance(t)) this.#ended = true;
      this.beginnings.push(this.accesses.length);
    }
    this.#endedAtOnce = this.#ended;
    this.#beginning = this.#states.slice();
    this.#begun = machine.snapshot();
  }

  reset(): void {
    this.#machine.restore(this.#begun);
    this.#states = this.#beginning.slice();
    this.#waits.length = 0;
    this.#ended = this.#endedAtOnce;
    this.steps.length = 0;
    this.locs.length = 0;
    this.starts.length = 0;
    this.accesses.length = this.beginnings.at(-1) ?? 0;
    this.#checkpoints.length = 0;
    this.#turn = 0;
  }

  /** What the search does next lies below the place it turns back to, so a checkpoint there pays. */
  rewind(steps: number): number {
    while ((this.#checkpoints.at(-1)?.steps ?? 0) > steps) this.#checkpoints.pop();
    const last = this.#checkpoints.at(-1);
    if (last) {
      this.#machine.restore(last.snapshot);
      this.#states = last.states.slice();
      this.#waits.length = 0;
      this.#ended = false;
      this.steps.length = last.steps;
      this.locs.length = last.steps;
      this.starts.length = last.steps;
      this.accesses.length = last.accesses;
    } else this.reset();
    const from = last?.steps ?? 0;
    this.#turn = steps - from >= CHECKPOINT_DISTANCE ? steps : 0;
    return from;
  }

  #checkpoint(): void {
    this.#turn = 0;
    this.#checkpoints.push({
      steps: this.steps.length,
      accesses: this.accesses.length,
      states: this.#states.slice(),
      snapshot: this.#machine.snapshot(),
    });
  }

  status(thread: number): 'ready' | 'blocked' | 'done' {
    const state = this.#states[thread]!;
    if (this.#ended) return 'done';
    if (state.status !== 'ready' || !state.op || !isAcquire(state.op)) return state.status;
    return (this.#waits[thread] ??= this.#hasToWait(thread, state.pending)) ? 'blocked' : 'ready';
  }

  #hasToWait(thread: number, pending: PendingOp): boolean {
    if (pending.kind !== 'native') return false;
    const effect = this.#natives.effect?.(pending.name, pending.args, this.#first + thread, this.#machine.memory);
    return effect?.waits === true;
  }

  pending(thread: number): Op {
    const { op, pending } = this.#states[thread]!;
    // Whether a try succeeds follows from what others have done since the thread came here.
    if (op?.kind !== 'write' || !op.synchronises || pending.kind !== 'native') return op!;
    const now = classify(this.#machine, this.#natives, this.#first + thread, pending, this.#isStep);
    return now.kind === 'step' ? now.op : op;
  }

  /** What the thread stands before; undefined: it has ended. */
  standing(thread: number): Op | undefined {
    return this.#states[thread]!.op;
  }

  /** Where the thread stands. */
  placeOf(thread: number): Loc {
    return this.#states[thread]!.loc;
  }

  step(thread: number): boolean {
    const op = this.pending(thread);
    this.steps.push({ thread, op });
    this.locs.push(this.#states[thread]!.loc);
    this.starts.push(this.accesses.length);
    // Whether a thread has to wait changes only by steps that its own depends on.
    for (let t = 0; t < this.threads; t++) {
      const other = this.#states[t]!.op;
      if (t === thread || (other && dependent(other, op))) this.#waits[t] = undefined;
    }
    if (!this.#advance(thread)) {
      this.#ended = true;
      return false;
    }
    if (this.steps.length === this.#turn) this.#checkpoint();
    return true;
  }

  /** Does what the thread stands before, and goes on to its next step. False: something fatal happened. */
  #advance(thread: number): boolean {
    const machine = this.#machine;
    const id = this.#first + thread;
    for (;;) {
      const stop = machine.run(id, this.#all ? 'visible' : 'sync');
      machine.takeAccesses(this.accesses);
      if (stop === 'fatal' || stop === 'budget') return false;
      if (stop === 'end') {
        this.#states[thread] = { ...this.#states[thread]!, status: 'done', op: undefined };
        return true;
      }
      const pending = machine.pending(id);
      const what = classify(machine, this.#natives, id, pending, this.#isStep);
      if (what.kind === 'access') this.#note(what.ranges, what.loc);
      if (what.kind !== 'step') continue;
      this.#states[thread] = { status: 'ready', op: what.op, loc: what.loc, pending };
      return true;
    }
  }

  /** Notes what a stop was made for that is no step. The first entry counts as an access, also where it has no bytes. */
  #note(ranges: readonly (Range & { readonly write: boolean })[], loc: Loc): void {
    if (ranges.length === 0) this.accesses.push(0, 0, 0, loc);
    ranges.forEach(({ offset, size, write }, i) => {
      this.accesses.push(offset, size, (write ? noted.write : 0) | (i > 0 ? noted.part : 0), loc);
    });
  }

  /** Every thread that is left sleeps until somebody wakes it. */
  get asleep(): boolean {
    const left = this.#states.filter((s) => s.status !== 'done');
    return left.length > 0 && left.every((s) => s.op?.size === SLEEP_BYTES && s.op.kind === 'acquire-shared');
  }

  /** Lets threads that wait say for what: they begin to wait in the machine, too. */
  block(): readonly number[] {
    const blocked: number[] = [];
    for (let t = 0; t < this.threads; t++) {
      if (this.status(t) !== 'blocked') continue;
      this.#machine.run(this.#first + t, 'sync');
      blocked.push(this.#first + t);
    }
    return blocked;
  }

  /** A thread did something fatal. */
  get ended(): boolean {
    return this.#ended;
  }
  /** The access with this number was done by a native. */
  isNative(access: number): boolean {
    return (this.accesses[access * ACCESS + 2]! & noted.native) !== 0;
  }
  /** Accesses that count from `from` (an index into `accesses`) up to the one with this number. */
  countedBefore(access: number, from: number): number {
    return this.#count(from, access * ACCESS);
  }

  /** The step at `index` as schedules count. */
  counted(index: number): CountedStep {
    const { thread, op } = this.steps[index]!;
    const after = this.#count(this.starts[index]!, this.starts[index + 1] ?? this.accesses.length);
    let next = index + 1;
    while (next < this.steps.length && this.steps[next]!.thread !== thread) next++;
    const following = this.steps[next]?.op ?? this.#states[thread]!.op;
    return { thread, synchronises: op.synchronises, after, stopsAtAccess: following?.synchronises === false };
  }
  /** Accesses of each thread before its first step. */
  countedBeginnings(): readonly number[] {
    return this.beginnings.map((end, t) => this.#count(t === 0 ? 0 : this.beginnings[t - 1]!, end));
  }
  #count(from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at += ACCESS)
      if ((this.accesses[at + 2]! & (noted.native | noted.part)) === 0) count++;
    return count;
  }
}
