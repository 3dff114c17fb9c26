import type { CodedError } from '../../base/errors.ts';
import type { CompileResult, FrontEndLimits, Unit } from '../api.ts';
import {
  afterElse,
  badCondition,
  badInclude,
  badMacroName,
  errorDirective,
  includeInArguments,
  Limit,
  limitReached,
  macroNameMissing,
  openConditional,
  openLiteral,
  unitNotFound,
  unknownDirective,
  withoutIf,
} from '../errors.ts';
import { Sym } from '../intern.ts';
import { withDefaults } from '../limits.ts';
import { type SourceFile, SourceManager } from '../source.ts';
import { type Loc, type LocationTable, Tok, type Token, type TokKind } from '../token.ts';
import { Flag, lineEnd, type TokenizedFile } from '../tokenize.ts';
import { builtinToken, defineBuiltins } from './builtin-macros.ts';
import { ConditionError, type ConditionHost, evaluateCondition, readHeaderName } from './condition.ts';
import { Expander, isPadding, Stream, WhiteSpace } from './expand.ts';
import { type Conditional, Frame } from './frame.ts';
import { IncludeResolver } from './includes.ts';
import { type Builtin, type Macro, PpToken, parseDefinition } from './macros.ts';
import { predefinedMacros, unitMacros } from './predefined.ts';
import type { MacroView, PreprocessContext, PreprocessorMark, PreprocessResult, UnitState } from './types.ts';

/** Preprocesses one unit. Throws CodedError where a bound is exceeded or the unit does not exist. */
export function preprocess(
  unit: Unit,
  context: PreprocessContext,
  preprocessor: Preprocessor = new Preprocessor(context),
): PreprocessResult {
  const tokens = preprocessor.unit(unit);
  const { errors, missingHeaders, locations } = preprocessor;
  return { tokens, errors, missingHeaders, locations, preprocessor };
}

/** Headers that Kbuild includes before each unit, where they exist. */
const FORCED = ['linux/kconfig.h', 'linux/compiler_types.h'];
/** What entering a file costs, in tokens: opening many small ones is work too. */
const INCLUDE_COST = 64;
/** Errors after which one gives up. */
const MAX_ERRORS = 200;

/** The preprocessor of one compilation: its units share their files, locations and errors, each has macros of its own. */
export class Preprocessor implements ConditionHost {
  readonly sources: SourceManager;
  readonly errors: CodedError[];
  readonly missingHeaders: { readonly name: string; readonly loc: Loc }[] = [];
  readonly charSigned: boolean;
  readonly #context: PreprocessContext;
  readonly #limits: FrontEndLimits;
  readonly #includes: IncludeResolver;
  readonly #missing = new Set<string>();
  /** Includes of the unit at hand that were not found. */
  missingOfUnit: { readonly name: string; readonly loc: Loc }[] = [];
  readonly #onDirective = (frame: Frame, inArguments: boolean) => this.#directive(frame, inArguments);
  /** Of the unit at hand. */
  #expander: Expander;
  #once = new Set<SourceFile>();
  #counter = 0;
  #base: SourceFile | undefined;
  readonly #frames: Frame[] = [];
  #out: Token[] = [];
  /** Files of the unit at hand. */
  #read = new Set<SourceFile>();
  /** Called before the first token of the tree's own code in the unit at hand. */
  #beforeCode: (() => void) | undefined;
  /** Told of names that `##` makes in the unit at hand and that are no macros. */
  #pasted: ((name: string) => void) | undefined;
  /** Inside `_Pragma`: 1 after its name, 2 after its `(`. */
  #pragma = 0;

