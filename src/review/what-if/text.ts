import { bytesText, hex } from '../format.ts';
import { type FlagsLayout, LAYOUT_HEADER, type PageFlags } from './page-flags.ts';
import { curveText } from './plot.ts';
import type { Price } from './price.ts';
import type { WhatIf, WhatIfWorld } from './what-if.ts';

type Row = readonly [name: string, before: string, after: string];

/** Rows that say the same in both worlds stand once. */
const rowText = ([name, before, after]: Row): string =>
  `  ${name.padEnd(34)}${before === after ? before : `${before} -> ${after}`}`;

const row = (name: string, before: string, after: string): Row => [name, before, after];

/** What it costs: a name, what it is before, and after. */
export function priceRows({ before, after }: WhatIf): readonly Row[] {
  const [a, b] = [before.price, after.price];
  const inRoom = (bytes: bigint, room: bigint | undefined): string =>
    `${bytesText(bytes)}${room === undefined ? '' : ` of ${bytesText(room)}${bytes > room ? ': does not fit' : ''}`}`;
  const vmemmap = ({ vmemmapBytes, vmemmapRoom, flags }: Price): string =>
    flags?.model === 'classic' ? 'none: a memmap for each section' : inRoom(vmemmapBytes, vmemmapRoom);
  const [f, g] = [a.flags, b.flags];
  const taken = ({ zones, nodes, lruGen, lruRefs, lastCpupid, kasanTag }: FlagsLayout): string =>
    [zones, nodes, `${lruGen} + ${lruRefs}`, lastCpupid, kasanTag].join(', ');
  return [
    row('MAX_PHYSMEM_BITS', String(a.maxPhysmemBits), String(b.maxPhysmemBits)),
    row('SECTION_SIZE_BITS', String(a.sectionSizeBits), String(b.sectionSizeBits)),
    row('SECTIONS_SHIFT', String(a.sectionsShift), String(b.sectionsShift)),
    row('sections', String(a.sections), String(b.sections)),
    row('table of mem_section at boot', bytesText(a.tableBytes), bytesText(b.tableBytes)),
    row('mem_section with all sections', bytesText(a.sectionBytes), bytesText(b.sectionBytes)),
    row('vmemmap, virtual addresses', vmemmap(a), vmemmap(b)),
    row(
      'direct map, virtual addresses',
      inRoom(a.directMapBytes, a.directMapRoom),
      inRoom(b.directMapBytes, b.directMapRoom),
    ),
    ...(f && g
      ? [
          row('bits of page->flags: flags', String(f.pageFlags), String(g.pageFlags)),
          row('  zone, node, gen., CPU, KASAN', taken(f[f.model]), taken(g[g.model])),
          row('  left with vmemmap', leftText(f, 'vmemmap'), leftText(g, 'vmemmap')),
          row('  left with classic sparse', leftText(f, 'classic'), leftText(g, 'classic')),
          row('  memory model of this world', modelText(f), modelText(g)),
        ]
      : [
          row(
            'bits of page->flags',
            'not counted: no page-flags.h that can be read',
            'not counted: no page-flags.h that can be read',
          ),
        ]),
  ];
}

const modelText = ({ model }: PageFlags): string => (model === 'vmemmap' ? 'vmemmap' : 'classic sparse');

/** Bits left, and what the header moves out for want of room. */
function leftText(flags: PageFlags, model: PageFlags['model']): string {
  const layout = flags[model];
  if (layout.refused) return `${layout.left}: ${layout.refused.message} (${LAYOUT_HEADER}:${layout.refused.line})`;
  const other = flags[model === 'vmemmap' ? 'classic' : 'vmemmap'];
  const out = [
    ...(layout.nodes < flags.nodesShift ? ['the node'] : []),
    ...(layout.lastCpupid < other.lastCpupid ? ['the last CPU'] : []),
  ];
  return `${layout.left}${model === 'vmemmap' ? ` of ${flags.word}` : ''}${out.length === 0 ? '' : `: ${out.join(' and ')} moved out`}`;
}

/** Placements as the table shows them; of many the first and the last. */
const SHOWN = 12;

