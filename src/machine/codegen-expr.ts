import type { BinaryOp, ConvertOp, Expr, RegType, UnaryOp } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import { MAX_EXPRESSION_DEPTH } from './analysis.ts';
import { Code, Op, Wasm } from './encode.ts';
import { expressionTooDeep, functionTooLarge, malformedIr } from './errors.ts';
import type { Layout } from './layout.ts';

/** Bytes of code for one function. */
const MAX_FUNCTION_BYTES = 4_000_000;

type Plain = Exclude<BinaryOp, 'divs' | 'divu' | 'rems' | 'remu'>;

const binary32: Readonly<Record<Plain, number>> = {
  add: Op.i32Add,
  sub: Op.i32Sub,
  mul: Op.i32Mul,
  and: Op.i32And,
  or: Op.i32Or,
  xor: Op.i32Xor,
  shl: Op.i32Shl,
  shrs: Op.i32ShrS,
  shru: Op.i32ShrU,
  eq: Op.i32Eq,
  ne: Op.i32Ne,
  lts: Op.i32LtS,
  ltu: Op.i32LtU,
  les: Op.i32LeS,
  leu: Op.i32LeU,
  gts: Op.i32GtS,
  gtu: Op.i32GtU,
  ges: Op.i32GeS,
  geu: Op.i32GeU,
};
const binary64: Readonly<Record<Plain, number>> = {
  add: Op.i64Add,
  sub: Op.i64Sub,
  mul: Op.i64Mul,
  and: Op.i64And,
  or: Op.i64Or,
  xor: Op.i64Xor,
  shl: Op.i64Shl,
  shrs: Op.i64ShrS,
  shru: Op.i64ShrU,
  eq: Op.i64Eq,
  ne: Op.i64Ne,
  lts: Op.i64LtS,
  ltu: Op.i64LtU,
  les: Op.i64LeS,
  leu: Op.i64LeU,
  gts: Op.i64GtS,
  gtu: Op.i64GtU,
  ges: Op.i64GeS,
  geu: Op.i64GeU,
};
const comparisons: ReadonlySet<BinaryOp> = new Set([
  'eq',
  'ne',
  'lts',
  'ltu',
  'les',
  'leu',
  'gts',
  'gtu',
  'ges',
  'geu',
]);

export const wasmType = (type: RegType): number => (type === 'i32' ? Wasm.i32 : Wasm.i64);

/** An address that is known but for the frame: a slot or a global plus bytes. */
export interface KnownAddress {
  readonly base: 'slot' | 'global';
  readonly index: number;
  readonly offset: number;
}

/** The slot or global an address expression names directly. */
export function knownAddress(expr: Expr): KnownAddress | undefined {
  let extra = 0;
  let at = expr;
  for (let depth = 0; depth < 8; depth++) {
    if (at.op === 'slot') return { base: 'slot', index: at.slot, offset: at.offset + extra };
    if (at.op === 'global') return { base: 'global', index: at.global, offset: at.offset + extra };
    if (at.op !== 'binary' || at.fn !== 'add') return undefined;
    const { a, b } = at;
    if (b.op === 'i64' && b.value >= 0n && b.value < 0x40000000n) extra += Number(b.value);
    else if (b.op === 'i32' && b.value >= 0) extra += b.value;
    else return undefined;
    at = a;
  }
  return undefined;
}

/**
 * Generates code for pure expressions: leaves the value on WebAssembly's stack. What differs between executors (where
 * registers live, what a check does) is left to the subclass.
 */
export abstract class ExprGenerator {
  readonly code = new Code(4096);
  protected readonly layout: Layout;
  protected readonly name: string;
  #depth = 0;

  constructor(layout: Layout, name: string) {
    this.layout = layout;
    this.name = name;
  }

  /** Pushes a register. */
  protected abstract readRegister(reg: number): RegType;
  /** Pushes the i32 offset in linear memory of a byte of a slot. */
  protected abstract slotOffset(slot: number, offset: number): void;
  /** Offset in linear memory of a global. */
  protected abstract globalOffset(global: number): number;
  /** A local for intermediate values: two of each type. */
  protected abstract temp(type: RegType, which: 0 | 1): number;
  /** Code for a shift count that is out of range; execution goes on. The count's condition was consumed by an `if`. */
  protected abstract onShiftRange(loc: Loc, count: number, type: RegType): void;
  /** Code for a division by zero; does not fall through. Stands inside one `if`. */
  protected abstract onDivisionByZero(loc: Loc): void;

