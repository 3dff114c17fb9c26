import { CodedError } from '../base/errors.ts';
import type { IrFunction } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import type { Budget, CreateMachine, MachineOptions, NativeTable, PendingOp, Stop, TraceStep, Until } from './api.ts';
import { noSuchFunction } from './errors.ts';
import type { ThreadState } from './execution.ts';
import { Control, defaultBudget, Frame, NATIVE_DEPTH, Status, WATCH_BYTES } from './layout.ts';
import { MachineBase, STACK_USABLE } from './machine-base.ts';
import { type ProgramCode, programCode } from './program-code.ts';
import { findPeriod } from './repeat.ts';
import { Access } from './shadow.ts';
import { restoreSnapshot, StepSnapshot } from './snapshot.ts';
import { type Space, Variant, type VariantNumber } from './space.ts';
import { decodeTrace } from './trace.ts';

/** Statements and loop rounds between two looks of the driver; entering code anew also lets the engine use better code. */
const QUANTUM = 100_000;

/** Makes a machine that stops wherever it is told to, goes back, and keeps a trace. Throws M004 for what has no room. */
export const createStepper: CreateMachine = (program, natives, options = {}) => {
  const budget: Budget = { ...defaultBudget, ...options.budget };
  return new Stepper(
    programCode(program, budget, options.trace === true, options.variables === true),
    budget,
    natives,
    options,
  );
};

class Stepper extends MachineBase {
  readonly #traced: boolean;

  constructor(code: ProgramCode, budget: Budget, natives: NativeTable, options: MachineOptions) {
    super(code, budget, natives, options);
    this.#traced = options.trace === true;
  }

  // --- running ---------------------------------------------------------------------------------------------------------

  prepare(functions: readonly number[], until: Until): void {
    const module = this.code.prepare(functions, until !== 'end');
    if (module) this.usable().link(module, variantOf(until !== 'end'));
    this.x.writeGlobals();
  }

  run(id: number, until: Until): Stop {
    const space = this.usable();
    const x = this.x;
    const thread = x.threads[id];
    if (!thread) throw noSuchFunction(id);
    if (x.ended) return x.ended;
    if (thread.status === 'blocked') return 'blocked';
    if (thread.status !== 'ready') return 'end';
    const stopStatements = until === 'statement' || until === 'step' || until === 'instruction';
    const stopAccesses =
      until === 'visible' || until === 'step' ? 1 : until === 'instruction' ? 2 : until === 'sync' ? 3 : 0;
    // Where it stands is done first, if this way of running would stop there.
    const { standsAt } = thread;
    const skip = standsAt === 'statement' ? stopStatements : stopAccesses !== 0 && standsAt !== 'start';
    x.setWord(Control.stopStatements, stopStatements ? 1 : 0);
    x.setWord(Control.stopAccesses, stopAccesses);
    x.setWord(Control.skip, skip ? 1 : 0);
    thread.standsAt = 'start';
    x.setWord(Control.frame, thread.frame);
    x.setWord(Control.stackBase, thread.base);
    // The outgoing frame and arguments of the innermost call lie beyond.
    x.setWord(Control.stackLimit, thread.base + STACK_USABLE);
    x.setWord(Control.thread, id);
    this.#limitDepth(thread.frame);
    x.current = id;
    try {
      return this.#drive(space, thread, until !== 'end');
    } finally {
      this.#account();
      x.current = -1;
      x.innermost = 0;
    }
  }

