import type { Program } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';

/*
 * The machine runs a Program. All its state (frames, globals, heap, shadow, counters) lies in one linear memory, so that a
 * snapshot is a copy of it, and the same program with the same schedule gives the same bytes.
 *
 * Addresses seen by the code are 64-bit and lie far from 0 (a wild pointer is recognised as one); TypeScript sees them as
 * bigint at the edges, never as number.
 */

/** Rule ids of what the machine itself finds; the report's documentation explains each. */
export type MachineRule =
  | 'null-dereference'
  | 'wild-dereference'
  | 'out-of-bounds'
  | 'use-after-free'
  | 'double-free'
  | 'invalid-free'
  | 'leak'
  | 'uninitialised-read'
  | 'shift-range'
  | 'division-by-zero'
  | 'unreachable-reached'
  | 'write-to-constant'
  | 'recursive-lock'
  | 'deadlock'
  | 'lock-held-at-exit'
  | 'unlock-not-held'
  | 'sleep-in-atomic'
  | 'warning-raised'
  | 'bug-reached'
  | 'tree-invariant'
  /** Proved: the whole state came back. */
  | 'nontermination'
  /** Cut off by the bound on statements: proves nothing about the code. */
  | 'statement-budget'
  | 'memory-budget'
  | 'stack-overflow'
  | 'expectation-failed'
  | 'lost-wakeup'
  | 'data-race'
  | 'api-misuse'
  /** What a call set up is still there, or is taken down though nothing had set it up. */
  | 'unbalanced'
  /** A device's pages lie where memory hotplug, the direct map or struct page cannot have them. */
  | 'hotplug-range-taken'
  | 'unreachable-pfn'
  | 'above-direct-map'
  | 'misaligned-region'
  | 'pagemap-overlap'
  | 'max-pfn-raised'
  /** A function that the front end or the machine cannot take, or an object that nothing defines, was used. */
  | 'not-executable';

/** One thing that happened and that an observer could see, in order. */
export type MachineEvent =
  | {
      readonly kind: 'problem';
      readonly rule: MachineRule;
      readonly message: string;
      readonly thread: number;
      readonly loc: Loc;
      readonly stack: readonly StackEntry[];
      /** Other places that explain it: where the object was allocated, freed, where the lock was taken. */
      readonly related: readonly { readonly message: string; readonly loc: Loc }[];
      /** The execution ended here. */
      readonly fatal: boolean;
    }
  | {
      readonly kind: 'observe';
      readonly expr: string;
      readonly value: ObservedValue;
      readonly thread: number;
      readonly loc: Loc;
    }
  | { readonly kind: 'log'; readonly level: number; readonly text: string; readonly thread: number; readonly loc: Loc }
  /** A stub was called: a function without body or model. It answered 0. */
  | { readonly kind: 'stub'; readonly name: string; readonly thread: number; readonly loc: Loc }
  | {
      readonly kind: 'note';
      readonly text: string;
      readonly thread: number;
      readonly loc: Loc;
      /** Something was left out: the bound that was reached. */
      readonly bound?: string;
    };

export type ObservedValue =
  | { readonly kind: 'int'; readonly value: bigint; readonly bytes: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'errno'; readonly value: number }
  /** A valid pointer: a name that does not depend on where the allocator put it, `iomem_resource`, `heap#3 (get_free_mem_region)`, `+16` after it. */
  | { readonly kind: 'pointer'; readonly value: string };

export interface StackEntry {
  /** Index into Program.functions. */
  readonly func: number;
  /** The call, or for the innermost the instruction. */
  readonly loc: Loc;
}

/** Bounds of one execution; exceeding one ends it with the problem that names the bound. */
export interface Budget {
  /** C statements. Default 2,000,000. */
  readonly statements: number;
  /** Bytes of heap, quarantine included (freed memory is not reused within an execution). Default 32 MiB. */
  readonly heapBytes: number;
  /** Frames of one thread. Default 200. */
  readonly callDepth: number;
  /** Events kept of one execution; more are counted as one note. Default 20,000. */
  readonly events: number;
  /** Steps kept of the trace; older ones stay, later ones are counted. Default 200,000. */
  readonly traceSteps: number;
}

