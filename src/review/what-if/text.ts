import { hex } from '../format.ts';
import { curveText } from './plot.ts';
import type { WhatIf, WhatIfWorld } from './what-if.ts';

const scales: readonly (readonly [bigint, string])[] = [
  [1n << 60n, 'EiB'],
  [1n << 50n, 'PiB'],
  [1n << 40n, 'TiB'],
  [1n << 30n, 'GiB'],
  [1n << 20n, 'MiB'],
  [1n << 10n, 'KiB'],
];

/** `1.5 TiB`: two decimals at most, rounded down. */
export function bytesText(bytes: bigint): string {
  for (const [unit, name] of scales) {
    if (bytes < unit) continue;
    const hundredths = (bytes * 100n) / unit;
    const rest = String(hundredths % 100n)
      .padStart(2, '0')
      .replace(/0+$/, '');
    return `${hundredths / 100n}${rest === '' ? '' : `.${rest}`} ${name}`;
  }
  return `${bytes} B`;
}

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
  const [f, g] = [a.flags, b.flags];
  const bits = (left: number): string => (left < 0 ? `${left}: the node moves out` : String(left));
  return [
    row('MAX_PHYSMEM_BITS', String(a.maxPhysmemBits), String(b.maxPhysmemBits)),
    row('SECTION_SIZE_BITS', String(a.sectionSizeBits), String(b.sectionSizeBits)),
    row('SECTIONS_SHIFT', String(a.sectionsShift), String(b.sectionsShift)),
    row('sections', String(a.sections), String(b.sections)),
    row('table of mem_section at boot', bytesText(a.tableBytes), bytesText(b.tableBytes)),
    row('mem_section with all sections', bytesText(a.sectionBytes), bytesText(b.sectionBytes)),
    row('vmemmap, virtual addresses', inRoom(a.vmemmapBytes, a.vmemmapRoom), inRoom(b.vmemmapBytes, b.vmemmapRoom)),
    row(
      'direct map, virtual addresses',
      inRoom(a.directMapBytes, a.directMapRoom),
      inRoom(b.directMapBytes, b.directMapRoom),
    ),
    ...(f && g
      ? [
          row('bits of page->flags: flags', String(f.pageFlags), String(g.pageFlags)),
          row('  zone, node, generation', `${f.zones}, ${f.nodes}, ${f.lruGen}`, `${g.zones}, ${g.nodes}, ${g.lruGen}`),
          row('  left with vmemmap', `${f.leftVmemmap} of ${f.word}`, `${g.leftVmemmap} of ${g.word}`),
          row('  left with classic sparse', bits(f.leftClassic), bits(g.leftClassic)),
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
    `machine: ${result.machine}`,
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
      ...(price.flags ? { pageFlags: price.flags } : {}),
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
