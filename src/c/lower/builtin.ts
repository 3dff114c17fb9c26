import type { BuiltinNode, Node } from '../ast.ts';
import type { BinaryOp, Expr, RegType } from '../ir.ts';
import type { Loc } from '../token.ts';
import type { CType } from '../types.ts';
import { isSigned } from '../types-ops.ts';
import { binary, constant, convert } from './ir-build.ts';
import type { Lowering } from './lower.ts';
import { placeOf, read, write } from './place.ts';

/** gcc's built-in operations that no plain function stands for. */
export function lowerBuiltin(l: Lowering, node: BuiltinNode): Expr {
  const { b, types } = l;
  const { loc, args } = node;
  switch (node.name) {
    case 'trap':
    case 'unreachable':
      b.end({ op: 'unreachable', why: `__builtin_${node.name}() was reached`, loc });
      return constant('i32', 0n);
    case 'clz':
    case 'ctz':
    case 'popcount': {
      const [value, type] = operand(l, args[0]!);
      return narrow({ op: 'unary', fn: node.name === 'popcount' ? 'popcnt' : node.name, type, a: value }, type);
    }
    case 'parity': {
      const [value, type] = operand(l, args[0]!);
      return binary(
        'and',
        'i32',
        narrow({ op: 'unary', fn: 'popcnt', type, a: value }, type),
        constant('i32', 1n),
        loc,
      );
    }
    case 'ffs': {
      const [raw, type] = operand(l, args[0]!);
      const value = l.once(raw, args[0]!.type, loc);
      const lowest = narrow({ op: 'unary', fn: 'ctz', type, a: value }, type);
      return {
        op: 'select',
        type: 'i32',
        cond: { op: 'unary', fn: 'eqz', type, a: value },
        a: constant('i32', 0n),
        b: binary('add', 'i32', lowest, constant('i32', 1n), loc),
      };
    }
    case 'bswap':
      return swapBytes(l, args[0]!, loc);
    case 'add_overflow':
    case 'sub_overflow':
    case 'mul_overflow':
      return overflow(l, node, loc);
    case 'va_start':
      write(l, placeOf(l, args[0]!), { op: 'reg', reg: l.cells! }, loc);
      return constant('i32', 0n);
    case 'va_copy':
      write(l, placeOf(l, args[0]!), l.value(args[1]!), loc);
      return constant('i32', 0n);
    case 'va_end':
      return constant('i32', 0n);
    case 'va_arg': {
      const place = placeOf(l, args[0]!);
      const at = l.once(read(l, place, loc), args[0]!.type, loc);
      const here = l.b.temp(types.word, at, loc);
      write(l, place, binary('add', types.word, here, constant(types.word, 8n), loc), loc);
      return b.load(types.mem(node.type), here, loc);
    }
  }
}

function operand(l: Lowering, node: Node): [Expr, RegType] {
  return [l.value(node), l.types.reg(node.type)];
}
/** Bit counts answer in the operand's register type; C's are int. */
function narrow(e: Expr, type: RegType): Expr {
  return type === 'i64' ? { op: 'convert', fn: 'wrap', a: e } : e;
}

function swapBytes(l: Lowering, node: Node, loc: Loc): Expr {
  const [raw, type] = operand(l, node);
  const value = l.once(raw, node.type, loc);
  const size = l.types.sizeOf(node.type);
  let sum: Expr | undefined;
  for (let i = 0; i < size; i++) {
    const down: Expr =
      i === 0 ? value : { op: 'binary', fn: 'shru', type, a: value, b: constant(type, BigInt(i * 8)), loc };
    const byte = binary('and', type, down, constant(type, 0xffn), loc);
    const left = (size - 1 - i) * 8;
    const part: Expr =
      left === 0 ? byte : { op: 'binary', fn: 'shl', type, a: byte, b: constant(type, BigInt(left)), loc };
    sum = sum ? binary('or', type, sum, part, loc) : part;
  }
  return sum!;
}

