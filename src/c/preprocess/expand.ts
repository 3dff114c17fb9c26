import type { CodedError } from '../../base/errors.ts';
import type { FrontEndLimits } from '../api.ts';
import { argumentCount, badPaste, Limit, limitReached, openArguments } from '../errors.ts';
import type { Interner } from '../intern.ts';
import type { Locations } from '../locations.ts';
import { type Loc, Tok, type TokKind } from '../token.ts';
import { singleToken } from '../tokenize.ts';
import { HideSets } from './hidesets.ts';
import { type Builtin, type Definition, type Macro, type Piece, PpToken } from './macros.ts';

/*
 * Macro expansion by Prosser's algorithm: a token list is read from the left; a macro's name is replaced by its body, put
 * back in front of what is still to be read; hide sets end recursion. In place of one list there is a stack of lists, with
 * the file below it, so that nothing is copied that is not made.
 */

/** What a macro use may read after the tokens at hand: the rest of the file it stands in. */
export interface Rest {
  /** Whether the next token of the file is `(`. */
  parenFollows(): boolean;
  /** The next token of the file, directives on the way obeyed; undefined at its end. */
  read(): PpToken | undefined;
}

/*
 * White space matters to `#` alone, and there gcc's rule is followed, by which the kernel's strings come out as they do.
 * Lists hold paddings between their tokens. One that stands where a macro's name or a parameter stood says "the next token
 * has white space" as the replaced token had it (or not), unless a padding before it said so already; one at the end of an
 * expansion or argument takes back a "not". Where nothing is said, the next token's own white space counts.
 */
const Padding = { End: 0, Space: 1, None: 2 } as const;
type Padding = (typeof Padding)[keyof typeof Padding];
const PADDING_SYM = -2;
const PADDINGS = [Padding.End, Padding.Space, Padding.None].map(
  (padding) => new PpToken(Tok.Other, '', 0, false, false, PADDING_SYM, padding),
);
const END = PADDINGS[Padding.End]!;

export function isPadding(token: PpToken): boolean {
  return token.sym === PADDING_SYM;
}

function paddingFor(replaced: PpToken): PpToken {
  return PADDINGS[replaced.space ? Padding.Space : Padding.None]!;
}

/** Follows the paddings of a list. */
export class WhiteSpace {
  #known: Padding = Padding.End;

  /** Whether white space stands before `token`; of a padding, takes note. */
  before(token: PpToken): boolean {
    const known = this.#known;
    if (token.sym === PADDING_SYM) {
      const padding = token.hide as Padding;
      if (known === Padding.End || (known === Padding.None && padding === Padding.End)) this.#known = padding;
      return false;
    }
    this.#known = Padding.End;
    return known === Padding.End ? token.space : known === Padding.Space;
  }
}

/** What one unit's expansion needs to know of its surroundings. */
export interface ExpansionHost {
  readonly interner: Interner;
  readonly locations: Locations;
  readonly limits: FrontEndLimits;
  readonly report: (error: CodedError) => void;
  /** The text of `__LINE__` and its like. */
  builtin(name: Builtin, at: Loc): { readonly kind: TokKind; readonly text: string };
  /** A name that `##` of a macro from the file at `base` made and that is no macro: it may become one now. */
  pasted(name: string, base: Loc): void;
}

export class Expander {
  /** By symbol. Without holes, which would make V8 keep it as a dictionary. */
  readonly macros: (Macro | undefined)[];
  readonly hides: HideSets;
  readonly host: ExpansionHost;
  #budget: number;
  /** How deep arguments are being expanded inside arguments. */
  #depth = 0;

  constructor(host: ExpansionHost) {
    this.host = host;
    this.macros = new Array<Macro | undefined>(2 * host.interner.size).fill(undefined);
    this.#budget = host.limits.tokens;
    this.hides = new HideSets((size) => {
      this.spend(1, 0);
      if (size > host.limits.macroDepth) this.tooDeep(0);
    });
  }

  define(sym: number, macro: Macro | undefined): void {
    const { macros } = this;
    if (sym >= macros.length) for (let i = sym * 2 - macros.length; i >= 0; i--) macros.push(undefined);
    macros[sym] = macro;
  }

  /** Pays for work; every token made or read costs 1. Throws when the bound is reached. */
  spend(tokens: number, at: Loc): void {
    this.#budget -= tokens;
    if (this.#budget < 0) {
      const { limits, locations } = this.host;
      const place = at === 0 ? undefined : locations.place(at);
      throw limitReached(Limit.tokens, 'tokens', limits.tokens, 'tokens of preprocessing', place);
    }
  }

