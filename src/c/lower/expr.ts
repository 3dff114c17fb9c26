import type { CompareOp, Node } from '../ast.ts';
import type { BinaryOp, Expr } from '../ir.ts';
import type { Loc } from '../token.ts';
import type { CType } from '../types.ts';
import { isBool, isRecord, isScalar, isSigned, isVoid } from '../types-ops.ts';
import { lowerBuiltin } from './builtin.ts';
import { lowerCall } from './call.ts';
import { binary, constant, constantValue, convert, isLeaf } from './ir-build.ts';
import type { Lowering } from './lower.ts';
import { at, cutToBits, placeOf, read, write } from './place.ts';
import { leaveRegions, openRegion } from './stmt.ts';

/** Levels of a syntax tree after which a value gets a register: bounds the depth of the IR's expressions. */
const SPILL = 24;

/** The value of a scalar; the address of a struct. A void expression is evaluated and answers 0. */
export function computeValue(l: Lowering, node: Node): Expr {
  const made = compute(l, node);
  if (node.depth % SPILL !== 0 || isLeaf(made) || isVoid(node.type)) return made;
  return l.b.temp(l.types.reg(node.type), made, node.loc);
}

function compute(l: Lowering, node: Node): Expr {
  const { types } = l;
  const { loc } = node;
  switch (node.k) {
    case 'num':
      return constant(types.reg(node.type), node.value);
    case 'str':
      return { op: 'global', global: l.host.stringGlobal(node.type, node.bytes, loc), offset: 0 };
    case 'func':
      return { op: 'func', func: l.host.functionIndex(node.sym) };
    case 'var':
    case 'global':
    case 'deref':
    case 'member':
    case 'literal':
    case 'staticliteral':
      if (!isScalar(node.type)) return l.address(node);
      return read(l, placeOf(l, node), loc);
    case 'addr':
      return node.a.k === 'func' ? l.value(node.a) : l.address(node.a);
    case 'cast':
      if (isVoid(node.type)) {
        l.discard(node.a);
        return constant('i32', 0n);
      }
      return convert(types, l.value(node.a), node.a.type, node.type, loc);
    case 'neg':
    case 'bitnot': {
      const type = types.reg(node.type);
      const a = l.value(node.a);
      const made: Expr =
        node.k === 'neg'
          ? { op: 'binary', fn: 'sub', type, a: constant(type, 0n), b: a, loc }
          : { op: 'binary', fn: 'xor', type, a, b: constant(type, -1n), loc };
      return made;
    }
    case 'lognot':
      return { op: 'unary', fn: 'eqz', type: types.reg(node.a.type), a: l.value(node.a) };
    case 'arith': {
      const [x, y] = pair(l, node.a, node.b);
      return arithmetic(l, node.op, x, y, node.type, node.b.type, loc);
    }
    case 'compare': {
      const [x, y] = pair(l, node.a, node.b);
      return { op: 'binary', fn: comparison(node.op, node.a.type), type: types.reg(node.a.type), a: x, b: y, loc };
    }
    case 'offset': {
      const [x, y] = pair(l, node.a, node.b);
      const step = binary('mul', types.word, y, constant(types.word, BigInt(node.scale)), loc);
      return binary(node.op === '+' ? 'add' : 'sub', types.word, x, step, loc);
    }
    case 'distance': {
      const [x, y] = pair(l, node.a, node.b);
      const bytes = binary('sub', types.word, x, y, loc);
      if (node.scale === 1) return bytes;
      return { op: 'binary', fn: 'divs', type: types.word, a: bytes, b: constant(types.word, BigInt(node.scale)), loc };
    }
    case 'and':
    case 'or':
      return truth(l, node);
    case 'comma':
      l.discard(node.a);
      return l.value(node.b);
    case 'cond':
      return choose(l, node);
    case 'elvis':
      return elvis(l, node);
    case 'assign':
      return assign(l, node, true);
    case 'update':
      return update(l, node, true);
    case 'call':
      return lowerCall(l, node, true) ?? constant('i32', 0n);
    case 'builtin':
      return lowerBuiltin(l, node);
    case 'block':
      return blockValue(l, node);
    default:
      return never(node);
  }
}
function never(node: never): never {
  throw new Error(`no such node: ${JSON.stringify(node)}`);
}

/** Both operands, left before right. */
function pair(l: Lowering, a: Node, b: Node): [Expr, Expr] {
  const left = l.kept(l.value(a), a.type, b.effects, a.loc);
  return [left, l.value(b)];
}

