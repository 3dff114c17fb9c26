import type {
  BinaryOp,
  Block,
  Callee,
  Expr,
  FunctionBody,
  Instr,
  IrFunction,
  IrGlobal,
  MemType,
  Program,
  Register,
  RegType,
  Slot,
  Terminator,
} from '../../../src/c/ir.ts';
import type { CType, IntType } from '../../../src/c/types.ts';
import type { MachineOptions, Native, NativeState, NativeTable } from '../../../src/machine/api.ts';
import { createStepper } from '../../../src/machine/stepper.ts';

/** Builds programs in IR by hand, with as little ceremony as tests allow. Locations are line numbers counted up. */

export const int: IntType = { kind: 'int', size: 4, signed: true, rank: 3, name: 'int' };
export const uint: IntType = { kind: 'int', size: 4, signed: false, rank: 3, name: 'unsigned int' };
export const long: IntType = { kind: 'int', size: 8, signed: true, rank: 4, name: 'long' };
export const ulong: IntType = { kind: 'int', size: 8, signed: false, rank: 4, name: 'unsigned long' };
export const char: IntType = { kind: 'int', size: 1, signed: true, rank: 1, name: 'char' };
export const voidType: CType = { kind: 'void' };
export const pointer = (to: CType = voidType): CType => ({ kind: 'pointer', to });

export const i32 = (value: number): Expr => ({ op: 'i32', value: value | 0 });
export const i64 = (value: bigint | number): Expr => ({ op: 'i64', value: BigInt.asIntN(64, BigInt(value)) });
export const reg = (n: number): Expr => ({ op: 'reg', reg: n });
export const slot = (n: number, offset = 0): Expr => ({ op: 'slot', slot: n, offset });
export const global = (n: number, offset = 0): Expr => ({ op: 'global', global: n, offset });
export const func = (n: number): Expr => ({ op: 'func', func: n });
export const bin = (fn: BinaryOp, type: RegType, a: Expr, b: Expr, loc = 1): Expr => ({
  op: 'binary',
  fn,
  type,
  a,
  b,
  loc,
});
export const add = (a: Expr, b: Expr): Expr => bin('add', 'i64', a, b);

/** A body under construction. */
export class Body {
  readonly registers: Register[] = [];
  readonly slots: Slot[] = [];
  readonly blocks: { instrs: Instr[]; end: Terminator }[] = [];
  loops = 0;
  line: number;
  #at = -1;

  constructor(line: number) {
    this.line = line;
    this.block();
  }
  reg(type: RegType, name?: string): number {
    const variable =
      name === undefined ? {} : { variable: { name, type: type === 'i32' ? int : ulong, loc: this.line } };
    return this.registers.push({ type, ...variable }) - 1;
  }
  slot(size: number, name?: string): number {
    const variable = name === undefined ? {} : { variable: { name, type: int, loc: this.line } };
    const n = this.slots.push({ size, align: 8, ...variable }) - 1;
    return n;
  }
  /** Starts a new block and answers its number. */
  block(): number {
    this.blocks.push({ instrs: [], end: { op: 'unreachable', why: 'unfinished', loc: 0 } });
    return this.select(this.blocks.length - 1);
  }
  select(block: number): number {
    this.#at = block;
    return block;
  }
  #push(instr: Instr): void {
    this.blocks[this.#at]!.instrs.push(instr);
  }
  stmt(): this {
    this.#push({ op: 'stmt', loc: ++this.line });
    return this;
  }
  loop(n: number): this {
    this.loops = Math.max(this.loops, n + 1);
    this.#push({ op: 'loop', loop: n, loc: this.line });
    return this;
  }
  set(dst: number, value: Expr): this {
    this.#push({ op: 'set', dst, value, loc: this.line });
    return this;
  }
  load(dst: number, mem: MemType, addr: Expr, partial = false): this {
    this.#push({ op: 'load', dst, mem, addr, loc: this.line, ...(partial ? { partial } : {}) });
    return this;
  }
  store(mem: MemType, addr: Expr, value: Expr): this {
    this.#push({ op: 'store', mem, addr, value, loc: this.line });
    return this;
  }
  copy(dst: Expr, src: Expr, size: number): this {
    this.#push({ op: 'copy', dst, src, size, loc: this.line });
    return this;
  }
  zero(dst: Expr, size: number): this {
    this.#push({ op: 'zero', dst, size, loc: this.line });
    return this;
  }
  call(dst: number | undefined, callee: number | Callee, ...args: Expr[]): this {
    const to: Callee = typeof callee === 'number' ? { kind: 'direct', func: callee } : callee;
    this.#push({ op: 'call', callee: to, args, loc: this.line, ...(dst === undefined ? {} : { dst }) });
    return this;
  }
  enter(n: number): this {
    this.#push({ op: 'enter', slot: n, loc: this.line });
    return this;
  }
  leave(n: number): this {
    this.#push({ op: 'leave', slot: n, loc: this.line });
    return this;
  }
  end(end: Terminator): this {
    this.blocks[this.#at]!.end = end;
    return this;
  }
  jump(to: number): this {
    return this.end({ op: 'jump', to });
  }
  branch(cond: Expr, then: number, otherwise: number): this {
    return this.end({ op: 'branch', cond, then, else: otherwise, loc: this.line });
  }
  ret(value?: Expr): this {
    return this.end({ op: 'return', loc: ++this.line, ...(value ? { value } : {}) });
  }
}

export class Builder {
  readonly functions: IrFunction[] = [];
  readonly globals: IrGlobal[] = [];
  readonly wordSize: 4 | 8;

