import type { Place } from '../../base/errors.ts';
import type { Initializer, Label, Node, Region, Stmt, SwitchCase, SwitchInfo } from '../ast.ts';
import * as E from '../errors-parse.ts';
import type { Expr, Signature } from '../ir.ts';
import type { FunctionSymbol, GlobalSymbol, LocalSymbol } from '../parse/scope.ts';
import type { Loc } from '../token.ts';
import type { ArrayType, CType, FunctionType } from '../types.ts';
import type { Types } from '../types-ops.ts';
import { isScalar, isVoid } from '../types-ops.ts';
import { addressOf, branch, computeValue, discard } from './expr.ts';
import { initialise } from './init.ts';
import { FunctionBuilder, INSTRUCTION_LIMIT, isLeaf, isStable } from './ir-build.ts';
import { lowerStatement } from './stmt.ts';

/** The program around the function: indices of what it names. */
export interface LinkHost {
  functionIndex(sym: FunctionSymbol): number;
  globalIndex(sym: GlobalSymbol): number;
  /** The signature that the function of that index has where it is defined, and where that is. */
  definedAs(index: number): { readonly signature: Signature; readonly type: CType; readonly loc: Loc };
  stringGlobal(type: ArrayType, bytes: Uint8Array, loc: Loc): number;
  place(loc: Loc): Place;
}

/** Where a local variable is. */
export type Storage =
  | { readonly in: 'register'; readonly reg: number }
  | { readonly in: 'slot'; readonly slot: number };

/** Where `break` and `continue` go. */
export interface LoopTargets {
  readonly breakTo: number;
  readonly continueTo: number | undefined;
  readonly region: Region;
}

/**
 * One function on its way from the syntax tree to the IR. The rules are in lower-*.ts; those that refer to each other
 * across files are reached through methods here.
 */
export class Lowering {
  readonly b: FunctionBuilder;
  readonly types: Types;
  readonly host: LinkHost;
  readonly returns: CType;
  /** Register with the address for a struct result, and with the cells of variable arguments. */
  resultPointer: number | undefined;
  cells: number | undefined;
  /** Where the statement at hand stands. */
  region: Region;
  readonly targets: LoopTargets[] = [];
  readonly labels = new Map<Label, number>();
  readonly cases = new Map<SwitchCase, number>();
  readonly defaults = new Map<SwitchInfo, number>();
  readonly #storage = new Map<LocalSymbol, Storage>();

  constructor(types: Types, host: LinkHost, returns: CType, region: Region) {
    this.b = new FunctionBuilder((loc) => {
      throw E.functionTooLarge(host.place(loc), INSTRUCTION_LIMIT);
    });
    this.types = types;
    this.host = host;
    this.returns = returns;
    this.region = region;
  }

  value(node: Node): Expr {
    return computeValue(this, node);
  }
  address(node: Node): Expr {
    return addressOf(this, node);
  }
  discard(node: Node): void {
    discard(this, node);
  }
  branch(node: Node, then: number, otherwise: number): void {
    branch(this, node, then, otherwise);
  }
  statement(stmt: Stmt): void {
    lowerStatement(this, stmt);
  }
  initialise(address: Expr, init: Initializer): void {
    initialise(this, address, init);
  }

  /** A value that stays what it is while `later` is evaluated. */
  kept(e: Expr, type: CType, later: boolean, loc: Loc): Expr {
    if (!later || isStable(e, this.b.registers)) return e;
    return this.b.temp(this.types.reg(type), e, loc);
  }
  /** A value that is used more than once. */
  once(e: Expr, type: CType, loc: Loc): Expr {
    if (isLeaf(e) && isStable(e, this.b.registers)) return e;
    return this.b.temp(this.types.reg(type), e, loc);
  }

  storage(sym: LocalSymbol): Storage {
    let known = this.#storage.get(sym);
    if (!known) {
      known = needsSlot(sym)
        ? { in: 'slot', slot: this.#slotFor(sym) }
        : { in: 'register', reg: this.#registerFor(sym) };
      this.#storage.set(sym, known);
    }
    return known;
  }
  /** A parameter that stays in the register it arrives in. */
  bind(sym: LocalSymbol, reg: number): void {
    this.#storage.set(sym, { in: 'register', reg });
  }
  #slotFor(sym: LocalSymbol): number {
    const align = Math.max(sym.align ?? 1, this.types.alignOf(sym.type));
    const { name, type, loc } = sym;
    return this.b.slot(this.types.sizeOf(type), align, { name, type, loc });
  }
  #registerFor(sym: LocalSymbol): number {
    const { name, type, loc } = sym;
    return this.b.register(this.types.reg(type), { name, type, loc });
  }
}

export function needsSlot(sym: LocalSymbol): boolean {
  return sym.addressed || !isScalar(sym.type);
}

/** How a function is called: its parameters as registers, a struct result through a hidden first pointer. */
export function signatureOf(types: Types, type: FunctionType): Signature {
  // Programs share units, and with them types.
  let known = signatures.get(types);
  if (!known) signatures.set(types, (known = new WeakMap()));
  let signature = known.get(type);
  if (!signature) known.set(type, (signature = makeSignature(types, type)));
  return signature;
}

const signatures = new WeakMap<Types, WeakMap<FunctionType, Signature>>();

function makeSignature(types: Types, type: FunctionType): Signature {
  const params = type.params.map((param) => types.reg(param.type));
  if (!isVoid(type.returns) && !isScalar(type.returns)) {
    return { params: [types.word, ...params], variadic: type.variadic };
  }
  if (isVoid(type.returns)) return { params, variadic: type.variadic };
  return { params, result: types.reg(type.returns), variadic: type.variadic };
}
export function sameSignature(a: Signature, b: Signature): boolean {
  return (
    a.variadic === b.variadic &&
    a.result === b.result &&
    a.params.length === b.params.length &&
    a.params.every((param, i) => param === b.params[i])
  );
}
