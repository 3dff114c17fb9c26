import type { Node } from '../c/ast.ts';
import type { Program } from '../c/ir.ts';
import { LinkedProgram } from '../c/link.ts';
import type { CType } from '../c/types.ts';
import { isRecord, isSigned, typeName } from '../c/types-ops.ts';
import { notReadable, sideEffects } from './errors.ts';
import type { Value, Values } from './values.ts';

/** Finds a variable in sight by its name. */
export type Variables = (name: string) => Value | undefined;

/**
 * Computes what an expression has for a value in a stopped machine (C11 6.5). Reads memory, changes nothing: what would assign
 * or call is refused (D003), and so is reading what is not there (D004).
 */
export function evaluate(values: Values, program: Program, variables: Variables, node: Node): Value {
  const { types } = values;

  /** The value of an operand. */
  const scalar = (of: Node): bigint => {
    const value = walk(of);
    const found = values.scalar(value);
    if (found === undefined) throw notReadable(typeName(value.type));
    return found;
  };
  const computed = (value: bigint, type: CType): Value => ({
    type,
    scalar: BigInt.asUintN(64, types.wrap(value, type)),
  });
  const bool = (value: boolean, type: CType): Value => computed(value ? 1n : 0n, type);
  const operand = (value: bigint, type: CType): bigint => (isSigned(type) ? value : BigInt.asUintN(64, value));

  function walk(at: Node): Value {
    switch (at.k) {
      case 'num':
        return computed(at.value, at.type);
      case 'var': {
        const found = variables(at.sym.name);
        if (!found) throw notReadable(at.sym.name);
        return found;
      }
      case 'global': {
        if (!(program instanceof LinkedProgram)) throw notReadable(at.sym.name);
        const index = program.globalIndex(at.sym);
        return { type: at.type, address: values.machine.memory.addressOfGlobal(index) };
      }
      case 'func': {
        if (!(program instanceof LinkedProgram)) throw notReadable(at.sym.name);
        const index = program.functionIndex(at.sym);
        return { type: at.type, address: values.machine.memory.addressOfFunction(index) };
      }
      case 'neg':
        return computed(-scalar(at.a), at.type);
      case 'bitnot':
        return computed(~scalar(at.a), at.type);
      case 'lognot':
        return bool(scalar(at.a) === 0n, at.type);
      case 'cast': {
        if (at.type.kind === 'void') return { type: at.type };
        const inner = walk(at.a);
        if (isRecord(at.type)) return inner;
        const value = values.scalar(inner);
        if (value === undefined) throw notReadable(typeName(inner.type));
        return computed(
          inner.type.kind === 'pointer' ? BigInt.asIntN(types.target.wordSize * 8, value) : value,
          at.type,
        );
      }
      case 'addr': {
        const place = walk(at.a);
        if (place.address === undefined || place.bits) throw notReadable('the address of what is in a register');
        return computed(place.address, at.type);
      }
      case 'deref':
        return { type: at.type, address: BigInt.asUintN(types.target.wordSize * 8, scalar(at.a)) };
      case 'member': {
        const base = walk(at.base);
        if (base.address === undefined) throw notReadable(typeName(base.type));
        const address = base.address + BigInt(at.offset);
        return at.bits ? { type: at.type, address, bits: at.bits } : { type: at.type, address };
      }
      case 'arith': {
        const a = operand(scalar(at.a), at.a.type);
        const b = scalar(at.b);
        switch (at.op) {
          case '+':
            return computed(a + b, at.type);
          case '-':
            return computed(a - b, at.type);
          case '*':
            return computed(a * b, at.type);
          case '&':
            return computed(a & b, at.type);
          case '|':
            return computed(a | b, at.type);
          case '^':
            return computed(a ^ b, at.type);
          case '/':
          case '%':
            if (b === 0n) throw notReadable('a division by zero');
            return computed(at.op === '/' ? a / b : a % b, at.type);
          default: {
            const bits = BigInt(types.sizeOf(at.type) * 8);
            if (b < 0n || b >= bits) throw notReadable(`a shift by ${b}`);
            return computed(at.op === '<<' ? a << b : a >> b, at.type);
          }
        }
      }
      case 'compare': {
        const [a, b] = [operand(scalar(at.a), at.a.type), operand(scalar(at.b), at.b.type)];
        const holds = { '==': a === b, '!=': a !== b, '<': a < b, '>': a > b, '<=': a <= b, '>=': a >= b }[at.op];
        return bool(holds, at.type);
      }
      case 'offset': {
        const by = BigInt.asIntN(64, scalar(at.b)) * BigInt(at.scale);
        return computed(at.op === '+' ? scalar(at.a) + by : scalar(at.a) - by, at.type);
      }
      case 'distance':
        return computed((scalar(at.a) - scalar(at.b)) / BigInt(at.scale), at.type);
      case 'and':
        return bool(scalar(at.a) !== 0n && scalar(at.b) !== 0n, at.type);
      case 'or':
        return bool(scalar(at.a) !== 0n || scalar(at.b) !== 0n, at.type);
      case 'comma':
        walk(at.a);
        return walk(at.b);
      case 'cond':
        return walk(scalar(at.cond) === 0n ? at.b : at.a);
      case 'elvis': {
        const first = scalar(at.a);
        return first === 0n ? walk(at.b) : computed(first, at.type);
      }
      case 'assign':
      case 'update':
        throw sideEffects('assigns');
      case 'call':
      case 'builtin':
        throw sideEffects('calls a function');
      default:
        throw sideEffects('makes an object');
    }
  }
  return walk(node);
}