function worldLines(name: string, world: WhatIfWorld): string[] {
  const { placements, stopped, safe } = world;
  const lines = [`${name}: the search ends at ${hex(world.searchEnd)}`];
  for (const [i, { start, end, eats }] of placements.entries()) {
    if (placements.length > SHOWN && i >= SHOWN - 2 && i < placements.length - 2) {
      if (i === SHOWN - 2) lines.push(`  … ${placements.length - SHOWN} more`);
      continue;
    }
    lines.push(
      `  ${String(i + 1).padStart(4)} [${hex(start)}-${hex(end)}] ${bytesText(end - start + 1n)}${
        eats ? `, eats SRAT node ${eats.node} [${hex(eats.start)}-${hex(eats.end)}]` : ''
      }`,
    );
  }
  lines.push(
    `  capacity: ${placements.length} allocations; ${safe.count} (${bytesText(safe.bytes)}) before a hotplug range is eaten`,
    stopped.why === 'all there'
      ? '  none failed'
      : stopped.at === undefined
        ? `  ${stopped.why}`
        : `  allocation ${stopped.at}${stopped.size === undefined ? '' : ` of ${bytesText(stopped.size)}`} fails with ${stopped.why}${
            stopped.free === undefined
              ? ''
              : `: ${bytesText(stopped.free)} are free, the largest piece of whole sections has ${bytesText(stopped.largest ?? 0n)}${
                  stopped.size !== undefined && (stopped.largest ?? 0n) >= stopped.size
                    ? ' and would do'
                    : stopped.size !== undefined && stopped.free >= stopped.size
                      ? ' (fragmented)'
                      : ''
                }`
          }`,
  );
  for (const { rule, message } of world.findings) lines.push(`  finding ${rule} ${message}`);
  return lines;
}

export function whatIfText(result: WhatIf): string {
  const changes = [...result.defines, ...(result.patch === undefined ? [] : [`patch ${result.patch}`])];
  return `${[
    `machine: ${result.machine}${result.before.profile.name === result.machine ? '' : ` (${result.before.profile.name})`}`,
    ...(result.kernel === undefined ? [] : [`kernel: ${result.kernel}`]),
    `what if: ${changes.length === 0 ? 'nothing changes' : changes.join(', ')}`,
    '',
    'price:',
    ...priceRows(result).map(rowText),
    '',
    ...worldLines('before', result.before),
    ...worldLines('after', result.after),
    '',
    ...curveText(result),
  ].join('\n')}\n`;
}

const flagsJson = ({ word, pageFlags, nodesShift, model, vmemmap, classic }: PageFlags) => ({
  word,
  pageFlags,
  nodesShift,
  model,
  vmemmap,
  classic,
});

/** Versioned; 64-bit values as `"0x…"`. */
export function whatIfJson(result: WhatIf): string {
  const world = ({ price, placements, stopped, safe, findings, searchEnd }: WhatIfWorld) => ({
    price: {
      maxPhysmemBits: price.maxPhysmemBits,
      sectionSizeBits: price.sectionSizeBits,
      sectionsShift: price.sectionsShift,
      sections: hex(price.sections),
      tableBytes: hex(price.tableBytes),
      sectionBytes: hex(price.sectionBytes),
      vmemmapBytes: hex(price.vmemmapBytes),
      ...(price.vmemmapRoom === undefined ? {} : { vmemmapRoom: hex(price.vmemmapRoom) }),
      directMapBytes: hex(price.directMapBytes),
      ...(price.directMapRoom === undefined ? {} : { directMapRoom: hex(price.directMapRoom) }),
      ...(price.flags ? { pageFlags: flagsJson(price.flags) } : {}),
    },
    searchEnd: hex(searchEnd),
    placements: placements.map(({ start, end, eats }) => ({
      start: hex(start),
      end: hex(end),
      ...(eats ? { eats: { node: eats.node, start: hex(eats.start), end: hex(eats.end) } } : {}),
    })),
    stopped: {
      why: stopped.why,
      ...(stopped.at === undefined ? {} : { at: stopped.at }),
      ...(stopped.size === undefined ? {} : { size: hex(stopped.size) }),
      ...(stopped.free === undefined ? {} : { free: hex(stopped.free) }),
      ...(stopped.largest === undefined ? {} : { largest: hex(stopped.largest) }),
    },
    safe: { count: safe.count, bytes: hex(safe.bytes) },
    findings,
  });
  const { machine, kernel, defines, patch, before, after } = result;
  return `${JSON.stringify(
    {
      format: 'iomem-review-what-if',
      version: 1,
      machine,
      ...(kernel === undefined ? {} : { kernel }),
      defines,
      ...(patch === undefined ? {} : { patch }),
      before: world(before),
      after: world(after),
    },
    null,
    2,
  )}\n`;
}
