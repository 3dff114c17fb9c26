import { CodedError } from '../../base/errors.ts';
import type { ArithOp, CompareOp, Node, Stmt } from '../ast.ts';
import { parseBuiltin } from '../builtins.ts';
import * as E from '../errors-parse.ts';
import type { Loc, Token } from '../token.ts';
import { PRECEDENCE, Tok } from '../token.ts';
import type { CType, FunctionType } from '../types.ts';
import {
  arrayOf,
  compatible,
  isComplete,
  isRecord,
  isVoid,
  opaqueName,
  qualified,
  typeName,
  unqualified,
} from '../types-ops.ts';
import { encodeInitializer } from './data.ts';
import { parseCharacter, parseInteger, parseString } from './literals.ts';
import { base, convertAssigned, decay, explicitCast, isLvalue, num, promote, scalar } from './nodes.ts';
import type { Parser } from './parser.ts';
import type { GlobalSymbol, LocalSymbol } from './scope.ts';
import {
  addressOf,
  arith,
  arrow,
  assign,
  comma,
  compare,
  conditional,
  deref,
  index,
  logical,
  member,
  typeOfNode,
  unary,
  update,
} from './sema.ts';

/** expr = assign ("," assign)* */
export function parseExpression(p: Parser): Node {
  let node = parseAssign(p);
  while (p.is(',')) {
    const loc = p.next().loc;
    node = comma(p, node, parseAssign(p), loc);
  }
  return node;
}

const UPDATES: ReadonlyMap<string, ArithOp> = new Map([
  ['+=', '+'],
  ['-=', '-'],
  ['*=', '*'],
  ['/=', '/'],
  ['%=', '%'],
  ['&=', '&'],
  ['|=', '|'],
  ['^=', '^'],
  ['<<=', '<<'],
  ['>>=', '>>'],
]);

/** assign = conditional (("=" | "+=" | …) assign)? */
export function parseAssign(p: Parser): Node {
  const left = parseConditional(p);
  const token = p.tok;
  if (token.kind !== Tok.Punct || !token.text.endsWith('=')) return left;
  const op = UPDATES.get(token.text);
  if (op === undefined && token.text !== '=') return left;
  p.next();
  p.nest();
  const right = parseAssign(p);
  p.unnest();
  return op === undefined ? assign(p, left, right, token.loc) : update(p, op, left, right, token.loc);
}

/** conditional = binary ("?" expr? ":" conditional)? */
export function parseConditional(p: Parser): Node {
  const cond = parseBinary(p, 1);
  if (!p.is('?')) return cond;
  const loc = p.next().loc;
  p.nest();
  const middle = p.is(':') ? undefined : parseExpression(p);
  p.expect(':');
  const other = parseConditional(p);
  p.unnest();
  return conditional(p, cond, middle, other, loc);
}

/** binary = cast (op cast)*, by precedence: || && | ^ & equality relational shift additive multiplicative */
function parseBinary(p: Parser, least: number): Node {
  let left = parseCast(p);
  for (;;) {
    const token = p.tok;
    if (token.kind !== Tok.Punct) return left;
    const precedence = PRECEDENCE.get(token.text);
    if (precedence === undefined || precedence < least) return left;
    p.next();
    const right = parseBinary(p, precedence + 1);
    const { text, loc } = token;
    if (precedence === 1) left = logical(p, 'or', left, right, loc);
    else if (precedence === 2) left = logical(p, 'and', left, right, loc);
    else if (precedence === 6 || precedence === 7) left = compare(p, text as CompareOp, left, right, loc);
    else left = arith(p, text as ArithOp, left, right, loc);
  }
}

/** cast = "(" type-name ")" cast | "(" type-name ")" "{" initialiser "}" postfix* | unary */
function parseCast(p: Parser): Node {
  if (!p.is('(') || !p.startsType(p.tokens[p.pos + 1]!)) return parseUnary(p);
  const loc = p.next().loc;
  p.nest();
  const type = p.typeName();
  p.expect(')');
  const node = p.is('{') ? parsePostfix(p, compoundLiteral(p, type, loc)) : explicitCast(p, parseCast(p), type, loc);
  p.unnest();
  return node;
}

