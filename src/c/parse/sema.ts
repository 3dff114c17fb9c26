import type { ArithOp, CompareOp, Node } from '../ast.ts';
import { arithmetic, compareValues, constantOf } from '../constant.ts';
import * as E from '../errors-parse.ts';
import { findMember, hasConstMember } from '../layout.ts';
import type { Loc } from '../token.ts';
import type { CType, IntType, PointerType } from '../types.ts';
import {
  compatible,
  isComplete,
  isInteger,
  isRecord,
  isVoid,
  pointerTo,
  qualified,
  typeName,
  unqualified,
} from '../types-ops.ts';
import {
  base,
  bitWidth,
  cast,
  convertAssigned,
  decay,
  integer,
  isLvalue,
  isNullConstant,
  markAddressed,
  materialized,
  num,
  promote,
  scalar,
  usual,
} from './nodes.ts';
import type { Parser } from './parser.ts';

/*
 * Makes the nodes of the syntax tree: checks the constraints of C11 6.5, inserts conversions, folds constants. Operands come
 * in as parsed (lvalues not yet converted); each function decays what it uses as a value.
 */

const nameOf = (op: string) => `'${op}'`;

export function arith(p: Parser, op: ArithOp, l: Node, r: Node, loc: Loc): Node {
  const a = scalar(p, l, nameOf(op));
  const b = scalar(p, r, nameOf(op));
  if (a.type.kind === 'pointer' || b.type.kind === 'pointer') return pointerArith(p, op, a, b, loc);
  if (op === '<<' || op === '>>') {
    const left = promote(p, a);
    return fold(p, op, left, promote(p, b), left.type as IntType, loc);
  }
  const [left, right, type] = usual(p, a, b);
  return fold(p, op, left, right, type, loc);
}

function fold(p: Parser, op: ArithOp, a: Node, b: Node, type: IntType, loc: Loc): Node {
  if (a.k === 'num' && b.k === 'num') {
    const value = arithmetic(op, a.value, b.value, type.size * 8);
    if (value !== undefined) return num(p, value, type, loc, a.ice && b.ice);
  }
  return { k: 'arith', ...base(p, type, loc, [a, b]), op, a, b };
}

/** Bytes that pointer arithmetic steps by. */
export function stepOf(p: Parser, type: PointerType, loc: Loc): number {
  if (isVoid(type.to) || type.to.kind === 'function') return 1;
  if (!isComplete(type.to)) throw E.incompleteType(p.place(loc), typeName(type.to), 'pointer arithmetic');
  return p.types.sizeOf(type.to);
}

function pointerArith(p: Parser, op: ArithOp, a: Node, b: Node, loc: Loc): Node {
  const refuse = () => E.invalidOperands(p.place(loc), nameOf(op), [typeName(a.type), typeName(b.type)]);
  if (op === '-' && a.type.kind === 'pointer' && b.type.kind === 'pointer') {
    const [to, other] = [unqualified<CType>(a.type.to), unqualified<CType>(b.type.to)];
    if (!compatible(to, other)) throw refuse();
    const scale = stepOf(p, a.type, loc);
    if (scale === 0) throw E.invalidOperands(p.place(loc), "'-' (of pointers to a type of size 0)", [typeName(a.type)]);
    const node: Node = { k: 'distance', ...base(p, p.types.ptrdiff, loc, [a, b]), a, b, scale };
    return foldConstant(p, node);
  }
  if (op === '+' && a.type.kind !== 'pointer') return pointerArith(p, op, b, a, loc);
  if ((op !== '+' && op !== '-') || a.type.kind !== 'pointer' || !isInteger(b.type)) throw refuse();
  const scale = stepOf(p, a.type, loc);
  const index = cast(p, promote(p, b), p.types.ptrdiff);
  if (index.k === 'num' && index.value === 0n && !isLvalue(a)) return a;
  const node: Node = { k: 'offset', ...base(p, unqualified(a.type), loc, [a, index]), op, a, b: index, scale };
  return foldConstant(p, node);
}

/** A tree whose value is a known number becomes one (not an integer constant expression in C's sense). */
function foldConstant(p: Parser, node: Node): Node {
  const known = constantOf(node, p.types);
  return known && known.base === undefined ? num(p, known.value, node.type, node.loc, false) : node;
}

export function compare(p: Parser, op: CompareOp, l: Node, r: Node, loc: Loc): Node {
  let a = scalar(p, l, nameOf(op));
  let b = scalar(p, r, nameOf(op));
  let ice = false;
  if (a.type.kind === 'pointer' || b.type.kind === 'pointer') {
    // gcc only warns of unrelated pointers and of pointers against integers here; the values are compared as words.
    if (a.type.kind !== 'pointer') a = cast(p, a, b.type);
    if (b.type.kind !== 'pointer') b = cast(p, b, a.type);
  } else {
    [a, b] = usual(p, a, b);
    ice = true;
  }
  if (a.k === 'num' && b.k === 'num') {
    return num(p, compareValues(op, a.value, b.value) ? 1n : 0n, p.types.int, loc, ice && a.ice && b.ice);
  }
  return { k: 'compare', ...base(p, p.types.int, loc, [a, b]), op, a, b };
}

