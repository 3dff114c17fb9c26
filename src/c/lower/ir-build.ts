import {
  type BinaryOp,
  type Block,
  type Expr,
  type FunctionBody,
  type Instr,
  type MemType,
  type Register,
  type RegType,
  type Slot,
  successors,
  type Terminator,
} from '../ir.ts';
import type { Loc } from '../token.ts';
import type { CType } from '../types.ts';
import type { Types } from '../types-ops.ts';
import { carrier, isBool, isInteger, isSigned, isVoid } from '../types-ops.ts';

/*
 * Expressions and blocks of the IR: smart constructors, and the builder that a function is lowered into.
 */

export function constant(type: RegType, value: bigint): Expr {
  return type === 'i32'
    ? { op: 'i32', value: Number(BigInt.asIntN(32, value)) }
    : { op: 'i64', value: BigInt.asIntN(64, value) };
}
export function constantValue(e: Expr): bigint | undefined {
  if (e.op === 'i32') return BigInt(e.value);
  return e.op === 'i64' ? e.value : undefined;
}

/** An expression without named registers: its value does not change when something is assigned. */
export function isStable(e: Expr, registers: readonly Register[]): boolean {
  switch (e.op) {
    case 'i32':
    case 'i64':
    case 'slot':
    case 'global':
    case 'func':
      return true;
    case 'reg':
      return registers[e.reg]!.variable === undefined;
    case 'unary':
    case 'convert':
      return isStable(e.a, registers);
    case 'binary':
      return isStable(e.a, registers) && isStable(e.b, registers);
    case 'select':
      return isStable(e.cond, registers) && isStable(e.a, registers) && isStable(e.b, registers);
  }
}
export function isLeaf(e: Expr): boolean {
  return e.op !== 'unary' && e.op !== 'binary' && e.op !== 'convert' && e.op !== 'select';
}

export function binary(fn: BinaryOp, type: RegType, a: Expr, b: Expr, loc: Loc): Expr {
  const right = constantValue(b);
  if (right === 0n && (fn === 'add' || fn === 'sub' || fn === 'or' || fn === 'xor')) return a;
  if (right === 1n && fn === 'mul') return a;
  if (right !== undefined && (fn === 'add' || fn === 'sub')) {
    const delta = fn === 'add' ? right : -right;
    const left = constantValue(a);
    if (left !== undefined) return constant(type, left + delta);
    if (a.op === 'slot' || a.op === 'global') {
      const offset = BigInt(a.offset) + delta;
      if (offset >= 0n && offset < 1n << 31n) return { ...a, offset: Number(offset) };
    }
    if (a.op === 'binary' && a.fn === 'add') {
      const inner = constantValue(a.b);
      if (inner !== undefined) return binary('add', type, a.a, constant(type, inner + delta), loc);
    }
  }
  const left = right === undefined ? undefined : constantValue(a);
  if (left !== undefined && right !== undefined) {
    if (fn === 'mul') return constant(type, left * right);
    if (fn === 'and') return constant(type, left & right);
    if (fn === 'or') return constant(type, left | right);
    if (fn === 'xor') return constant(type, left ^ right);
  }
  return { op: 'binary', fn, type, a, b, loc };
}

/** A scalar of one C type as one of another: the register's type and its canonical form (C11 6.3.1.3). */
export function convert(types: Types, e: Expr, from: CType, to: CType, loc: Loc): Expr {
  if (isVoid(to)) return e;
  const fromReg = types.reg(from);
  const toReg = types.reg(to);
  if (isBool(to)) {
    if (isBool(from)) return e;
    const known = constantValue(e);
    if (known !== undefined) return constant('i32', known === 0n ? 0n : 1n);
    return { op: 'binary', fn: 'ne', type: fromReg, a: e, b: constant(fromReg, 0n), loc };
  }
  const known = constantValue(e);
  if (known !== undefined) {
    const value = isSigned(from) || from.kind === 'pointer' ? known : BigInt.asUintN(types.sizeOf(from) * 8, known);
    return constant(toReg, types.wrap(value, to));
  }
  let out = e;
  let size = types.sizeOf(from);
  // gcc sign-extends a pointer that becomes a wider integer.
  let signed = isSigned(from) || from.kind === 'pointer';
  if (fromReg === 'i64' && toReg === 'i32') {
    out = { op: 'convert', fn: 'wrap', a: out };
    size = 4;
    signed = true;
  } else if (fromReg === 'i32' && toReg === 'i64') {
    return { op: 'convert', fn: signed ? 'exts' : 'extu', a: out };
  }
  const toSize = types.sizeOf(to);
  if (toReg === 'i64' || toSize === 4) return out;
  const toSigned = isInteger(to) && carrier(to).signed;
  const fits = size < toSize ? !signed || toSigned : size === toSize && signed === toSigned;
  if (fits) return out;
  const fn = toSize === 1 ? (toSigned ? 's8' : 'u8') : toSigned ? 's16' : 'u16';
  return { op: 'convert', fn, a: out };
}

export const INSTRUCTION_LIMIT = 1 << 18;

interface OpenBlock {
  readonly instrs: Instr[];
  end: Terminator | undefined;
}

/** Collects registers, slots and blocks. What is emitted while no block is open cannot be reached and is dropped. */
export class FunctionBuilder {
  readonly registers: Register[] = [];
  readonly slots: Slot[] = [];
  readonly #blocks: OpenBlock[] = [];
  #current: OpenBlock | undefined;
  #emitted = 0;
  readonly #full: (loc: Loc) => never;

