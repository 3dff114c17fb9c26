import { descText, flagsText } from './facts.ts';
import { addressText, sizeText } from './numbers.ts';
import type { Region } from './regions.ts';
import type { Lane, Limit, Scene } from './scene.ts';

/*
 * The map as lines for people: every region with its exact facts, and between them what is free.
 */

/** Deeper levels are indented no farther. */
const MAX_INDENT = 8;

const changeSigns: Readonly<Record<Region['change'], string>> = {
  same: ' ',
  added: '+',
  removed: '-',
  moved: '>',
  altered: '~',
};

export function textOf(scene: Scene): string {
  const out: string[] = [scene.title];
  for (const [name, value] of scene.about) out.push(`${name}: ${value}`);
  for (const limit of scene.limits) out.push(`limit: ${addressText(limit.at)} ${limit.name}`);
  for (const { node, start, end, hotplug } of scene.bands)
    out.push(
      `SRAT: ${addressText(start)} - ${addressText(end)}  ${sizeText(end - start + 1n)}  node ${node}${hotplug ? ', hotpluggable' : ''}`,
    );
  const lanes = scene.same ? [scene.lanes.after] : [scene.lanes.before, scene.lanes.after];
  for (const lane of lanes) {
    const title = scene.single ? 'memory' : scene.same ? 'before and after' : lane.world;
    out.push('', `${title}:`, ...laneLines(lane, scene));
    for (const [i, t] of lane.tries.entries())
      out.push(
        `try ${i + 1}: ${addressText(t.start)} - ${addressText(t.end)}${t.wrapped ? ', wrapped' : ''}${t.chosen ? ', chosen' : ''}`,
      );
  }
  for (const { number, finding, shown } of scene.pins)
    out.push(`${number === 1 ? '\n' : ''}finding ${number}: ${finding.class} ${finding.rule}: ${shown.message}`);
  return `${out.join('\n')}\n`;
}

interface Line {
  readonly range: string;
  readonly size: string;
  readonly rest: string;
}

function laneLines(lane: Lane, scene: Scene): string[] {
  const lines: Line[] = [];
  const limits = [...scene.limits].sort((a, b) => (a.at < b.at ? -1 : 1));
  let next = 0;
  const tell = (below: bigint): void => {
    for (let limit: Limit | undefined = limits[next]; limit && limit.at <= below; limit = limits[++next])
      lines.push({ range: `  ${addressText(limit.at)}`, size: '', rest: `---- ${limit.name}` });
  };
  const visit = (region: Region): void => {
    if (region.depth === 0) tell(region.start);
    const { paging } = scene;
    const section =
      paging.sectionSizeBits === undefined ? '' : ` section ${sectionsText(region, paging.sectionSizeBits)}`;
    const indent = '  '.repeat(Math.min(region.depth, MAX_INDENT));
    lines.push({
      range: `${changeSigns[region.change]} ${indent}${addressText(region.start)} - ${addressText(region.end)}`,
      size: sizeText(region.end - region.start + 1n),
      rest: `${indent}${region.name || '(no name)'}  [${flagsText(region.flags)}${region.desc ? `; ${descText(region.desc)}` : ''}]${section}`,
    });
    for (const child of region.children) visit(child);
  };
  let free = 0n;
  for (const top of lane.rows[0] ?? []) {
    if (top.start > free) {
      tell(free);
      lines.push({
        range: `  ${addressText(free)} - ${addressText(top.start - 1n)}`,
        size: sizeText(top.start - free),
        rest: '(free)',
      });
    }
    visit(top);
    free = top.end + 1n;
  }
  tell(scene.end);
  const range = lines.reduce((most, line) => Math.max(most, line.range.length), 0);
  const size = lines.reduce((most, line) => Math.max(most, line.size.length), 0);
  return lines.map((line) => `${line.range.padEnd(range)}  ${line.size.padStart(size)}  ${line.rest}`);
}

/** `0x20` or `0x20 … 0x3f`: mem_section numbers of a range. */
export function sectionsText(range: { readonly start: bigint; readonly end: bigint }, bits: number): string {
  return spanText(range.start >> BigInt(bits), range.end >> BigInt(bits));
}

/** Two numbers, or one where they are the same. */
export function spanText(first: bigint, last: bigint): string {
  const from = `0x${first.toString(16)}`;
  return first === last ? from : `${from} … 0x${last.toString(16)}`;
}

/** One region in one line, for the clipboard: as /proc/iomem has it, with what that does not tell. */
export function regionText(region: Region): string {
  const hex = (address: bigint) => address.toString(16).padStart(8, '0');
  const facts = [sizeText(region.end - region.start + 1n), flagsText(region.flags), descText(region.desc)];
  return `${hex(region.start)}-${hex(region.end)} : ${region.name} (${facts.join(', ')})`;
}
