import { CodedError } from '../base/errors.ts';
import { wasmType } from './codegen-expr.ts';
import { Code, encodeModule, type FuncType, type ModuleFunction, Op, Wasm } from './encode.ts';
import { malformedIr } from './errors.ts';
import { type FastEnvironment, FRAME } from './fast-access.ts';
import { type Call, callsOf } from './fast-blocks.ts';
import { FastGenerator } from './fast-codegen.ts';
import { structure } from './fast-flow.ts';
import { Frame } from './layout.ts';
import type { Plan } from './plan.ts';
import type { CodeModule, ProgramCode } from './program-code.ts';
import { GeneratedType, importNames, importTypes } from './runtime-imports.ts';

/** Bounds of one module. */
const BATCH_FUNCTIONS = 600;
const BATCH_POINTS = 30_000;
/** What is written in place of a call: instructions, those of the calls in it included; how deep they nest. */
const INLINE_COST = 60;
const INLINE_DEPTH = 3;
const INLINE_BLOCKS = 12;

interface Small {
  readonly cost: number;
  readonly depth: number;
  readonly bytes: number;
}

/** The fast code of one program's functions, compiled when one of them is first called. */
export class FastModules implements FastEnvironment {
  readonly coverage: boolean;
  readonly #code: ProgramCode;
  readonly #modules = new Map<number, CodeModule>();
  readonly #failed = new Set<number>();
  readonly #small = new Map<number, Small | undefined>();
  readonly #sizes = new Map<Plan, { readonly depth: number; readonly bytes: number }>();
  /** The functions of the module that is being made. */
  #batch = new Map<number, { readonly at: number; readonly plan: Plan }>();

  constructor(code: ProgramCode, coverage: boolean) {
    this.#code = code;
    this.coverage = coverage;
  }

  get tableSize(): number {
    return this.#code.tableSize;
  }
  globalOffset(index: number): number {
    return this.#code.globalOffset(index);
  }
  plainGlobal(index: number, offset: number, size: number, write: boolean): boolean {
    return this.#code.plainGlobal(index, offset, size, write);
  }
  member(index: number): { readonly at: number; readonly plan: Plan } | undefined {
    return this.#batch.get(index);
  }

  inlined(call: Call): Plan | undefined {
    const { callee } = call;
    if (callee.kind !== 'direct' || !this.#sizeOf(callee.func)) return undefined;
    const plan = this.#code.knownPlan(callee.func)!;
    return call.args.length >= plan.params ? plan : undefined;
  }

  inlineSize(plan: Plan): { readonly depth: number; readonly bytes: number } {
    let size = this.#sizes.get(plan);
    if (!size) {
      let depth = 0;
      let bytes = 0;
      for (const call of callsOf(plan)) {
        const callee = this.inlined(call);
        if (!callee) continue;
        const inner = this.inlineSize(callee);
        depth = Math.max(depth, inner.depth + 1);
        bytes = Math.max(bytes, inner.bytes + callee.frameBytes);
      }
      this.#sizes.set(plan, (size = { depth, bytes }));
    }
    return size;
  }

  /** How large a function is that may be written in place of its calls; undefined for one that may not. */
  #sizeOf(index: number): Small | undefined {
    if (this.#small.has(index)) return this.#small.get(index);
    // While it is looked at, calls of itself are none.
    this.#small.set(index, undefined);
    const plan = this.#code.planOrNothing(index);
    const small = plan && this.#judge(plan);
    this.#small.set(index, small);
    return small;
  }

  #judge(plan: Plan): Small | undefined {
    if (plan.order.length > INLINE_BLOCKS) return undefined;
    let cost = 0;
    let depth = 0;
    for (const b of plan.order) cost += plan.body.blocks[b]!.instrs.filter((i) => i.op !== 'stmt').length + 1;
    if (cost > INLINE_COST) return undefined;
    if (plan.registers.some((p) => p.cell >= 0 && p.local < 0)) return undefined;
    for (const call of callsOf(plan)) {
      const inner = call.callee.kind === 'direct' ? this.#sizeOf(call.callee.func) : undefined;
      if (!inner || !this.inlined(call)) return undefined;
      cost += inner.cost;
      depth = Math.max(depth, inner.depth + 1);
    }
    if (cost > INLINE_COST || depth >= INLINE_DEPTH || !structure(plan.body)) return undefined;
    return { cost, depth, bytes: plan.frameBytes };
  }

