import * as E from '../errors-parse.ts';
import type { Field } from '../layout.ts';
import { layOut, memberTable, recordDepth } from '../layout.ts';
import type { Loc, Token } from '../token.ts';
import { Tok } from '../token.ts';
import type { CType, EnumType, IntType, RecordType } from '../types.ts';
import { carrier, completeRecord, isComplete, isInteger, isRecord, typeName, unqualified } from '../types-ops.ts';
import type { Attributes } from './attributes.ts';
import { noAttributes, parseAttributes } from './attributes.ts';
import { parseDeclarator, parseSpecifiers, parseStaticAssert } from './decl.ts';
import type { Parser } from './parser.ts';
import type { Sym } from './scope.ts';
import { constantInteger } from './sema.ts';

/*
 * Structs, unions and enums (C11 6.7.2.1, 6.7.2.2) with GNU's packed, aligned, zero-length arrays and anonymous members.
 */

/** record = ("struct" | "union") attributes ident? ("{" member* "}")? attributes. The keyword is behind. */
export function parseRecord(p: Parser, kind: 'struct' | 'union'): CType {
  const attributes = noAttributes();
  parseAttributes(p, attributes);
  const tag = p.tok.kind === Tok.Ident ? p.next() : undefined;
  if (!tag && !p.is('{')) throw E.expectedToken(p.place(p.loc), `a name or '{' after ${kind}`, p.describe(p.tok));
  const record = recordFor(p, kind, tag, p.is('{') || p.is(';'), tag?.loc ?? p.loc);
  if (!p.is('{')) return record;
  if (record.members !== undefined) throw E.redefined(p.place(tag!.loc), `${kind} ${tag!.text}`, p.where(record.loc));
  p.nest();
  const fields = parseMembers(p, kind, tag?.text);
  p.unnest();
  parseAttributes(p, attributes);
  const room = tag && p.atFileScope ? p.room?.get(`${kind} ${tag.text}`) : undefined;
  const layout = layOut(p.types, kind, fields, attributes.packed, Math.max(attributes.align ?? 1, room?.align ?? 1));
  const size = Math.max(layout.size, room?.size ?? 0);
  if (size > 2 ** 47) throw E.tooLarge(p.place(record.loc), `'${typeName(record)}'`, '2^47 bytes');
  completeRecord(record, layout.members, size, layout.align);
  if (p.atFileScope) p.made.push(record);
  if (recordDepth(record) > p.limits.nesting) throw E.tooDeep(p.place(record.loc), p.limits.nesting);
  return record;
}

function recordFor(p: Parser, kind: 'struct' | 'union', tag: Token | undefined, here: boolean, loc: Loc): RecordType {
  const make = (): RecordType => ({ kind, ...(tag && { tag: tag.text }), size: 0, align: 1, loc });
  if (!tag) return make();
  // What a prelude declares is of the same scope: `struct x;` means that one.
  const inner = here && !(p.is(';') && p.scope.kind === 'file');
  const known = inner ? p.scope.tags.get(tag.text) : p.scope.findTag(tag.text);
  if (known) {
    if (known.kind !== kind)
      throw E.badDeclaration(
        p.place(tag.loc),
        `'${tag.text}' is ${known.kind === 'enum' ? 'an enum' : `a ${known.kind}`}, not a ${kind}`,
      );
    return known;
  }
  const made = make();
  // A mention in a block or prototype: a header that declares it is read later, and means the same.
  (p.imports && !here ? p.unit.scope : p.scope).tags.set(tag.text, made);
  return made;
}

/** member = specifiers (declarator (":" expr)? | ":" expr) ("," …)* ";" */
function parseMembers(p: Parser, kind: 'struct' | 'union', tag: string | undefined): Field[] {
  p.expect('{');
  const fields: Field[] = [];
  const names = new Set<string>();
  while (!p.eat('}')) parseMembersLine(p, kind, fields, names);
  if (tag !== undefined && p.atFileScope) p.imports?.extend(kind, tag, fields, names);
  return fields;
}