  tooDeep(at: Loc): never {
    const { limits, locations } = this.host;
    const place = at === 0 ? undefined : locations.place(at);
    throw limitReached(Limit.macroDepth, 'macroDepth', limits.macroDepth, 'macro uses inside each other', place);
  }

  /** The macro that `token` names and that may be expanded. */
  macroOf(token: PpToken): Macro | undefined {
    if (token.sym < 0) return undefined;
    const macro = this.macros[token.sym];
    return macro !== undefined && !this.hides.has(token.hide, token.sym) ? macro : undefined;
  }

  /** Expands a closed list: an argument. */
  expandList(list: readonly PpToken[]): readonly PpToken[] {
    if (!list.some((token) => this.macroOf(token))) return list;
    if (++this.#depth > this.host.limits.macroDepth) this.tooDeep(list[0]!.loc);
    const out: PpToken[] = [];
    const stream = new Stream(this, undefined);
    stream.push(list);
    for (let token = stream.raw(); token; token = stream.raw()) if (!stream.expand(token)) out.push(token);
    this.#depth--;
    return out;
  }
}

/** Tokens to be read, innermost expansion first, then the rest of the file. */
export class Stream {
  readonly #expander: Expander;
  readonly #rest: Rest | undefined;
  readonly #lists: (readonly PpToken[])[] = [];
  readonly #positions: number[] = [];

  constructor(expander: Expander, rest: Rest | undefined) {
    this.#expander = expander;
    this.#rest = rest;
  }

  push(list: readonly PpToken[]): void {
    if (list.length === 0) return;
    this.pending();
    this.#lists.push(list);
    this.#positions.push(0);
  }