  constructor(context: PreprocessContext, sources?: SourceManager) {
    this.#context = context;
    this.#limits = withDefaults(context.limits);
    this.sources = sources ?? new SourceManager(context.tree, context.model, this.#limits);
    this.errors = this.sources.errors;
    this.charSigned = context.target.charSigned;
    this.#includes = new IncludeResolver(this.sources, context);
    this.#expander = this.#newExpander();
  }

  get locations(): LocationTable {
    return this.sources.locations;
  }

  /** Preprocesses the file at `path` of the tree, or `text` under that name, from the predefined macros on. */
  run(path: string, text?: string): Token[] {
    return this.unit(text === undefined ? { path, from: 'tree' } : { path, from: 'text', text });
  }

  /** Preprocesses a unit from the predefined macros on. `beforeCode` is called when its `#include`s have been read. */
  unit(unit: Unit, beforeCode?: () => void): Token[] {
    this.#expander = this.#newExpander();
    this.#once = new Set();
    this.#read = new Set();
    this.#beforeCode = beforeCode;
    this.#pasted = undefined;
    this.#counter = 0;
    const file = this.#open(unit);
    this.#base = file;
    this.#begin();
    this.#file(this.#predefined(unit.path));
    for (const name of FORCED) {
      const forced = this.#includes.resolve(name, false, file, false);
      if (forced) this.#file(forced);
    }
    this.#file(file);
    const inside = this.inside(unit);
    if (inside) this.#file(inside);
    return this.#end(file);
  }

  /** What stands behind the text of a unit as part of it. */
  inside({ inside }: Unit): SourceFile | undefined {
    return inside && this.sources.add(inside.path, inside.path, 'text', inside.text);
  }

  /** Reads another file with the macros as they are now: a header that is wanted later, the text of an expression. */
  continueWith(unit: Unit): Token[] {
    const file = this.#open(unit);
    this.#begin();
    if (!this.#isSpent(file)) this.#file(file);
    return this.#end(file);
  }

  /** The macros and what else carries over between files, as they are now; for {@link resume}. */
  mark(): PreprocessorMark {
    return { macros: this.#expander.macros.slice(), once: new Set(this.#once), counter: this.#counter };
  }

  /** Tells the missing headers of a unit that was read in an earlier compilation. */
  repeatMissing(missing: CompileResult['missingHeaders']): void {
    for (const { name, loc } of missing) this.#miss(name, loc);
  }

  /** Goes back to a mark, so that the next `continueWith` starts from there. */
  resume(mark: PreprocessorMark): void {
    this.#expander = this.#newExpander();
    for (let sym = 0; sym < mark.macros.length; sym++) this.#expander.macros[sym] = mark.macros[sym];
    this.#once = new Set(mark.once);
    this.#pasted = undefined;
    this.#counter = mark.counter;
  }

  // ---- parts of files, for import-on-demand.ts ----

  /** The state at the end of the unit that was read last. */
  unitState(): UnitState {
    return {
      expander: this.#expander,
      once: this.#once,
      read: this.#read,
      base: this.#base,
      pasted: this.#pasted,
    };
  }

  /** Goes on in a unit that was read before. */
  enter(state: UnitState): void {
    this.#expander = state.expander;
    this.#once = state.once;
    this.#read = state.read;
    this.#base = state.base;
    this.#pasted = state.pasted;
  }

  /** From now on `take` is told of names that `##` makes and that are no macros: it may define them. */
  watchPastes(take: (name: string) => void): void {
    this.#pasted = take;
  }

  /** Reads a file into the unit at hand, where its code begins. */
  includeNow(file: SourceFile): void {
    if (!this.#isSpent(file)) this.#file(file);
  }

  /** Obeys the `#define` at token `i` of a file. */
  defineNow(file: SourceFile, i: number): void {
    this.#define(new Frame(file, this.#onDirective), i, lineEnd(file.tokens, i));
  }

  /** The tokens from `from` up to `to` of a file, preprocessed, ended by an `Eof`. */
  slice(file: SourceFile, from: number, to: number): Token[] {
    this.#begin();
    this.#file(file, from, to);
    return this.#end(file);
  }

  /** Whether the branch whose `#` is at `branch` is taken, in the group that `opener` opens. */
  holds(file: SourceFile, opener: number, branch: number): boolean {
    const frame = new Frame(file, this.#onDirective);
    for (let i = opener; ; i = file.tokens.branches.get(i) ?? file.tokens.count) {
      if (i > branch || i >= file.tokens.count) return false;
      const end = lineEnd(file.tokens, i);
      const name = file.tokens.sym[i + 1]!;
      let holds = true;
      if (name === Sym.if || name === Sym.elif) holds = this.#condition(frame, i, end);
      else if (name !== Sym.else) holds = this.#ifDefined(frame, i, end, name === Sym.ifdef || name === Sym.elifdef);
      if (holds || i === branch) return holds && i === branch;
    }
  }

  /** Forgets a function-like macro. */
  undefine(name: string): void {
    const sym = this.sources.interner.find(name);
    if (sym !== undefined && this.#expander.macros[sym]?.definition.params) this.#expander.define(sym, undefined);
  }

  isMacro(sym: number): boolean {
    return this.#expander.macros[sym] !== undefined;
  }

  /** Every file that was read, by name, with its text. */
  files(): ReadonlyMap<string, string> {
    return this.sources.locations.texts();
  }

  /** The macro of that name as defined now. */
  macro(name: string): MacroView | undefined {
    const sym = this.sources.interner.find(name);
    const macro = sym === undefined ? undefined : this.#expander.macros[sym];
    return macro && this.#view(macro);
  }

  /** Every macro that is defined now, in no particular order. */
  *macros(): Iterable<MacroView> {
    for (const macro of this.#expander.macros) if (macro) yield this.#view(macro);
  }

  #view(macro: Macro): MacroView {
    const { definition, base } = macro;
    const { name, variadic } = definition;
    const body = definition.body.map((t) => new PpToken(t.kind, t.text, base + t.loc, t.bol, t.space, t.sym, 0));
    const params = definition.params?.map((sym) => this.sources.interner.name(sym));
    return { name, params, variadic, body, loc: base + definition.loc };
  }

  // ---- surroundings ----

  #newExpander(): Expander {
    const expander = new Expander({
      interner: this.sources.interner,
      locations: this.sources.locations,
      limits: this.#limits,
      report: (error) => this.#report(error),
      builtin: (name, at) => this.#builtin(name, at),
      // What macros of our headers paste together, our headers declare.
      pasted: (name, base) => {
        if (this.#pasted && !this.locations.spelling(base).file.startsWith('<')) this.#pasted(name);
      },
    });
    defineBuiltins(expander);
    return expander;
  }

  #open(unit: Unit): SourceFile {
    if (unit.from === 'text') return this.sources.add(unit.path, unit.path, 'text', unit.text ?? '');
    const file = this.sources.load(unit.from, unit.path);
    if (!file) throw unitNotFound(unit.path, unit.from === 'tree' ? 'kernel tree' : 'model');
    return file;
  }

  #predefined(path: string): SourceFile {
    const { target, defines } = this.#context;
    let text = predefinedMacros(target);
    for (const [name, body] of unitMacros(path)) if (!defines.has(name)) text += `#define ${name} ${body}\n`;
    for (const [name, body] of defines) text += `#define ${name} ${body}`.replace(/[\n\r]/g, ' ') + '\n';
    return this.sources.add('<built-in>', '<built-in>', 'built-in', text);
  }

  #report(error: CodedError): void {
    this.errors.push(error);
    if (this.errors.length > MAX_ERRORS) {
      throw limitReached(Limit.errors, 'errors', MAX_ERRORS, 'errors', error.place);
    }
  }

  #builtin(name: Builtin, at: Loc): { readonly kind: TokKind; readonly text: string } {
    const path = this.#frames[this.#frames.length - 1]?.file.path ?? '';
    return builtinToken(name, {
      path,
      base: this.#base?.path ?? path,
      level: this.#frames.length - 1,
      line: () => this.sources.locations.line(at),
      count: () => this.#counter++,
    });
  }

  // ---- reading ----

  #begin(): void {
    this.#out = [];
    this.missingOfUnit = [];
    this.#pragma = 0;
    this.#frames.length = 0;
  }

  #end(file: SourceFile): Token[] {
    const out = this.#out;
    this.#out = [];
    const at = file.base + file.tokens.text.length;
    out.push(new PpToken(Tok.Eof, '', at, true, true, -1, 0));
    return out;
  }

