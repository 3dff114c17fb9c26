import type { SourceTree } from '../../base/tree.ts';
import type { ArchProfile } from '../../model/api.ts';
import { type PageFlags, pageFlagsOf } from './page-flags.ts';

/*
 * What constants of memory cost: include/linux/mmzone.h (sections and their roots), page->flags (page-flags.ts),
 * Documentation/arch/x86/x86_64/mm.rst (where the memmap lies).
 */

export interface Price {
  readonly maxPhysmemBits: number;
  readonly sectionSizeBits: number;
  /** SECTIONS_SHIFT and NR_MEM_SECTIONS. */
  readonly sectionsShift: number;
  readonly sections: bigint;
  /** Bytes of the table at boot: pointers to roots with SPARSEMEM_EXTREME, else all of mem_section. */
  readonly tableBytes: bigint;
  /** Bytes of mem_section where every section is there. */
  readonly sectionBytes: bigint;
  /** Virtual addresses that the memmap spans, and what the architecture has for it where that is fixed. */
  readonly vmemmapBytes: bigint;
  readonly vmemmapRoom?: bigint;
  /** Bytes of the direct map, and its room. */
  readonly directMapBytes: bigint;
  readonly directMapRoom?: bigint;
  /** Of page->flags; undefined where the tree's page flags could not be counted. */
  readonly flags?: PageFlags;
}

export function priceOf(profile: ArchProfile, tree: SourceTree): Price {
  const set = (option: string): boolean => profile.config.get(`CONFIG_${option}`) === 'y';
  const sectionsShift = profile.maxPhysmemBits - profile.sectionSizeBits;
  const sections = 1n << BigInt(sectionsShift);
  const word = BigInt(profile.wordSize);
  // struct mem_section: section_mem_map and usage; page_ext and padding with PAGE_EXTENSION.
  const each = word * (set('PAGE_EXTENSION') ? 4n : 2n);
  const page = 1n << BigInt(profile.pageShift);
  const perRoot = set('SPARSEMEM_EXTREME') ? page / each : 1n;
  const roots = (sections + perRoot - 1n) / perRoot;
  const memory = 1n << BigInt(profile.maxPhysmemBits);
  const x86 = set('X86_64');
  const levels5 = set('X86_5LEVEL');
  const flags = pageFlagsOf(profile, tree);
  return {
    maxPhysmemBits: profile.maxPhysmemBits,
    sectionSizeBits: profile.sectionSizeBits,
    sectionsShift,
    sections,
    tableBytes: set('SPARSEMEM_EXTREME') ? roots * word : sections * each,
    sectionBytes: set('SPARSEMEM_EXTREME') ? roots * page : sections * each,
    // struct page: eight words on 64 bits, and on 32.
    vmemmapBytes: (memory / page) * word * 8n,
    ...(x86 ? { vmemmapRoom: levels5 ? 1n << 49n : 1n << 40n } : {}),
    directMapBytes: memory,
    ...(x86 ? { directMapRoom: levels5 ? 1n << 55n : 1n << 46n } : {}),
    ...(flags ? { flags } : {}),
  };
}
