import type { ArchProfile } from './api.ts';

/*
 * Architectures as constants and configuration. Numbers from arch/*\/include/asm/sparsemem.h and the kernel's memory model
 * documentation; configurations are the ones in which the code under review is compiled in.
 */

const common = [
  'SPARSEMEM',
  'SPARSEMEM_EXTREME',
  'SPARSEMEM_VMEMMAP',
  'MEMORY_HOTPLUG',
  'MEMORY_HOTREMOVE',
  // Until 5.15: hotplug on sparse memory, a matter of course since.
  'MEMORY_HOTPLUG_SPARSE',
  'ZONE_DEVICE',
  'DEVICE_PRIVATE',
  'MIGRATION',
  'MMU_NOTIFIER',
  'HMM_MIRROR',
  'XARRAY_MULTI',
  'COMPACTION',
  'MEMORY_ISOLATION',
  'CONTIG_ALLOC',
  'GET_FREE_REGION',
  'PROC_FS',
  'NUMA',
  'SMP',
  'MMU',
  'PCI',
  'ACPI',
  'DEV_DAX_KMEM',
  'FS_DAX',
  'CXL_REGION',
  'STRICT_DEVMEM',
  'IO_STRICT_DEVMEM',
  'DEVMEM',
  'PRINTK',
  'BUG',
];

/** Numbers of configuration that headers compute with, as distributions set them. */
const commonNumbers: Readonly<Record<string, number>> = {
  HZ: 250,
  NR_CPUS: 64,
  NODES_SHIFT: 6,
  LOG_BUF_SHIFT: 18,
  BASE_SMALL: 0,
  ARCH_FORCE_MAX_ORDER: 10,
  SPLIT_PTLOCK_CPUS: 4,
  FRAME_WARN: 2048,
};

interface Facts {
  readonly name: string;
  readonly wordSize: 4 | 8;
  readonly longLongAlign?: 4;
  readonly charSigned: boolean;
  readonly littleEndian?: false;
  readonly physAddrBits: 32 | 64;
  readonly pageShift?: number;
  readonly sectionSizeBits: number;
  readonly maxPhysmemBits: number;
  readonly physmemEnd?: bigint;
  readonly config: readonly string[];
  readonly numbers?: Readonly<Record<string, number>>;
  readonly without?: readonly string[];
}

function profile(facts: Facts): ArchProfile {
  const wide = facts.wordSize === 8;
  const config = [...common.filter((name) => !facts.without?.includes(name)), ...facts.config];
  if (wide) config.push('64BIT');
  if (facts.physAddrBits === 64) config.push('PHYS_ADDR_T_64BIT', 'ARCH_HAS_PHYS_ADDR_T_64BIT');
  return {
    name: facts.name,
    wordSize: facts.wordSize,
    longLongAlign: facts.longLongAlign ?? 8,
    charSigned: facts.charSigned,
    littleEndian: facts.littleEndian ?? true,
    physAddrBits: facts.physAddrBits,
    pageShift: facts.pageShift ?? 12,
    sectionSizeBits: facts.sectionSizeBits,
    maxPhysmemBits: facts.maxPhysmemBits,
    physmemEnd: facts.physmemEnd ?? (1n << BigInt(facts.maxPhysmemBits)) - 1n,
    config: new Map([
      ...config.map((name) => [`CONFIG_${name}`, 'y'] as const),
      ...Object.entries({
        ...commonNumbers,
        PAGE_SHIFT: facts.pageShift ?? 12,
        ...facts.numbers,
      }).map(([name, value]) => [`CONFIG_${name}`, String(value)] as const),
    ]),
  };
}

const x86 = {
  X86_L1_CACHE_SHIFT: 6,
  X86_INTERNODE_CACHE_SHIFT: 6,
  PHYSICAL_START: 0x1000000,
  PHYSICAL_ALIGN: 0x200000,
  // Of RANDOMIZE_MEMORY, which is off.
  RANDOMIZE_MEMORY_PHYSICAL_PADDING: 10,
};

const thirtyTwoBit = [
  'SPARSEMEM_VMEMMAP',
  'SPARSEMEM_EXTREME',
  'ZONE_DEVICE',
  'DEVICE_PRIVATE',
  'NUMA',
  'FS_DAX',
  'CXL_REGION',
];