  #emit(token: PpToken): void {
    if (this.#pragma > 0) {
      this.#pragma = this.#pragma === 1 && token.text === '(' ? 2 : this.#pragma === 2 && token.text !== ')' ? 2 : 0;
      return;
    }
    if (token.sym === Sym._Pragma) {
      this.#pragma = 1;
      return;
    }
    if (token.kind === Tok.Other && /^(?:u8|[LUu])?["']/.test(token.text)) {
      const place = this.sources.locations.place(token.loc);
      this.#report(openLiteral(place, token.text.includes('"') ? '"' : "'"));
    }
    this.#out.push(token);
  }

  #file(file: SourceFile, from = 0, to = file.tokens.count): void {
    const frame = new Frame(file, this.#onDirective);
    frame.position = from;
    this.#frames.push(frame);
    this.#read.add(file);
    const expander = this.#expander;
    const { macros } = expander;
    const stream = new Stream(expander, frame);
    const { flags, sym } = frame.tokens;
    const mayBeCode = this.#beforeCode !== undefined && this.isCode(file);
    while (frame.position < to) {
      const i = frame.position;
      if ((flags[i]! & Flag.Directive) !== 0) {
        this.#directive(frame, false);
        continue;
      }
      if (mayBeCode && this.#beforeCode) {
        const before = this.#beforeCode;
        this.#beforeCode = undefined;
        before();
      }
      frame.position++;
      expander.spend(1, frame.loc(i));
      const id = sym[i]!;
      const macro = id < 0 ? undefined : macros[id];
      const token = frame.token(i);
      if (!macro || !stream.enter(token, macro)) {
        this.#emit(token);
        continue;
      }
      // What the expansion left, and what that expands to; the file itself is read above.
      const white = new WhiteSpace();
      while (stream.pending()) {
        const made = stream.raw()!;
        if (stream.expand(made)) continue;
        const space = white.before(made);
        if (isPadding(made)) continue;
        made.space = space;
        this.#emit(made);
      }
    }
    const open = frame.conditionals[frame.conditionals.length - 1];
    if (open) this.#report(openConditional(this.sources.locations.place(open.at)));
    this.#frames.pop();
  }