  /** The module with the code of a function that has a plan; undefined where it cannot have any. */
  module(plan: Plan): CodeModule | undefined {
    const known = this.#modules.get(plan.index);
    if (known || this.#failed.has(plan.index)) return known;
    return this.prepare([plan.index]) && this.#modules.get(plan.index);
  }

  /** Compiles functions, and those that they call, together; undefined where all have code or none can. */
  prepare(indices: readonly number[]): CodeModule | undefined {
    const isKnown = (index: number): boolean => this.#modules.has(index) || this.#failed.has(index);
    const plans = [...new Set(indices)]
      .filter((index) => !isKnown(index))
      .map((index) => this.#code.planOrNothing(index))
      .filter((plan) => plan !== undefined);
    if (plans.length === 0) return undefined;
    const batch = this.#code.nearby(plans, isKnown, BATCH_FUNCTIONS, BATCH_POINTS);
    const module = this.#compile(batch);
    for (const index of module.functions) this.#modules.set(index, module);
    return module.functions.length > 0 ? module : undefined;
  }

  #compile(plans: readonly Plan[]): CodeModule {
    const { wordSize, pages } = this.#code.layout;
    const imports = importTypes(wordSize);
    const types: FuncType[] = [
      { params: [Wasm.i32], results: [Wasm.i32] },
      ...importNames.map((name) => imports[name]),
    ];
    const typeIndex = new Map<string, number>();
    const typeOf = (plan: Plan): number => {
      const { result } = plan.fn.signature;
      const params = plan.body.registers.slice(0, plan.params).map((r) => wasmType(r.type));
      const type = { params: [Wasm.i32, Wasm.i32, ...params], results: result ? [wasmType(result)] : [] };
      const key = JSON.stringify(type);
      let index = typeIndex.get(key);
      if (index === undefined) typeIndex.set(key, (index = types.push(type) - 1));
      return index;
    };
    this.#batch = new Map(plans.map((plan, i) => [plan.index, { at: importNames.length + i, plan }]));
    const bodies: ModuleFunction[] = [];
    const wrappers: ModuleFunction[] = [];
    const functions: number[] = [];
    for (const plan of plans) {
      const body = this.#generate(plan, typeOf(plan));
      bodies.push(body);
      if (this.#failed.has(plan.index)) continue;
      functions.push(plan.index);
      wrappers.push(wrapper(plan, this.#batch.get(plan.index)!.at));
    }
    this.#batch = new Map();
    const bytes = encodeModule({
      types,
      imports: importNames.map((name, i) => ({ name, type: i + 1 })),
      memoryPages: pages,
      functions: [...bodies, ...wrappers],
    });
    try {
      return { module: new WebAssembly.Module(bytes), functions };
    } catch (error) {
      throw malformedIr(plans[0]!.fn.name, `the generated code is not valid: ${(error as Error).message}`);
    }
  }

  /** A function that cannot be had traps when it is called. */
  #generate(plan: Plan, type: number): ModuleFunction {
    try {
      const generator = new FastGenerator(this.#code.layout, plan, this);
      generator.generate();
      generator.code.end();
      return { type, locals: runs(generator.localTypes), code: generator.code };
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#failed.add(plan.index);
      const code = new Code(8);
      code.op(Op.unreachable);
      code.end();
      return { type, locals: [], code };
    }
  }
}

/** (frame) → status, for the table: arguments come from the frame's cells, the result goes into the caller's frame. */
function wrapper(plan: Plan, body: number): ModuleFunction {
  const code = new Code(64);
  const { result } = plan.fn.signature;
  const value = 1;
  code.get(FRAME);
  code.get(FRAME);
  code.mem(Op.i32Load, Frame.depth);
  for (let p = 0; p < plan.params; p++) {
    code.get(FRAME);
    code.mem(plan.body.registers[p]!.type === 'i64' ? Op.i64Load : Op.i32Load, Frame.cells + p * 8);
  }
  code.call(body);
  if (result === undefined) code.i64(0, 0);
  else if (result === 'i32') code.op(Op.i64ExtendI32U);
  code.set(value);
  code.get(FRAME);
  code.mem(Op.i32Load, Frame.previous);
  code.get(value);
  code.mem(Op.i64Store, Frame.result);
  code.i32(0);
  code.end();
  return {
    type: GeneratedType.function,
    element: plan.index,
    locals: [{ type: Wasm.i64, count: 1 }],
    code,
  };
}

function runs(types: readonly number[]): { type: number; count: number }[] {
  const found: { type: number; count: number }[] = [];
  for (const type of types) {
    const last = found.at(-1);
    if (last?.type === type) last.count++;
    else found.push({ type, count: 1 });
  }
  return found;
}

const known = new WeakMap<ProgramCode, [FastModules | undefined, FastModules | undefined]>();

export function fastModules(code: ProgramCode, coverage: boolean): FastModules {
  let both = known.get(code);
  if (!both) known.set(code, (both = [undefined, undefined]));
  return (both[coverage ? 1 : 0] ??= new FastModules(code, coverage));
}
