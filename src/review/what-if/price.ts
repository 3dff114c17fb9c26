import { MemoryTree, type SourceTree } from '../../base/tree.ts';
import { compile } from '../../c/compile.ts';
import type { ArchProfile } from '../../model/api.ts';
import { definesOf } from '../../model/profiles.ts';

/*
 * What constants of memory cost: include/linux/mmzone.h (sections and their roots), page-flags-layout.h (bits of page->flags),
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
  readonly flags?: {
    readonly word: number;
    readonly pageFlags: number;
    readonly zones: number;
    readonly nodes: number;
    readonly lruGen: number;
    /** SECTIONS_WIDTH without vmemmap; with it the section takes no bits. */
    readonly sections: number;
    /** Bits left with vmemmap, and with classic sparse; below zero the node moves out of the flags. */
    readonly leftVmemmap: number;
    readonly leftClassic: number;
  };
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
  const flags = flagsOf(profile, tree, sectionsShift);
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

const UNIT = 'iomem-review-bounds.c';

function flagsOf(profile: ArchProfile, tree: SourceTree, sectionsShift: number): Price['flags'] {
  const counted = countFlags(profile, tree);
  if (!counted) return undefined;
  const word = profile.wordSize * 8;
  const { pageFlags, zoneCount } = counted;
  // page-flags-layout.h, ZONES_SHIFT.
  const zones = zoneCount < 2 ? 0 : zoneCount <= 2 ? 1 : zoneCount <= 4 ? 2 : 3;
  const nodes = profile.config.get('CONFIG_NUMA') === 'y' ? Number(profile.config.get('CONFIG_NODES_SHIFT') ?? 0) : 0;
  const lruGen = profile.config.get('CONFIG_LRU_GEN') === 'y' ? 3 : 0;
  const left = word - pageFlags - zones - nodes - lruGen;
  return {
    word,
    pageFlags,
    zones,
    nodes,
    lruGen,
    sections: sectionsShift,
    leftVmemmap: left,
    leftClassic: left - sectionsShift,
  };
}

/** What kernel/bounds.c computes, of the two enumerations that it needs: compiled with this configuration. */
function countFlags(
  profile: ArchProfile,
  tree: SourceTree,
): { readonly pageFlags: number; readonly zoneCount: number } | undefined {
  const flags = enumOf(tree.read('include/linux/page-flags.h'), 'pageflags');
  const zones = enumOf(tree.read('include/linux/mmzone.h'), 'zone_type');
  if (!flags || !zones) return undefined;
  const { program, errors } = compile({
    target: { wordSize: profile.wordSize, longLongAlign: profile.longLongAlign, charSigned: profile.charSigned },
    units: [
      {
        path: UNIT,
        from: 'text',
        text: `${flags}\n${zones}\nint page_flags = __NR_PAGEFLAGS;\nint zone_count = __MAX_NR_ZONES;\n`,
      },
    ],
    tree: { read: () => undefined },
    model: new MemoryTree(new Map()),
    fromTree: [],
    defines: definesOf(profile),
  });
  const value = (name: string): number | undefined => {
    const index = program.globalNamed(name);
    return index === undefined ? undefined : (program.globals[index]?.bytes[0] ?? 0);
  };
  const [pageFlags, zoneCount] = [value('page_flags'), value('zone_count')];
  return errors.length > 0 || pageFlags === undefined || zoneCount === undefined ? undefined : { pageFlags, zoneCount };
}

/** The text of an enumeration that stands at the beginning of a line. */
function enumOf(text: string | undefined, name: string): string | undefined {
  const from = text?.indexOf(`\nenum ${name} {`) ?? -1;
  if (text === undefined || from < 0) return undefined;
  const to = text.indexOf('\n};', from);
  return to < 0 ? undefined : text.slice(from + 1, to + 3);
}