export type ThreadStatus = 'ready' | 'blocked' | 'done' | 'dead';

/**
 * Where to stop. 'visible': before each access to memory that other threads can reach and before each native of
 * `NativeTable.visible` and `accessing`. 'sync': before those natives, volatile accesses, and accesses to watched words; the
 * other accesses are noted (see {@link Machine.takeAccesses}) without a stop. It stops as 'visible' does. 'step': 'statement' and
 * 'visible' together.
 */
export type Until = 'end' | 'statement' | 'visible' | 'sync' | 'step' | 'instruction';
export type Stop = 'end' | 'statement' | 'visible' | 'instruction' | 'blocked' | 'fatal' | 'budget';

export interface TraceStep {
  readonly thread: number;
  readonly kind: 'stmt' | 'call' | 'return';
  readonly loc: Loc;
  /** For a call: the callee and its register arguments (first six); for a return: the function and its result. */
  readonly func?: number;
  readonly values?: readonly bigint[];
}

/** What a stopped thread is about to do, for schedulers. */
export type PendingOp =
  | {
      readonly kind: 'read' | 'write';
      readonly address: bigint;
      readonly size: number;
      readonly loc: Loc;
      /** READ_ONCE, WRITE_ONCE and the like. */
      readonly volatile?: boolean;
      /** A struct assignment also reads here, `size` bytes, in the same step. */
      readonly from?: bigint;
    }
  | { readonly kind: 'native'; readonly name: string; readonly args: readonly bigint[]; readonly loc: Loc }
  | { readonly kind: 'none' };

