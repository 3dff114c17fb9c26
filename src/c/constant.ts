import type { Node } from './ast.ts';
import type { FunctionSymbol, GlobalSymbol } from './parse/scope.ts';
import type { Types } from './types-ops.ts';
import { isBool, isRecord } from './types-ops.ts';

/*
 * Constants known before the program runs (C11 6.6): integers, and addresses of static objects plus an offset. Exact in 64
 * bits.
 */

export interface ConstantValue {
  /** Undefined: a plain number. */
  readonly base: GlobalSymbol | FunctionSymbol | undefined;
  readonly value: bigint;
}

/** Undefined where the node is not constant. */
export function constantOf(node: Node, types: Types): ConstantValue | undefined {
  switch (node.k) {
    case 'num':
      return { base: undefined, value: node.value };
    case 'cast': {
      const inner = constantOf(node.a, types);
      if (!inner || isRecord(node.type) || node.type.kind === 'void') return undefined;
      if (!inner.base) return { base: undefined, value: types.wrap(inner.value, node.type) };
      if (isBool(node.type)) return { base: undefined, value: 1n };
      return types.sizeOf(node.type) === types.target.wordSize ? inner : undefined;
    }
    case 'addr':
      return addressOf(node.a, types);
    case 'deref':
      return characterOf(node, types);
    case 'offset': {
      const a = constantOf(node.a, types);
      const b = constantOf(node.b, types);
      if (!a || !b || b.base) return undefined;
      const delta = b.value * BigInt(node.scale);
      return normalised(a.base, node.op === '+' ? a.value + delta : a.value - delta, node, types);
    }
    case 'arith': {
      // A sum or difference with an address that was cast to an integer.
      const a = constantOf(node.a, types);
      const b = constantOf(node.b, types);
      if (!a || !b) return undefined;
      if (node.op === '+' && !(a.base && b.base)) return normalised(a.base ?? b.base, a.value + b.value, node, types);
      if (node.op === '-' && !b.base) return normalised(a.base, a.value - b.value, node, types);
      if (node.op === '-' && a.base === b.base) return normalised(undefined, a.value - b.value, node, types);
      if (a.base || b.base) return undefined;
      return plain(node.op, a.value, b.value, node, types);
    }
    case 'distance': {
      const a = constantOf(node.a, types);
      const b = constantOf(node.b, types);
      if (!a || !b || a.base !== b.base) return undefined;
      return { base: undefined, value: types.wrap((a.value - b.value) / BigInt(node.scale), node.type) };
    }
    case 'compare': {
      const a = constantOf(node.a, types);
      const b = constantOf(node.b, types);
      if (!a || !b || a.base !== b.base) return undefined;
      return { base: undefined, value: compareValues(node.op, a.value, b.value) ? 1n : 0n };
    }
    case 'cond': {
      const cond = constantOf(node.cond, types);
      if (!cond || cond.base) return cond?.base ? constantOf(node.a, types) : undefined;
      return constantOf(cond.value !== 0n ? node.a : node.b, types);
    }
    case 'elvis': {
      const a = constantOf(node.a, types);
      if (!a) return undefined;
      return a.base || a.value !== 0n ? a : constantOf(node.b, types);
    }
    case 'lognot':
    case 'neg':
    case 'bitnot': {
      const a = constantOf(node.a, types);
      if (!a) return undefined;
      if (node.k === 'lognot') return { base: undefined, value: !a.base && a.value === 0n ? 1n : 0n };
      if (a.base) return undefined;
      return { base: undefined, value: types.wrap(node.k === 'neg' ? -a.value : ~a.value, node.type) };
    }
    case 'and':
    case 'or': {
      const a = constantOf(node.a, types);
      if (!a) return undefined;
      const first = a.base !== undefined || a.value !== 0n;
      if (first !== (node.k === 'and')) return { base: undefined, value: first ? 1n : 0n };
      const b = constantOf(node.b, types);
      return b && { base: undefined, value: b.base !== undefined || b.value !== 0n ? 1n : 0n };
    }
    default:
      return undefined;
  }
}

/** A character of a string literal: gcc knows `"abc"[1]`. */
function characterOf(node: Node & { k: 'deref' }, types: Types): ConstantValue | undefined {
  const at = constantOf(node.a, types);
  const string = at?.base?.kind === 'global' ? at.base.string : undefined;
  if (!at || !string || types.sizeOf(node.type) !== 1 || at.value < 0n || at.value >= string.length) return undefined;
  return { base: undefined, value: types.wrap(BigInt(string[Number(at.value)]!), node.type) };
}

/** The address of an lvalue with static storage. */
function addressOf(node: Node, types: Types): ConstantValue | undefined {
  switch (node.k) {
    case 'global':
    case 'func':
    case 'staticliteral':
      return { base: node.sym, value: 0n };
    case 'member': {
      const base = addressOf(node.base, types);
      return base && { base: base.base, value: base.value + BigInt(node.offset) };
    }
    case 'deref':
      return constantOf(node.a, types);
    default:
      return undefined;
  }
}

function normalised(base: ConstantValue['base'], value: bigint, node: Node, types: Types): ConstantValue {
  // An offset from a symbol keeps its sign; a plain number is normalised to the type.
  return { base, value: base ? BigInt.asIntN(64, value) : types.wrap(value, node.type) };
}

function plain(op: string, a: bigint, b: bigint, node: Node, types: Types): ConstantValue | undefined {
  const value = arithmetic(op, a, b, types.sizeOf(node.type) * 8);
  return value === undefined ? undefined : { base: undefined, value: types.wrap(value, node.type) };
}

/** Undefined where C leaves it undefined: division by zero, shift out of range. The operands are of the type already. */
export function arithmetic(op: string, a: bigint, b: bigint, bits: number): bigint | undefined {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? undefined : a / b;
    case '%':
      return b === 0n ? undefined : a % b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<<':
      return b < 0n || b >= BigInt(bits) ? undefined : a << b;
    case '>>':
      return b < 0n || b >= BigInt(bits) ? undefined : a >> b;
    default:
      return undefined;
  }
}

export function compareValues(op: string, a: bigint, b: bigint): boolean {
  switch (op) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    default:
      return a >= b;
  }
}