  #drive(space: Space, thread: ThreadState, wantStops: boolean): Stop {
    const x = this.x;
    let stops = wantStops;
    this.#refuel(false);
    for (;;) {
      const status = space.run(variantOf(stops));
      const frame = x.word(Control.frame);
      switch (status) {
        case Status.done:
          return this.threadDone(thread);
        case Status.fuel:
          this.#account();
          if (x.spent >= x.budget.statements) {
            this.#outOfStatements(space, thread, frame);
            return 'budget';
          }
          stops = wantStops;
          this.#refuel(false);
          break;
        case Status.depth:
          if (x.word(frame + Frame.depth) > x.budget.callDepth) {
            this.#tooDeep(frame, `calls are nested deeper than ${x.budget.callDepth}`);
            thread.frame = frame;
            return 'budget';
          }
          this.#limitDepth(frame);
          break;
        case Status.stack:
          this.#tooDeep(frame, `the local variables of nested calls take more than ${STACK_USABLE} bytes`);
          thread.frame = frame;
          return 'budget';
        case Status.otherVariant:
          // The code without stops has no entry here: the other one carries on to the next place where both have one.
          stops = true;
          this.#account();
          this.#refuel(true);
          break;
        case Status.statement:
          this.#standAt(thread, frame, 'statement', { kind: 'none' });
          return x.word(Control.stopAccesses) === 2 ? 'instruction' : 'statement';
        case Status.access:
          this.#standAt(thread, frame, 'access', this.#pendingAccess());
          return x.word(Control.stopAccesses) === 2 ? 'instruction' : 'visible';
        case Status.native:
          this.#standAt(thread, frame, 'native', this.#pendingCall());
          return x.word(Control.stopAccesses) === 2 ? 'instruction' : 'visible';
        case Status.blocked:
          thread.frame = frame;
          return 'blocked';
        case Status.killed:
          // Its frames end here, and their variables with them.
          thread.frame = x.innermost;
          space.bytes.fill(0, this.code.layout.shadow + thread.base, this.code.layout.shadow + x.stackTop(thread));
          thread.frame = thread.base;
          thread.status = 'dead';
          this.endThread(thread);
          return x.ended ?? 'end';
        default:
          thread.frame = x.innermost || frame;
          return x.ended ?? 'fatal';
      }
    }
  }

  #standAt(thread: ThreadState, frame: number, at: ThreadState['standsAt'], pending: PendingOp): void {
    thread.frame = frame;
    thread.standsAt = at;
    thread.pending = pending;
  }

  /** Fills the fuel word; `once` makes the code leave at the first place where it looks. */
  #refuel(once: boolean): void {
    const x = this.x;
    const left = x.budget.statements - x.spent;
    x.fuel = once ? -1 : Math.min(QUANTUM, left) - 1;
    x.setWord(Control.fuel, x.fuel);
  }
  /** Adds what was burnt since the last filling. */
  #account(): void {
    const x = this.x;
    const now = x.word(Control.fuel);
    x.spent += x.fuel - now;
    x.fuel = now;
  }

  #limitDepth(frame: number): void {
    const x = this.x;
    const depth = x.word(frame + Frame.depth);
    x.setWord(Control.depthLimit, Math.min(x.budget.callDepth, depth + NATIVE_DEPTH));
  }

  /**
   * The budget ends the execution. Whether the thread would ever end by itself is looked into first, and then undone: what
   * can be observed is the same however the thread was run.
   */
  #outOfStatements(space: Space, thread: ThreadState, frame: number): void {
    const x = this.x;
    thread.frame = frame;
    const here = new StepSnapshot(x);
    x.setWord(Control.stopStatements, 0);
    x.setWord(Control.stopAccesses, 0);
    let stops = false;
    const period = findPeriod(x, thread, () => {
      this.#refuel(true);
      const status = space.run(variantOf(stops));
      this.#account();
      stops = status === Status.otherVariant;
      return stops || status === Status.fuel;
    });
    thread.frame = x.word(Control.frame);
    restoreSnapshot(x, here);
    const loc = x.locOf(frame);
    const stack = x.stackFrom(frame, loc);
    if (period === undefined) x.outOfStatements(loc, stack);
    else {
      const { statements } = x.budget;
      const message = `never ends: after ${statements} statements the same state comes back every ${period}`;
      x.overBudget({ rule: 'nontermination', message, loc, stack });
    }
  }

  #tooDeep(frame: number, message: string): void {
    const x = this.x;
    const loc = x.locOf(frame);
    x.overBudget({ rule: 'stack-overflow', message, loc, stack: x.stackFrom(frame, loc) });
  }

  // --- what the code asks the host ---------------------------------------------------------------------------------------

  enter(frame: number, variant: VariantNumber): number {
    const x = this.x;
    const index = x.word(frame + Frame.func);
    const caller = x.word(frame + Frame.previous);
    const hasCaller = x.word(caller + Frame.func) >= 0;
    const fn = this.program.functions[index];
    x.innermost = hasCaller ? caller : frame;
    const loc = hasCaller ? x.locOf(caller) : (fn?.loc ?? 0);
    if (!fn) return this.#wildCall(x.memory.addressOfFunction(index), loc, caller);
    try {
      const plan = this.code.plan(index);
      if (plan) {
        this.usable().link(this.code.module(plan, variant === Variant.stops), variant);
        x.writeGlobals();
        return Status.installed;
      }
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      const message = `${fn.plainName} cannot be executed: ${error.message}`;
      const stack = hasCaller ? x.stackFrom(caller, loc) : [];
      x.problem({ rule: 'not-executable', message, loc, stack, fatal: true });
      return Status.ended;
    }
    return this.#native(fn, index, frame, caller, loc, hasCaller, variant);
  }

  #native(
    fn: IrFunction,
    index: number,
    frame: number,
    caller: number,
    loc: Loc,
    hasCaller: boolean,
    variant: VariantNumber,
  ): number {
    const x = this.x;
    const ran = this.callNative(fn, index, frame, caller, loc);
    if (x.ended) return Status.ended;
    if (ran === 'stub' || ran.answer === undefined) {
      if (ran !== 'stub') x.setWord(caller + Frame.retries, 0);
      if (this.#traced) this.usable().traceReturn(frame, loc, variant);
      return Status.done;
    }
    const { answer } = ran;
    const thread = x.threads[x.current]!;
    if ('kill' in answer) return Status.killed;
    x.setWord(caller + Frame.retries, this.hostCall.retries + 1);
    if (this.#traced && hasCaller) this.#untraceCall(frame);
    // The call is made again when the thread is woken: the point before it is one less than the one after.
    if (hasCaller) x.setWord(caller + Frame.pc, x.word(caller + Frame.pc) - 1);
    x.setWord(Control.frame, hasCaller ? caller : frame);
    thread.status = 'blocked';
    thread.key = answer.block;
    thread.why = answer.why;
    thread.standsAt = hasCaller ? 'native' : 'start';
    thread.pending = this.#callOf(fn, frame, loc);
    return Status.blocked;
  }

  /** Takes back the record of a call that did not happen yet. */
  #untraceCall(frame: number): void {
    const x = this.x;
    if (x.word(Control.traceDropped) > 0) x.setWord(Control.traceDropped, x.word(Control.traceDropped) - 1);
    else
      x.setWord(
        Control.tracePosition,
        x.word(Control.tracePosition) - 16 - 8 * Math.min(6, x.word(frame + Frame.passed)),
      );
  }

  fault(address: bigint | number, info: number, loc: number, frame: number): number {
    const x = this.x;
    x.innermost = frame;
    const size = info & Access.sizeMask || x.word(Control.pendingSize);
    const attempt = {
      address: typeof address === 'bigint' ? BigInt.asUintN(64, address) : BigInt(address >>> 0),
      size,
      write: (info & Access.write) !== 0,
      partial: (info & Access.partial) !== 0,
    };
    return x.faults.report(attempt, loc, frame) ? Status.done : Status.ended;
  }

  shift(loc: number, frame: number, count: bigint, width: number): void {
    const shown = width === 64 ? count : BigInt.asIntN(32, count);
    this.x.problemOnce(`shift ${loc}`, {
      rule: 'shift-range',
      message: `a shift of a ${width}-bit value by ${shown}`,
      loc,
      stack: this.x.stackFrom(frame, loc),
      fatal: false,
    });
  }

  division(loc: number, frame: number): void {
    this.x.innermost = frame;
    this.x.problem({
      rule: 'division-by-zero',
      message: 'division by zero',
      loc,
      stack: this.x.stackFrom(frame, loc),
      fatal: true,
    });
  }

  unset(register: number, loc: number, frame: number): void {
    const x = this.x;
    const plan = x.planOf(frame);
    const variable = plan?.body.registers[register]?.variable;
    x.problemOnce(`unset ${x.word(frame + Frame.func)} ${register} ${loc}`, {
      rule: 'uninitialised-read',
      message: `${variable?.name ?? 'a variable'} is read before it is written`,
      loc,
      stack: x.stackFrom(frame, loc),
      fatal: false,
      related: variable ? [{ message: `${variable.name} is declared here`, loc: variable.loc }] : [],
    });
  }

  unreachable(point: number, frame: number): void {
    const x = this.x;
    const plan = x.planOf(frame);
    const loc = plan?.pointLoc[point] ?? 0;
    x.innermost = frame;
    const message = plan?.unreachable.get(point) ?? 'code that must not be reached';
    x.problem({ rule: 'unreachable-reached', message, loc, stack: x.stackFrom(frame, loc), fatal: true });
  }

  badCall(address: bigint | number, passed: number, loc: number, frame: number): number {
    const x = this.x;
    x.innermost = frame;
    const value = typeof address === 'bigint' ? BigInt.asUintN(64, address) : BigInt(address >>> 0);
    const index = x.memory.functionAt(value);
    const fn = index === undefined ? undefined : this.program.functions[index];
    if (!fn) return this.#wildCall(value, loc, frame);
    x.problem({
      rule: 'api-misuse',
      message: `${fn.plainName} takes ${fn.signature.params.length} arguments and is called with ${passed} through a pointer`,
      loc,
      stack: x.stackFrom(frame, loc),
      fatal: true,
      related: [{ message: `${fn.plainName} is declared here`, loc: fn.loc }],
    });
    return Status.ended;
  }

  #wildCall(address: bigint, loc: Loc, frame: number): number {
    const x = this.x;
    const isNull = address < 4096n;
    x.problem({
      rule: isNull ? 'null-dereference' : 'wild-dereference',
      message: isNull
        ? 'call through a null function pointer'
        : `call of ${x.memory.describe(address)}, which is no function`,
      loc,
      stack: x.stackFrom(frame, loc),
      fatal: true,
    });
    return Status.ended;
  }

  // --- looking in ----------------------------------------------------------------------------------------------------

  #pendingAccess(): PendingOp {
    const x = this.x;
    const info = x.word(Control.pendingInfo);
    return {
      kind: info & Access.write ? 'write' : 'read',
      address: x.space.longs[Control.pendingAddress >> 3]!,
      size: info & Access.sizeMask || x.word(Control.pendingSize),
      loc: x.word(Control.pendingLoc),
      ...(info & Access.volatile ? { volatile: true } : {}),
      ...(info & Access.copy ? { from: x.space.longs[Control.pendingFrom >> 3]! } : {}),
    };
  }

  #pendingCall(): PendingOp {
    const frame = this.x.word(Control.pendingFrame);
    const fn = this.program.functions[this.x.word(frame + Frame.func)];
    if (!fn) return { kind: 'none' };
    return this.#callOf(fn, frame, this.x.word(Control.pendingLoc));
  }

  #callOf(fn: IrFunction, frame: number, loc: Loc): PendingOp {
    const passed = this.x.word(frame + Frame.passed);
    const args: bigint[] = [];
    for (let i = 0; i < passed; i++) args.push(this.shapes.argument(fn, this.x.space, frame, i));
    return { kind: 'native', name: fn.plainName, args, loc };
  }

  pending(id: number): PendingOp {
    const thread = this.x.threads[id];
    if (!thread || this.x.ended) return { kind: 'none' };
    return thread.pending;
  }

  trace(): { readonly steps: readonly TraceStep[]; readonly dropped: number } {
    return decodeTrace(this.usable(), this.x.budget.traceSteps);
  }

  takeAccesses(into: number[]): void {
    const { words } = this.usable();
    const x = this.x;
    const from = x.code.layout.accessLog;
    const end = x.word(Control.logPosition) >> 2;
    for (let at = from >> 2; at < end; at += 3) {
      const what = words[at + 1]!;
      into.push(words[at]!, (what >>> 8) | 0, what & 0xff, words[at + 2]!);
    }
    x.setWord(Control.logPosition, from);
  }

  watch(ranges: Iterable<{ readonly offset: number; readonly size: number }>): void {
    const { bytes } = this.usable();
    const { watch } = this.code.layout;
    bytes.fill(0, watch, watch + WATCH_BYTES);
    let watching = 0;
    for (const { offset, size } of ranges) {
      for (let word = offset >>> 3; word <= (offset + size - 1) >>> 3; word++) {
        bytes[watch + (word & (WATCH_BYTES - 1))] = 1;
        watching = 1;
      }
    }
    this.x.setWord(Control.watching, watching);
  }

  pauseTrace(): void {
    const x = this.x;
    const { trace } = x.code.layout;
    x.setWord(Control.tracePosition, trace);
    x.setWord(Control.traceEnd, trace);
  }

  resumeTrace(): void {
    const x = this.x;
    const { trace, traceEnd } = x.code.layout;
    x.setWord(Control.tracePosition, trace);
    x.setWord(Control.traceEnd, traceEnd);
  }
}

const variantOf = (stops: boolean): VariantNumber => (stops ? Variant.stops : Variant.through);
