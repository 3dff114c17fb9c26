import type { UnitText } from './same-text.ts';
import type { Loc, LocationTable } from './token.ts';
import type { CType, Target } from './types.ts';

/*
 * The intermediate representation: functions as graphs of basic blocks over typed registers. The front end lowers to it,
 * every executor runs it, nothing else knows C.
 *
 * - Expressions are pure: registers, constants, addresses and arithmetic. Whatever touches memory or calls is an
 *   instruction of its own, so that an execution can stop before every access, switch threads there, and go back there.
 * - A C variable lives in a register unless its address is taken or it is not a scalar: then in a slot of the frame.
 * - Registers hold i32 or i64. A C integer narrower than 32 bits sits in an i32, sign- or zero-extended as its type says
 *   (canonical): whoever writes the register has normalised it. Pointers are i64 (wordSize 8) or i32 (wordSize 4).
 * - Signed arithmetic wraps (the kernel builds with -fno-strict-overflow).
 * - Constants are canonical too: an i32 is `value | 0`, an i64 is `BigInt.asIntN(64, value)`.
 * - Lowering a body may append to `Program.globals` (its strings, `__func__`, static locals) and to `Program.functions` (what
 *   only a block-scope `extern` declares): indices never change, but whoever lays out globals does so after asking for bodies.
 * - A slot is addressable only between `enter` and `leave`; a frame that ends takes its slots along. `enter` of a live slot
 *   starts its life anew. `leave` of one that was not entered does nothing.
 * - A parameter of struct type arrives as the address of the caller's object; the callee copies it first of all.
 * - The cells of a variadic call without extra arguments are the null pointer.
 */

export type RegType = 'i32' | 'i64';
/** Width and extension of a memory access. Loads of 8 and 16 bits go to i32, of 32 to i32, of 64 to i64. */
export type MemType = 's8' | 'u8' | 's16' | 'u16' | '32' | '64';

export type BinaryOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'divs'
  | 'divu'
  | 'rems'
  | 'remu'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl'
  | 'shrs'
  | 'shru'
  | 'eq'
  | 'ne'
  | 'lts'
  | 'ltu'
  | 'les'
  | 'leu'
  | 'gts'
  | 'gtu'
  | 'ges'
  | 'geu';
/** `eqz` answers i32 0/1 for either operand type; the counts answer in the operand's type, `clz` and `ctz` of 0 its width. */
export type UnaryOp = 'eqz' | 'clz' | 'ctz' | 'popcnt';
/** `wrap` i64→i32, `exts`/`extu` i32→i64, the rest i32→i32 normalisation, `bool` any→i32 0/1. */
export type ConvertOp = 'wrap' | 'exts' | 'extu' | 's8' | 'u8' | 's16' | 'u16';

export type Expr =
  | { readonly op: 'i32'; readonly value: number }
  | { readonly op: 'i64'; readonly value: bigint }
  | { readonly op: 'reg'; readonly reg: number }
  /** Address of a slot of this frame, plus bytes. */
  | { readonly op: 'slot'; readonly slot: number; readonly offset: number }
  /** Address of a global (index into {@link Program.globals}), plus bytes. */
  | { readonly op: 'global'; readonly global: number; readonly offset: number }
  /** Address of a function, for pointers to it. */
  | { readonly op: 'func'; readonly func: number }
  | { readonly op: 'unary'; readonly fn: UnaryOp; readonly type: RegType; readonly a: Expr }
  /** `type` is the operands' type; comparisons answer i32. `loc` is for shifts and divisions, which are checked. */
  | {
      readonly op: 'binary';
      readonly fn: BinaryOp;
      readonly type: RegType;
      readonly a: Expr;
      readonly b: Expr;
      readonly loc: Loc;
      /** Bits of the C type of a shift's left operand where narrower than the register never happens (promotion). */
    }
  | { readonly op: 'convert'; readonly fn: ConvertOp; readonly a: Expr }
  /** Both sides are evaluated (they are pure); `cond` is i32. */
  | { readonly op: 'select'; readonly type: RegType; readonly cond: Expr; readonly a: Expr; readonly b: Expr };

export type Callee =
  /** A function by index into {@link Program.functions}: with a body, or a native or stub without one. */
  | { readonly kind: 'direct'; readonly func: number }
  | { readonly kind: 'indirect'; readonly address: Expr; readonly signature: Signature };

export interface Signature {
  readonly params: readonly RegType[];
  readonly result?: RegType;
  /** The arguments after the named ones are written as 8-byte cells into a slot, whose address is passed as one more argument. */
  readonly variadic: boolean;
}

