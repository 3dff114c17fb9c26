import type { ShownFunction } from './items.ts';
import type { Word } from './scan.ts';

/*
 * What a function that is shown as a whole says about names that nothing declares: who is called with what, and what the answer
 * is used for. A look at words, not at meaning: it serves to tell what is missing, and to recognise helpers under other names.
 */

/** A call, or a function handed to one, of a name that is not the function's own. */
export interface Use {
  readonly name: string;
  /** Types of the arguments; undefined where that does not show. undefined for a name that is not called. */
  readonly args: readonly (string | undefined)[] | undefined;
  /** Of the answer: a type, `truth` in a condition, `none` for a statement. undefined: it does not show. */
  readonly answer: string | undefined;
  /** The call that a name is an argument of, and what `sizeof(*x)` beside it says of the payload. */
  readonly argumentOf?: { readonly callee: string; readonly payload: string | undefined };
  /** Names that are passed as they are. */
  readonly passed: readonly string[];
  /** Index of the name in the function's words. */
  readonly at: number;
}

const KEYWORDS: ReadonlySet<string> = new Set([
  ...['if', 'else', 'for', 'while', 'do', 'switch', 'case', 'default', 'break', 'continue', 'return', 'goto', 'sizeof'],
  ...['struct', 'union', 'enum', 'const', 'static', 'volatile', 'register', 'extern', 'inline', 'typeof', '__typeof__'],
  ...['void', 'int', 'long', 'short', 'char', 'unsigned', 'signed', 'float', 'double', 'bool', '_Bool', 'auto'],
  ...['__auto_type', 'NULL', 'true', 'false', '__func__'],
]);
const TYPE_STARTS: ReadonlySet<string> = new Set([
  ...[
    'const',
    'static',
    'struct',
    'union',
    'enum',
    'unsigned',
    'signed',
    'void',
    'int',
    'long',
    'short',
    'char',
    'bool',
  ],
]);

/** Parameters and locals of a function with their types. */
export function localTypes(fn: ShownFunction): ReadonlyMap<string, string> {
  const types = new Map<string, string>(fn.signature.params.map((p) => [p.name, p.type]));
  const all = fn.words;
  for (let i = bodyStart(all) + 1; i < all.length; i++) {
    const before = all[i - 1]!.text;
    const begins =
      before === ';' ||
      before === '{' ||
      before === '}' ||
      (before === '(' && all[i - 2]?.text === 'for') ||
      before === ')';
    if (begins && all[i]!.kind === 'name') i = declaration(all, i, types);
  }
  return types;
}

const bodyStart = (all: readonly Word[]): number => all.findIndex((word) => word.text === '{');