/** A compound literal: of the file (static) or of the enclosing block (C11 6.5.2.5). */
function compoundLiteral(p: Parser, declared: CType, loc: Loc): Node {
  const fn = p.fn;
  if (!fn) {
    const { init, type } = p.initializer(declared, true);
    const data = encodeInitializer(p, init);
    const sym: GlobalSymbol = { ...p.newGlobal('', type, loc), static: true, defined: true, data };
    p.unit.globals.push(sym);
    return { k: 'staticliteral', ...base(p, type, loc, []), sym };
  }
  const { init, type } = p.initializer(declared, false);
  const sym: LocalSymbol = {
    kind: 'local',
    name: `(${typeName(type)})`,
    loc,
    at: p.pos,
    type,
    align: undefined,
    addressed: true,
    unnamed: true,
  };
  if (p.unevaluated === 0) fn.region.locals.push(sym);
  const values = init.items.map((item) => item.value);
  return { k: 'literal', ...base(p, type, loc, values, true), sym, init };
}

/** unary = ("+" | "-" | "~" | "!" | "*" | "&") cast | ("++" | "--") unary | "sizeof" … | "&&" label | postfix */
function parseUnary(p: Parser): Node {
  const token = p.tok;
  if (token.kind === Tok.Ident) {
    switch (token.text) {
      case 'sizeof':
        p.next();
        return sizeOf(p, token.loc);
      case '_Alignof':
      case '__alignof__':
      case '__alignof':
        p.next();
        return alignOf(p, token.loc);
      case '__extension__': {
        p.next();
        p.nest();
        const node = parseCast(p);
        p.unnest();
        return node;
      }
    }
    return parsePostfix(p, parsePrimary(p));
  }
  if (token.kind !== Tok.Punct || token.text === '(') return parsePostfix(p, parsePrimary(p));
  switch (token.text) {
    case '+':
    case '-':
    case '~':
    case '!':
    case '*':
    case '&':
    case '++':
    case '--':
      break;
    case '&&':
      throw E.unsupported(
        p.place(token.loc),
        'the address of a label',
        'Computed goto is not executed; use a switch in a scenario.',
      );
    default:
      throw E.expectedExpression(p.place(token.loc), p.describe(token));
  }
  p.next();
  p.nest();
  const operand = parseCast(p);
  p.unnest();
  switch (token.text) {
    case '*':
      return deref(p, operand, token.loc);
    case '&':
      return addressOf(p, operand, token.loc);
    case '++':
      return update(p, '+', operand, num(p, 1n, p.types.int, token.loc), token.loc);
    case '--':
      return update(p, '-', operand, num(p, 1n, p.types.int, token.loc), token.loc);
    default:
      return unary(p, token.text as '+' | '-' | '~' | '!', operand, token.loc);
  }
}

/** The operand of sizeof and _Alignof: a type in parentheses or an expression that is not evaluated. */
function operandType(p: Parser): { type: CType; node: Node | undefined } {
  if (p.is('(') && p.startsType(p.tokens[p.pos + 1]!)) {
    const loc = p.next().loc;
    p.nest();
    const type = p.typeName();
    p.expect(')');
    p.unnest();
    if (!p.is('{')) return { type, node: undefined };
    const node = p.unevaluatedly(() => parsePostfix(p, compoundLiteral(p, type, loc)));
    return { type: node.type, node };
  }
  p.nest();
  const node = p.unevaluatedly(() => parseUnary(p));
  p.unnest();
  return { type: typeOfNode(node), node };
}

function sizeOf(p: Parser, loc: Loc): Node {
  const { type, node } = operandType(p);
  if (node?.k === 'member' && node.bits) throw E.badBitField(p.place(loc), 'a bit-field has no size');
  if (!isComplete(type) && !isVoid(type)) throw E.incompleteType(p.place(loc), typeName(type), "'sizeof'");
  return num(p, BigInt(p.types.sizeOf(type)), p.types.sizeT, loc);
}

