import type { MemType, RegType } from './ir.ts';
import type {
  ArrayType,
  CType,
  EnumType,
  FunctionType,
  IntType,
  Member,
  PointerType,
  RecordType,
  Target,
  VoidType,
} from './types.ts';

/*
 * Making, comparing, naming and converting types. Derived types and qualified variants are shared where that is cheap, but
 * nothing relies on identity except struct, union and enum types: use `compatible`.
 */

interface Qualifiers {
  readonly const?: boolean;
  readonly volatile?: boolean;
}

/** Qualified variants of a type, by qualifier bits (1 const, 2 volatile), and the way back. */
const variants = new WeakMap<CType, (CType | undefined)[]>();
const bases = new WeakMap<CType, CType>();
const pointers = new WeakMap<CType, PointerType>();
const depths = new WeakMap<CType, number>();
/** Alignment where an attribute gave a type another one than its own. */
const alignments = new WeakMap<CType, number>();

/** How many type constructors lie on top of each other: bounds every recursion over types. */
export function typeDepth(type: CType): number {
  return depths.get(type) ?? 0;
}

export function pointerTo(to: CType): PointerType {
  let made = pointers.get(to);
  if (!made) {
    made = { kind: 'pointer', to };
    pointers.set(to, made);
    depths.set(made, typeDepth(to) + 1);
  }
  return made;
}

export function arrayOf(of: CType, length: number | undefined): ArrayType {
  const made: ArrayType = length === undefined ? { kind: 'array', of } : { kind: 'array', of, length };
  depths.set(made, typeDepth(of) + 1);
  return made;
}

export function functionOf(returns: CType, params: FunctionType['params'], variadic: boolean): FunctionType {
  const made: FunctionType = { kind: 'function', returns, params, variadic };
  let deepest = typeDepth(returns);
  for (const param of params) deepest = Math.max(deepest, typeDepth(param.type));
  depths.set(made, deepest + 1);
  return made;
}

/** The type with these qualifiers added. Qualifying an array qualifies its elements (C11 6.7.3p9). */
export function qualified(type: CType, qualifiers: Qualifiers): CType {
  const isConst = (type.const ?? false) || (qualifiers.const ?? false);
  const isVolatile = (type.volatile ?? false) || (qualifiers.volatile ?? false);
  if (isConst === (type.const ?? false) && isVolatile === (type.volatile ?? false)) return type;
  if (type.kind === 'array') return arrayOf(qualified(type.of, qualifiers), type.length);
  if (type.kind === 'function') return type;
  const base = unqualified(type);
  const index = (isConst ? 1 : 0) | (isVolatile ? 2 : 0);
  let made = variants.get(base);
  if (!made) {
    made = [];
    variants.set(base, made);
  }
  const known = made[index];
  if (known) return known;
  const variant: CType = { ...base, ...(isConst && { const: true }), ...(isVolatile && { volatile: true }) };
  made[index] = variant;
  bases.set(variant, base);
  depths.set(variant, typeDepth(base));
  const alignment = alignments.get(type);
  if (alignment !== undefined) alignments.set(variant, alignment);
  return variant;
}

export function unqualified<T extends CType>(type: T): T {
  return (bases.get(type) as T | undefined) ?? type;
}

/** The same type with another alignment (`aligned` on a typedef or a variable's type). */
export function withAlignment(type: CType, align: number): CType {
  const made: CType = { ...type };
  alignments.set(made, align);
  depths.set(made, typeDepth(type));
  if (made.kind === 'struct' || made.kind === 'union' || made.kind === 'enum') bases.set(made, unqualified(type));
  return made;
}

/** Gives an incomplete struct or union its members; its qualified variants get them too. */
export function completeRecord(record: RecordType, members: readonly Member[], size: number, align: number): void {
  for (const each of [record, ...(variants.get(record) ?? [])]) {
    if (!each || (each.kind !== 'struct' && each.kind !== 'union')) continue;
    each.members = members;
    each.size = size;
    each.align = align;
  }
}

/** Takes the members away again: the declaration that gave them failed and is read once more. */
export function reopenRecord(record: RecordType): void {
  for (const each of [record, ...(variants.get(record) ?? [])]) {
    if (!each || (each.kind !== 'struct' && each.kind !== 'union')) continue;
    delete each.members;
    each.size = 0;
    each.align = 1;
  }
}

