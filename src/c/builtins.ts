import type { BuiltinOp, Node } from './ast.ts';
import * as E from './errors-parse.ts';
import { makeCall, parseArguments, pointerValue } from './parse/expr.ts';
import { base, cast, decay, integer, isLvalue, num } from './parse/nodes.ts';
import type { Parser } from './parse/parser.ts';
import type { FunctionSymbol } from './parse/scope.ts';
import { addressOf, constantInteger, deref, index, member } from './parse/sema.ts';
import type { Loc, Token } from './token.ts';
import { Tok } from './token.ts';
import type { CType } from './types.ts';
import {
  carrier,
  compatible,
  functionOf,
  isInteger,
  isScalar,
  pointerTo,
  qualified,
  typeName,
  unqualified,
} from './types-ops.ts';

/*
 * `__builtin_…`: gcc's own names. Those that are plain library functions map to the model's functions of that name.
 */

/** Bit operations on the type of their operand: name → operation, operand type. */
const BITS: ReadonlyMap<string, readonly [BuiltinOp, 'uint' | 'ulong' | 'ullong' | 'ushort']> = new Map([
  ['clz', ['clz', 'uint']],
  ['clzl', ['clz', 'ulong']],
  ['clzll', ['clz', 'ullong']],
  ['ctz', ['ctz', 'uint']],
  ['ctzl', ['ctz', 'ulong']],
  ['ctzll', ['ctz', 'ullong']],
  ['ffs', ['ffs', 'uint']],
  ['ffsl', ['ffs', 'ulong']],
  ['ffsll', ['ffs', 'ullong']],
  ['popcount', ['popcount', 'uint']],
  ['popcountl', ['popcount', 'ulong']],
  ['popcountll', ['popcount', 'ullong']],
  ['parity', ['parity', 'uint']],
  ['parityl', ['parity', 'ulong']],
  ['parityll', ['parity', 'ullong']],
  ['bswap16', ['bswap', 'ushort']],
  ['bswap32', ['bswap', 'uint']],
  ['bswap64', ['bswap', 'ullong']],
]);

/** Library functions, with their types: result, then parameters. `...` makes it variadic. */
const LIBRARY: ReadonlyMap<string, string> = new Map([
  ['memcpy', 'void* void* const* size'],
  ['memmove', 'void* void* const* size'],
  ['memset', 'void* void* int size'],
  ['memcmp', 'int const* const* size'],
  ['memchr', 'void* const* int size'],
  ['strlen', 'size text'],
  ['strcmp', 'int text text'],
  ['strncmp', 'int text text size'],
  ['strcpy', 'char* char* text'],
  ['strncpy', 'char* char* text size'],
  ['strcat', 'char* char* text'],
  ['strchr', 'char* text int'],
  ['strrchr', 'char* text int'],
  ['strstr', 'char* text text'],
  ['sprintf', 'int char* text ...'],
  ['snprintf', 'int char* size text ...'],
  ['vsprintf', 'int char* text va'],
  ['vsnprintf', 'int char* size text va'],
]);

/** Answers undefined where the name is none of gcc's. The current token is the name. */
export function parseBuiltin(p: Parser, token: Token): Node | undefined {
  if (token.text.startsWith('__sync_') || token.text.startsWith('__atomic_')) return synchronisation(p, token);
  if (!token.text.startsWith('__builtin_')) return undefined;
  const name = token.text.slice('__builtin_'.length);
  const { loc } = token;
  p.next();
  p.expect('(');
  p.nest();
  const node = special(p, name, loc) ?? bitOperation(p, name, loc) ?? simple(p, name, loc) ?? library(p, name, loc);
  p.unnest();
  if (!node) throw E.unsupported(p.place(loc), `the built-in function ${token.text}`, 'It is not executed.');
  return node;
}