  /** Tokens of the unit at hand so far. */
  get emitted(): number {
    return this.#out.length;
  }

  /** A file of the tree that is not one of the headers which every unit takes from it. */
  isCode(file: SourceFile): boolean {
    return file.origin === 'tree' && !this.#context.fromTree.includes(file.path);
  }

  // ---- directives ----

  /** Obeys the directive at the frame's position and moves on behind it (or, past groups that are skipped, to the next branch). */
  #directive(frame: Frame, inArguments: boolean): void {
    const i = frame.position;
    const end = lineEnd(frame.tokens, i);
    frame.position = end;
    const at = frame.loc(i);
    this.#expander.spend(end - i, at);
    if (i + 1 === end) return;
    const place = () => this.sources.locations.place(frame.loc(i));
    const name = frame.tokens.sym[i + 1]!;
    switch (name) {
      case Sym.define:
        this.#define(frame, i, end);
        return;
      case Sym.undef: {
        const sym = this.#macroName(frame, i, end);
        if (sym >= 0) this.#expander.define(sym, undefined);
        return;
      }
      case Sym.include:
      case Sym.include_next:
      case Sym.import:
        if (inArguments) this.#report(includeInArguments(place()));
        else this.#include(frame, i, end);
        return;
      case Sym.if:
        this.#branch(frame, i, true, () => this.#condition(frame, i, end));
        return;
      case Sym.ifdef:
      case Sym.ifndef:
        this.#branch(frame, i, true, () => this.#ifDefined(frame, i, end, name === Sym.ifdef));
        return;
      case Sym.elif:
        this.#branch(frame, i, false, () => this.#condition(frame, i, end));
        return;
      case Sym.elifdef:
      case Sym.elifndef:
        this.#branch(frame, i, false, () => this.#ifDefined(frame, i, end, name === Sym.elifdef));
        return;
      case Sym.else: {
        const conditional = this.#branch(frame, i, false, () => true);
        if (conditional) conditional.sawElse = true;
        return;
      }
      case Sym.endif:
        if (!frame.conditionals.pop()) this.#report(withoutIf(place(), 'endif'));
        return;
      case Sym.error:
        this.#report(errorDirective(place(), this.#restOfLine(frame, i + 2, end)));
        return;
      case Sym.pragma:
        if (frame.tokens.sym[i + 2] === Sym.once && i + 3 === end) this.#once.add(frame.file);
        return;
      case Sym.warning:
      case Sym.line:
      case Sym.ident:
      case Sym.sccs:
      case Sym.assert:
      case Sym.unassert:
        return;
      default:
        // `# 12 "file"`, a line marker, says nothing that locations do not know.
        if (isLineMarker(frame.tokens, i, end)) return;
        this.#report(unknownDirective(place(), frame.tokens.texts[i + 1]!));
    }
  }

  /** The tokens from `from` up to `end`; their locations count from `base`. */
  #line(frame: Frame, from: number, end: number, base: Loc = frame.file.base): PpToken[] {
    const line: PpToken[] = [];
    for (let i = from; i < end; i++) line.push(frame.token(i, base));
    return line;
  }

  #define(frame: Frame, i: number, end: number): void {
    const { base } = frame.file;
    const { definitions, start } = frame.tokens;
    let definition = definitions.get(i);
    if (!definition) {
      const line = this.#line(frame, i + 2, end, 0);
      const place = (loc: Loc) => this.sources.locations.place(base + loc);
      definition = parseDefinition(line, start[i]!, place, (error) => this.#report(error));
      if (!definition) return;
      definitions.set(i, definition);
    }
    this.#expander.define(definition.sym, { definition, base, builtin: undefined });
  }

  #restOfLine(frame: Frame, from: number, end: number): string {
    if (from >= end) return '';
    const { text, start } = frame.tokens;
    const newline = text.indexOf('\n', start[from]!);
    return text.slice(start[from]!, newline < 0 ? undefined : Math.min(newline, start[from]! + 1000)).trim();
  }

  /** The macro that `#ifdef`, `#undef` … at `i` names, or -1 after a report. */
  #macroName(frame: Frame, i: number, end: number): number {
    const sym = i + 2 < end ? frame.tokens.sym[i + 2]! : -1;
    const place = () => this.sources.locations.place(frame.loc(i + 2 < end ? i + 2 : i));
    if (sym < 0) this.#report(macroNameMissing(place(), frame.tokens.texts[i + 1]!));
    else if (sym === Sym.defined) this.#report(badMacroName(place(), 'defined'));
    else return sym;
    return -1;
  }

  #ifDefined(frame: Frame, i: number, end: number, wanted: boolean): boolean {
    const sym = this.#macroName(frame, i, end);
    return sym >= 0 && this.isDefined(sym) === wanted;
  }

  /**
   * A directive that opens a group: `opens` a conditional, or the next branch of the one at hand. Where `holds` does not, or
   * a branch was taken before, reading goes on at the next branch.
   */
  #branch(frame: Frame, i: number, opens: boolean, holds: () => boolean): Conditional | undefined {
    const { conditionals } = frame;
    if (opens) {
      if (conditionals.length >= this.#limits.nesting) this.checkNesting(conditionals.length + 1, frame.loc(i));
      conditionals.push({ taken: false, sawElse: false, at: frame.loc(i) });
    }
    const conditional = conditionals[conditionals.length - 1];
    const name = frame.tokens.texts[i + 1]!;
    if (!conditional) {
      this.#report(withoutIf(this.sources.locations.place(frame.loc(i)), name));
      return undefined;
    }
    if (conditional.sawElse) this.#report(afterElse(this.sources.locations.place(frame.loc(i)), name));
    else if (!conditional.taken && holds()) {
      conditional.taken = true;
      return conditional;
    }
    frame.position = frame.tokens.branches.get(i) ?? frame.tokens.count;
    return conditional;
  }

  #condition(frame: Frame, i: number, end: number): boolean {
    const stream = new Stream(this.#expander, undefined);
    stream.push(this.#line(frame, i + 2, end));
    try {
      return evaluateCondition(stream, this);
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      this.#report(badCondition(this.sources.locations.place(frame.loc(i)), error.message));
      return false;
    }
  }

  #miss(name: string, loc: Loc): void {
    if (this.#missing.has(name)) return;
    this.#missing.add(name);
    this.missingHeaders.push({ name, loc });
  }

  #include(frame: Frame, i: number, end: number): void {
    const stream = new Stream(this.#expander, undefined);
    stream.push(this.#line(frame, i + 2, end));
    const header = readHeaderName(stream);
    const at = frame.loc(i + 2 < end ? i + 2 : i);
    if (!header || header.name === '') {
      this.#report(badInclude(this.sources.locations.place(at)));
      return;
    }
    const next = frame.tokens.sym[i + 1] === Sym.include_next;
    const file = this.#includes.resolve(header.name, header.quoted, frame.file, next);
    if (!file) {
      this.missingOfUnit.push({ name: header.name, loc: at });
      this.#miss(header.name, at);
      return;
    }
    if (this.#isSpent(file)) return;
    if (frame.tokens.sym[i + 1] === Sym.import) this.#once.add(file);
    const { includeDepth } = this.#limits;
    if (this.#frames.length > includeDepth) {
      const place = this.sources.locations.place(at);
      throw limitReached(Limit.includeDepth, 'includeDepth', includeDepth, 'files inside each other', place);
    }
    this.#expander.spend(INCLUDE_COST, at);
    this.#file(file);
  }

  /** A second reading would give nothing: `#pragma once`, or its guard is defined. */
  #isSpent(file: SourceFile): boolean {
    const { guard } = file.tokens;
    return this.#once.has(file) || (guard >= 0 && this.isDefined(guard));
  }

  // ---- what conditions ask ----

  isDefined(sym: number): boolean {
    return this.#expander.macros[sym] !== undefined;
  }

  hasInclude(name: string, quoted: boolean, next: boolean): boolean {
    const { file } = this.#frames[this.#frames.length - 1]!;
    return this.#includes.resolve(name, quoted, file, next) !== undefined;
  }

  checkNesting(depth: number, at: Loc = 0): void {
    if (depth <= this.#limits.nesting) return;
    const place = at === 0 ? undefined : this.sources.locations.place(at);
    throw limitReached(Limit.nesting, 'nesting', this.#limits.nesting, 'levels inside each other', place);
  }
}

/** Whether the `#` at `i` is followed by a line number, and a file's name or nothing. */
function isLineMarker({ kind, texts }: TokenizedFile, i: number, end: number): boolean {
  if (kind[i + 1] !== Tok.Number || !/^[0-9]+$/.test(texts[i + 1]!)) return false;
  return i + 2 >= end || kind[i + 2] === Tok.String;
}
