import type { ArrayType, IntType } from '../types.ts';
import type { Types } from '../types-ops.ts';
import { arrayOf } from '../types-ops.ts';

/*
 * Constants as they are spelled: integers (C11 6.4.4.1), characters (6.4.4.4), strings (6.4.5). A problem is answered as
 * text; the caller knows the place.
 */

export type IntegerLiteral = { readonly type: IntType; readonly value: bigint } | { readonly problem: string };

const SUFFIX = /^([uU]?(?:[lL]|ll|LL)?|(?:[lL]|ll|LL)[uU])$/;

/** Answers undefined for a floating constant. */
export function parseInteger(text: string, types: Types): IntegerLiteral | undefined {
  let digits = 0;
  let base = 10;
  if (text.length === 1) {
    const digit = text.charCodeAt(0) - 48;
    if (digit >= 0 && digit <= 9) return { type: types.int, value: BigInt(digit) };
  }
  const second = text.charCodeAt(1) | 0x20;
  if (text.charCodeAt(0) === 48 && second === 0x78) {
    base = 16;
    digits = 2;
  } else if (text.charCodeAt(0) === 48 && second === 0x62) {
    base = 2;
    digits = 2;
  } else if (text.charCodeAt(0) === 48) base = 8;
  let end = digits;
  while (end < text.length && isDigit(text.charCodeAt(end), base)) end++;
  const suffix = text.slice(end);
  if (/^[.eEpP]/.test(suffix) || (base === 8 && /^[89][0-9]*[.eE]/.test(suffix))) return undefined;
  if (base === 10 && /^[fF]$/.test(suffix)) return { problem: 'a suffix of floating constants' };
  if (end === digits) return { problem: 'no digits' };
  if (!SUFFIX.test(suffix)) {
    return { problem: base === 8 && /^[89]/.test(suffix) ? 'not an octal digit' : `invalid suffix '${suffix}'` };
  }
  if (end - digits > 80) return { problem: 'it does not fit 64 bits' };
  const spelled = text.slice(digits, end);
  const value =
    base === 10 ? BigInt(spelled) : BigInt(base === 16 ? `0x${spelled}` : base === 2 ? `0b${spelled}` : `0o${spelled}`);
  const unsigned = /[uU]/.test(suffix);
  const longs = suffix.length - (unsigned ? 1 : 0);
  const candidates: IntType[] = [];
  if (longs === 0) candidates.push(types.int, types.uint);
  if (longs <= 1) candidates.push(types.long, types.ulong);
  candidates.push(types.llong, types.ullong);
  for (const type of candidates) {
    if (unsigned ? type.signed : !type.signed && base === 10) continue;
    if (value < 1n << BigInt(type.size * 8 - (type.signed ? 1 : 0))) return { type, value };
  }
  // gcc takes a decimal constant above LLONG_MAX as unsigned, with a warning; anything wider is refused.
  if (value < 1n << 64n) return { type: types.ullong, value };
  return { problem: 'it does not fit 64 bits' };
}

function isDigit(code: number, base: number): boolean {
  if (base === 2) return code === 48 || code === 49;
  if (base === 8) return code >= 48 && code <= 55;
  if (code >= 48 && code <= 57) return true;
  const lower = code | 0x20;
  return base === 16 && lower >= 97 && lower <= 102;
}

export type Encoding = '' | 'u8' | 'L' | 'u' | 'U';
export interface TextLiteral {
  readonly encoding: Encoding;
  /** Code units: bytes for '' and u8, else 16- or 32-bit units. */
  readonly units: readonly number[];
}

function split(text: string, quote: string): { encoding: Encoding; body: string } | undefined {
  const open = text.indexOf(quote);
  if (open < 0 || text.length < open + 2 || !text.endsWith(quote)) return undefined;
  return { encoding: text.slice(0, open) as Encoding, body: text.slice(open + 1, -1) };
}

const SIMPLE: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['t', 9],
  ['r', 13],
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['v', 11],
  ['e', 27],
  ['\\', 92],
  ["'", 39],
  ['"', 34],
  ['?', 63],
]);

