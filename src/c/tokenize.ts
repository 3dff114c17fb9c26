import { type Interner, Sym } from './intern.ts';
import type { Definition } from './preprocess/macros.ts';
import { Tok, type TokKind } from './token.ts';

/*
 * Translation phases 1 to 3 of C11 5.1.1.2: splicing of lines, then preprocessing tokens and comments. No trigraphs (the
 * kernel builds in gnu mode). The result is one set of arrays per file and does not know the file's name or place among the
 * location numbers, so that it is shared between compilations.
 */

/** Bits of {@link TokenizedFile.flags}. */
export const Flag = {
  /** First on its logical line. */
  Bol: 1,
  /** White space (or a line's start) stands before it. */
  Space: 2,
  /** A `#` that opens a directive. */
  Directive: 4,
} as const;

export interface TokenizedFile {
  readonly text: string;
  readonly count: number;
  readonly kind: Uint8Array;
  readonly flags: Uint8Array;
  /** Where each token starts in `text`, in UTF-16 units. */
  readonly start: Int32Array;
  /** The interned number of an identifier, else -1. */
  readonly sym: Int32Array;
  /** The spelling, spliced. Digraphs are given as what they stand for. */
  readonly texts: readonly string[];
  /** For the `#` of `#if…`, `#elif…` and `#else`: the `#` of the next branch or `#endif`, or `count` where there is none. */
  readonly branches: ReadonlyMap<number, number>;
  /** The macro whose definition makes a second inclusion empty (an include guard around the whole file), else -1. */
  readonly guard: number;
  /** Offsets at which each line starts. */
  readonly lineStarts: Int32Array;
  readonly longestLine: number;
  /** What the well-formed `#define`s say, by the index of their `#`: filled in when they are first obeyed. */
  readonly definitions: Map<number, Definition>;
  /** Where a comment starts that does not end. */
  readonly openComment: number | undefined;
}

const NEWLINE = 10;
const SLASH = 47;
const BACKSLASH = 92;
const QUOTE = 34;
const APOSTROPHE = 39;
const LESS = 60;