function synchronisation(p: Parser, token: Token): Node {
  if (token.text === '__sync_synchronize') {
    p.next();
    p.expect('(');
    p.expect(')');
    return cast(p, num(p, 0n, p.types.int, token.loc), p.types.void);
  }
  throw E.unsupported(
    p.place(token.loc),
    `the built-in function ${token.text}`,
    "Use the kernel's atomic_*() functions.",
  );
}

/** Those whose arguments are types, or are not evaluated, or decide what is. The `(` is behind. */
function special(p: Parser, name: string, loc: Loc): Node | undefined {
  switch (name) {
    case 'offsetof':
      return offsetOf(p, loc);
    case 'types_compatible_p': {
      const a = p.typeName();
      p.expect(',');
      const b = p.typeName();
      p.expect(')');
      return num(p, compatible(unqualified(a), unqualified(b)) ? 1n : 0n, p.types.int, loc);
    }
    case 'choose_expr': {
      const cond = constantInteger(p, p.assignment(), 'the first argument of __builtin_choose_expr') !== 0n;
      p.expect(',');
      const first = cond ? p.assignment() : p.unevaluatedly(() => p.assignment());
      p.expect(',');
      const second = cond ? p.unevaluatedly(() => p.assignment()) : p.assignment();
      p.expect(')');
      return cond ? first : second;
    }
    case 'constant_p': {
      const node = p.unevaluatedly(() => p.expression());
      p.expect(')');
      return num(p, node.k === 'num' || node.k === 'str' ? 1n : 0n, p.types.int, loc);
    }
    case 'classify_type': {
      const node = p.unevaluatedly(() => decay(p, p.expression()));
      p.expect(')');
      return num(p, classOf(node.type), p.types.int, loc);
    }
    case 'object_size':
    case 'dynamic_object_size': {
      p.unevaluatedly(() => p.assignment());
      p.expect(',');
      const kind = constantInteger(p, p.assignment(), `the second argument of __builtin_${name}`);
      p.expect(')');
      return num(p, kind >= 2n ? 0n : -1n, p.types.sizeT, loc, false);
    }
    case 'va_arg': {
      const list = vaList(p, p.assignment());
      p.expect(',');
      const type = p.typeName();
      p.expect(')');
      if (!isScalar(type) || p.types.sizeOf(type) > 8) {
        throw E.unsupported(
          p.place(loc),
          `an argument of type '${typeName(type)}'`,
          'Only integers and pointers are passed.',
        );
      }
      return { k: 'builtin', ...base(p, unqualified(type), loc, [list], true), name: 'va_arg', args: [list] };
    }
    case 'has_attribute':
      p.unevaluatedly(() => (p.startsType(p.tok) ? void p.typeName() : void p.assignment()));
      while (!p.is(')') && p.tok.kind !== Tok.Eof) p.next();
      p.expect(')');
      return num(p, 0n, p.types.int, loc);
    default:
      return undefined;
  }
}

function classOf(type: CType): bigint {
  switch (type.kind) {
    case 'void':
      return 0n;
    case 'int':
    case 'enum':
      return 1n;
    case 'pointer':
      return 5n;
    case 'struct':
      return type.opaque === '__int128' ? 1n : type.opaque ? 8n : 12n;
    case 'union':
      return 13n;
    default:
      return 5n;
  }
}

/** "__builtin_offsetof" "(" type-name "," member ("." member | "[" expr "]")* ")" */
function offsetOf(p: Parser, loc: Loc): Node {
  const type = p.typeName();
  p.expect(',');
  const zero = num(p, 0n, pointerTo(type), loc);
  let node = deref(p, zero, loc);
  let first = true;
  for (;;) {
    if (first || p.eat('.')) {
      if (p.tok.kind !== Tok.Ident) throw E.expectedToken(p.place(p.loc), 'the name of a member', p.describe(p.tok));
      const token = p.next();
      node = member(p, node, token.text, token.loc);
      first = false;
    } else if (p.is('[')) {
      const at = p.next().loc;
      node = index(p, node, p.expression(), at);
      p.expect(']');
    } else break;
  }
  p.expect(')');
  const result = cast(p, addressOf(p, node, loc), p.types.sizeT, loc);
  return result.k === 'num' ? num(p, result.value, p.types.sizeT, loc) : result;
}

