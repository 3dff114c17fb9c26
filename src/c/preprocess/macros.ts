import type { CodedError, Place } from '../../base/errors.ts';
import {
  badMacroName,
  badParameters,
  badVaOpt,
  hashWithoutParameter,
  macroNameMissing,
  pasteAtEdge,
} from '../errors.ts';
import { Sym } from '../intern.ts';
import { type Loc, Tok, type Token, type TokKind } from '../token.ts';

/** A token on its way through the preprocessor. */
export class PpToken implements Token {
  readonly kind: TokKind;
  readonly text: string;
  readonly loc: Loc;
  bol: boolean;
  space: boolean;
  /** The interned number of an identifier, else -1. */
  readonly sym: number;
  /** Hide set. */
  hide: number;

  constructor(kind: TokKind, text: string, loc: Loc, bol: boolean, space: boolean, sym: number, hide: number) {
    this.kind = kind;
    this.text = text;
    this.loc = loc;
    this.bol = bol;
    this.space = space;
    this.sym = sym;
    this.hide = hide;
  }
}

/** Macros that are not text. */
export type Builtin =
  | '__FILE__'
  | '__BASE_FILE__'
  | '__FILE_NAME__'
  | '__LINE__'
  | '__COUNTER__'
  | '__INCLUDE_LEVEL__'
  | '__DATE__'
  | '__TIME__'
  | '__TIMESTAMP__'
  /** Answered inside `#if` only: `__has_include` and its kin. */
  | 'condition';

/** One piece of a replacement list. `##` is not a piece: it shows in `pasteLeft` and `pasteRight`. */
export class Piece {
  readonly op: 'text' | 'param' | 'stringize' | 'opt';
  /** The token, or that of the parameter, or `__VA_OPT__`, or `#`. */
  readonly token: PpToken;
  /** Index of the parameter. */
  readonly param: number;
  /** `##` stands before it, after it. */
  readonly pasteLeft: boolean;
  pasteRight = false;
  /** The variable arguments after `##`: a comma before them is not pasted, and goes where they are left out (GNU). */
  readonly afterComma: boolean;
  /** What stands inside `__VA_OPT__( )`; with `stringize`, of `#__VA_OPT__( )`. */
  readonly inside: readonly Piece[] | undefined;

  constructor(
    op: Piece['op'],
    token: PpToken,
    pasteLeft: boolean,
    param = -1,
    afterComma = false,
    inside: readonly Piece[] | undefined = undefined,
  ) {
    this.op = op;
    this.token = token;
    this.pasteLeft = pasteLeft;
    this.param = param;
    this.afterComma = afterComma;
    this.inside = inside;
  }
}

/** What a `#define` says. Locations in it count from the start of its file, so that it is kept with the tokenised file. */
export interface Definition {
  readonly name: string;
  readonly sym: number;
  /** Where its name is defined. */
  readonly loc: Loc;
  /** undefined: an object-like macro. */
  readonly params: readonly number[] | undefined;
  /** The last parameter takes all remaining arguments. */
  readonly variadic: boolean;
  /** The replacement list as written. */
  readonly body: readonly PpToken[];
  /** The same, worked out; undefined where the body is copied as it stands. */
  readonly pieces: readonly Piece[] | undefined;
}

export interface Macro {
  readonly definition: Definition;
  /** The location of the first character of the file that defines it. */
  readonly base: Loc;
  readonly builtin: Builtin | undefined;
}

/** What a directive's malformed definition costs: it is reported, and the macro is not defined. */
export type Report = (error: CodedError) => void;
export type PlaceOf = (loc: Loc) => Place;

/**
 * Reads `NAME body` or `NAME(params) body`, the tokens after `#define` on its line (C11 6.10.3, GNU's named variable
 * arguments). `at` is the directive's own location; all locations count from the start of the file.
 */
export function parseDefinition(
  line: readonly PpToken[],
  at: Loc,
  place: PlaceOf,
  report: Report,
): Definition | undefined {
  const name = line[0];
  if (!name || name.kind !== Tok.Ident) {
    report(macroNameMissing(place(name?.loc ?? at), 'define'));
    return undefined;
  }
  if (name.sym === Sym.defined || name.sym === Sym.__VA_ARGS__ || name.sym === Sym.__VA_OPT__) {
    report(badMacroName(place(name.loc), name.text));
    return undefined;
  }
  const open = line[1];
  let params: number[] | undefined;
  let variadic = false;
  let from = 1;
  if (open && open.text === '(' && open.kind === Tok.Punct && !open.space) {
    const read = parseParameters(line);
    if (typeof read === 'string') {
      report(badParameters(place((line[1] ?? name).loc), name.text, read));
      return undefined;
    }
    ({ params, variadic, from } = read);
  }
  const body = line.slice(from);
  // White space before the body is no part of it.
  if (body[0]) body[0].space = false;
  const macro = { name: name.text, sym: name.sym, loc: name.loc, params, variadic, body };
  const needsWork = params !== undefined || body.some((token) => token.text === '##');
  if (!needsWork) return { ...macro, pieces: undefined };
  try {
    const pieces = analyse(body, params, variadic, name.text, place, true);
    return { ...macro, pieces };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    report(error.coded);
    return undefined;
  }
}

