import type { ShownLines } from './lines.ts';
import {
  type Directive,
  type Item,
  type Run,
  readItem,
  readSignature,
  runsOf,
  type Signature,
  type Word,
  words,
} from './scan.ts';

/** A function that is shown from its head to its end. */
export interface ShownFunction {
  readonly name: string;
  readonly signature: Signature;
  readonly from: number;
  readonly to: number;
  /** Words of head and body. */
  readonly words: readonly Word[];
  /** A first line that stands only in a hunk's heading, which may cut it off. */
  readonly heading?: string;
  /** That line made whole. */
  readonly head?: string;
}
/** A function that is shown in part. */
export interface PartialFunction {
  readonly name: string;
  readonly signature: Signature | undefined;
  /** Known lines of it, ascending, inclusive. */
  readonly shown: readonly (readonly [from: number, to: number])[];
  /** Lines that are not shown; an open side where nobody knows how far it goes. */
  readonly missing: readonly MissingLines[];
  /** Shown as a whole, but under a condition that is not: what this condition is. */
  readonly condition?: string;
}
export interface MissingLines {
  readonly from?: number;
  readonly to?: number;
}
/** Something else at the top level that is shown as a whole. */
export interface ShownDeclaration {
  readonly from: number;
  readonly to: number;
  readonly words: readonly Word[];
  readonly signature: Signature | undefined;
}
export interface ShownItems {
  readonly functions: readonly ShownFunction[];
  /** Whole functions under a condition that is not shown; each also stands among the partial ones. */
  readonly conditional: readonly ShownFunction[];
  readonly partial: readonly PartialFunction[];
  readonly declarations: readonly ShownDeclaration[];
  /** Of macros that are defined as a whole, and of conditions around what is shown; with what closes those that stay open. */
  readonly directives: readonly Directive[];
  /** Lines below which an `#endif` has to be put. */
  readonly closeAfter: readonly number[];
  /** First lines of runs that go on inside the function that the run before left open. */
  readonly continued: readonly number[];
}

/** Git cuts what it puts behind `@@` at this many bytes. */
const HEADING_CUT = 80;
const UNSEEN = 'an #if that is not shown';

interface Open {
  readonly name: string;
  readonly signature: Signature | undefined;
  readonly shown: [number, number][];
  readonly missing: MissingLines[];
}

/**
 * What the known lines of a file hold, and which functions they show only in part. Headings of hunks name functions as they were
 * before the patch: `continued` tells of the state after it where the one before knew a run to go on in the same function.
 */
export function shownItems(known: ShownLines, continued: ReadonlySet<number> = new Set()): ShownItems {
  const functions: ShownFunction[] = [];
  const conditional: ShownFunction[] = [];
  const partial: PartialFunction[] = [];
  const declarations: ShownDeclaration[] = [];
  const directives: Directive[] = [];
  const closeAfter: number[] = [];
  const goesOn: number[] = [];
  let open: Open | undefined;
  const giveUp = (): void => {
    if (!open) return;
    partial.push({ ...open, missing: [...open.missing, { from: open.shown.at(-1)![1] + 1 }] });
    open = undefined;
  };
  for (const run of runsOf(known.lines)) {
    const read = words(run);
    const conditions = conditionsOf(read.directives, run);
    directives.push(...conditions.kept);
    if (conditions.closeAfter !== undefined) closeAfter.push(conditions.closeAfter);
    const end = run.from + run.lines.length - 1;
    const heading = known.headings.get(run.from);
    const all = read.words;
    const top = topLevel(all);
    const inside = all.slice(0, top);
    let at = top;
    if (inside.length > 0) {
      // The run begins inside something.
      const named = heading === undefined ? undefined : headingName(heading);
      if (open && named !== undefined && open.name !== named && !continued.has(run.from)) giveUp();
      const going = open;
      const closing = all[top]?.text === '}' && all[top]!.atMargin;
      const headless = all[top]?.text === '{' && all[top]!.atMargin;
      if (headless && heading !== undefined && !open) {
        const { item, next } = readItem(all, 0);
        at = next;
        const shown = headlessFunction(item, heading, run.from);
        if (shown && !conditions.unseen(shown.to)) functions.push(shown);
        else if (named !== undefined) open = begun(named, undefined, [run.from, item.to], [{ to: run.from - 1 }]);
        if (!shown && open && item.complete) {
          partial.push(open);
          open = undefined;
        }
      } else if (closing || top === all.length) {
        const last = closing ? all[top]!.line : end;
        if (closing) at = top + 1;
        const name = going?.name ?? named;
        if (name !== undefined) {
          const gap = going ? { from: going.shown.at(-1)![1] + 1, to: run.from - 1 } : { to: run.from - 1 };
          const now = going ?? begun(name, undefined, [run.from, last], [gap]);
          if (going) {
            goesOn.push(run.from);
            now.shown.push([run.from, last]);
            now.missing.push(gap);
          }
          open = now;
          if (closing) {
            partial.push(now);
            open = undefined;
          }
        }
      } else giveUp();
    } else if (all.length > 0 || run.lines.some((line) => line.trim() !== '')) giveUp();
    while (at < all.length) {
      const { item, next } = readItem(all, at);
      at = Math.max(next, at + 1);
      const { signature } = item;
      if (item.kind === 'function' && signature) {
        const unseen = conditions.unseen(item.from) || conditions.unseen(item.to);
        const fn = { name: signature.name, signature, from: item.from, to: item.to, words: item.words };
        if (item.complete) (unseen ? conditional : functions).push(fn);
        if (item.complete && unseen) {
          const shown: [number, number][] = [[item.from, item.to]];
          partial.push({ name: signature.name, signature, shown, missing: [], condition: UNSEEN });
        } else if (!item.complete) open = begun(signature.name, signature, [item.from, end], []);
      } else if (item.kind === 'declaration' && item.complete && !conditions.unseen(item.from)) {
        declarations.push({ from: item.from, to: item.to, words: item.words, signature });
      } else if (!item.complete && signature && !conditions.unseen(item.from)) {
        // The head of a function, cut off before its body.
        open = begun(signature.name, signature, [item.from, end], []);
      }
    }
  }
  giveUp();
  return { functions, conditional, partial, declarations, directives, closeAfter, continued: goesOn };
}

