import type { Budget } from './api.ts';
import { memoryTooLarge } from './errors.ts';

/*
 * Where things lie in the machine's linear memory.
 *
 *   0            control words (this file), inside the page that no code may touch
 *   COUNTERS     one u32 per statement site and per loop
 *   SIGNATURES   one byte per function
 *   constants    globals that are never written (string literals, const objects), growing as bodies are lowered
 *   globals      the other globals, growing likewise
 *   heap         bump-allocated, `Budget.heapBytes`
 *   stacks       MAX_THREADS × STACK_BYTES, frames grow upwards
 *   2^log + …    shadow: one byte for each byte below
 *   2^(log+1) + … trace, if kept
 *   watch, log   which words are watched, one byte each by hash, or which pages were written to; accesses noted in mode 3 of
 *                `stopAccesses`
 *   readable     a byte for each eight: 1 where all of them are known to be readable. Last, so that what lies above the data
 *                finds the end of memory
 *
 * The code sees `dataBase + offset`. The low `log` bits of dataBase are zero, so that an offset is a mask away, and any
 * other value of the bits above makes the address wild.
 */

export const PAGE = 65536;
/** Words of the control block. */
export const Control = {
  /** Nonzero: stop before a statement. */
  stopStatements: 8,
  /**
   * 1: stop before accesses other threads can see; 2: before every access; 3: before volatile and watched accesses that
   * others can see, and note the plain ones.
   */
  stopAccesses: 12,
  /** Statements and loop rounds that may still run before the driver looks; negative makes it look. */
  fuel: 16,
  /** Frame to go on with. */
  frame: 20,
  /** End of the running thread's stack. */
  stackLimit: 24,
  /** Its beginning. */
  stackBase: 28,
  /** Frames may be this deep before the driver looks. */
  depthLimit: 32,
  /** Nonzero: the thread stands at a stop and shall not stop there again. */
  skip: 36,
  tracePosition: 40,
  traceEnd: 44,
  traceDropped: 48,
  thread: 52,
  /** What the thread is about to do, written when it stops: address (i64), size and kind, location. */
  pendingAddress: 56,
  pendingInfo: 64,
  pendingLoc: 68,
  /** The source of a `copy` that is pending (i64). */
  pendingFrom: 72,
  /** Bytes of a `copy` or `zero` that is pending, or at fault. */
  pendingSize: 80,
  /** Frame of the callee of a call that is pending. */
  pendingFrame: 84,
  /** Nonzero: the shadow of some global is not what it was at the start. */
  globalsTouched: 88,
  /** Nonzero: a native wrote to a constant. */
  constantsTouched: 92,
  /** Mode 3: where the next access is noted, and the end of the room for it. */
  logPosition: 96,
  logEnd: 100,
  /** Nonzero: some word is watched. */
  watching: 104,
} as const;

/** A frame: header, register cells of 8 bytes (parameters first), slots with redzones. */
export const Frame = {
  func: 0,
  /** Where to go on: 0 at the start, else a point of the function. */
  pc: 4,
  /** The caller's frame. */
  previous: 8,
  depth: 12,
  /** Result of the call that this frame made last, always 8 bytes. */
  result: 16,
  /** How often the native that this frame waits for was blocked. */
  retries: 24,
  /** Arguments that the caller passed. */
  passed: 28,
  cells: 32,
} as const;

export const COUNTERS = 4096;
export const MAX_COUNTERS = 1 << 20;
/** One byte per function: how many arguments it takes (at most 127), and `VISIBLE_NATIVE`. */
export const SIGNATURES = COUNTERS + MAX_COUNTERS * 4;
export const MAX_FUNCTIONS = 65536;
export const VISIBLE_NATIVE = 0x80;
const CONSTANTS = SIGNATURES + MAX_FUNCTIONS;
/** Regions of globals begin at multiples of this. */
const STEP = 256 * 1024;
export const STACK_BYTES = 256 * 1024;
export const MAX_THREADS = 64;
/** Bytes between neighbouring slots and globals that belong to nobody. */
export const REDZONE = 32;
/** How deep generated functions call each other before they unwind to the driver, which goes on with an empty native stack. */
export const NATIVE_DEPTH = 48;
/** Bytes of trace kept per step, calls with their arguments included. */
const TRACE_BYTES = 24;
const MAX_LOG = 30;
/** A byte and its shadow, which are read one after the other, must not compete for the same lines of the processor's cache. */
const SHADOW_SKEW = 2112;
export const WATCH_BYTES = 1 << 16;
/** Written memory is told apart by pages of 2^this bytes, where the fast executor runs. */
export const DIRTY_SHIFT = 10;
const ACCESS_LOG_BYTES = 16 * PAGE;
/** A noted access: offset; size and flags; location. */
export const LOG_ENTRY_BYTES = 12;
/** Bytes of data that one byte of `Layout.readable` speaks of: 2^this. */
export const GRANULE_SHIFT = 3;