/** Stores the wrapped result and answers whether it was wrapped. The operands have the result's type. */
function overflow(l: Lowering, node: BuiltinNode, loc: Loc): Expr {
  const [x, y, out] = node.args as [Node, Node, Node];
  const { type } = x;
  const reg = l.types.reg(type);
  const a = l.b.temp(reg, l.value(x), loc);
  const b = l.b.temp(reg, l.value(y), loc);
  const address = l.once(l.value(out), out.type, loc);
  const op: BinaryOp = node.name === 'add_overflow' ? 'add' : node.name === 'sub_overflow' ? 'sub' : 'mul';
  const size = l.types.sizeOf(type);
  let result: Expr;
  let wrapped: Expr;
  if (size < 8) {
    // Exact in 64 bits: wrapped if going back from the narrow result does not give it again.
    const wideType = isSigned(type) ? l.types.llong : l.types.ullong;
    const wide = (e: Expr) => convert(l.types, e, type, wideType, loc);
    const exact = l.b.temp('i64', { op: 'binary', fn: op, type: 'i64', a: wide(a), b: wide(b), loc }, loc);
    result = l.b.temp(reg, convert(l.types, exact, wideType, type, loc), loc);
    wrapped = { op: 'binary', fn: 'ne', type: 'i64', a: wide(result), b: exact, loc };
  } else {
    result = l.b.temp('i64', { op: 'binary', fn: op, type: 'i64', a, b, loc }, loc);
    wrapped = isSigned(type) ? wrappedSigned(op, a, b, result, loc) : wrappedUnsigned(op, a, b, result, loc);
  }
  const answer = l.b.temp('i32', wrapped, loc);
  const target = (out.type as CType & { kind: 'pointer' }).to;
  write(l, { in: 'memory', address, type: target, bits: undefined, volatile: target.volatile ?? false }, result, loc);
  return answer;
}

const word = (value: bigint): Expr => ({ op: 'i64', value });

function wrappedUnsigned(op: BinaryOp, a: Expr, b: Expr, result: Expr, loc: Loc): Expr {
  const bin = (fn: BinaryOp, x: Expr, y: Expr): Expr => ({ op: 'binary', fn, type: 'i64', a: x, b: y, loc });
  if (op === 'add') return bin('ltu', result, a);
  if (op === 'sub') return bin('ltu', a, b);
  const zero: Expr = { op: 'unary', fn: 'eqz', type: 'i64', a };
  const divisor: Expr = { op: 'select', type: 'i64', cond: zero, a: word(1n), b: a };
  const differs = bin('ne', bin('divu', result, divisor), b);
  return { op: 'select', type: 'i32', cond: zero, a: constant('i32', 0n), b: differs };
}

function wrappedSigned(op: BinaryOp, a: Expr, b: Expr, result: Expr, loc: Loc): Expr {
  const bin = (fn: BinaryOp, x: Expr, y: Expr): Expr => ({ op: 'binary', fn, type: 'i64', a: x, b: y, loc });
  const negative = (e: Expr) => bin('lts', e, word(0n));
  if (op === 'add') return negative(bin('and', bin('xor', a, result), bin('xor', b, result)));
  if (op === 'sub') return negative(bin('and', bin('xor', a, b), bin('xor', a, result)));
  // Dividing by -1 could itself overflow: that case, and 0, are told apart first.
  const minusOne = bin('eq', a, word(-1n));
  const zero: Expr = { op: 'unary', fn: 'eqz', type: 'i64', a };
  const special: Expr = { op: 'binary', fn: 'or', type: 'i32', a: minusOne, b: zero, loc };
  const divisor: Expr = { op: 'select', type: 'i64', cond: special, a: word(1n), b: a };
  const differs = bin('ne', bin('divs', result, divisor), b);
  const least = bin('eq', b, word(-(1n << 63n)));
  const specially: Expr = { op: 'binary', fn: 'and', type: 'i32', a: minusOne, b: least, loc };
  return { op: 'select', type: 'i32', cond: special, a: specially, b: differs };
}
