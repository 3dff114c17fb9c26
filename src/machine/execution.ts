import type { Loc } from '../c/token.ts';
import type {
  Budget,
  MachineEvent,
  MachineRule,
  NativeTable,
  PendingOp,
  StackEntry,
  Stop,
  ThreadStatus,
} from './api.ts';
import { tooManyThreads } from './errors.ts';
import { Faults } from './faults.ts';
import { Heap } from './heap.ts';
import {
  COUNTERS,
  Control,
  Frame,
  LOG_ENTRY_BYTES,
  MAX_THREADS,
  SIGNATURES,
  STACK_BYTES,
  VISIBLE_NATIVE,
} from './layout.ts';
import { Memory } from './memory.ts';
import type { Plan } from './plan.ts';
import type { ProgramCode } from './program-code.ts';
import { Access } from './shadow.ts';
import { TraceNode } from './snapshot.ts';
import type { Space } from './space.ts';

/** How much memory the events of one execution take at most; a fatal problem is kept whatever came before. */
const MAX_EVENT_BYTES = 16 << 20;
/** What an event costs, without its text and stack, and what an entry of its stack costs. */
const EVENT_BYTES = 128;
const ENTRY_BYTES = 32;
/** How far below zero the fuel word is brought: what a block pays after that must not wrap it. */
const MOST_DEBT = -0x4000_0000;
/** More than any thread's number. */
const ALIVE = 0x7fff_ffff;

export interface ThreadState {
  readonly id: number;
  readonly name: string;
  readonly func: number;
  /** Start of its stack: a frame of no function, which receives the result. */
  readonly base: number;
  status: ThreadStatus;
  /** Innermost frame; `base` when it has ended. */
  frame: number;
  /** What kind of stop it stands at; `start` where it stands at none. */
  standsAt: 'start' | 'statement' | 'access' | 'native';
  result: bigint | undefined;
  /** Key and reason, while blocked. */
  key: string | undefined;
  why: string | undefined;
  pending: PendingOp;
  /** Where a fatal problem stopped it. */
  stoppedBy: Loc | undefined;
}

export interface Problem {
  readonly rule: MachineRule;
  readonly message: string;
  readonly loc: Loc;
  readonly stack: readonly StackEntry[];
  readonly fatal: boolean;
  readonly related?: readonly { readonly message: string; readonly loc: Loc }[];
}

export interface SavedEvents {
  readonly events: readonly MachineEvent[];
  readonly dropped: boolean;
  readonly bytes: number;
}

/** About how much memory an event takes. */
function bytesOf(event: MachineEvent): number {
  switch (event.kind) {
    case 'problem':
      return EVENT_BYTES + event.message.length + event.stack.length * ENTRY_BYTES;
    case 'log':
    case 'note':
      return EVENT_BYTES + event.text.length;
    case 'observe':
      return EVENT_BYTES + (typeof event.value.value === 'string' ? event.value.value.length : 0);
    default:
      return EVENT_BYTES;
  }
}

/** The state of one execution: memory, threads, events. The parts of the machine work on it. */
export class Execution {
  readonly code: ProgramCode;
  readonly space: Space;
  readonly budget: Budget;
  readonly natives: NativeTable;
  readonly heap: Heap;
  readonly memory: Memory;
  readonly faults: Faults;
  readonly threads: ThreadState[] = [];
  events: MachineEvent[] = [];
  /** Objects remember only the innermost frame of where they were made. */
  shallow = false;
  /** Non-fatal problems that are reported once for each place. */
  reported = new Set<string>();
  /** Set when the execution is over. */
  ended: Stop | undefined;
  /** The running thread, −1 outside of `run`. */
  current = -1;
  /** Innermost frame of the running thread while the host is asked something; 0 otherwise. */
  innermost = 0;
  /** Statements and loop rounds paid before the current filling of the fuel word. */
  spent = 0;
  fuel = 0;
  /** What natives paid of it. */
  charged = 0;
  /** What of the trace the last snapshot holds. */
  traceBase: TraceNode;
  #globalsWritten = 0;
  #signaturesWritten = 0;
  #dropped = false;
  #eventBytes = 0;

