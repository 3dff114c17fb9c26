import { CodedError } from '../base/errors.ts';
import type {
  Budget,
  CreateFast,
  FastMachine,
  FastOptions,
  NativeTable,
  PendingOp,
  Snapshot,
  Stop,
  TraceStep,
  Until,
} from './api.ts';
import { noSuchFunction } from './errors.ts';
import type { ThreadState } from './execution.ts';
import { headsOf, spread } from './fast-blocks.ts';
import { type FastModules, fastModules } from './fast-module.ts';
import { Kept } from './fast-reset.ts';
import { COUNTERS, Control, defaultBudget, Frame, STACK_BYTES, Status } from './layout.ts';
import { MachineBase, STACK_USABLE } from './machine-base.ts';
import { type ProgramCode, programCode } from './program-code.ts';
import { Variant, type VariantNumber } from './space.ts';

/** Thrown through generated code. */
class GivenUp extends Error {
  /** Its thread has to wait for another one. */
  readonly waits: boolean;

  constructor(why: string, waits = false) {
    super(why);
    this.waits = waits;
  }
}

/** Makes a machine that runs threads to their end or gives up. Throws M004 for what has no room. */
export const createFast: CreateFast = (program, natives, options = {}) => {
  const budget: Budget = { ...defaultBudget, ...options.budget };
  return new Fast(programCode(program, budget, false, false), budget, natives, options);
};

class Fast extends MachineBase implements FastMachine {
  readonly #modules: FastModules;
  readonly #variant: VariantNumber;
  #refused: string | undefined;
  #waits = false;
  #kept: Kept | undefined;

  constructor(code: ProgramCode, budget: Budget, natives: NativeTable, options: FastOptions) {
    super(code, budget, natives, options);
    this.#modules = fastModules(code, options.coverage === true);
    this.#variant = options.coverage === true ? Variant.fastCounting : Variant.fast;
    this.usable().tracksWrites = true;
    this.x.shallow = options.shallow === true;
  }

  get refused(): string | undefined {
    return this.#refused;
  }
  get waits(): boolean {
    return this.#refused !== undefined && this.#waits;
  }

