import type { Place } from '../../base/errors.ts';
import type { FrontEndLimits } from '../api.ts';
import type { BlockStmt, Initializer, Label, Node, Region, SwitchInfo } from '../ast.ts';
import * as E from '../errors-parse.ts';
import type { Imports, Room } from '../import-on-demand.ts';
import type { Loc, LocationTable, Token } from '../token.ts';
import { Tok } from '../token.ts';
import type { ArrayType, CType, RecordType } from '../types.ts';
import { reopenRecord, type Types } from '../types-ops.ts';
import { parseTypeName, startsType } from './decl.ts';
import { parseAssign, parseConditional, parseExpression } from './expr.ts';
import { parseInitializer } from './init.ts';
import type { GlobalSymbol, Sym, UnitSymbols } from './scope.ts';
import { Scope } from './scope.ts';
import { parseBlock } from './stmt.ts';

/** State of the function whose body is being parsed. */
export interface FunctionContext {
  readonly name: string;
  readonly returns: CType;
  readonly variadic: boolean;
  /** Labels by name, one map for each scope of `__label__` declarations, innermost last. */
  readonly labels: Map<string, Label>[];
  readonly allLabels: Label[];
  region: Region;
  loops: number;
  breakTo: 'loop' | 'switch' | undefined;
  inLoop: boolean;
  readonly switches: SwitchInfo[];
  labelsSeen: number;
  nameSymbol: GlobalSymbol | undefined;
}

/** Bytes of one object, bytes of all initial data of a unit, and stores that all its initialisers make. */
export const ITEMS_LIMIT = 1 << 20;
export const OBJECT_LIMIT = 16 * 1024 * 1024;
export const DATA_LIMIT = 64 * 1024 * 1024;

/**
 * The cursor over a unit's tokens and all that the grammar's functions share. The functions themselves are in parse-*.ts;
 * the few that refer to each other across files are reached through methods here.
 */
export class Parser {
  readonly tokens: readonly Token[];
  readonly types: Types;
  readonly locations: LocationTable;
  readonly limits: FrontEndLimits;
  readonly unit: UnitSymbols;
  pos = 0;
  scope: Scope;
  /** File-scope names declared from this token on are not visible. */
  before = Number.POSITIVE_INFINITY;
  fn: FunctionContext | undefined;
  /** Where declarations that are missing may be had; undefined where nothing is missing. */
  imports: Imports | undefined;
  /** Sizes that records must have at least, by `struct tag`: another unit knows more of their members. */
  room: Room | undefined;
  /** Declarations are read that were wanted later: they are visible to all bodies. */
  late = false;
  /** Records completed and enumerators declared by the declaration at hand, for taking them back. */
  readonly made: (RecordType | string)[] = [];
  /** Inside `sizeof`, `typeof`: nothing is executed, no address is really taken. */
  unevaluated = 0;
  #nesting = 0;
  #failedAt: Loc = 0;

  constructor(unit: UnitSymbols, types: Types, locations: LocationTable, limits: FrontEndLimits) {
    this.unit = unit;
    this.tokens = unit.tokens;
    this.types = types;
    this.locations = locations;
    this.limits = limits;
    this.scope = unit.scope;
  }

  get tok(): Token {
    return this.tokens[this.pos]!;
  }
  get loc(): Loc {
    return this.tokens[this.pos]!.loc;
  }
  peekText(ahead: number): string {
    return this.tokens[this.pos + ahead]?.text ?? '';
  }
  is(text: string): boolean {
    return this.tokens[this.pos]!.text === text;
  }
  next(): Token {
    const token = this.tokens[this.pos]!;
    if (token.kind !== Tok.Eof) this.pos++;
    return token;
  }
  /** Steps over the token if it is this one. */
  eat(text: string): boolean {
    if (this.tokens[this.pos]!.text !== text) return false;
    this.pos++;
    return true;
  }
  expect(text: string): Loc {
    const token = this.tokens[this.pos]!;
    if (token.text !== text) throw E.expectedToken(this.place(token.loc), `'${text}'`, this.describe(token));
    this.pos++;
    return token.loc;
  }
  describe(token: Token): string {
    if (token.kind === Tok.Eof) return 'the end of the file';
    const text = token.text.length > 40 ? `${token.text.slice(0, 40)}…` : token.text;
    return `'${text}'`;
  }

  place(loc: Loc): Place {
    this.#failedAt = loc;
    return E.placeOf(this.locations, loc);
  }
  /** The macros that the place of the last error came out of. */
  failureTrail(): string | undefined {
    return E.macroTrail(this.locations, this.#failedAt);
  }
  where(loc: Loc): string {
    const place = this.locations.presumed(loc);
    return `${place.file}:${place.line}`;
  }

  /** Around every rule that can contain itself. */
  nest(): void {
    if (++this.#nesting > this.limits.nesting) throw E.tooDeep(this.place(this.loc), this.limits.nesting);
  }
  unnest(): void {
    this.#nesting--;
  }
  /** Back to a state in which a new declaration can be parsed, after an error. */
  reset(pos: number): void {
    this.pos = pos;
    this.scope = this.unit.scope;
    this.fn = undefined;
    this.unevaluated = 0;
    this.#nesting = 0;
  }

  /** Undoes what the declaration at hand has declared so far: it will be read again. */
  takeBack(): void {
    for (const each of this.made) {
      if (typeof each === 'string') this.unit.scope.names.delete(each);
      else reopenRecord(each);
    }
    this.made.length = 0;
  }

  find(name: string): Sym | undefined {
    return this.scope.find(name, this.before) ?? this.imports?.find(name);
  }
  /** For what is declared here: {@link Sym.at}. */
  get at(): number {
    return this.late ? -1 : this.pos;
  }
  openScope(): void {
    this.scope = new Scope(this.scope);
  }
  closeScope(): void {
    this.scope = this.scope.parent!;
  }
  get atFileScope(): boolean {
    return this.scope.kind !== 'block';
  }

  /** Runs a rule whose result is looked at but never executed. */
  unevaluatedly<T>(rule: () => T): T {
    this.unevaluated++;
    const result = rule();
    this.unevaluated--;
    return result;
  }

  expression(): Node {
    return parseExpression(this);
  }
  assignment(): Node {
    return parseAssign(this);
  }
  conditional(): Node {
    return parseConditional(this);
  }
  startsType(token: Token): boolean {
    return startsType(this, token);
  }
  typeName(): CType {
    return parseTypeName(this);
  }
  block(): BlockStmt {
    return parseBlock(this);
  }
  initializer(type: CType, isStatic: boolean): { init: Initializer; type: CType } {
    return parseInitializer(this, type, isStatic);
  }

  /** A string object of the unit. */
  stringSymbol(type: ArrayType, bytes: Uint8Array, loc: Loc): GlobalSymbol {
    let key = `${this.types.sizeOf(type.of)}:`;
    for (let i = 0; i < bytes.length; i += 4096) key += String.fromCharCode(...bytes.subarray(i, i + 4096));
    const known = this.unit.strings.get(key);
    if (known) return known;
    const made: GlobalSymbol = { ...this.newGlobal('', type, loc), string: bytes, defined: true, static: true };
    this.unit.strings.set(key, made);
    this.unit.globals.push(made);
    return made;
  }

  newGlobal(name: string, type: CType, loc: Loc): GlobalSymbol {
    return {
      kind: 'global',
      unit: this.unit,
      name,
      loc,
      at: this.at,
      type,
      align: undefined,
      static: false,
      weak: false,
      defined: false,
      data: undefined,
      inFunction: this.fn?.name,
      string: undefined,
    };
  }
}
