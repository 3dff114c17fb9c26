import type { BlockStmt, Initializer, Label, Node, Region, Stmt, SwitchCase } from '../ast.ts';
import * as E from '../errors-parse.ts';
import type { Loc, Token } from '../token.ts';
import { Tok } from '../token.ts';
import type { CType, IntType } from '../types.ts';
import { isVoid, qualified, typeName, unqualified } from '../types-ops.ts';
import { noAttributes, parseAttributes, skipParens } from './attributes.ts';
import type { Specifiers } from './decl.ts';
import { checkObject, parseDeclarator, parseSpecifiers, parseStaticAssert, startsType } from './decl.ts';
import { makeCall } from './expr.ts';
import { cast, convertAssigned, decay, integer, promote, scalar } from './nodes.ts';
import type { FunctionContext, Parser } from './parser.ts';
import type { LocalSymbol } from './scope.ts';
import { addressOf, constantInteger } from './sema.ts';
import { declareFunction, declareGlobal, defineObject } from './top.ts';

/*
 * Statements (C11 6.8) and declarations inside functions. Regions (see ast.ts) are opened here, so that every jump knows
 * what it leaves.
 */

function context(p: Parser): FunctionContext {
  return p.fn!;
}

function openRegion(p: Parser, cleanup?: Region['cleanup']): Region {
  const fn = context(p);
  const region: Region = {
    parent: fn.region,
    depth: fn.region.depth + 1,
    locals: [],
    passedBy: false,
    ...(cleanup && { cleanup }),
  };
  fn.region = region;
  return region;
}

/** block = "{" (declaration | statement)* "}" */
export function parseBlock(p: Parser): BlockStmt {
  const fn = context(p);
  const loc = p.expect('{');
  p.nest();
  const outer = fn.region;
  const region = openRegion(p);
  p.openScope();
  const localLabels = p.is('__label__');
  if (localLabels) parseLocalLabels(p);
  const body: Stmt[] = [];
  while (!p.is('}')) {
    if (p.tok.kind === Tok.Eof) throw E.expectedToken(p.place(p.loc), "'}'", p.describe(p.tok));
    const stmt = parseItem(p);
    if (stmt) body.push(stmt);
  }
  if (localLabels) closeLabels(p);
  p.closeScope();
  fn.region = outer;
  p.unnest();
  const endLoc = p.next().loc;
  return { s: 'block', region, body, loc, endLoc };
}

/** "__label__" ident ("," ident)* ";" */
function parseLocalLabels(p: Parser): void {
  const fn = context(p);
  const labels = new Map<string, Label>();
  while (p.eat('__label__')) {
    do {
      const token = p.next();
      labels.set(token.text, newLabel(fn, token));
    } while (p.eat(','));
    p.expect(';');
  }
  fn.labels.push(labels);
}
function closeLabels(p: Parser): void {
  const labels = context(p).labels.pop()!;
  checkLabels(p, labels);
}

/** Every label that a goto names is defined. */
export function checkLabels(p: Parser, labels: ReadonlyMap<string, Label>): void {
  for (const label of labels.values()) {
    if (label.used && label.order === undefined)
      throw E.badLabel(p.place(label.loc), `the label '${label.name}' is not defined`);
  }
}

function newLabel(fn: FunctionContext, token: Token): Label {
  const label: Label = {
    name: token.text,
    loc: token.loc,
    region: undefined,
    order: undefined,
    firstGoto: undefined,
    loop: undefined,
    used: false,
  };
  fn.allLabels.push(label);
  return label;
}
function labelNamed(p: Parser, token: Token): Label {
  const fn = context(p);
  for (let i = fn.labels.length - 1; i >= 0; i--) {
    const found = fn.labels[i]!.get(token.text);
    if (found) return found;
  }
  const made = newLabel(fn, token);
  fn.labels[0]!.set(token.text, made);
  return made;
}

/** A declaration or a statement of a block. */
function parseItem(p: Parser): Stmt | undefined {
  const token = p.tok;
  if (token.kind !== Tok.Ident) return parseStatement(p);
  if (token.text === '_Static_assert' || token.text === 'static_assert') {
    parseStaticAssert(p);
    return undefined;
  }
  if (isLabel(p)) return parseStatement(p);
  let at = p.pos;
  while (p.tokens[at]!.text === '__extension__') at++;
  const first = p.tokens[at]!;
  if (startsType(p, first) || (first.text === '__attribute__' && !statementAttribute(p, at))) {
    return parseLocalDeclaration(p);
  }
  return parseStatement(p);
}

