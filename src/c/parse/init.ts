import type { InitItem, Initializer, Node } from '../ast.ts';
import * as E from '../errors-parse.ts';
import { findMember, roundUp } from '../layout.ts';
import type { Loc } from '../token.ts';
import { Tok } from '../token.ts';
import type { ArrayType, CType, Member, RecordType } from '../types.ts';
import { arrayOf, compatible, isPlainChar, isRecord, opaqueName, typeName, unqualified } from '../types-ops.ts';
import { convertAssigned, decay } from './nodes.ts';
import type { Parser } from './parser.ts';
import { ITEMS_LIMIT, OBJECT_LIMIT } from './parser.ts';
import { constantInteger } from './sema.ts';

/*
 * Initialisers (C11 6.7.9) with GNU's ranges and old `member:` designators, flattened to stores at offsets. Within one pair
 * of braces a stack of cursors walks the aggregate, so that elided braces and "the next subobject after the designated
 * one" come out as the standard says.
 */

/** initialiser = assign | "{" … "}". Answers the type too: an array of unknown length gets one. */
export function parseInitializer(p: Parser, type: CType, isStatic: boolean): { init: Initializer; type: CType } {
  const { loc } = p;
  const state: State = { p, items: [], end: 0, flexible: isStatic };
  let length: number | undefined;
  if (p.is('{')) length = braced(state, type, 0);
  else {
    const node = p.assignment();
    if (!direct(state, type, 0, node)) {
      if (type.kind === 'array')
        throw E.badInitializer(p.place(loc), `an array is initialised by a list in braces or a string`);
      put(state, type, 0, convertAssigned(p, node, type, 'initialisation', loc), loc);
    } else if (node.type.kind === 'array') length = node.type.length;
  }
  const whole = type.kind === 'array' && type.length === undefined ? arrayOf(type.of, length ?? 0) : type;
  const size = Math.max(p.types.sizeOf(whole), state.end);
  if (size > OBJECT_LIMIT) throw E.tooLarge(p.place(loc), 'the object', `${OBJECT_LIMIT >> 20} MiB`);
  return { init: { items: state.items, size: roundUp(size, 1), loc }, type: whole };
}

interface State {
  readonly p: Parser;
  readonly items: InitItem[];
  /** End of the furthest store. */
  end: number;
  /** Flexible array members may be initialised: static storage. */
  readonly flexible: boolean;
}
/** A place inside the aggregate in braces: the child `index` of an aggregate at `offset`. */
interface Cursor {
  readonly type: ArrayType | RecordType;
  readonly offset: number;
  index: number;
}

function put(
  state: State,
  type: CType,
  offset: number,
  value: Node | undefined,
  loc: Loc,
  bits?: Member['bits'],
): void {
  const { unit } = state.p;
  if (++unit.initItems > ITEMS_LIMIT) throw E.tooManyElements(state.p.place(loc), ITEMS_LIMIT);
  state.items.push({ offset, type: unqualified(type), value, loc, ...(bits && { bits }) });
  state.end = Math.max(state.end, offset + state.p.types.sizeOf(type));
}

/** Whether an expression initialises an object of this type as a whole; stores it then. */
function direct(state: State, type: CType, offset: number, node: Node, bits?: Member['bits']): boolean {
  const { p } = state;
  if (type.kind === 'array') {
    if (node.k === 'str' && fitsString(type, node.type)) {
      const own = type.length ?? node.type.length!;
      const length = Math.min(node.type.length!, own);
      const room = node.type.length! - 1 > own;
      if (room) throw E.excessInitializer(p.place(node.loc), typeName(type));
      put(state, arrayOf(node.type.of, length), offset, node, node.loc);
      return true;
    }
    // GNU: an array from a compound literal of its type.
    if ((node.k === 'literal' || node.k === 'staticliteral') && compatible(unqualified(type), unqualified(node.type))) {
      put(state, node.type, offset, node, node.loc);
      return true;
    }
    return false;
  }
  if (isRecord(type)) {
    if (!isRecord(node.type) || !compatible(type, node.type)) return false;
    put(state, type, offset, node, node.loc);
    return true;
  }
  put(state, type, offset, convertAssigned(p, decay(p, node), type, 'initialisation', node.loc), node.loc, bits);
  return true;
}

function fitsString(type: ArrayType, string: ArrayType): boolean {
  if (isPlainChar(string.of)) return isPlainChar(type.of);
  return compatible(unqualified(type.of), unqualified(string.of));
}

