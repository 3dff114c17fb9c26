import { isKeyword } from './parse/decl.ts';
import type { Parser } from './parse/parser.ts';
import { Tok, type Token } from './token.ts';
import type { CType } from './types.ts';
import { isRecord } from './types-ops.ts';

/*
 * A quick look at the bodies of a unit, without parsing them, for names that nothing declares. Locals are known by where
 * they stand: behind a type, a `*` or a comma of a declaration. An error here costs time or leaves a function refused, as it
 * would be anyway; it never changes what is executed.
 */

const PREDEFINED: ReadonlySet<string> = new Set([
  '__func__',
  '__FUNCTION__',
  '__PRETTY_FUNCTION__',
  '_Static_assert',
  'static_assert',
  '__label__',
  'true',
  'false',
  'NULL',
]);
/** Words before a name that make it no declarator. */
const EXPRESSION_WORDS: ReadonlySet<string> = new Set([
  'return',
  'else',
  'case',
  'goto',
  'sizeof',
  'do',
  '__alignof__',
]);
const TAG_WORDS: ReadonlySet<string> = new Set(['struct', 'union', 'enum']);

/** Whether a function of the unit, from token `codeStart` on, uses a name or a member that nothing declares. */
export function lacksDeclarations(p: Parser, codeStart: number): boolean {
  let members: ReadonlySet<string> | undefined;
  for (const { definition } of p.unit.functions) {
    if (!definition || definition.start < codeStart) continue;
    members ??= memberNames(p);
    const locals = new Set(definition.type.params.map((param) => param.name ?? ''));
    if (bodyLacks(p, definition.start, definition.end, locals, members)) return true;
  }
  return false;
}

function bodyLacks(p: Parser, start: number, end: number, locals: Set<string>, members: ReadonlySet<string>): boolean {
  const { tokens } = p;
  const { names } = p.unit.scope;
  const text = (i: number): string => tokens[i]?.text ?? '';
  const isType = (i: number): boolean => {
    const token = tokens[i];
    if (token?.kind !== Tok.Ident || EXPRESSION_WORDS.has(token.text)) return false;
    return isKeyword(token.text) || names.get(token.text)?.kind === 'typedef' || TAG_WORDS.has(text(i - 1));
  };
  /** Bracket depth of the declaration at hand, or -1 outside of one. */
  let declaring = -1;
  let depth = 0;
  const unknown: string[] = [];
  /** Open brackets: how many arguments the call that one opens has so far, and may have. */
  const open: { wanted: number; given: number }[] = [];
  for (let i = start; i <= end; i++) {
    const token = tokens[i]!;
    const before = text(i - 1);
    if (token.kind === Tok.Punct) {
      const inner = open.at(-1);
      if (token.text === '(' || token.text === '{' || token.text === '[') {
        if (inner) inner.given ||= 1;
        const called = token.text === '(' && tokens[i - 1]?.kind === Tok.Ident ? names.get(before) : undefined;
        const counts = called?.kind === 'function' && !called.type.variadic && !locals.has(before);
        open.push({ wanted: counts ? called.type.params.length : -1, given: 0 });
      } else if (token.text === ')' || token.text === '}' || token.text === ']') {
        open.pop();
        if (inner && inner.wanted >= 0 && inner.given !== inner.wanted) return true;
      } else if (inner && token.text === ',') inner.given++;
      else if (inner) inner.given ||= 1;
      if (token.text === '(' || token.text === '{' || token.text === '[') depth++;
      else if (token.text === ')' || token.text === '}' || token.text === ']') depth--;
      else if (token.text === ';') declaring = -1;
      continue;
    }
    const within = open.at(-1);
    if (within) within.given ||= 1;
    if (token.kind !== Tok.Ident) continue;
    if (token.text === '__attribute__') {
      i = closing(tokens, i + 1, end);
      continue;
    }
    if ((before === ';' || before === '{' || before === '}' || before === '(') && isType(i)) declaring = depth;
    if (before === '.' || before === '->') {
      if (!members.has(token.text)) return true;
      continue;
    }
    if (isKeyword(token.text) || TAG_WORDS.has(before) || before === 'goto' || token.text.startsWith('__builtin_'))
      continue;
    if (names.has(token.text) || locals.has(token.text) || PREDEFINED.has(token.text)) continue;
    const next = text(i + 1);
    if (next === ':' && (before === ';' || before === '}' || before === '{' || before === ':')) continue;
    const declared =
      isType(i - 1) ||
      (before === '*' && (isType(i - 2) || text(i - 2) === '*' || text(i - 2) === '(' || declaring >= 0)) ||
      (before === ',' && declaring === depth) ||
      (before === ')' && declaring === depth);
    if (declared) locals.add(token.text);
    else unknown.push(token.text);
  }
  return unknown.some((name) => !locals.has(name));
}

/** The index of the bracket that closes the one at `open`. */
function closing(tokens: readonly Token[], open: number, end: number): number {
  let depth = 0;
  for (let i = open; i <= end; i++) {
    if (tokens[i]!.text === '(') depth++;
    else if (tokens[i]!.text === ')' && --depth <= 0) return i;
  }
  return open;
}

/** Names of the members of all records that are complete. */
function memberNames(p: Parser): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<CType>();
  const visit = (type: CType): void => {
    if (type.kind === 'array' || type.kind === 'pointer') {
      visit(type.kind === 'array' ? type.of : type.to);
      return;
    }
    if (!isRecord(type) || seen.has(type)) return;
    seen.add(type);
    for (const member of type.members ?? []) {
      if (member.name !== undefined) found.add(member.name);
      visit(member.type);
    }
  };
  for (const type of p.unit.scope.tags.values()) visit(type);
  for (const sym of p.unit.scope.names.values()) if (sym.kind === 'typedef') visit(sym.type);
  return found;
}
