import type { CodedError, Place } from '../base/errors.ts';
import type { MachineResource } from './api.ts';
import { allZero, emptyText, endBeforeStart, notIomemLine, outsideParent, tooManyLines } from './errors.ts';
import { inferFlags } from './flags.ts';

/** More lines than any machine has; bounds what a hostile text can ask for. */
const MAX_LINES = 200_000;

interface Draft {
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly line: number;
  readonly indent: number;
  readonly children: Draft[];
}

const linePattern = /^([>| \t]*)(?:(?:0x)?([0-9a-f]{1,16})\s*-\s*(?:0x)?([0-9a-f]{1,16})\s*:\s?)(.*)$/i;

/**
 * Reads a text of /proc/iomem, also as mails quote it: `> ` before each line, other widths of indentation, text around it.
 * A line becomes the child of the nearest line above that is indented less and contains it. Names are taken as they are.
 * Lines that are none are problems with their numbers; the rest is read. Linear in the text.
 */
export function parseIomem(
  text: string,
  options: { readonly name: string },
): { readonly resources: readonly MachineResource[]; readonly problems: readonly CodedError[] } {
  const problems: CodedError[] = [];
  const roots: Draft[] = [];
  const open: Draft[] = [];
  let count = 0;
  let nonZero = false;
  let lineNumber = 0;
  let firstPlace: Place | undefined;
  for (const raw of text.split('\n')) {
    lineNumber++;
    const line = raw.replace(/\r$/, '');
    const place = (): Place => ({ file: options.name, line: lineNumber, text: line.slice(0, 200) });
    if (count >= MAX_LINES) {
      problems.push(tooManyLines(place(), MAX_LINES));
      break;
    }
    const match = linePattern.exec(line.slice(0, 1000));
    if (!match) {
      // Blank lines, comments, cuts and the words around a quotation are no attempt at a line.
      if (/^[>\s|]*[0-9a-f]{4,}\s*-/i.test(line))
        problems.push(notIomemLine({ ...place(), column: line.search(/[0-9a-f]/i) + 1 }));
      continue;
    }
    count++;
    firstPlace ??= place();
    const start = BigInt(`0x${match[2]}`);
    const end = BigInt(`0x${match[3]}`);
    if (end < start) {
      problems.push(endBeforeStart(place()));
      continue;
    }
    if (end !== 0n) nonZero = true;
    const draft: Draft = {
      name: match[4]!.trimEnd(),
      start,
      end,
      line: lineNumber,
      indent: width(match[1]!),
      children: [],
    };
    while (open.length > 0 && open.at(-1)!.indent >= draft.indent) open.pop();
    // Some texts are deeper than /proc/iomem indents: containment decides where indentation no longer does.
    while (open.length > 0) {
      const parent = open.at(-1)!;
      if (parent.start <= start && end <= parent.end) break;
      if (start <= parent.end && end >= parent.start) problems.push(outsideParent(place(), parent.name));
      open.pop();
    }
    (open.at(-1)?.children ?? roots).push(draft);
    open.push(draft);
  }
  if (count === 0) problems.push(emptyText(options.name));
  else if (!nonZero) return { resources: [], problems: [allZero(firstPlace!)] };
  return { resources: finish(roots), problems };
}

/** Columns of the indentation behind the quotation marks. */
function width(prefix: string): number {
  let columns = 0;
  for (const c of prefix.slice(prefix.lastIndexOf('>') + 1)) columns = c === '\t' ? (columns | 7) + 1 : columns + 1;
  return columns;
}

function finish(drafts: readonly Draft[]): MachineResource[] {
  return drafts
    .map((draft) => {
      const children = finish(draft.children);
      const { flags, desc } = inferFlags(
        draft.name,
        children.map((c) => c.name),
        children.length === 0,
      );
      return { name: draft.name, start: draft.start, end: draft.end, flags, desc, children, line: draft.line };
    })
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
}
