import type { Loc } from '../c/token.ts';
import type { Machine, MachineEvent, Snapshot, Stop, Until } from '../machine/api.ts';

/*
 * Time travel. An execution is a sequence of pieces: one thread runs from where it stands to its next statement or visible
 * access. The first time through, each piece is written down with where it began; the machine is deterministic, so running
 * the same threads in the same order from a snapshot leads to the same states. Moving about is a matter of the record,
 * looking in one of snapshots (after E. Visan et al., “Temporal Debugging using URDB”, 2009, without its processes).
 */

/** Pieces between snapshots, at first. Doubled whenever the snapshots grow past their bound. */
const DISTANCE = 8192;
/** Bytes of all snapshots together. */
const SNAPSHOT_BYTES = 192 * 1024 * 1024;
/** Pieces of one recording: about two for each statement of the largest budget. */
const MOST_PIECES = 8_000_000;

interface Kept {
  readonly position: number;
  readonly snapshot: Snapshot;
  /** Something was done to the machine from outside before this piece: no run from an earlier snapshot leads here. */
  readonly fixed: boolean;
}

/** A problem, an observation or a message, and the piece in which it arose. */
export interface RecordedEvent {
  readonly position: number;
  readonly event: MachineEvent;
}

/** What happened, piece by piece. Position `i` is the state before piece `i`; `length` the state after the last. */
export class Recording {
  #threads = new Uint8Array(4096);
  #locs = new Int32Array(4096);
  #depths = new Uint16Array(4096);
  #statements = new Uint8Array(4096);
  #length = 0;
  #distance = DISTANCE;
  #bytes = 0;
  #kept: Kept[] = [];
  #events: RecordedEvent[] = [];
  #machine: Machine | undefined;
  /** Where the machine is; −1: somewhere else. */
  #position = -1;
  #recording = false;
  #touched = true;
  /** Pieces were left out: the bound was reached. */
  cutOff = false;

  get length(): number {
    return this.#length;
  }
  get events(): readonly RecordedEvent[] {
    return this.#events;
  }
  get machine(): Machine {
    if (!this.#machine) throw new RangeError('Nothing was recorded yet');
    return this.#machine;
  }
  /** The thread that runs in a piece. */
  thread(position: number): number {
    return this.#threads[position]!;
  }
  /** Where that thread stands before it. */
  loc(position: number): Loc {
    return this.#locs[position]!;
  }
  /** How deep its calls are nested there; 0: it has not begun. */
  depth(position: number): number {
    return this.#depths[position]!;
  }
  /** Whether it stands at a statement, not within one. */
  isStatement(position: number): boolean {
    return this.#statements[position] === 1;
  }

  /** The machine as a runner sees it while everything is written down. For {@link ExecutorOptions.observe}. */
  observe(machine: Machine): Machine {
    this.#machine = machine;
    return new Proxy(machine, {
      get: (target, key) => {
        if (key === 'run') return (thread: number, until: Until) => this.#run(target, thread, until);
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        if (key === 'spawn' || key === 'restore' || key === 'separateHeaps') this.#touched = true;
        return value.bind(target);
      },
    });
  }

  /** Writes down what is run inside. */
  record<T>(run: () => T): T {
    this.#length = 0;
    this.#kept = [];
    this.#bytes = 0;
    this.#distance = DISTANCE;
    this.#events = [];
    this.cutOff = false;
    this.#touched = true;
    this.#recording = true;
    try {
      return run();
    } finally {
      this.#recording = false;
      this.#position = this.#length;
      // Of what was reported when all had ended: leaks, a broken tree.
      this.#note(this.#seen);
    }
  }

  #seen = 0;

  #note(from: number): void {
    const { events } = this.machine;
    const position = Math.max(0, this.#length - 1);
    for (const event of events.slice(from)) this.#events.push({ position, event });
    this.#seen = events.length;
  }

  /** Runs as the caller wants, in pieces. */
  #run(machine: Machine, thread: number, until: Until): Stop {
    if (!this.#recording || this.#length >= MOST_PIECES) {
      this.cutOff ||= this.#recording;
      return machine.run(thread, until);
    }
    for (;;) {
      const stop = this.#piece(machine, thread);
      if (stop === 'statement' && until !== 'statement' && until !== 'step') continue;
      if (stop === 'visible' && (until === 'end' || until === 'statement')) continue;
      return stop;
    }
  }

  #piece(machine: Machine, thread: number): Stop {
    const at = this.#length;
    if (at === this.#threads.length) this.#grow();
    if (at === 0) this.#seen = machine.events.length;
    if (this.#touched || at - (this.#kept.at(-1)?.position ?? 0) >= this.#distance) this.#keep(machine, at);
    const standing = machine.standing!(thread);
    this.#threads[at] = thread;
    this.#locs[at] = standing.loc;
    this.#depths[at] = Math.min(standing.depth, 65_535);
    this.#statements[at] = standing.at === 'statement' ? 1 : 0;
    this.#length++;
    const stop = machine.run(thread, 'step');
    if (machine.events.length !== this.#seen) this.#note(this.#seen);
    return stop;
  }

  #grow(): void {
    const size = this.#threads.length * 2;
    const larger = <T extends Uint8Array | Uint16Array | Int32Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.#threads = larger(this.#threads, new Uint8Array(size));
    this.#locs = larger(this.#locs, new Int32Array(size));
    this.#depths = larger(this.#depths, new Uint16Array(size));
    this.#statements = larger(this.#statements, new Uint8Array(size));
  }

  #keep(machine: Machine, position: number): void {
    const snapshot = machine.snapshot();
    this.#kept.push({ position, snapshot, fixed: this.#touched });
    this.#touched = false;
    this.#bytes += snapshot.bytes;
    if (this.#bytes <= SNAPSHOT_BYTES) return;
    this.#distance *= 2;
    let last = 0;
    this.#kept = this.#kept.filter((kept) => {
      const stays = kept.fixed || kept.position - last >= this.#distance;
      if (stays) last = kept.position;
      else this.#bytes -= kept.snapshot.bytes;
      return stays;
    });
  }

  /** Brings the machine to a position. `each` is called at every position on the way from `from`, and ends it with true. */
  seek(position: number, each?: { readonly from: number; readonly at: (position: number) => boolean }): Machine {
    const { machine } = this;
    const start = each?.from ?? position;
    let index = this.#kept.length - 1;
    while (index > 0 && this.#kept[index]!.position > start) index--;
    const base = this.#kept[index];
    if (base && (this.#position < base.position || this.#position > start)) {
      machine.restore(base.snapshot);
      this.#position = base.position;
      index++;
    } else while (index < this.#kept.length && this.#kept[index]!.position <= this.#position) index++;
    while (this.#position < position) {
      if (each && this.#position >= each.from && each.at(this.#position)) return machine;
      machine.run(this.#threads[this.#position]!, 'step');
      this.#position++;
      const next = this.#kept[index];
      if (next?.position === this.#position) {
        if (next.fixed) machine.restore(next.snapshot);
        index++;
      }
    }
    return machine;
  }

  /** Where the machine is now. */
  get position(): number {
    return this.#position;
  }
  /** Bytes of all snapshots. */
  get snapshotBytes(): number {
    return this.#bytes;
  }
}
