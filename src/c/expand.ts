import type { CodedError } from '../base/errors.ts';
import type { FrontEndLimits } from './api.ts';
import { argumentCount, badPaste, Limit, limitReached, openArguments } from './errors.ts';
import { HideSets } from './hidesets.ts';
import type { Interner } from './intern.ts';
import type { Locations } from './locations.ts';
import { type Macro, type Piece, PpToken } from './macros.ts';
import { type Loc, Tok, type TokKind } from './token.ts';
import { singleToken } from './tokenize.ts';

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

/** Stands for white space left by what expanded to nothing: the token after it has space before it. Never leaves a {@link Stream}. */
const GAP = new PpToken(Tok.Other, '', 0, false, true, -1, 0);

/** What one unit's expansion needs to know of its surroundings. */
export interface ExpansionHost {
  readonly interner: Interner;
  readonly locations: Locations;
  readonly limits: FrontEndLimits;
  readonly report: (error: CodedError) => void;
  /** The text of `__LINE__` and its like. */
  builtin(macro: Macro, at: Loc): { readonly kind: TokKind; readonly text: string };
}

export class Expander {
  /** By symbol. */
  readonly macros: (Macro | undefined)[] = [];
  readonly hides: HideSets;
  readonly host: ExpansionHost;
  #budget: number;
  /** How deep arguments are being expanded inside arguments. */
  #depth = 0;

  constructor(host: ExpansionHost) {
    this.host = host;
    this.#budget = host.limits.tokens;
    this.hides = new HideSets((size) => {
      this.spend(1, 0);
      if (size > host.limits.macroDepth) this.tooDeep(0);
    });
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
    return macro !== undefined && !this.hides.has(token.hide, macro.sym) ? macro : undefined;
  }

  /** Expands a closed list: an argument. White space that an empty expansion leaves at the end is kept as a gap. */
  expandList(list: readonly PpToken[]): readonly PpToken[] {
    if (!list.some((token) => this.macroOf(token))) return list;
    if (++this.#depth > this.host.limits.macroDepth) this.tooDeep(list[0]!.loc);
    const stream = new Stream(this, undefined);
    stream.push(list);
    const out: PpToken[] = [];
    for (let token = stream.next(); token; token = stream.next()) out.push(token);
    if (stream.gap) out.push(GAP);
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
  /** An empty expansion with white space before it was just read. */
  gap = false;

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
      const list = this.#lists[top]!;
      let position = this.#positions[top]!;
      while (position < list.length && list[position] === GAP) {
        this.gap = true;
        position++;
      }
      this.#positions[top] = position;
      if (position < list.length) return true;
      this.#lists.pop();
      this.#positions.pop();
    }
    return false;
  }

  /** The next token as it stands. */
  raw(): PpToken | undefined {
    let token: PpToken | undefined;
    if (this.pending()) {
      const top = this.#lists.length - 1;
      token = this.#lists[top]![this.#positions[top]!++];
    } else {
      token = this.#rest?.read();
    }
    if (!token || !this.gap) return token;
    this.gap = false;
    return token.space ? token : new PpToken(token.kind, token.text, token.loc, false, true, token.sym, token.hide);
  }

  /** The next token that is not (or no longer) a macro. */
  next(): PpToken | undefined {
    for (;;) {
      const token = this.raw();
      if (!token || token.sym < 0) return token;
      const macro = this.#expander.macroOf(token);
      if (!macro || !this.enter(token, macro)) return token;
    }
  }

