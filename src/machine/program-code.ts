import { CodedError } from '../base/errors.ts';
import type { Program } from '../c/ir.ts';
import type { Budget } from './api.ts';
import type { StepEnvironment, StepVariant } from './codegen-frame.ts';
import { StepGenerator } from './codegen-step.ts';
import { encodeModule, type FuncType, type ModuleFunction } from './encode.ts';
import { malformedIr, noSuchFunction, tooManySites } from './errors.ts';
import { GlobalPlacement } from './globals.ts';
import { type Layout, MAX_COUNTERS, MAX_FUNCTIONS, makeLayout } from './layout.ts';
import { makePlan, type Plan } from './plan.ts';
import { encodeRuntime } from './runtime.ts';
import { GeneratedType, importNames, importTypes } from './runtime-imports.ts';
import type { HostFunctions, Space } from './space.ts';

/** Bounds of one module: functions, and their size in points. */
const BATCH_FUNCTIONS = 48;
const BATCH_POINTS = 4000;
/** The same where the caller names what will run. */
const PREPARE_FUNCTIONS = 1000;
const PREPARE_POINTS = 40_000;
/** Runtimes kept for programs to come. */
const MOST_RUNTIMES = 8;
/** Memories kept for machines to come. */
const MAX_SPARE_SPACES = 2;
/** Room in the table for functions that lowering appends. */
const TABLE_SLACK = 4096;

/** Compiled code of some functions. */
export interface CodeModule {
  readonly module: WebAssembly.Module;
  readonly functions: readonly number[];
}

/**
 * What machines for one program share: where its globals lie, the plans and compiled modules of its functions. Functions
 * are lowered, planned and compiled when they are first called.
 */
export class ProgramCode implements StepEnvironment {
  readonly program: Program;
  readonly layout: Layout;
  readonly globals: GlobalPlacement;
  readonly tableSize: number;
  readonly #trace: boolean;
  readonly #variables: boolean;
  readonly #plans = new Map<number, Plan | CodedError | undefined>();
  readonly #modules = [new Map<number, CodeModule>(), new Map<number, CodeModule>()] as const;
  readonly #tooLarge = new Map<number, CodedError>();
  readonly #types: readonly FuncType[];
  readonly #spaces: Space[] = [];
  #runtime: WebAssembly.Module | undefined;
  #counters = 0;
  #sites = new Int32Array();
  /** How many plans the sites are of. */
  #sitesOf = 0;
  /** Plans in the order they were made: counters ascend with it. */
  readonly planned: Plan[] = [];
  /** Counters of loops; the others count statements. */
  readonly loopCounters: number[] = [];

  constructor(program: Program, budget: Budget, trace: boolean, keepVariables: boolean) {
    this.program = program;
    this.#trace = trace;
    this.#variables = keepVariables;
    let constants = 0;
    let variables = 0;
    for (const g of program.globals) {
      const bytes = g.size * 2 + g.align + 128;
      if (g.constant) constants += bytes;
      else variables += bytes;
    }
    this.layout = makeLayout(program.target.wordSize, budget, trace, constants, variables);
    this.globals = new GlobalPlacement(program, this.layout);
    this.globals.sync();
    this.tableSize = Math.min(MAX_FUNCTIONS, program.functions.length + TABLE_SLACK);
    const types = importTypes(this.layout.wordSize);
    this.#types = [{ params: [0x7f], results: [0x7f] }, ...importNames.map((name) => types[name])];
  }

  /** Location and counter of each statement of what was planned, by location. */
  sites(): Int32Array {
    if (this.#sitesOf !== this.planned.length) {
      this.#sitesOf = this.planned.length;
      const list = this.planned.flatMap((plan) => plan.statements).sort((a, b) => a.loc - b.loc);
      this.#sites = Int32Array.from(list.flatMap(({ loc, counter }) => [loc, counter]));
    }
    return this.#sites;
  }

  /** Counters in use. */
  get counters(): number {
    return this.#counters;
  }

  get runtime(): WebAssembly.Module {
    this.#runtime ??= runtimeFor(this.layout);
    return this.#runtime;
  }