  /** `full` is called where the function gets too large. */
  constructor(full: (loc: Loc) => never) {
    this.#full = full;
    this.start(this.block());
  }

  register(type: RegType, variable?: Register['variable']): number {
    this.registers.push(variable ? { type, variable } : { type });
    return this.registers.length - 1;
  }
  slot(size: number, align: number, variable?: Slot['variable']): number {
    this.slots.push(variable ? { size, align, variable } : { size, align });
    return this.slots.length - 1;
  }

  /** A new block, to be started later. */
  block(): number {
    this.#blocks.push({ instrs: [], end: undefined });
    return this.#blocks.length - 1;
  }
  /** Goes on in that block; the one before flows into it. */
  start(block: number): void {
    if (this.#current) this.end({ op: 'jump', to: block });
    this.#current = this.#blocks[block]!;
  }
  get reachable(): boolean {
    return this.#current !== undefined;
  }
  emit(instr: Instr): void {
    if (!this.#current) return;
    // Cleanups are copied to every way out: the product could be large.
    if (++this.#emitted > INSTRUCTION_LIMIT) this.#full(instr.loc);
    this.#current.instrs.push(instr);
  }
  end(terminator: Terminator): void {
    if (this.#current) this.#current.end = terminator;
    this.#current = undefined;
  }
  jump(to: number): void {
    this.end({ op: 'jump', to });
  }

  set(dst: number, value: Expr, loc: Loc): void {
    if (value.op === 'reg') {
      // A load or call that was just made for this value writes to its destination at once.
      const last = this.#current?.instrs.at(-1);
      if (last && (last.op === 'load' || last.op === 'call') && last.dst === value.reg) {
        const made = this.registers[value.reg]!;
        if (made.variable === undefined && value.reg === this.registers.length - 1 && dst !== value.reg) {
          this.#current!.instrs[this.#current!.instrs.length - 1] = { ...last, dst };
          return;
        }
      }
    }
    this.emit({ op: 'set', dst, value, loc });
  }
  /** The value in a register of its own. */
  temp(type: RegType, value: Expr, loc: Loc): Expr {
    const dst = this.register(type);
    this.emit({ op: 'set', dst, value, loc });
    return { op: 'reg', reg: dst };
  }
  load(mem: MemType, addr: Expr, loc: Loc, flags: { partial?: boolean; volatile?: boolean } = {}): Expr {
    const dst = this.register(mem === '64' ? 'i64' : 'i32');
    this.emit({
      op: 'load',
      dst,
      mem,
      addr,
      loc,
      ...(flags.partial && { partial: true }),
      ...(flags.volatile && { volatile: true }),
    });
    return { op: 'reg', reg: dst };
  }
  store(mem: MemType, addr: Expr, value: Expr, loc: Loc, isVolatile = false): void {
    this.emit({ op: 'store', mem, addr, value, loc, ...(isVolatile && { volatile: true }) });
  }

  finish(loops: number): FunctionBody {
    return { registers: this.registers, slots: this.slots, blocks: tidy(this.#blocks), loops };
  }
}

/** Drops blocks that cannot be reached, follows jumps through empty ones, joins blocks that only follow each other. */
function tidy(open: readonly OpenBlock[]): Block[] {
  const targetOf = (start: number): number => {
    let at = start;
    for (let steps = 0; steps < 64; steps++) {
      const block = open[at]!;
      if (block.instrs.length > 0 || block.end?.op !== 'jump' || block.end.to === at) break;
      at = block.end.to;
    }
    return at;
  };
  const entries = new Map<number, number>();
  const order: number[] = [];
  const visit = (from: number): void => {
    const seen = entries.get(from);
    entries.set(from, (seen ?? 0) + 1);
    if (seen === undefined) order.push(from);
  };
  visit(0);
  for (let i = 0; i < order.length; i++) {
    const block = open[order[i]!]!;
    block.end = retarget(block.end!, targetOf);
    for (const next of successors(block.end)) visit(next);
  }
  // Join: the only way into B is A's jump.
  const joined = new Set<number>();
  for (const index of order) {
    if (joined.has(index)) continue;
    const block = open[index]!;
    while (block.end!.op === 'jump') {
      const { to } = block.end as { to: number };
      if (to === 0 || to === index || entries.get(to) !== 1) break;
      const next = open[to]!;
      for (const instr of next.instrs) block.instrs.push(instr);
      block.end = next.end;
      joined.add(to);
    }
  }
  const kept = order.filter((index) => !joined.has(index));
  const numbers = new Map(kept.map((index, i) => [index, i]));
  return kept.map((index) => {
    const block = open[index]!;
    return { instrs: block.instrs, end: retarget(block.end!, (to) => numbers.get(to)!) };
  });
}

function retarget(end: Terminator, to: (block: number) => number): Terminator {
  switch (end.op) {
    case 'jump':
      return { ...end, to: to(end.to) };
    case 'branch':
      // biome-ignore lint/suspicious/noThenProperty: the IR's name for where a branch goes; nothing awaits it.
      return { ...end, then: to(end.then), else: to(end.else) };
    case 'switch':
      return { ...end, cases: end.cases.map((each) => ({ ...each, to: to(each.to) })), default: to(end.default) };
    default:
      return end;
  }
}