export interface Machine {
  readonly program: Program;
  /** Adds a thread that will call `func` with `args`; answers its id (0, 1, 2 …). */
  spawn(name: string, func: number, args?: readonly bigint[]): number;
  readonly threads: readonly ThreadView[];
  /**
   * Says which functions will be called, and how they will be run. Only a matter of speed: what is named at once is compiled
   * at once, which costs less than function by function.
   */
  prepare?(functions: readonly number[], until: Until): void;
  /** Runs one thread until the condition. */
  run(thread: number, until: Until): Stop;
  pending(thread: number): PendingOp;
  readonly memory: MachineMemory;
  readonly events: readonly MachineEvent[];
  /** Statements executed so far, all threads. */
  readonly statements: number;
  /** Statements and loop rounds so far: what the budget counts. Costs nothing to ask. */
  readonly paid: number;
  /**
   * Runs one function in a thread of its own to its end. Answers its result as its C type has it, extended to 64 bits and
   * read as unsigned (0 of a void function); undefined where it did not come to its end: events say why. The thread is gone
   * afterwards, so that each call runs in the same one.
   */
  call(func: number, args?: readonly bigint[]): bigint | undefined;
  /** Executions per statement location: loc → count. */
  coverage(): ReadonlyMap<Loc, number>;
  /** Times around each loop: function index → counts by loop number. */
  loops(): ReadonlyMap<number, readonly number[]>;
  trace(): { readonly steps: readonly TraceStep[]; readonly dropped: number };
  /**
   * Drops the trace and keeps none from here on, which makes snapshots small. Restoring a snapshot of before brings it back.
   */
  pauseTrace(): void;
  /** Keeps steps again, from none on, after {@link pauseTrace}. */
  resumeTrace(): void;
  /** Objects of the heap that are still allocated. */
  liveObjects(): readonly HeapObject[];
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  /**
   * Moves the accesses that were noted while running until 'sync' to the end of `into`, four numbers each: offset in memory,
   * bytes, flags ({@link noted}), location.
   */
  takeAccesses(into: number[]): void;
  /** The frames of a thread, innermost first. Variables are there only where the machine was made with `variables`. */
  frames?(thread: number): readonly FrameView[];
  /** Where a thread stands, cheaply: `depth` is 1 in its first function, 0 where it has ended; `at` a statement, or within one. */
  standing?(thread: number): { readonly loc: Loc; readonly depth: number; readonly at: 'statement' | 'within' };
  /** From now on 'sync' stops before accesses to these bytes (and, rarely, to others: words are told apart by a hash). */
  watch(ranges: Iterable<{ readonly offset: number; readonly size: number }>): void;
  /** Where the program's globals lie, as noted accesses have offsets. The same object until some were added. */
  placement?(): Placement;
  /** An address as noted accesses have it; −1 for one outside of memory. */
  offsetOf(address: bigint): number;
  /**
   * Gives `count` threads from `first` on their own parts of the heap, so that the addresses of objects do not depend on how
   * these threads interleave.
   */
  separateHeaps(first: number, count: number): void;
  /** Names the contents of globals and heap: states of different names differ. */
  digest(): string;
  /** Gives the memory back, for the next machine of the same program. The machine must not be used afterwards. */
  dispose?(): void;
  /** Adds an event from outside (the runner's own checks: leaks, locks held, tree invariants at the end). */
  report(event: MachineEvent): void;
}
/** Globals that code can write to, by names that every machine of the same program has. Others are no part of it. */
export interface Placement {
  /** The part of memory that they lie in: offsets outside of it mean the same in each machine where this is the same. */
  readonly start: number;
  readonly end: number;
  /** By ascending offset. */
  readonly globals: readonly (readonly [name: string, offset: number])[];
}
export interface ThreadView {
  readonly name: string;
  readonly status: ThreadStatus;
  readonly result: bigint | undefined;
  readonly stack: readonly StackEntry[];
  /** What it waits for, when blocked. */
  readonly waitsFor?: string;
}
/** One call that has not ended, for debuggers. */
export interface FrameView {
  /** Index into Program.functions. */
  readonly func: number;
  /** The call that it made, or for the innermost the statement or access that comes next. */
  readonly loc: Loc;
  /** What a register of the function holds, as unsigned; undefined where nothing was written to it yet. */
  register(index: number): bigint | undefined;
  /** The address of a slot; undefined outside of its life. */
  slot(index: number): bigint | undefined;
}
export interface Snapshot {
  readonly bytes: number;
}
export interface HeapObject {
  readonly id: number;
  readonly address: bigint;
  readonly size: number;
  readonly kind: AllocationKind;
  readonly allocatedAt: Loc;
  readonly allocatedIn: readonly StackEntry[];
  readonly freedAt?: Loc;
  readonly thread: number;
}
/** `slab`: kmalloc and friends; `bootmem`: there before the kernel ran, never freed, not slab; `internal`: ours, exempt from leak checks. */
export type AllocationKind = 'slab' | 'vmalloc' | 'bootmem' | 'internal';

/** Untraced, unchecked access for natives, runners and debuggers. Reading an address outside the memory answers undefined. */
export interface MachineMemory {
  readonly wordSize: 4 | 8;
  read(address: bigint, size: 1 | 2 | 4 | 8): bigint | undefined;
  write(address: bigint, size: 1 | 2 | 4 | 8, value: bigint): void;
  /** Words of 64 bits, one after the other, from an address that is a multiple of 8; zeros where there is no such memory. */
  readWords(address: bigint, count: number): BigUint64Array;
  writeWords(address: bigint, words: BigUint64Array): void;
  /** Of the aligned words in a range, those that hold an address from `from` to `from + span`: how far behind `from`. */
  pointers(address: bigint, size: number, from: bigint, span: number): readonly number[];
  /** A NUL-terminated string, at most `max` bytes; bytes that are not UTF-8 are shown as U+FFFD. */
  readString(address: bigint, max?: number): string | undefined;
  allocate(size: number, kind: AllocationKind, zero: boolean): bigint;
  addressOfGlobal(index: number): bigint;
  addressOfFunction(index: number): bigint;
  functionAt(address: bigint): number | undefined;
  /** The heap object or global that an address lies in. */
  objectAt(address: bigint):
    | {
        readonly base: bigint;
        readonly size: number;
        readonly name: string;
        readonly state: 'live' | 'freed';
        /** Absent for globals and for slots of frames. */
        readonly kind?: AllocationKind;
      }
    | undefined;
  /** A name for a pointer that is the same in every run, for comparison. */
  describe(address: bigint): string;
}

