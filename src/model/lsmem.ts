import type { CodedError } from '../base/errors.ts';
import type { MachineResource, SratRange } from './api.ts';
import { endBeforeStart, notLsmemLine } from './errors.ts';
import { inferFlags } from './flags.ts';
import { parseJson } from './json.ts';
import { linesOf } from './lines.ts';

/*
 * What `lsmem` of util-linux prints: its table with any columns that begin with RANGE, `--pairs`, `--raw` and `--json`. Memory
 * that is offline is there, and has its System RAM in the tree.
 */

const MAX_RANGES = 100_000;
const MAX_PROBLEMS = 100;
const row = /^\s*0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})(?:\s|$)(.*)/i;
const range = /^0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})$/i;
const pairs = /\bRANGE="0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})"(.*)/i;

/** Whether a text is the output of lsmem. */
export const isLsmem = (text: string): boolean =>
  isJson(text) ||
  /^\s*RANGE\s+[A-Z]|^RANGE="0x[0-9a-f]|^\s*0x[0-9a-f]{16}-0x[0-9a-f]{16}\s+\S+\s+(?:online|offline)/m.test(
    text.slice(0, 64 * 1024),
  );

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

function rangesOfLines(text: string, name: string, problems: CodedError[]): Range[] {
  const found: Range[] = [];
  let columns: readonly string[] = [];
  for (const { text: raw, number: line } of linesOf(text)) {
    const shown = raw.slice(0, 1000);
    const place = { file: name, line, text: shown.slice(0, 200) };
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
