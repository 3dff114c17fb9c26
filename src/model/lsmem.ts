import type { CodedError } from '../base/errors.ts';
import type { MachineResource, SratRange } from './api.ts';
import { endBeforeStart, notLsmemLine } from './errors.ts';
import { inferFlags } from './flags.ts';
import { parseJson } from './json.ts';
import { linesOf } from './lines.ts';

/*
 * What `lsmem` of util-linux prints: its table with any columns among which RANGE is, `--pairs`, `--raw` and `--json`. Memory
 * that is offline is there, and has its System RAM in the tree.
 */

const MAX_RANGES = 100_000;
const MAX_PROBLEMS = 100;
const range = /^0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})$/i;
/** A range among other columns, or as a pair. */
const within = /(?:^|[\s"])0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})(?:[\s"]|$)/i;
const quoted = /^[>|][>| \t]*/;

/** Whether a text is the output of lsmem. */
export const isLsmem = (text: string): boolean => isJson(text) || lsmemLine.test(text.slice(0, 64 * 1024));

/** The head of a table, wherever RANGE stands in it; pairs; or a row without a head, which has 16 digits and no colon behind them. */
const lsmemLine =
  /^(?:[>|][>| \t]*)?[ \t]*(?:(?:[A-Z-]{1,20}[ \t]{1,40}){0,12}RANGE(?:[ \t]+[A-Z]|[ \t]*\r?$)|(?:[A-Z:-]{1,20}="[^"\n]{0,80}" ){0,12}RANGE="0x|0x[0-9a-f]{16}-0x[0-9a-f]{16}(?:[ \t]+[^:\s]|[ \t]*\r?$))/m;

const isJson = (text: string): boolean => /^\s*\{\s*"memory"\s*:\s*\[/.test(text.slice(0, 1024));

interface Range {
  readonly start: bigint;
  end: bigint;
  readonly node: number | undefined;
  readonly line: number;
}

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
  const found = isJson(text) ? rangesOfJson(text, options.name, problems) : rangesOfLines(text, options.name, problems);
  return { ...joined(found), problems };
}

/** `--json`: an object `memory` of objects with `range` and, with the column NODE, `node`. Throws D018 for what is no JSON. */
function rangesOfJson(text: string, name: string, problems: CodedError[]): Range[] {
  const whole = parseJson(text, name);
  const memory = whole.kind === 'object' ? whole.members.get('memory') : undefined;
  const found: Range[] = [];
  for (const item of memory?.kind === 'array' ? memory.items : []) {
    if (found.length >= MAX_RANGES) break;
    const place = { file: name, line: item.line, text: '' };
    const said = item.kind === 'object' ? item.members.get('range') : undefined;
    const match = said?.kind === 'string' ? range.exec(said.text) : null;
    if (!match || item.kind !== 'object') {
      if (problems.length < MAX_PROBLEMS) problems.push(notLsmemLine(place));
      continue;
    }
    const [start, end] = [BigInt(`0x${match[1]}`), BigInt(`0x${match[2]}`)];
    const node = item.members.get('node');
    const number = node?.kind === 'number' || node?.kind === 'string' ? node.text : '';
    if (end >= start)
      found.push({ start, end, node: /^\d{1,5}$/.test(number) ? Number(number) : undefined, line: item.line });
    else if (problems.length < MAX_PROBLEMS) problems.push(endBeforeStart({ ...place, text: match[0] }));
  }
  return found;
}

/** A column of a table: its name, and where it stands in the head. */
interface Column {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}
const wordsOf = (line: string): readonly Column[] =>
  [...line.matchAll(/\S+/g)].map((match) => ({ name: match[0], from: match.index, to: match.index + match[0].length }));

/** What a row has in a column: by number where each has something (`--raw`), else what stands below the head. */
function cell(row: readonly Column[], head: readonly Column[], name: string): string | undefined {
  const index = head.findIndex((c) => c.name === name);
  const column = head[index];
  if (!column) return undefined;
  if (row.length === head.length) return row[index]!.name;
  return row.find((c) => c.from < column.to && column.from < c.to)?.name;
}

function rangesOfLines(text: string, name: string, problems: CodedError[]): Range[] {
  const found: Range[] = [];
  let head: readonly Column[] = [];
  for (const { text: raw, number: line } of linesOf(text)) {
    const shown = raw.slice(0, 1000).replace(quoted, '');
    const place = { file: name, line, text: shown.slice(0, 200) };
    if (/^\s*(?:[A-Z-]+\s+)*RANGE(?:\s+[A-Z]|\s*$)/.test(shown)) {
      head = wordsOf(shown);
      continue;
    }
    const match = within.exec(shown);
    if (!match) {
      if (/^\s*0x|\bRANGE=/.test(shown) && problems.length < MAX_PROBLEMS) problems.push(notLsmemLine(place));
      continue;
    }
    const start = BigInt(`0x${match[1]}`);
    const end = BigInt(`0x${match[2]}`);
    if (end < start) {
      if (problems.length < MAX_PROBLEMS) problems.push(endBeforeStart(place));
      continue;
    }
    if (found.length >= MAX_RANGES) break;
    const words = wordsOf(shown);
    const said = (column: string): string | undefined =>
      new RegExp(`\\b${column}="([^"]{0,40})"`).exec(shown)?.[1] ?? cell(words, head, column);
    // s390: standby memory that nobody configured has no place in the tree.
    if (said('CONFIGURED') === 'no') continue;
    const node = said('NODE');
    found.push({ start, end, node: node !== undefined && /^\d{1,5}$/.test(node) ? Number(node) : undefined, line });
  }
  return found;
}

/** Sorted; neighbours of one node are one. */
function joined(found: Range[]): {
  readonly resources: readonly MachineResource[];
  readonly srat: readonly SratRange[];
} {
  found.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.line - b.line));
  const ranges: Range[] = [];
  for (const range of found) {
    const last = ranges.at(-1);
    if (last && range.start <= last.end) continue;
    if (last && last.end + 1n === range.start && last.node === range.node) last.end = range.end;
    else ranges.push({ ...range });
  }
  return {
    resources: ranges.map(({ start, end, line }) => ({
      name: 'System RAM',
      start,
      end,
      ...inferFlags('System RAM', []),
      children: [],
      line,
    })),
    srat: ranges.flatMap(({ start, end, node, line }) =>
      node === undefined ? [] : [{ node, pxm: node, start, end, hotplug: false, nonVolatile: false, line }],
    ),
  };
}