/** Flags of a noted access. `part`: the reading half of an assignment of a whole struct, whose writing half stands before it. */
export const noted = { native: 1, write: 16, part: 128 } as const;

/** A modelled function, called as C calls it. `src/kernel/` provides them; the table is keyed by C name. */
export type Native = (call: NativeCall) => NativeResult;
/** `block`: the thread sleeps until `wake(key)`; then the native is called again with the same arguments. */
// biome-ignore lint/suspicious/noConfusingVoidType: a native that answers nothing just ends.
export type NativeResult = void | { readonly block: string; readonly why: string } | { readonly kill: true };
export interface NativeCall {
  readonly thread: number;
  /** For messages. */
  nameOf(thread: number): string;
  readonly loc: Loc;
  readonly memory: MachineMemory;
  /** The argument as the C type has it, sign- or zero-extended to 64 bits and read as unsigned; for a variadic native the last is the address of the 8-byte cells. */
  arg(index: number): bigint;
  argInt(index: number): number;
  /** Sets the result (truncated to the C type). */
  result(value: bigint | number | boolean): void;
  stack(): readonly StackEntry[];
  problem(
    rule: MachineRule,
    message: string,
    options?: {
      readonly fatal?: boolean;
      readonly related?: readonly { readonly message: string; readonly loc: Loc }[];
      readonly loc?: Loc;
    },
  ): void;
  event(event: MachineEvent): void;
  /** Frees a heap object; reports double and invalid frees itself. */
  free(address: bigint): void;
  wake(key: string): void;
  /** Result of a retried native: how often it was blocked before in this call. */
  readonly retries: number;
  /** What the machine was made with (`failAllocation` is for the allocating natives). */
  readonly options: MachineOptions;
  /** Unchecked bytes become initialised / uninitialised (copy_from, memset done natively). */
  setInitialised(address: bigint, size: number, initialised: boolean): void;
  /** Checked access on behalf of C (reports null, freed, out-of-bounds); false when a fatal problem was reported. */
  check(address: bigint, size: number, write: boolean): boolean;
  /** Moves bytes with their initialisedness, checked. */
  copy(dst: bigint, src: bigint, size: number): void;
}

/** State that a set of natives keeps outside the machine's memory; saved and restored with snapshots. Small, please. */
export interface NativeState {
  save(): unknown;
  restore(saved: unknown): void;
}
/**
 * `access`: of memory, as C accesses it. `read`, `write`: of memory or of anything that has an address, ordered by what it is.
 * `acquire`: waits while somebody else holds the object. `release`: gives it back, or wakes whoever waits for it.
 */