export function logical(p: Parser, k: 'and' | 'or', l: Node, r: Node, loc: Loc): Node {
  const a = scalar(p, l, k === 'and' ? "'&&'" : "'||'");
  const b = scalar(p, r, k === 'and' ? "'&&'" : "'||'");
  if (a.k === 'num') {
    if ((a.value !== 0n) !== (k === 'and')) {
      return num(p, k === 'and' ? 0n : 1n, p.types.int, loc, a.ice && b.k === 'num' && b.ice);
    }
    if (b.k === 'num') return num(p, b.value !== 0n ? 1n : 0n, p.types.int, loc, a.ice && b.ice);
  }
  return { k, ...base(p, p.types.int, loc, [a, b]), a, b };
}

export function unary(p: Parser, op: '-' | '+' | '~' | '!', operand: Node, loc: Loc): Node {
  if (op === '!') {
    const a = scalar(p, operand, "'!'");
    if (a.k === 'num') return num(p, a.value === 0n ? 1n : 0n, p.types.int, loc, a.ice && isInteger(a.type));
    return { k: 'lognot', ...base(p, p.types.int, loc, [a]), a };
  }
  const a = promote(p, integer(p, operand, nameOf(op)));
  if (op === '+') return isLvalue(a) ? cast(p, a, a.type) : a;
  if (a.k === 'num') return num(p, op === '-' ? -a.value : ~a.value, a.type, loc, a.ice);
  return { k: op === '-' ? 'neg' : 'bitnot', ...base(p, a.type, loc, [a]), a };
}

export function deref(p: Parser, operand: Node, loc: Loc): Node {
  const a = decay(p, operand);
  if (a.type.kind !== 'pointer') throw E.invalidOperands(p.place(loc), "'*'", [typeName(a.type)]);
  const to = a.type.to;
  if (a.k === 'addr' && a.a.type === to) return a.a;
  return { k: 'deref', ...base(p, to, loc, [a]), a };
}

export function addressOf(p: Parser, operand: Node, loc: Loc): Node {
  if (operand.type.kind === 'function') {
    return { k: 'addr', ...base(p, pointerTo(operand.type), loc, [operand]), a: operand };
  }
  if (!isLvalue(operand)) throw E.notLvalue(p.place(loc), "'&'");
  if (operand.k === 'member' && operand.bits) throw E.badBitField(p.place(loc), 'a bit-field has no address');
  const lvalue = materialized(p, operand);
  markAddressed(p, lvalue);
  if (lvalue.k === 'deref') return cast(p, lvalue.a, pointerTo(lvalue.type), loc);
  const node: Node = { k: 'addr', ...base(p, pointerTo(lvalue.type), loc, [lvalue]), a: lvalue };
  return lvalue.k === 'member' ? foldConstant(p, node) : node;
}

export function index(p: Parser, array: Node, subscript: Node, loc: Loc): Node {
  const sum = arith(p, '+', array, subscript, loc);
  if (sum.type.kind !== 'pointer') {
    throw E.invalidOperands(p.place(loc), "'[]'", [typeName(array.type), typeName(subscript.type)]);
  }
  return deref(p, sum, loc);
}

export function member(p: Parser, record: Node, name: string, loc: Loc): Node {
  const type = record.type;
  if (!isRecord(type) || type.opaque) throw E.invalidOperands(p.place(loc), `'.${name}'`, [typeName(type)]);
  if (!type.members) throw E.incompleteType(p.place(loc), typeName(type), `the member '${name}'`);
  const found = findMember(type, name);
  if (!found) throw E.noMember(p.place(loc), typeName(unqualified(type)), name);
  const memberType = qualified(found.type, {
    ...(type.const && { const: true }),
    ...(type.volatile && { volatile: true }),
  });
  return {
    k: 'member',
    ...base(p, memberType, loc, [record]),
    base: record,
    offset: found.offset,
    ...(found.member.bits && { bits: found.member.bits }),
  };
}

export function arrow(p: Parser, pointer: Node, name: string, loc: Loc): Node {
  const value = decay(p, pointer);
  if (value.type.kind !== 'pointer' || !isRecord(value.type.to)) {
    throw E.invalidOperands(p.place(loc), `'->${name}'`, [typeName(value.type)]);
  }
  return member(p, deref(p, value, loc), name, loc);
}

function assignable(p: Parser, node: Node, what: string, loc: Loc): void {
  if (!isLvalue(node) || node.type.kind === 'array' || node.type.kind === 'function') {
    throw E.notLvalue(p.place(loc), what);
  }
  if (node.type.const || hasConstMember(node.type)) throw E.readOnly(p.place(loc), describe(node));
}
function describe(node: Node): string {
  if (node.k === 'var' || node.k === 'global') return `'${node.sym.name}'`;
  return node.k === 'member' ? 'the member' : 'the object';
}