/** "{" (designation? initialiser ("," …)* ","?)? "}". Answers how many elements an array got. */
function braced(state: State, type: CType, offset: number): number {
  const { p } = state;
  const open = p.expect('{');
  p.nest();
  let count = 0;
  if (type.kind !== 'array' && (!isRecord(type) || opaqueName(type))) {
    // A scalar in braces.
    if (!p.is('}')) {
      if (p.is('{')) braced(state, type, offset);
      else direct(state, type, offset, p.assignment());
      p.eat(',');
      if (!p.is('}')) throw E.excessInitializer(p.place(p.loc), typeName(type));
    } else put(state, type, offset, undefined, open);
  } else if (
    type.kind === 'array' &&
    p.tok.kind === Tok.String &&
    (p.types.sizeOf(type.of) === 1 || !isRecord(type.of))
  ) {
    count = bracedString(state, type, offset) ?? list(state, type, offset);
  } else {
    if (isRecord(type) && !type.members) throw E.incompleteType(p.place(open), typeName(type), 'an initialiser');
    count = list(state, type, offset);
  }
  p.unnest();
  p.expect('}');
  return count;
}

/** `{ "text" }` for a character array: nothing but strings between the braces. */
function bracedString(state: State, type: ArrayType, offset: number): number | undefined {
  const { p } = state;
  let end = p.pos;
  while (p.tokens[end]!.kind === Tok.String) end++;
  if (p.tokens[end]!.text === ',') end++;
  if (p.tokens[end]!.text !== '}') return undefined;
  const start = p.pos;
  const node = p.assignment();
  p.eat(',');
  if (node.k === 'str' && direct(state, type, offset, node)) return node.type.length!;
  p.pos = start;
  return undefined;
}

function list(state: State, type: ArrayType | RecordType, offset: number): number {
  const { p } = state;
  let stack: Cursor[] = [{ type, offset, index: 0 }];
  let count = 0;
  let first = true;
  while (!p.is('}')) {
    if (!first) {
      p.expect(',');
      if (p.is('}')) break;
    }
    first = false;
    let repeat: Repeat | undefined;
    if (designates(p)) {
      const designated = designation(state, type, offset);
      stack = designated.stack;
      repeat = designated.repeat;
    } else {
      // An aggregate without braces of its own is full: on with the one behind it.
      while (stack.length > 1 && exhausted(p, stack.at(-1)!)) {
        stack.pop();
        advance(stack.at(-1)!);
      }
      if (exhausted(p, stack[0]!)) throw E.excessInitializer(p.place(p.loc), typeName(type));
    }
    const from = state.items.length;
    element(state, stack);
    if (repeat) replicate(state, from, repeat);
    const reached = stack[0]!.index + (repeat && stack.length === repeat.level + 1 ? repeat.times - 1 : 0);
    if (repeat && repeat.level === 0) stack[0]!.index += repeat.times - 1;
    count = Math.max(count, stack.length > 1 ? stack[0]!.index + 1 : Math.max(reached, stack[0]!.index));
  }
  return count;
}

/** The child that a cursor stands at. */
function child(p: Parser, at: Cursor): { type: CType; offset: number; bits?: Member['bits'] } {
  if (at.type.kind === 'array') {
    return { type: at.type.of, offset: at.offset + at.index * p.types.sizeOf(at.type.of) };
  }
  const m = at.type.members![at.index]!;
  return { type: m.type, offset: at.offset + m.offset, ...(m.bits && { bits: m.bits }) };
}
function exhausted(_p: Parser, at: Cursor): boolean {
  if (at.type.kind === 'array') return at.type.length !== undefined && at.index >= at.type.length;
  if (at.type.kind === 'union' && at.index > 0) return true;
  return at.index >= at.type.members!.length;
}
function advance(at: Cursor): void {
  // One member of a union is initialised, whichever.
  at.index = at.type.kind === 'union' ? at.type.members!.length : at.index + 1;
}

/** One initialiser at the top of the stack; descends where braces are elided. */
function element(state: State, stack: Cursor[]): void {
  const { p } = state;
  let at = stack.at(-1)!;
  let target = child(p, at);
  checkFlexible(state, target.type);
  if (p.is('{')) {
    clear(state, target);
    braced(state, target.type, target.offset);
    advance(at);
    return;
  }
  const node = p.assignment();
  for (;;) {
    const { type } = target;
    if (direct(state, type, target.offset, node, target.bits)) break;
    if (type.kind !== 'array' && !isRecord(type)) break;
    if (opaqueName(type) !== undefined) {
      throw E.unsupported(
        p.place(node.loc),
        `an initialiser of type '${typeName(type)}'`,
        'Floating point is not executed.',
      );
    }
    const inner: Cursor = { type, offset: target.offset, index: 0 };
    if (exhausted(p, inner) || stack.length > p.limits.nesting) {
      throw E.incompatible(
        p.place(node.loc),
        'initialisation',
        typeName(unqualified(node.type)),
        typeName(unqualified(type)),
      );
    }
    stack.push(inner);
    at = inner;
    target = child(p, at);
  }
  advance(at);
}

