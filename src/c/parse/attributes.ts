import * as E from '../errors-parse.ts';
import type { Token } from '../token.ts';
import { Tok } from '../token.ts';
import type { Parser } from './parser.ts';
import { constantInteger } from './sema.ts';

/** What attributes say that matters to execution; all others are read over. */
export interface Attributes {
  packed: boolean;
  align: number | undefined;
  cleanup: Token | undefined;
  weak: boolean;
  alias: string | undefined;
  mode: Token | undefined;
  vector: Token | undefined;
}

export function noAttributes(): Attributes {
  return {
    packed: false,
    align: undefined,
    cleanup: undefined,
    weak: false,
    alias: undefined,
    mode: undefined,
    vector: undefined,
  };
}

const STARTS: ReadonlySet<string> = new Set(['__attribute__', '__attribute', '_Alignas', 'asm', '__asm__', '__asm']);

/** attributes = ("__attribute__" "((" attribute ("," attribute)* "))" | "_Alignas" "(" … ")" | "asm" "(" string ")")* */
export function parseAttributes(p: Parser, into: Attributes): void {
  while (p.tok.kind === Tok.Ident && STARTS.has(p.tok.text)) {
    const keyword = p.next();
    if (keyword.text.startsWith('__attribute')) {
      p.expect('(');
      p.expect('(');
      do {
        if (p.tok.kind === Tok.Ident) parseAttribute(p, into);
      } while (p.eat(','));
      p.expect(')');
      p.expect(')');
    } else if (keyword.text === '_Alignas') {
      p.expect('(');
      raise(into, p.startsType(p.tok) ? p.types.alignOf(p.typeName()) : alignment(p));
      p.expect(')');
    } else {
      // `asm("name")` after a declarator: another name for the linker, of no concern here.
      while (p.is('volatile') || p.is('__volatile__')) p.next();
      skipParens(p);
    }
  }
}

function raise(into: Attributes, align: number): void {
  into.align = Math.max(into.align ?? 1, align);
}

function alignment(p: Parser): number {
  const loc = p.loc;
  const value = constantInteger(p, p.conditional(), 'an alignment');
  if (value === 0n) return 1;
  if (value < 0n || (value & (value - 1n)) !== 0n || value > 65536n) {
    throw E.badAttribute(p.place(loc), `an alignment of ${value} is not a power of two up to 65536`);
  }
  return Number(value);
}

/** attribute = identifier ("(" … ")")? */
function parseAttribute(p: Parser, into: Attributes): void {
  const token = p.next();
  const name = token.text.replace(/^__|__$/g, '');
  switch (name) {
    case 'packed':
      into.packed = true;
      return;
    case 'aligned':
      if (p.eat('(')) {
        raise(into, alignment(p));
        p.expect(')');
      } else raise(into, 16);
      return;
    case 'cleanup':
      p.expect('(');
      if (p.tok.kind !== Tok.Ident) {
        throw E.expectedToken(p.place(p.loc), 'the name of a function', p.describe(p.tok));
      }
      into.cleanup = p.next();
      p.expect(')');
      return;
    case 'weak':
      into.weak = true;
      break;
    case 'alias': {
      p.expect('(');
      const target = p.next();
      into.alias = target.text.slice(1, -1);
      p.expect(')');
      return;
    }
    case 'mode':
      p.expect('(');
      into.mode = p.next();
      p.expect(')');
      return;
    case 'vector_size':
      into.vector = token;
      break;
  }
  if (p.is('(')) skipParens(p);
}

/** Steps over balanced parentheses. */
export function skipParens(p: Parser): void {
  p.expect('(');
  let open = 1;
  while (open > 0) {
    const token = p.tok;
    if (token.kind === Tok.Eof) throw E.expectedToken(p.place(token.loc), "')'", p.describe(token));
    if (token.text === '(') open++;
    else if (token.text === ')') open--;
    p.next();
  }
}
