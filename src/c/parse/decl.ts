import { constantOf } from '../constant.ts';
import * as E from '../errors-parse.ts';
import type { Loc, Token } from '../token.ts';
import { Tok } from '../token.ts';
import type { CType, FunctionType } from '../types.ts';
import {
  arrayOf,
  functionOf,
  isComplete,
  isInteger,
  pointerTo,
  qualified,
  typeDepth,
  typeName,
  unqualified,
  withAlignment,
} from '../types-ops.ts';
import type { Attributes } from './attributes.ts';
import { noAttributes, parseAttributes } from './attributes.ts';
import { stringTokens } from './expr.ts';
import { decay } from './nodes.ts';
import { OBJECT_LIMIT, type Parser } from './parser.ts';
import { parseEnum, parseRecord } from './record.ts';
import { constantInteger, typeOfNode } from './sema.ts';

/*
 * Declarations (C11 6.7): specifiers, declarators, parameters, type names. Structs and enums are in parse-record.ts.
 */

export interface Specifiers {
  readonly type: CType;
  readonly storage: 'typedef' | 'extern' | 'static' | 'auto' | 'register' | undefined;
  readonly inline: boolean;
  readonly autoType: boolean;
  readonly thread: Token | undefined;
  readonly attributes: Attributes;
  readonly loc: Loc;
}
export interface Declarator {
  readonly name: Token | undefined;
  readonly type: CType;
  /** Of the outermost function declarator: where its parameters are named. */
  readonly paramLocs: readonly Loc[];
  readonly attributes: Attributes;
}

type Word =
  | 'void'
  | 'bool'
  | 'char'
  | 'short'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'int128'
  | 'signed'
  | 'unsigned'
  | 'struct'
  | 'union'
  | 'enum'
  | 'typeof'
  | 'typeof_unqual'
  | 'auto_type'
  | 'va_list'
  | 'complex'
  | 'const'
  | 'volatile'
  | 'restrict'
  | 'atomic'
  | 'typedef'
  | 'extern'
  | 'static'
  | 'auto'
  | 'register'
  | 'inline'
  | 'noreturn'
  | 'thread'
  | 'extension'
  | 'attribute';

const WORDS: ReadonlyMap<string, Word> = new Map<string, Word>([
  ['void', 'void'],
  ['_Bool', 'bool'],
  ['char', 'char'],
  ['short', 'short'],
  ['int', 'int'],
  ['long', 'long'],
  ['float', 'float'],
  ['double', 'double'],
  ['__int128', 'int128'],
  ['__int128_t', 'int128'],
  ['__uint128_t', 'int128'],
  ['signed', 'signed'],
  ['__signed', 'signed'],
  ['__signed__', 'signed'],
  ['unsigned', 'unsigned'],
  ['struct', 'struct'],
  ['union', 'union'],
  ['enum', 'enum'],
  ['typeof', 'typeof'],
  ['__typeof', 'typeof'],
  ['__typeof__', 'typeof'],
  ['typeof_unqual', 'typeof_unqual'],
  ['__typeof_unqual', 'typeof_unqual'],
  ['__typeof_unqual__', 'typeof_unqual'],
  ['__auto_type', 'auto_type'],
  ['__builtin_va_list', 'va_list'],
  ['_Complex', 'complex'],
  ['const', 'const'],
  ['__const', 'const'],
  ['__const__', 'const'],
  ['volatile', 'volatile'],
  ['__volatile', 'volatile'],
  ['__volatile__', 'volatile'],
  ['restrict', 'restrict'],
  ['__restrict', 'restrict'],
  ['__restrict__', 'restrict'],
  ['_Atomic', 'atomic'],
  ['typedef', 'typedef'],
  ['extern', 'extern'],
  ['static', 'static'],
  ['auto', 'auto'],
  ['register', 'register'],
  ['inline', 'inline'],
  ['__inline', 'inline'],
  ['__inline__', 'inline'],
  ['_Noreturn', 'noreturn'],
  ['_Thread_local', 'thread'],
  ['__thread', 'thread'],
  ['__extension__', 'extension'],
  ['__attribute__', 'attribute'],
  ['__attribute', 'attribute'],
  ['_Alignas', 'attribute'],
]);
/** Words that begin a type inside parentheses or a declaration, but may also begin an expression. */
const NOT_ALONE: ReadonlySet<Word> = new Set(['extension', 'attribute']);