  constructor(code: ProgramCode, space: Space, budget: Budget, natives: NativeTable) {
    this.code = code;
    this.space = space;
    this.budget = budget;
    this.natives = natives;
    this.heap = new Heap(space, budget.heapBytes);
    this.traceBase = new TraceNode(undefined, code.layout.trace, new Uint8Array(0));
    this.memory = new Memory(this);
    this.faults = new Faults(this);
    this.writeGlobals();
    for (const name of natives.visible) this.#markVisible(name);
    for (const name of natives.accessing ?? []) this.#markVisible(name);
    const { layout } = code;
    space.words[Control.tracePosition >> 2] = layout.trace;
    space.words[Control.traceEnd >> 2] = layout.traceEnd;
    space.words[Control.logPosition >> 2] = layout.accessLog;
    space.words[Control.logEnd >> 2] = layout.accessLogEnd;
  }

  // --- memory that follows the program's growth ------------------------------------------------------------------------

  /** Brings globals and signatures that lowering appended into memory. */
  writeGlobals(): void {
    const { globals, program, layout } = this.code;
    globals.sync();
    if (this.#globalsWritten !== globals.placed) {
      const first = this.#globalsWritten;
      this.#globalsWritten = globals.placed;
      for (const region of [globals.constants, globals.variables]) {
        const from = first === 0 ? region.start : globals.firstAfter(region, first);
        if (from >= region.end) continue;
        const bytes = region.bytes.subarray(from - region.start, region.end - region.start);
        const shadow = region.shadow.subarray(from - region.start, region.end - region.start);
        this.space.bytes.set(bytes, from);
        this.space.bytes.set(shadow, layout.shadow + from);
      }
    }
    for (
      ;
      this.#signaturesWritten < Math.min(program.functions.length, this.code.tableSize);
      this.#signaturesWritten++
    ) {
      const { signature } = program.functions[this.#signaturesWritten]!;
      const count = Math.min(0x7f, signature.params.length + (signature.variadic ? 1 : 0));
      this.space.bytes[SIGNATURES + this.#signaturesWritten] = count;
    }
  }
  get globalsWritten(): number {
    return this.#globalsWritten;
  }

  #markVisible(name: string): void {
    const index = this.code.program.functionNamed(name);
    if (index !== undefined && index < this.code.tableSize) this.space.bytes[SIGNATURES + index]! |= VISIBLE_NATIVE;
  }

  // --- words and frames ------------------------------------------------------------------------------------------------

  word(offset: number): number {
    return this.space.words[offset >> 2]!;
  }
  setWord(offset: number, value: number): void {
    this.space.words[offset >> 2] = value;
  }

  /** The plan of a frame's function, if it has one. */
  planOf(frame: number): Plan | undefined {
    return this.code.knownPlan(this.word(frame + Frame.func));
  }

  /** Where a frame stands: the call it made, or the point it stopped at. */
  locOf(frame: number): Loc {
    const plan = this.planOf(frame);
    if (!plan) return this.code.program.functions[this.word(frame + Frame.func)]?.loc ?? 0;
    return plan.pointLoc[this.word(frame + Frame.pc)] ?? plan.fn.loc;
  }

  /** Frames from this one outwards, innermost first; `loc` is where the innermost stands. */
  stackFrom(frame: number, loc: Loc): StackEntry[] {
    const entries: StackEntry[] = [];
    let at = frame;
    let where = loc;
    while (at !== 0 && this.word(at + Frame.func) >= 0 && entries.length <= this.budget.callDepth) {
      entries.push({ func: this.word(at + Frame.func), loc: where });
      at = this.word(at + Frame.previous);
      if (at !== 0 && this.word(at + Frame.func) >= 0) where = this.locOf(at);
    }
    return entries;
  }

  stackOf(thread: ThreadState): StackEntry[] {
    if (thread.frame === thread.base) return [];
    return this.stackFrom(thread.frame, thread.stoppedBy ?? this.locOf(thread.frame));
  }

  /** First byte after a thread's frames. */
  stackTop(thread: ThreadState): number {
    if (thread.frame === thread.base) return thread.base + 64;
    // A native has no plan: its frame is the header and the arguments.
    const bytes = this.planOf(thread.frame)?.frameBytes ?? 4096;
    return Math.min(thread.base + STACK_BYTES, thread.frame + bytes);
  }

  /** A thread gets the part of the stacks that nobody has had, or else the one whose last owner is longest gone. */
  #freeStack(): number {
    const { stacks } = this.code.layout;
    if (this.threads.length === 0) return stacks;
    const owner = new Int32Array(MAX_THREADS).fill(-1);
    for (const { id, base, status } of this.threads) {
      const gone = status === 'done' || status === 'dead';
      owner[(base - stacks) / STACK_BYTES] = gone ? id : ALIVE;
    }
    let best = 0;
    for (let s = 1; s < MAX_THREADS; s++) if (owner[s]! < owner[best]!) best = s;
    if (owner[best] === ALIVE) throw tooManyThreads(MAX_THREADS);
    return stacks + best * STACK_BYTES;
  }