/** Classes of ASCII characters. */
const Class = { Other: 0, Ident: 1, Digit: 2, Space: 3, Newline: 4, Punct: 5, Quote: 6 } as const;
const CLASS = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const ch = String.fromCharCode(c);
  if (/[A-Za-z_$]/.test(ch)) CLASS[c] = Class.Ident;
  else if (/[0-9]/.test(ch)) CLASS[c] = Class.Digit;
  else if (c === NEWLINE) CLASS[c] = Class.Newline;
  else if (/[\0\t\v\f\r ]/.test(ch)) CLASS[c] = Class.Space;
  else if (c === QUOTE || c === APOSTROPHE) CLASS[c] = Class.Quote;
  else if (/[!#%&()*+,\-./:;<=>?[\]^{|}~]/.test(ch)) CLASS[c] = Class.Punct;
}

const PUNCTUATORS = (
  '! != # ## % %= & && &= ( ) * *= + ++ += , - -- -= -> . ... / /= : ; < << <<= <= = == > >= >> >>= ? [ ] ^ ^= { | |= || } ~ ' +
  '<: :> <% %> %: %:%:'
).split(' ');
const DIGRAPHS = new Map([
  ['<:', '['],
  [':>', ']'],
  ['<%', '{'],
  ['%>', '}'],
  ['%:', '#'],
  ['%:%:', '##'],
]);
/** For each first character, the punctuators longer than it, longest first. */
const LONGER: (readonly string[] | undefined)[] = [];
for (const p of PUNCTUATORS) {
  const c = p.charCodeAt(0);
  if (p.length > 1) LONGER[c] = [...(LONGER[c] ?? []), p].sort((a, b) => b.length - a.length);
}
const SINGLE = new Map(PUNCTUATORS.filter((p) => p.length === 1).map((p) => [p.charCodeAt(0), p]));

/** Reads one token at a time from spliced text. */
class Scanner {
  readonly text: string;
  /** Of the token read last. */
  kind: TokKind = Tok.Eof;
  spelling = '';

  constructor(text: string) {
    this.text = text;
  }

  /** Reads the token at `pos`, which is neither white space nor a comment. Answers where it ends. */
  scan(pos: number): number {
    const { text } = this;
    const c = text.charCodeAt(pos);
    const cls = c < 128 ? CLASS[c] : Class.Other;
    let end: number;
    switch (cls) {
      case Class.Ident:
        end = this.#identEnd(pos + 1);
        if (end - pos <= 2 && end < text.length) {
          const q = text.charCodeAt(end);
          if ((q === QUOTE || q === APOSTROPHE) && isLiteralPrefix(text, pos, end)) return this.#literal(pos, end, q);
        }
        this.kind = Tok.Ident;
        break;
      case Class.Digit:
        end = this.#numberEnd(pos + 1);
        break;
      case Class.Quote:
        return this.#literal(pos, pos, c);
      case Class.Punct:
        if (c === 46 && digitAt(text, pos + 1)) {
          end = this.#numberEnd(pos + 2);
          break;
        }
        return this.#punct(pos, c);
      default: {
        const point = text.codePointAt(pos)!;
        const width = point > 0xffff ? 2 : 1;
        if (point >= 128 && /^\p{XID_Start}$/u.test(String.fromCodePoint(point))) {
          end = this.#identEnd(pos + width);
          this.kind = Tok.Ident;
        } else {
          end = pos + width;
          this.kind = Tok.Other;
        }
      }
    }
    this.spelling = text.slice(pos, end);
    return end;
  }

  #identEnd(pos: number): number {
    const { text } = this;
    for (;;) {
      const c = text.charCodeAt(pos);
      if (c < 128) {
        const cls = CLASS[c];
        if (cls !== Class.Ident && cls !== Class.Digit) return pos;
        pos++;
      } else if (c >= 128) {
        const point = text.codePointAt(pos)!;
        if (!/^\p{XID_Continue}$/u.test(String.fromCodePoint(point))) return pos;
        pos += point > 0xffff ? 2 : 1;
      } else {
        return pos; // NaN: end of text
      }
    }
  }

  /** C11 6.4.8: preprocessing numbers. */
  #numberEnd(pos: number): number {
    const { text } = this;
    this.kind = Tok.Number;
    for (;;) {
      const c = text.charCodeAt(pos);
      if (c === 46) {
        pos++;
      } else if (c === 43 || c === 45) {
        const before = text.charCodeAt(pos - 1) | 32;
        if (before !== 101 && before !== 112) return pos; // e, p
        pos++;
      } else {
        const end = this.#identEnd(pos);
        if (end === pos) return pos;
        pos = end;
      }
    }
  }

  /** A character or string literal whose quote `q` stands at `open`; without its end it is `Other` up to the end of the line. */
  #literal(pos: number, open: number, q: number): number {
    const { text } = this;
    let at = open + 1;
    for (;;) {
      const c = text.charCodeAt(at);
      if (c === q) {
        this.kind = q === QUOTE ? Tok.String : Tok.Char;
        this.spelling = text.slice(pos, at + 1);
        return at + 1;
      }
      if (c === NEWLINE || at >= text.length) {
        if (text.charCodeAt(at - 1) === 13 && at - 1 > open) at--;
        this.kind = Tok.Other;
        this.spelling = text.slice(pos, at);
        return at;
      }
      at += c === BACKSLASH && text.charCodeAt(at + 1) !== NEWLINE && at + 1 < text.length ? 2 : 1;
    }
  }

  #punct(pos: number, c: number): number {
    this.kind = Tok.Punct;
    const longer = LONGER[c];
    if (longer) {
      for (const p of longer) {
        if (this.text.startsWith(p, pos)) {
          this.spelling = DIGRAPHS.get(p) ?? p;
          return pos + p.length;
        }
      }
    }
    this.spelling = SINGLE.get(c)!;
    return pos + 1;
  }
}

function digitAt(text: string, pos: number): boolean {
  const c = text.charCodeAt(pos);
  return c >= 48 && c <= 57;
}

function isLiteralPrefix(text: string, pos: number, end: number): boolean {
  const first = text.charCodeAt(pos);
  if (end - pos === 1) return first === 76 || first === 85 || first === 117; // L U u
  return first === 117 && text.charCodeAt(pos + 1) === 56; // u8
}