export type Instr =
  /** A C statement (or the condition of one) begins here: the unit of steps, coverage and budgets. */
  | { readonly op: 'stmt'; readonly loc: Loc }
  /** The head of a loop, once for each time around. Loops are numbered within their function in source order. */
  | { readonly op: 'loop'; readonly loop: number; readonly loc: Loc }
  | { readonly op: 'set'; readonly dst: number; readonly value: Expr; readonly loc: Loc }
  | {
      readonly op: 'load';
      readonly dst: number;
      readonly mem: MemType;
      readonly addr: Expr;
      readonly loc: Loc;
      /** Part of a wider whole (bit-fields, padding): unwritten bytes are not an error. */
      readonly partial?: boolean;
      readonly volatile?: boolean;
    }
  | {
      readonly op: 'store';
      readonly mem: MemType;
      readonly addr: Expr;
      readonly value: Expr;
      readonly loc: Loc;
      readonly volatile?: boolean;
    }
  /** Struct assignment: bytes and their initialisedness move together. Ranges are the same or disjoint. */
  | { readonly op: 'copy'; readonly dst: Expr; readonly src: Expr; readonly size: number; readonly loc: Loc }
  | { readonly op: 'zero'; readonly dst: Expr; readonly size: number; readonly loc: Loc }
  | {
      readonly op: 'call';
      readonly dst?: number;
      readonly callee: Callee;
      readonly args: readonly Expr[];
      readonly loc: Loc;
    }
  /** A slot's life begins (its bytes become uninitialised) or ends (its bytes become unaddressable). */
  | { readonly op: 'enter'; readonly slot: number; readonly loc: Loc }
  | { readonly op: 'leave'; readonly slot: number; readonly loc: Loc };

export type Terminator =
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'branch'; readonly cond: Expr; readonly then: number; readonly else: number; readonly loc: Loc }
  | {
      readonly op: 'switch';
      readonly value: Expr;
      readonly type: RegType;
      readonly cases: readonly { readonly low: bigint; readonly high: bigint; readonly to: number }[];
      readonly default: number;
      readonly signed: boolean;
      readonly loc: Loc;
    }
  | { readonly op: 'return'; readonly value?: Expr; readonly loc: Loc }
  /** Reached only if the code under review breaks a promise (`__builtin_unreachable`, falling off a value-returning function whose value is used). */
  | { readonly op: 'unreachable'; readonly why: string; readonly loc: Loc };

export interface Block {
  readonly instrs: readonly Instr[];
  readonly end: Terminator;
}

export interface Register {
  readonly type: RegType;
  /** Set for C variables and parameters; temporaries have none. A named one may be read before it is written: the machine reports it. */
  readonly variable?: { readonly name: string; readonly type: CType; readonly loc: Loc };
}
export interface Slot {
  readonly size: number;
  readonly align: number;
  readonly variable?: { readonly name: string; readonly type: CType; readonly loc: Loc };
}

export interface FunctionBody {
  readonly registers: readonly Register[];
  readonly slots: readonly Slot[];
  /** Entry is block 0. */
  readonly blocks: readonly Block[];
  readonly loops: number;
}

export interface IrFunction {
  /** Unique in the program; file-local ones of the same name get `name@path`. */
  readonly name: string;
  /** The name in the source. */
  readonly plainName: string;
  readonly type: CType;
  readonly signature: Signature;
  /** Registers that receive the parameters: the first `signature.params.length` registers (+1 for the variadic cells). A struct result is written through a hidden first pointer parameter. */
  readonly file: string;
  /** From the first token of the definition to its closing brace. */
  readonly loc: Loc;
  readonly endLoc: Loc;
  /** Lowered when first asked for, then kept. undefined: no body in this program (native or stub). Throws CodedError for what the front end does not take. */
  body(): FunctionBody | undefined;
  readonly static: boolean;
  readonly inline: boolean;
  /** Where its body stands among the tokens of its unit; `open`: bodies may still bring declarations into that unit. */
  readonly source?: {
    readonly unit: UnitText;
    readonly start: number;
    readonly end: number;
    readonly open: boolean;
  };
}

export interface IrGlobal {
  readonly name: string;
  readonly type: CType;
  readonly size: number;
  readonly align: number;
  readonly constant: boolean;
  readonly loc: Loc;
  readonly file: string;
  /** Initial bytes; shorter than `size` means zeros follow. */
  readonly bytes: Uint8Array;
  /** Words inside `bytes` to be filled with addresses. */
  readonly relocations: readonly {
    readonly at: number;
    readonly target: { readonly kind: 'global' | 'func'; readonly index: number };
    readonly addend: bigint;
  }[];
  /** Neither initialised nor defined in this program: an `extern` that nothing provides (reported when used). */
  readonly external?: boolean;
  readonly string?: boolean;
}

/** A whole program: translation units linked together. */
export interface Program {
  readonly target: Target;
  readonly functions: readonly IrFunction[];
  readonly globals: readonly IrGlobal[];
  readonly locations: LocationTable;
  functionNamed(name: string): number | undefined;
  globalNamed(name: string): number | undefined;
  /** A struct, union, enum or typedef of any unit, for reading memory by field names. */
  typeNamed(name: string): CType | undefined;
}

/** The blocks that one may go on to, by number. */
export function successors(end: Terminator): readonly number[] {
  switch (end.op) {
    case 'jump':
      return [end.to];
    case 'branch':
      return [end.then, end.else];
    case 'switch':
      return [...end.cases.map((c) => c.to), end.default];
    default:
      return [];
  }
}