export function isRecord(type: CType): type is RecordType {
  return type.kind === 'struct' || type.kind === 'union';
}
export function isInteger(type: CType): type is IntType | EnumType {
  return type.kind === 'int' || type.kind === 'enum';
}
export function isScalar(type: CType): boolean {
  return type.kind === 'int' || type.kind === 'enum' || type.kind === 'pointer';
}
export function isVoid(type: CType): type is VoidType {
  return type.kind === 'void';
}
/** A type without a body to compute with: `double`, `__int128`. Undefined for all others. */
export function opaqueName(type: CType): string | undefined {
  return isRecord(type) ? type.opaque : undefined;
}
/** The integer type that carries an enum, or the type itself. */
export function carrier(type: IntType | EnumType): IntType {
  return type.kind === 'enum' ? type.carrier : type;
}
export function isComplete(type: CType): boolean {
  if (type.kind === 'void') return false;
  if (type.kind === 'array') return type.length !== undefined && isComplete(type.of);
  if (isRecord(type)) return type.members !== undefined;
  return true;
}
export function isSigned(type: CType): boolean {
  return isInteger(type) && carrier(type).signed;
}
export function isBool(type: CType): boolean {
  return type.kind === 'int' && type.bool === true;
}
export function isPlainChar(type: CType): boolean {
  return type.kind === 'int' && type.size === 1 && !type.bool;
}

/** Whether two types are compatible (C11 6.2.7). Top-level qualifiers count only where `strict`. */
export function compatible(a: CType, b: CType, strict = false): boolean {
  if (strict && ((a.const ?? false) !== (b.const ?? false) || (a.volatile ?? false) !== (b.volatile ?? false))) {
    return false;
  }
  if (a.kind === 'enum' && b.kind === 'int') return compatible(a.carrier, b);
  if (b.kind === 'enum' && a.kind === 'int') return compatible(a, b.carrier);
  switch (a.kind) {
    case 'void':
      return b.kind === 'void';
    case 'int':
      return b.kind === 'int' && a.rank === b.rank && a.name === b.name;
    case 'pointer':
      return b.kind === 'pointer' && compatible(a.to, b.to, true);
    case 'array':
      return (
        b.kind === 'array' &&
        (a.length === undefined || b.length === undefined || a.length === b.length) &&
        compatible(a.of, b.of, strict)
      );
    case 'struct':
    case 'union':
    case 'enum':
      return unqualified<CType>(a) === unqualified<CType>(b);
    case 'function':
      return (
        b.kind === 'function' &&
        a.variadic === b.variadic &&
        a.params.length === b.params.length &&
        compatible(a.returns, b.returns) &&
        a.params.every((param, i) => compatible(param.type, b.params[i]!.type))
      );
  }
}

/** The type as C writes it, for messages: `struct resource *`, `int (*)(void *)`. */
export function typeName(type: CType): string {
  return declare(type, '');
}
function declare(type: CType, inner: string): string {
  const prefix = (type.const ? 'const ' : '') + (type.volatile ? 'volatile ' : '');
  const suffix = inner === '' ? '' : inner.startsWith('[') ? inner : ` ${inner}`;
  switch (type.kind) {
    case 'void':
      return `${prefix}void${suffix}`;
    case 'int':
      return `${prefix}${type.name}${suffix}`;
    case 'struct':
    case 'union':
      return `${prefix}${type.opaque ?? `${type.kind} ${type.tag ?? '<anonymous>'}`}${suffix}`;
    case 'enum':
      return `${prefix}enum ${type.tag ?? '<anonymous>'}${suffix}`;
    case 'pointer': {
      const star = `*${prefix}${inner}`.trimEnd();
      const wrap = type.to.kind === 'array' || type.to.kind === 'function';
      return declare(type.to, wrap ? `(${star})` : star);
    }
    case 'array':
      return declare(type.of, `${inner}[${type.length ?? ''}]`);
    case 'function': {
      const params = type.params.map((param) => declare(param.type, ''));
      if (type.variadic) params.push('...');
      return declare(type.returns, `${inner}(${params.join(', ') || 'void'})`);
    }
  }
}

/** The basic types of a target, and what depends on its sizes. */
export class Types {
  readonly target: Target;
  readonly void: VoidType = { kind: 'void' };
  readonly bool: IntType = { kind: 'int', bool: true, size: 1, signed: false, rank: 0, name: '_Bool' };
  readonly char: IntType;
  readonly schar: IntType = { kind: 'int', size: 1, signed: true, rank: 1, name: 'signed char' };
  readonly uchar: IntType = { kind: 'int', size: 1, signed: false, rank: 1, name: 'unsigned char' };
  readonly short: IntType = { kind: 'int', size: 2, signed: true, rank: 2, name: 'short' };
  readonly ushort: IntType = { kind: 'int', size: 2, signed: false, rank: 2, name: 'unsigned short' };
  readonly int: IntType = { kind: 'int', size: 4, signed: true, rank: 3, name: 'int' };
  readonly uint: IntType = { kind: 'int', size: 4, signed: false, rank: 3, name: 'unsigned int' };
  readonly long: IntType;
  readonly ulong: IntType;
  readonly llong: IntType = { kind: 'int', size: 8, signed: true, rank: 5, name: 'long long' };
  readonly ullong: IntType = { kind: 'int', size: 8, signed: false, rank: 5, name: 'unsigned long long' };
  readonly sizeT: IntType;
  readonly ptrdiff: IntType;
  readonly voidPtr: PointerType;
  readonly charPtr: PointerType;
  /** A pointer to the next 8-byte cell. */
  readonly vaList: PointerType;
  readonly float: RecordType = opaque('float', 4, 4);
  readonly double: RecordType;
  readonly longDouble: RecordType;
  readonly int128: RecordType = opaque('__int128', 16, 16);
  readonly word: RegType;