function bitOperation(p: Parser, name: string, loc: Loc): Node | undefined {
  const known = BITS.get(name);
  if (!known) return undefined;
  const [op, operand] = known;
  const [arg] = exactly(p, name, 1, loc);
  const type = p.types[operand];
  const value = cast(p, integer(p, arg!, `__builtin_${name}`), type);
  const result = op === 'bswap' ? type : p.types.int;
  if (value.k === 'num') {
    const folded = bitValue(op, value.value, type.size * 8);
    if (folded !== undefined) return num(p, folded, result, loc);
  }
  return { k: 'builtin', ...base(p, result, loc, [value]), name: op, args: [value] };
}

/** Undefined where gcc leaves it undefined: clz and ctz of 0. */
function bitValue(op: BuiltinOp, value: bigint, bits: number): bigint | undefined {
  const digits = value.toString(2);
  const ones = digits.replaceAll('0', '').length;
  switch (op) {
    case 'clz':
      return value === 0n ? undefined : BigInt(bits - digits.length);
    case 'ctz':
      return value === 0n ? undefined : BigInt(digits.length - 1 - digits.lastIndexOf('1'));
    case 'ffs':
      return value === 0n ? 0n : BigInt(digits.length - digits.lastIndexOf('1'));
    case 'popcount':
      return BigInt(ones);
    case 'parity':
      return BigInt(ones & 1);
    default: {
      let swapped = 0n;
      for (let shift = 0n; shift < BigInt(bits); shift += 8n) swapped = (swapped << 8n) | ((value >> shift) & 0xffn);
      return swapped;
    }
  }
}

function exactly(p: Parser, name: string, count: number, loc: Loc): Node[] {
  const args = parseArguments(p);
  if (args.length !== count) throw E.argumentCount(p.place(loc), `__builtin_${name}`, `${count}`, args.length);
  return args;
}

/** Those that look like functions but have no counterpart in the model. */
function simple(p: Parser, name: string, loc: Loc): Node | undefined {
  switch (name) {
    case 'expect':
    case 'expect_with_probability': {
      const args = exactly(p, name, name === 'expect' ? 2 : 3, loc);
      return cast(p, integer(p, args[0]!, `__builtin_${name}`), p.types.long);
    }
    case 'assume_aligned': {
      const args = parseArguments(p);
      if (args.length === 0) throw E.argumentCount(p.place(loc), `__builtin_${name}`, 'at least 2', 0);
      return cast(p, pointerValue(p, args[0]!, '__builtin_assume_aligned'), p.types.voidPtr);
    }
    case 'unreachable':
    case 'trap':
      exactly(p, name, 0, loc);
      return { k: 'builtin', ...base(p, p.types.void, loc, [], true), name, args: [] };
    case 'prefetch': {
      const args = parseArguments(p);
      const first = args[0] ?? num(p, 0n, p.types.int, loc);
      return cast(p, decay(p, first), p.types.void);
    }
    case 'return_address':
    case 'frame_address':
    case 'extract_return_addr':
      exactly(p, name, 1, loc);
      return num(p, 0n, p.types.voidPtr, loc, false);
    case 'va_start': {
      const args = parseArguments(p);
      if (args.length < 1) throw E.argumentCount(p.place(loc), '__builtin_va_start', '2', args.length);
      if (!p.fn?.variadic) throw E.misplaced(p.place(loc), 'va_start', 'a function with variable arguments');
      return vaOperation(p, 'va_start', [vaList(p, args[0]!)], loc);
    }
    case 'va_end':
      return vaOperation(p, 'va_end', [vaList(p, exactly(p, name, 1, loc)[0]!)], loc);
    case 'va_copy': {
      const [to, from] = exactly(p, name, 2, loc);
      return vaOperation(p, 'va_copy', [vaList(p, to!), vaList(p, from!)], loc);
    }
    case 'add_overflow':
    case 'sub_overflow':
    case 'mul_overflow':
      return overflow(p, name, loc);
    default:
      return undefined;
  }
}