export const FUNCTION_STRIDE = 16;

/** What a generated function answers to whoever called it. */
export const Status = {
  done: 0,
  statement: 1,
  access: 2,
  native: 3,
  fuel: 4,
  depth: 5,
  stack: 6,
  blocked: 7,
  ended: 8,
  killed: 9,
  /** This variant of the code cannot go on from the saved point; the other can. */
  otherVariant: 10,
  /** From the host only: the function has code now. */
  installed: 11,
} as const;

export interface Layout {
  readonly wordSize: 4 | 8;
  /** Data is 2^log bytes, shadow as much again. */
  readonly log: number;
  /** 2^log − 1. */
  readonly mask: number;
  /** Distance from a byte to its shadow: a little more than 2^log. */
  readonly shadow: number;
  readonly constants: number;
  readonly globals: number;
  readonly heap: number;
  readonly stacks: number;
  readonly trace: number;
  readonly traceEnd: number;
  /**
   * `WATCH_BYTES` bytes, indexed by the low bits of an offset's word; for the fast executor a byte for each page of
   * 2^`DIRTY_SHIFT` bytes, 1 where it was written to.
   */
  readonly watch: number;
  readonly accessLog: number;
  readonly accessLogEnd: number;
  /**
   * A byte for each granule of 2^`GRANULE_SHIFT` bytes of data. 1: none of them lacks the rights to be read. 0 says nothing. The
   * fast code asks here first, since an eighth of the shadow stays in the processor's cache; stacks have none set.
   */
  readonly readable: number;
  readonly pages: number;
  /** Address of offset 0, as the code sees it. */
  readonly dataBase: bigint;
  /** Upper and lower half of dataBase. */
  readonly dataBaseHigh: number;
  readonly dataBaseLow: number;
  readonly functionBase: bigint;
}

export const defaultBudget: Budget = {
  statements: 2_000_000,
  heapBytes: 32 * 1024 * 1024,
  events: 20_000,
  callDepth: 200,
  traceSteps: 200_000,
};

/** Places the regions. Throws M004 where the sum passes what one memory can hold. */
export function makeLayout(
  wordSize: 4 | 8,
  budget: Budget,
  trace: boolean,
  constantBytes: number,
  globalBytes: number,
): Layout {
  // Lowering appends strings and static locals later on: leave them room. In large steps, so that programs that differ a little
  // are laid out the same.
  const globals = align(CONSTANTS + constantBytes * 2 + (2 << 20), STEP);
  const heap = align(globals + globalBytes * 2 + (1 << 20), STEP);
  const stacks = align(heap + budget.heapBytes, 4096);
  const end = stacks + MAX_THREADS * STACK_BYTES + 4096;
  const log = Math.max(24, Math.ceil(Math.log2(end)));
  const traceBytes = trace ? align(budget.traceSteps * TRACE_BYTES + 4096, PAGE) : 0;
  const watchBytes = Math.max(WATCH_BYTES, 2 ** (log - DIRTY_SHIFT));
  const total = 2 ** (log + 1) + PAGE + traceBytes + watchBytes + ACCESS_LOG_BYTES + 2 ** (log - GRANULE_SHIFT) + PAGE;
  // The 32-bit base leaves 2^29 bytes below the addresses of functions.
  const maxLog = wordSize === 4 ? 29 : MAX_LOG;
  if (log > maxLog || total > 2 ** 32 - PAGE) throw memoryTooLarge(total, 2 ** (maxLog + 1));
  const size = 2 ** log;
  const behind = size * 2 + PAGE;
  return {
    wordSize,
    log,
    mask: size - 1,
    shadow: size + SHADOW_SKEW,
    constants: CONSTANTS,
    globals,
    heap,
    stacks,
    trace: behind,
    traceEnd: behind + traceBytes,
    watch: behind + traceBytes,
    accessLog: behind + traceBytes + watchBytes,
    accessLogEnd: behind + traceBytes + watchBytes + ACCESS_LOG_BYTES,
    readable: behind + traceBytes + watchBytes + ACCESS_LOG_BYTES,
    pages: Math.ceil(total / PAGE),
    dataBase: wordSize === 8 ? 0xffff888000000000n : 0xc0000000n,
    dataBaseHigh: wordSize === 8 ? 0xffff8880 : 0,
    dataBaseLow: wordSize === 8 ? 0 : 0xc0000000,
    functionBase: wordSize === 8 ? 0xffffffff81000000n : 0xf0000000n,
  };
}

export function align(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