  addThread(name: string, func: number): ThreadState {
    const id = this.threads.length;
    const base = this.#freeStack();
    const thread: ThreadState = {
      id,
      name,
      func,
      base,
      status: 'ready',
      frame: base + 64,
      standsAt: 'start',
      result: undefined,
      key: undefined,
      why: undefined,
      pending: { kind: 'none' },
      stoppedBy: undefined,
    };
    this.setWord(base + Frame.func, -1);
    this.setWord(base + Frame.retries, 0);
    const frame = thread.frame;
    this.setWord(frame + Frame.func, func);
    this.setWord(frame + Frame.pc, 0);
    this.setWord(frame + Frame.previous, base);
    this.setWord(frame + Frame.depth, 1);
    this.threads.push(thread);
    return thread;
  }

  /** Writes down that a native accessed memory, where accesses are noted and others can see this one. */
  note(offset: number, size: number, write: boolean, loc: Loc): void {
    const thread = this.threads[this.current];
    if (this.word(Control.stopAccesses) !== 3 || size <= 0 || !thread) return;
    if (offset >= thread.base && offset < thread.base + STACK_BYTES) return;
    const at = this.word(Control.logPosition);
    if (at + LOG_ENTRY_BYTES > this.word(Control.logEnd)) return;
    const { words } = this.space;
    words[at >> 2] = offset;
    words[(at >> 2) + 1] = (Math.min(size, 0x7fffff) << 8) | (write ? Access.write : 0) | Access.native;
    words[(at >> 2) + 2] = loc;
    this.setWord(Control.logPosition, at + LOG_ENTRY_BYTES);
  }

  // --- events ----------------------------------------------------------------------------------------------------------

  event(event: MachineEvent): void {
    const fatal = event.kind === 'problem' && event.fatal;
    const bytes = this.#eventBytes + bytesOf(event);
    if ((this.events.length < this.budget.events && bytes <= MAX_EVENT_BYTES) || fatal) {
      this.events.push(event);
      this.#eventBytes = bytes;
    } else if (!this.#dropped) {
      this.#dropped = true;
      const text = `more than ${this.budget.events} events, or ${MAX_EVENT_BYTES} bytes of them: not all are kept`;
      this.events.push({ kind: 'note', text, thread: event.thread, loc: event.loc, bound: 'events' });
    }
  }

  problem(problem: Problem): void {
    this.event({
      kind: 'problem',
      rule: problem.rule,
      message: problem.message,
      thread: this.current,
      loc: problem.loc,
      stack: problem.stack,
      related: problem.related ?? [],
      fatal: problem.fatal,
    });
    if (problem.fatal) this.end('fatal', problem.loc);
  }

  /** A problem that the same place shows again and again: reported once. */
  problemOnce(key: string, problem: Problem): void {
    if (this.reported.has(key)) return;
    this.reported.add(key);
    this.problem(problem);
  }

  /**
   * The running thread pays for a native's work as for statements: where the code looks at its fuel next, it ends when the
   * budget does.
   */
  charge(statements: number): void {
    const left = this.word(Control.fuel);
    const now = Math.max(left - statements, MOST_DEBT);
    this.setWord(Control.fuel, now);
    this.spent += statements - (left - now);
    this.charged += statements;
  }

  /** A bound was reached: reported, and the execution is over. */
  overBudget(problem: Omit<Problem, 'fatal'>): void {
    this.problem({ ...problem, fatal: true });
    this.ended = 'budget';
  }

  /** The bound on statements was reached; whether the code would ever have ended is not known. */
  outOfStatements(loc: Loc, stack: readonly StackEntry[]): void {
    const message = `cut off after ${this.budget.statements} statements and loop rounds`;
    this.overBudget({ rule: 'statement-budget', message, loc, stack });
  }

  end(stop: Stop, loc: Loc): void {
    this.ended ??= stop;
    const thread = this.threads[this.current];
    if (thread) thread.stoppedBy = loc;
  }

  saveEvents(): SavedEvents {
    return { events: this.events.slice(), dropped: this.#dropped, bytes: this.#eventBytes };
  }
  restoreEvents(saved: SavedEvents): void {
    this.events = saved.events.slice();
    this.#dropped = saved.dropped;
    this.#eventBytes = saved.bytes;
  }

  /** Counts of all counters in use. */
  counters(): Uint32Array {
    return new Uint32Array(this.space.memory.buffer, COUNTERS, this.code.counters);
  }
}
