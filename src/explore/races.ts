import type { Step } from './dpor.ts';
import { isAcquire, isRelease, type Op } from './events.ts';

/** Numbers of one access in an {@link ExecutionLog}: offset, bytes, flags, location. */
export const ACCESS = 4;
const WRITE = 16;

/** Everything that an execution did to shared memory, in order. Arrays may be reused: copy what is kept. */
export interface ExecutionLog {
  readonly threads: number;
  readonly steps: readonly Step[];
  /** Where each step's own access stands in the code. */
  readonly locs: readonly number[];
  /** Plain accesses, {@link ACCESS} numbers each: those of the threads' beginnings, then those that follow each step. */
  readonly accesses: readonly number[];
  /** Where the accesses of thread t's beginning end: those before step 0 are in the order of threads. */
  readonly beginnings: readonly number[];
  /** For each step, where the accesses that follow it begin. */
  readonly starts: readonly number[];
}

/** One side of a race. */
export interface RaceAccess {
  readonly thread: number;
  /** Index of the step that did it or that it follows; −1 before the thread's first. */
  readonly step: number;
  /** Index into `accesses` divided by {@link ACCESS}; −1 where the step itself is the access. */
  readonly access: number;
  readonly offset: number;
  readonly size: number;
  readonly write: boolean;
  readonly loc: number;
}
/** Two accesses of different threads to the same bytes, one of them a write, that no synchronisation orders. */
export interface Race {
  /** The one that came earlier in this execution. */
  readonly first: RaceAccess;
  readonly second: RaceAccess;
}

/** What the last accesses of one thread to a word were: their epochs, plain and by synchronising operations. */
const KINDS = 4;
const [READ, PLAIN_WRITE, MARKED_READ, MARKED_WRITE] = [0, 1, 2, 3] as const;
/** Against which kinds an access of a kind can race: one is a write, and not both synchronise. */
const against: readonly (readonly number[])[] = [
  [PLAIN_WRITE, MARKED_WRITE],
  [READ, PLAIN_WRITE, MARKED_READ, MARKED_WRITE],
  [PLAIN_WRITE],
  [READ, PLAIN_WRITE],
];

/**
 * Finds the data races of executions, one after the other: pairs unordered by happens-before, where only synchronisation
 * orders threads (locks; operations that synchronise, on the same object), not the accesses themselves. C. Flanagan,
 * S. N. Freund, “FastTrack: Efficient and Precise Dynamic Race Detection”, PLDI 2009: epochs for each word and thread; a
 * word that could be in a race is looked at byte by byte. A pair of places is reported once for what it touches.
 */
export class RaceDetector {
  readonly #threads: number;
  readonly #words: WordTable;
  readonly #reported = new Set<string>();
  /** Epochs of the threads as each of them knows them, one row after the other. */
  readonly #clocks: Int32Array;
  readonly #released = new Map<number, { readonly exclusive: Int32Array; readonly shared: Int32Array }>();
  readonly #synced = new Map<number, Int32Array>();
  #log: ExecutionLog | undefined;
  /** Epoch of its thread for each beginning, and for each step: at its own access and after it. */
  #epochs: number[] = [];

  constructor(threads: number) {
    this.#threads = threads;
    this.#words = new WordTable(threads * KINDS);
    this.#clocks = new Int32Array(threads * threads);
  }

  /** The races of this execution whose places were not reported before. */
  find(log: ExecutionLog): readonly Race[] {
    this.#log = log;
    this.#words.clear();
    this.#released.clear();
    this.#synced.clear();
    this.#clocks.fill(0);
    this.#epochs = [];
    const races: Race[] = [];
    let at = 0;
    for (let t = 0; t < this.#threads; t++) {
      this.#clocks[t * this.#threads + t] = 1;
      const end = log.beginnings[t] ?? at;
      for (; at < end; at += ACCESS) this.#plain(log, t, -1, at, races);
    }
    for (let index = 0; index < log.steps.length; index++) {
      const step = log.steps[index]!;
      const { thread, op } = step;
      const own = thread * this.#threads + thread;
      const before = ++this.#clocks[own]!;
      this.#order(step);
      if (!isAcquire(op) && !isRelease(op)) this.#stepAccess(log, thread, index, op, races);
      // What follows a release is not ordered by it.
      const after = ++this.#clocks[own]!;
      this.#epochs.push(before, after);
      const end = log.starts[index + 1] ?? log.accesses.length;
      for (let a = log.starts[index]!; a < end; a += ACCESS) this.#plain(log, thread, index, a, races);
    }
    this.#log = undefined;
    return races;
  }

