import type { Node, NumNode } from '../ast.ts';
import * as E from '../errors-parse.ts';
import type { Loc } from '../token.ts';
import type { CType, IntType, PointerType } from '../types.ts';
import {
  compatible,
  isBool,
  isInteger,
  isRecord,
  isScalar,
  isVoid,
  opaqueName,
  pointerTo,
  typeName,
  unqualified,
} from '../types-ops.ts';
import type { Parser } from './parser.ts';

/*
 * The conversions of C11 6.3 as nodes of the syntax tree: decay of arrays and functions, promotion, the usual arithmetic
 * conversions, casts, and conversion as if by assignment.
 */

/** Height bound of expression trees, as a multiple of the nesting limit: `a + a + a …` nests without brackets. */
const HEIGHT = 4;

export function base(p: Parser, type: CType, loc: Loc, operands: readonly (Node | undefined)[], effects = false) {
  let depth = 0;
  for (const operand of operands) {
    if (!operand) continue;
    if (operand.depth > depth) depth = operand.depth;
    if (operand.effects) effects = true;
  }
  if (depth >= p.limits.nesting * HEIGHT) throw E.tooDeep(p.place(loc), p.limits.nesting * HEIGHT);
  return { type, loc, depth: depth + 1, effects };
}

export function num(p: Parser, value: bigint, type: CType, loc: Loc, ice = true): NumNode {
  return { k: 'num', type, loc, depth: 1, effects: false, value: p.types.wrap(value, type), ice };
}

export function isLvalue(node: Node): boolean {
  switch (node.k) {
    case 'var':
    case 'global':
    case 'deref':
    case 'str':
    case 'literal':
    case 'staticliteral':
      return true;
    case 'member':
      return isLvalue(node.base);
    default:
      return false;
  }
}

/** The value of an operand: arrays become pointers to their first element, functions pointers to them (C11 6.3.2.1). */
export function decay(p: Parser, node: Node): Node {
  if (node.type.kind === 'array') {
    const of = node.type.of;
    const lvalue = materialized(p, node);
    markAddressed(p, lvalue);
    return { k: 'addr', ...base(p, pointerTo(of), node.loc, [lvalue]), a: lvalue };
  }
  if (node.type.kind === 'function') {
    return { k: 'addr', ...base(p, pointerTo(node.type), node.loc, [node]), a: node };
  }
  return node;
}

/** A string whose address is used becomes an object of the unit. */
export function materialized(p: Parser, node: Node): Node {
  if (node.k !== 'str') return node;
  const sym = p.stringSymbol(node.type, node.bytes, node.loc);
  return { k: 'global', ...base(p, node.type, node.loc, []), sym };
}

/** A variable whose address is used lives in memory. */
export function markAddressed(p: Parser, node: Node): void {
  if (p.unevaluated > 0) return;
  let at = node;
  while (at.k === 'member') at = at.base;
  if (at.k === 'var' || at.k === 'literal') at.sym.addressed = true;
}

export function refuseOpaque(p: Parser, type: CType, loc: Loc): void {
  const name = opaqueName(type);
  if (name === undefined) return;
  const why =
    name === '__int128' ? 'Integers of 128 bits' : name.includes('va_list') ? 'va_list cells' : 'Floating point';
  throw E.unsupported(
    p.place(loc),
    `a value of type '${name}' is used`,
    `${why}: the kernel code under review has none; not executed.`,
  );
}

/** A value of scalar type, or an error that names the construct. */
export function scalar(p: Parser, node: Node, what: string): Node {
  const value = decay(p, node);
  if (isVoid(value.type)) throw E.voidValue(p.place(node.loc), `the operand of ${what}`);
  refuseOpaque(p, value.type, node.loc);
  if (!isScalar(value.type)) throw E.invalidOperands(p.place(node.loc), what, [typeName(value.type)]);
  return value;
}
export function integer(p: Parser, node: Node, what: string): Node {
  const value = scalar(p, node, what);
  if (!isInteger(value.type)) throw E.invalidOperands(p.place(node.loc), what, [typeName(value.type)]);
  return value;
}

/** Explicit or implicit conversion between scalar types, or to void. No checks of assignment. */
export function cast(p: Parser, node: Node, type: CType, loc: Loc = node.loc): Node {
  const to = unqualified(type);
  if (isVoid(to)) return { k: 'cast', ...base(p, to, loc, [node]), a: node };
  if (node.k === 'num') {
    const fromPointer = node.type.kind === 'pointer';
    const ice =
      node.ice &&
      (isInteger(to) ? !fromPointer : to.kind === 'pointer' && isVoid(to.to) && !to.to.const && !to.to.volatile);
    // gcc sign-extends a pointer that becomes a wider integer.
    const value = fromPointer ? BigInt.asIntN(p.types.target.wordSize * 8, node.value) : node.value;
    return num(p, value, to, loc, ice);
  }
  if (unqualified(node.type) === to && !isLvalue(node)) return node;
  return { k: 'cast', ...base(p, to, loc, [node]), a: node };
}

