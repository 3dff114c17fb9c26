import type { Node } from '../ast.ts';
import type { Expr, RegType } from '../ir.ts';
import type { Loc } from '../token.ts';
import type { CType } from '../types.ts';
import { isSigned } from '../types-ops.ts';
import { binary, constant, constantValue } from './ir-build.ts';
import type { Lowering } from './lower.ts';

/*
 * Objects that are read and written: registers, memory, bit-fields. Bit-fields are accessed by exactly the bytes that they
 * touch, as a compiler may (C11 3.14): neighbours in other bytes are left alone.
 */

export type ObjectPlace =
  | { readonly in: 'register'; readonly reg: number; readonly type: CType }
  | {
      readonly in: 'memory';
      readonly address: Expr;
      readonly type: CType;
      readonly bits: { readonly bit: number; readonly width: number } | undefined;
      readonly volatile: boolean;
    };

/** Where the object of a scalar lvalue is; its address is computed here. */
export function placeOf(l: Lowering, node: Node): ObjectPlace {
  if (node.k === 'var') {
    const at = l.storage(node.sym);
    if (at.in === 'register') return { in: 'register', reg: at.reg, type: node.type };
  }
  return {
    in: 'memory',
    address: l.address(node),
    type: node.type,
    bits: node.k === 'member' ? node.bits : undefined,
    volatile: node.type.volatile ?? false,
  };
}

export function read(l: Lowering, place: ObjectPlace, loc: Loc): Expr {
  if (place.in === 'register') return { op: 'reg', reg: place.reg };
  if (place.bits) return readBits(l, place, place.bits, loc);
  return l.b.load(l.types.mem(place.type), place.address, loc, { volatile: place.volatile });
}

/** `value` has the place's type. */
export function write(l: Lowering, place: ObjectPlace, value: Expr, loc: Loc): void {
  if (place.in === 'register') l.b.set(place.reg, value, loc);
  else if (place.bits) writeBits(l, place, place.bits, value, loc);
  else l.b.store(l.types.mem(place.type), place.address, value, loc, place.volatile);
}

interface Piece {
  /** Bytes from the storage unit's start. */
  readonly at: number;
  readonly size: 1 | 2 | 4 | 8;
}
function piecesOf(bit: number, width: number): { pieces: Piece[]; span: number } {
  const end = Math.ceil((bit + width) / 8);
  let at = Math.floor(bit / 8);
  const span = end - at;
  const pieces: Piece[] = [];
  while (at < end) {
    const left = end - at;
    const size = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    pieces.push({ at, size });
    at += size;
  }
  return { pieces, span };
}
const MEM = { 1: 'u8', 2: 'u16', 4: '32', 8: '64' } as const;

function shifted(e: Expr, left: number, type: RegType, loc: Loc): Expr {
  if (left === 0) return e;
  const known = constantValue(e);
  if (known !== undefined) {
    const bits = BigInt.asUintN(type === 'i64' ? 64 : 32, known);
    return constant(type, left > 0 ? bits << BigInt(left) : bits >> BigInt(-left));
  }
  const fn = left > 0 ? 'shl' : 'shru';
  return { op: 'binary', fn, type, a: e, b: constant(type, BigInt(Math.abs(left))), loc };
}
function widened(e: Expr, from: RegType, to: RegType): Expr {
  if (from === to) return e;
  const known = constantValue(e);
  if (known !== undefined) return constant(to, BigInt.asUintN(32, known));
  return { op: 'convert', fn: to === 'i64' ? 'extu' : 'wrap', a: e };
}

function readBits(
  l: Lowering,
  place: Extract<ObjectPlace, { in: 'memory' }>,
  { bit, width }: { bit: number; width: number },
  loc: Loc,
): Expr {
  const { pieces, span } = piecesOf(bit, width);
  const declared = l.types.reg(place.type);
  const type: RegType = declared === 'i64' || span > 4 ? 'i64' : 'i32';
  let sum: Expr | undefined;
  for (const piece of pieces) {
    const raw = l.b.load(MEM[piece.size], at(l, place.address, piece.at, loc), loc, {
      partial: true,
      volatile: place.volatile,
    });
    const part = shifted(widened(raw, piece.size === 8 ? 'i64' : 'i32', type), piece.at * 8 - bit, type, loc);
    sum = sum ? binary('or', type, sum, part, loc) : part;
  }
  const bits = type === 'i64' ? 64 : 32;
  let value = sum!;
  if (isSigned(place.type)) {
    const up = constant(type, BigInt(bits - width));
    if (width < bits) {
      value = { op: 'binary', fn: 'shl', type, a: value, b: up, loc };
      value = { op: 'binary', fn: 'shrs', type, a: value, b: up, loc };
    }
  } else if (width < bits) value = binary('and', type, value, constant(type, (1n << BigInt(width)) - 1n), loc);
  return type === declared ? value : { op: 'convert', fn: 'wrap', a: value };
}

function writeBits(
  l: Lowering,
  place: Extract<ObjectPlace, { in: 'memory' }>,
  { bit, width }: { bit: number; width: number },
  value: Expr,
  loc: Loc,
): void {
  const { pieces, span } = piecesOf(bit, width);
  const declared = l.types.reg(place.type);
  const type: RegType = declared === 'i64' || span > 4 ? 'i64' : 'i32';
  const stable = l.once(value, place.type, loc);
  const wide = widened(stable, declared, type);
  const field = ((1n << BigInt(width)) - 1n) << BigInt(bit);
  for (const piece of pieces) {
    const own: RegType = piece.size === 8 ? 'i64' : 'i32';
    const all = (1n << BigInt(piece.size * 8)) - 1n;
    const mask = (field >> BigInt(piece.at * 8)) & all;
    const address = at(l, place.address, piece.at, loc);
    const mine = widened(shifted(wide, bit - piece.at * 8, type, loc), type, own);
    let merged: Expr = mask === all ? mine : binary('and', own, mine, constant(own, mask), loc);
    if (mask !== all) {
      const old = l.b.load(MEM[piece.size], address, loc, { partial: true, volatile: place.volatile });
      merged = binary('or', own, binary('and', own, old, constant(own, all & ~mask), loc), merged, loc);
    }
    // Only the low bits of a register are stored, but a register of 8 or 16 bits is canonical.
    if (piece.size < 4 && mask === all) merged = { op: 'convert', fn: piece.size === 1 ? 'u8' : 'u16', a: merged };
    l.b.store(MEM[piece.size], address, merged, loc, place.volatile);
  }
}

/** The value of a bit-field after `value` was stored: cut to its width. */
export function cutToBits(l: Lowering, type: CType, width: number, value: Expr, loc: Loc): Expr {
  const reg = l.types.reg(type);
  const bits = reg === 'i64' ? 64 : 32;
  if (width >= bits) return value;
  if (!isSigned(type)) return binary('and', reg, value, constant(reg, (1n << BigInt(width)) - 1n), loc);
  const up = constant(reg, BigInt(bits - width));
  const high: Expr = { op: 'binary', fn: 'shl', type: reg, a: value, b: up, loc };
  return { op: 'binary', fn: 'shrs', type: reg, a: high, b: up, loc };
}

/** An address plus bytes. */
export function at(l: Lowering, address: Expr, offset: number, loc: Loc): Expr {
  return offset === 0 ? address : binary('add', l.types.word, address, constant(l.types.word, BigInt(offset)), loc);
}