export function isKeyword(text: string): boolean {
  return WORDS.has(text) || STATEMENT_WORDS.has(text);
}
const STATEMENT_WORDS: ReadonlySet<string> = new Set(
  'if else while do for switch case default break continue return goto sizeof _Alignof _Generic asm __asm__ __asm'.split(
    ' ',
  ),
);

/** Whether a declaration or a type name begins with this token. */
export function startsType(p: Parser, token: Token): boolean {
  if (token.kind !== Tok.Ident) return false;
  const word = WORDS.get(token.text);
  if (word !== undefined) return !NOT_ALONE.has(word);
  return p.find(token.text)?.kind === 'typedef';
}

/** specifiers = (storage | qualifier | type | "inline" | attributes)+ */
export function parseSpecifiers(p: Parser): Specifiers {
  const { loc } = p;
  const attributes = noAttributes();
  let storage: Specifiers['storage'];
  let inline = false;
  let autoType = false;
  let thread: Token | undefined;
  let isConst = false;
  let isVolatile = false;
  let other: CType | undefined;
  const counts = new Map<Word, number>();
  let basics = 0;

  for (;;) {
    const token = p.tok;
    if (token.kind !== Tok.Ident) break;
    const word = WORDS.get(token.text);
    if (word === undefined) {
      if (other || basics > 0 || autoType) break;
      const sym = p.find(token.text);
      if (sym?.kind !== 'typedef') break;
      other = sym.type;
      p.next();
      continue;
    }
    switch (word) {
      case 'const':
        isConst = true;
        break;
      case 'volatile':
        isVolatile = true;
        break;
      case 'restrict':
      case 'noreturn':
      case 'extension':
        break;
      case 'inline':
        inline = true;
        break;
      case 'thread':
        thread = token;
        break;
      case 'typedef':
      case 'extern':
      case 'static':
      case 'auto':
      case 'register':
        if (storage !== undefined) throw E.badDeclaration(p.place(token.loc), `'${word}' after '${storage}'`);
        storage = word;
        break;
      case 'attribute':
        parseAttributes(p, attributes);
        continue;
      case 'atomic':
        if (p.peekText(1) === '(') {
          throw E.unsupported(p.place(token.loc), '_Atomic types', "Use the kernel's atomic_t.");
        }
        throw E.unsupported(p.place(token.loc), 'the qualifier _Atomic', "Use the kernel's atomic_t.");
      case 'complex':
        throw E.unsupported(p.place(token.loc), 'complex numbers', 'Floating point is not executed.');
      case 'struct':
      case 'union':
      case 'enum':
      case 'typeof':
      case 'typeof_unqual':
      case 'va_list':
      case 'auto_type':
        if (other || basics > 0 || autoType) throw tooManyTypes(p, token);
        if (word === 'auto_type') {
          autoType = true;
          break;
        }
        p.next();
        if (word === 'va_list') other = p.types.vaList;
        else if (word === 'enum') other = parseEnum(p);
        else if (word === 'struct' || word === 'union') other = parseRecord(p, word);
        else other = parseTypeof(p, word === 'typeof_unqual');
        continue;
      default:
        if (other || autoType) throw tooManyTypes(p, token);
        basics++;
        counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    p.next();
  }

  let type = other;
  if (!type && basics > 0) {
    type = basicType(p, counts);
    if (!type) throw E.badDeclaration(p.place(loc), `no type is called '${[...counts.keys()].join(' ')}'`);
  }
  if (!type && !autoType) throw E.expectedType(p.place(loc), p.describe(p.tokens[p.pos]!));
  type = qualified(type ?? p.types.int, { const: isConst, volatile: isVolatile });
  return { type, storage, inline, autoType, thread, attributes, loc };
}

function tooManyTypes(p: Parser, token: Token) {
  return E.badDeclaration(p.place(token.loc), `'${token.text}' after another type`);
}

function basicType(p: Parser, counts: ReadonlyMap<Word, number>): CType | undefined {
  const { types } = p;
  const count = (word: Word) => counts.get(word) ?? 0;
  const unsigned = count('unsigned') > 0;
  const signed = count('signed') > 0;
  if ((unsigned && signed) || count('long') > 2) return undefined;
  for (const [word, times] of counts) if (times > 1 && word !== 'long') return undefined;
  const rest = new Set<Word>([...counts.keys()].filter((word) => word !== 'signed' && word !== 'unsigned'));
  const only = (...words: Word[]) => rest.size === words.length && words.every((word) => rest.has(word));
  const either = unsigned || signed;
  if (only('char')) return unsigned ? types.uchar : signed ? types.schar : types.char;
  if (only('short') || only('short', 'int')) return unsigned ? types.ushort : types.short;
  if (only('int') || only()) return unsigned ? types.uint : types.int;
  if (only('long') || only('long', 'int')) {
    if (count('long') === 1) return unsigned ? types.ulong : types.long;
    return unsigned ? types.ullong : types.llong;
  }
  if (only('int128')) return types.int128;
  if (either) return undefined;
  if (only('void')) return types.void;
  if (only('bool')) return types.bool;
  if (only('float')) return types.float;
  if (only('double')) return types.double;
  if (only('long', 'double') && count('long') === 1) return types.longDouble;
  return undefined;
}

/** "typeof" "(" (expr | type-name) ")" */
function parseTypeof(p: Parser, unqual: boolean): CType {
  p.expect('(');
  p.nest();
  let type: CType;
  if (p.startsType(p.tok)) type = p.typeName();
  else {
    const node = p.unevaluatedly(() => p.expression());
    if (node.k === 'member' && node.bits) throw E.badBitField(p.place(node.loc), 'a bit-field has no type of its own');
    type = typeOfNode(node);
  }
  p.unnest();
  p.expect(')');
  return unqual ? unqualified(type) : type;
}

/** type-name = specifiers abstract-declarator */
export function parseTypeName(p: Parser): CType {
  const specifiers = parseSpecifiers(p);
  const { type } = parseDeclarator(p, specifiers, 'abstract');
  return type;
}

/** One step from the base type outwards. */
type Step =
  | { readonly s: 'pointer'; readonly const: boolean; readonly volatile: boolean }
  | { readonly s: 'array'; readonly length: number | undefined; readonly variable: boolean; readonly loc: Loc }
  | {
      readonly s: 'function';
      readonly params: FunctionType['params'];
      readonly variadic: boolean;
      readonly locs: readonly Loc[];
      readonly loc: Loc;
    };

interface Shape {
  name: Token | undefined;
  steps: Step[];
}

/**
 * declarator = ("*" qualifiers)* (ident | "(" declarator ")") ("[" expr? "]" | "(" params ")")*
 *
 * `mode`: 'named' must have a name, 'abstract' must not, 'either' (a parameter) may.
 */
export function parseDeclarator(p: Parser, specifiers: Specifiers, mode: 'named' | 'abstract' | 'either'): Declarator {
  const attributes = noAttributes();
  const shape = parseShape(p, mode, attributes);
  parseAttributes(p, attributes);
  let type = withMode(p, specifiers.type, attributes.mode ?? specifiers.attributes.mode);
  const vector = attributes.vector ?? specifiers.attributes.vector;
  if (vector) throw E.unsupported(p.place(vector.loc), 'vector types', 'They are not executed.');
  const last = shape.steps.at(-1);
  for (const step of shape.steps) type = apply(p, type, step, mode === 'either' && step === last);
  if (typeDepth(type) > p.limits.nesting) throw E.tooDeep(p.place(specifiers.loc), p.limits.nesting);
  return { name: shape.name, type, paramLocs: last?.s === 'function' ? last.locs : [], attributes };
}

function parseShape(p: Parser, mode: 'named' | 'abstract' | 'either', attributes: Attributes): Shape {
  p.nest();
  const own: Step[] = [];
  while (p.is('*')) {
    p.next();
    if (own.length >= p.limits.nesting) throw E.tooDeep(p.place(p.loc), p.limits.nesting);
    own.push(pointerStep(p, attributes));
  }
  parseAttributes(p, attributes);
  let inner: Shape = { name: undefined, steps: [] };
  if (p.is('(') && groups(p, mode)) {
    p.next();
    parseAttributes(p, attributes);
    inner = parseShape(p, mode, attributes);
    p.expect(')');
  } else if (p.tok.kind === Tok.Ident && mode !== 'abstract' && !isKeyword(p.tok.text)) {
    inner.name = p.next();
  } else if (mode === 'named') {
    throw E.expectedToken(p.place(p.loc), 'a name', p.describe(p.tok));
  }
  const suffixes: Step[] = [];
  for (;;) {
    if (p.is('[')) suffixes.push(arrayStep(p));
    else if (p.is('(')) suffixes.push(functionStep(p));
    else break;
    if (suffixes.length >= p.limits.nesting) throw E.tooDeep(p.place(p.loc), p.limits.nesting);
  }
  p.unnest();
  return { name: inner.name, steps: [...own, ...suffixes.reverse(), ...inner.steps] };
}

/** Whether the `(` here groups a declarator rather than begins parameters. */
function groups(p: Parser, mode: 'named' | 'abstract' | 'either'): boolean {
  if (mode === 'named') return true;
  const after = p.tokens[p.pos + 1]!;
  return after.text !== ')' && !startsType(p, after);
}

function pointerStep(p: Parser, attributes: Attributes): Step {
  let isConst = false;
  let isVolatile = false;
  for (;;) {
    const word = p.tok.kind === Tok.Ident ? WORDS.get(p.tok.text) : undefined;
    if (word === 'const') isConst = true;
    else if (word === 'volatile') isVolatile = true;
    else if (word === 'attribute') {
      parseAttributes(p, attributes);
      continue;
    } else if (word !== 'restrict') break;
    p.next();
  }
  return { s: 'pointer', const: isConst, volatile: isVolatile };
}

/** "[" ("static" | qualifier)* (expr | "*")? "]" */
function arrayStep(p: Parser): Step {
  const loc = p.expect('[');
  for (;;) {
    const word = p.tok.kind === Tok.Ident ? WORDS.get(p.tok.text) : undefined;
    if (word !== 'static' && word !== 'const' && word !== 'volatile' && word !== 'restrict') break;
    p.next();
  }
  if (p.eat(']')) return { s: 'array', length: undefined, variable: false, loc };
  if (p.is('*') && p.peekText(1) === ']') {
    p.next();
    p.next();
    return { s: 'array', length: undefined, variable: true, loc };
  }
  const node = decay(p, p.assignment());
  p.expect(']');
  if (!isInteger(node.type)) throw E.badArray(p.place(node.loc), `an array length of type '${typeName(node.type)}'`);
  const known = constantOf(node, p.types);
  if (!known || known.base) return { s: 'array', length: undefined, variable: true, loc: node.loc };
  const length = known.value;
  if (length < 0n) throw E.badArray(p.place(node.loc), `the length of the array is negative (${length})`);
  if (length > 2n ** 40n) throw E.tooLarge(p.place(node.loc), 'an array', '2^40 elements');
  return { s: 'array', length: Number(length), variable: false, loc };
}

/** params = "(" ("void" | param ("," param)* ("," "...")?)? ")" attributes */
function functionStep(p: Parser): Step {
  const loc = p.expect('(');
  const params: { name?: string; type: CType }[] = [];
  const locs: Loc[] = [];
  let variadic = false;
  if (p.is('void') && p.peekText(1) === ')') p.next();
  // Sizes of array parameters may name earlier parameters (`int n, int a[n]`); struct tags declared here stay visible.
  p.openScope();
  const outerTags = p.scope.parent!;
  while (!p.is(')')) {
    if (params.length > 0) p.expect(',');
    if (p.eat('...')) {
      variadic = true;
      break;
    }
    const specifiers = parseSpecifiers(p);
    const declared = parseDeclarator(p, specifiers, 'either');
    const type = parameterType(declared.type);
    if (type.kind === 'void') throw E.badDeclaration(p.place(specifiers.loc), 'a parameter of type void');
    const name = declared.name;
    params.push(name ? { name: name.text, type } : { type });
    locs.push(name?.loc ?? specifiers.loc);
    if (name) {
      p.scope.names.set(name.text, {
        kind: 'local',
        name: name.text,
        loc: name.loc,
        at: p.pos,
        type,
        align: undefined,
        addressed: false,
        unnamed: false,
      });
    }
  }
  for (const [name, tag] of p.scope.tags) outerTags.tags.set(name, tag);
  p.closeScope();
  p.expect(')');
  return { s: 'function', params, variadic, locs, loc };
}

/** Arrays and functions as parameters are pointers (C11 6.7.6.3p7). */
function parameterType(type: CType): CType {
  if (type.kind === 'array') return pointerTo(type.of);
  if (type.kind === 'function') return pointerTo(type);
  return type;
}

function apply(p: Parser, type: CType, step: Step, parameter: boolean): CType {
  switch (step.s) {
    case 'pointer':
      return qualified(pointerTo(type), step);
    case 'function':
      if (type.kind === 'function' || type.kind === 'array') {
        throw E.badDeclaration(p.place(step.loc), `a function that returns '${typeName(type)}'`);
      }
      return functionOf(unqualified(type), step.params, step.variadic);
    case 'array': {
      if (type.kind === 'function' || type.kind === 'void') {
        throw E.badArray(p.place(step.loc), `an array of '${typeName(type)}'`);
      }
      if (!isComplete(type) && !(type.kind === 'array' && parameter)) {
        throw E.incompleteType(p.place(step.loc), typeName(type), 'an array');
      }
      if (step.variable && !parameter) {
        throw E.unsupported(
          p.place(step.loc),
          'an array whose length is not constant',
          'The kernel is built without variable-length arrays.',
        );
      }
      if ((step.length ?? 0) * p.types.sizeOf(type) > 2 ** 47)
        throw E.tooLarge(p.place(step.loc), 'an array', '2^47 bytes');
      return arrayOf(type, step.variable ? undefined : step.length);
    }
  }
}

/** `__attribute__((mode(DI)))`: an integer of another width. */
function withMode(p: Parser, type: CType, mode: Token | undefined): CType {
  if (!mode) return type;
  if (type.kind !== 'int') throw E.badAttribute(p.place(mode.loc), `mode on '${typeName(type)}'`);
  const { types } = p;
  const pick = () => {
    switch (mode.text.replace(/^__|__$/g, '')) {
      case 'QI':
      case 'byte':
        return types.schar;
      case 'HI':
        return types.short;
      case 'SI':
        return types.int;
      case 'DI':
        return types.target.wordSize === 8 ? types.long : types.llong;
      case 'word':
      case 'pointer':
        return types.long;
      case 'TI':
        return types.int128;
      default:
        throw E.badAttribute(p.place(mode.loc), `the mode '${mode.text}'`);
    }
  };
  const picked = pick();
  if (picked.kind !== 'int') return picked;
  return type.signed ? picked : types.unsignedOf(picked);
}

/** The alignment and type that attributes ask of a variable or typedef. */
export function alignedType(type: CType, align: number | undefined): CType {
  return align === undefined ? type : withAlignment(type, align);
}

/** An object's type: complete, not void, computable, not too large. */
export function checkObject(p: Parser, type: CType, name: string, loc: Loc): void {
  if (type.kind === 'void' || !isComplete(type)) throw E.incompleteType(p.place(loc), typeName(type), `'${name}'`);
  if (p.types.sizeOf(type) > OBJECT_LIMIT) throw E.tooLarge(p.place(loc), `'${name}'`, `${OBJECT_LIMIT >> 20} MiB`);
}

/** static-assert = "_Static_assert" "(" expr ("," string)? ")" ";" */
export function parseStaticAssert(p: Parser): void {
  const { loc } = p.next();
  p.expect('(');
  const holds = constantInteger(p, p.conditional(), 'the condition of a static assertion') !== 0n;
  let message = '';
  if (p.eat(',')) message = stringTokens(p).texts.join(' ');
  p.expect(')');
  p.expect(';');
  if (!holds) throw E.assertionFailed(p.place(loc), message);
}
