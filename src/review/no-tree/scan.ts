/*
 * A quick look at C text of which only parts are known: where functions and declarations begin and end. Kernel style is made
 * use of: what is at the top level of a file begins in the first column, and so does the brace that ends a function. Nothing
 * here decides what code means; that is the front end's business.
 */

export interface Word {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** Nothing stands before it in its line. */
  readonly atMargin: boolean;
  readonly kind: 'name' | 'other';
}

/** Lines that follow each other. `from` is the number of the first. */
export interface Run {
  readonly from: number;
  readonly lines: readonly string[];
}

/** Known lines as runs, ascending. */
export function runsOf(lines: ReadonlyMap<number, string>): readonly Run[] {
  const runs: { from: number; lines: string[] }[] = [];
  for (const line of [...lines.keys()].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last.from + last.lines.length === line) last.lines.push(lines.get(line)!);
    else runs.push({ from: line, lines: [lines.get(line)!] });
  }
  return runs;
}

const SPACE = /[ \t\r\f\v]+/y;
const NAME = /[A-Za-z_$][\w$]*/y;
const NUMBER = /\.?\d[\w.]*/y;
const OTHER = /->|\.\.\.|[<>]{2}=?|[-+*/%&|^!=<>]=|&&|\|\||\+\+|--|##|./y;

/**
 * The words of a text, without comments and directives. Strings and characters are one word each. Linear. Where the text
 * begins inside a comment, that is left out.
 */
export function words(run: Run): { readonly words: readonly Word[]; readonly directives: readonly Directive[] } {
  const found: Word[] = [];
  const directives: Directive[] = [];
  let inComment = beginsInComment(run.lines);
  for (let i = 0; i < run.lines.length; i++) {
    const text = run.lines[i]!;
    if (!inComment && /^\s*#/.test(text)) {
      const start = i;
      while (run.lines[i]!.endsWith('\\') && i + 1 < run.lines.length) i++;
      const [, word = '', rest = ''] = /^\s*#\s*(\w*)(.*)$/.exec(text) ?? [];
      directives.push({
        word,
        rest,
        from: run.from + start,
        to: run.from + i,
        complete: !run.lines[i]!.endsWith('\\'),
      });
      // A comment that a directive opens goes on below it.
      inComment = opensComment(text);
      continue;
    }
    inComment = lineWords(text, run.from + i, inComment, found);
  }
  return { words: found, directives };
}

export interface Directive {
  /** `if`, `ifdef`, `define`, … */
  readonly word: string;
  readonly rest: string;
  readonly from: number;
  readonly to: number;
  /** Its last line is known. */
  readonly complete: boolean;
}

function beginsInComment(lines: readonly string[]): boolean {
  for (const line of lines) {
    const open = line.indexOf('/*');
    const close = line.indexOf('*/');
    if (close >= 0 && (open < 0 || close < open)) return true;
    if (open >= 0) return false;
  }
  return false;
}

const opensComment = (text: string): boolean => text.lastIndexOf('/*') > text.lastIndexOf('*/');

function lineWords(text: string, line: number, inComment: boolean, found: Word[]): boolean {
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match?.[0];
  };
  const add = (start: number, word: string, kind: Word['kind']): void => {
    found.push({ text: word, line, atMargin: start === 0, kind });
  };
  while (at < text.length) {
    if (inComment) {
      const close = text.indexOf('*/', at);
      if (close < 0) return true;
      at = close + 2;
      inComment = false;
      continue;
    }
    if (take(SPACE) !== undefined) continue;
    const start = at;
    if (text.startsWith('//', at)) return false;
    if (text.startsWith('/*', at)) {
      at += 2;
      inComment = true;
      continue;
    }
    const quote = text[at]!;
    if (quote === '"' || quote === "'") {
      for (at++; at < text.length && text[at] !== quote; at++) if (text[at] === '\\') at++;
      at++;
      add(start, text.slice(start, at), 'other');
      continue;
    }
    const name = take(NAME);
    if (name !== undefined) add(start, name, 'name');
    else add(start, take(NUMBER) ?? take(OTHER) ?? text[at++]!, 'other');
  }
  return inComment;
}

/** Something at the top level of a file. */
export interface Item {
  readonly kind: 'function' | 'declaration';
  readonly from: number;
  /** Its last known line. */
  readonly to: number;
  /** From the first word to the last is known. */
  readonly complete: boolean;
  readonly words: readonly Word[];
  readonly signature: Signature | undefined;
}
export interface Signature {
  readonly name: string;
  /** Words before the name, without `static`, `inline` and annotations. */
  readonly returns: string;
  readonly static: boolean;
  readonly params: readonly Param[];
  readonly variadic: boolean;
}
export interface Param {
  /** Words of its type, one blank apart, without `const`. */
  readonly type: string;
  readonly name: string;
}