  /** Type of a pointer in registers. */
  get wordType(): RegType {
    return this.layout.wordSize === 8 ? 'i64' : 'i32';
  }

  /** Emits an expression and answers its type. */
  emit(expr: Expr): RegType {
    if (++this.#depth > MAX_EXPRESSION_DEPTH) throw expressionTooDeep(this.name, MAX_EXPRESSION_DEPTH);
    if (this.code.length > MAX_FUNCTION_BYTES) throw functionTooLarge(this.name, this.code.length, MAX_FUNCTION_BYTES);
    const type = this.#emit(expr);
    this.#depth--;
    return type;
  }

  /** Emits an expression that must have this type. */
  emitAs(expr: Expr, type: RegType): void {
    const got = this.emit(expr);
    if (got !== type) throw malformedIr(this.name, `a value of type ${got} where ${type} is wanted (${expr.op})`);
  }

  #emit(expr: Expr): RegType {
    const { code } = this;
    switch (expr.op) {
      case 'i32':
        code.i32(expr.value);
        return 'i32';
      case 'i64':
        this.bigConstant(expr.value);
        return 'i64';
      case 'reg':
        return this.readRegister(expr.reg);
      case 'slot':
        this.slotOffset(expr.slot, expr.offset);
        return this.#offsetToAddress();
      case 'global':
        return this.constantAddress(this.globalOffset(expr.global) + expr.offset);
      case 'func':
        return this.#functionAddress(expr.func);
      case 'unary':
        return this.#unary(expr.fn, expr.type, expr.a);
      case 'binary':
        return this.#binary(expr);
      case 'convert':
        return this.#convert(expr.fn, expr.a);
      case 'select':
        this.emitAs(expr.a, expr.type);
        this.emitAs(expr.b, expr.type);
        this.emitAs(expr.cond, 'i32');
        code.op(Op.select);
        return expr.type;
    }
  }