  prepare(functions: readonly number[]): void {
    const module = this.#modules.prepare(functions);
    if (module) this.usable().link(module, this.#variant);
    this.x.writeGlobals();
  }

  run(id: number, until: Until): Stop {
    const space = this.usable();
    const { x } = this;
    const thread = x.threads[id];
    if (!thread) throw noSuchFunction(id);
    if (this.#refused !== undefined) return 'fatal';
    if (x.ended) return x.ended;
    if (thread.status === 'blocked') return 'blocked';
    if (thread.status !== 'ready') return 'end';
    if (until !== 'end') return this.#giveUp(thread, 'stops are for the stepper');
    x.setWord(Control.stopStatements, 0);
    x.setWord(Control.stopAccesses, 0);
    x.setWord(Control.skip, 0);
    x.setWord(Control.frame, thread.frame);
    x.setWord(Control.stackBase, thread.base);
    x.setWord(Control.stackLimit, thread.base + STACK_USABLE);
    x.setWord(Control.thread, id);
    x.setWord(Control.depthLimit, x.budget.callDepth);
    x.current = id;
    x.fuel = Math.min(x.budget.statements - x.spent, 0x7fff_ffff) - 1;
    x.setWord(Control.fuel, x.fuel);
    let status: number;
    try {
      status = space.run(this.#variant);
    } catch (error) {
      // A trap, or the end of the engine's own stack.
      if (!(error instanceof GivenUp || error instanceof RangeError || error instanceof WebAssembly.RuntimeError))
        throw error;
      this.#waits = error instanceof GivenUp && error.waits;
      return this.#giveUp(thread, error.message);
    } finally {
      const left = x.word(Control.fuel);
      x.spent += x.fuel - left;
      x.fuel = left;
      x.current = -1;
      x.innermost = 0;
    }
    if (status !== Status.done || x.ended) return this.#giveUp(thread, 'the execution ended');
    if (x.spent >= x.budget.statements) return this.#giveUp(thread, 'the budget is used up');
    return this.threadDone(thread);
  }

  #giveUp(thread: ThreadState, why: string): Stop {
    this.#refused = why;
    // Its frames are left as they were.
    const { shadow } = this.code.layout;
    this.usable().bytes.fill(0, shadow + thread.base, shadow + thread.base + STACK_BYTES);
    thread.frame = thread.base;
    return 'fatal';
  }

  // --- going back ------------------------------------------------------------------------------------------------------

  override restore(snapshot: Snapshot): void {
    super.restore(snapshot);
    this.#refused = undefined;
    this.#kept?.forget();
  }
  keep(): void {
    this.usable();
    this.#kept = new Kept(this.x, super.snapshot());
  }
  reset(): void {
    this.#refused = undefined;
    const kept = this.#kept;
    if (!kept) return;
    if (!kept.isNear()) {
      super.restore(kept.snapshot);
      this.keep();
    } else kept.goBack();
  }
  override dispose(): void {
    this.usable().tracksWrites = false;
    super.dispose();
  }

  // --- what the code asks the host -------------------------------------------------------------------------------------

  enter(frame: number, variant: VariantNumber): number {
    const { x } = this;
    const index = x.word(frame + Frame.func);
    const caller = x.word(frame + Frame.previous);
    const hasCaller = x.word(caller + Frame.func) >= 0;
    const fn = this.program.functions[index];
    x.innermost = hasCaller ? caller : frame;
    if (!fn) throw new GivenUp('a call of no function');
    const plan = this.#planOf(index);
    if (plan) {
      const module = this.#modules.module(plan);
      if (!module) throw new GivenUp(`${fn.plainName} is too large`);
      this.usable().link(module, variant);
      x.writeGlobals();
      return Status.installed;
    }
    const loc = hasCaller ? x.locOf(caller) : fn.loc;
    const ran = this.callNative(fn, index, frame, caller, loc);
    if (x.ended) throw new GivenUp(`${fn.plainName}() ended the execution`);
    if (ran === 'stub' || ran.answer === undefined) return Status.done;
    throw new GivenUp(`${fn.plainName}() ends or blocks its thread`, 'block' in ran.answer);
  }

  #planOf(index: number): ReturnType<ProgramCode['plan']> {
    try {
      return this.code.plan(index);
    } catch (error) {
      if (error instanceof CodedError) throw new GivenUp(error.message);
      throw error;
    }
  }

  fault(): never {
    throw new GivenUp('a bad access');
  }
  shift(): never {
    throw new GivenUp('a shift out of range');
  }
  division(): never {
    throw new GivenUp('a division by zero');
  }
  unset(): never {
    throw new GivenUp('an unset variable');
  }
  unreachable(): never {
    throw new GivenUp('code that must not be reached');
  }
  badCall(): never {
    throw new GivenUp('a bad call');
  }

  // --- looking in ------------------------------------------------------------------------------------------------------

  blocks(): Uint32Array {
    return new Uint32Array(this.usable().memory.buffer, COUNTERS, this.code.counters);
  }
  blockPlaces(): Int32Array {
    return this.code.sites();
  }
  blockHeads(): ReadonlyMap<number, number> {
    return headsOf(this.code.planned);
  }
  protected override counts(): Uint32Array {
    return spread(this.x.counters(), this.code.planned);
  }

  pending(): PendingOp {
    return { kind: 'none' };
  }
  trace(): { readonly steps: readonly TraceStep[]; readonly dropped: number } {
    return { steps: [], dropped: 0 };
  }
  pauseTrace(): void {}
  resumeTrace(): void {}
  takeAccesses(): void {}
  /** Forgets what was written to; no word is watched. */
  watch(): void {
    const { layout } = this.code;
    this.usable().bytes.fill(0, layout.watch, layout.accessLog);
  }
}
