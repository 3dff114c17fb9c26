import type { FilePatch, Hunk } from '../../patch/index.ts';
import type { World } from '../report.ts';

/*
 * What mails show of files that are not at hand. A file is known by lines: each hunk shows some, under numbers that it states.
 * Patches of a series are joined: what one shows of a file, the ones before and after it know too where they leave it alone.
 */

/** The lines of one state of a file that are known, by number from 1, and what the hunks' headers say stands above them. */
export interface ShownLines {
  readonly lines: ReadonlyMap<number, string>;
  /** By the first line of a hunk: the text behind its second `@@`. */
  readonly headings: ReadonlyMap<number, string>;
}
/** One file before and after one patch. */
export type ShownFile = Readonly<Record<World, ShownLines>>;

/** No kernel file is longer; hunks that claim to lie beyond are left out. */
const LAST_LINE = 500_000;
/** Lines that are carried from one patch to another altogether; beyond that, patches stand alone. */
const MOST_CARRIED = 2_000_000;

interface State extends ShownLines {
  readonly lines: Map<number, string>;
  readonly headings: Map<number, string>;
}
/** One patch's changes to one file. */
interface Touch {
  readonly hunks: readonly Hunk[];
  readonly before: State;
  readonly after: State;
}

/**
 * The files of a series' patches, as each patch finds and leaves them. `disagree`: paths of which two patches that follow each
 * other show the same line differently, so that one was not made upon the other; what they show is not joined.
 */
export function joinHunks(patches: readonly { readonly files: readonly FilePatch[] }[]): {
  readonly files: readonly (readonly ShownFile[])[];
  readonly disagree: readonly string[];
} {
  const histories = new Map<string, Touch[]>();
  const files = patches.map((patch) =>
    patch.files.map((file) => {
      const touch = touchOf(file.hunks);
      const old = file.oldPath ?? file.newPath ?? '';
      const history = histories.get(old) ?? [];
      history.push(touch);
      if (file.newPath !== undefined && file.newPath !== old) histories.delete(old);
      histories.set(file.newPath ?? old, history);
      return touch;
    }),
  );
  const budget = { left: MOST_CARRIED };
  const disagree = [...histories].filter(([, touches]) => !carry(touches, budget)).map(([path]) => path);
  return { files, disagree: disagree.sort() };
}

function touchOf(given: readonly Hunk[]): Touch {
  const hunks: Hunk[] = [];
  let end = 0;
  // Hunks out of order say nothing that could be relied upon.
  for (const hunk of [...given].sort((a, b) => a.oldStart - b.oldStart || a.newStart - b.newStart)) {
    const last = hunks.at(-1);
    if (Math.max(first(hunk, 'before') + hunk.oldLines, first(hunk, 'after') + hunk.newLines) > LAST_LINE) continue;
    if (first(hunk, 'before') < end || (last && first(hunk, 'after') < first(last, 'after') + last.newLines)) continue;
    hunks.push(hunk);
    end = first(hunk, 'before') + hunk.oldLines;
  }
  const touch = { hunks, before: emptyState(), after: emptyState() };
  for (const hunk of hunks) {
    const at = { before: first(hunk, 'before'), after: first(hunk, 'after') };
    for (const world of ['before', 'after'] as const)
      if (hunk.section !== '') touch[world].headings.set(at[world], hunk.section);
    for (const { kind, text } of hunk.lines) {
      if (kind !== '+') touch.before.lines.set(at.before++, text);
      if (kind !== '-') touch.after.lines.set(at.after++, text);
    }
  }
  return touch;
}

const emptyState = (): State => ({ lines: new Map(), headings: new Map() });

/** The first line of a hunk; of an empty side, the line that follows it. */
export function first(hunk: Hunk, world: World): number {
  const [start, count] = world === 'before' ? [hunk.oldStart, hunk.oldLines] : [hunk.newStart, hunk.newLines];
  return count === 0 ? start + 1 : start;
}

/** Carries lines on and back through the patches of one file. Answers false where two of them disagree. */
function carry(touches: readonly Touch[], budget: { left: number }): boolean {
  if (touches.length < 2) return true;
  let agree = true;
  const apart = new Set<number>();
  touches.forEach((touch, i) => {
    const next = touches[i + 1];
    if (next && [...next.before.lines].some(([line, text]) => (touch.after.lines.get(line) ?? text) !== text)) {
      apart.add(i);
      agree = false;
    }
  });
  touches.forEach((touch, i) => {
    if (i > 0 && !apart.has(i - 1)) copy(touches[i - 1]!.after, touch.before, [], 'before', budget);
    copy(touch.before, touch.after, touch.hunks, 'before', budget);
  });
  for (let i = touches.length - 1; i >= 0; i--) {
    const touch = touches[i]!;
    if (i + 1 < touches.length && !apart.has(i)) copy(touches[i + 1]!.before, touch.after, [], 'after', budget);
    copy(touch.after, touch.before, touch.hunks, 'after', budget);
  }
  return agree;
}

/** Adds what stands outside of the hunks, under its number on the other side. Linear but for sorting. */
function copy(from: State, to: State, hunks: readonly Hunk[], side: World, budget: { left: number }): void {
  budget.left -= from.lines.size;
  if (budget.left < 0) return;
  const other = side === 'before' ? 'after' : 'before';
  const count = (hunk: Hunk, world: World): number => (world === 'before' ? hunk.oldLines : hunk.newLines);
  const shifted = (numbers: Iterable<number>): Map<number, number> => {
    const found = new Map<number, number>();
    let k = 0;
    let delta = 0;
    for (const line of [...numbers].sort((a, b) => a - b)) {
      for (let hunk = hunks[k]; hunk && first(hunk, side) + count(hunk, side) <= line; hunk = hunks[++k])
        delta = first(hunk, other) + count(hunk, other) - first(hunk, side) - count(hunk, side);
      const hunk = hunks[k];
      if (!hunk || line < first(hunk, side)) found.set(line, line + delta);
    }
    return found;
  };
  for (const [line, there] of shifted(from.lines.keys()))
    if (!to.lines.has(there)) to.lines.set(there, from.lines.get(line)!);
  for (const [line, there] of shifted(from.headings.keys()))
    if (!to.headings.has(there)) to.headings.set(there, from.headings.get(line)!);
}