  /** Happens-before that the step brings in or gives on. */
  #order({ thread, op }: Step): void {
    if (!isAcquire(op) && !isRelease(op) && !op.synchronises) return;
    let lock = this.#released.get(op.object);
    if (!lock) {
      lock = { exclusive: new Int32Array(this.#threads), shared: new Int32Array(this.#threads) };
      this.#released.set(op.object, lock);
    }
    if (isAcquire(op)) {
      this.#take(thread, lock.exclusive);
      if (op.kind === 'acquire') this.#take(thread, lock.shared);
    } else if (isRelease(op)) this.#give(thread, op.kind === 'release' ? lock.exclusive : lock.shared);
    else {
      // A try of a lock is ordered after its releases; a synchronising write gives on what it knows, a read takes it.
      this.#take(thread, lock.exclusive);
      if (op.kind === 'write') this.#take(thread, lock.shared);
      let order = this.#synced.get(op.object);
      if (!order) this.#synced.set(op.object, (order = new Int32Array(this.#threads)));
      this.#take(thread, order);
      if (op.kind === 'write') this.#give(thread, order);
    }
  }
  #take(thread: number, from: Int32Array): void {
    const row = thread * this.#threads;
    for (let t = 0; t < from.length; t++) if (from[t]! > this.#clocks[row + t]!) this.#clocks[row + t] = from[t]!;
  }
  #give(thread: number, to: Int32Array): void {
    const row = thread * this.#threads;
    for (let t = 0; t < to.length; t++) if (this.#clocks[row + t]! > to[t]!) to[t] = this.#clocks[row + t]!;
  }

  #plain(log: ExecutionLog, thread: number, step: number, at: number, races: Race[]): void {
    const { accesses } = log;
    const size = accesses[at + 1]!;
    if (size === 0) return;
    const offset = accesses[at]!;
    const write = (accesses[at + 2]! & WRITE) !== 0;
    const kind = write ? PLAIN_WRITE : READ;
    const last = (offset + size - 1) >>> 3;
    for (let word = offset >>> 3; word <= last; word++) {
      if (!this.#mayRace(thread, word, kind)) continue;
      const access = { thread, step, access: at / ACCESS, offset, size, write, loc: accesses[at + 3]! };
      this.#compare(access, word, kind, races);
    }
  }

  #stepAccess(log: ExecutionLog, thread: number, step: number, op: Op, races: Race[]): void {
    if (op.object < 0) return;
    const { object: offset, size, synchronises } = op;
    const write = op.kind === 'write';
    const kind = write ? (synchronises ? MARKED_WRITE : PLAIN_WRITE) : synchronises ? MARKED_READ : READ;
    const access = { thread, step, access: -1, offset, size, write, loc: log.locs[step]! };
    this.#access(access, kind, races);
    if (op.from !== undefined) this.#access({ ...access, offset: op.from, write: false }, READ, races);
  }

  #access(access: RaceAccess, kind: number, races: Race[]): void {
    const { thread, offset, size } = access;
    const last = (offset + size - 1) >>> 3;
    for (let word = offset >>> 3; word <= last; word++)
      if (this.#mayRace(thread, word, kind)) this.#compare(access, word, kind, races);
  }