  /**
   * The plan of a function; undefined if it has no body. Throws the CodedError of what cannot be executed, the same each time.
   */
  plan(index: number): Plan | undefined {
    const known = this.#plans.get(index);
    if (known instanceof CodedError) throw known;
    if (known || this.#plans.has(index)) return known;
    try {
      const fn = this.program.functions[index];
      if (!fn) throw noSuchFunction(index);
      const body = fn.body();
      this.globals.sync();
      const plan = body && makePlan(index, fn, body, () => this.#takeCounter(), this.#variables);
      this.#plans.set(index, plan);
      if (plan) {
        this.planned.push(plan);
        this.loopCounters.push(...plan.loops);
      }
      return plan;
    } catch (error) {
      const coded = error instanceof CodedError ? error : undefined;
      if (!coded) throw error;
      this.#plans.set(index, coded);
      throw coded;
    }
  }

  /** A plan that was made already. */
  knownPlan(index: number): Plan | undefined {
    const known = this.#plans.get(index);
    return known instanceof CodedError ? undefined : known;
  }

  /**
   * The module with the code of a function that has a plan. Functions it calls come along, nearest first: a module costs as
   * much as some ten functions in it.
   */
  module(plan: Plan, stops: boolean): CodeModule {
    const known = this.#modules[stops ? 1 : 0].get(plan.index);
    if (known) return known;
    const failed = this.#tooLarge.get(plan.index);
    if (failed) throw failed;
    const module = this.#compileBatch([plan], stops, BATCH_FUNCTIONS, BATCH_POINTS);
    if (!module?.functions.includes(plan.index)) throw this.#tooLarge.get(plan.index)!;
    return module;
  }

  /** Compiles functions that will be called, and what they call, together; undefined where all have code or none can. */
  prepare(indices: readonly number[], stops: boolean): CodeModule | undefined {
    const modules = this.#modules[stops ? 1 : 0];
    const plans = indices
      .filter((index) => !modules.has(index))
      .map((index) => this.planOrNothing(index))
      .filter((plan) => plan !== undefined);
    return plans.length === 0 ? undefined : this.#compileBatch(plans, stops, PREPARE_FUNCTIONS, PREPARE_POINTS);
  }

  #compileBatch(
    plans: readonly Plan[],
    stops: boolean,
    maxFunctions: number,
    maxPoints: number,
  ): CodeModule | undefined {
    const modules = this.#modules[stops ? 1 : 0];
    const variant = { stops, trace: this.#trace };
    const batch: number[] = [];
    const functions: ModuleFunction[] = [];
    for (const member of this.nearby(plans, (index) => modules.has(index), maxFunctions, maxPoints)) {
      try {
        functions.push(this.#generate(member, variant));
        batch.push(member.index);
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        this.#tooLarge.set(member.index, error);
      }
    }
    if (batch.length === 0) return undefined;
    const module = { module: this.#compile(functions), functions: batch };
    for (const index of batch) modules.set(index, module);
    return module;
  }

  /** Functions and, breadth first, those they call that are in no module yet. */
  nearby(plans: readonly Plan[], isKnown: (index: number) => boolean, maxFunctions: number, maxPoints: number): Plan[] {
    const found = [...plans];
    const seen = new Set(plans.map((plan) => plan.index));
    let points = plans.reduce((sum, plan) => sum + plan.pointLoc.length, 0);
    for (let i = 0; i < found.length && found.length < maxFunctions && points < maxPoints; i++) {
      for (const callee of directCallees(found[i]!)) {
        if (seen.has(callee) || isKnown(callee) || found.length >= maxFunctions) continue;
        seen.add(callee);
        const next = this.planOrNothing(callee);
        if (!next) continue;
        found.push(next);
        points += next.pointLoc.length;
      }
    }
    return found;
  }

  /** The plan of a function that has one. */
  planOrNothing(index: number): Plan | undefined {
    try {
      return this.plan(index);
    } catch (error) {
      // Told when the function is called, if it ever is.
      if (error instanceof CodedError) return undefined;
      throw error;
    }
  }

  #generate(plan: Plan, variant: StepVariant): ModuleFunction {
    const generator = new StepGenerator(this.layout, plan, this, variant);
    generator.generate();
    return { type: GeneratedType.function, element: plan.index, locals: generator.locals, code: generator.code };
  }

  #compile(functions: readonly ModuleFunction[]): WebAssembly.Module {
    const bytes = encodeModule({
      types: this.#types,
      imports: importNames.map((name, i) => ({ name, type: i + 1 })),
      memoryPages: this.layout.pages,
      functions,
    });
    try {
      return new WebAssembly.Module(bytes);
    } catch (error) {
      throw malformedIr(`${functions[0]?.element}`, `the generated code is not valid: ${(error as Error).message}`);
    }
  }

  /** A space that an earlier machine gave back, now for this host. */
  takeSpace(host: HostFunctions): Space | undefined {
    const space = this.#spaces.pop();
    if (space) space.host = host;
    return space;
  }
  /** Keeps a cleared space for the next machine. */
  giveSpace(space: Space): void {
    if (this.#spaces.length < MAX_SPARE_SPACES) this.#spaces.push(space);
  }

  #takeCounter(): number {
    if (this.#counters === MAX_COUNTERS) throw tooManySites(MAX_COUNTERS);
    return this.#counters++;
  }

  globalOffset(index: number): number {
    return this.globals.offset(index);
  }
  plainGlobal(index: number, offset: number, size: number, write: boolean): boolean {
    return this.globals.plain(index, offset, size, write);
  }
}

/** The latest first. Programs that are laid out the same share theirs. */
let runtimes: readonly { readonly layout: string; readonly module: WebAssembly.Module }[] = [];

function runtimeFor(layout: Layout): WebAssembly.Module {
  const key = Object.values(layout).join();
  const found = runtimes.find((r) => r.layout === key) ?? {
    layout: key,
    module: new WebAssembly.Module(encodeRuntime(layout)),
  };
  runtimes = [found, ...runtimes.filter((r) => r !== found)].slice(0, MOST_RUNTIMES);
  return found.module;
}

function directCallees(plan: Plan): number[] {
  const callees: number[] = [];
  for (const b of plan.order) {
    for (const instr of plan.body.blocks[b]!.instrs) {
      if (instr.op === 'call' && instr.callee.kind === 'direct') callees.push(instr.callee.func);
    }
  }
  return callees;
}

const cache = new WeakMap<Program, Map<string, ProgramCode>>();

/** The shared code for a program under budgets that shape its memory. */
export function programCode(program: Program, budget: Budget, trace: boolean, variables = false): ProgramCode {
  let variants = cache.get(program);
  if (!variants) cache.set(program, (variants = new Map()));
  const key = `${budget.heapBytes}/${trace ? budget.traceSteps : '-'}${variables ? '/variables' : ''}`;
  let code = variants.get(key);
  if (!code) variants.set(key, (code = new ProgramCode(program, budget, trace, variables)));
  return code;
}