/** The kind and spelling of `text` if it is exactly one token (for `##`), else undefined. */
export function singleToken(text: string): { readonly kind: TokKind; readonly text: string } | undefined {
  if (text === '') return undefined;
  const c = text.charCodeAt(0);
  if (c < 128 && (CLASS[c] === Class.Space || CLASS[c] === Class.Newline)) return undefined;
  const scanner = new Scanner(text);
  if (scanner.scan(0) !== text.length || scanner.kind === Tok.Other) return undefined;
  return { kind: scanner.kind, text: scanner.spelling };
}

/** Text with its lines spliced, and how to get back: cleaned position `at[i]` and all after it lie `removed[i]` further on. */
interface Spliced {
  readonly text: string;
  readonly at: readonly number[];
  readonly removed: readonly number[];
}

/** Phase 2: deletes each backslash before a newline. Like gcc, blanks between the two are allowed. */
function splice(source: string): Spliced {
  const parts: string[] = [];
  const at: number[] = [];
  const removed: number[] = [];
  let from = 0;
  let length = 0;
  for (let pos = source.indexOf('\\'); pos >= 0; ) {
    let end = pos + 1;
    for (;;) {
      const c = source.charCodeAt(end);
      if (c !== 32 && (c < 9 || c > 13 || c === NEWLINE)) break;
      if (Number.isNaN(c)) break;
      end++;
    }
    if (source.charCodeAt(end) === NEWLINE) {
      parts.push(source.slice(from, pos));
      length += pos - from;
      from = end + 1;
      at.push(length);
      removed.push(from - length);
    }
    pos = source.indexOf('\\', end);
  }
  if (parts.length === 0) return { text: source, at, removed };
  parts.push(source.slice(from));
  return { text: parts.join(''), at, removed };
}

/** Offsets of line starts, and the length of the longest line. */
function measureLines(text: string): { readonly starts: Int32Array; readonly longest: number } {
  let starts = new Int32Array(Math.max(16, text.length >> 4));
  let count = 1;
  let longest = 0;
  let from = 0;
  for (;;) {
    const end = text.indexOf('\n', from);
    longest = Math.max(longest, (end < 0 ? text.length : end) - from);
    if (end < 0) break;
    from = end + 1;
    if (count === starts.length) {
      const grown = new Int32Array(count * 2);
      grown.set(starts);
      starts = grown;
    }
    starts[count++] = from;
  }
  return { starts: starts.slice(0, count), longest };
}

/** Splits a file into tokens. Linear in its length; every input has a result. */
export function tokenize(source: string, interner: Interner): TokenizedFile {
  const spliced = splice(source);
  const { text } = spliced;
  const scanner = new Scanner(text);
  let capacity = (text.length >> 2) + 16;
  let kind = new Uint8Array(capacity);
  let flags = new Uint8Array(capacity);
  let start = new Int32Array(capacity);
  let sym = new Int32Array(capacity);
  const texts: string[] = [];
  let count = 0;
  let nextSplice = 0;
  let shift = 0;
  let flag: number = Flag.Bol | Flag.Space;
  let openComment: number | undefined;

  const origin = (pos: number): number => {
    while (nextSplice < spliced.at.length && spliced.at[nextSplice]! <= pos) shift = spliced.removed[nextSplice++]!;
    return pos + shift;
  };

  let pos = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (pos < text.length) {
    const c = text.charCodeAt(pos);
    const cls = c < 128 ? CLASS[c] : Class.Other;
    if (cls === Class.Space) {
      flag |= Flag.Space;
      pos++;
      continue;
    }
    if (cls === Class.Newline) {
      flag = Flag.Bol | Flag.Space;
      pos++;
      continue;
    }
    if (c === SLASH) {
      const next = text.charCodeAt(pos + 1);
      if (next === SLASH) {
        const end = text.indexOf('\n', pos);
        pos = end < 0 ? text.length : end;
        continue;
      }
      if (next === 42) {
        const end = text.indexOf('*/', pos + 2);
        if (end < 0) openComment = origin(pos);
        pos = end < 0 ? text.length : end + 2;
        flag |= Flag.Space;
        continue;
      }
    }
    if (count === capacity) {
      capacity *= 2;
      kind = grow(kind, new Uint8Array(capacity));
      flags = grow(flags, new Uint8Array(capacity));
      start = grow(start, new Int32Array(capacity));
      sym = grow(sym, new Int32Array(capacity));
    }
    start[count] = origin(pos);
    if (c === LESS && count >= 2 && isIncludeName(sym[count - 1]!, flags[count - 2]!)) {
      const end = headerNameEnd(text, pos);
      if (end > 0) {
        kind[count] = Tok.Other;
        flags[count] = flag;
        sym[count] = -1;
        texts.push(text.slice(pos, end));
        count++;
        flag = 0;
        pos = end;
        continue;
      }
    }
    pos = scanner.scan(pos);
    kind[count] = scanner.kind;
    if (scanner.kind === Tok.Ident) {
      const id = interner.intern(scanner.spelling);
      sym[count] = id;
      texts.push(interner.name(id));
    } else {
      sym[count] = -1;
      texts.push(scanner.spelling);
      if (scanner.spelling === '#' && (flag & Flag.Bol) !== 0) flag |= Flag.Directive;
    }
    flags[count] = flag;
    flag = 0;
    count++;
  }

  const lines = measureLines(source);
  const shape = { count, flags, sym, texts };
  const { branches, guard } = matchConditionals(shape);
  return {
    text: source,
    count,
    kind: kind.slice(0, count),
    flags: flags.slice(0, count),
    start: start.slice(0, count),
    sym: sym.slice(0, count),
    texts,
    branches,
    guard,
    lineStarts: lines.starts,
    longestLine: lines.longest,
    definitions: new Map(),
    openComment,
  };
}

