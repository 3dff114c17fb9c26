import { MemoryTree, type SourceTree } from '../../base/tree.ts';
import { compile } from '../../c/compile.ts';
import type { ArchProfile } from '../../model/api.ts';
import { definesOf } from '../../model/profiles.ts';

/*
 * How page->flags is laid out: the tree's own include/linux/page-flags-layout.h is compiled, with a virtual memmap and with
 * classic sparse memory, which keeps the number of a page's section there. What kernel/bounds.c gives to that header is counted
 * by compiling the tree's enumerations.
 */

/** Widths in bits. */
export interface FlagsLayout {
  readonly sections: number;
  readonly nodes: number;
  readonly zones: number;
  readonly lastCpupid: number;
  readonly kasanTag: number;
  readonly lruGen: number;
  readonly lruRefs: number;
  /** What nothing takes; below zero where it does not fit. */
  readonly left: number;
  /** The header's own `#error`, where it refuses. */
  readonly refused?: { readonly message: string; readonly line: number };
}

export interface PageFlags {
  readonly word: number;
  /** NR_PAGEFLAGS. */
  readonly pageFlags: number;
  /** NODES_SHIFT: what the node wants; a layout without room gives it none, and pages find their node by their section. */
  readonly nodesShift: number;
  readonly vmemmap: FlagsLayout;
  readonly classic: FlagsLayout;
  /** Which of them the configuration has. */
  readonly model: 'vmemmap' | 'classic';
}

export const LAYOUT_HEADER = 'include/linux/page-flags-layout.h';
const UNIT = 'iomem-review-bounds.c';

/** Undefined where the tree lacks these headers, or they are written otherwise. */
export function pageFlagsOf(profile: ArchProfile, tree: SourceTree): PageFlags | undefined {
  const counted = countFlags(profile, tree);
  if (!counted || tree.read(LAYOUT_HEADER) === undefined) return undefined;
  const vmemmap = layoutOf(profile, tree, counted, true);
  const classic = layoutOf(profile, tree, counted, false);
  if (!vmemmap || !classic) return undefined;
  return {
    word: profile.wordSize * 8,
    pageFlags: counted.pageFlags,
    nodesShift: nodesShift(profile),
    vmemmap,
    classic,
    model: profile.config.get('CONFIG_SPARSEMEM_VMEMMAP') === 'y' ? 'vmemmap' : 'classic',
  };
}

const number = (profile: ArchProfile, option: string): number => Number(profile.config.get(`CONFIG_${option}`) ?? 0);
/** include/linux/numa.h. */
const nodesShift = (profile: ArchProfile): number =>
  profile.config.get('CONFIG_NODES_SHIFT') === undefined ? 0 : number(profile, 'NODES_SHIFT');
/** order_base_2() of include/linux/log2.h. */
const orderBase2 = (n: number): number => (n < 2 ? 0 : 32 - Math.clz32(n - 1));

interface Counted {
  readonly pageFlags: number;
  readonly zoneCount: number;
}

/** Names of globals → the header's macros that they hold; older headers lack some. */
const widths = [
  ['sections', 'SECTIONS_WIDTH'],
  ['nodes', 'NODES_WIDTH'],
  ['zones', 'ZONES_WIDTH'],
  ['lastCpupid', 'LAST_CPUPID_WIDTH'],
  ['kasanTag', 'KASAN_TAG_WIDTH'],
  ['lruGen', 'LRU_GEN_WIDTH'],
  ['lruRefs', 'LRU_REFS_WIDTH'],
] as const;

function layoutOf(
  profile: ArchProfile,
  tree: SourceTree,
  { pageFlags, zoneCount }: Counted,
  vmemmap: boolean,
): FlagsLayout | undefined {
  const word = profile.wordSize * 8;
  const generations = profile.config.get('CONFIG_LRU_GEN') === 'y';
  const config = new Map(profile.config);
  config.set('CONFIG_SPARSEMEM_VMEMMAP', vmemmap ? 'y' : 'n');
  // What the build writes and architectures state. MAX_NR_GENS and MAX_NR_TIERS have been 4 since there are generations.
  const bounds = `#define BITS_PER_LONG ${word}
#define NR_PAGEFLAGS ${pageFlags}
#define MAX_NR_ZONES ${zoneCount}
#define NR_CPUS_BITS ${orderBase2(number(profile, 'NR_CPUS'))}
#define LRU_GEN_WIDTH ${generations ? orderBase2(5) : 0}
#define __LRU_REFS_WIDTH ${generations ? 2 : 0}
`;
  const unit = `#include <linux/page-flags-layout.h>
#undef min
#define min(a, b) ((a) < (b) ? (a) : (b))
${widths.map(([name, macro]) => `#ifdef ${macro}\nint ${name} = ${macro};\n#else\nint ${name};\n#endif\n`).join('')}`;
  const { program, errors } = compile({
    target: { wordSize: profile.wordSize, longLongAlign: profile.longLongAlign, charSigned: profile.charSigned },
    units: [{ path: UNIT, from: 'text', text: unit }],
    tree,
    model: new MemoryTree(
      new Map([
        ['include/generated/bounds.h', bounds],
        ['include/linux/numa.h', `#define NODES_SHIFT ${nodesShift(profile)}\n`],
        [
          'include/asm/sparsemem.h',
          '#define SECTION_SIZE_BITS IOMEM_SECTION_SIZE_BITS\n#define MAX_PHYSMEM_BITS IOMEM_MAX_PHYSMEM_BITS\n',
        ],
      ]),
    ),
    fromTree: [LAYOUT_HEADER],
    defines: definesOf({ ...profile, config }),
  });
  const refused = errors.find((e) => e.place?.file === LAYOUT_HEADER);
  if (errors.length > 0 && !refused) return undefined;
  const values = widths.map(([name]) => {
    const index = program.globalNamed(name);
    const width = index === undefined ? 0 : (program.globals[index]?.bytes[0] ?? 0);
    // What is left for references of generations goes below zero where nothing is.
    return [name, width < 128 ? width : 0] as const;
  });
  const found = Object.fromEntries(values) as Record<(typeof widths)[number][0], number>;
  // Where the header refuses for want of room for the node, it says no width.
  if (refused && found.nodes === 0) found.nodes = nodesShift(profile);
  return {
    ...found,
    left: word - pageFlags - Object.values(found).reduce((sum, bits) => sum + bits, 0),
    ...(refused ? { refused: { message: refused.what, line: refused.place!.line } } : {}),
  };
}

/** What kernel/bounds.c computes of the two enumerations that it needs, compiled with this configuration. */
function countFlags(profile: ArchProfile, tree: SourceTree): Counted | undefined {
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
