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
/** What a wrapped line of SRAT goes on with, behind marks of a quotation. */
const sratWords = /^[>|\s]*((?:hotplug|non-volatile)(?:\s+non-volatile)?)\s*$/;
/** Since 7.0 with two blanks before the type, and other words for some. */
const e820Line = /\be820: \[mem 0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})\] {1,2}([a-z][^"]*)/i;
/** Until 3.5: `BIOS-e820: 0000000000000000 - 000000000009dc00 (usable)`, the end behind the range; others are `type 9`. */
const oldE820Line = /\be820: ([0-9a-f]{1,16}) - ([0-9a-f]{1,16}) (?:\(([^)]{1,40})\)|(type \d{1,10}))/i;
/** With efi=debug: x86 numbers its lines, others begin with the range; until 4.0 types are numbers, and ends behind the range. */
const efiLine =
  /\befi: +(?:mem\d{1,5}: (?:\[([A-Z][^|\]]{2,30})\|([^\]]{0,80})\]|type=(\d{1,2}), attr=0x[0-9a-f]{1,16},) range=\[)?0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})(\))?(?: \[([A-Z][^|\]]{2,30})\|([^\]]{0,80})\])?/;
/** The last form: drivers/cxl/acpi.c with debugging on, the decoder of a root port for each window. */
const cxlLine =
  /(?:\b(?:CFMWS|CEDT|CXL (?:Fixed Memory )?Window)\b|\badd: decoder0\.\d{1,5} ).{0,200}?\b0x([0-9a-f]{1,16})\s{0,9}-\s{0,9}0x([0-9a-f]{1,16})/i;

export interface KernelLog {
  /** What SRAT promises: drivers/acpi/numa/srat.c, acpi_numa_memory_affinity_init(). */
  readonly srat: readonly SratRange[];
  /** Firmware's memory map as x86 prints it: arch/x86/kernel/e820.c, e820__print_table(). */
  readonly e820: readonly FirmwareRange[];
  /** EFI's memory map where efi=debug shows it, in e820's words; what lies side by side is one. */
  readonly efi: readonly FirmwareRange[];
  /** Fixed memory windows of CXL (CEDT), where a log tells them. */
  readonly cxlWindows: readonly FirmwareRange[];
  readonly problems: readonly CodedError[];
}

/** Reads a kernel log, with or without time stamps, `ACPI: ` and quotation marks. Lines of other matters are not looked at. */
export function parseDmesg(text: string, options: { readonly name: string }): KernelLog {
  const srat: SratRange[] = [];
  const e820: FirmwareRange[] = [];
  const efi: FirmwareRange[] = [];
  const cxlWindows: FirmwareRange[] = [];
  const problems: CodedError[] = [];
  const problem = (make: () => CodedError) => {
    if (problems.length < MAX_PROBLEMS) problems.push(make());
  };
  /** The line before, where it was one of SRAT that a mail may have wrapped. */
  let wrapped: { readonly shown: string; readonly place: Place } | undefined;
  const giveUp = () => {
    if (wrapped && !wholeSrat(wrapped.shown)) problem(() => notKernelLogLine(wrapped!.place, 'SRAT'));
    wrapped = undefined;
  };
  for (const { text: raw, number: line } of linesOf(text)) {
    if (srat.length + e820.length + efi.length + cxlWindows.length >= MAX_RANGES) break;
    let shown = raw.slice(0, 1000);
    let place: Place = { file: options.name, line, text: shown.slice(0, 200) };
    const range = (match: RegExpExecArray, at: number, exclusive: boolean) => {
      const start = BigInt(`0x${match[at]}`);
      const end = BigInt(`0x${match[at + 1]}`) - (exclusive ? 1n : 0n);
      if (end >= start) return { start, end, line };
      problem(() => endBeforeStart(place));
      return undefined;
    };
    if (wrapped) {
      const more = shown.replace(/^[>|\s]+/, '');
      const together = wholeSrat(wrapped.shown)
        ? sratWords.test(shown) && `${wrapped.shown} ${more}`
        : !shown.includes('SRAT: Node ') && [`${wrapped.shown}${more}`, `${wrapped.shown} ${more}`].find(wholeSrat);
      if (together) {
        if (wholeSrat(wrapped.shown)) srat.pop();
        ({ place } = wrapped);
        wrapped = undefined;
        shown = together;
      } else giveUp();
    }
    if (shown.includes('SRAT: Node ')) {
      const match = wholeSrat(shown);
      if (place.line === line) wrapped = { shown: shown.trimEnd(), place };
      if (!match) continue;
      const found = range(match, 3, !sratLine.test(shown));
      const words = match[5] ?? '';
      if (found)
        srat.push({
          node: Number(match[1]),
          pxm: Number(match[2]),
          ...found,
          line: place.line,
          hotplug: /\bhotplug\b/i.test(words),
          nonVolatile: /\bnon-volatile\b/i.test(words),
        });
      else wrapped = undefined;
    } else if (shown.includes('BIOS-e820: ')) {
      if (shown.includes('BIOS-e820: [gap ')) continue;
      const modern = e820Line.exec(shown);
      const match = modern ?? oldE820Line.exec(shown);
      if (!match) {
        problem(() => notKernelLogLine(place, 'the e820 map'));
        continue;
      }
      const found = range(match, 1, !modern);
      if (found) e820.push({ ...found, type: (match[3] ?? match[4])!.trim() });
    } else if (shown.includes('efi: ')) {
      const match = efiLine.exec(shown);
      const type = match && typeOfEfi(match[1] ?? match[7] ?? match[3], match[2] ?? match[8] ?? '');
      const found = type && range(match, 4, match[6] !== undefined);
      if (found) efi.push({ ...found, type });
    } else {
      const match = shown.includes('0x') ? cxlLine.exec(shown) : null;
      const found = match && range(match, 1, false);
      if (found) cxlWindows.push({ ...found, type: 'CXL window' });
    }
  }
  giveUp();
  return { srat, e820, efi: joined(efi), cxlWindows, problems };
}