function isLabel(p: Parser): boolean {
  return p.tok.kind === Tok.Ident && p.peekText(1) === ':' && p.tok.text !== 'default';
}
/** `__attribute__((fallthrough));` */
function statementAttribute(p: Parser, at: number): boolean {
  let open = 0;
  let i = at + 1;
  for (; i < p.tokens.length; i++) {
    const { text } = p.tokens[i]!;
    if (text === '(') open++;
    else if (text === ')' && --open === 0) break;
  }
  return p.tokens[i + 1]?.text === ';';
}

/** statement = (label ":" | "case" … ":" | "default" ":")* (block | if | loop | switch | jump | expr? ";") */
function parseStatement(p: Parser): Stmt {
  const { loc } = p;
  const labels: Stmt[] = [];
  for (;;) {
    const made = parseLabel(p);
    if (!made) break;
    labels.push(made);
  }
  if (labels.length === 0) return parseUnlabelled(p);
  // A label may end a block, or stand before a declaration (C23, and GNU for a while).
  const rest = p.is('}') ? undefined : parseItem(p);
  if (rest) labels.push(rest);
  return { s: 'many', body: labels, loc };
}

function parseLabel(p: Parser): Stmt | undefined {
  const token = p.tok;
  if (token.kind !== Tok.Ident) return undefined;
  const fn = context(p);
  if (isLabel(p)) {
    p.next();
    p.next();
    parseAttributesBefore(p);
    const label = labelNamed(p, token);
    if (label.order !== undefined)
      throw E.badLabel(p.place(token.loc), `the label '${token.text}' is defined a second time`);
    label.loc = token.loc;
    label.region = fn.region;
    label.order = fn.labelsSeen++;
    markPassed(fn.region, label.firstGoto);
    return { s: 'label', label, loc: token.loc };
  }
  if (token.text !== 'case' && token.text !== 'default') return undefined;
  const info = fn.switches.at(-1);
  if (!info) throw E.misplaced(p.place(token.loc), token.text, 'a switch');
  p.next();
  if (token.text === 'default') {
    p.expect(':');
    if (info.fallback) throw E.badCase(p.place(token.loc), "a second 'default' in one switch");
    info.fallback = { region: fn.region, loc: token.loc };
    return { s: 'case', info, which: 'default', loc: token.loc };
  }
  const low = caseValue(p, info.type);
  const high = p.eat('...') ? caseValue(p, info.type) : low;
  p.expect(':');
  const which: SwitchCase = { low, high, region: fn.region, loc: token.loc };
  info.cases.push(which);
  return { s: 'case', info, which, loc: token.loc };
}

function caseValue(p: Parser, type: IntType): bigint {
  const node = p.conditional();
  return p.types.wrap(constantInteger(p, node, 'a case'), type);
}

/** A forward goto to here passes by what was declared since. (Jumps into a block begin all of its variables anyway.) */
function markPassed(region: Region, since: number | undefined): void {
  if (since === undefined) return;
  for (let at: Region | undefined = region; at; at = at.parent) {
    if (at.locals.some((sym) => sym.at > since)) at.passedBy = true;
  }
}

function parseAttributesBefore(p: Parser): void {
  if (p.is('__attribute__')) parseAttributes(p, noAttributes());
}

function parseUnlabelled(p: Parser): Stmt {
  const token = p.tok;
  const { loc } = token;
  if (token.kind === Tok.Punct) {
    if (token.text === '{') return parseBlock(p);
    if (token.text === ';') {
      p.next();
      return { s: 'many', body: [], loc };
    }
  } else if (token.kind === Tok.Ident) {
    switch (token.text) {
      case 'if':
        return nested(p, parseIf);
      case 'while':
      case 'do':
      case 'for':
        return nested(p, parseLoop);
      case 'switch':
        return nested(p, parseSwitch);
      case 'return':
        return parseReturn(p);
      case 'goto':
        return parseGoto(p);
      case 'break':
      case 'continue':
        return parseLeave(p, token.text);
      case 'asm':
      case '__asm__':
      case '__asm':
        return parseAsm(p);
      case '__attribute__':
        parseAttributes(p, noAttributes());
        p.expect(';');
        return { s: 'many', body: [], loc };
    }
  }
  const expr = p.expression();
  p.expect(';');
  return { s: 'expr', expr, loc };
}