function alignOf(p: Parser, loc: Loc): Node {
  const { type, node } = operandType(p);
  const own = node?.k === 'var' || node?.k === 'global' ? node.sym.align : undefined;
  return num(p, BigInt(Math.max(own ?? 1, p.types.alignOf(type))), p.types.sizeT, loc);
}

/** postfix = primary ("[" expr "]" | "(" args ")" | "." ident | "->" ident | "++" | "--")* */
function parsePostfix(p: Parser, primary: Node): Node {
  let node = primary;
  for (;;) {
    const token = p.tok;
    if (token.kind !== Tok.Punct) return node;
    switch (token.text) {
      case '[': {
        p.next();
        p.nest();
        const subscript = parseExpression(p);
        p.unnest();
        p.expect(']');
        node = index(p, node, subscript, token.loc);
        break;
      }
      case '(':
        p.next();
        p.nest();
        node = call(p, node, token.loc);
        p.unnest();
        break;
      case '.':
        p.next();
        node = member(p, node, memberName(p), token.loc);
        break;
      case '->':
        p.next();
        node = arrow(p, node, memberName(p), token.loc);
        break;
      case '++':
      case '--':
        p.next();
        node = update(p, token.text === '++' ? '+' : '-', node, num(p, 1n, p.types.int, token.loc), token.loc, true);
        break;
      default:
        return node;
    }
  }
}

function memberName(p: Parser): string {
  if (p.tok.kind !== Tok.Ident) throw E.expectedToken(p.place(p.loc), 'the name of a member', p.describe(p.tok));
  return p.next().text;
}

/** args = (assign ("," assign)*)? ")" */
export function parseArguments(p: Parser): Node[] {
  const args: Node[] = [];
  if (p.eat(')')) return args;
  do args.push(parseAssign(p));
  while (p.eat(','));
  p.expect(')');
  return args;
}

function call(p: Parser, fn: Node, loc: Loc): Node {
  const start = fn.loc;
  const args = parseArguments(p);
  return makeCall(p, fn, args, fn.k === 'func' ? start : loc);
}

/** An argument that does not fit says that the function may be declared otherwise in the tree. */
const misfit = (fn: Node, error: unknown): unknown =>
  fn.k === 'func' && error instanceof CodedError && !(error instanceof E.MissingDeclaration)
    ? E.otherPrototype(error, fn.sym.name)
    : error;

/** A call with its arguments converted to the parameters' types, the extra ones promoted (C11 6.5.2.2). */
export function makeCall(p: Parser, callee: Node, given: readonly Node[], loc: Loc): Node {
  let fn = callee;
  let type: CType = callee.type;
  if (type.kind !== 'function') {
    fn = decay(p, callee);
    type = fn.type.kind === 'pointer' ? fn.type.to : fn.type;
  }
  if (type.kind !== 'function') throw E.notFunction(p.place(loc), typeName(callee.type));
  // `(*f)()`, `(&f)()`, `(**f)()`: a function and its address are called alike; a pointer in memory is still to be read.
  while ((fn.k === 'deref' && fn.type.kind === 'function') || (fn.k === 'addr' && fn.a.type.kind === 'function')) {
    fn = fn.a;
  }
  const name = fn.k === 'func' ? `'${fn.sym.name}'` : 'the function';
  const wanted = type.params.length;
  if (given.length < wanted || (given.length > wanted && !type.variadic)) {
    throw misfit(
      fn,
      E.argumentCount(p.place(loc), name, type.variadic ? `at least ${wanted}` : `${wanted}`, given.length),
    );
  }
  const signature: FunctionType = type;
  const args = given.map((arg, i) => {
    const param = signature.params[i];
    if (param) {
      try {
        return convertAssigned(p, arg, param.type, `argument ${i + 1} of ${name}`, arg.loc);
      } catch (error) {
        throw misfit(fn, error);
      }
    }
    if (isRecord(arg.type) && !opaqueName(arg.type)) {
      throw E.unsupported(p.place(arg.loc), 'a struct among variable arguments', 'Pass its address.');
    }
    const value = scalar(p, arg, `argument ${i + 1} of ${name}`);
    const promoted = promote(p, value);
    return isLvalue(promoted)
      ? ({ k: 'cast', ...base(p, unqualified(promoted.type), arg.loc, [promoted]), a: promoted } as Node)
      : promoted;
  });
  const returns = unqualified(type.returns);
  if (!isVoid(returns) && !isComplete(returns)) {
    throw E.incompleteType(p.place(loc), typeName(returns), `the result of ${name}`);
  }
  if (opaqueName(returns) !== undefined) {
    throw E.unsupported(
      p.place(loc),
      `${name} returns '${typeName(returns)}'`,
      'Floating point and 128-bit integers are not executed.',
    );
  }
  return { k: 'call', ...base(p, returns, loc, [fn, ...args], true), fn, args };
}

