import type { CodedError, Place } from '../base/errors.ts';
import type { FirmwareRange, MachineResource, SratRange } from './api.ts';
import { endBeforeStart, notKernelLogLine, overlapsNeighbour } from './errors.ts';
import { inferFlags } from './flags.ts';
import { linesOf } from './lines.ts';

/** More ranges of one kind than firmware tables hold. */
const MAX_RANGES = 100_000;
const MAX_PROBLEMS = 100;

const head = String.raw`SRAT: Node (\d{1,5}) PXM (\d{1,5}) `;
const sratLine = new RegExp(`${head}\\[mem 0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})\\](.*)`, 'i');
/** Until 3.5, with the end behind the range: `SRAT: Node 0 PXM 0 0-80000000`. */
const oldSratLine = new RegExp(`${head}(?:0x)?([0-9a-f]{1,16})-(?:0x)?([0-9a-f]{1,16})\\b(.*)`, 'i');
const e820Line = /\be820: \[mem 0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})\] ([a-z].*)/i;
/** Until 3.5: `BIOS-e820: 0000000000000000 - 000000000009dc00 (usable)`, the end behind the range. */
const oldE820Line = /\be820: ([0-9a-f]{1,16}) - ([0-9a-f]{1,16}) \(([^)]{1,40})\)/i;
/** The last form: drivers/cxl/acpi.c with debugging on, the decoder of a root port for each window. */
const cxlLine =
  /(?:\b(?:CFMWS|CEDT|CXL (?:Fixed Memory )?Window)\b|\badd: decoder0\.\d{1,5} ).{0,200}?\b0x([0-9a-f]{1,16})\s{0,9}-\s{0,9}0x([0-9a-f]{1,16})/i;

export interface KernelLog {
  /** What SRAT promises: drivers/acpi/numa/srat.c, acpi_numa_memory_affinity_init(). */
  readonly srat: readonly SratRange[];
  /** Firmware's memory map as x86 prints it: arch/x86/kernel/e820.c, e820__print_table(). */
  readonly e820: readonly FirmwareRange[];
  /** Fixed memory windows of CXL (CEDT), where a log tells them. */
  readonly cxlWindows: readonly FirmwareRange[];
  readonly problems: readonly CodedError[];
}

/** Reads a kernel log, with or without time stamps, `ACPI: ` and quotation marks. Lines of other matters are not looked at. */
export function parseDmesg(text: string, options: { readonly name: string }): KernelLog {
  const srat: SratRange[] = [];
  const e820: FirmwareRange[] = [];
  const cxlWindows: FirmwareRange[] = [];
  const problems: CodedError[] = [];
  const problem = (make: () => CodedError) => {
    if (problems.length < MAX_PROBLEMS) problems.push(make());
  };
  for (const { text: raw, number: line } of linesOf(text)) {
    if (srat.length + e820.length + cxlWindows.length >= MAX_RANGES) break;
    const shown = raw.slice(0, 1000);
    const place: Place = { file: options.name, line, text: shown.slice(0, 200) };
    const range = (match: RegExpExecArray, at: number, exclusive: boolean) => {
      const start = BigInt(`0x${match[at]}`);
      const end = BigInt(`0x${match[at + 1]}`) - (exclusive ? 1n : 0n);
      if (end >= start) return { start, end, line };
      problem(() => endBeforeStart(place));
      return undefined;
    };
    if (shown.includes('SRAT: Node ')) {
      const modern = sratLine.exec(shown);
      const match = modern ?? oldSratLine.exec(shown);
      if (!match) {
        problem(() => notKernelLogLine(place, 'SRAT'));
        continue;
      }
      const found = range(match, 3, !modern);
      const words = match[5] ?? '';
      if (found)
        srat.push({
          node: Number(match[1]),
          pxm: Number(match[2]),
          ...found,
          hotplug: /\bhotplug\b/i.test(words),
          nonVolatile: /\bnon-volatile\b/i.test(words),
        });
    } else if (shown.includes('BIOS-e820: ')) {
      const modern = e820Line.exec(shown);
      const match = modern ?? oldE820Line.exec(shown);
      if (!match) {
        problem(() => notKernelLogLine(place, 'the e820 map'));
        continue;
      }
      const found = range(match, 1, !modern);
      if (found) e820.push({ ...found, type: match[3]!.trim() });
    } else {
      const match = cxlLine.exec(shown);
      const found = match && range(match, 1, false);
      if (found) cxlWindows.push({ ...found, type: 'CXL window' });
    }
  }
  return { srat, e820, cxlWindows, problems };
}

/** e820 type as printed → name of the resource that the kernel makes of it (e820_type_to_string()). */
const e820Names = new Map([
  ['usable', 'System RAM'],
  ['reserved', 'Reserved'],
  ['acpi data', 'ACPI Tables'],
  ['acpi nvs', 'ACPI Non-volatile Storage'],
  ['unusable', 'Unusable memory'],
  ['soft reserved', 'Soft Reserved'],
  ['application reserved', 'Soft Reserved'],
  ['persistent (type 7)', 'Persistent Memory'],
  ['persistent (type 12)', 'Persistent Memory (legacy)'],
]);

/** The first level of the tree that x86 builds from its memory map. Of overlapping ranges the first one stays. */
export function resourcesOfE820(
  ranges: readonly FirmwareRange[],
  options: { readonly name: string },
): { readonly resources: readonly MachineResource[]; readonly problems: readonly CodedError[] } {
  const resources: MachineResource[] = [];
  const problems: CodedError[] = [];
  const sorted = [...ranges].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.line - b.line));
  for (const { start, end, type, line } of sorted) {
    const name = e820Names.get(type.toLowerCase()) ?? 'Unknown E820 type';
    const last = resources.at(-1);
    if (last && start <= last.end) {
      if (problems.length < MAX_PROBLEMS)
        problems.push(overlapsNeighbour({ file: options.name, line, text: type }, last.name, last.line!));
      continue;
    }
    resources.push({ name, start, end, ...inferFlags(name, []), children: [], line });
  }
  return { resources, problems };
}