function nested(p: Parser, rule: (p: Parser) => Stmt): Stmt {
  p.nest();
  const stmt = rule(p);
  p.unnest();
  return stmt;
}

/** A statement that is the body of another: a scope of its own (C11 6.8.4p3). */
function parseBody(p: Parser): Stmt {
  return parseStatement(p);
}

function parenthesised(p: Parser, what: string): Node {
  p.expect('(');
  const node = scalar(p, p.expression(), what);
  p.expect(')');
  return node;
}

/** "if" "(" expr ")" statement ("else" statement)? */
function parseIf(p: Parser): Stmt {
  const fn = context(p);
  const { loc } = p.next();
  const cond = parenthesised(p, "'if'");
  const labels = () => fn.labelsSeen + (fn.switches.at(-1)?.cases.length ?? 0) + (fn.switches.at(-1)?.fallback ? 1 : 0);
  const before = labels();
  const taken = parseBody(p);
  const middle = labels();
  const otherwise = p.eat('else') ? parseBody(p) : undefined;
  return {
    s: 'if',
    cond,
    taken,
    otherwise,
    loc,
    takenLabelled: middle !== before,
    otherwiseLabelled: labels() !== middle,
  };
}

/** "while" "(" expr ")" statement | "do" statement "while" "(" expr ")" ";" | "for" "(" … ")" statement */
function parseLoop(p: Parser): Stmt {
  const fn = context(p);
  const { loc, text } = p.next();
  const number = fn.loops++;
  const outer = { region: fn.region, breakTo: fn.breakTo, inLoop: fn.inLoop };
  const body = () => {
    fn.breakTo = 'loop';
    fn.inLoop = true;
    const stmt = parseBody(p);
    fn.breakTo = outer.breakTo;
    fn.inLoop = outer.inLoop;
    return stmt;
  };
  const common = { s: 'loop', number, loc } as const;
  if (text === 'do') {
    const region = openRegion(p);
    const stmt = body();
    fn.region = outer.region;
    p.expect('while');
    const condLoc = p.tokens[p.pos + 1]?.loc ?? p.loc;
    const cond = parenthesised(p, "'while'");
    p.expect(';');
    return { ...common, post: true, cond, step: undefined, body: stmt, region, condLoc, stepLoc: condLoc };
  }
  if (text === 'while') {
    const condLoc = p.tokens[p.pos + 1]?.loc ?? p.loc;
    const cond = parenthesised(p, "'while'");
    const region = openRegion(p);
    const stmt = body();
    fn.region = outer.region;
    return { ...common, post: false, cond, step: undefined, body: stmt, region, condLoc, stepLoc: condLoc };
  }
  // The declarations of a for have a scope around the loop.
  p.expect('(');
  p.openScope();
  const around = openRegion(p);
  const init = forInit(p);
  const condLoc = p.loc;
  const cond = p.is(';') ? undefined : scalar(p, p.expression(), "'for'");
  p.expect(';');
  const stepLoc = p.loc;
  const step = p.is(')') ? undefined : p.expression();
  p.expect(')');
  const region = openRegion(p);
  const stmt = body();
  p.closeScope();
  fn.region = outer.region;
  const loop: Stmt = { ...common, post: false, cond, step, body: stmt, region, condLoc, stepLoc };
  return { s: 'block', region: around, body: init ? [init, loop] : [loop], loc, endLoc: loc };
}

function forInit(p: Parser): Stmt | undefined {
  const { loc } = p;
  if (p.eat(';')) return undefined;
  if (startsType(p, p.tok)) return parseLocalDeclaration(p);
  const expr = p.expression();
  p.expect(';');
  return { s: 'expr', expr, loc };
}

/** "switch" "(" expr ")" statement */
function parseSwitch(p: Parser): Stmt {
  const fn = context(p);
  const { loc } = p.next();
  p.expect('(');
  const value = promote(p, integer(p, p.expression(), "'switch'"));
  p.expect(')');
  const info = { type: value.type as IntType, cases: [] as SwitchCase[], fallback: undefined };
  const outer = fn.region;
  const outerBreak = fn.breakTo;
  const region = openRegion(p);
  fn.switches.push(info);
  fn.breakTo = 'switch';
  const body = parseBody(p);
  fn.breakTo = outerBreak;
  fn.switches.pop();
  fn.region = outer;
  checkCases(p, info.cases);
  return { s: 'switch', value, info, body, region, loc };
}

