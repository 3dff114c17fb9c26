import type { MachineModel, MachineResource, SratRange } from './api.ts';
import { parseDmesg, resourcesOfE820 } from './dmesg.ts';
import { inferFlags } from './flags.ts';
import { linesOf } from './lines.ts';
import { profileNamed } from './profiles.ts';

/** Whether a text is a kernel log with what firmware says of memory, rather than /proc/iomem. */
export const isKernelLog = (text: string): boolean =>
  /\bSRAT: Node \d|\be820: |\befi: mem\d+: |\bnode +\d+: \[mem 0x|\bmemory\[0x0\]\s+\[0x|\bCFMWS\b|\badd: decoder0\.\d|^\[ *\d+\.\d{6}\] |^(?:ACPI: |Linux version )/im.test(
    text.slice(0, 1 << 20),
  );

/** The kernel's list of early memory, or with memblock=debug what memblock holds. */
const nodeLine =
  /\b(?:node +\d{1,5}: \[mem |memory\[0x[0-9a-f]{1,8}\]\s{1,8}\[)0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})\]/;
const zoneLine = /\b(?:DMA|DMA32|Normal|HighMem) +\[mem 0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})\]/;
const MAX_RANGES = 10_000;

/**
 * The machine of a kernel log: its memory is what e820 says is usable, else what the kernel lists as memory of nodes, else
 * what SRAT has below the end of the zones, else what SRAT has that is not hotpluggable, else what EFI says; an excerpt may have
 * lines of e820 without any that is usable. Throws what the reader says of a
 * log without any of that.
 */
export function machineOfDmesg(text: string, name: string): MachineModel {
  const log = parseDmesg(text, { name });
  const { resources } = resourcesOfE820(log.e820, { name });
  const hasRam = resources.some((r) => r.name === 'System RAM');
  const memory = hasRam ? [] : ramOf(text, log.srat);
  const iomem =
    resources.length + memory.length === 0
      ? resourcesOfE820(log.efi, { name }).resources
      : [...resources, ...around(memory, resources)].sort(byStart);
  if (iomem.length === 0 && log.srat.length === 0 && log.problems[0]) throw log.problems[0];
  return { name, description: `read from ${name}`, profile: profileNamed('x86_64')!, iomem, srat: log.srat };
}

const byStart = (a: MachineResource, b: MachineResource): number =>
  a.start < b.start ? -1 : a.start > b.start ? 1 : 0;

/** What of memory no other resource holds. Both are sorted. */
function around(memory: readonly MachineResource[], others: readonly MachineResource[]): readonly MachineResource[] {
  const left: MachineResource[] = [];
  let next = 0;
  for (const ram of memory) {
    let { start } = ram;
    while (next < others.length && others[next]!.end < start) next++;
    for (let i = next; i < others.length && others[i]!.start <= ram.end; i++) {
      if (others[i]!.start > start) left.push({ ...ram, start, end: others[i]!.start - 1n });
      if (others[i]!.end + 1n > start) start = others[i]!.end + 1n;
    }
    if (start <= ram.end) left.push({ ...ram, start });
  }
  return left;
}

function ramOf(text: string, srat: readonly SratRange[]): readonly MachineResource[] {
  const ranges: { start: bigint; end: bigint }[] = [];
  let zonesEnd = 0n;
  for (const { text: raw } of linesOf(text)) {
    const line = raw.slice(0, 1000);
    const node = nodeLine.exec(line);
    if (node && ranges.length < MAX_RANGES) ranges.push({ start: BigInt(`0x${node[1]}`), end: BigInt(`0x${node[2]}`) });
    const zone = zoneLine.exec(line);
    if (zone) zonesEnd = BigInt(`0x${zone[2]}`) > zonesEnd ? BigInt(`0x${zone[2]}`) : zonesEnd;
  }
  if (ranges.length === 0)
    for (const { start, end, hotplug } of srat)
      if (zonesEnd > 0n ? start <= zonesEnd : !hotplug || start === 0n)
        ranges.push({ start, end: zonesEnd > 0n && end > zonesEnd ? zonesEnd : end });
  ranges.sort((a, b) => (a.start < b.start ? -1 : 1));
  const found: MachineResource[] = [];
  for (const { start, end } of ranges) {
    if (end < start || (found.at(-1)?.end ?? -1n) >= start) continue;
    found.push({ name: 'System RAM', start, end, ...inferFlags('System RAM', []), children: [] });
  }
  return found;
}