/** The units of a character or string token, quotes and prefix included. */
export function parseText(text: string, quote: '"' | "'"): TextLiteral | { readonly problem: string } {
  const parts = split(text, quote);
  if (!parts) return { problem: 'the literal does not end' };
  const { encoding, body } = parts;
  const narrow = encoding === '' || encoding === 'u8';
  const unitBits = narrow ? 8 : encoding === 'u' ? 16 : 32;
  const units: number[] = [];
  let at = 0;
  while (at < body.length) {
    const next = body.indexOf('\\', at);
    const stop = next < 0 ? body.length : next;
    if (stop > at) pushText(body.slice(at, stop), unitBits, units);
    if (next < 0) break;
    const letter = body[next + 1] ?? '';
    const simple = SIMPLE.get(letter);
    if (simple !== undefined) {
      units.push(simple);
      at = next + 2;
      continue;
    }
    if (letter >= '0' && letter <= '7') {
      let end = next + 1;
      let value = 0;
      while (end < next + 4 && body[end] !== undefined && body[end]! >= '0' && body[end]! <= '7') {
        value = value * 8 + Number(body[end++]);
      }
      if (value >= 2 ** unitBits) return { problem: 'an octal escape is out of range' };
      units.push(value);
      at = end;
      continue;
    }
    if (letter === 'x') {
      let end = next + 2;
      let value = 0;
      while (end < body.length && isDigit(body.charCodeAt(end), 16)) {
        value = value * 16 + Number.parseInt(body[end++]!, 16);
        if (value >= 2 ** unitBits) return { problem: 'a hexadecimal escape is out of range' };
      }
      if (end === next + 2) return { problem: 'an escape \\x without digits' };
      units.push(value);
      at = end;
      continue;
    }
    if (letter === 'u' || letter === 'U') {
      const length = letter === 'u' ? 4 : 8;
      const hex = body.slice(next + 2, next + 2 + length);
      if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length !== length) return { problem: 'an incomplete universal character' };
      const point = Number.parseInt(hex, 16);
      if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return { problem: 'not a character of Unicode' };
      pushText(String.fromCodePoint(point), unitBits, units);
      at = next + 2 + length;
      continue;
    }
    return { problem: `unknown escape '\\${letter}'` };
  }
  return { encoding, units };
}

const encoder = new TextEncoder();

function pushText(text: string, unitBits: number, units: number[]): void {
  if (unitBits === 8) for (const byte of encoder.encode(text)) units.push(byte);
  else if (unitBits === 16) for (let i = 0; i < text.length; i++) units.push(text.charCodeAt(i));
  else for (const point of text) units.push(point.codePointAt(0)!);
}

/** A character constant's type and value. Several characters make an int, most significant first, as in gcc. */
export function parseCharacter(text: string, types: Types): IntegerLiteral {
  const literal = parseText(text, "'");
  if ('problem' in literal) return literal;
  const { encoding, units } = literal;
  if (units.length === 0) return { problem: 'an empty character constant' };
  if (encoding === 'L' || encoding === 'u' || encoding === 'U') {
    if (units.length > 1) return { problem: 'more than one wide character' };
    const type = encoding === 'L' ? types.int : encoding === 'u' ? types.ushort : types.uint;
    return { type, value: types.wrap(BigInt(units[0]!), type) };
  }
  if (units.length > 4) return { problem: 'more than four characters' };
  if (units.length === 1) return { type: types.int, value: types.wrap(BigInt(units[0]!), types.char) };
  let value = 0n;
  for (const unit of units) value = (value << 8n) | BigInt(unit);
  return { type: types.int, value: types.wrap(value, types.int) };
}

/** Adjacent string tokens as one object: its array type and its bytes, the terminating zero included. */
export function parseString(
  texts: readonly string[],
  types: Types,
): { readonly type: ArrayType; readonly bytes: Uint8Array } | { readonly problem: string } {
  let encoding: Encoding = '';
  for (const text of texts) {
    const own = text.slice(0, text.indexOf('"')) as Encoding;
    if (own === '' || own === encoding) continue;
    if (encoding !== '') return { problem: 'strings of different encodings side by side' };
    encoding = own;
  }
  const element =
    encoding === '' || encoding === 'u8'
      ? types.char
      : encoding === 'L'
        ? types.int
        : encoding === 'u'
          ? types.ushort
          : types.uint;
  const all: number[] = [];
  for (const text of texts) {
    const literal = parseText(encoding === '' ? text : encoding + text.slice(text.indexOf('"')), '"');
    if ('problem' in literal) return literal;
    for (const unit of literal.units) all.push(unit);
  }
  all.push(0);
  const bytes = new Uint8Array(all.length * element.size);
  all.forEach((unit, index) => {
    for (let byte = 0; byte < element.size; byte++) bytes[index * element.size + byte] = (unit >>> (byte * 8)) & 0xff;
  });
  return { type: arrayOf(element, all.length), bytes };
}