/** Reads the item that begins with word `at`; answers it, and the index of the word behind it. */
export function readItem(all: readonly Word[], at: number): { readonly item: Item; readonly next: number } {
  let parens = 0;
  let braces = 0;
  let body = false;
  let assigned = false;
  let margin = false;
  const start = all[at]!;
  const done = (end: number, complete: boolean): { item: Item; next: number } => {
    const mine = all.slice(at, end);
    const signature = assigned && !body ? undefined : readSignature(mine);
    const kind = body ? 'function' : 'declaration';
    return { item: { kind, from: start.line, to: mine.at(-1)!.line, complete, words: mine, signature }, next: end };
  };
  for (let i = at; i < all.length; i++) {
    const { text, atMargin } = all[i]!;
    if (body && margin) {
      if (atMargin && text === '}') return done(i + 1, true);
      // Only labels stand at the margin inside a function; another thing means that its end was not shown.
      if (atMargin && text === '{' && i > at) {
        if (braces > 0) return done(i, false);
      }
      if (text === '{') braces++;
      continue;
    }
    if (text === '(' || text === '[') parens++;
    else if (text === ')' || text === ']') parens = Math.max(0, parens - 1);
    else if (text === '=' && parens === 0 && braces === 0) assigned = true;
    else if (text === '{') {
      if (parens === 0 && braces === 0 && !assigned && callable(all, at, i)) {
        body = true;
        margin = atMargin;
      }
      braces++;
    } else if (text === '}') {
      braces--;
      if (braces < 0) return done(i + 1, false);
      if (body && braces === 0) return done(i + 1, true);
    } else if (text === ';' && parens === 0 && braces === 0) return done(i + 1, true);
  }
  return done(all.length, false);
}

/** Whether what stands before a brace ends like a function's head: a `)`, with nothing but annotations behind it. */
function callable(all: readonly Word[], from: number, brace: number): boolean {
  let i = brace - 1;
  while (i > from && all[i]!.kind === 'name') i--;
  return all[i]?.text === ')';
}

const PLAIN: ReadonlySet<string> = new Set(['static', 'inline', 'extern', 'const', 'noinline', 'noinline_for_stack']);
const NOT_NAMES: ReadonlySet<string> = new Set([
  '__attribute__',
  'typeof',
  '__typeof__',
  '__aligned',
  '__section',
  'if',
  'for',
  'while',
  'switch',
  'return',
  'sizeof',
]);
const isAnnotation = (word: string): boolean =>
  PLAIN.has(word) || (word.startsWith('__') && !/^__([su](8|16|32|64)|[bl]e\d+)$/.test(word));

/** The head of a function, definition or prototype, as far as it reads like one. */
export function readSignature(all: readonly Word[]): Signature | undefined {
  const open = all.findIndex(
    (word, i) => word.text === '(' && all[i - 1]?.kind === 'name' && !NOT_NAMES.has(all[i - 1]!.text),
  );
  if (open < 1) return undefined;
  const name = all[open - 1]!.text;
  const before = all.slice(0, open - 1).map((w) => w.text);
  if (before.some((w) => !/^[\w*]+$/.test(w))) return undefined;
  const params: Param[] = [];
  let depth = 0;
  let piece: Word[] = [];
  let closed = false;
  for (let i = open; i < all.length && !closed; i++) {
    const word = all[i]!;
    if (word.text === '(' || word.text === '[') depth++;
    else if (word.text === ')' || word.text === ']') depth--;
    closed = depth === 0;
    if (closed || (depth === 1 && word.text === ',')) {
      if (piece.length > 0) params.push(paramOf(piece));
      piece = [];
    } else if (i > open) piece.push(word);
  }
  if (!closed) return undefined;
  const variadic = params.at(-1)?.type === '...';
  if (variadic) params.pop();
  const none = params.length === 1 && params[0]!.type === '' && params[0]!.name === 'void';
  const returns = before.filter((w) => !isAnnotation(w)).join(' ');
  return { name, returns, static: before.includes('static'), params: none ? [] : params, variadic };
}

function paramOf(piece: readonly Word[]): Param {
  const texts = piece.map((w) => w.text).filter((w) => w !== 'const');
  const pointer = texts.indexOf('(');
  if (pointer >= 0) {
    // A pointer to a function: `int (*func)(…)`.
    const name = texts.slice(pointer).find((w) => /^[A-Za-z_]/.test(w)) ?? '';
    return { type: texts.filter((_, i) => i !== texts.indexOf(name)).join(' '), name };
  }
  const last = texts.findLastIndex((w) => /^[A-Za-z_]\w*$/.test(w));
  return { type: texts.filter((_, i) => i !== last).join(' '), name: texts[last] ?? '' };
}