function checkFlexible(state: State, type: CType): void {
  if (type.kind === 'array' && type.length === undefined && !state.flexible) {
    throw E.badInitializer(state.p.place(state.p.loc), 'a flexible array member of an automatic object is initialised');
  }
}

/** Braces for what an earlier initialiser has touched: zero it first. */
function clear(state: State, target: { type: CType; offset: number; bits?: Member['bits'] }): void {
  if (target.bits || target.offset >= state.end) return;
  if (state.p.types.sizeOf(target.type) > 0) put(state, target.type, target.offset, undefined, state.p.loc);
}

function designates(p: Parser): boolean {
  const token = p.tok;
  if (token.kind === Tok.Punct) return token.text === '.' || token.text === '[';
  return token.kind === Tok.Ident && p.peekText(1) === ':' && p.peekText(2) !== ':';
}

/** A range designator: the stores made for its first element are made again for the others. */
interface Repeat {
  readonly level: number;
  readonly times: number;
  readonly stride: number;
}

/** designation = ("." ident | "[" expr ("..." expr)? "]")+ "="? | ident ":" */
function designation(state: State, type: ArrayType | RecordType, offset: number): { stack: Cursor[]; repeat?: Repeat } {
  const { p } = state;
  const stack: Cursor[] = [];
  let repeat: Repeat | undefined;
  let at: { type: CType; offset: number } = { type, offset };
  for (;;) {
    const { loc } = p;
    if (p.is('[')) {
      p.next();
      if (at.type.kind !== 'array') throw E.badInitializer(p.place(loc), `an index in '${typeName(at.type)}'`);
      const low = elementIndex(p, at.type);
      let high = low;
      if (p.eat('...')) high = elementIndex(p, at.type);
      p.expect(']');
      if (high < low) throw E.badInitializer(p.place(loc), 'an empty range of elements');
      if (high > low) {
        if (repeat)
          throw E.unsupported(p.place(loc), 'a second range in one designator', 'Write the elements one by one.');
        repeat = { level: stack.length, times: high - low + 1, stride: p.types.sizeOf(at.type.of) };
      }
      stack.push({ type: at.type, offset: at.offset, index: low });
    } else if (p.is('.') || p.tok.kind === Tok.Ident) {
      const old = !p.eat('.');
      const token = p.tok;
      if (token.kind !== Tok.Ident)
        throw E.expectedToken(p.place(token.loc), 'the name of a member', p.describe(token));
      p.next();
      if (old) p.expect(':');
      if (!isRecord(at.type)) throw E.noMember(p.place(token.loc), typeName(at.type), token.text);
      const found = findMember(at.type, token.text);
      if (!found) throw E.noMember(p.place(token.loc), typeName(unqualified(at.type)), token.text);
      for (const index of found.path) {
        const cursor: Cursor = { type: at.type as RecordType, offset: at.offset, index };
        stack.push(cursor);
        at = child(p, cursor);
      }
      if (old) return { stack, ...(repeat && { repeat }) };
    } else break;
    at = child(p, stack.at(-1)!);
    if (!p.is('.') && !p.is('[')) break;
  }
  // Old GNU code leaves out the `=` after `[n]`.
  p.eat('=');
  return { stack, ...(repeat && { repeat }) };
}

function elementIndex(p: Parser, array: ArrayType): number {
  const { loc } = p;
  const index = constantInteger(p, p.conditional(), 'the index of an element');
  const size = BigInt(Math.max(1, p.types.sizeOf(array.of)));
  if (index < 0n || (array.length !== undefined && index >= BigInt(array.length))) {
    throw E.badInitializer(p.place(loc), `the index ${index} is outside of '${typeName(array)}'`);
  }
  if (index * size > BigInt(OBJECT_LIMIT)) throw E.tooLarge(p.place(loc), 'the object', `${OBJECT_LIMIT >> 20} MiB`);
  return Number(index);
}

function replicate(state: State, from: number, repeat: Repeat): void {
  const made = state.items.slice(from);
  const effects = made.find((item) => item.value?.effects === true);
  if (effects) {
    throw E.unsupported(
      state.p.place(effects.loc),
      'a range initialised with an expression that has side effects',
      'It would be evaluated once for several elements.',
    );
  }
  for (let i = 1; i < repeat.times; i++) {
    for (const item of made) put(state, item.type, item.offset + i * repeat.stride, item.value, item.loc, item.bits);
  }
}