/** No two cases cover the same value. */
function checkCases(p: Parser, cases: readonly SwitchCase[]): void {
  const sorted = cases
    .filter((each) => each.low <= each.high)
    .sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1]!, sorted[i]!];
    if (after.low <= before.high)
      throw E.badCase(p.place(after.loc), `the case ${after.low} stands twice in one switch`);
  }
}

function parseReturn(p: Parser): Stmt {
  const fn = context(p);
  const { loc } = p.next();
  let value: Node | undefined;
  if (!p.is(';')) {
    const node = p.expression();
    if (isVoid(fn.returns)) {
      // GNU: `return f();` where f returns void.
      if (!isVoid(decay(p, node).type))
        throw E.badReturn(p.place(loc), `a value is returned from '${fn.name}', which returns void`);
      value = cast(p, node, p.types.void);
    } else value = convertAssigned(p, node, fn.returns, 'return value', node.loc);
  } else if (!isVoid(fn.returns)) {
    throw E.badReturn(p.place(loc), `'${fn.name}' returns '${typeName(fn.returns)}', but here no value`);
  }
  p.expect(';');
  return { s: 'return', value, region: fn.region, loc };
}

function parseGoto(p: Parser): Stmt {
  const fn = context(p);
  const { loc } = p.next();
  const token = p.tok;
  if (token.text === '*') {
    throw E.unsupported(p.place(loc), 'a computed goto', 'The target of the jump is not known before it runs.');
  }
  if (token.kind !== Tok.Ident) throw E.expectedToken(p.place(token.loc), 'a label', p.describe(token));
  p.next();
  p.expect(';');
  const label = labelNamed(p, token);
  label.used = true;
  label.firstGoto ??= p.pos;
  const back = label.order !== undefined;
  if (back && label.loop === undefined) label.loop = fn.loops++;
  return { s: 'goto', label, region: fn.region, loc, back };
}

function parseLeave(p: Parser, what: 'break' | 'continue'): Stmt {
  const fn = context(p);
  const { loc } = p.next();
  p.expect(';');
  if (what === 'break' ? fn.breakTo === undefined : !fn.inLoop) {
    throw E.misplaced(p.place(loc), what, what === 'break' ? 'a loop or switch' : 'a loop');
  }
  return { s: what, region: fn.region, loc };
}

/** `asm volatile("" ::: "memory")` is a compiler barrier: nothing to execute. Anything else is refused. */
function parseAsm(p: Parser): Stmt {
  const { loc } = p.next();
  while (['volatile', '__volatile__', '__volatile', 'inline', '__inline', '__inline__'].includes(p.tok.text)) p.next();
  const empty = p.is('(') && p.peekText(1) === '""';
  if (p.is('goto') || !empty || operands(p)) {
    throw E.unsupported(
      p.place(loc),
      'inline assembly',
      'Only an empty asm with clobbers (a compiler barrier) is taken.',
    );
  }
  skipParens(p);
  p.expect(';');
  return { s: 'many', body: [], loc };
}

/** Whether an asm statement names outputs or inputs. The current token is its `(`. */
function operands(p: Parser): boolean {
  let colons = 0;
  for (let i = p.pos + 2; i < p.tokens.length; i++) {
    const { text, kind } = p.tokens[i]!;
    if (text === ')') return false;
    if (kind === Tok.Punct && text === ':') colons++;
    else if (kind === Tok.Punct && text === '::') colons += 2;
    else if (colons < 3) return true;
  }
  return true;
}

/** declaration = specifiers (declarator ("=" initialiser)? ("," …)*)? ";" inside a function */
function parseLocalDeclaration(p: Parser): Stmt | undefined {
  const { loc } = p;
  const specifiers = parseSpecifiers(p);
  if (p.eat(';')) return undefined;
  const made: Stmt[] = [];
  let at: Loc | undefined = loc;
  do {
    const stmt = parseLocal(p, specifiers, at ?? p.loc);
    at = undefined;
    if (stmt) made.push(stmt);
  } while (p.eat(','));
  if (p.is('{'))
    throw E.unsupported(p.place(p.loc), 'a function inside a function', 'Nested functions are not executed.');
  p.expect(';');
  return made.length === 1 ? made[0] : { s: 'many', body: made, loc };
}

