import type { CodedError } from '../base/errors.ts';
import type { MachineResource, SratRange } from './api.ts';
import { endBeforeStart, notLsmemLine } from './errors.ts';
import { inferFlags } from './flags.ts';
import { linesOf } from './lines.ts';

/*
 * What `lsmem` of util-linux prints: its table with any columns that begin with RANGE, and `--pairs`, `--raw`. Memory that is
 * offline is there, and has its System RAM in the tree.
 */

const MAX_RANGES = 100_000;
const MAX_PROBLEMS = 100;
const row = /^\s*0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})(?:\s|$)(.*)/i;
const pairs = /\bRANGE="0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})"(.*)/i;

/** Whether a text is the output of lsmem. */
export const isLsmem = (text: string): boolean =>
  /^\s*RANGE\s+[A-Z]|^RANGE="0x[0-9a-f]|^\s*0x[0-9a-f]{16}-0x[0-9a-f]{16}\s+\S+\s+(?:online|offline)/m.test(
    text.slice(0, 64 * 1024),
  );

/** Ranges in the order of their addresses, neighbours of one node joined; with the column NODE also what belongs to which. */
export function parseLsmem(
  text: string,
  options: { readonly name: string },
): {
  readonly resources: readonly MachineResource[];
  readonly srat: readonly SratRange[];
  readonly problems: readonly CodedError[];
} {
  const problems: CodedError[] = [];
  const found: { start: bigint; end: bigint; node: number | undefined; line: number }[] = [];
  let columns: readonly string[] = [];
  for (const { text: raw, number: line } of linesOf(text)) {
    const shown = raw.slice(0, 1000);
    const place = { file: options.name, line, text: shown.slice(0, 200) };
    const words = shown.trim().split(/\s+/);
    if (words[0] === 'RANGE') {
      columns = words;
      continue;
    }
    const match = row.exec(shown) ?? pairs.exec(shown);
    if (!match) {
      if (/^\s*(?:0x|RANGE=)/.test(shown) && problems.length < MAX_PROBLEMS) problems.push(notLsmemLine(place));
      continue;
    }
    const start = BigInt(`0x${match[1]}`);
    const end = BigInt(`0x${match[2]}`);
    if (end < start) {
      if (problems.length < MAX_PROBLEMS) problems.push(endBeforeStart(place));
      continue;
    }
    if (found.length >= MAX_RANGES) break;
    const column = columns.indexOf('NODE');
    const node =
      /\bNODE="(\d{1,5})"/.exec(match[3] ?? '')?.[1] ?? (words.length === columns.length ? words[column] : undefined);
    found.push({ start, end, node: node !== undefined && /^\d{1,5}$/.test(node) ? Number(node) : undefined, line });
  }
  found.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.line - b.line));
  const joined: typeof found = [];
  for (const range of found) {
    const last = joined.at(-1);
    if (last && range.start <= last.end) continue;
    if (last && last.end + 1n === range.start && last.node === range.node) last.end = range.end;
    else joined.push({ ...range });
  }
  return {
    resources: joined.map(({ start, end, line }) => ({
      name: 'System RAM',
      start,
      end,
      ...inferFlags('System RAM', []),
      children: [],
      line,
    })),
    srat: joined.flatMap(({ start, end, node, line }) =>
      node === undefined ? [] : [{ node, pxm: node, start, end, hotplug: false, nonVolatile: false, line }],
    ),
    problems,
  };
}
