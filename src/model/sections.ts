import type { ArchProfile, MachineModel, MachineResource, SratRange } from './api.ts';

/*
 * Physical memory as the kernel counts it: sections, memory blocks, what is there at boot. Numbers from
 * include/linux/mmzone.h, arch/*\/include/asm/sparsemem.h and arch/x86/mm/init_64.c, probe_memory_block_size().
 */

export interface Range {
  readonly start: bigint;
  /** Inclusive. */
  readonly end: bigint;
}
export interface NodeRange extends Range {
  readonly node: number;
}

/** Bytes of a subsection (SUBSECTION_SHIFT), the least that can be added with vmemmap. */
export const SUBSECTION_BYTES = 1n << 21n;

export const sectionBytes = (profile: ArchProfile): bigint => 1n << BigInt(profile.sectionSizeBits);

/** The last address for which there can be a `struct page`. */
export const lastPage = (profile: ArchProfile): bigint => (1n << BigInt(profile.maxPhysmemBits)) - 1n;

/** What memremap_compat_align() answers: 16 MiB where the linear mapping of powerpc's hash tables has pages of that size. */
export const compatAlign = (profile: ArchProfile): bigint =>
  profile.config.get('CONFIG_PPC64') === 'y' ? 1n << 24n : SUBSECTION_BYTES;

/** Memory that is there at boot: `System RAM` of the first level, by node; without any, one section at 0. */
export function bootRam(machine: MachineModel): readonly NodeRange[] {
  const page = 1n << BigInt(machine.profile.pageShift);
  const plain = machine.srat.filter((r) => !r.hotplug);
  const ram: NodeRange[] = [];
  for (const { name, start, end } of machine.iomem as readonly MachineResource[]) {
    if (!/^System RAM( boot alias)?$/i.test(name)) continue;
    // Whole pages, cut where SRAT says that another node begins.
    let at = ((start + page - 1n) / page) * page;
    const stop = ((end + 1n) / page) * page;
    while (at < stop) {
      const range = plain.find((r) => r.start <= at && at <= r.end);
      const cut = range && range.end + 1n < stop ? range.end + 1n : stop;
      ram.push({ start: at, end: cut - 1n, node: range?.node ?? 0 });
      at = cut;
    }
  }
  return ram.length > 0 ? ram : [{ start: 0n, end: sectionBytes(machine.profile) - 1n, node: 0 }];
}

/** memory_block_size_bytes(): on x86 2 GiB from 64 GiB of RAM on, as far as its end is aligned; elsewhere a section. */
export function memoryBlockBytes(machine: MachineModel): bigint {
  const section = sectionBytes(machine.profile);
  if (machine.profile.config.get('CONFIG_X86_64') !== 'y') return section;
  const end = bootRam(machine).reduce((most, r) => (r.end >= most ? r.end + 1n : most), 0n);
  if (end < 64n << 30n) return section;
  let block = 2n << 30n;
  while (block > section && end % block !== 0n) block /= 2n;
  return block;
}

/** What firmware reserves for memory to come, lowest first. */
export const hotplugRanges = (machine: MachineModel): readonly SratRange[] =>
  machine.srat.filter((r) => r.hotplug).sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