const ARITHMETIC = { '+': 'add', '-': 'sub', '*': 'mul', '&': 'and', '|': 'or', '^': 'xor' } as const;

/** `x op y` in the type `type`; for shifts `countType` is that of `y`. */
function arithmetic(l: Lowering, op: string, x: Expr, y: Expr, type: CType, countType: CType, loc: Loc): Expr {
  const reg = l.types.reg(type);
  const signed = isSigned(type);
  switch (op) {
    case '/':
      return { op: 'binary', fn: signed ? 'divs' : 'divu', type: reg, a: x, b: y, loc };
    case '%':
      return { op: 'binary', fn: signed ? 'rems' : 'remu', type: reg, a: x, b: y, loc };
    case '<<':
    case '>>': {
      const fn = op === '<<' ? 'shl' : signed ? 'shrs' : 'shru';
      return { op: 'binary', fn, type: reg, a: x, b: shiftCount(l, y, countType, reg, loc), loc };
    }
    default: {
      const made = binary(ARITHMETIC[op as keyof typeof ARITHMETIC], reg, x, y, loc);
      return made;
    }
  }
}

/** The count in the register type of what is shifted; one that is out of range stays so. */
function shiftCount(l: Lowering, count: Expr, from: CType, reg: 'i32' | 'i64', loc: Loc): Expr {
  const own = l.types.reg(from);
  if (own === reg) return count;
  if (own === 'i32') return convert(l.types, count, from, isSigned(from) ? l.types.llong : l.types.ullong, loc);
  const known = constantValue(count);
  if (known !== undefined) return constant('i32', known >= 0n && known < 32n ? known : -1n);
  const wide = l.once(count, from, loc);
  return {
    op: 'select',
    type: 'i32',
    cond: { op: 'binary', fn: 'ltu', type: 'i64', a: wide, b: constant('i64', 32n), loc },
    a: { op: 'convert', fn: 'wrap', a: wide },
    b: constant('i32', -1n),
  };
}

const SIGNED: Readonly<Record<CompareOp, BinaryOp>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lts',
  '>': 'gts',
  '<=': 'les',
  '>=': 'ges',
};
const UNSIGNED: Readonly<Record<CompareOp, BinaryOp>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'ltu',
  '>': 'gtu',
  '<=': 'leu',
  '>=': 'geu',
};
function comparison(op: CompareOp, type: CType): BinaryOp {
  return (isSigned(type) ? SIGNED : UNSIGNED)[op];
}

/** The address of an lvalue, or of where a struct value lies. */
export function addressOf(l: Lowering, node: Node): Expr {
  const { loc } = node;
  switch (node.k) {
    case 'var': {
      const place = l.storage(node.sym);
      if (place.in !== 'slot') throw new Error(`the address of a register: ${node.sym.name}`);
      return { op: 'slot', slot: place.slot, offset: 0 };
    }
    case 'global':
    case 'staticliteral':
      return { op: 'global', global: l.host.globalIndex(node.sym), offset: 0 };
    case 'deref':
      return l.value(node.a);
    case 'member':
      return at(l, l.address(node.base), node.offset, loc);
    case 'literal': {
      const place = l.storage(node.sym);
      if (place.in !== 'slot') throw new Error('a compound literal in a register');
      const address: Expr = { op: 'slot', slot: place.slot, offset: 0 };
      l.b.emit({ op: 'enter', slot: place.slot, loc });
      l.initialise(address, node.init);
      return address;
    }
    case 'func':
    case 'str':
      return compute(l, node);
    default:
      // A struct value: its node answers the address.
      return compute(l, node);
  }
}

/** Evaluates for its effects only. Plain reads are not effects, volatile ones are. */
export function discard(l: Lowering, node: Node): void {
  if (!node.effects && !readsVolatile(node)) return;
  switch (node.k) {
    case 'cast':
    case 'neg':
    case 'bitnot':
    case 'lognot':
    case 'addr':
      l.discard(node.a);
      return;
    case 'arith':
    case 'compare':
    case 'offset':
    case 'distance':
    case 'comma':
      l.discard(node.a);
      l.discard(node.b);
      return;
    case 'and':
    case 'or':
    case 'cond':
    case 'elvis':
      discardBranches(l, node);
      return;
    case 'assign':
      assign(l, node, false);
      return;
    case 'update':
      update(l, node, false);
      return;
    case 'call':
      lowerCall(l, node, false);
      return;
    case 'block':
      runBlock(l, node, false);
      return;
    case 'member':
    case 'deref':
      if (node.type.volatile && isScalar(node.type)) l.value(node);
      else l.discard(node.k === 'deref' ? node.a : node.base);
      return;
    default:
      l.value(node);
  }
}
function readsVolatile(node: Node): boolean {
  switch (node.k) {
    case 'var':
    case 'global':
      return node.type.volatile ?? false;
    case 'deref':
    case 'cast':
    case 'lognot':
    case 'neg':
    case 'bitnot':
      return (node.type.volatile ?? false) || readsVolatile(node.a);
    case 'member':
      return (node.type.volatile ?? false) || readsVolatile(node.base);
    case 'arith':
    case 'compare':
    case 'offset':
    case 'comma':
      return readsVolatile(node.a) || readsVolatile(node.b);
    default:
      return false;
  }
}