  /** Replaces the macro name `token`, just read, by its expansion. False: it is not a use of the macro. */
  enter(token: PpToken, macro: Macro): boolean {
    const { hides, host } = this.#expander;
    if (macro.builtin) {
      if (macro.builtin === 'condition') return false;
      const { kind, text } = host.builtin(macro, token.loc);
      const loc = host.locations.addToken(token.loc, host.locations.addUse(macro.name, token.loc));
      this.#expander.spend(1, token.loc);
      this.push([new PpToken(kind, text, loc, token.bol, token.space, -1, hides.add(token.hide, macro.sym))]);
      return true;
    }
    let hide = token.hide;
    let args: Arguments | undefined;
    if (macro.params) {
      if (!this.#parenFollows()) return false;
      this.raw();
      args = this.#arguments(token, macro);
      if (!args) return false;
      hide = hides.intersection(hide, args.close.hide);
    }
    this.#expander.spend(1, token.loc);
    const use = host.locations.addUse(macro.name, token.loc);
    const maker = new Maker(this.#expander, use, hides.add(hide, macro.sym), token.loc);
    if (macro.pieces) maker.pieces(macro.pieces, args);
    else for (const part of macro.body) maker.copy(part, part.space);
    const list = maker.finish();
    const first = list[0];
    if (!first) {
      if (token.space) this.gap = true;
      return true;
    }
    if (first !== GAP) {
      first.bol = token.bol;
      first.space = token.space || maker.gapFirst;
    } else if (token.space) {
      this.gap = true;
    }
    this.push(list);
    return true;
  }

  #parenFollows(): boolean {
    if (!this.pending()) return this.#rest?.parenFollows() ?? false;
    const top = this.#lists.length - 1;
    const token = this.#lists[top]![this.#positions[top]!]!;
    return token.kind === Tok.Punct && token.text === '(';
  }

  /** Reads the arguments of a use up to its `)` (C11 6.10.3 p10–12). */
  #arguments(name: PpToken, macro: Macro): Arguments | undefined {
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
      if (token.kind === Tok.Punct) {
        if (token.text === '(') depth++;
        else if (token.text === ')' && depth-- === 0) {
          close = token;
          break;
        } else if (token.text === ',' && depth === 0 && !(macro.variadic && list.length >= params.length - 1)) {
          list.push(current);
          current = [];
          continue;
        }
      }
      current.push(token);
    }
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

/** Makes the tokens of one expansion. */
class Maker {
  readonly #expander: Expander;
  readonly #use: number;
  readonly #hide: number;
  readonly #at: Loc;
  #out: PpToken[] = [];
  #gap = false;
  /** White space was left before the first token by something empty. */
  gapFirst = false;

  constructor(expander: Expander, use: number, hide: number, at: Loc) {
    this.#expander = expander;
    this.#use = use;
    this.#hide = hide;
    this.#at = at;
  }

  finish(): PpToken[] {
    if (this.#gap) this.#out.push(GAP);
    return this.#out;
  }

  /** Appends a copy of `from`. */
  copy(from: PpToken, space: boolean): void {
    if (from === GAP) {
      this.#gap = true;
      return;
    }
    const { hides } = this.#expander;
    this.#append(from.kind, from.text, from.loc, space, from.sym, hides.union(from.hide, this.#hide));
  }

  #append(kind: TokKind, text: string, origin: Loc, space: boolean, sym: number, hide: number): void {
    this.#expander.spend(1, this.#at);
    if (this.#out.length === 0) this.gapFirst = this.#gap;
    const loc = this.#expander.host.locations.addToken(origin, this.#use);
    this.#out.push(new PpToken(kind, text, loc, false, space || this.#gap, sym, hide));
    this.#gap = false;
  }

  /** Appends what the pieces of a body come to (Prosser's `subst`). */
  pieces(pieces: readonly Piece[], args: Arguments | undefined): void {
    /** The left side of a `##` to come is a placemarker (C11 6.10.3.3): nothing, and not what stands before it. */
    let nothing = false;
    for (const piece of pieces) {
      const before = this.#out.length;
      const onto = piece.pasteLeft && !nothing ? before - 1 : -1;
      const wasNothing = piece.pasteLeft && nothing;
      if (piece.swallowsComma) {
        const rest = args!.raw[piece.param]!;
        if (args!.omitted) this.#out.pop();
        else this.#appendAll(rest, piece.token.space);
        nothing = rest.length === 0;
        continue;
      }
      this.#piece(piece, args);
      const made = this.#out.length - before;
      if (made === 0) {
        // Of `x ## nothing` what is left is x; of `nothing ## nothing`, nothing.
        nothing = piece.pasteRight && (wasNothing || onto < 0);
        if (!piece.pasteLeft && !piece.pasteRight && piece.token.space && piece !== pieces[0]) this.#gap = true;
        continue;
      }
      nothing = false;
      if (onto >= 0) this.#glue(onto);
    }
  }

  #piece(piece: Piece, args: Arguments | undefined): void {
    const { token } = piece;
    switch (piece.op) {
      case 'text':
        this.copy(token, token.space);
        return;
      case 'stringize': {
        const list = piece.inside ? this.#inside(piece.inside, args!) : args!.raw[piece.param]!;
        const text = stringize(list);
        this.#expander.spend(text.length >> 4, this.#at);
        this.#append(Tok.String, text, token.loc, token.space, -1, this.#hide);
        return;
      }
      case 'opt':
        this.#appendAll(this.#inside(piece.inside!, args!), token.space);
        return;
      case 'param': {
        const pasted = piece.pasteLeft || piece.pasteRight;
        this.#appendAll(pasted ? args!.raw[piece.param]! : this.#expanded(args!, piece.param), token.space);
      }
    }
  }

