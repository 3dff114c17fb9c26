import { Sym } from '../intern.ts';
import { PRECEDENCE, Tok } from '../token.ts';
import type { Stream } from './expand.ts';
import type { PpToken } from './macros.ts';
import { ATTRIBUTES, BUILTINS } from './predefined.ts';

/*
 * The conditions of `#if` and `#elif`: integer constant expressions in intmax_t and uintmax_t (C11 6.10.1), read straight off
 * the expanding stream so that `defined X` finds X as it stands, also where a macro made the `defined`.
 */

/** What a condition may ask about the outside. */
export interface ConditionHost {
  /** Whether plain char is signed, which character constants follow. */
  readonly charSigned: boolean;
  isDefined(sym: number): boolean;
  hasInclude(name: string, quoted: boolean, next: boolean): boolean;
  /** Throws where parentheses go deeper than the bound. */
  checkNesting(depth: number): void;
}

/** What is wrong with a condition, as words. Caught where the directive is read. */
export class ConditionError extends Error {}

interface Value {
  /** Between -2^63 and 2^64 - 1, according to `unsigned`. */
  readonly v: bigint;
  readonly unsigned: boolean;
}

const TRUE: Value = { v: 1n, unsigned: false };
const FALSE: Value = { v: 0n, unsigned: false };
const of = (b: boolean): Value => (b ? TRUE : FALSE);

function wrap(v: bigint, unsigned: boolean): Value {
  return { v: unsigned ? BigInt.asUintN(64, v) : BigInt.asIntN(64, v), unsigned };
}

/** Evaluates the rest of a line. Throws {@link ConditionError}. */
export function evaluateCondition(stream: Stream, host: ConditionHost): boolean {
  return new Evaluator(stream, host).whole();
}

class Evaluator {
  readonly #stream: Stream;
  readonly #host: ConditionHost;
  #token: PpToken | undefined;
  #depth = 0;

  constructor(stream: Stream, host: ConditionHost) {
    this.#stream = stream;
    this.#host = host;
    this.#token = stream.next();
  }

  whole(): boolean {
    if (!this.#token) throw new ConditionError('there is none');
    const value = this.#comma(true);
    if (this.#token) throw new ConditionError(`${show(this.#token)} stands where an operator belongs`);
    return value.v !== 0n;
  }

  #advance(): void {
    this.#token = this.#stream.next();
  }

  #at(text: string): boolean {
    return this.#token !== undefined && this.#token.kind === Tok.Punct && this.#token.text === text;
  }

