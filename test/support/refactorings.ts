import { functionsOf, replaced, type SourceFunction, type Token } from './source-edits.ts';

/** The same behaviour, written in another way. */
export interface Refactoring {
  readonly function: string;
  readonly kind: 'extract' | 'invert' | 'rename' | 'reorder' | 'loop';
  readonly text: string;
}

const kinds: Readonly<Record<Refactoring['kind'], (text: string, fn: SourceFunction) => string | undefined>> = {
  invert,
  loop,
  reorder,
  extract,
  rename,
};

/** One refactoring for each of the first functions of a file that take one, the kinds in turn. */
export function refactoringsOf(text: string, count: number, skip: RegExp): readonly Refactoring[] {
  const found: Refactoring[] = [];
  const order = Object.keys(kinds) as Refactoring['kind'][];
  const used = new Map<string, number>(order.map((kind) => [kind, 0]));
  for (const fn of functionsOf(text)) {
    if (found.length >= count || skip.test(fn.name)) continue;
    // The kind that had the fewest turns comes first.
    for (const kind of [...order].sort((a, b) => used.get(a)! - used.get(b)!)) {
      const changed = kinds[kind](text, fn);
      if (changed === undefined || changed === text) continue;
      used.set(kind, used.get(kind)! + 1);
      found.push({ function: fn.name, kind, text: changed });
      break;
    }
  }
  return found;
}

/** Index of the token that closes what `open` opens. */
function closing(body: readonly Token[], open: number): number {
  const pairs: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };
  const [own, other] = [body[open]!.text, pairs[body[open]!.text]!];
  let depth = 0;
  for (let i = open; i < body.length; i++) {
    if (body[i]!.text === own) depth++;
    else if (body[i]!.text === other && --depth === 0) return i;
  }
  return body.length - 1;
}

const end = (token: Token): number => token.at + token.text.length;

/** `if (c) a; else b;` becomes `if (!(c)) b; else a;`. */
function invert(text: string, { body }: SourceFunction): string | undefined {
  for (let i = 0; i < body.length; i++) {
    if (body[i]!.text !== 'if' || body[i + 1]?.text !== '(') continue;
    const close = closing(body, i + 1);
    const then = statement(body, close + 1);
    if (then === undefined || body[then + 1]?.text !== 'else') continue;
    const other = statement(body, then + 2);
    if (other === undefined) continue;
    const slice = (from: number, to: number): string => text.slice(body[from]!.at, end(body[to]!));
    const made = `if (!(${text.slice(end(body[i + 1]!), body[close]!.at)})) { ${slice(then + 2, other)} } else { ${slice(close + 1, then)} }`;
    return replaced(text, body[i]!.at, end(body[other]!) - body[i]!.at, made);
  }
  return undefined;
}

/** The last token of a simple statement or block; undefined for anything else. */
function statement(body: readonly Token[], from: number): number | undefined {
  const first = body[from];
  if (!first) return undefined;
  if (first.text === '{') return closing(body, from);
  if (/^(if|for|while|do|switch|else)$/.test(first.text)) return undefined;
  for (let i = from; i < body.length; i++) {
    if (body[i]!.text === '(' || body[i]!.text === '{') i = closing(body, i);
    else if (body[i]!.text === ';') return i;
  }
  return undefined;
}

/** `while (c) …` becomes `for (;;) { if (!(c)) break; … }`. */
function loop(text: string, { body }: SourceFunction): string | undefined {
  for (let i = 0; i < body.length; i++) {
    if (body[i]!.text !== 'while' || body[i - 1]?.text === '}' || body[i + 1]?.text !== '(') continue;
    const close = closing(body, i + 1);
    const last = statement(body, close + 1);
    if (last === undefined) continue;
    const condition = text.slice(end(body[i + 1]!), body[close]!.at);
    const inner = text.slice(body[close + 1]!.at, end(body[last]!));
    return replaced(
      text,
      body[i]!.at,
      end(body[last]!) - body[i]!.at,
      `for (;;) { if (!(${condition})) break; ${inner} }`,
    );
  }
  return undefined;
}

/** Two neighbouring assignments to different members, without calls, change places. */
function reorder(text: string, { body }: SourceFunction): string | undefined {
  const parts: { from: number; to: number; target: string; reads: Set<string>; plain: boolean }[] = [];
  let from = 0;
  for (let i = 0; i < body.length; i++) {
    if (!/^[;{}:]$/.test(body[i]!.text)) continue;
    const tokens = body.slice(from, i);
    const assign = tokens.findIndex((t) => t.text === '=');
    const left = tokens.slice(0, assign).map((t) => t.text);
    const right = tokens.slice(assign + 1).map((t) => t.text);
    const plain =
      body[i]!.text === ';' && assign === 3 && left[1] === '->' && !right.includes('(') && !right.includes('=');
    parts.push({ from, to: i, target: left[2] ?? '', reads: new Set(right), plain });
    from = i + 1;
  }
  for (let k = 1; k < parts.length; k++) {
    const [a, b] = [parts[k - 1]!, parts[k]!];
    if (!a.plain || !b.plain || a.to + 1 !== b.from || a.target === b.target) continue;
    if (a.reads.has(b.target) || b.reads.has(a.target)) continue;
    const [one, two] = [text.slice(body[a.from]!.at, end(body[a.to]!)), text.slice(body[b.from]!.at, end(body[b.to]!))];
    return replaced(text, body[a.from]!.at, end(body[b.to]!) - body[a.from]!.at, `${two}\n\t${one}`);
  }
  return undefined;
}

/** The condition of an `if` on plain locals and members goes into a function of its own. */
function extract(text: string, fn: SourceFunction): string | undefined {
  const { body } = fn;
  for (let i = 0; i < body.length; i++) {
    if (body[i]!.text !== 'if' || body[i + 1]?.text !== '(') continue;
    const close = closing(body, i + 1);
    const inner = body.slice(i + 2, close);
    // A comparison of two members of resources: what it reads is known.
    const [a, arrow, member, op, b, arrow2, member2] = inner.map((t) => t.text);
    if (inner.length !== 7 || arrow !== '->' || arrow2 !== '->' || !/^[<>=!]=?$/.test(op!)) continue;
    const name = `extracted_${fn.name}`;
    const helper = `static bool ${name}(struct resource *x, struct resource *y)\n{\n\treturn x->${member} ${op} y->${member2};\n}\n\n`;
    const called = replaced(text, inner[0]!.at, body[close]!.at - inner[0]!.at, `${name}(${a}, ${b})`);
    // Before the line on which the definition begins, return type and qualifiers included.
    const start = text.lastIndexOf('\n}', fn.open) + 3;
    const blank = text.lastIndexOf('\n\n', fn.open) + 2;
    return replaced(called, Math.max(start, blank), 0, helper);
  }
  return undefined;
}

/** A local variable gets another name. */
function rename(text: string, { body }: SourceFunction): string | undefined {
  const at = body.findIndex(
    (t, i) => t.text === '*' && body[i - 1]?.text === 'resource' && /^[;,=]$/.test(body[i + 2]?.text ?? ''),
  );
  const name = at < 0 ? undefined : body[at + 1]!.text;
  if (name === undefined) return undefined;
  let made = text;
  for (const [i, token] of [...body.entries()].reverse())
    if (token.text === name && !/^(\.|->)$/.test(body[i - 1]?.text ?? ''))
      made = replaced(made, token.at, name.length, `${name}_renamed`);
  return made;
}