  /** Whether tokens are left that do not come from the rest of the file. */
  pending(): boolean {
    for (let top = this.#lists.length - 1; top >= 0; top--) {
      if (this.#positions[top]! < this.#lists[top]!.length) return true;
      this.#lists.pop();
      this.#positions.pop();
    }
    return false;
  }

  /** The next token as it stands, or a padding. */
  raw(): PpToken | undefined {
    if (!this.pending()) return this.#rest?.read();
    const top = this.#lists.length - 1;
    return this.#lists[top]![this.#positions[top]!++];
  }

  /** The next token as it stands, paddings passed over. */
  rawToken(): PpToken | undefined {
    for (;;) {
      const token = this.raw();
      if (!token || token.sym !== PADDING_SYM) return token;
    }
  }

  /** The next token that is not (or no longer) a macro, paddings passed over. */
  next(): PpToken | undefined {
    for (;;) {
      const token = this.rawToken();
      if (!token || !this.expand(token)) return token;
    }
  }

  /** Replaces `token`, just read, by its expansion if it is the use of a macro. */
  expand(token: PpToken): boolean {
    const macro = this.#expander.macroOf(token);
    return macro !== undefined && this.enter(token, macro);
  }

  /** Replaces the macro name `token`, just read, by its expansion. False: it is not a use of the macro. */
  enter(token: PpToken, macro: Macro): boolean {
    const { hides, host } = this.#expander;
    const { definition } = macro;
    this.#expander.spend(2, token.loc);
    if (macro.builtin) {
      if (macro.builtin === 'condition') return false;
      const { kind, text } = host.builtin(macro.builtin, token.loc);
      const loc = host.locations.addToken(token.loc, host.locations.addUse(definition.name, token.loc));
      this.push([new PpToken(kind, text, loc, false, token.space, -1, 0)]);
      return true;
    }
    let hide = token.hide;
    let args: Arguments | undefined;
    if (definition.params) {
      if (!this.#parenFollows()) return false;
      this.rawToken();
      args = this.#arguments(token, definition);
      if (!args) return false;
      hide = hides.intersection(hide, args.close.hide);
    }
    const use = host.locations.addUse(definition.name, token.loc);
    const maker = new Maker(this.#expander, use, hides.add(hide, token.sym), token.loc, macro.base);
    maker.copy(paddingFor(token));
    if (definition.pieces) maker.pieces(definition.pieces, args);
    else for (const part of definition.body) maker.text(part);
    maker.copy(END);
    this.push(maker.out);
    return true;
  }

  #parenFollows(): boolean {
    for (let top = this.#lists.length - 1; top >= 0; top--) {
      const list = this.#lists[top]!;
      let position = this.#positions[top]!;
      while (position < list.length && list[position]!.sym === PADDING_SYM) position++;
      const token = list[position];
      if (token) return token.kind === Tok.Punct && token.text === '(';
    }
    return this.#rest?.parenFollows() ?? false;
  }

  /** Reads the arguments of a use up to its `)` (C11 6.10.3 p10–12). */
  #arguments(name: PpToken, macro: Definition): Arguments | undefined {
    const { host } = this.#expander;
    const params = macro.params!;
    const list: PpToken[][] = [];
    let current: PpToken[] = [];
    let depth = 0;
    let close: PpToken | undefined;
    while (!close) {
      const token = this.raw();
      if (!token) {
        host.report(openArguments(host.locations.place(name.loc), macro.name));
        return undefined;
      }
      this.#expander.spend(1, name.loc);
      if (token.sym === PADDING_SYM) {
        if (current.length > 0) current.push(token);
        continue;
      }
      if (token.kind === Tok.Punct) {
        if (token.text === '(') depth++;
        else if (token.text === ')' && depth-- === 0) {
          close = token;
          break;
        } else if (token.text === ',' && depth === 0 && !(macro.variadic && list.length >= params.length - 1)) {
          list.push(trimmed(current));
          current = [];
          continue;
        }
      }
      current.push(token);
    }
    trimmed(current);
    if (params.length > 0 || current.length > 0 || list.length > 0) list.push(current);
    // The variable arguments may be missing altogether; with no other parameter, empty counts as missing (GNU).
    let omitted = false;
    if (macro.variadic) {
      omitted = list.length === params.length - 1 || (params.length === 1 && list[0]!.length === 0);
      if (list.length === params.length - 1) list.push([]);
    }
    if (list.length !== params.length) {
      const needed = macro.variadic ? params.length - 1 : params.length;
      const wanted = `${macro.variadic ? 'at least ' : ''}${needed} argument${needed === 1 ? '' : 's'}`;
      host.report(argumentCount(host.locations.place(name.loc), macro.name, wanted, list.length));
      return undefined;
    }
    return { raw: list, expanded: [], omitted, close };
  }
}

interface Arguments {
  readonly raw: readonly (readonly PpToken[])[];
  /** Filled as needed. */
  readonly expanded: (readonly PpToken[] | undefined)[];
  /** The variable arguments are left out, with their comma. */
  readonly omitted: boolean;
  readonly close: PpToken;
}

function isComma(token: PpToken | undefined): boolean {
  return token !== undefined && token.kind === Tok.Punct && token.text === ',';
}

/** Drops the paddings at the end. */
function trimmed(list: PpToken[]): PpToken[] {
  while (list.length > 0 && list[list.length - 1]!.sym === PADDING_SYM) list.pop();
  return list;
}

/** Makes the tokens of one expansion. */
class Maker {
  readonly out: PpToken[] = [];
  readonly #expander: Expander;
  readonly #use: number;
  readonly #hide: number;
  /** Where the use stands. */
  readonly #at: Loc;
  /** What the locations in the body count from. */
  readonly #base: Loc;

  constructor(expander: Expander, use: number, hide: number, at: Loc, base: Loc) {
    this.#expander = expander;
    this.#use = use;
    this.#hide = hide;
    this.#at = at;
    this.#base = base;
  }

  /** Appends a token of the body. */
  text(from: PpToken): void {
    this.#append(from.kind, from.text, this.#base + from.loc, from.space, from.sym, this.#hide);
  }

  /** Appends a copy of a token, or a padding. */
  copy(from: PpToken): void {
    if (from.sym === PADDING_SYM) {
      this.#expander.spend(1, this.#at);
      this.out.push(from);
      return;
    }
    const hide = this.#expander.hides.union(from.hide, this.#hide);
    this.#append(from.kind, from.text, from.loc, from.space, from.sym, hide);
  }

  #append(kind: TokKind, text: string, origin: Loc, space: boolean, sym: number, hide: number): void {
    this.#expander.spend(1, this.#at);
    const loc = this.#expander.host.locations.addToken(origin, this.#use);
    this.out.push(new PpToken(kind, text, loc, false, space, sym, hide));
  }

  #copyAll(list: readonly PpToken[]): void {
    for (const token of list) this.copy(token);
  }