/** primary = number | char | string+ | ident | "(" expr ")" | "({" … "})" | "_Generic" … | builtin */
function parsePrimary(p: Parser): Node {
  const token = p.tok;
  switch (token.kind) {
    case Tok.Number:
      p.next();
      return number(p, token);
    case Tok.Char: {
      p.next();
      const literal = parseCharacter(token.text, p.types);
      if ('problem' in literal) throw E.badText(p.place(token.loc), literal.problem);
      return num(p, literal.value, literal.type, token.loc);
    }
    case Tok.String:
      return string(p);
    case Tok.Ident:
      return identifier(p, token);
  }
  if (token.text !== '(') throw E.expectedExpression(p.place(token.loc), p.describe(token));
  p.next();
  p.nest();
  let node: Node;
  if (p.is('{')) node = statementExpression(p, token.loc);
  else node = parseExpression(p);
  p.unnest();
  p.expect(')');
  return node;
}

function number(p: Parser, token: Token): Node {
  const literal = parseInteger(token.text, p.types);
  if (!literal) {
    throw E.unsupported(p.place(token.loc), `the floating constant ${token.text}`, 'Floating point is not executed.');
  }
  if ('problem' in literal) throw E.badNumber(p.place(token.loc), token.text, literal.problem);
  return num(p, literal.value, literal.type, token.loc);
}

/** Adjacent strings, as one. */
export function stringTokens(p: Parser): { texts: string[]; loc: Loc } {
  const loc = p.loc;
  const texts: string[] = [];
  let length = 0;
  while (p.tok.kind === Tok.String) {
    length += p.tok.text.length;
    if (length > 1024 * 1024) throw E.tooLarge(p.place(loc), 'a string', '1 MiB');
    texts.push(p.next().text);
  }
  return { texts, loc };
}

function string(p: Parser): Node {
  const { texts, loc } = stringTokens(p);
  const literal = parseString(texts, p.types);
  if ('problem' in literal) throw E.badText(p.place(loc), literal.problem);
  return { k: 'str', ...base(p, literal.type, loc, []), type: literal.type, bytes: literal.bytes };
}

const FUNCTION_NAMES: ReadonlySet<string> = new Set(['__func__', '__FUNCTION__', '__PRETTY_FUNCTION__']);

function identifier(p: Parser, token: Token): Node {
  const name = token.text;
  const sym = p.find(name);
  const { loc } = token;
  if (!sym) {
    if (name === '_Generic') return generic(p);
    if (FUNCTION_NAMES.has(name)) return functionName(p);
    if (name.startsWith('__')) {
      const built = parseBuiltin(p, token);
      if (built) return built;
    }
    const called = p.peekText(1) === '(';
    throw E.undeclared(
      p.place(loc),
      name,
      called
        ? 'A function must be declared before it is called; no header that was read declares this one.'
        : undefined,
      called,
    );
  }
  p.next();
  switch (sym.kind) {
    case 'local':
      return { k: 'var', ...base(p, sym.type, loc, []), sym };
    case 'global':
      return { k: 'global', ...base(p, sym.type, loc, []), sym };
    case 'function':
      return { k: 'func', ...base(p, sym.type, loc, []), sym };
    case 'enumerator':
      return num(p, sym.value, sym.type, loc);
    case 'typedef':
      throw E.expectedExpression(p.place(loc), `the type '${name}'`);
  }
}

