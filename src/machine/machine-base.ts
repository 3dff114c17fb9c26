import type { IrFunction } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import type {
  Budget,
  FrameView,
  HeapObject,
  Machine,
  MachineEvent,
  MachineMemory,
  MachineOptions,
  Native,
  NativeResult,
  NativeTable,
  PendingOp,
  Placement,
  Snapshot,
  Stop,
  ThreadView,
  Until,
} from './api.ts';
import { noSuchFunction, wrongSnapshot } from './errors.ts';
import { Execution, type ThreadState } from './execution.ts';
import { framesOf, standingOf } from './frames.ts';
import { Frame } from './layout.ts';
import { HostCall, type Shape, Shapes } from './native-call.ts';
import type { ProgramCode } from './program-code.ts';
import { clearUsed, digest, restoreSnapshot, StepSnapshot } from './snapshot.ts';
import { type HostFunctions, Space, type VariantNumber } from './space.ts';

interface Bound {
  readonly shape: Shape;
  readonly native: Native | undefined;
  readonly synchronises: boolean;
}

/** Bytes of a stack that frames may fill; the rest is for the arguments of the innermost call. */
export const STACK_USABLE = 256 * 1024 - 4096;

/**
 * What the executors have in common: one memory, threads and their stacks, natives, events, and the views on all of that.
 * How a thread runs is the executor's.
 */
export abstract class MachineBase implements Machine, HostFunctions {
  protected readonly code: ProgramCode;
  protected readonly natives: NativeTable;
  protected readonly x: Execution;
  protected readonly shapes: Shapes;
  protected readonly hostCall: HostCall;
  #space: Space | undefined;
  /** By function index: what is known of those that are not C. */
  readonly #bound: (Bound | undefined)[] = [];

  constructor(code: ProgramCode, budget: Budget, natives: NativeTable, options: MachineOptions) {
    this.code = code;
    this.natives = natives;
    const space = code.takeSpace(this) ?? new Space(code, this);
    this.#space = space;
    this.x = new Execution(code, space, budget, natives);
    this.shapes = new Shapes(code.layout.wordSize);
    this.hostCall = new HostCall(this.x, options);
  }

  get program(): ProgramCode['program'] {
    return this.code.program;
  }
  get memory(): MachineMemory {
    return this.x.memory;
  }
  get events(): readonly MachineEvent[] {
    return this.x.events;
  }
  get paid(): number {
    return this.x.spent;
  }
  get threads(): readonly ThreadView[] {
    return this.x.threads.map((t) => this.#viewOf(t));
  }

  #viewOf(thread: ThreadState): ThreadView {
    const x = this.x;
    return {
      name: thread.name,
      status: thread.status,
      result: thread.result,
      get stack() {
        return x.stackOf(thread);
      },
      ...(thread.why === undefined ? {} : { waitsFor: thread.why }),
    };
  }

