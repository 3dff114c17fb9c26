import { CodedError } from '../base/errors.ts';
import { MissingDeclaration } from './errors-parse.ts';
import { type Field, memberTable } from './layout.ts';
import { isKeyword } from './parse/decl.ts';
import { Parser } from './parse/parser.ts';
import { parseMembersLine } from './parse/record.ts';
import type { FunctionSymbol, Sym } from './parse/scope.ts';
import { parseUnit } from './parse/top.ts';
import type { Candidate, GraphFile, HeaderGraph } from './preprocess/header-graph.ts';
import { headerIndex, type MemberPiece, memberPieces } from './preprocess/header-index.ts';
import type { Preprocessor } from './preprocess/preprocess.ts';
import type { UnitState } from './preprocess/types.ts';
import type { SourceFile } from './source.ts';
import { Tok, type Token } from './token.ts';
import { lineEnd } from './tokenize.ts';
import type { RecordType } from './types.ts';
import { compatible, functionOf, isRecord } from './types-ops.ts';

/*
 * Declarations that our model headers lack are taken from the tree, one by one, when a unit needs them: a macro before the
 * unit's code is expanded; a function, object, type or enumerator when the parser does not find a name; a struct's
 * definition when its size or a member is wanted. What is found is preprocessed with the unit's own macros, from its place in
 * its header, so that locations and errors name that header. Our model goes first: where it declares a name in a header that
 * the unit would reach in its tree, that header is read.
 */

/** Pieces taken for one unit, and how deep they may want each other. */
const MAX_PIECES = 6000;
const MAX_DEPTH = 60;

/** What records of the program must have room for, by `struct tag`. */
export type Room = ReadonlyMap<string, { readonly size: number; readonly align: number }>;

export class Imports {
  readonly #preprocessor: Preprocessor;
  readonly graph: HeaderGraph;
  /** Code of the tree that the unit itself reads: what that declares is there, or is meant not to be. */
  readonly #read: ReadonlySet<SourceFile>;
  readonly #tried = new Set<string>();
  /** Names behind `.` and `->` in the unit's code and in macros that it uses. */
  readonly #members = new Set<string>();
  /** Records of ours that were given more members, by `struct tag`. */
  readonly extended = new Set<string>();
  /** Where pieces begin, among the tokens of the unit, that lacked something when they were taken. */
  readonly postponed: number[] = [];
  #state: UnitState | undefined;
  #parser: Parser | undefined;
  #pieces = 0;
  #depth = 0;

  constructor(preprocessor: Preprocessor, graph: HeaderGraph, read: Iterable<SourceFile>) {
    this.#preprocessor = preprocessor;
    this.graph = graph;
    this.#read = new Set(read);
  }

  /** What was declared too late for its unit's macros: the state of the unit that has just been preprocessed, and its parser. */
  attach(parser: Parser): void {
    this.#parser = parser;
    this.#state = this.#preprocessor.unitState();
    parser.imports = this;
  }

  /** Before the code of the unit: macros and model headers for the names in these files. */
  prepare(files: readonly SourceFile[]): void {
    const errors = this.#preprocessor.errors.length;
    // A header of ours is not read in the middle of an expansion: only pieces of the tree are taken then.
    this.#preprocessor.watchPastes((name) => this.#macro(name, false));
    for (const file of files) this.#macrosFor(file, 0, file.tokens.count);
    this.#preprocessor.errors.length = errors;
    // A function that the unit defines is no macro there, whatever our headers make of its name for others.
    for (const file of files)
      for (const [name, entries] of headerIndex(file.tokens).names)
        if (entries.some((entry) => entry.body)) this.#preprocessor.undefine(name);
  }

  /** Whether the tree has the header of that name, so that it is not missing though it was not read as a whole. */
  reaches(name: string): boolean {
    return this.graph.reaches(name);
  }

  // ---- macros ----

  #macrosFor(file: SourceFile, from: number, to: number, headersToo = true): void {
    const { kind, sym, texts } = file.tokens;
    for (let i = from; i < to; i++) {
      if (kind[i] !== Tok.Ident) continue;
      if (texts[i - 1] === '.' || texts[i - 1] === '->') this.#members.add(texts[i]!);
      if (!this.#preprocessor.isMacro(sym[i]!)) this.#macro(texts[i]!, headersToo);
    }
  }

