import { CodedError } from '../../base/errors.ts';
import type { FunctionAst, Region } from '../ast.ts';
import * as E from '../errors-parse.ts';
import type { Imports } from '../import-on-demand.ts';
import type { Token } from '../token.ts';
import { Tok } from '../token.ts';
import type { FunctionType } from '../types.ts';
import { compatible, isComplete, opaqueName, typeName } from '../types-ops.ts';
import { noAttributes, parseAttributes } from './attributes.ts';
import { encodeInitializer } from './data.ts';
import type { Declarator, Specifiers } from './decl.ts';
import { alignedType, checkObject, parseDeclarator, parseSpecifiers, parseStaticAssert } from './decl.ts';
import { stringTokens } from './expr.ts';
import type { FunctionContext, Parser } from './parser.ts';
import type { FunctionSymbol, GlobalSymbol, LocalSymbol } from './scope.ts';
import { checkLabels } from './stmt.ts';

/*
 * A translation unit (C11 6.9): declarations are parsed, function bodies stepped over and parsed when asked for.
 */

/** Errors of one unit after which the rest of it is not read. */
const ERROR_LIMIT = 200;

/** How often declarations that failed are read again at the end of a unit: what they lacked may lack something itself. */
const RETRIES = 4;

/**
 * unit = (declaration | function | pseudo-declaration)*. Errors are collected; after one, the next declaration goes on.
 * Declarations that are imported from a tree come where they are wanted, which may be before what they need: those that
 * lacked something are read once more at the end.
 */
export function parseUnit(p: Parser, errors: CodedError[]): void {
  const failures: { readonly start: number; error: CodedError }[] = [];
  let rest: CodedError | undefined;
  while (p.tok.kind !== Tok.Eof) {
    const start = p.pos;
    p.made.length = 0;
    try {
      parseTop(p);
    } catch (error) {
      if (p.imports?.supply(error)) {
        p.takeBack();
        p.reset(start);
        continue;
      }
      failures.push({ start, error: asCoded(p, error) });
      if (p.imports && isLacking(error)) p.takeBack();
      if (failures.length > ERROR_LIMIT) {
        rest = E.tooManyErrors(p.place(p.loc), ERROR_LIMIT);
        break;
      }
      p.reset(start);
      resync(p, start);
    }
  }
  if (p.late) p.imports!.postponed.push(...failures.filter(({ error }) => isLacking(error)).map(({ start }) => start));
  else if (p.imports) retry(p, p.imports, failures);
  errors.push(...failures.map(({ error }) => error), ...(rest ? [rest] : []));
}

const isLacking = (error: unknown): boolean =>
  error instanceof E.MissingDeclaration || (error instanceof CodedError && error.code === 'C202');

/** Reads declarations again that lacked something, those that were imported first. Leaves in `failures` what still fails. */
function retry(p: Parser, imports: Imports, failures: { readonly start: number; error: CodedError }[]): void {
  const again = (start: number, parser: Parser): CodedError | undefined => {
    for (;;) {
      parser.reset(start);
      parser.made.length = 0;
      try {
        parseTop(parser);
        return undefined;
      } catch (error) {
        const known = asCoded(parser, error);
        parser.takeBack();
        if (!imports.supply(error)) return known;
      }
    }
  };
  for (let round = 0, better = true; better && round < RETRIES; round++) {
    better = false;
    for (const start of imports.postponed.splice(0)) {
      if (again(start, imports.lateParser(start))) imports.postponed.push(start);
      else better = true;
    }
    for (const failure of failures.splice(0)) {
      const error = isLacking(failure.error) ? again(failure.start, p) : failure.error;
      if (error) failures.push({ start: failure.start, error });
      else better = true;
    }
  }
}

/** The error with the macros named that it came out of; faults of ours pass. */
export function asCoded(p: Parser, error: unknown): CodedError {
  if (!(error instanceof CodedError)) {
    // Too deep a recursion is bounded by `nesting`; a host with a small stack may still run out.
    if (error instanceof RangeError && /call stack/.test(error.message))
      return E.tooDeep(p.place(p.loc), p.limits.nesting);
    throw error;
  }
  const trail = error.hint === undefined ? p.failureTrail() : undefined;
  return trail === undefined ? error : new CodedError(error.code, error.what, error.place, trail);
}

