import type { FunctionAst } from '../ast.ts';
import type { Loc, Token } from '../token.ts';
import type { CType, EnumType, FunctionType, RecordType } from '../types.ts';

/** What an identifier stands for. */
export type Sym = LocalSymbol | GlobalSymbol | FunctionSymbol | TypedefSymbol | EnumConstant;

interface SymbolBase {
  readonly name: string;
  readonly loc: Loc;
  /**
   * Index of the token that declares it, in its unit. Bodies are parsed late: a file-scope name that was declared after the
   * body is not visible to it.
   */
  readonly at: number;
}
/** A parameter, an automatic variable, or a compound literal inside a function. */
export interface LocalSymbol extends SymbolBase {
  readonly kind: 'local';
  type: CType;
  /** From `aligned`. */
  align: number | undefined;
  /** Its address is used, or it is volatile: it needs a slot. */
  addressed: boolean;
  /** Compound literals have no name in the source. */
  readonly unnamed: boolean;
}
/** An object with static storage: of the file, of a function, a string or a file-scope compound literal. */
export interface GlobalSymbol extends SymbolBase {
  readonly kind: 'global';
  readonly unit: UnitSymbols;
  type: CType;
  align: number | undefined;
  static: boolean;
  weak: boolean;
  /** Set by a definition; `tentative` if without initialiser. */
  defined: boolean;
  data: StaticData | undefined;
  /** The function it is a static local of. */
  readonly inFunction: string | undefined;
  readonly string: Uint8Array | undefined;
}
/** Initial bytes of an object, and where addresses go in them. Shorter than the object: zeros follow. */
export interface StaticData {
  readonly bytes: Uint8Array;
  readonly relocations: readonly {
    readonly at: number;
    readonly target: GlobalSymbol | FunctionSymbol;
    readonly addend: bigint;
  }[];
  /** Bytes of the object, with its flexible array member. */
  readonly size: number;
}
export interface FunctionSymbol extends SymbolBase {
  readonly kind: 'function';
  readonly unit: UnitSymbols;
  type: FunctionType;
  static: boolean;
  inline: boolean;
  weak: boolean;
  definition: FunctionDefinition | undefined;
  /** It is part of a program: how it is linked does not change any more. */
  linked: boolean;
}
/** Where a body stands among the tokens of its unit, and what its parser needs to know. */
export interface FunctionDefinition {
  readonly type: FunctionType;
  readonly paramLocs: readonly Loc[];
  /** From the `{` to the `}`, token indices. */
  readonly start: number;
  readonly end: number;
  readonly loc: Loc;
  readonly endLoc: Loc;
  /** The body, once it was wanted. */
  ast?: FunctionAst;
}
export interface TypedefSymbol extends SymbolBase {
  readonly kind: 'typedef';
  readonly type: CType;
}
export interface EnumConstant extends SymbolBase {
  readonly kind: 'enumerator';
  readonly type: CType;
  readonly value: bigint;
}

/**
 * One level of names: identifiers and tags are apart (C11 6.2.3). A unit's file scope may lie inside that of a prelude, whose
 * names it sees and may declare anew.
 */
export class Scope {
  readonly parent: Scope | undefined;
  readonly kind: 'prelude' | 'file' | 'block';
  readonly names = new Map<string, Sym>();
  readonly tags = new Map<string, RecordType | EnumType>();

  constructor(parent: Scope | undefined, kind: Scope['kind'] = 'block') {
    this.parent = parent;
    this.kind = kind;
  }

  /** The innermost declaration of a name; file-scope ones only if made before token `before`. */
  find(name: string, before: number): Sym | undefined {
    let scope: Scope | undefined = this;
    while (scope) {
      const found = scope.names.get(name);
      if (found && (scope.kind !== 'file' || found.at < before)) return found;
      scope = scope.parent;
    }
    return undefined;
  }

  findTag(name: string): RecordType | EnumType | undefined {
    let scope: Scope | undefined = this;
    while (scope) {
      const found = scope.tags.get(name);
      if (found) return found;
      scope = scope.parent;
    }
    return undefined;
  }
}

/** What a translation unit declares: filled by the top-level pass, and by bodies for what they make of static storage. */
export interface UnitSymbols {
  readonly path: string;
  readonly tokens: readonly Token[];
  readonly scope: Scope;
  readonly functions: FunctionSymbol[];
  readonly globals: GlobalSymbol[];
  /** Functions and objects of file scope, and those that only a block declares `extern`, by name. */
  readonly linkage: Map<string, FunctionSymbol | GlobalSymbol>;
  /** Strings by content, so that equal ones are one object. */
  readonly strings: Map<string, GlobalSymbol>;
  readonly exported: Set<string>;
  readonly initcalls: { readonly level: string; readonly name: string; readonly loc: Loc }[];
  readonly setups: { readonly option: string; readonly name: string; readonly loc: Loc }[];
  /** Bytes of initial data and stores of initialisers so far, against hostile input. */
  dataBytes: number;
  initItems: number;
}