export interface NativeEffect {
  readonly kind: 'access' | 'read' | 'write' | 'acquire' | 'acquire-shared' | 'release' | 'release-shared';
  readonly address: bigint;
  readonly size: number;
  /** Of `access`: bytes are written; `from`: `size` bytes are also read there. */
  readonly writes?: boolean;
  readonly from?: bigint;
  /** The call would have to wait now. */
  readonly waits?: boolean;
  /** A try that would succeed now, or a lock that is kept for reading: how the thread then holds it. */
  readonly takes?: 'exclusive' | 'shared';
  /** Of an acquire: a lock whose readers wait behind a writer that waits. */
  readonly queues?: boolean;
}
export interface NativeTable {
  readonly functions: ReadonlyMap<string, Native>;
  /** Names in `functions` that synchronise threads: 'visible' stops come before them. */
  readonly visible: ReadonlySet<string>;
  /** Names in `functions` that access memory that other threads can reach, without synchronising: 'visible' stops, too. */
  readonly accessing?: ReadonlySet<string>;
  /**
   * What a call of one of `visible` or `accessing` would do to other threads; undefined: nothing, or nothing now.
   */
  effect?(name: string, args: readonly bigint[], thread: number, memory: MachineMemory): NativeEffect | undefined;
  readonly state: readonly NativeState[];
  /** Called when a thread ends, and when every thread has ended. */
  threadEnded?(machine: Machine, thread: number): void;
  allEnded?(machine: Machine): void;
}
/** A fresh table for each machine (states are per machine). `src/kernel/natives.ts` exports `kernelNatives: () => NativeTable`. */
export type MakeNatives = (program?: Program) => NativeTable;

export interface MachineOptions {
  readonly budget?: Partial<Budget>;
  /** Keep the trace. */
  readonly trace?: boolean;
  /** Keep every C variable in its frame, where {@link FrameView} finds it: for debuggers, somewhat slower. */
  readonly variables?: boolean;
  /** Answer with this count for the n-th call of an allocating native: fault injection (used by natives through `NativeCall`). */
  readonly failAllocation?: number;
}
/** `src/machine/stepper.ts` exports `createStepper: CreateMachine`. */
export type CreateMachine = (program: Program, natives: NativeTable, options?: MachineOptions) => Machine;

/**
 * The fast executor: structured WebAssembly that runs threads to their end at about the speed of compiled C, on the same
 * layout of memory, the same natives and the same budgets as the stepper. It explains nothing. Where anything is unusual (a
 * bad access, an unset variable, a shift or division out of range, a native that blocks, kills or reports something fatal, a
 * budget, more than it can compile) it gives up: `run` answers 'fatal', `call` undefined, and `refused` says why. Nothing else
 * may be concluded from that execution: go back ({@link reset} or `restore`) and take the stepper, which gives the full
 * account. What is not refused is the same, event by event and byte by byte, in both.
 *
 * Stops other than at the end, traces, noted accesses and watched words are the stepper's; blocked threads are refused.
 *
 * Many short executions: `keep()` once, then for each `reset()` and any number of `call(…)`; a reset costs what was written to.
 */
export interface FastMachine extends Machine {
  /** Why the last execution was given up, for people; undefined while nothing was. */
  readonly refused: string | undefined;
  /** It was given up because its thread has to wait for another one. All that it did until then is as the stepper has it. */
  readonly waits: boolean;
  /** From now on {@link reset} comes back to this state. */
  keep(): void;
  /** Goes back to the state of the last {@link keep}; copies only what was written since. */
  reset(): void;
  /**
   * Only with `coverage`: executions of each block so far, those before {@link keep} included; a view that changes with the
   * machine. Places are the same in every execution of the same program in this process. The array grows as functions are
   * first executed, so ask again.
   */
  blocks(): Uint32Array;
  /** Statement locations and their indices in {@link blocks}, in turn; only the first statement of a block is counted there. */
  blockPlaces(): Int32Array;
  /** The index of a block's first statement by the index of each other one. */
  blockHeads(): ReadonlyMap<number, number>;
}
export interface FastOptions extends Pick<MachineOptions, 'budget' | 'failAllocation'> {
  /** Objects of the heap remember the innermost frame of where they were made and freed, not the whole stack. */
  readonly shallow?: boolean;
  /** Count executions of blocks, for `blocks`, `coverage`, `loops` and `statements`; without, those know nothing. */
  readonly coverage?: boolean;
}
/** `src/machine/fast.ts` exports `createFast: CreateFast`. */
export type CreateFast = (program: Program, natives: NativeTable, options?: FastOptions) => FastMachine;