function discardBranches(l: Lowering, node: Extract<Node, { k: 'and' | 'or' | 'cond' | 'elvis' }>): void {
  const { b } = l;
  const after = b.block();
  const then = b.block();
  if (node.k === 'cond') {
    const otherwise = b.block();
    l.branch(node.cond, then, otherwise);
    b.start(then);
    l.discard(node.a);
    b.jump(after);
    b.start(otherwise);
    l.discard(node.b);
  } else {
    if (node.k === 'and') l.branch(node.a, then, after);
    else l.branch(node.a, after, then);
    b.start(then);
    l.discard(node.b);
  }
  b.start(after);
}

/** Control flow by a condition: short circuits become branches. */
export function branch(l: Lowering, node: Node, then: number, otherwise: number): void {
  const { b } = l;
  switch (node.k) {
    case 'num':
      b.jump(node.value !== 0n ? then : otherwise);
      return;
    case 'lognot':
      l.branch(node.a, otherwise, then);
      return;
    case 'and':
    case 'or': {
      const next = b.block();
      if (node.k === 'and') l.branch(node.a, next, otherwise);
      else l.branch(node.a, then, next);
      b.start(next);
      l.branch(node.b, then, otherwise);
      return;
    }
    case 'comma':
      l.discard(node.a);
      l.branch(node.b, then, otherwise);
      return;
    case 'cast':
      // Widening and _Bool keep what is zero.
      if (isScalar(node.a.type) && (isBool(node.type) || l.types.sizeOf(node.a.type) <= l.types.sizeOf(node.type))) {
        l.branch(node.a, then, otherwise);
        return;
      }
  }
  const value = l.value(node);
  const reg = l.types.reg(node.type);
  const cond: Expr =
    reg === 'i32' ? value : { op: 'binary', fn: 'ne', type: reg, a: value, b: constant(reg, 0n), loc: node.loc };
  b.end({ op: 'branch', cond, then, else: otherwise, loc: node.loc });
}

/** `a && b`, `a || b` as 0 or 1. */
function truth(l: Lowering, node: Node): Expr {
  const { b } = l;
  const [then, otherwise, after] = [b.block(), b.block(), b.block()];
  const dst = b.register('i32');
  l.branch(node, then, otherwise);
  b.start(then);
  b.emit({ op: 'set', dst, value: constant('i32', 1n), loc: node.loc });
  b.jump(after);
  b.start(otherwise);
  b.emit({ op: 'set', dst, value: constant('i32', 0n), loc: node.loc });
  b.start(after);
  return { op: 'reg', reg: dst };
}

function choose(l: Lowering, node: Node & { k: 'cond' }): Expr {
  const { b, types } = l;
  const { loc } = node;
  if (node.a.k === 'num' && node.b.k === 'num' && !node.cond.effects && node.cond.k !== 'and' && node.cond.k !== 'or') {
    const value = l.value(node.cond);
    const reg = types.reg(node.cond.type);
    const cond: Expr =
      reg === 'i32' ? value : { op: 'binary', fn: 'ne', type: reg, a: value, b: constant(reg, 0n), loc };
    return { op: 'select', type: types.reg(node.type), cond, a: l.value(node.a), b: l.value(node.b) };
  }
  const [then, otherwise, after] = [b.block(), b.block(), b.block()];
  const nothing = isVoid(node.type);
  const dst = nothing ? -1 : b.register(types.reg(node.type));
  const arm = (at: Node) => {
    if (nothing) l.discard(at);
    else b.emit({ op: 'set', dst, value: l.value(at), loc: at.loc });
  };
  l.branch(node.cond, then, otherwise);
  b.start(then);
  arm(node.a);
  b.jump(after);
  b.start(otherwise);
  arm(node.b);
  b.start(after);
  return nothing ? constant('i32', 0n) : { op: 'reg', reg: dst };
}