function vaList(p: Parser, node: Node): Node {
  if (!isLvalue(node) || !compatible(unqualified(node.type), p.types.vaList)) {
    throw E.invalidOperands(p.place(node.loc), 'an operation on va_list', [typeName(node.type)]);
  }
  return node;
}
function vaOperation(p: Parser, name: BuiltinOp, args: Node[], loc: Loc): Node {
  return { k: 'builtin', ...base(p, p.types.void, loc, args, true), name, args };
}

/** `__builtin_add_overflow(a, b, &result)`: exact where both operands fit the result's type. */
function overflow(p: Parser, name: 'add_overflow' | 'sub_overflow' | 'mul_overflow', loc: Loc): Node {
  const [l, r, out] = exactly(p, name, 3, loc);
  const pointer = pointerValue(p, out!, `__builtin_${name}`);
  const to = pointer.type.kind === 'pointer' ? unqualified<CType>(pointer.type.to) : undefined;
  if (!to || !isInteger(to)) throw E.invalidOperands(p.place(loc), `__builtin_${name}`, [typeName(pointer.type)]);
  const target = carrier(to);
  const operands = [l!, r!].map((node) => {
    const value = integer(p, node, `__builtin_${name}`);
    const from = isInteger(value.type) ? carrier(value.type) : undefined;
    const fits =
      value.k === 'num'
        ? p.types.wrap(value.value, target) === value.value
        : from !== undefined &&
          (from.signed === target.signed ? from.size <= target.size : !from.signed && from.size < target.size);
    if (!fits) {
      throw E.unsupported(
        p.place(node.loc),
        `__builtin_${name} of '${typeName(value.type)}' into '${typeName(to)}'`,
        'Operands that do not fit the type of the result are not executed.',
      );
    }
    return cast(p, value, target);
  });
  const args = [...operands, pointer];
  return { k: 'builtin', ...base(p, p.types.bool, loc, args, true), name, args };
}

/** A function of the C library. */
function library(p: Parser, name: string, loc: Loc): Node | undefined {
  const spec = LIBRARY.get(name);
  if (spec === undefined) return undefined;
  const args = parseArguments(p);
  const [only] = args;
  if (name === 'strlen' && args.length === 1 && only!.k === 'str') {
    const end = only!.bytes.indexOf(0);
    return num(p, BigInt(end), p.types.sizeT, loc, false);
  }
  const sym = declareLibrary(p, name, spec, loc);
  return makeCall(p, { k: 'func', ...base(p, sym.type, loc, []), sym }, args, loc);
}

/** The one the unit declares, else one that is declared here. */
function declareLibrary(p: Parser, name: string, spec: string, loc: Loc): FunctionSymbol {
  const known = p.unit.linkage.get(name);
  if (known?.kind === 'function') return known;
  const { types } = p;
  const typeOf = (word: string): CType => {
    switch (word) {
      case 'void*':
        return types.voidPtr;
      case 'const*':
        return pointerTo(qualified(types.void, { const: true }));
      case 'char*':
        return types.charPtr;
      case 'text':
        return pointerTo(qualified(types.char, { const: true }));
      case 'size':
        return types.sizeT;
      case 'va':
        return types.vaList;
      default:
        return types.int;
    }
  };
  const words = spec.split(' ');
  const variadic = words.at(-1) === '...';
  const params = words.slice(1, variadic ? -1 : undefined).map((word) => ({ type: typeOf(word) }));
  const sym: FunctionSymbol = {
    kind: 'function',
    unit: p.unit,
    name,
    loc,
    at: p.pos,
    type: functionOf(typeOf(words[0]!), params, variadic),
    static: false,
    inline: false,
    weak: false,
    definition: undefined,
    linked: false,
  };
  p.unit.functions.push(sym);
  p.unit.linkage.set(name, sym);
  return sym;
}
