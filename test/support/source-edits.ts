/*
 * Edits of real kernel code, made when a test runs: functions are found by their tokens, changed, and written as patches, so
 * that no kernel text is kept here.
 */

export interface Token {
  readonly text: string;
  /** Offset of its first character. */
  readonly at: number;
  readonly kind: 'name' | 'number' | 'string' | 'op';
}

const pattern =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[A-Za-z_]\w*|0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|<<=|>>=|\.\.\.|->|\+\+|--|&&|\|\||<<|>>|[<>=!+\-*/%&|^]=|[^\s\w]/g;

/** The tokens of C text, preprocessor lines left out. */
export function tokens(text: string): readonly Token[] {
  const list: Token[] = [];
  for (const match of text.matchAll(pattern)) {
    const [found] = match;
    if (found.startsWith('/*') || found.startsWith('//')) continue;
    const kind = /^[A-Za-z_]/.test(found)
      ? 'name'
      : /^\d/.test(found)
        ? 'number'
        : /^["']/.test(found)
          ? 'string'
          : 'op';
    list.push({ text: found, at: match.index, kind });
  }
  return list;
}

export interface SourceFunction {
  readonly name: string;
  /** Offsets of its opening brace and of its closing one. */
  readonly open: number;
  readonly close: number;
  /** Tokens between the braces. */
  readonly body: readonly Token[];
}

/** Definitions of functions at the top level of a file. */
export function functionsOf(text: string): readonly SourceFunction[] {
  // Directives would confuse the count of braces.
  const plain = text.replace(/^[ \t]*#(?:[^\n\\]|\\\n|\\.)*/gm, (d) => d.replace(/[^\n]/g, ' '));
  const all = tokens(plain);
  const found: SourceFunction[] = [];
  for (let i = 0; i < all.length; i++) {
    if (all[i]!.text !== '{' || all[i - 1]?.text !== ')') {
      if (all[i]!.text === '{') i = matching(all, i);
      continue;
    }
    let from = opening(all, i - 1);
    // What sparse is told stands between the parameters and the body.
    while (/^__(acquires|releases|must_hold)$/.test(all[from - 1]?.text ?? '')) from = opening(all, from - 2);
    const end = matching(all, i);
    const name = all[from - 1];
    if (name?.kind === 'name')
      found.push({ name: name.text, open: all[i]!.at, close: all[end]!.at, body: all.slice(i + 1, end) });
    i = end;
  }
  return found;
}

/** Index of the parenthesis that the one at `from` closes. */
function opening(all: readonly Token[], from: number): number {
  let depth = 0;
  for (let i = from; i >= 0; i--) {
    if (all[i]!.text === ')') depth++;
    else if (all[i]!.text === '(' && --depth === 0) return i;
  }
  return -1;
}

function matching(all: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < all.length; i++) {
    if (all[i]!.text === '{') depth++;
    else if (all[i]!.text === '}' && --depth === 0) return i;
  }
  return all.length - 1;
}

/** A text with another one in the place of `length` characters. */
export const replaced = (text: string, at: number, length: number, by: string): string =>
  text.slice(0, at) + by + text.slice(at + length);

/** A patch that turns one text into the other: one hunk from the first line that differs to the last. */
export function patchOf(path: string, before: string, after: string, subject: string): string {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let same = 0;
  while (same < Math.min(a.length, b.length) - start && a[a.length - 1 - same] === b[b.length - 1 - same]) same++;
  const from = Math.max(0, start - 3);
  const tail = a.slice(a.length - same, Math.min(a.length, a.length - same + 3));
  const [old, now] = [a.slice(start, a.length - same), b.slice(start, b.length - same)];
  const context = a.slice(from, start);
  const lines = [
    ...context.map((l) => ` ${l}`),
    ...old.map((l) => `-${l}`),
    ...now.map((l) => `+${l}`),
    ...tail.map((l) => ` ${l}`),
  ];
  const count = (n: number): number => context.length + n + tail.length;
  return [
    'From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001',
    'From: A Tester <tester@example.org>',
    'Date: Mon, 5 Jan 2026 10:00:00 +0000',
    `Subject: [PATCH] ${subject}`,
    '',
    '---',
    `diff --git a/${path} b/${path}`,
    `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -${from + 1},${count(old.length)} +${from + 1},${count(now.length)} @@`,
    ...lines,
    '-- ',
    '2.47.0',
    '',
  ].join('\n');
}

/** A text whose function has other tokens in the place of the nth occurrence of `from`. Throws where there is none. */
export function inFunction(text: string, name: string, from: string, to: string, nth = 0): string {
  const wanted = tokens(from).map((t) => t.text);
  const body = functionsOf(text).find((f) => f.name === name)?.body ?? [];
  let left = nth;
  for (let i = 0; i + wanted.length <= body.length; i++) {
    if (!wanted.every((t, k) => body[i + k]!.text === t) || left-- > 0) continue;
    const [first, last] = [body[i]!, body[i + wanted.length - 1]!];
    return replaced(text, first.at, last.at + last.text.length - first.at, to);
  }
  throw new Error(`${name}() has no ${from}`);
}