function elvis(l: Lowering, node: Node & { k: 'elvis' }): Expr {
  const { b, types } = l;
  const reg = types.reg(node.type);
  const [otherwise, after] = [b.block(), b.block()];
  const dst = b.register(reg);
  b.emit({ op: 'set', dst, value: l.value(node.a), loc: node.loc });
  const value: Expr = { op: 'reg', reg: dst };
  const cond: Expr =
    reg === 'i32' ? value : { op: 'binary', fn: 'ne', type: reg, a: value, b: constant(reg, 0n), loc: node.loc };
  // biome-ignore lint/suspicious/noThenProperty: the IR's name for where a branch goes; nothing awaits it.
  b.end({ op: 'branch', cond, then: after, else: otherwise, loc: node.loc });
  b.start(otherwise);
  b.emit({ op: 'set', dst, value: l.value(node.b), loc: node.loc });
  b.start(after);
  return value;
}

function assign(l: Lowering, node: Node & { k: 'assign' }, wanted: boolean): Expr {
  const { loc } = node;
  if (!isScalar(node.type)) {
    const dst = l.kept(l.address(node.a), l.types.voidPtr, node.b.effects, loc);
    const src = l.address(node.b);
    const size = l.types.sizeOf(node.type);
    if (size > 0) l.b.emit({ op: 'copy', dst, src, size, loc });
    return dst;
  }
  let place = placeOf(l, node.a);
  if (place.in === 'memory') place = { ...place, address: l.kept(place.address, l.types.voidPtr, node.b.effects, loc) };
  let value = l.value(node.b);
  if (place.in === 'register') {
    write(l, place, value, loc);
    return { op: 'reg', reg: place.reg };
  }
  if (wanted) value = l.once(value, node.type, loc);
  write(l, place, value, loc);
  return wanted && place.bits ? cutToBits(l, node.type, place.bits.width, value, loc) : value;
}

function update(l: Lowering, node: Node & { k: 'update' }, wanted: boolean): Expr {
  const { types } = l;
  const { loc, calc } = node;
  let place = placeOf(l, node.a);
  if (place.in === 'memory') place = { ...place, address: l.once(place.address, types.voidPtr, loc) };
  let old = read(l, place, loc);
  if (node.old && wanted) old = l.once(old, node.type, loc);
  else old = l.kept(old, node.type, node.b.effects, loc);
  const right = l.value(node.b);
  let made: Expr;
  if (calc.kind === 'pointer') {
    const step = binary('mul', types.word, right, constant(types.word, BigInt(node.scale)), loc);
    made = binary(node.op === '+' ? 'add' : 'sub', types.word, old, step, loc);
  } else {
    const left = convert(types, old, node.type, calc, loc);
    made = convert(types, arithmetic(l, node.op, left, right, calc, node.b.type, loc), calc, node.type, loc);
  }
  if (place.in === 'register') {
    write(l, place, made, loc);
    return node.old ? old : { op: 'reg', reg: place.reg };
  }
  if (wanted && !node.old) made = l.once(made, node.type, loc);
  write(l, place, made, loc);
  if (node.old) return old;
  return wanted && place.bits ? cutToBits(l, node.type, place.bits.width, made, loc) : made;
}

function blockValue(l: Lowering, node: Node & { k: 'block' }): Expr {
  return runBlock(l, node, true) ?? constant('i32', 0n);
}

/** A statement expression; its value is taken before its variables go. */
function runBlock(l: Lowering, node: Node & { k: 'block' }, wanted: boolean): Expr | undefined {
  const outer = l.region;
  const { body, value } = node;
  openRegion(l, body.region, body.loc);
  for (const stmt of body.body) l.statement(stmt);
  let result: Expr | undefined;
  if (value) {
    l.b.emit({ op: 'stmt', loc: node.valueLoc });
    if (!wanted || isVoid(value.type)) l.discard(value);
    else if (isRecord(value.type)) {
      const size = l.types.sizeOf(value.type);
      const slot = l.b.slot(size, l.types.alignOf(value.type));
      l.b.emit({ op: 'enter', slot, loc: value.loc });
      result = { op: 'slot', slot, offset: 0 };
      l.b.emit({ op: 'copy', dst: result, src: l.address(value), size, loc: value.loc });
    } else {
      result = l.value(value);
      if (l.region !== body.region) result = l.kept(result, value.type, true, value.loc);
    }
  }
  leaveRegions(l, l.region, outer, body.endLoc);
  l.region = outer;
  return result;
}
