import type { FunctionSymbol, GlobalSymbol, LocalSymbol } from './parse/scope.ts';
import type { Loc } from './token.ts';
import type { ArrayType, CType, IntType, RecordType } from './types.ts';

/*
 * The typed syntax tree of a function body or an initialiser. Conversions are explicit (`cast` nodes), arrays and functions
 * have decayed to addresses (`addr`), constants are folded. A node is made by sema.ts only, which checks C's constraints.
 */

interface NodeBase {
  readonly type: CType;
  readonly loc: Loc;
  /** Height of the tree below: bounded, so that recursion over it is. */
  readonly depth: number;
  /** Assigns, calls, or runs statements: other operands are saved before it is evaluated. */
  readonly effects: boolean;
}

/** Operators with two operands of one type after conversion. */
export type ArithOp = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';
export type CompareOp = '==' | '!=' | '<' | '>' | '<=' | '>=';

export type Node = NumNode | OtherNode;

/** An integer or a pointer with a known value, normalised to its type (pointers as unsigned). */
export interface NumNode extends NodeBase {
  readonly k: 'num';
  readonly value: bigint;
  /** An integer constant expression in C's sense: `(void *)` of such a zero is a null pointer constant. */
  readonly ice: boolean;
}
export interface VarNode extends NodeBase {
  readonly k: 'var';
  readonly sym: LocalSymbol;
}
export interface MemberNode extends NodeBase {
  readonly k: 'member';
  /** An lvalue of struct type, or a struct value (the result of a call). */
  readonly base: Node;
  readonly offset: number;
  /** Of a bit-field: `bit` counts from `offset`. */
  readonly bits?: { readonly bit: number; readonly width: number };
}
export interface CallNode extends NodeBase {
  readonly k: 'call';
  /** A pointer to function, or the function itself. */
  readonly fn: Node;
  readonly args: readonly Node[];
}
export interface BuiltinNode extends NodeBase {
  readonly k: 'builtin';
  readonly name: BuiltinOp;
  readonly args: readonly Node[];
}
/** What only the front end can do, after the names that map to plain functions or constants are gone. */
export type BuiltinOp =
  | 'clz'
  | 'ctz'
  | 'ffs'
  | 'popcount'
  | 'parity'
  | 'bswap'
  | 'trap'
  | 'unreachable'
  | 'va_start'
  | 'va_arg'
  | 'va_copy'
  | 'va_end'
  | 'add_overflow'
  | 'sub_overflow'
  | 'mul_overflow';

type OtherNode =
  | (NodeBase & { readonly k: 'str'; readonly type: ArrayType; readonly bytes: Uint8Array })
  | VarNode
  | (NodeBase & { readonly k: 'global'; readonly sym: GlobalSymbol })
  | (NodeBase & { readonly k: 'func'; readonly sym: FunctionSymbol })
  | (NodeBase & { readonly k: 'neg' | 'bitnot' | 'lognot' | 'cast' | 'addr'; readonly a: Node })
  | (NodeBase & { readonly k: 'deref'; readonly a: Node })
  | (NodeBase & { readonly k: 'arith'; readonly op: ArithOp; readonly a: Node; readonly b: Node })
  | (NodeBase & { readonly k: 'compare'; readonly op: CompareOp; readonly a: Node; readonly b: Node })
  /** Pointer plus (or minus) integer times `scale`; `b` has the type ptrdiff_t. */
  | (NodeBase & {
      readonly k: 'offset';
      readonly op: '+' | '-';
      readonly a: Node;
      readonly b: Node;
      readonly scale: number;
    })
  /** Difference of pointers in units of `scale` bytes. */
  | (NodeBase & { readonly k: 'distance'; readonly a: Node; readonly b: Node; readonly scale: number })
  | (NodeBase & { readonly k: 'and' | 'or'; readonly a: Node; readonly b: Node })
  | (NodeBase & { readonly k: 'comma'; readonly a: Node; readonly b: Node })
  | (NodeBase & { readonly k: 'cond'; readonly cond: Node; readonly a: Node; readonly b: Node })
  /** `a ?: b`: `test` was computed once and is the value where it is not zero; both converted to `type`. */
  | (NodeBase & { readonly k: 'elvis'; readonly a: Node; readonly b: Node })
  | (NodeBase & { readonly k: 'assign'; readonly a: Node; readonly b: Node })
  /** `a op= b`, computed in the type `calc` (a pointer's own type with `scale`). `b` is converted already. */
  | (NodeBase & {
      readonly k: 'update';
      readonly op: ArithOp;
      readonly a: Node;
      readonly b: Node;
      readonly calc: CType;
      readonly scale: number;
      /** The value is that before the change (`x++`). */
      readonly old: boolean;
    })
  | MemberNode
  | CallNode
  | BuiltinNode
  | (NodeBase & {
      readonly k: 'block';
      readonly body: BlockStmt;
      readonly value: Node | undefined;
      readonly valueLoc: Loc;
    })
  | (NodeBase & { readonly k: 'literal'; readonly sym: LocalSymbol; readonly init: Initializer })
  | (NodeBase & { readonly k: 'staticliteral'; readonly sym: GlobalSymbol });