function parseLocal(p: Parser, specifiers: Specifiers, loc: Loc): Stmt | undefined {
  const declared = parseDeclarator(p, specifiers, 'named');
  const token = declared.name!;
  const { storage } = specifiers;
  if (storage === 'typedef') {
    p.scope.names.set(token.text, {
      kind: 'typedef',
      name: token.text,
      loc: token.loc,
      at: p.pos,
      type: declared.type,
    });
    return undefined;
  }
  if (declared.type.kind === 'function') {
    if (p.is('{'))
      throw E.unsupported(p.place(p.loc), 'a function inside a function', 'Nested functions are not executed.');
    declareFunction(p, specifiers, declared, token);
    return undefined;
  }
  if (storage === 'extern') {
    declareGlobal(p, specifiers, declared, token);
    return undefined;
  }
  if (specifiers.thread)
    throw E.unsupported(p.place(specifiers.thread.loc), 'thread-local storage', 'It is not executed.');
  if (storage === 'static') {
    refuseTwice(p, token);
    defineObject(p, specifiers, declared, token);
    return undefined;
  }
  return parseAutomatic(p, specifiers, declared, token, loc);
}

function refuseTwice(p: Parser, token: Token): void {
  const { parent } = p.scope;
  // The outermost block of a body and the parameters are one scope (C11 6.2.1p4).
  const params = parent?.parent?.kind !== 'block' ? parent?.names.get(token.text) : undefined;
  const before = p.scope.names.get(token.text) ?? params;
  if (before) throw E.redefined(p.place(token.loc), token.text, p.where(before.loc));
}

function parseAutomatic(
  p: Parser,
  specifiers: Specifiers,
  declared: ReturnType<typeof parseDeclarator>,
  token: Token,
  loc: Loc,
): Stmt | undefined {
  const fn = context(p);
  refuseTwice(p, token);
  const sym: LocalSymbol = {
    kind: 'local',
    name: token.text,
    loc: token.loc,
    at: p.pos,
    type: declared.type,
    align: declared.attributes.align ?? specifiers.attributes.align,
    addressed: declared.type.volatile ?? false,
    unnamed: false,
  };
  let init: Initializer | Node | undefined;
  if (specifiers.autoType) {
    p.expect('=');
    const node = decay(p, p.assignment());
    if (isVoid(node.type)) throw E.voidValue(p.place(node.loc), 'the initialiser');
    sym.type = qualified(unqualified<CType>(node.type), specifiers.type);
    init = convertAssigned(p, node, sym.type, 'initialisation', loc);
    p.scope.names.set(token.text, sym);
  } else {
    // In scope already in its own initialiser (C11 6.2.1p7).
    p.scope.names.set(token.text, sym);
    if (p.eat('=')) init = parseLocalInitializer(p, sym);
  }
  checkObject(p, sym.type, sym.name, token.loc);
  if (p.unevaluated === 0) fn.region.locals.push(sym);
  const cleanup = declared.attributes.cleanup ?? specifiers.attributes.cleanup;
  if (!cleanup) return { s: 'declare', sym, init, loc };
  return { s: 'declare', sym, init, loc, region: cleanupRegion(p, sym, cleanup) };
}

function parseLocalInitializer(p: Parser, sym: LocalSymbol): Initializer | Node {
  if (sym.type.kind === 'array' || p.is('{')) {
    const { init, type } = p.initializer(sym.type, false);
    const [only] = init.items;
    sym.type = type;
    // `int x = { 5 }`
    if (type.kind !== 'array' && type.kind !== 'struct' && type.kind !== 'union' && only?.value) return only.value;
    return init;
  }
  const { loc } = p;
  return convertAssigned(p, p.assignment(), sym.type, 'initialisation', loc);
}

/** `cleanup(f)`: f(&variable) runs whenever control leaves the rest of the block. */
function cleanupRegion(p: Parser, sym: LocalSymbol, name: Token): Region {
  const fn = p.find(name.text);
  if (!fn) throw E.undeclared(p.place(name.loc), name.text, 'The cleanup attribute names a function declared before.');
  if (fn.kind !== 'function') throw E.notFunction(p.place(name.loc), name.text);
  const variable: Node = { k: 'var', type: sym.type, loc: name.loc, depth: 1, effects: false, sym };
  sym.addressed = true;
  const callee: Node = { k: 'func', type: fn.type, loc: name.loc, depth: 1, effects: false, sym: fn };
  const call = makeCall(p, callee, [addressOf(p, variable, name.loc)], name.loc);
  return openRegion(p, { sym, call });
}