/** One declaration of members: `int a, b : 3;` */
export function parseMembersLine(p: Parser, kind: 'struct' | 'union', fields: Field[], names: Set<string>): void {
  if (p.eat(';')) return;
  if (p.is('_Static_assert') || p.is('static_assert')) {
    parseStaticAssert(p);
    return;
  }
  const specifiers = parseSpecifiers(p);
  if (p.is(';')) {
    // An anonymous struct or union; with a tag where the kernel builds with -fms-extensions.
    if (isRecord(specifiers.type)) {
      checkMember(p, specifiers.type, '<anonymous>', specifiers.loc, kind, fields);
      for (const name of memberTable(specifiers.type).keys()) unique(p, names, name, specifiers.loc);
      fields.push(field(undefined, specifiers.type, undefined, specifiers.attributes, noAttributes()));
    }
    p.next();
    return;
  }
  do fields.push(parseMember(p, specifiers, kind, fields, names));
  while (p.eat(','));
  p.expect(';');
}

function parseMember(
  p: Parser,
  specifiers: ReturnType<typeof parseSpecifiers>,
  kind: 'struct' | 'union',
  before: readonly Field[],
  names: Set<string>,
): Field {
  const unnamed = p.is(':');
  const declared = unnamed ? undefined : parseDeclarator(p, specifiers, 'named');
  const type = declared?.type ?? specifiers.type;
  const own = declared?.attributes ?? noAttributes();
  const name = declared?.name;
  const loc = name?.loc ?? p.loc;
  if (name) unique(p, names, name.text, loc);
  let width: number | undefined;
  if (p.eat(':')) {
    width = bitWidth(p, type, name?.text, loc);
    parseAttributes(p, own);
  } else checkMember(p, type, name?.text ?? '', loc, kind, before);
  return field(name?.text, type, width, specifiers.attributes, own);
}

function field(
  name: string | undefined,
  type: CType,
  width: number | undefined,
  shared: Attributes,
  own: Attributes,
): Field {
  const align = own.align ?? shared.align;
  return {
    name,
    type,
    ...(width !== undefined && { width }),
    packed: own.packed || (shared.packed && !isRecord(type)),
    ...(align !== undefined && { align }),
  };
}

function unique(p: Parser, names: Set<string>, name: string, loc: Loc): void {
  if (names.has(name)) throw E.badDeclaration(p.place(loc), `a second member named '${name}'`);
  names.add(name);
}
function checkMember(
  p: Parser,
  type: CType,
  name: string,
  loc: Loc,
  kind: 'struct' | 'union',
  before: readonly Field[],
): void {
  if (type.kind === 'function' || type.kind === 'void') {
    throw E.badDeclaration(p.place(loc), `the member '${name}' has the type '${typeName(type)}'`);
  }
  const flexible = type.kind === 'array' && type.length === undefined && isComplete(type.of);
  if (!isComplete(type) && !flexible) throw E.incompleteType(p.place(loc), typeName(type), `the member '${name}'`);
  const last = before.at(-1)?.type;
  if (kind === 'struct' && last?.kind === 'array' && last.length === undefined) {
    throw E.badDeclaration(p.place(loc), 'a member after a flexible array');
  }
}

function bitWidth(p: Parser, type: CType, name: string | undefined, loc: Loc): number {
  const width = constantInteger(p, p.conditional(), 'the width of a bit-field');
  const what = name === undefined ? 'an unnamed bit-field' : `the bit-field '${name}'`;
  if (!isInteger(type)) throw E.badBitField(p.place(loc), `${what} has the type '${typeName(type)}'`);
  const int = carrier(type);
  const most = int.bool ? 1 : int.size * 8;
  if (width < 0n) throw E.badBitField(p.place(loc), `${what} has a negative width`);
  if (width > BigInt(most)) throw E.badBitField(p.place(loc), `${what} is wider than its type`);
  if (width === 0n && name !== undefined) throw E.badBitField(p.place(loc), `${what} has the width 0`);
  return Number(width);
}

type MutableEnum = { -readonly [K in keyof EnumType]: EnumType[K] };

