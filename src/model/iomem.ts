import type { CodedError, Place } from '../base/errors.ts';
import type { MachineResource } from './api.ts';
import {
  allZero,
  emptyText,
  endBeforeStart,
  moreProblems,
  notIomemLine,
  outsideParent,
  overlapsNeighbour,
  tooManyLines,
} from './errors.ts';
import { inferFlags } from './flags.ts';
import { linesOf } from './lines.ts';

/** More lines than any machine has; bounds what a hostile text can ask for. */
const MAX_LINES = 200_000;
const MAX_PROBLEMS = 100;
const LOOK = 1 << 20;
/** Deeper nesting than this is cut off: a resource tree has a handful of levels. */
const MAX_DEPTH = 64;

interface Draft {
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly place: Place;
  readonly indent: number;
  readonly children: Draft[];
  /** Lines below it were indented more than it is: the text shows its depth. */
  showsDepth: boolean;
}

/** What stands before a line: marks of quotations and of a diff's new side, the numbers of `cat -n` and `grep -n`, blanks. */
const before = String.raw`([>|+ \t\u00a0]*)(?:(?:\d{1,6}[:\t]|\/proc\/iomem:(?:\d{1,6}:)?)([ \t\u00a0]*))?`;
const linePattern = new RegExp(`^${before}(?:0x)?([0-9a-f]{1,16})\\s*-\\s*(?:0x)?([0-9a-f]{1,16})\\s*:\\s?(.*)$`, 'i');
/**
 * Begins as a line of /proc/iomem does, and is no date; or has such a range in it. Other lines are the words around a
 * quotation and no attempt at one, and lines with `-` the old side of a diff.
 */
const attempt =
  /^[>|+ \t\u00a0]*(?:0x)?(?!\d{4}-\d\d-\d\d)(?:[0-9a-f]{4,}\s*-|[0-9a-f]{17,}$)|^(?!-).*\b(?:[0-9a-f]{8,16})-(?:[0-9a-f]{8,16}) : \S/i;

/** Whether a text has lines of /proc/iomem at its beginning. */
export function hasIomemLines(text: string): boolean {
  for (const { text: line } of linesOf(text.slice(0, LOOK))) if (linePattern.test(line.slice(0, 1000))) return true;
  return false;
}

/**
 * Reads a text of /proc/iomem, also as mails quote it: `> ` before each line, other widths of indentation, text around it.
 * A line becomes the child of the nearest line above that is indented less and contains it. A line that lies inside the
 * one above at the same indentation is its child too: the kernel stops indenting at five levels (eight since 7.0), and
 * neighbours never overlap. Lines that cannot stand in a tree are problems with their numbers; the rest is read.
 *
 * Linear in the text, but for sorting. Never throws.
 */
export function parseIomem(
  text: string,
  options: { readonly name: string },
): { readonly resources: readonly MachineResource[]; readonly problems: readonly CodedError[] } {
  const problems = new Problems();
  const roots: Draft[] = [];
  const open: Draft[] = [];
  let count = 0;
  let nonZero = false;
  let first: Place | undefined;
  for (const { text: line, number } of linesOf(text)) {
    const place: Place = { file: options.name, line: number, text: line.slice(0, 200) };
    const match = linePattern.exec(line.slice(0, 1000));
    if (!match) {
      if (attempt.test(line.slice(0, 1000))) problems.add(() => notIomemLine(atText(place)));
      continue;
    }
    if (++count > MAX_LINES) {
      problems.add(() => tooManyLines(place, MAX_LINES));
      break;
    }
    first ??= place;
    const [, prefix, indented, from, to, name] = match as unknown as [
      string,
      string,
      string | undefined,
      string,
      string,
      string,
    ];
    const start = BigInt(`0x${from}`);
    const end = BigInt(`0x${to}`);
    if (end < start) {
      problems.add(() => endBeforeStart(atText(place)));
      continue;
    }
    if (end !== 0n) nonZero = true;
    const indent = widthOf(indented ?? prefix);
    const draft: Draft = { name: name.trimEnd(), start, end, place, indent, children: [], showsDepth: false };
    const parent = parentOf(draft, open, problems);
    // What cannot stand where it is indented hangs from nothing, and so does what comes below it.
    if (parent !== 'nowhere') (parent?.children ?? roots).push(draft);
    open.push(draft);
  }
  if (count === 0) problems.add(() => emptyText(options.name));
  else if (!nonZero) return { resources: [], problems: [allZero(first!)] };
  const resources = finish(roots, problems);
  return { resources, problems: problems.all() };
}

/** Closes what the new line does not lie below; what is left on top of the stack is its parent. */
function parentOf(draft: Draft, open: Draft[], problems: Problems): Draft | 'nowhere' | undefined {
  const contains = (outer: Draft) => outer.start <= draft.start && draft.end <= outer.end;
  for (let top = open.at(-1); top; top = open.at(-1)) {
    if (open.length < MAX_DEPTH) {
      if (top.indent < draft.indent) {
        if (contains(top)) {
          top.showsDepth = true;
          return top;
        }
        if (draft.start <= top.end && draft.end >= top.start) {
          problems.add(() => outsideParent(draft.place, top.name));
          return 'nowhere';
        }
      } else if (top.indent === draft.indent && !top.showsDepth && contains(top)) return top;
    }
    open.pop();
  }
  return undefined;
}

/** Columns of the indentation behind the quotation marks. */
function widthOf(prefix: string): number {
  const indent = prefix.slice(Math.max(...[...'>|+'].map((mark) => prefix.lastIndexOf(mark))) + 1);
  if (!indent.includes('\t')) return indent.length;
  let columns = 0;
  for (const c of indent) columns = c === '\t' ? (columns | 7) + 1 : columns + 1;
  return columns;
}

const atText = (place: Place): Place => ({ ...place, column: (place.text ?? '').search(/[^>| \t]/) + 1 });

/** Sorted, and without what overlaps its neighbour: such a tree cannot be. */
function finish(drafts: readonly Draft[], problems: Problems): MachineResource[] {
  const sorted = [...drafts].sort((a, b) => compare(a.start, b.start) || a.place.line - b.place.line);
  const kept: MachineResource[] = [];
  for (const draft of sorted) {
    const last = kept.at(-1);
    if (last && draft.start <= last.end) {
      problems.add(() => overlapsNeighbour(draft.place, last.name, last.line!));
      continue;
    }
    const children = finish(draft.children, problems);
    const names = children.map((child) => child.name);
    const { name, start, end, place } = draft;
    kept.push({ name, start, end, ...inferFlags(name, names), children, line: place.line });
  }
  return kept;
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** The first problems, and how many more there were. */
class Problems {
  readonly #kept: CodedError[] = [];
  #more = 0;

  /** An error is costly to make: of a hostile text most are never made. */
  add(make: () => CodedError): void {
    if (this.#kept.length < MAX_PROBLEMS) this.#kept.push(make());
    else this.#more++;
  }

  all(): readonly CodedError[] {
    const sorted = this.#kept.sort((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0));
    return this.#more > 0 ? [...sorted, moreProblems(this.#more)] : sorted;
  }
}
