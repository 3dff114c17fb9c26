import type { Loc } from './token.ts';

/** Sizes of the machine that the code is compiled for. Little-endian always; a big-endian profile says so in its report. */
export interface Target {
  /** Bytes of a pointer, of `long` and of `size_t`: 8 (LP64) or 4 (ILP32). */
  readonly wordSize: 4 | 8;
  /** Alignment of `long long` in structs: 8, but 4 on i386. */
  readonly longLongAlign: 4 | 8;
  /** `char` without `signed` or `unsigned`: signed on x86, s390 no, arm no, powerpc no. The kernel builds with -funsigned-char since 6.2. */
  readonly charSigned: boolean;
}

export type CType = VoidType | IntType | PointerType | ArrayType | RecordType | EnumType | FunctionType;

/** Qualifiers are kept only where they matter (`const` data, `volatile` accesses). */
interface Qualified {
  readonly const?: boolean;
  readonly volatile?: boolean;
}
export interface VoidType extends Qualified {
  readonly kind: 'void';
}
export interface IntType extends Qualified {
  readonly kind: 'int';
  /** `_Bool` is an unsigned int of 1 byte with `bool` set. */
  readonly bool?: boolean;
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** Rank for the usual arithmetic conversions: bool 0, char 1, short 2, int 3, long 4, long long 5. */
  readonly rank: 0 | 1 | 2 | 3 | 4 | 5;
  /** Name as C writes it, `unsigned long`. */
  readonly name: string;
}
export interface PointerType extends Qualified {
  readonly kind: 'pointer';
  readonly to: CType;
}
export interface ArrayType extends Qualified {
  readonly kind: 'array';
  readonly of: CType;
  /** undefined: incomplete, or a flexible array member. 0 is GNU's zero-length array. */
  length?: number;
}
export interface RecordType extends Qualified {
  readonly kind: 'struct' | 'union';
  readonly tag?: string;
  /** undefined while incomplete. */
  members?: readonly Member[];
  size: number;
  align: number;
  readonly loc: Loc;
  /** A type that has a size but that the front end does not compute with, by its name in C: `double`, `__int128`, `va_list` cells. */
  readonly opaque?: string;
}
export interface Member {
  /** undefined for an anonymous struct or union, whose members are found through it. */
  readonly name?: string;
  readonly type: CType;
  /** Bytes from the start of the record. */
  readonly offset: number;
  /** For a bit-field: `offset` is that of its storage unit, `bit` the lowest bit inside it. */
  readonly bits?: { readonly bit: number; readonly width: number };
}
export interface EnumType extends Qualified {
  readonly kind: 'enum';
  readonly tag?: string;
  /** The integer type that carries it: unsigned int unless an enumerator needs more or a sign. */
  readonly carrier: IntType;
  readonly names: readonly { readonly name: string; readonly value: bigint }[];
}
export interface FunctionType extends Qualified {
  readonly kind: 'function';
  readonly returns: CType;
  readonly params: readonly { readonly name?: string; readonly type: CType }[];
  readonly variadic: boolean;
}