/** `(type) expr`. */
export function explicitCast(p: Parser, node: Node, type: CType, loc: Loc): Node {
  if (isVoid(type)) return cast(p, node, type, loc);
  const value = decay(p, node);
  if (isVoid(value.type)) throw E.voidValue(p.place(loc), 'the operand of the cast');
  refuseOpaque(p, type, loc);
  refuseOpaque(p, value.type, loc);
  if (isRecord(type)) {
    // GNU C: a cast to the same struct, or to a union from a member's type.
    if (compatible(type, value.type)) return value;
    throw E.invalidOperands(p.place(loc), 'a cast', [typeName(value.type), typeName(type)]);
  }
  if (!isScalar(type) || !isScalar(value.type)) {
    throw E.invalidOperands(p.place(loc), 'a cast', [typeName(value.type), typeName(type)]);
  }
  return cast(p, value, type, loc);
}

/** The width of the bit-field that a value comes from: it decides the promotion, also after assignment. */
export function bitWidth(node: Node): number | undefined {
  switch (node.k) {
    case 'member':
      return node.bits?.width;
    case 'assign':
    case 'update':
      return bitWidth(node.a);
    case 'comma':
      return bitWidth(node.b);
    case 'block':
      return node.value && bitWidth(node.value);
    default:
      return undefined;
  }
}

/** Promotes an integer (a bit-field by its width). */
export function promote(p: Parser, node: Node): Node {
  const { type } = node;
  if (!isInteger(type)) return node;
  const to = p.types.promote(type, bitWidth(node));
  return unqualified<CType>(type) === to && !isLvalue(node) ? node : cast(p, node, to);
}

export function usual(p: Parser, a: Node, b: Node): [Node, Node, IntType] {
  const left = promote(p, a);
  const right = promote(p, b);
  const type = p.types.common(left.type as IntType, right.type as IntType);
  return [cast(p, left, type), cast(p, right, type), type];
}

/** `(void *)0` or an integer constant expression with the value 0. */
export function isNullConstant(node: Node): boolean {
  return node.k === 'num' && node.ice && node.value === 0n;
}

/**
 * Conversion as if by assignment (C11 6.5.16.1): of an assigned value, an argument, an initialiser, a returned value. What the
 * kernel's build makes an error (incompatible pointers, integers as pointers) is one here; discarded qualifiers and
 * signedness of pointed-to integers are only warnings there and pass.
 */
export function convertAssigned(p: Parser, node: Node, to: CType, what: string, loc: Loc): Node {
  const value = decay(p, node);
  const from = value.type;
  const refuse = () => E.incompatible(p.place(loc), what, typeName(unqualified(from)), typeName(unqualified(to)));
  if (isVoid(from)) throw E.voidValue(p.place(loc), `the value of the ${what}`);
  const odd = opaqueName(to) ?? opaqueName(from);
  if (odd !== undefined && !compatible(unqualified(from), unqualified(to))) {
    throw E.unsupported(
      p.place(loc),
      `a value of type '${odd}' is used`,
      'Floating point and 128-bit integers are not executed.',
    );
  }
  if (isRecord(to)) {
    if (!isRecord(from) || !compatible(from, to)) throw refuse();
    return value;
  }
  if (isRecord(from)) throw refuse();
  if (isInteger(to)) {
    if (isInteger(from) || isBool(to)) return cast(p, value, to);
    throw refuse();
  }
  if (to.kind !== 'pointer') throw refuse();
  if (isNullConstant(value)) return cast(p, value, to);
  if (from.kind !== 'pointer' || !pointerFits(from, to)) throw refuse();
  return cast(p, value, to);
}

function pointerFits(from: PointerType, to: PointerType): boolean {
  const a = unqualified<CType>(from.to);
  const b = unqualified<CType>(to.to);
  if (isVoid(a) || isVoid(b) || compatible(a, b)) return true;
  if (a.kind === 'int' && b.kind === 'int') return a.rank === b.rank && !a.bool && !b.bool;
  if (a.kind === 'enum' && b.kind === 'int') return a.carrier.rank === b.rank;
  if (b.kind === 'enum' && a.kind === 'int') return b.carrier.rank === a.rank;
  return false;
}