/** enum = "enum" attributes ident? (":" type)? ("{" ident ("=" expr)? ("," …)* "}")? attributes. The keyword is behind. */
export function parseEnum(p: Parser): CType {
  const attributes = noAttributes();
  parseAttributes(p, attributes);
  const tag = p.tok.kind === Tok.Ident ? p.next() : undefined;
  let fixed: IntType | undefined;
  if (p.eat(':')) {
    const { type } = parseSpecifiers(p);
    if (type.kind !== 'int') throw E.badDeclaration(p.place(p.loc), `an enum over '${typeName(type)}'`);
    fixed = unqualified(type);
  }
  if (!tag && !p.is('{')) throw E.expectedToken(p.place(p.loc), "a name or '{' after enum", p.describe(p.tok));
  const known = tag && (p.is('{') || p.is(';') ? p.scope.tags.get(tag.text) : p.scope.findTag(tag.text));
  if (known && known.kind !== 'enum')
    throw E.badDeclaration(p.place(tag.loc), `'${tag.text}' is a ${known.kind}, not an enum`);
  const made: MutableEnum =
    (known as MutableEnum | undefined) ??
    ({ kind: 'enum', ...(tag && { tag: tag.text }), carrier: fixed ?? p.types.uint, names: [] } satisfies EnumType);
  if (tag && !known) p.scope.tags.set(tag.text, made);
  if (!p.is('{')) return made;
  if (made.names.length > 0) throw E.redefined(p.place(tag!.loc), `enum ${tag!.text}`, 'an earlier place');
  const listed = parseEnumerators(p);
  parseAttributes(p, attributes);
  made.names = listed.map(({ name, value }) => ({ name, value }));
  made.carrier =
    fixed ??
    enumCarrier(
      p,
      listed.map((each) => each.value),
      attributes.packed,
    );
  // gcc: a constant that fits int is one; the others have the type of the enum.
  for (const each of listed) {
    const type = fits(each.value, p.types.int) && !fixed ? p.types.int : made;
    p.scope.names.set(each.name, { ...each.sym, type });
  }
  return made;
}

interface Listed {
  readonly name: string;
  readonly value: bigint;
  readonly sym: Extract<Sym, { kind: 'enumerator' }>;
}

function parseEnumerators(p: Parser): Listed[] {
  p.expect('{');
  const listed: Listed[] = [];
  let next = 0n;
  while (!p.eat('}')) {
    if (listed.length > 0) {
      p.expect(',');
      if (p.eat('}')) break;
    }
    const token = p.tok;
    if (token.kind !== Tok.Ident)
      throw E.expectedToken(p.place(token.loc), 'the name of a constant', p.describe(token));
    p.next();
    parseAttributes(p, noAttributes());
    if (p.eat('=')) next = constantInteger(p, p.conditional(), 'the value of an enum constant');
    const before = p.scope.names.get(token.text);
    if (before) throw E.redefined(p.place(token.loc), token.text, p.where(before.loc));
    const value = next;
    const type = fits(value, p.types.int)
      ? p.types.int
      : fits(value, p.types.uint)
        ? p.types.uint
        : value < 0n
          ? p.types.llong
          : p.types.ullong;
    const sym = {
      kind: 'enumerator',
      name: token.text,
      loc: token.loc,
      at: p.late ? -1 : p.pos - 1,
      type,
      value,
    } as const;
    p.scope.names.set(token.text, sym);
    if (p.atFileScope) p.made.push(token.text);
    listed.push({ name: token.text, value, sym });
    next = value + 1n;
  }
  return listed;
}

function fits(value: bigint, type: IntType): boolean {
  const bits = BigInt(type.size * 8);
  return type.signed ? value >= -(1n << (bits - 1n)) && value < 1n << (bits - 1n) : value >= 0n && value < 1n << bits;
}

function enumCarrier(p: Parser, values: readonly bigint[], packed: boolean): IntType {
  const { types } = p;
  const signed = values.some((value) => value < 0n);
  const small = packed ? (signed ? [types.schar, types.short] : [types.uchar, types.ushort]) : [];
  const wide = signed ? [types.int, types.long, types.llong] : [types.uint, types.ulong, types.ullong];
  const candidates = [...small, ...wide];
  return candidates.find((type) => values.every((value) => fits(value, type))) ?? candidates.at(-1)!;
}
