import { type Block, type Expr, type FunctionBody, type Instr, successors, type Terminator } from '../c/ir.ts';
import { expressionTooDeep, functionTooLarge, malformedIr } from './errors.ts';

/*
 * Data flow over one function: which registers live on after an instruction (they are saved at calls), and which named
 * registers may be read before they are written (they get a flag at run time).
 */

/** Nesting of one expression that the recursive walks follow. */
export const MAX_EXPRESSION_DEPTH = 1500;
const MAX_NODES = 1_000_000;
/** Bit-set words for data flow; beyond, every register counts as live and as possibly unset. */
const MAX_SET_WORDS = 4_000_000;
const MAX_PASSES = 64;

/** Calls `visit` for every register read in an expression. Counts nodes, so that shared subtrees cannot explode. */
export class RegisterReads {
  readonly #name: string;
  #nodes = 0;

  constructor(name: string) {
    this.#name = name;
  }

  inExpr(expr: Expr, visit: (reg: number) => void, depth = 0): void {
    if (depth > MAX_EXPRESSION_DEPTH) throw expressionTooDeep(this.#name, MAX_EXPRESSION_DEPTH);
    if (++this.#nodes > MAX_NODES) throw functionTooLarge(this.#name, this.#nodes, MAX_NODES);
    switch (expr.op) {
      case 'reg':
        visit(expr.reg);
        return;
      case 'unary':
      case 'convert':
        this.inExpr(expr.a, visit, depth + 1);
        return;
      case 'binary':
        this.inExpr(expr.a, visit, depth + 1);
        this.inExpr(expr.b, visit, depth + 1);
        return;
      case 'select':
        this.inExpr(expr.cond, visit, depth + 1);
        this.inExpr(expr.a, visit, depth + 1);
        this.inExpr(expr.b, visit, depth + 1);
        return;
      default:
        return;
    }
  }

  inInstr(instr: Instr, visit: (reg: number) => void): void {
    switch (instr.op) {
      case 'set':
        this.inExpr(instr.value, visit);
        return;
      case 'load':
        this.inExpr(instr.addr, visit);
        return;
      case 'store':
        this.inExpr(instr.addr, visit);
        this.inExpr(instr.value, visit);
        return;
      case 'copy':
        this.inExpr(instr.dst, visit);
        this.inExpr(instr.src, visit);
        return;
      case 'zero':
        this.inExpr(instr.dst, visit);
        return;
      case 'call':
        if (instr.callee.kind === 'indirect') this.inExpr(instr.callee.address, visit);
        for (const arg of instr.args) this.inExpr(arg, visit);
        return;
      default:
        return;
    }
  }

  inEnd(end: Terminator, visit: (reg: number) => void): void {
    if (end.op === 'branch') this.inExpr(end.cond, visit);
    else if (end.op === 'switch') this.inExpr(end.value, visit);
    else if (end.op === 'return' && end.value) this.inExpr(end.value, visit);
  }
}

/** The register an instruction writes, or -1. */
export function written(instr: Instr): number {
  if (instr.op === 'set' || instr.op === 'load') return instr.dst;
  if (instr.op === 'call') return instr.dst ?? -1;
  return -1;
}

/** Blocks that control can reach, in the order they stand in the body (the front end lowers in source order). */
export function reachableBlocks(name: string, blocks: readonly Block[]): number[] {
  const seen = new Uint8Array(blocks.length);
  const work = [0];
  while (work.length > 0) {
    const b = work.pop()!;
    if (b < 0 || b >= blocks.length) throw malformedIr(name, `a jump to block ${b} of ${blocks.length}`);
    if (seen[b]) continue;
    seen[b] = 1;
    for (const next of successors(blocks[b]!.end)) if (!seen[next]) work.push(next);
  }
  const order: number[] = [];
  for (let b = 0; b < blocks.length; b++) if (seen[b]) order.push(b);
  return order;
}

/** How a register is used: inside one block only (a temporary, whose place others may share), or across blocks. */
export interface RegisterUse {
  /** The only block that mentions it, -1 when several do, -2 when none does. */
  readonly block: Int32Array;
  /** Index of the first write and of the last mention in that block; the terminator counts as one more instruction. */
  readonly first: Int32Array;
  readonly last: Int32Array;
}

export function registerUse(name: string, body: FunctionBody, order: readonly number[], params: number): RegisterUse {
  const count = body.registers.length;
  const block = new Int32Array(count).fill(-2);
  const first = new Int32Array(count);
  const last = new Int32Array(count);
  const reads = new RegisterReads(name);
  let at = 0;
  let index = 0;
  const mention = (reg: number, write: boolean): void => {
    if (reg < 0 || reg >= count) throw malformedIr(name, `register ${reg} of ${count}`);
    if (block[reg] === -2) {
      // A first mention that reads: the value comes from elsewhere.
      block[reg] = write && reg >= params ? at : -1;
      first[reg] = index;
    } else if (block[reg] !== at) block[reg] = -1;
    last[reg] = index;
  };
  const read = (reg: number): void => mention(reg, false);
  for (at of order) {
    const { instrs, end } = body.blocks[at]!;
    for (index = 0; index < instrs.length; index++) {
      const instr = instrs[index]!;
      reads.inInstr(instr, read);
      const dst = written(instr);
      if (dst >= 0) mention(dst, true);
    }
    index = instrs.length;
    reads.inEnd(end, read);
  }
  for (let p = 0; p < params; p++) block[p] = -1;
  return { block, first, last };
}

/** Sets of registers at block boundaries; `undefined` where the function is too large for data flow. */
export interface Flow {
  /** Live at the end of a block: bit `reg`. */
  readonly liveOut: BlockSets | undefined;
  /** Named registers that may be read before they are written, in ascending order. */
  readonly maybeUnset: readonly number[];
}

/** One bit set for each block. */
export class BlockSets {
  readonly words: number;
  readonly bits: Uint32Array;

  constructor(blocks: number, registers: number) {
    this.words = (registers + 31) >>> 5;
    this.bits = new Uint32Array(blocks * this.words);
  }
  has(block: number, reg: number): boolean {
    return ((this.bits[block * this.words + (reg >>> 5)]! >>> (reg & 31)) & 1) === 1;
  }
  each(block: number, visit: (reg: number) => void): void {
    for (let w = 0; w < this.words; w++) {
      let rest = this.bits[block * this.words + w]!;
      while (rest !== 0) {
        const bit = 31 - Math.clz32(rest & -rest);
        visit(w * 32 + bit);
        rest &= rest - 1;
      }
    }
  }
}

export function analyse(
  name: string,
  body: FunctionBody,
  order: readonly number[],
  params: number,
  use: RegisterUse,
  keepAll = false,
): Flow {
  const registers = body.registers.length;
  const words = (registers + 31) >>> 5;
  const named: number[] = [];
  for (let r = params; r < registers; r++) if (body.registers[r]!.variable && use.block[r]! !== -2) named.push(r);
  if (keepAll || words * body.blocks.length > MAX_SET_WORDS) return { liveOut: undefined, maybeUnset: named };
  const reads = new RegisterReads(name);
  return {
    liveOut: liveness(reads, body, order, use),
    maybeUnset: definedness(new RegisterReads(name), body, order, params, named),
  };
}

function liveness(
  reads: RegisterReads,
  body: FunctionBody,
  order: readonly number[],
  use: RegisterUse,
): BlockSets | undefined {
  const count = body.blocks.length;
  const registers = body.registers.length;
  const gen = new BlockSets(count, registers);
  const kill = new BlockSets(count, registers);
  const words = gen.words;
  for (const b of order) {
    const base = b * words;
    const read = (reg: number): void => {
      if (use.block[reg] === -1 && !kill.has(b, reg)) gen.bits[base + (reg >>> 5)]! |= 1 << (reg & 31);
    };
    const { instrs, end } = body.blocks[b]!;
    for (const instr of instrs) {
      reads.inInstr(instr, read);
      const dst = written(instr);
      if (dst >= 0 && use.block[dst] === -1) kill.bits[base + (dst >>> 5)]! |= 1 << (dst & 31);
    }
    reads.inEnd(end, read);
  }
  const liveIn = new BlockSets(count, registers);
  const liveOut = new BlockSets(count, registers);
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    let changed = false;
    for (let i = order.length - 1; i >= 0; i--) {
      const b = order[i]!;
      const base = b * words;
      for (const next of successors(body.blocks[b]!.end)) {
        for (let w = 0; w < words; w++) liveOut.bits[base + w]! |= liveIn.bits[next * words + w]!;
      }
      for (let w = 0; w < words; w++) {
        const live = (gen.bits[base + w]! | (liveOut.bits[base + w]! & ~kill.bits[base + w]!)) >>> 0;
        if (live !== liveIn.bits[base + w]) {
          liveIn.bits[base + w] = live;
          changed = true;
        }
      }
    }
    if (!changed) return liveOut;
  }
  return undefined;
}

function definedness(
  reads: RegisterReads,
  body: FunctionBody,
  order: readonly number[],
  params: number,
  named: readonly number[],
): readonly number[] {
  if (named.length === 0) return named;
  const count = body.blocks.length;
  const sets = new BlockSets(count, body.registers.length);
  const words = sets.words;
  // In: set on every way here. Everything is assumed, then cut down to what holds.
  sets.bits.fill(0xffffffff);
  for (let w = 0; w < words; w++) sets.bits[w] = 0;
  for (let p = 0; p < params; p++) sets.bits[p >>> 5]! |= 1 << (p & 31);
  const now = new Uint32Array(words);
  let settled = false;
  for (let pass = 0; pass < MAX_PASSES && !settled; pass++) {
    settled = true;
    for (const b of order) {
      for (let w = 0; w < words; w++) now[w] = sets.bits[b * words + w]!;
      for (const instr of body.blocks[b]!.instrs) {
        const dst = written(instr);
        if (dst >= 0) now[dst >>> 5]! |= 1 << (dst & 31);
      }
      for (const next of successors(body.blocks[b]!.end)) {
        for (let w = 0; w < words; w++) {
          const met = (sets.bits[next * words + w]! & now[w]!) >>> 0;
          if (met !== sets.bits[next * words + w]) {
            sets.bits[next * words + w] = met;
            settled = false;
          }
        }
      }
    }
  }
  if (!settled) return named;
  const isNamed = new Set(named);
  const unset = new Set<number>();
  for (const b of order) {
    for (let w = 0; w < words; w++) now[w] = sets.bits[b * words + w]!;
    const read = (reg: number): void => {
      if (((now[reg >>> 5]! >>> (reg & 31)) & 1) === 0 && isNamed.has(reg)) unset.add(reg);
    };
    const { instrs, end } = body.blocks[b]!;
    for (const instr of instrs) {
      if (!isSelfAssignment(instr)) reads.inInstr(instr, read);
      const dst = written(instr);
      if (dst >= 0) now[dst >>> 5]! |= 1 << (dst & 31);
    }
    reads.inEnd(end, read);
  }
  return [...unset].sort((a, b) => a - b);
}

/** `x = x`: how old kernels silence a warning about an unset variable; it counts as setting it. */
export function isSelfAssignment(instr: Instr): boolean {
  return instr.op === 'set' && instr.value.op === 'reg' && instr.value.reg === instr.dst;
}