const profiles: ReadonlyMap<string, ArchProfile> = new Map(
  [
    profile({
      name: 'x86_64',
      wordSize: 8,
      charSigned: true,
      physAddrBits: 64,
      sectionSizeBits: 27,
      maxPhysmemBits: 46,
      config: ['X86', 'X86_64'],
      numbers: { ...x86, PGTABLE_LEVELS: 4 },
    }),
    profile({
      name: 'x86_64-5level',
      wordSize: 8,
      charSigned: true,
      physAddrBits: 64,
      sectionSizeBits: 27,
      maxPhysmemBits: 52,
      config: ['X86', 'X86_64', 'X86_5LEVEL'],
      numbers: { ...x86, PGTABLE_LEVELS: 5 },
    }),
    // 48-bit addresses, half of them for the linear map.
    profile({
      name: 'arm64-4k',
      wordSize: 8,
      charSigned: false,
      physAddrBits: 64,
      sectionSizeBits: 27,
      maxPhysmemBits: 48,
      physmemEnd: (1n << 47n) - 1n,
      config: ['ARM64', 'ARM64_4K_PAGES', 'GENERIC_LIB_DEVMEM_IS_ALLOWED'],
      numbers: {
        ARM64_PAGE_SHIFT: 12,
        ARM64_CONT_PTE_SHIFT: 4,
        ARM64_CONT_PMD_SHIFT: 4,
        ARM64_VA_BITS: 48,
        ARM64_PA_BITS: 48,
        PGTABLE_LEVELS: 4,
      },
    }),
    profile({
      name: 'arm64-64k',
      wordSize: 8,
      charSigned: false,
      physAddrBits: 64,
      pageShift: 16,
      sectionSizeBits: 29,
      maxPhysmemBits: 52,
      physmemEnd: (1n << 51n) - 1n,
      config: ['ARM64', 'ARM64_64K_PAGES', 'GENERIC_LIB_DEVMEM_IS_ALLOWED'],
      numbers: {
        ARM64_PAGE_SHIFT: 16,
        ARM64_CONT_PTE_SHIFT: 5,
        ARM64_CONT_PMD_SHIFT: 5,
        ARM64_VA_BITS: 52,
        ARM64_PA_BITS: 52,
        PGTABLE_LEVELS: 3,
        ARCH_FORCE_MAX_ORDER: 13,
      },
    }),
    profile({
      name: 'riscv64',
      wordSize: 8,
      charSigned: false,
      physAddrBits: 64,
      sectionSizeBits: 27,
      maxPhysmemBits: 56,
      config: ['RISCV', 'GENERIC_LIB_DEVMEM_IS_ALLOWED'],
      numbers: { PGTABLE_LEVELS: 5 },
    }),
    profile({
      name: 'ppc64',
      wordSize: 8,
      charSigned: false,
      physAddrBits: 64,
      pageShift: 16,
      sectionSizeBits: 24,
      maxPhysmemBits: 51,
      config: ['PPC', 'PPC64', 'PPC_BOOK3S_64'],
      numbers: { PPC_PAGE_SHIFT: 16, PGTABLE_LEVELS: 4, ARCH_FORCE_MAX_ORDER: 8 },
    }),
    profile({
      name: 's390x',
      wordSize: 8,
      charSigned: false,
      littleEndian: false,
      physAddrBits: 64,
      sectionSizeBits: 28,
      maxPhysmemBits: 46,
      config: ['S390'],
      numbers: { PGTABLE_LEVELS: 5, MAX_PHYSMEM_BITS: 46 },
    }),
    profile({
      name: 'i386-pae',
      wordSize: 4,
      longLongAlign: 4,
      charSigned: true,
      physAddrBits: 64,
      sectionSizeBits: 29,
      maxPhysmemBits: 36,
      config: ['X86', 'X86_32', 'X86_PAE'],
      numbers: { ...x86, PGTABLE_LEVELS: 3, NODES_SHIFT: 0 },
      without: thirtyTwoBit,
    }),
    profile({
      name: 'arm',
      wordSize: 4,
      charSigned: false,
      physAddrBits: 32,
      sectionSizeBits: 28,
      maxPhysmemBits: 32,
      config: ['ARM'],
      numbers: { ARM_L1_CACHE_SHIFT: 6, PGTABLE_LEVELS: 2, PAGE_OFFSET: 0xc0000000, NR_CPUS: 8, NODES_SHIFT: 0 },
      without: thirtyTwoBit,
    }),
  ].map((p) => [p.name, p]),
);

export const profileNames: readonly string[] = [...profiles.keys()];

export const profileNamed = (name: string): ArchProfile | undefined => profiles.get(name);

const archMacros: Record<string, readonly string[]> = {
  CONFIG_X86_64: ['__x86_64__', '__amd64__'],
  CONFIG_X86_32: ['__i386__'],
  CONFIG_ARM64: ['__aarch64__'],
  CONFIG_ARM: ['__arm__'],
  CONFIG_RISCV: ['__riscv'],
  CONFIG_PPC64: ['__powerpc64__', '__powerpc__'],
  CONFIG_S390: ['__s390x__', '__s390__'],
};

/** The profile as macros of the C code: its configuration as kconfig writes it, its constants as IOMEM_*. */
export function definesOf(profile: ArchProfile): Map<string, string> {
  const defines = new Map<string, string>();
  for (const [name, value] of profile.config) {
    if (value === 'n') continue;
    if (value === 'm') defines.set(`${name}_MODULE`, '1');
    else defines.set(name, value === 'y' ? '1' : value);
    for (const macro of archMacros[name] ?? []) defines.set(macro, '1');
  }
  defines.set('IOMEM_PAGE_SHIFT', String(profile.pageShift));
  defines.set('IOMEM_SECTION_SIZE_BITS', String(profile.sectionSizeBits));
  defines.set('IOMEM_MAX_PHYSMEM_BITS', String(profile.maxPhysmemBits));
  defines.set('IOMEM_PHYS_ADDR_BITS', String(profile.physAddrBits));
  defines.set('IOMEM_PHYSMEM_END', `0x${profile.physmemEnd.toString(16)}ULL`);
  return defines;
}