  bigConstant(value: bigint): void {
    if (value >= -0x80000000n && value <= 0x7fffffffn) {
      const low = Number(value);
      this.code.i64(low < 0 ? -1 : 0, low);
    } else {
      this.code.i64(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value)));
    }
  }

  /** Turns the i32 offset on the stack into an address as the code sees it. */
  #offsetToAddress(): RegType {
    const { code, layout } = this;
    if (layout.wordSize === 4) {
      code.i32(layout.dataBaseLow);
      code.op(Op.i32Or);
      return 'i32';
    }
    code.op(Op.i64ExtendI32U);
    code.i64(layout.dataBaseHigh, layout.dataBaseLow);
    code.op(Op.i64Or);
    return 'i64';
  }

  /** Pushes the address of a known offset. The offset may lie outside (`&array[-1]`): addresses wrap like integers. */
  constantAddress(offset: number): RegType {
    const { code, layout } = this;
    if (layout.wordSize === 4) {
      code.i32((layout.dataBaseLow + offset) | 0);
      return 'i32';
    }
    if (offset >= 0 && offset <= 0xffffffff) code.i64(layout.dataBaseHigh, offset | 0);
    else this.bigConstant(BigInt.asIntN(64, layout.dataBase + BigInt(offset)));
    return 'i64';
  }

  #functionAddress(index: number): RegType {
    const low = Number(BigInt.asIntN(32, this.layout.functionBase)) + index * 16;
    if (this.layout.wordSize === 4) {
      this.code.i32(low | 0);
      return 'i32';
    }
    this.code.i64(0xffffffff, low | 0);
    return 'i64';
  }

  #unary(fn: UnaryOp, type: RegType, a: Expr): RegType {
    this.emitAs(a, type);
    const wide = type === 'i64';
    switch (fn) {
      case 'eqz':
        this.code.op(wide ? Op.i64Eqz : Op.i32Eqz);
        return 'i32';
      case 'clz':
        this.code.op(wide ? Op.i64Clz : Op.i32Clz);
        return type;
      case 'ctz':
        this.code.op(wide ? Op.i64Ctz : Op.i32Ctz);
        return type;
      case 'popcnt':
        this.code.op(wide ? Op.i64Popcnt : Op.i32Popcnt);
        return type;
    }
  }

  #binary(expr: Extract<Expr, { op: 'binary' }>): RegType {
    const { fn, type, a, b } = expr;
    if (fn === 'divs' || fn === 'divu' || fn === 'rems' || fn === 'remu') return this.#divide(fn, type, a, b, expr.loc);
    this.emitAs(a, type);
    this.emitAs(b, type);
    if ((fn === 'shl' || fn === 'shrs' || fn === 'shru') && !constantBelow(b, type === 'i64' ? 64 : 32)) {
      this.#checkShift(type, expr.loc);
    }
    this.code.op((type === 'i64' ? binary64 : binary32)[fn]);
    return comparisons.has(fn) ? 'i32' : type;
  }

  /** The count stays on the stack; WebAssembly masks it as x86 does. */
  #checkShift(type: RegType, loc: Loc): void {
    const { code } = this;
    const count = this.temp(type, 0);
    code.tee(count);
    if (type === 'i64') {
      code.i64(0, 64);
      code.op(Op.i64GeU);
    } else {
      code.i32(32);
      code.op(Op.i32GeU);
    }
    code.open(Op.if);
    this.onShiftRange(loc, count, type);
    code.end();
    code.get(count);
  }

  #divide(fn: 'divs' | 'divu' | 'rems' | 'remu', type: RegType, a: Expr, b: Expr, loc: Loc): RegType {
    const { code } = this;
    const wide = type === 'i64';
    this.emitAs(a, type);
    this.emitAs(b, type);
    const op = {
      divs: wide ? Op.i64DivS : Op.i32DivS,
      divu: wide ? Op.i64DivU : Op.i32DivU,
      rems: wide ? Op.i64RemS : Op.i32RemS,
      remu: wide ? Op.i64RemU : Op.i32RemU,
    }[fn];
    const divisor = b.op === 'i64' || b.op === 'i32' ? BigInt(b.value) : 0n;
    if (divisor !== 0n && divisor !== -1n) {
      code.op(op);
      return type;
    }
    const tb = this.temp(type, 1);
    code.tee(tb);
    code.op(wide ? Op.i64Eqz : Op.i32Eqz);
    code.open(Op.if);
    this.onDivisionByZero(loc);
    code.end();
    if (fn === 'divs') {
      // The most negative number by −1 wraps here, where WebAssembly would trap.
      const ta = this.temp(type, 0);
      code.set(ta);
      code.get(tb);
      this.#constant(type, -1);
      code.op(wide ? Op.i64Eq : Op.i32Eq);
      code.openTyped(Op.if, wasmType(type));
      this.#constant(type, 0);
      code.get(ta);
      code.op(wide ? Op.i64Sub : Op.i32Sub);
      code.op(Op.else);
      code.get(ta);
      code.get(tb);
      code.op(op);
      code.end();
    } else {
      code.get(tb);
      code.op(op);
    }
    return type;
  }

  #constant(type: RegType, value: number): void {
    if (type === 'i64') this.code.i64(value < 0 ? -1 : 0, value);
    else this.code.i32(value);
  }

  #convert(fn: ConvertOp, a: Expr): RegType {
    const { code } = this;
    const from = this.emit(a);
    const want = fn === 'wrap' ? 'i64' : 'i32';
    if (from !== want) throw malformedIr(this.name, `${fn} of an ${from}`);
    switch (fn) {
      case 'wrap':
        code.op(Op.i32WrapI64);
        return 'i32';
      case 'exts':
        code.op(Op.i64ExtendI32S);
        return 'i64';
      case 'extu':
        code.op(Op.i64ExtendI32U);
        return 'i64';
      case 's8':
        code.op(Op.i32Extend8S);
        return 'i32';
      case 's16':
        code.op(Op.i32Extend16S);
        return 'i32';
      case 'u8':
        code.i32(0xff);
        code.op(Op.i32And);
        return 'i32';
      case 'u16':
        code.i32(0xffff);
        code.op(Op.i32And);
        return 'i32';
    }
  }
}

function constantBelow(expr: Expr, limit: number): boolean {
  return (
    (expr.op === 'i32' && expr.value >= 0 && expr.value < limit) ||
    (expr.op === 'i64' && expr.value >= 0n && expr.value < BigInt(limit))
  );
}