  /** Defines the macro of that name, or reads the model header that declares it. */
  #macro(name: string, headersToo = true): void {
    const key = headersToo ? `macro ${name}` : `pasted ${name}`;
    if (this.#tried.has(key) || isKeyword(name) || name.startsWith('CONFIG_')) return;
    this.#tried.add(key);
    if (this.#pieces >= MAX_PIECES || this.#depth >= MAX_DEPTH) return;
    this.#depth++;
    try {
      if (!headersToo || !this.#wholeHeader(name)) {
        for (const candidate of this.#fallbacksLast(name)) {
          if (candidate.file.how !== 'tree') continue;
          const file = this.#load(candidate.file);
          if (!file || this.#read.has(file) || !this.#holds(file, candidate)) continue;
          const { from, to } = candidate.entry;
          this.#pieces++;
          this.#preprocessor.defineNow(file, from);
          this.#macrosFor(file, from + 3, to, headersToo);
          break;
        }
      }
    } finally {
      this.#depth--;
    }
  }

  /** `#ifndef NAME` before a definition of the same name: it gives way to one that stands elsewhere. */
  #fallbacksLast(name: string): readonly Candidate[] {
    const candidates = this.graph.find('macros', name);
    if (candidates.length < 2) return candidates;
    const isFallback = ({ file, entry }: Candidate): boolean => {
      const tokens = this.graph.tokens(file.path);
      return entry.branches.some(
        ({ branch }) => tokens?.texts[branch + 1] === 'ifndef' && tokens.texts[branch + 2] === name,
      );
    };
    return [...candidates.filter((c) => !isFallback(c)), ...candidates.filter(isFallback)];
  }

  /**
   * Reads the header of ours (or one that comes from the tree as a whole) that declares the name. Answers whether there is
   * one, read now or before.
   */
  #wholeHeader(name: string): boolean {
    let found = false;
    for (const kind of ['macros', 'names', 'tags'] as const) {
      for (const { file } of this.graph.find(kind, name)) {
        if (file.how === 'tree') break;
        const source = this.#load(file);
        if (!source) continue;
        found = true;
        if (this.#isRead(source)) continue;
        this.#pieces++;
        if (this.#parser) this.#parse(() => this.#preprocessor.slice(source, 0, source.tokens.count));
        else this.#preprocessor.includeNow(source);
        return true;
      }
    }
    return found;
  }

  #isRead(file: SourceFile): boolean {
    return this.#read.has(file) || (this.#state ?? this.#preprocessor.unitState()).read.has(file);
  }

  #load(file: GraphFile): SourceFile | undefined {
    return this.#preprocessor.sources.load(file.how === 'model' ? 'model' : 'tree', file.path);
  }

  /** Whether the unit's macros lead to the piece. */
  #holds(file: SourceFile, { entry }: Candidate): boolean {
    for (const { opener, branch } of entry.branches) {
      for (let i = opener; i <= branch && i < file.tokens.count; i = file.tokens.branches.get(i) ?? file.tokens.count)
        this.#macrosFor(file, i + 2, lineEnd(file.tokens, i));
      if (!this.#preprocessor.holds(file, opener, branch)) return false;
    }
    return true;
  }

  // ---- declarations ----