/** What an initialiser stores, in order: later ones win. Everything not named is zero. */
export interface InitItem {
  readonly offset: number;
  readonly type: CType;
  readonly bits?: { readonly bit: number; readonly width: number };
  /** Undefined: zeros, where a later initialiser replaces an earlier one of an aggregate. */
  readonly value: Node | undefined;
  readonly loc: Loc;
}
export interface Initializer {
  readonly items: readonly InitItem[];
  /** Bytes of the whole object: more than its type's size where a flexible array member is initialised. */
  readonly size: number;
  readonly loc: Loc;
}

/**
 * Where a statement stands: the scopes around it that have something to do when they are left, innermost first. A variable
 * with `cleanup` opens a region of its own that reaches to the end of its block.
 */
export interface Region {
  readonly parent: Region | undefined;
  readonly depth: number;
  /** Variables of a block, in order of declaration; grows while the block is parsed. */
  readonly locals: LocalSymbol[];
  readonly cleanup?: { readonly sym: LocalSymbol; readonly call: Node };
  /** A jump inside passes declarations by: its variables begin with the block. */
  passedBy: boolean;
}

export interface BlockStmt {
  readonly s: 'block';
  readonly region: Region;
  readonly body: readonly Stmt[];
  readonly loc: Loc;
  /** Of the closing brace. */
  readonly endLoc: Loc;
}
export interface Label {
  readonly name: string;
  loc: Loc;
  region: Region | undefined;
  /** Order of its definition among labels and loops of the function; undefined until defined. */
  order: number | undefined;
  /** Token index of the first goto before it in the source. */
  firstGoto: number | undefined;
  /** A goto after it in the source jumps here: a loop, with this number. */
  loop: number | undefined;
  used: boolean;
}
export interface SwitchCase {
  readonly low: bigint;
  readonly high: bigint;
  readonly region: Region;
  readonly loc: Loc;
}
export interface SwitchInfo {
  readonly type: IntType;
  readonly cases: SwitchCase[];
  fallback: { readonly region: Region; readonly loc: Loc } | undefined;
}

export type Stmt =
  | BlockStmt
  | { readonly s: 'expr'; readonly expr: Node; readonly loc: Loc }
  /** A local variable; `init` undefined leaves it as it is. */
  | {
      readonly s: 'declare';
      readonly sym: LocalSymbol;
      readonly init: Initializer | Node | undefined;
      readonly loc: Loc;
      /** The rest of the block lies in this region (a variable with cleanup). */
      readonly region?: Region;
    }
  | {
      readonly s: 'if';
      readonly cond: Node;
      readonly taken: Stmt;
      readonly otherwise: Stmt | undefined;
      readonly loc: Loc;
      /** Labels stand inside: not dropped even where the condition is constant. */
      readonly takenLabelled: boolean;
      readonly otherwiseLabelled: boolean;
    }
  | {
      readonly s: 'loop';
      /** `do`: the condition comes after the body. */
      readonly post: boolean;
      readonly cond: Node | undefined;
      readonly step: Node | undefined;
      readonly body: Stmt;
      readonly number: number;
      readonly region: Region;
      readonly loc: Loc;
      readonly condLoc: Loc;
      readonly stepLoc: Loc;
    }
  | {
      readonly s: 'switch';
      readonly value: Node;
      readonly info: SwitchInfo;
      readonly body: Stmt;
      readonly region: Region;
      readonly loc: Loc;
    }
  | { readonly s: 'case'; readonly info: SwitchInfo; readonly which: SwitchCase | 'default'; readonly loc: Loc }
  | { readonly s: 'label'; readonly label: Label; readonly loc: Loc }
  | {
      readonly s: 'goto';
      readonly label: Label;
      readonly region: Region;
      readonly loc: Loc;
      /** Set where the label was defined before: one more time around. */
      readonly back: boolean;
    }
  | { readonly s: 'break' | 'continue'; readonly region: Region; readonly loc: Loc }
  | { readonly s: 'return'; readonly value: Node | undefined; readonly region: Region; readonly loc: Loc }
  /** Several statements in place of one (labels before a statement, several declarators). */
  | { readonly s: 'many'; readonly body: readonly Stmt[]; readonly loc: Loc };

export interface FunctionAst {
  readonly params: readonly LocalSymbol[];
  readonly body: BlockStmt;
  readonly loops: number;
  readonly returns: CType | RecordType;
}