/** Reads a declaration that may begin at `i`; answers where to go on. */
function declaration(all: readonly Word[], i: number, types: Map<string, string>): number {
  const text = (k: number): string => all[k]?.text ?? '';
  // DECLARE_SOMETHING(name, …) declares its first argument.
  if (/^(DECLARE|DEFINE)_/.test(text(i)) && text(i + 1) === '(') {
    types.set(text(i + 2), '');
    return i;
  }
  let at = i;
  const base: string[] = [];
  while (all[at]?.kind === 'name') {
    const next = text(at + 1);
    const tag = /^(struct|union|enum)$/.test(text(at));
    if (
      base.length > 0 &&
      !/^(const|static|struct|union|enum|unsigned|signed)$/.test(base.at(-1)!) &&
      all[at + 1]?.kind !== 'name' &&
      next !== '*'
    )
      break;
    if (base.length === 0 && !TYPE_STARTS.has(text(at)) && all[at + 1]?.kind !== 'name' && next !== '*') return i;
    if (KEYWORDS.has(text(at)) && !TYPE_STARTS.has(text(at))) return i;
    base.push(text(at++));
    if (tag && all[at]?.kind === 'name') base.push(text(at++));
  }
  const type = base.filter((word) => word !== 'const' && word !== 'static').join(' ');
  if (type === '') return i;
  for (;;) {
    let stars = '';
    for (; text(at) === '*'; at++) stars += ' *';
    if (all[at]?.kind !== 'name' || !/^[=;,[:]$/.test(text(at + 1))) return i;
    types.set(text(at), `${type}${stars}`);
    let depth = 0;
    for (at++; at < all.length; at++) {
      const here = text(at);
      if (here === '(' || here === '[' || here === '{') depth++;
      else if (here === ')' || here === ']' || here === '}') depth--;
      if (depth < 0 || here === ';') return i;
      if (depth === 0 && here === ',') break;
    }
    if (text(at) !== ',') return i;
    at++;
  }
}

/** Every use of a name that is neither a member, a keyword, a label nor the function's own. */
export function usesIn(fn: ShownFunction, locals: ReadonlyMap<string, string> = localTypes(fn)): readonly Use[] {
  const all = fn.words;
  const uses: Use[] = [];
  const calls: { readonly callee: string; readonly open: number; depth: number }[] = [];
  let depth = 0;
  for (let i = bodyStart(all); i >= 0 && i < all.length; i++) {
    const { text, kind } = all[i]!;
    if (text === '(') {
      depth++;
      if (all[i - 1]?.kind === 'name') calls.push({ callee: all[i - 1]!.text, open: i, depth });
    } else if (text === ')') {
      if (calls.at(-1)?.depth === depth) calls.pop();
      depth--;
    }
    if (kind !== 'name' || KEYWORDS.has(text) || locals.has(text)) continue;
    const before = all[i - 1]?.text ?? '';
    if (before === '.' || before === '->' || before === 'goto' || /^(struct|union|enum)$/.test(before)) continue;
    const next = all[i + 1]?.text;
    if (next === ':' && /^[;{}]$/.test(before)) continue;
    if (next === '(') {
      const args = argumentsOf(all, i + 1);
      const types = args.map((arg) => typeOf(arg, locals));
      const passed = args.flatMap((arg) => (arg.length === 1 ? [arg[0]!.text] : []));
      uses.push({ name: text, args: types, answer: answerOf(fn, i, locals), passed, at: i });
    } else {
      const call = calls.at(-1);
      const argumentOf = call && { callee: call.callee, payload: payloadOf(argumentsOf(all, call.open), locals) };
      uses.push({
        name: text,
        args: undefined,
        answer: undefined,
        passed: [],
        at: i,
        ...(argumentOf ? { argumentOf } : {}),
      });
    }
  }
  return uses;
}

/** The words of each argument of the call whose parenthesis is at `open`. At most some hundred words are looked at. */
function argumentsOf(all: readonly Word[], open: number): readonly (readonly Word[])[] {
  const args: Word[][] = [[]];
  let depth = 0;
  for (let i = open; i < Math.min(all.length, open + 400); i++) {
    const { text } = all[i]!;
    if (text === '(' || text === '[' || text === '{') depth++;
    else if (text === ')' || text === ']' || text === '}') depth--;
    if (depth === 0) break;
    if (depth === 1 && text === ',') args.push([]);
    else if (i > open) args.at(-1)!.push(all[i]!);
  }
  return args.length === 1 && args[0]!.length === 0 ? [] : args;
}

function typeOf(arg: readonly Word[], locals: ReadonlyMap<string, string>): string | undefined {
  const [first, second] = arg;
  if (!first) return undefined;
  if (/^GFP_\w+$/.test(first.text)) return 'gfp_t';
  if (arg.length === 1) return locals.get(first.text) || undefined;
  if (arg.length === 2 && first.text === '&') {
    const type = locals.get(second!.text);
    return type ? `${type} *` : undefined;
  }
  return undefined;
}

function answerOf(fn: ShownFunction, at: number, locals: ReadonlyMap<string, string>): string | undefined {
  const before = fn.words[at - 1]?.text ?? '';
  if (before === '=') return locals.get(fn.words[at - 2]?.text ?? '') || undefined;
  if (before === 'return') return fn.signature.returns;
  if (/^[;{}]$/.test(before) || before === 'else') return 'none';
  if (before === '!' || before === '&&' || before === '||') return 'truth';
  if (before === '(' && /^(if|while)$/.test(fn.words[at - 2]?.text ?? '')) return 'truth';
  // `if (…) f(x);` is a statement, `(type)f(x)` is not.
  return before === ')' ? 'none' : undefined;
}

function payloadOf(args: readonly (readonly Word[])[], locals: ReadonlyMap<string, string>): string | undefined {
  for (const arg of args) {
    const texts = arg.map((word) => word.text);
    if (texts[0] !== 'sizeof') continue;
    const name = texts.find((word) => locals.has(word));
    if (name !== undefined) return locals.get(name)!.replace(/( \*)+$/, '');
  }
  return undefined;
}