const begun = (
  name: string,
  signature: Signature | undefined,
  shown: [number, number],
  missing: MissingLines[],
): Open => ({
  name,
  signature,
  shown: [shown],
  missing,
});

/** The first word at the margin that is no label: where the top level of the file goes on, or a function's body begins or ends. */
function topLevel(all: readonly Word[]): number {
  const at = all.findIndex((word, i) => word.atMargin && !(word.kind === 'name' && all[i + 1]?.text === ':'));
  return at < 0 ? all.length : at;
}

/** The function that a hunk's heading names, if it names one. */
function headingName(heading: string): string | undefined {
  const { words: all } = words({ from: 1, lines: [heading] });
  const open = all.findIndex((word, i) => word.text === '(' && i > 0 && all[i - 1]!.kind === 'name');
  return open > 0 ? all[open - 1]!.text : undefined;
}

/** A function whose first line is known from the heading of the hunk that begins right below it. */
function headlessFunction(item: Item, heading: string, from: number): ShownFunction | undefined {
  if (!item.complete || item.kind !== 'function') return undefined;
  const { words: head } = words({ from: from - 1, lines: [heading] });
  const all = [...head, ...item.words];
  const brace = all.findIndex((word) => word.text === '{');
  const signature = readSignature(all.slice(0, brace));
  if (!signature) return undefined;
  return { name: signature.name, signature, from, to: item.to, words: all, heading };
}

/** Whether git may have cut the heading off: the rest of that line is then not known. */
export const mayBeCut = (heading: string): boolean => new TextEncoder().encode(heading).length >= HEADING_CUT - 1;

/**
 * Conditions of a run. What stands under one that began before the run, or that ends in it without a beginning, is not known to
 * be compiled.
 */
function conditionsOf(
  all: readonly Directive[],
  run: Run,
): { readonly kept: readonly Directive[]; readonly closeAfter: number | undefined; unseen(line: number): boolean } {
  const end = run.from + run.lines.length - 1;
  let hiddenTo = 0;
  let depth = 0;
  for (const { word, from } of all) {
    if (word.startsWith('if')) depth++;
    else if (word === 'endif' && depth > 0) depth--;
    else if (depth === 0 && (word === 'endif' || word === 'else' || word === 'elif'))
      hiddenTo = word === 'endif' ? from : end;
  }
  // One that stays open is closed below the run, where there is a line to spare; more are not.
  if (depth > 1) hiddenTo = end;
  const macro = new Set(['define', 'undef']);
  const condition = new Set(['if', 'ifdef', 'ifndef', 'else', 'elif', 'endif']);
  const kept = all.filter(
    ({ word, from, complete }) => from > hiddenTo && ((macro.has(word) && complete) || condition.has(word)),
  );
  return { kept, closeAfter: depth === 1 ? end : undefined, unseen: (line) => line <= hiddenTo };
}
