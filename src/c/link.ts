import type { CodedError } from '../base/errors.ts';
import * as E from './errors-parse.ts';
import type { FunctionBody, IrFunction, IrGlobal, Program, Signature } from './ir.ts';
import { lowerFunction } from './lower/func.ts';
import type { LinkHost } from './lower/lower.ts';
import { sameSignature, signatureOf } from './lower/lower.ts';
import type { Parser } from './parse/parser.ts';
import type { FunctionSymbol, GlobalSymbol, UnitSymbols } from './parse/scope.ts';
import { asCoded, parseFunctionBody } from './parse/top.ts';
import type { Loc, LocationTable } from './token.ts';
import type { ArrayType, CType, Target } from './types.ts';
import { isComplete, type Types } from './types-ops.ts';

/** A parsed unit on its way into a program. */
export interface ParsedUnit {
  readonly parser: Parser;
  readonly symbols: UnitSymbols;
  readonly weak: boolean;
  readonly private: boolean;
  /** What the top-level pass declared; bodies, which are parsed later, may declare more. */
  readonly functions: number;
  readonly globals: number;
}

type Named = FunctionSymbol | GlobalSymbol;
interface Definition {
  readonly sym: Named;
  readonly unit: ParsedUnit;
  /** 3 of a unit, 2 tentative, 1 weak attribute or unit. */
  readonly strength: number;
}

const TYPE_WORDS = /^(struct|union|enum)\s+/;

/**
 * Units linked to one program. A name with external linkage has one definition: that of an ordinary unit before one that is
 * weak, an initialised object before a tentative one, the earlier before the later.
 */
export class LinkedProgram implements Program, LinkHost {
  readonly target: Target;
  readonly functions: IrFunction[] = [];
  readonly globals: IrGlobal[] = [];
  readonly locations: LocationTable;
  readonly errors: CodedError[] = [];
  readonly #types: Types;
  readonly #units: readonly ParsedUnit[];
  readonly #definitions = new Map<string, Definition>();
  /** Names with external linkage keep their plain form; file-local ones give way. */
  readonly #externalNames = new Set<string>();
  readonly #functionNames = new Map<string, number>();
  readonly #globalNames = new Map<string, number>();
  /** Where each function is defined or first declared. */
  readonly #signatures: { signature: Signature; type: CType; loc: Loc }[] = [];
  readonly #unitOf = new Map<UnitSymbols, ParsedUnit>();
  /** By function index. */
  readonly #homes: ParsedUnit[] = [];
  readonly #functionIndices = new Map<FunctionSymbol, number>();
  readonly #globalIndices = new Map<GlobalSymbol, number>();
  readonly #strings = new Map<string, number>();
  /** Functions that are declared but defined nowhere. */
  readonly #externals = new Map<string, number>();

  constructor(units: readonly ParsedUnit[], types: Types, target: Target, locations: LocationTable) {
    this.#units = units;
    this.#types = types;
    this.target = target;
    this.locations = locations;
    for (const unit of units) {
      this.#unitOf.set(unit.symbols, unit);
      this.#collect(unit);
    }
    for (const unit of units) {
      for (const sym of unit.symbols.functions.slice(0, unit.functions)) this.functionIndex(sym);
      // Strings and literals come in when something refers to them.
      for (const sym of unit.symbols.globals.slice(0, unit.globals))
        if (sym.name !== '' && sym.inFunction === undefined) this.globalIndex(sym);
    }
  }