  #expanded(args: Arguments, param: number): readonly PpToken[] {
    return (args.expanded[param] ??= this.#expander.expandList(args.raw[param]!));
  }

  /** Appends a list whose first token has the white space of what it replaces. */
  #appendAll(list: readonly PpToken[], space: boolean): void {
    for (let i = 0; i < list.length; i++) {
      const token = list[i]!;
      this.copy(token, i === 0 ? space : token.space);
    }
  }

  /** What `__VA_OPT__(inside)` comes to: nothing where the variable arguments expand to nothing. */
  #inside(inside: readonly Piece[], args: Arguments): readonly PpToken[] {
    const last = args.raw.length - 1;
    if (!this.#expanded(args, last).some((token) => token !== GAP)) return [];
    const { out, gap } = { out: this.#out, gap: this.#gap };
    this.#out = [];
    this.#gap = false;
    this.pieces(inside, args);
    const made = this.finish();
    this.#out = out;
    this.#gap = gap;
    return made;
  }

  /** Joins the tokens at `left` and after it into one (`##`). */
  #glue(left: number): void {
    const { host, hides } = this.#expander;
    const a = this.#out[left]!;
    const b = this.#out[left + 1]!;
    const joined = a.text + b.text;
    this.#expander.spend(joined.length >> 4, this.#at);
    const token = singleToken(joined);
    if (!token) {
      host.report(badPaste(host.locations.place(this.#at), a.text, b.text));
      return;
    }
    const sym = token.kind === Tok.Ident ? host.interner.intern(token.text) : -1;
    const text = sym >= 0 ? host.interner.name(sym) : token.text;
    const hide = hides.intersection(a.hide, b.hide);
    this.#out.splice(left, 2, new PpToken(token.kind, text, a.loc, a.bol, a.space, sym, hide));
  }
}

/** C11 6.10.3.2: the spelling of an argument as a string literal. */
function stringize(list: readonly PpToken[]): string {
  let text = '"';
  let gap = false;
  for (const token of list) {
    if (token === GAP) {
      gap = true;
      continue;
    }
    if (text.length > 1 && (gap || token.space)) text += ' ';
    gap = false;
    text += token.kind === Tok.String || token.kind === Tok.Char ? token.text.replace(/["\\]/g, '\\$&') : token.text;
  }
  // A backslash left alone at the end would escape the closing quote: gcc drops it, with a warning.
  let backslashes = 0;
  while (text.charCodeAt(text.length - 1 - backslashes) === 92) backslashes++;
  if (backslashes % 2 === 1) text = text.slice(0, -1);
  return `${text}"`;
}