/** To the token after the end of the declaration that begins at `start`: its `;`, or the `}` of a body. */
function resync(p: Parser, start: number): void {
  let open = 0;
  let at = start;
  for (; at < p.tokens.length - 1; at++) {
    const { kind, text, bol, loc } = p.tokens[at]!;
    if (kind === Tok.Eof) break;
    if (kind !== Tok.Punct) continue;
    if (text === '{' || text === '(' || text === '[') open++;
    else if (text === ')' || text === ']') open = Math.max(0, open - 1);
    else if (text === '}') {
      open = Math.max(0, open - 1);
      // A closing brace in the first column ends a definition, even where brackets did not match.
      if (bol && open > 0 && p.locations.presumed(loc).column === 1) open = 0;
      if (open === 0 && p.tokens[at + 1]!.text !== ';' && endsBody(p, at)) break;
    } else if (text === ';' && open === 0) break;
  }
  const last = p.tokens[at]!.kind === Tok.Eof ? at : at + 1;
  p.pos = Math.max(start + 1, Math.min(last, p.tokens.length - 1));
}
/** After a struct's `}` come declarators; after a body's comes the next declaration, on a line of its own. */
function endsBody(p: Parser, at: number): boolean {
  const next = p.tokens[at + 1]!;
  return next.kind === Tok.Eof || next.bol || next.kind !== Tok.Ident;
}

function parseTop(p: Parser): void {
  const token = p.tok;
  if (p.eat(';')) return;
  if (token.kind === Tok.Ident) {
    switch (token.text) {
      case '_Static_assert':
      case 'static_assert':
        parseStaticAssert(p);
        return;
      case '__iomem_export':
      case '__iomem_initcall':
      case '__iomem_setup':
        parsePseudo(p);
        return;
      case 'asm':
      case '__asm__':
      case '__asm':
        throw E.unsupported(p.place(token.loc), 'assembly at file scope', 'It is not executed.');
    }
  }
  const specifiers = parseSpecifiers(p);
  if (p.eat(';')) return;
  let first = true;
  do {
    if (parseDeclared(p, specifiers, first)) return;
    first = false;
  } while (p.eat(','));
  p.expect(';');
}

/**
 * pseudo = "__iomem_export" "(" ident ")" ";" | "__iomem_initcall" "(" level "," ident ")" ";"
 *        | "__iomem_setup" "(" string "," ident ")" ";"
 *
 * What the model headers make of EXPORT_SYMBOL*(), *_initcall() and __setup().
 */
function parsePseudo(p: Parser): void {
  const { text, loc } = p.next();
  p.expect('(');
  const name = () => {
    if (p.tok.kind !== Tok.Ident) throw E.expectedToken(p.place(p.loc), 'a name', p.describe(p.tok));
    return p.next().text;
  };
  if (text === '__iomem_export') p.unit.exported.add(name());
  else if (text === '__iomem_initcall') {
    const level = p.next().text;
    p.expect(',');
    p.unit.initcalls.push({ level, name: name(), loc });
  } else {
    const option = stringTokens(p)
      .texts.map((each) => each.slice(1, -1))
      .join('');
    p.expect(',');
    p.unit.setups.push({ option, name: name(), loc });
  }
  p.expect(')');
  p.eat(';');
}

/** One declarator with what follows it. Answers true after a function body, which needs no `;`. */
function parseDeclared(p: Parser, specifiers: Specifiers, first: boolean): boolean {
  const declared = parseDeclarator(p, specifiers, 'named');
  const token = declared.name!;
  if (specifiers.autoType && declared.type.kind !== 'int') throw E.expectedType(p.place(token.loc), p.describe(token));
  if (specifiers.storage === 'typedef') {
    defineTypedef(p, specifiers, declared, token);
    return false;
  }
  if (declared.type.kind === 'function') {
    const sym = declareFunction(p, specifiers, declared, token);
    if (!first || !p.is('{')) return false;
    defineFunction(p, specifiers, declared, declared.type, sym);
    return true;
  }
  if (specifiers.thread)
    throw E.unsupported(p.place(specifiers.thread.loc), 'thread-local storage', 'It is not executed.');
  if (specifiers.storage === 'extern' && !p.is('=')) declareGlobal(p, specifiers, declared, token);
  else defineObject(p, specifiers, declared, token);
  return false;
}