interface Parameters {
  readonly params: number[];
  readonly variadic: boolean;
  readonly from: number;
}

/** Answers what is wrong, as words, where something is. */
function parseParameters(line: readonly PpToken[]): Parameters | string {
  const params: number[] = [];
  let i = 2;
  if (line[i]?.text === ')') return { params, variadic: false, from: i + 1 };
  for (;;) {
    const token = line[i++];
    if (!token) return 'the closing ) is missing';
    if (token.text === '...' && token.kind === Tok.Punct) {
      if (line[i]?.text !== ')') return '... must come last';
      params.push(Sym.__VA_ARGS__);
      return { params, variadic: true, from: i + 1 };
    }
    if (token.kind !== Tok.Ident) return `${token.text} is not a name`;
    if (token.sym === Sym.__VA_ARGS__ || token.sym === Sym.__VA_OPT__) return `${token.text} cannot be a parameter`;
    if (params.includes(token.sym)) return `${token.text} appears twice`;
    if (params.length >= 1000) return 'it has more than 1000 parameters';
    params.push(token.sym);
    const after = line[i++];
    if (after?.text === ')') return { params, variadic: false, from: i };
    if (after?.text === '...') {
      if (line[i]?.text !== ')') return '... must come last';
      return { params, variadic: true, from: i + 1 };
    }
    if (after?.text !== ',') return after ? `${after.text} stands where , or ) belongs` : 'the closing ) is missing';
  }
}

/** Leaves {@link analyse}; caught in {@link parseDefinition}. */
class Malformed extends Error {
  readonly coded: CodedError;
  constructor(coded: CodedError) {
    super();
    this.coded = coded;
  }
}

function isPunct(token: PpToken | undefined, text: string): boolean {
  return token !== undefined && token.kind === Tok.Punct && token.text === text;
}

/** Works out the operators of a replacement list, or of the inside of a `__VA_OPT__` (`top` false). */
function analyse(
  body: readonly PpToken[],
  params: readonly number[] | undefined,
  variadic: boolean,
  name: string,
  place: PlaceOf,
  top: boolean,
): Piece[] {
  const pieces: Piece[] = [];
  let paste = false;
  for (let i = 0; i < body.length; i++) {
    const token = body[i]!;
    if (isPunct(token, '##')) {
      const previous = pieces[pieces.length - 1];
      if (!previous || i === body.length - 1) throw new Malformed(pasteAtEdge(place(token.loc), name));
      previous.pasteRight = true;
      paste = true;
      continue;
    }
    const pasteLeft = paste;
    paste = false;
    let target = token;
    const stringize = params !== undefined && isPunct(token, '#');
    if (stringize) target = body[++i]!;
    const op = stringize ? 'stringize' : 'param';
    if (params !== undefined && variadic && target?.sym === Sym.__VA_OPT__) {
      const end = closing(body, i + 1);
      if (!top) throw new Malformed(badVaOpt(place(target.loc), name, 'it cannot stand inside another'));
      if (end < 0) throw new Malformed(badVaOpt(place(target.loc), name, 'its ( ) is missing or does not end'));
      const inside = analyse(body.slice(i + 2, end), params, variadic, name, place, false);
      pieces.push(new Piece(stringize ? 'stringize' : 'opt', token, pasteLeft, -1, false, inside));
      i = end;
      continue;
    }
    const param = target && target.sym >= 0 && params ? params.indexOf(target.sym) : -1;
    if (param >= 0) {
      const afterComma = !stringize && pasteLeft && variadic && param === params!.length - 1;
      pieces.push(new Piece(op, token, pasteLeft, param, afterComma));
    } else if (stringize) {
      throw new Malformed(hashWithoutParameter(place(token.loc), name));
    } else {
      pieces.push(new Piece('text', token, pasteLeft));
    }
  }
  return pieces;
}

/** The index of the `)` that closes the `(` at `open`, or -1. */
function closing(body: readonly PpToken[], open: number): number {
  if (!isPunct(body[open], '(')) return -1;
  let depth = 0;
  for (let i = open; i < body.length; i++) {
    if (isPunct(body[i], '(')) depth++;
    else if (isPunct(body[i], ')') && --depth === 0) return i;
  }
  return -1;
}