/** `__func__`: a constant array of the function, made when first used (C11 6.4.2.2). */
function functionName(p: Parser): Node {
  const { loc } = p.next();
  const { fn } = p;
  if (!fn) throw E.misplaced(p.place(loc), '__func__', 'a function');
  if (!fn.nameSymbol) {
    const bytes = new TextEncoder().encode(`${fn.name}\0`);
    const array = arrayOf(qualified(p.types.char, { const: true }), bytes.length);
    fn.nameSymbol = { ...p.newGlobal('__func__', array, loc), static: true, defined: true, string: bytes };
    p.unit.globals.push(fn.nameSymbol);
  }
  return { k: 'global', ...base(p, fn.nameSymbol.type, loc, []), sym: fn.nameSymbol };
}

/** "({" stmt* expr ";" "})" (GNU): the value is that of the last expression. */
function statementExpression(p: Parser, loc: Loc): Node {
  if (!p.fn) throw E.misplaced(p.place(loc), '({ … })', 'a function');
  const block = p.block();
  const body = [...block.body];
  const last = takeValue(body);
  const result = last && decay(p, last.expr);
  const type = result ? unqualified(result.type) : p.types.void;
  return {
    k: 'block',
    ...base(p, type, loc, [result], true),
    body: { ...block, body },
    value: result,
    valueLoc: last?.loc ?? loc,
  };
}

/** Removes the last statement if it is an expression, and answers it. */
function takeValue(body: Stmt[]): (Stmt & { s: 'expr' }) | undefined {
  const last = body.pop();
  if (last?.s === 'expr') return last;
  if (last?.s === 'many') {
    const inner = [...last.body];
    const value = takeValue(inner);
    body.push({ ...last, body: inner });
    return value;
  }
  if (last) body.push(last);
  return undefined;
}

/** "_Generic" "(" assign ("," (type-name | "default") ":" assign)+ ")": what is not chosen is read over. */
function generic(p: Parser): Node {
  const { loc } = p.next();
  p.expect('(');
  p.nest();
  const control = p.unevaluatedly(() => decay(p, parseAssign(p)));
  const type = unqualified(control.type);
  let chosen: Node | undefined;
  let fallback: number | undefined;
  while (p.eat(',')) {
    if (p.eat('default')) {
      p.expect(':');
      if (fallback !== undefined) throw E.badGeneric(p.place(p.loc), 'a second default in _Generic');
      fallback = p.pos;
      skipArgument(p);
      continue;
    }
    const named = p.typeName();
    p.expect(':');
    if (chosen === undefined && compatible(type, named, true)) chosen = parseAssign(p);
    else skipArgument(p);
  }
  const end = p.pos;
  if (chosen === undefined && fallback !== undefined) {
    p.pos = fallback;
    chosen = parseAssign(p);
    p.pos = end;
  }
  p.unnest();
  p.expect(')');
  if (!chosen) throw E.badGeneric(p.place(loc), `_Generic has no choice for '${typeName(type)}'`);
  return chosen;
}

/** Steps over one argument of a call-like construct. */
export function skipArgument(p: Parser): void {
  let open = 0;
  for (;;) {
    const { text, kind } = p.tok;
    if (kind === Tok.Eof) throw E.expectedToken(p.place(p.loc), "')'", p.describe(p.tok));
    if (kind === Tok.Punct) {
      if (text === '(' || text === '[' || text === '{') open++;
      else if (text === ')' || text === ']' || text === '}') {
        if (open === 0) return;
        open--;
      } else if (text === ',' && open === 0) return;
    }
    p.next();
  }
}

export function pointerValue(p: Parser, node: Node, what: string): Node {
  const value = scalar(p, node, what);
  if (value.type.kind !== 'pointer') throw E.invalidOperands(p.place(node.loc), what, [typeName(value.type)]);
  return value;
}