function defineTypedef(p: Parser, specifiers: Specifiers, declared: Declarator, token: Token): void {
  const type = alignedType(declared.type, declared.attributes.align ?? specifiers.attributes.align);
  const before = p.scope.names.get(token.text);
  if (before && (before.kind !== 'typedef' || !compatible(before.type, type))) {
    if (before.kind !== 'typedef') throw E.redefined(p.place(token.loc), token.text, p.where(before.loc));
    throw E.conflicting(p.place(token.loc), token.text, typeName(type), typeName(before.type), p.where(before.loc));
  }
  if (!before) p.scope.names.set(token.text, { kind: 'typedef', name: token.text, loc: token.loc, at: p.at, type });
}

/** A declaration of ours gives way to another one of the tree's own code: kernels differ in what functions take. */
const givesWay = (p: Parser, before: FunctionSymbol, token: Token): boolean =>
  p.imports !== undefined &&
  before.definition === undefined &&
  p.locations.presumed(before.loc).file.startsWith('<') &&
  !p.locations.presumed(token.loc).file.startsWith('<');

/** The symbol with linkage that this declaration is one more of, if it agrees with it. */
function earlier<K extends 'function' | 'global'>(
  p: Parser,
  kind: K,
  declared: Declarator,
  token: Token,
): Extract<FunctionSymbol | GlobalSymbol, { kind: K }> | undefined {
  const visible = p.scope.names.get(token.text);
  const before = p.unit.linkage.get(token.text);
  const clash = visible && visible !== before ? visible : before && before.kind !== kind ? before : undefined;
  if (clash) throw E.redefined(p.place(token.loc), token.text, p.where(clash.loc));
  if (!before) return undefined;
  if (!compatible(before.type, declared.type)) {
    if (before.kind === 'function' && givesWay(p, before, token)) return undefined;
    throw E.conflicting(
      p.place(token.loc),
      token.text,
      typeName(declared.type),
      typeName(before.type),
      p.where(before.loc),
    );
  }
  return before as Extract<FunctionSymbol | GlobalSymbol, { kind: K }>;
}

/** A declaration of a function, at file or block scope. */
export function declareFunction(p: Parser, specifiers: Specifiers, declared: Declarator, token: Token): FunctionSymbol {
  const alias = declared.attributes.alias ?? specifiers.attributes.alias;
  if (alias !== undefined)
    throw E.unsupported(p.place(token.loc), 'a function that is an alias', `It stands for '${alias}'.`);
  let sym = earlier(p, 'function', declared, token);
  const weak = declared.attributes.weak || specifiers.attributes.weak;
  const type = declared.type as FunctionType;
  if (!sym) {
    sym = {
      kind: 'function',
      unit: p.unit,
      name: token.text,
      loc: token.loc,
      at: p.at,
      type,
      static: specifiers.storage === 'static',
      inline: specifiers.inline,
      weak,
      definition: undefined,
      linked: false,
    };
    p.unit.functions.push(sym);
    p.unit.linkage.set(token.text, sym);
  } else {
    if (specifiers.storage === 'static' && !sym.static && !sym.linked) sym.static = true;
    sym.inline ||= specifiers.inline;
    sym.weak ||= weak;
  }
  p.scope.names.set(token.text, sym);
  return sym;
}

function defineFunction(
  p: Parser,
  specifiers: Specifiers,
  declared: Declarator,
  type: FunctionType,
  sym: FunctionSymbol,
): void {
  const start = p.pos;
  const end = bodyEnd(p);
  p.pos = end + 1;
  if (sym.definition) throw E.redefined(p.place(declared.name!.loc), sym.name, p.where(sym.definition.loc));
  sym.type = type;
  sym.definition = {
    type,
    paramLocs: declared.paramLocs,
    start,
    end,
    loc: specifiers.loc,
    endLoc: p.tokens[end]!.loc,
  };
}

function bodyEnd(p: Parser): number {
  const { tokens } = p;
  let open = 0;
  for (let at = p.pos; at < tokens.length; at++) {
    const { kind, text } = tokens[at]!;
    if (kind === Tok.Eof) break;
    if (kind !== Tok.Punct) continue;
    if (text === '{') open++;
    else if (text === '}' && --open === 0) return at;
  }
  throw E.expectedToken(p.place(p.loc), "a '}' for this '{'", 'the end of the file');
}