  #collect(unit: ParsedUnit): void {
    const { functions, globals } = unit.symbols;
    for (const sym of [...functions.slice(0, unit.functions), ...globals.slice(0, unit.globals)]) {
      const defined = sym.kind === 'function' ? sym.definition !== undefined : sym.defined;
      if (sym.static || (unit.private && defined)) continue;
      this.#externalNames.add(sym.name);
      if (!defined) continue;
      const tentative = sym.kind === 'global' && !sym.data;
      const strength = unit.weak || sym.weak ? 1 : tentative ? 2 : 3;
      const before = this.#definitions.get(sym.name);
      if (!before || before.strength < strength) this.#definitions.set(sym.name, { sym, unit, strength });
      else if (before.strength === 3 && strength === 3 && !isInlineTwin(before.sym, sym)) {
        const { parser } = unit;
        this.errors.push(E.multiplyDefined(parser.place(sym.loc), sym.name, parser.where(before.sym.loc)));
      }
    }
  }

  #unit(sym: Named): ParsedUnit {
    return this.#unitOf.get(sym.unit)!;
  }

  /** The unit that a function is written in. */
  homeOf(func: number): ParsedUnit | undefined {
    return this.#homes[func];
  }

  functionIndex(sym: FunctionSymbol): number {
    const known = this.#functionIndices.get(sym);
    if (known !== undefined) return known;
    const index = this.#newFunctionIndex(sym);
    this.#functionIndices.set(sym, index);
    sym.linked = true;
    return index;
  }

  #newFunctionIndex(sym: FunctionSymbol): number {
    const unit = this.#unit(sym);
    const own = sym.static || (unit.private && sym.definition !== undefined);
    const winner = own ? undefined : this.#definitions.get(sym.name);
    const other = winner?.sym.kind === 'function' && this.#isOther(sym, unit, winner.unit, winner.sym);
    if (!other && winner && winner.sym !== sym && winner.sym.kind === 'function') return this.functionIndex(winner.sym);
    let name = other ? `${sym.name} (as the tree declares it)` : sym.name;
    if (!own && (!winner || other)) {
      const known = this.#externals.get(name);
      if (known !== undefined && (unit.weak || this.#sameCall(sym.type, this.#signatures[known]!.type))) return known;
      // Nobody defines it, and our library declares it in another way.
      if (known !== undefined) name = `${sym.name} (as the tree declares it)`;
      const another = this.#externals.get(name);
      if (another !== undefined) return another;
    }
    const index = this.functions.length;
    if (!own && (!winner || other)) this.#externals.set(name, index);
    this.#homes[index] = unit;
    this.functions.push(this.#function(sym, unit, own, name));
    return index;
  }

  /** Declared here with other arguments or another result than our stand-in has: another function of that name, which nobody defines. */
  #isOther(sym: FunctionSymbol, unit: ParsedUnit, home: ParsedUnit, found: FunctionSymbol): boolean {
    if (!home.weak || unit.weak || sym.definition || !found.definition) return false;
    return !this.#sameCall(sym.type, found.definition.type);
  }

  /** Whether a call of the one is a call of the other: as many arguments and the result, each in a register of the same kind. */
  #sameCall(a: CType, b: CType): boolean {
    if (a.kind !== 'function' || b.kind !== 'function') return true;
    return sameSignature(signatureOf(this.#types, a), signatureOf(this.#types, b));
  }

  #function(sym: FunctionSymbol, unit: ParsedUnit, own: boolean, plainName: string): IrFunction {
    const { definition } = sym;
    const type = definition?.type ?? sym.type;
    const loc = definition?.loc ?? sym.loc;
    const signature = signatureOf(this.#types, type);
    this.#signatures.push({ signature, type, loc });
    const index = this.functions.length;
    const name = this.#uniqueName(plainName, own, unit, this.#functionNames, index);
    let body: FunctionBody | undefined;
    let failure: CodedError | undefined;
    return {
      name,
      plainName,
      type,
      signature,
      file: this.locations.presumed(loc).file,
      loc,
      endLoc: definition?.endLoc ?? loc,
      static: own,
      inline: sym.inline,
      ...(definition && {
        source: {
          unit: unit.symbols,
          start: definition.start,
          end: definition.end,
          // Its declarations are not all among its tokens yet.
          open: unit.parser.imports !== undefined,
        },
      }),
      body: () => {
        if (failure) throw failure;
        while (!body && definition) {
          try {
            definition.ast ??= parseFunctionBody(unit.parser, sym);
            body = lowerFunction(definition.ast, definition.type, this.#types, this, loc);
          } catch (error) {
            delete definition.ast;
            // What was missing has been found: once more.
            if (unit.parser.imports?.supply(error)) continue;
            failure = asCoded(unit.parser, error);
            throw failure;
          }
        }
        return body;
      },
    };
  }

  #uniqueName(name: string, own: boolean, unit: ParsedUnit, names: Map<string, number>, index: number): string {
    let made = name;
    if (own && (names.has(name) || this.#externalNames.has(name))) made = `${name}@${unit.symbols.path}`;
    for (let i = 2; names.has(made); i++) made = `${name}@${unit.symbols.path}#${i}`;
    names.set(made, index);
    return made;
  }

  globalIndex(sym: GlobalSymbol): number {
    let index = this.#globalIndices.get(sym);
    if (index === undefined) {
      index = this.#newGlobalIndex(sym);
      this.#globalIndices.set(sym, index);
    }
    return index;
  }

  #newGlobalIndex(sym: GlobalSymbol): number {
    if (sym.string && sym.name === '') return this.stringGlobal(sym.type as ArrayType, sym.string, sym.loc);
    const unit = this.#unit(sym);
    const own = sym.static || (unit.private && sym.defined);
    const winner = own ? undefined : this.#definitions.get(sym.name);
    if (winner && winner.sym !== sym && winner.sym.kind === 'global') return this.globalIndex(winner.sym);
    const known = !own && !winner ? this.#globalNames.get(sym.name) : undefined;
    if (known !== undefined) return known;
    const index = this.globals.length;
    // Its initial data may point to itself.
    this.#globalIndices.set(sym, index);
    const plain =
      sym.name === '' ? '(literal)' : sym.inFunction === undefined ? sym.name : `${sym.inFunction}.${sym.name}`;
    const name = this.#uniqueName(plain, own, unit, this.#globalNames, index);
    this.globals.push(undefined as never);
    this.globals[index] = this.#global(sym, name);
    return index;
  }

  #global(sym: GlobalSymbol, name: string): IrGlobal {
    const types = this.#types;
    const { data } = sym;
    const size = Math.max(data?.size ?? 0, isComplete(sym.type) ? types.sizeOf(sym.type) : 0);
    // A tentative array of unknown length has one element (C11 6.9.2p5).
    const one = sym.defined && size === 0 && sym.type.kind === 'array' && sym.type.length === undefined;
    return {
      name,
      type: sym.type,
      size: one && sym.type.kind === 'array' ? types.sizeOf(sym.type.of) : size,
      align: Math.max(sym.align ?? 1, types.alignOf(sym.type)),
      constant: isConstant(sym.type),
      loc: sym.loc,
      file: this.locations.presumed(sym.loc).file,
      bytes: sym.string ?? data?.bytes ?? new Uint8Array(0),
      relocations: (data?.relocations ?? []).map(({ at, target, addend }) => ({
        at,
        addend,
        target:
          target.kind === 'function'
            ? { kind: 'func', index: this.functionIndex(target) }
            : { kind: 'global', index: this.globalIndex(target) },
      })),
      ...(!sym.defined && { external: true }),
      ...(sym.string && { string: true }),
    };
  }

  /** Equal strings are one object in the whole program, as the kernel's linker merges them. */
  stringGlobal(type: ArrayType, bytes: Uint8Array, loc: Loc): number {
    let key = `${this.#types.sizeOf(type.of)}:`;
    for (let i = 0; i < bytes.length; i += 4096) key += String.fromCharCode(...bytes.subarray(i, i + 4096));
    const known = this.#strings.get(key);
    if (known !== undefined) return known;
    const index = this.globals.length;
    this.#strings.set(key, index);
    this.globals.push({
      name: `"${index}"`,
      type,
      size: bytes.length,
      align: this.#types.alignOf(type),
      constant: true,
      loc,
      file: this.locations.presumed(loc).file,
      bytes,
      relocations: [],
      string: true,
    });
    return index;
  }

  definedAs(index: number) {
    return this.#signatures[index]!;
  }
  place(loc: Loc) {
    return E.placeOf(this.locations, loc);
  }

  functionNamed(name: string): number | undefined {
    return this.#functionNames.get(name);
  }
  globalNamed(name: string): number | undefined {
    return this.#globalNames.get(name);
  }
  typeNamed(name: string): CType | undefined {
    const word = TYPE_WORDS.exec(name);
    const plain = word ? name.slice(word[0].length) : name;
    let incomplete: CType | undefined;
    for (const { symbols } of this.#units) {
      const tag = symbols.scope.tags.get(plain);
      if (tag && (!word || tag.kind === word[1])) {
        if (isComplete(tag)) return tag;
        incomplete ??= tag;
      }
      const sym = word ? undefined : symbols.scope.names.get(plain);
      if (sym?.kind === 'typedef') return sym.type;
    }
    return incomplete;
  }
}

/** `extern inline` definitions of one header in several units are one function. */
function isInlineTwin(a: Named, b: Named): boolean {
  return a.kind === 'function' && b.kind === 'function' && a.inline && b.inline;
}
function isConstant(type: CType): boolean {
  return type.kind === 'array' ? isConstant(type.of) : (type.const ?? false);
}