  /** Notes an access to a word. True: another thread's, of which this one does not know, may be at odds with it. */
  #mayRace(thread: number, word: number, kind: number): boolean {
    const row = thread * this.#threads;
    const at = this.#words.find(word);
    const { values } = this.#words;
    const rivals = against[kind]!;
    let may = false;
    for (let t = 0; t < this.#threads; t++) {
      if (t === thread) continue;
      const known = this.#clocks[row + t]!;
      for (let r = 0; r < rivals.length; r++) if (values[at + t * KINDS + rivals[r]!]! > known) may = true;
    }
    values[at + thread * KINDS + kind] = this.#clocks[row + thread]!;
    return may;
  }

  #compare(access: RaceAccess, word: number, kind: number, races: Race[]): void {
    const at = this.#words.find(word);
    const { values } = this.#words;
    const rivals = against[kind]!;
    for (let t = 0; t < this.#threads; t++) {
      if (t === access.thread) continue;
      const known = this.#clocks[access.thread * this.#threads + t]!;
      if (rivals.some((r) => values[at + t * KINDS + r]! > known)) this.#examine(access, kind, t, known, races);
    }
  }

  /** Looks for the accesses of `other` after its epoch `known` that share a byte with this one. */
  #examine(access: RaceAccess, kind: number, other: number, known: number, races: Race[]): void {
    const log = this.#log!;
    const marked = kind === MARKED_READ || kind === MARKED_WRITE;
    const consider = (rival: RaceAccess): void => {
      if (rival.offset >= access.offset + access.size || access.offset >= rival.offset + rival.size) return;
      if (!rival.write && !access.write) return;
      const at = Math.max(rival.offset, access.offset);
      const key =
        rival.loc < access.loc
          ? `${at} ${rival.loc} ${access.loc} ${rival.write} ${access.write}`
          : `${at} ${access.loc} ${rival.loc} ${access.write} ${rival.write}`;
      if (this.#reported.has(key) || this.#reported.size >= MAX_RACES) return;
      this.#reported.add(key);
      races.push({ first: rival, second: access });
    };
    const plain = (from: number, to: number, step: number): void => {
      const { accesses } = log;
      for (let at = from; at < to; at += ACCESS) {
        if (accesses[at + 1] === 0 || at / ACCESS === access.access) continue;
        const write = (accesses[at + 2]! & WRITE) !== 0;
        consider({
          thread: other,
          step,
          access: at / ACCESS,
          offset: accesses[at]!,
          size: accesses[at + 1]!,
          write,
          loc: accesses[at + 3]!,
        });
      }
    };
    if (known < 1) plain(other === 0 ? 0 : log.beginnings[other - 1]!, log.beginnings[other]!, -1);
    for (let i = 0; i <= access.step && i < log.steps.length; i++) {
      const { thread, op } = log.steps[i]!;
      if (thread !== other) continue;
      if (this.#epochs[2 * i]! > known && !isAcquire(op) && !isRelease(op) && !(marked && op.synchronises)) {
        const own = { thread, step: i, access: -1, size: op.size, loc: log.locs[i]! };
        consider({ ...own, offset: op.object, write: op.kind === 'write' });
        if (op.from !== undefined) consider({ ...own, offset: op.from, write: false });
      }
      if (this.#epochs[2 * i + 1]! > known) plain(log.starts[i]!, log.starts[i + 1] ?? log.accesses.length, i);
    }
  }
}

/** Pairs of places, with what they touch, that are told apart. */
const MAX_RACES = 2000;

/** Numbers by word, cleared at once. Open addressing; grows before it is half full. */
class WordTable {
  readonly #width: number;
  #keys = new Int32Array(4096);
  /** Which clearing each place was written after. */
  #stamps = new Int32Array(4096);
  values: Int32Array;
  #stamp = 1;
  #used = 0;

  constructor(width: number) {
    this.#width = width;
    this.values = new Int32Array(4096 * width);
  }

  clear(): void {
    this.#stamp++;
    this.#used = 0;
  }

  /** Index of the first of the word's values, zeros for a new word. */
  find(word: number): number {
    if (this.#used * 2 >= this.#keys.length) this.#grow();
    const mask = this.#keys.length - 1;
    let at = (Math.imul(word, 0x9e3779b1) >>> 8) & mask;
    for (; this.#stamps[at] === this.#stamp; at = (at + 1) & mask) {
      if (this.#keys[at] === word) return at * this.#width;
    }
    this.#stamps[at] = this.#stamp;
    this.#keys[at] = word;
    this.#used++;
    const from = at * this.#width;
    for (let i = from; i < from + this.#width; i++) this.values[i] = 0;
    return from;
  }

  #grow(): void {
    const [keys, stamps, values, stamp] = [this.#keys, this.#stamps, this.values, this.#stamp];
    this.#keys = new Int32Array(keys.length * 2);
    this.#stamps = new Int32Array(keys.length * 2);
    this.values = new Int32Array(values.length * 2);
    this.#stamp = 1;
    this.#used = 0;
    for (let i = 0; i < keys.length; i++) {
      if (stamps[i] !== stamp) continue;
      const to = this.find(keys[i]!);
      this.values.set(values.subarray(i * this.#width, (i + 1) * this.#width), to);
    }
  }
}