  constructor(target: Target) {
    this.target = target;
    const size = target.wordSize;
    this.char = { kind: 'int', size: 1, signed: target.charSigned, rank: 1, name: 'char' };
    this.long = { kind: 'int', size, signed: true, rank: 4, name: 'long' };
    this.ulong = { kind: 'int', size, signed: false, rank: 4, name: 'unsigned long' };
    this.sizeT = size === 8 ? this.ulong : this.uint;
    this.ptrdiff = size === 8 ? this.long : this.int;
    this.voidPtr = pointerTo(this.void);
    this.charPtr = pointerTo(this.char);
    this.vaList = pointerTo(opaque('__builtin_va_list cells', 8, size));
    this.double = opaque('double', 8, target.longLongAlign);
    this.longDouble = size === 8 ? opaque('long double', 16, 16) : opaque('long double', 12, 4);
    this.word = size === 8 ? 'i64' : 'i32';
  }

  /** Bytes. GNU C gives `void` and functions 1; incomplete types answer 0. */
  sizeOf(type: CType): number {
    switch (type.kind) {
      case 'void':
      case 'function':
        return 1;
      case 'int':
        return type.size;
      case 'enum':
        return type.carrier.size;
      case 'pointer':
        return this.target.wordSize;
      case 'array':
        return (type.length ?? 0) * this.sizeOf(type.of);
      default:
        return type.size;
    }
  }

  alignOf(type: CType): number {
    const own = alignments.get(type);
    if (own !== undefined) return own;
    switch (type.kind) {
      case 'void':
      case 'function':
        return 1;
      case 'int':
        return type.size === 8 && this.target.wordSize === 4 ? this.target.longLongAlign : type.size;
      case 'enum':
        return this.alignOf(type.carrier);
      case 'pointer':
        return this.target.wordSize;
      case 'array':
        return this.alignOf(type.of);
      default:
        return type.align;
    }
  }

  /** The register that holds a scalar; addresses of everything else. */
  reg(type: CType): RegType {
    if (type.kind === 'int') return type.size === 8 ? 'i64' : 'i32';
    if (type.kind === 'enum') return type.carrier.size === 8 ? 'i64' : 'i32';
    return this.word;
  }

  mem(type: CType): MemType {
    const int = type.kind === 'enum' ? type.carrier : type;
    if (int.kind !== 'int') return this.target.wordSize === 8 ? '64' : '32';
    switch (int.size) {
      case 1:
        return int.signed ? 's8' : 'u8';
      case 2:
        return int.signed ? 's16' : 'u16';
      case 4:
        return '32';
      default:
        return '64';
    }
  }

  /** Integer promotion (C11 6.3.1.1p2). `width` is that of a bit-field. */
  promote(type: IntType | EnumType, width?: number): IntType {
    const int = carrier(type);
    if (width !== undefined && width < 32 && int.size >= 4) return this.int;
    if (width === 32 && int.size === 8) return int.signed ? this.int : this.uint;
    if (int.size < 4) return this.int;
    return int.rank < 3 ? this.int : unqualified(int);
  }

  /** Usual arithmetic conversions of promoted types (C11 6.3.1.8). */
  common(a: IntType, b: IntType): IntType {
    if (a.rank === b.rank) return unqualified(a.signed ? b : a);
    const [high, low] = a.rank > b.rank ? [a, b] : [b, a];
    if (high.signed === low.signed || !high.signed) return unqualified(high);
    if (high.size > low.size) return unqualified(high);
    return this.unsignedOf(high);
  }

  unsignedOf(type: IntType): IntType {
    const table = [this.bool, this.uchar, this.ushort, this.uint, this.ulong, this.ullong];
    return table[type.rank]!;
  }
  signedOf(type: IntType): IntType {
    const table = [this.bool, this.schar, this.short, this.int, this.long, this.llong];
    return table[type.rank]!;
  }

  /** The value as the type holds it: sign- or zero-extended from its width; `_Bool` tests for zero. */
  wrap(value: bigint, type: CType): bigint {
    if (isBool(type)) return value === 0n ? 0n : 1n;
    const bits = this.sizeOf(type) * 8;
    return isSigned(type) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  }
}

function opaque(name: string, size: number, align: number): RecordType {
  return { kind: 'struct', tag: name, opaque: name, members: [], size, align, loc: 0 };
}