function grow<T extends Uint8Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function isIncludeName(name: number, hashFlags: number): boolean {
  return (
    (hashFlags & Flag.Directive) !== 0 && (name === Sym.include || name === Sym.include_next || name === Sym.import)
  );
}

/** The end of `<name>` on this line, or -1. */
function headerNameEnd(text: string, pos: number): number {
  for (let at = pos + 1; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 62) return at + 1;
    if (c === NEWLINE) break;
  }
  return -1;
}

interface Shape {
  readonly count: number;
  readonly flags: Uint8Array;
  readonly sym: Int32Array;
  readonly texts: readonly string[];
}

/** Links the branches of each conditional, so that a skipped group costs one step, and finds the include guard. */
function matchConditionals(file: Shape): { readonly branches: Map<number, number>; readonly guard: number } {
  const { count, flags, sym } = file;
  const branches = new Map<number, number>();
  /** The `#` of the latest branch of each open conditional. */
  const open: number[] = [];
  /** The `#endif` of the conditional that the file starts with. */
  let firstEnd = -1;
  for (let i = 0; i + 1 < count; i++) {
    if ((flags[i]! & Flag.Directive) === 0 || (flags[i + 1]! & Flag.Bol) !== 0) continue;
    switch (sym[i + 1]) {
      case Sym.if:
      case Sym.ifdef:
      case Sym.ifndef:
        open.push(i);
        break;
      case Sym.elif:
      case Sym.elifdef:
      case Sym.elifndef:
      case Sym.else:
        if (open.length > 0) {
          branches.set(open[open.length - 1]!, i);
          open[open.length - 1] = i;
        }
        break;
      case Sym.endif:
        if (open.length > 0) {
          const from = open.pop()!;
          branches.set(from, i);
          if (from === 0) firstEnd = i;
        }
        break;
      default:
    }
  }
  for (const from of open) branches.set(from, count);
  return { branches, guard: firstEnd > 0 && lineEnd(file, firstEnd) === count ? guardName(file) : -1 };
}

/** The macro X of a leading `#ifndef X`, `#if !defined X` or `#if !defined(X)`. */
function guardName(file: Shape): number {
  const end = lineEnd(file, 0);
  const { sym, texts } = file;
  if (sym[1] === Sym.ifndef) return end === 3 ? sym[2]! : -1;
  if (sym[1] !== Sym.if || texts[2] !== '!' || sym[3] !== Sym.defined) return -1;
  if (end === 5) return sym[4]!;
  return end === 7 && texts[4] === '(' && texts[6] === ')' ? sym[5]! : -1;
}

/** The first token after the logical line that token `i` stands on. */
export function lineEnd(file: { readonly count: number; readonly flags: Uint8Array }, i: number): number {
  for (i++; i < file.count && (file.flags[i]! & Flag.Bol) === 0; ) i++;
  return i;
}