export function assign(p: Parser, l: Node, r: Node, loc: Loc): Node {
  assignable(p, l, "'='", loc);
  const b = convertAssigned(p, r, l.type, 'assignment', loc);
  return { k: 'assign', ...base(p, unqualified(l.type), loc, [l, b], true), a: l, b };
}

/** `a op= b`, `++a`, `a++` (`old`). */
export function update(p: Parser, op: ArithOp, l: Node, r: Node, loc: Loc, old = false): Node {
  assignable(p, l, old ? "'++' or '--'" : `'${op}='`, loc);
  const a = scalar(p, l, `'${op}='`);
  const type = unqualified(l.type);
  if (a.type.kind === 'pointer') {
    const b = integer(p, r, `'${op}='`);
    if (op !== '+' && op !== '-')
      throw E.invalidOperands(p.place(loc), `'${op}='`, [typeName(a.type), typeName(b.type)]);
    const scale = stepOf(p, a.type, loc);
    const amount = cast(p, promote(p, b), p.types.ptrdiff);
    return { k: 'update', ...base(p, type, loc, [l, amount], true), op, a: l, b: amount, calc: type, scale, old };
  }
  const b = promote(p, integer(p, r, `'${op}='`));
  const promoted = p.types.promote(a.type as IntType, bitWidth(l));
  const shift = op === '<<' || op === '>>';
  const calc = shift ? promoted : p.types.common(promoted, b.type as IntType);
  const right = shift ? b : cast(p, b, calc);
  return { k: 'update', ...base(p, type, loc, [l, right], true), op, a: l, b: right, calc, scale: 1, old };
}

export function comma(p: Parser, l: Node, r: Node, loc: Loc): Node {
  const b = decay(p, r);
  return { k: 'comma', ...base(p, unqualified(b.type), loc, [l, b]), a: l, b };
}

/** `cond ? a : b`, and `cond ?: b` where `middle` is undefined (C11 6.5.15 and GNU). */
export function conditional(p: Parser, test: Node, middle: Node | undefined, other: Node, loc: Loc): Node {
  const cond = scalar(p, test, "'?:'");
  let a = decay(p, middle ?? cond);
  let b = decay(p, other);
  const type = conditionalType(p, a, b, loc);
  if (!isVoid(type) && !isRecord(type)) {
    a = cast(p, a, type);
    b = cast(p, b, type);
  }
  if (cond.k === 'num') {
    const chosen = cond.value !== 0n ? a : b;
    const unchosen = chosen === a ? b : a;
    if (chosen.k === 'num') {
      const ice = chosen.ice && cond.ice && unchosen.k === 'num' && unchosen.ice;
      return num(p, chosen.value, type, loc, ice);
    }
    // Kept as a value: `1 ? x : y` is not an lvalue.
    if (!isVoid(type) && !isRecord(type) && !isLvalue(chosen)) return chosen;
  }
  if (middle === undefined) {
    // The left operand is computed once, tested before and used after the conversion.
    return { k: 'elvis', ...base(p, type, loc, [cond, a, b]), a: a.k === 'cast' ? a : cast(p, a, type), b };
  }
  return { k: 'cond', ...base(p, type, loc, [cond, a, b]), cond, a, b };
}

function conditionalType(p: Parser, a: Node, b: Node, loc: Loc): CType {
  const [x, y] = [a.type, b.type];
  if (isVoid(x) || isVoid(y)) return p.types.void;
  if (isRecord(x) || isRecord(y)) {
    if (compatible(x, y)) return unqualified(x);
  } else if (isInteger(x) && isInteger(y)) {
    return p.types.common(promote(p, a).type as IntType, promote(p, b).type as IntType);
  } else if (x.kind === 'pointer' && y.kind === 'pointer') {
    if (isNullConstant(a)) return unqualified(y);
    if (isNullConstant(b)) return unqualified(x);
    const quals = { const: (x.to.const || y.to.const) ?? false, volatile: (x.to.volatile || y.to.volatile) ?? false };
    if (isVoid(x.to) || isVoid(y.to)) return pointerTo(qualified(p.types.void, quals));
    if (compatible(x.to, y.to)) return pointerTo(qualified(x.to, quals));
  } else if (x.kind === 'pointer' && isNullConstant(b)) return unqualified(x);
  else if (y.kind === 'pointer' && isNullConstant(a)) return unqualified(y);
  throw E.invalidOperands(p.place(loc), "'?:'", [typeName(x), typeName(y)]);
}

/** The value of an integer constant, e.g. a case label or an array length. */
export function constantInteger(p: Parser, node: Node, what: string): bigint {
  const value = decay(p, node);
  const known = isInteger(value.type) ? constantOf(value, p.types) : undefined;
  if (!known || known.base) throw E.notConstant(p.place(node.loc), what);
  return known.value;
}

/** The type of an operand of `typeof`: as declared; values have no qualifiers. */
export function typeOfNode(node: Node): CType {
  return isLvalue(node) || node.type.kind === 'function' ? node.type : unqualified(node.type);
}