/** `extern` of an object, at file or block scope. */
export function declareGlobal(p: Parser, specifiers: Specifiers, declared: Declarator, token: Token): GlobalSymbol {
  const sym = earlier(p, 'global', declared, token);
  if (sym) {
    if (!isComplete(sym.type)) sym.type = declared.type;
    sym.weak ||= declared.attributes.weak || specifiers.attributes.weak;
    p.scope.names.set(token.text, sym);
    return sym;
  }
  const made: GlobalSymbol = {
    ...p.newGlobal(token.text, declared.type, token.loc),
    align: declared.attributes.align ?? specifiers.attributes.align,
    weak: declared.attributes.weak || specifiers.attributes.weak,
  };
  p.unit.globals.push(made);
  p.unit.linkage.set(token.text, made);
  p.scope.names.set(token.text, made);
  return made;
}

/** An object with static storage: of the file (perhaps tentative), or `static` in a block. */
export function defineObject(p: Parser, specifiers: Specifiers, declared: Declarator, token: Token): void {
  const ofFile = p.atFileScope;
  let sym: GlobalSymbol;
  if (ofFile) {
    sym = declareGlobal(p, specifiers, declared, token);
    if (specifiers.storage === 'static') sym.static = true;
    sym.align = declared.attributes.align ?? specifiers.attributes.align ?? sym.align;
  } else {
    sym = { ...p.newGlobal(token.text, declared.type, token.loc), static: true };
    sym.align = declared.attributes.align ?? specifiers.attributes.align;
    p.unit.globals.push(sym);
    p.scope.names.set(token.text, sym);
  }
  sym.defined = true;
  if (p.eat('=')) {
    if (sym.data) throw E.redefined(p.place(token.loc), token.text, p.where(sym.loc));
    const { init, type } = p.initializer(sym.type, true);
    sym.type = type;
    checkObject(p, type, token.text, token.loc);
    sym.data = encodeInitializer(p, init);
  } else if (!isComplete(sym.type) && (!ofFile || sym.type.kind === 'void')) {
    checkObject(p, sym.type, token.text, token.loc);
  } else if (isComplete(sym.type)) checkObject(p, sym.type, token.text, token.loc);
  if (p.is('__attribute__')) parseAttributes(p, noAttributes());
}

/** Parses the body of a function that the top-level pass stepped over. Throws CodedError. */
export function parseFunctionBody(p: Parser, sym: FunctionSymbol): FunctionAst {
  const definition = sym.definition!;
  p.reset(definition.start);
  p.before = definition.start + 1;
  const root: Region = { parent: undefined, depth: 0, locals: [], passedBy: false };
  const { type } = definition;
  const odd = opaqueName(type.returns);
  if (odd !== undefined)
    throw E.unsupported(p.place(definition.loc), `a function that returns '${odd}'`, 'It is not executed.');
  const fn: FunctionContext = {
    name: sym.name,
    returns: type.returns,
    variadic: type.variadic,
    labels: [new Map()],
    allLabels: [],
    region: root,
    loops: 0,
    breakTo: undefined,
    inLoop: false,
    switches: [],
    labelsSeen: 0,
    nameSymbol: undefined,
  };
  p.fn = fn;
  p.openScope();
  const params = type.params.map((param, i): LocalSymbol => {
    const loc = definition.paramLocs[i] ?? definition.loc;
    if (!isComplete(param.type))
      throw E.incompleteType(p.place(loc), typeName(param.type), `the parameter '${param.name ?? ''}'`);
    const local: LocalSymbol = {
      kind: 'local',
      name: param.name ?? '',
      loc,
      at: 0,
      type: param.type,
      align: undefined,
      addressed: param.type.volatile ?? false,
      unnamed: false,
    };
    if (param.name === undefined) return local;
    if (p.scope.names.has(param.name)) throw E.redefined(p.place(loc), param.name, 'the same list of parameters');
    p.scope.names.set(param.name, local);
    return local;
  });
  root.locals.push(...params);
  const body = p.block();
  checkLabels(p, fn.labels[0]!);
  p.reset(definition.start);
  return { params, body, loops: fn.loops, returns: type.returns };
}