  /** Appends what the pieces of a body come to (Prosser's `subst`). */
  pieces(pieces: readonly Piece[], args: Arguments | undefined): void {
    /** The left side of the `##` to come is a placemarker (C11 6.10.3.3): nothing, and not what stands before it. */
    let nothing = false;
    for (const piece of pieces) {
      const { op, token, pasteLeft, pasteRight } = piece;
      if (op === 'text') {
        this.text(token);
        if (pasteLeft && !nothing) this.#glue(this.out.length - 2);
        nothing = false;
        continue;
      }
      if (!pasteLeft && piece !== pieces[0]) this.copy(paddingFor(token));
      const before = this.out.length;
      if (piece.afterComma && isComma(this.out[before - 1])) {
        if (args!.omitted) this.out.pop();
        else this.#copyAll(args!.raw[piece.param]!);
        nothing = this.out.length <= before;
      } else {
        this.#substitute(piece, args!);
        if (this.#onlyPaddings(before)) {
          if (pasteLeft || pasteRight) this.out.length = before;
          // Of `x ## nothing` what is left is x; of `nothing ## nothing`, nothing.
          nothing = pasteRight && (nothing || !pasteLeft);
        } else {
          if (pasteLeft && !nothing) this.#glue(before - 1);
          nothing = false;
        }
      }
      if (!pasteRight) this.copy(END);
    }
  }

  #onlyPaddings(from: number): boolean {
    for (let i = from; i < this.out.length; i++) if (this.out[i]!.sym !== PADDING_SYM) return false;
    return true;
  }

  /** Appends what a parameter, `#` or `__VA_OPT__` stands for. */
  #substitute(piece: Piece, args: Arguments): void {
    const { op, token, inside } = piece;
    if (op === 'param') {
      const raw = piece.pasteLeft || piece.pasteRight;
      this.#copyAll(raw ? args.raw[piece.param]! : this.#expanded(args, piece.param));
      return;
    }
    const list = inside ? this.#inside(inside, args) : args.raw[piece.param]!;
    if (op === 'opt') {
      this.#copyAll(piece.pasteRight ? trimmed([...list]) : list);
      return;
    }
    const text = stringize(list);
    this.#expander.spend(text.length >> 4, this.#at);
    this.#append(Tok.String, text, this.#base + token.loc, token.space, -1, this.#hide);
  }

  #expanded(args: Arguments, param: number): readonly PpToken[] {
    return (args.expanded[param] ??= this.#expander.expandList(args.raw[param]!));
  }

  /** What `__VA_OPT__(inside)` comes to: nothing where the variable arguments expand to nothing. */
  #inside(inside: readonly Piece[], args: Arguments): readonly PpToken[] {
    if (this.#expanded(args, args.raw.length - 1).every(isPadding)) return [];
    const maker = new Maker(this.#expander, this.#use, 0, this.#at, this.#base);
    maker.pieces(inside, args);
    return maker.out;
  }

  /** Joins the token at `left` and the one after it (`##`). */
  #glue(left: number): void {
    const { host, hides } = this.#expander;
    const a = this.out[left]!;
    let right = left + 1;
    while (right < this.out.length - 1 && this.out[right]!.sym === PADDING_SYM) right++;
    const b = this.out[right]!;
    const joined = a.text + b.text;
    this.#expander.spend(joined.length >> 4, this.#at);
    const token = singleToken(joined);
    if (!token) {
      host.report(badPaste(host.locations.place(this.#at), a.text, b.text));
      return;
    }
    const sym = token.kind === Tok.Ident ? host.interner.intern(token.text) : -1;
    const text = sym >= 0 ? host.interner.name(sym) : token.text;
    if (sym >= 0 && this.#expander.macros[sym] === undefined) host.pasted(text, this.#base);
    const hide = hides.intersection(a.hide, b.hide);
    this.out.splice(left, right - left + 1, new PpToken(token.kind, text, a.loc, false, a.space, sym, hide));
  }
}

/** C11 6.10.3.2: the spelling of an argument as a string literal. */
function stringize(list: readonly PpToken[]): string {
  let text = '"';
  const white = new WhiteSpace();
  for (const token of list) {
    const space = white.before(token);
    if (token.sym === PADDING_SYM) continue;
    if (text.length > 1 && space) text += ' ';
    text += token.kind === Tok.String || token.kind === Tok.Char ? token.text.replace(/["\\]/g, '\\$&') : token.text;
  }
  // A backslash left alone at the end would escape the closing quote: gcc drops it, with a warning.
  let backslashes = 0;
  while (text.charCodeAt(text.length - 1 - backslashes) === 92) backslashes++;
  if (backslashes % 2 === 1) text = text.slice(0, -1);
  return `${text}"`;
}