  /** comma := conditional ("," conditional)* ; `live`: this part decides the result, so a division by zero in it is an error. */
  #comma(live: boolean): Value {
    let value = this.#conditional(live);
    while (this.#at(',')) {
      this.#advance();
      value = this.#conditional(live);
    }
    return value;
  }

  /** conditional := binary ("?" comma ":" conditional)? */
  #conditional(live: boolean): Value {
    this.#host.checkNesting(++this.#depth);
    const condition = this.#binary(1, live);
    let value = condition;
    if (this.#at('?')) {
      this.#advance();
      const yes = condition.v !== 0n;
      const a = this.#comma(live && yes);
      if (!this.#at(':')) throw new ConditionError('? has no :');
      this.#advance();
      const b = this.#conditional(live && !yes);
      value = wrap(yes ? a.v : b.v, a.unsigned || b.unsigned);
    }
    this.#depth--;
    return value;
  }

  /** binary := unary (operator binary)*, operators of at least the precedence `least` */
  #binary(least: number, live: boolean): Value {
    let left = this.#unary(live);
    for (;;) {
      const operator = this.#token?.kind === Tok.Punct ? this.#token.text : '';
      const precedence = PRECEDENCE.get(operator);
      if (precedence === undefined || precedence < least) return left;
      this.#advance();
      const decided = (operator === '&&' && left.v === 0n) || (operator === '||' && left.v !== 0n);
      const right = this.#binary(precedence + 1, live && !decided);
      left = apply(operator, left, right, live);
    }
  }

  /** unary := ("+" | "-" | "!" | "~") unary | primary */
  #unary(live: boolean): Value {
    const token = this.#token;
    if (token?.kind === Tok.Punct && /^[-+!~]$/.test(token.text)) {
      this.#host.checkNesting(++this.#depth);
      this.#advance();
      const value = this.#unary(live);
      this.#depth--;
      if (token.text === '!') return of(value.v === 0n);
      if (token.text === '-') return wrap(-value.v, value.unsigned);
      return token.text === '~' ? wrap(~value.v, value.unsigned) : value;
    }
    return this.#primary(live);
  }

  /** primary := "(" comma ")" | number | character | "defined" name | "defined" "(" name ")" | "__has_…" "(" … ")" | name */
  #primary(live: boolean): Value {
    const token = this.#token;
    if (!token) throw new ConditionError('it ends where a value belongs');
    if (this.#at('(')) {
      this.#advance();
      const value = this.#comma(live);
      if (!this.#at(')')) throw new ConditionError('a ) is missing');
      this.#advance();
      return value;
    }
    let value: Value;
    if (token.kind === Tok.Number) value = integer(token.text);
    else if (token.kind === Tok.Char) value = character(token.text, this.#host.charSigned);
    else if (token.kind === Tok.Ident) value = this.#name(token);
    else throw new ConditionError(`${show(token)} stands where a value belongs`);
    this.#advance();
    return value;
  }

  #name(token: PpToken): Value {
    switch (token.sym) {
      case Sym.defined:
        return this.#defined();
      case Sym.__has_include:
        return this.#hasInclude(token, false);
      case Sym.__has_include_next:
        return this.#hasInclude(token, true);
      case Sym.__has_attribute:
      case Sym.__has_c_attribute:
        return of(ATTRIBUTES.has(this.#operand(token).replace(/^__(.*)__$/, '$1')));
      case Sym.__has_builtin:
        return of(BUILTINS.has(this.#operand(token)));
      default:
        return FALSE;
    }
  }

  #defined(): Value {
    let token = this.#stream.rawToken();
    const open = token?.text === '(';
    if (open) token = this.#stream.rawToken();
    if (!token || token.kind !== Tok.Ident) throw new ConditionError('`defined` needs a name after it');
    if (open && this.#stream.rawToken()?.text !== ')') throw new ConditionError('`defined(` has no )');
    return of(this.#host.isDefined(token.sym));
  }

  /** The spelling of what stands between the parentheses, expanded as gcc does. */
  #operand(name: PpToken): string {
    if (this.#stream.rawToken()?.text !== '(') throw new ConditionError(`${name.text} needs ( after it`);
    const parts: string[] = [];
    for (;;) {
      const token = this.#stream.next();
      if (!token) throw new ConditionError(`${name.text}( has no )`);
      if (token.text === ')') return parts.join('');
      parts.push(token.text);
    }
  }

  #hasInclude(name: PpToken, next: boolean): Value {
    if (this.#stream.rawToken()?.text !== '(') throw new ConditionError(`${name.text} needs ( after it`);
    const header = readHeaderName(this.#stream);
    if (!header) throw new ConditionError(`${name.text} needs "file" or <file>`);
    if (this.#stream.rawToken()?.text !== ')') throw new ConditionError(`${name.text}( has no )`);
    return of(this.#host.hasInclude(header.name, header.quoted, next));
  }
}

/** `"file"` or `<file>`, macros expanded where it begins with neither. undefined: it is none. */
export function readHeaderName(stream: Stream): { readonly name: string; readonly quoted: boolean } | undefined {
  let token = stream.next();
  if (!token) return undefined;
  if (token.kind === Tok.String && token.text.startsWith('"')) return { name: token.text.slice(1, -1), quoted: true };
  if (token.kind === Tok.Other && token.text.startsWith('<')) return { name: token.text.slice(1, -1), quoted: false };
  if (token.text !== '<') return undefined;
  const parts: string[] = [];
  for (token = stream.next(); token; token = stream.next()) {
    if (token.text === '>') return { name: parts.join('').trim(), quoted: false };
    parts.push(token.space && parts.length > 0 ? ` ${token.text}` : token.text);
  }
  return undefined;
}

function apply(operator: string, a: Value, b: Value, live: boolean): Value {
  const unsigned = a.unsigned || b.unsigned;
  const x = wrap(a.v, unsigned).v;
  const y = wrap(b.v, unsigned).v;
  switch (operator) {
    case '||':
      return of(a.v !== 0n || b.v !== 0n);
    case '&&':
      return of(a.v !== 0n && b.v !== 0n);
    case '|':
      return wrap(x | y, unsigned);
    case '^':
      return wrap(x ^ y, unsigned);
    case '&':
      return wrap(x & y, unsigned);
    case '==':
      return of(x === y);
    case '!=':
      return of(x !== y);
    case '<':
      return of(x < y);
    case '<=':
      return of(x <= y);
    case '>':
      return of(x > y);
    case '>=':
      return of(x >= y);
    case '<<':
      return shift(a, b.v);
    case '>>':
      return shift(a, -b.v);
    case '+':
      return wrap(x + y, unsigned);
    case '-':
      return wrap(x - y, unsigned);
    case '*':
      return wrap(x * y, unsigned);
    default:
      if (y === 0n) {
        if (live) throw new ConditionError('division by zero');
        return wrap(0n, unsigned);
      }
      return wrap(operator === '/' ? x / y : x % y, unsigned);
  }
}

/** As gcc: a negative count shifts the other way, and shifting everything out leaves 0 or the sign. */
function shift(a: Value, left: bigint): Value {
  if (left >= 64n) return wrap(0n, a.unsigned);
  if (left >= 0n) return wrap(a.v << left, a.unsigned);
  return wrap(left <= -64n ? (a.v < 0n ? -1n : 0n) : a.v >> -left, a.unsigned);
}

/** An integer constant (C11 6.4.4.1). Unsigned where its suffix says so or it does not fit into intmax_t. */
function integer(text: string): Value {
  const digits = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)(.*)$/.exec(text.length <= 100 ? text : '');
  if (!digits) throw new ConditionError(`${clip(text)} is not an integer`);
  const [, number, suffix] = digits as unknown as [string, string, string];
  if (!/^(u?(l|ll)?|(l|ll)u?)$/i.test(suffix) || /lL|Ll/.test(suffix)) {
    throw new ConditionError(`${clip(text)} is not an integer`);
  }
  const octal = /^0[0-9]/.test(number);
  if (octal && /[89]/.test(number)) throw new ConditionError(`${clip(text)} is not an octal number`);
  const v = BigInt(octal ? `0o${number.slice(1)}` : number);
  if (v >= 1n << 64n) throw new ConditionError(`${clip(text)} is too large for its type`);
  return { v, unsigned: /u/i.test(suffix) || v >= 1n << 63n };
}

const ESCAPES = new Map([
  ['n', 10],
  ['t', 9],
  ['r', 13],
  ['0', 0],
  ['a', 7],
  ['b', 8],
  ['e', 27],
  ['E', 27],
  ['f', 12],
  ['v', 11],
]);

/** A character constant: up to four bytes, as gcc reads `'abcd'`; one alone has the sign of char. */
function character(text: string, signed: boolean): Value {
  const open = text.indexOf("'");
  const body = text.slice(open + 1, -1);
  const wide = open > 0;
  if (body === '') throw new ConditionError('an empty character constant');
  if (body.length > 100) throw new ConditionError(`${clip(text)} is too long`);
  const units: number[] = [];
  for (let i = 0; i < body.length; ) {
    const sequence = /^\\(x[0-9a-fA-F]+|[0-7]{1,3}|.)/su.exec(body.slice(i, i + 20));
    if (sequence) {
      const code = sequence[1]!;
      if (code[0] === 'x') units.push(Number.parseInt(code.slice(1), 16));
      else if (/^[0-7]/.test(code)) units.push(Number.parseInt(code, 8));
      else units.push(ESCAPES.get(code) ?? code.codePointAt(0)!);
      i += sequence[0].length;
    } else {
      const point = body.codePointAt(i)!;
      i += point > 0xffff ? 2 : 1;
      if (wide) units.push(point);
      else units.push(...new TextEncoder().encode(String.fromCodePoint(point)));
    }
  }
  if (wide) return { v: BigInt(units[units.length - 1]!), unsigned: false };
  if (units.length === 1) {
    const byte = BigInt(units[0]! & 0xff);
    return { v: signed ? BigInt.asIntN(8, byte) : byte, unsigned: false };
  }
  let v = 0n;
  for (const unit of units) v = (v << 8n) | BigInt(unit & 0xff);
  return { v: BigInt.asIntN(32, v), unsigned: false };
}

function show(token: PpToken): string {
  return clip(token.text);
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