  constructor(wordSize: 4 | 8 = 8) {
    this.wordSize = wordSize;
  }

  /** Declares a function; `build` fills the body, whose first registers are the parameters. Without it: no body. */
  fn(
    name: string,
    params: readonly CType[],
    returns: CType,
    build?: ((b: Body, ...params: number[]) => void) | undefined,
    variadic = false,
  ): number {
    const index = this.functions.length;
    const line = (index + 1) * 1000;
    const regType = (t: CType): RegType =>
      t.kind === 'int' ? (t.size === 8 ? 'i64' : 'i32') : this.wordSize === 8 ? 'i64' : 'i32';
    const types = params.map(regType);
    const isVoid = returns.kind === 'void';
    let body: FunctionBody | undefined;
    this.functions.push({
      name,
      plainName: name,
      type: { kind: 'function', returns, params: params.map((type) => ({ type })), variadic },
      signature: { params: types, variadic, ...(isVoid ? {} : { result: regType(returns) }) },
      file: 'test.c',
      loc: line,
      endLoc: line + 999,
      body: () => {
        if (!build) return undefined;
        if (!body) {
          const b = new Body(line);
          const regs = types.map((t, i) => b.reg(t, `p${i}`));
          if (variadic) regs.push(b.reg(this.wordSize === 8 ? 'i64' : 'i32'));
          build(b, ...regs);
          body = { registers: b.registers, slots: b.slots, blocks: b.blocks as Block[], loops: b.loops };
        }
        return body;
      },
      static: false,
      inline: false,
    });
    return index;
  }

  global(name: string, size: number, extra: Partial<IrGlobal> = {}): number {
    this.globals.push({
      name,
      type: ulong,
      size,
      align: 8,
      constant: false,
      loc: 500 + this.globals.length,
      file: 'test.c',
      bytes: new Uint8Array(0),
      relocations: [],
      ...extra,
    });
    return this.globals.length - 1;
  }

  program(): Program {
    const nowhere = { file: 'test.c', line: 1, column: 1, macros: [] };
    return {
      target: { wordSize: this.wordSize, longLongAlign: 8, charSigned: true },
      functions: this.functions,
      globals: this.globals,
      locations: { spelling: () => nowhere, presumed: (loc) => ({ ...nowhere, line: loc }), lineText: () => undefined },
      functionNamed: (name) => at(this.functions.findIndex((f) => f.name === name)),
      globalNamed: (name) => at(this.globals.findIndex((g) => g.name === name)),
      typeNamed: () => undefined,
    };
  }

  machine(natives: Partial<NativeTable> = {}, options: MachineOptions = {}) {
    return createStepper(this.program(), table(natives), options);
  }
}

function at(index: number): number | undefined {
  return index < 0 ? undefined : index;
}

export function table(natives: Partial<NativeTable> = {}): NativeTable {
  return {
    functions: natives.functions ?? new Map<string, Native>(),
    visible: natives.visible ?? new Set<string>(),
    state: natives.state ?? ([] as NativeState[]),
    ...(natives.threadEnded ? { threadEnded: natives.threadEnded } : {}),
    ...(natives.allEnded ? { allEnded: natives.allEnded } : {}),
  };
}

/** `kmalloc`, `kzalloc` and `kfree`, the least a test needs. */
export const allocators: ReadonlyMap<string, Native> = new Map<string, Native>([
  ['kmalloc', (c) => c.result(c.memory.allocate(Number(c.arg(0)), 'slab', false))],
  ['kzalloc', (c) => c.result(c.memory.allocate(Number(c.arg(0)), 'slab', true))],
  ['kfree', (c) => c.free(c.arg(0))],
]);