  protected usable(): Space {
    if (!this.#space) throw wrongSnapshot('this machine was given back');
    return this.#space;
  }

  abstract run(thread: number, until: Until): Stop;
  abstract pending(thread: number): PendingOp;
  abstract trace(): ReturnType<Machine['trace']>;
  abstract pauseTrace(): void;
  abstract resumeTrace(): void;
  abstract takeAccesses(into: number[]): void;
  abstract watch(ranges: Iterable<{ readonly offset: number; readonly size: number }>): void;
  abstract enter(frame: number, variant: VariantNumber): number;
  abstract fault(address: bigint | number, info: number, loc: number, frame: number): number;
  abstract shift(loc: number, frame: number, count: bigint, width: number): void;
  abstract division(loc: number, frame: number): void;
  abstract unset(register: number, loc: number, frame: number): void;
  abstract unreachable(point: number, frame: number): void;
  abstract badCall(address: bigint | number, passed: number, loc: number, frame: number): number;

  spawn(name: string, func: number, args: readonly bigint[] = []): number {
    this.usable();
    const fn = this.program.functions[func];
    if (!fn) throw noSuchFunction(func);
    const thread = this.x.addThread(name, func);
    const { longs } = this.x.space;
    const { params, variadic } = fn.signature;
    const count = params.length + (variadic ? 1 : 0);
    for (let i = 0; i < count; i++) {
      const value = args[i] ?? 0n;
      longs[(thread.frame + Frame.cells + i * 8) >> 3] = BigInt.asUintN(params[i] === 'i32' ? 32 : 64, value);
    }
    this.x.setWord(thread.frame + Frame.passed, count);
    return thread.id;
  }

  call(func: number, args: readonly bigint[] = []): bigint | undefined {
    const id = this.spawn('call', func, args);
    const stop = this.run(id, 'end');
    const thread = this.x.threads[id]!;
    if (stop !== 'end' || thread.status !== 'done') return undefined;
    this.x.threads.pop();
    return thread.result ?? 0n;
  }

  protected threadDone(thread: ThreadState): Stop {
    const fn = this.program.functions[thread.func]!;
    const raw = this.x.space.longs[(thread.base + Frame.result) >> 3]!;
    const shape = this.shapes.of(fn);
    const bits = (shape.result?.size ?? 8) * 8;
    if (fn.signature.result) thread.result = BigInt.asUintN(64, shape.result?.signed ? BigInt.asIntN(bits, raw) : raw);
    thread.frame = thread.base;
    thread.status = 'done';
    this.endThread(thread);
    return this.x.ended ?? 'end';
  }

  protected endThread(thread: ThreadState): void {
    thread.pending = { kind: 'none' };
    this.natives.threadEnded?.(this, thread.id);
    if (this.x.threads.every((t) => t.status === 'done' || t.status === 'dead')) this.natives.allEnded?.(this);
  }

  /** Calls a native, or a stub. `caller` is the innermost frame. */
  protected callNative(
    fn: IrFunction,
    index: number,
    frame: number,
    caller: number,
    loc: Loc,
  ): { readonly answer: NativeResult } | 'stub' {
    const { x, hostCall: call } = this;
    const { shape, native, synchronises } = (this.#bound[index] ??= this.#bind(fn));
    call.open(shape, frame, caller, loc);
    if (shape.hidden !== undefined) this.#zeroResult(x.space.longs[(frame + Frame.cells) >> 3]!, shape.hidden);
    call.synchronises = synchronises;
    if (!native) {
      const key = `stub ${index} ${loc}`;
      if (!x.reported.has(key)) {
        x.reported.add(key);
        x.event({ kind: 'stub', name: fn.plainName, thread: x.current, loc });
      }
      return 'stub';
    }
    x.memory.caller = call;
    try {
      return { answer: native(call) };
    } finally {
      x.memory.caller = undefined;
      // Code that calls one native after the other, without a loop, does not look at its fuel for long.
      if (x.charged > 2 * x.budget.statements) x.outOfStatements(loc, call.stack());
    }
  }

  #bind(fn: IrFunction): Bound {
    const { functions, visible } = this.natives;
    const native = functions.get(fn.plainName);
    return { shape: this.shapes.of(fn), native, synchronises: visible.has(fn.plainName) };
  }

  #zeroResult(address: bigint, size: number): void {
    const at = this.x.memory.offset(address, size);
    if (at === undefined) return;
    this.x.space.bytes.fill(0, at, at + size);
    this.hostCall.setInitialised(address, size, true);
  }

  // --- looking in ----------------------------------------------------------------------------------------------------

  /** By counter: how often its statement or loop was executed. */
  protected counts(): Uint32Array {
    return this.x.counters();
  }

  get statements(): number {
    const counts = this.counts();
    let sum = 0;
    for (let i = 0; i < counts.length; i++) sum += counts[i]!;
    for (const counter of this.code.loopCounters) sum -= counts[counter]!;
    return sum;
  }

  coverage(): ReadonlyMap<Loc, number> {
    const counts = this.counts();
    const coverage = new Map<Loc, number>();
    const sites = this.code.sites();
    for (let i = 0; i < sites.length; i += 2) {
      const count = counts[sites[i + 1]!]!;
      if (count > 0) coverage.set(sites[i]!, (coverage.get(sites[i]!) ?? 0) + count);
    }
    return coverage;
  }

  loops(): ReadonlyMap<number, readonly number[]> {
    const counts = this.counts();
    const found: [number, readonly number[]][] = [];
    for (const plan of this.code.planned) {
      const own = plan.loops.map((counter) => counts[counter]!);
      if (own.some((c) => c > 0)) found.push([plan.index, own]);
    }
    return new Map(found.sort((a, b) => a[0] - b[0]));
  }

  liveObjects(): readonly HeapObject[] {
    return this.x.heap.objects.filter((o) => o.freedAt === undefined);
  }

  placement(): Placement {
    return this.code.globals.placement();
  }

  offsetOf(address: bigint): number {
    return this.x.memory.offset(address, 0) ?? -1;
  }

  frames(id: number): readonly FrameView[] {
    const thread = this.x.threads[id];
    return thread ? framesOf(this.x, thread) : [];
  }

  standing(id: number): ReturnType<typeof standingOf> {
    const thread = this.x.threads[id];
    if (!thread) throw noSuchFunction(id);
    return standingOf(this.x, thread);
  }

  separateHeaps(first: number, count: number): void {
    this.usable();
    this.x.heap.separate(first, count);
  }

  digest(): string {
    this.usable();
    return digest(this.x);
  }

  snapshot(): Snapshot {
    this.usable();
    return new StepSnapshot(this.x);
  }
  restore(snapshot: Snapshot): void {
    this.usable();
    restoreSnapshot(this.x, snapshot);
  }

  report(event: MachineEvent): void {
    this.x.event(event);
  }

  dispose(): void {
    const space = this.#space;
    if (!space) return;
    clearUsed(this.x, 0);
    this.watch([]);
    space.words.fill(0, 0, 32);
    this.#space = undefined;
    this.code.giveSpace(space);
  }
}
