import type { SourceTree } from '../../base/tree.ts';
import type { ArchProfile } from '../../model/api.ts';

/** Statements of such a scenario: a search from the top of 64 TiB down in steps of a section takes 12 million. */
export const ZONE_STATEMENTS = 64_000_000;

/** What a scenario writes for all units around device memory and memory hotplug: `// units: zones`. */
export const ZONES = 'zones';

/** Sections, device memory, hotplug, and who uses them: what of that a tree has for an architecture is executed. */
const everywhere = [
  'mm/memremap.c',
  'mm/memory_hotplug.c',
  'mm/sparse.c',
  'mm/sparse-vmemmap.c',
  'drivers/dax/kmem.c',
] as const;
const ofArchitecture: readonly (readonly [option: string, unit: string])[] = [
  ['CONFIG_X86_64', 'arch/x86/mm/init_64.c'],
  ['CONFIG_RANDOMIZE_MEMORY', 'arch/x86/mm/kaslr.c'],
];

/** Of classic sparse memory: it has no ZONE_DEVICE, and since 7.0 no hotplug either (mm/Kconfig). */
const ofClassicSparse: readonly (readonly [option: string, unit: string])[] = [
  ['CONFIG_MEMORY_HOTPLUG', 'mm/memory_hotplug.c'],
  ['CONFIG_SPARSEMEM', 'mm/sparse.c'],
  ['CONFIG_DEV_DAX_KMEM', 'drivers/dax/kmem.c'],
  ['CONFIG_X86_64', 'arch/x86/mm/init_64.c'],
];

/**
 * The units that a scenario names, as far as the tree has them. For `zones` with classic sparse memory they are those of
 * sections and hotplug, and none where words have 32 bits.
 */
export function expandUnits(units: readonly string[], tree: SourceTree, profile: ArchProfile): readonly string[] {
  const all = units.flatMap((unit) =>
    unit === ZONES
      ? profile.config.get('CONFIG_SPARSEMEM_VMEMMAP') !== 'y'
        ? profile.wordSize === 8
          ? ofClassicSparse.flatMap(([option, path]) => (profile.config.get(option) === 'y' ? [path] : []))
          : []
        : [
            ...everywhere,
            ...ofArchitecture.flatMap(([option, path]) => (profile.config.get(option) === 'y' ? [path] : [])),
          ]
      : [unit],
  );
  return [...new Set(all)].filter((path) => tree.read(path) !== undefined);
}