  /** The declaration of a name that no header declared so far. */
  find(name: string): Sym | undefined {
    const parser = this.#parser;
    if (!parser || this.#tried.has(name) || isKeyword(name)) return undefined;
    this.#tried.add(name);
    this.#take(['names', 'uses'], name);
    const { scope } = parser.unit;
    const found = scope.names.get(name);
    // The unit may declare it after its use, and a header before it.
    if (found) (found as { at: number }).at = -1;
    return found;
  }

  /**
   * Finds what an error says is missing. Answers true where the declaration that failed is worth another try.
   */
  supply(error: unknown): boolean {
    const parser = this.#parser;
    if (!parser || !(error instanceof MissingDeclaration)) return false;
    const { missing } = error;
    this.#preprocessor.enter(this.#state!);
    if (missing.kind === 'name') return missing.called && this.#stub(parser, missing.name);
    if (missing.kind === 'member') return false;
    if (missing.kind === 'prototype') return this.#otherPrototype(parser, missing.name);
    const [, word, tag] = /\b(struct|union|enum) (\w+)/.exec(missing.type) ?? [];
    const key = `${word} ${tag}`;
    if (tag === undefined || this.#tried.has(key)) return false;
    this.#tried.add(key);
    this.#take(['tags'], tag);
    const type = parser.unit.scope.tags.get(tag);
    return type !== undefined && isRecord(type) && (type as RecordType).members !== undefined;
  }

  /**
   * Adds to a record of ours the members that the unit uses and that only the tree's definition has, behind the others. Their
   * offsets are not the kernel's; nothing that is modelled writes them.
   */
  extend(kind: 'struct' | 'union', tag: string, fields: Field[], names: Set<string>): void {
    const parser = this.#parser;
    if (!parser || this.#tried.has(`${kind} ${tag}`) || this.#depth >= MAX_DEPTH) return;
    const found = this.graph.find('tags', tag).filter((c) => c.file.how === 'tree');
    for (const { file: in_, entry } of found) {
      const tokens = this.graph.tokens(in_.path);
      const known = memberTableOf(fields, names);
      const wanted = tokens
        ? memberPieces(tokens, entry, tag).filter((piece) =>
            piece.names.some((name) => this.#members.has(name) && !known.has(name)),
          )
        : [];
      const file = wanted.length > 0 ? this.#load(in_) : undefined;
      if (!file || this.#read.has(file)) continue;
      this.#tried.add(`${kind} ${tag}`);
      this.#depth++;
      try {
        for (const piece of wanted) {
          if (!this.#holds(file, { file: in_, entry: { ...entry, branches: [...entry.branches, ...piece.branches] } }))
            continue;
          this.#macrosFor(file, piece.from, piece.to);
          if (this.#member(file, piece, kind, fields, names)) this.extended.add(`${kind} ${tag}`);
        }
      } finally {
        this.#depth--;
      }
      return;
    }
  }

  #member(
    file: SourceFile,
    piece: MemberPiece,
    kind: 'struct' | 'union',
    fields: Field[],
    names: Set<string>,
  ): boolean {
    const start = this.#append(() => this.#preprocessor.slice(file, piece.from, piece.to));
    const parser = this.lateParser(start);
    for (;;) {
      const more: Field[] = [];
      try {
        parser.reset(start);
        parseMembersLine(parser, kind, more, new Set(names));
      } catch (error) {
        if (this.supply(error)) continue;
        // A member that cannot be had is told where it is used.
        if (!(error instanceof CodedError)) throw error;
        return false;
      }
      for (const { name } of more) if (name !== undefined) names.add(name);
      const last = fields.at(-1);
      const flexible = last?.type.kind === 'array' && last.type.length === undefined;
      fields.splice(flexible ? -1 : fields.length, 0, ...more);
      return true;
    }
  }

  /**
   * The tree declares a function of ours in another way, which is how the unit calls it: ours is not the one it means. What
   * it means is a stub of that type, with a name that says so.
   */
  #otherPrototype(parser: Parser, name: string): boolean {
    const key = `prototype ${name}`;
    const { unit } = parser;
    const ours = unit.linkage.get(name);
    if (ours?.kind !== 'function' || this.#tried.has(key) || !isOurs(parser, ours)) return false;
    this.#tried.add(key);
    unit.linkage.delete(name);
    unit.scope.names.delete(name);
    this.#declare(name);
    const theirs = unit.linkage.get(name);
    if (theirs?.kind === 'function' && !compatible(theirs.type, ours.type)) {
      // With a body it is an inline function, which is its own anyway.
      if (!theirs.definition) {
        theirs.static = true;
        (theirs as { name: string }).name = `${name} (as the tree declares it)`;
      }
      (theirs as { at: number }).at = -1;
      return true;
    }
    unit.linkage.set(name, ours);
    unit.scope.names.set(name, ours);
    return false;
  }

  /** Parses a declaration of a function from the tree: one that holds, or else a prototype from a branch that is not taken. */
  #declare(name: string): void {
    const { unit } = this.#parser!;
    for (const onlyHeld of [true, false]) {
      for (const candidate of this.graph.find('names', name)) {
        if (candidate.file.how !== 'tree' || (!onlyHeld && candidate.entry.body)) continue;
        const file = this.#load(candidate.file);
        if (!file || this.#read.has(file) || (onlyHeld && !this.#holds(file, candidate))) continue;
        const { from, to } = candidate.entry;
        this.#pieces++;
        this.#macrosFor(file, from, to);
        this.#parse(() => this.#preprocessor.slice(file, from, to));
        if (unit.linkage.has(name)) return;
      }
    }
  }

  /** A function that is called and that nothing declares: `int name()`, as C took it once. */
  #stub(parser: Parser, name: string): boolean {
    const key = `stub ${name}`;
    if (this.#tried.has(key) || parser.unit.linkage.has(name)) return false;
    this.#tried.add(key);
    // Its type may stand where the configuration does not lead.
    this.#declare(name);
    const declared = parser.unit.linkage.get(name);
    if (declared) {
      (declared as { at: number }).at = -1;
      return true;
    }
    const { unit, types } = parser;
    const sym: FunctionSymbol = {
      kind: 'function',
      unit,
      name,
      loc: 0,
      at: -1,
      type: functionOf(types.int, [], true),
      static: false,
      inline: false,
      weak: false,
      definition: undefined,
      linked: false,
    };
    unit.functions.push(sym);
    unit.linkage.set(name, sym);
    unit.scope.names.set(name, sym);
    return true;
  }

  /** Parses the first piece that declares the name and that the unit's macros lead to. */
  #take(kinds: readonly ('names' | 'tags' | 'uses')[], name: string): void {
    if (this.#pieces >= MAX_PIECES || this.#depth >= MAX_DEPTH) return;
    this.#depth++;
    const errors = this.#preprocessor.errors.length;
    try {
      this.#preprocessor.enter(this.#state!);
      if (this.#wholeHeader(name) && this.#declared(kinds[0]!, name)) return;
      for (const kind of kinds) {
        const names = kind === 'uses' ? parts(name) : [name];
        const candidates = names.flatMap((each) => this.graph.find(kind, each));
        // A function with its body before a prototype of it.
        const sorted = [...candidates.filter((c) => c.entry.body), ...candidates.filter((c) => !c.entry.body)];
        for (const candidate of sorted) {
          if (candidate.file.how !== 'tree') continue;
          const file = this.#load(candidate.file);
          if (!file || this.#read.has(file) || !this.#holds(file, candidate)) continue;
          const { from, to } = candidate.entry;
          const piece = `piece ${file.path} ${from}`;
          if (this.#tried.has(piece)) continue;
          this.#tried.add(piece);
          this.#pieces++;
          this.#macrosFor(file, from, to);
          this.#parse(() => this.#preprocessor.slice(file, from, to));
          if (this.#declared(kind, name)) return;
        }
      }
    } catch (error) {
      // A bound of the preprocessor: the rest stays undeclared.
      if (!(error instanceof CodedError)) throw error;
    } finally {
      this.#preprocessor.errors.length = errors;
      this.#depth--;
    }
  }

  #declared(kind: 'names' | 'tags' | 'uses', name: string): boolean {
    const { scope } = this.#parser!.unit;
    return kind === 'tags' ? scope.tags.has(name) : scope.names.has(name);
  }

  #parse(tokens: () => Token[]): void {
    // What of a header is not understood matters only where it is wanted, and is told there.
    parseUnit(this.lateParser(this.#append(tokens)), []);
  }

  /** Adds tokens to those of the unit, so that bodies among them are found later. Answers where they begin. */
  #append(tokens: () => Token[]): number {
    this.#preprocessor.enter(this.#state!);
    const all = this.#parser!.unit.tokens as Token[];
    const start = all.length;
    for (const token of tokens()) all.push(token);
    return start;
  }

  /** A parser for tokens that were added to the unit. */
  lateParser(start: number): Parser {
    const { unit, types, locations, limits, room } = this.#parser!;
    const parser = new Parser(unit, types, locations, limits);
    parser.pos = start;
    parser.late = true;
    parser.imports = this;
    parser.room = room;
    return parser;
  }
}

/** Names of the members so far, those of anonymous records among them. */
function memberTableOf(fields: readonly Field[], names: ReadonlySet<string>): ReadonlySet<string> {
  const known = new Set(names);
  for (const { name, type } of fields)
    if (name === undefined && isRecord(type)) for (const inner of memberTable(type).keys()) known.add(inner);
  return known;
}

/** Whether a function is declared by our headers, and not by the tree. */
const isOurs = (parser: Parser, { loc }: FunctionSymbol): boolean =>
  parser.locations.presumed(loc).file.startsWith('<');

/** What a pasted name may have been made of: `__free_kfree` of `kfree`, `PageLocked` of `Locked`. */
function parts(name: string): string[] {
  const words = name.slice(0, 64).match(/[A-Z]?[a-z0-9]+|[A-Z]+|_+/g) ?? [];
  const found: string[] = [];
  for (let length = Math.min(words.length - 1, 8); length > 0; length--)
    for (let at = 0; at + length <= words.length; at++) {
      const part = words.slice(at, at + length).join('');
      if (part.length > 2 && !part.startsWith('_') && !part.endsWith('_')) found.push(part);
    }
  return found;
}