const wholeSrat = (line: string): RegExpExecArray | null => sratLine.exec(line) ?? oldSratLine.exec(line);

/** EFI's types (UEFI 2.10, 7.2), by name or number, as e820 has them: arch/x86/platform/efi/efi.c, do_add_efi_memmap(). */
const efiTypes: readonly (readonly [names: RegExp, type: string])[] = [
  [/^(?:Loader (?:Code|Data)|Boot (?:Code|Data)|Conventional(?: Memory)?|[12347])$/, 'usable'],
  [/^(?:ACPI Reclaim Mem(?:ory)?|9)$/, 'ACPI data'],
  [/^(?:ACPI (?:Memory|Mem) NVS|10)$/, 'ACPI NVS'],
  [/^(?:Unusable Memory|8)$/, 'unusable'],
  [/^(?:Persistent(?: Memory)?|14)$/, 'persistent (type 7)'],
  [/^(?:Reserved|Runtime (?:Code|Data)|PAL Code|[0-6]|13)$/, 'reserved'],
];

/** Undefined for memory-mapped I/O, which is no part of the tree. `SP` marks memory for a specific purpose. */
function typeOfEfi(words: string | undefined, attributes: string): string | undefined {
  const name = words?.trim() ?? '';
  const type = efiTypes.find(([names]) => names.test(name))?.[1];
  return type === 'usable' && /^Conventional/.test(name) && /\bSP\b/.test(attributes) ? 'soft reserved' : type;
}

/** EFI has hundreds of ranges that lie side by side. */
function joined(ranges: readonly FirmwareRange[]): readonly FirmwareRange[] {
  const sorted = [...ranges].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.line - b.line));
  const all: FirmwareRange[] = [];
  for (const range of sorted) {
    const last = all.at(-1);
    if (last && last.end + 1n === range.start && last.type === range.type)
      all[all.length - 1] = { ...last, end: range.end };
    else all.push(range);
  }
  return all;
}

/** e820 type as printed → name of the resource that the kernel makes of it (e820_type_to_string()). */
const e820Names = new Map([
  ['usable', 'System RAM'],
  ['system ram', 'System RAM'],
  ['reserved', 'Reserved'],
  ['device reserved', 'Reserved'],
  ['acpi data', 'ACPI Tables'],
  ['acpi nvs', 'ACPI Non-volatile Storage'],
  ['unusable', 'Unusable memory'],
  ['soft reserved', 'Soft Reserved'],
  ['application reserved', 'Soft Reserved'],
  ['persistent (type 7)', 'Persistent Memory'],
  ['persistent (type 12)', 'Persistent Memory (legacy)'],
  ['persistent ram (type 7)', 'Persistent Memory'],
  ['persistent ram (type 12)', 'Persistent Memory (legacy)'],
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
