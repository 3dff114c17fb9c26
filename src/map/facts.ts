import { IORES_DESC, IORESOURCE_BUSY, IORESOURCE_MEM, IORESOURCE_SYSRAM } from '../model/flags.ts';
import { t } from './language.ts';

/** What a region is, for its looks. */
export type Kind = 'ram' | 'reserved' | 'pci' | 'device' | 'cxl' | 'pmem' | 'virtio' | 'kernel' | 'other';

/** In the order of a legend. */
export const kindNames = (): Readonly<Record<Kind, string>> => ({
  ram: 'System RAM',
  kernel: t('Kernel'),
  reserved: t('Reserved, ACPI'),
  pci: 'PCI, MMIO',
  device: t('Device memory'),
  cxl: 'CXL, dax',
  pmem: t('Persistent memory'),
  virtio: 'virtio-mem',
  other: t('Drivers, other'),
});

interface Named {
  readonly name: string;
  readonly flags: bigint;
  readonly desc: number;
}

const byName: readonly (readonly [RegExp, Kind])[] = [
  [/^Kernel |^Crash kernel/, 'kernel'],
  [/^System RAM \(virtio_mem\)|^virtio\d+$/, 'virtio'],
  [/^System RAM/, 'ram'],
  [/^CXL |^region\d+$|^dax\d|^Soft Reserved/i, 'cxl'],
  [/^Persistent Memory|^namespace\d/, 'pmem'],
  [/^reserved|ROM$|^ACPI |^RAM buffer|^Unusable|Stolen Memory$|^Video RAM/i, 'reserved'],
  [/^PCI |^[0-9a-f]{4}:[0-9a-f]{2}:|^pnp |^PNP|APIC|^HPET|MMIO/i, 'pci'],
];

/** Names repeat by the thousand; what is remembered is bounded. */
const known = new Map<string, Kind | undefined>();

function kindByName(name: string): Kind | undefined {
  if (!known.has(name)) {
    if (known.size > 10_000) known.clear();
    known.set(name, byName.find(([pattern]) => pattern.test(name))?.[1]);
  }
  return known.get(name);
}

export function kindOf(region: Named): Kind {
  if (region.desc === IORES_DESC.devicePrivate) return 'device';
  const named = kindByName(region.name);
  if (named) return named;
  if (region.desc === IORES_DESC.cxl || region.desc === IORES_DESC.softReserved) return 'cxl';
  if (region.desc === IORES_DESC.persistentMemory || region.desc === IORES_DESC.persistentMemoryLegacy) return 'pmem';
  if (region.desc === IORES_DESC.reserved) return 'reserved';
  if (region.flags & IORESOURCE_SYSRAM) return 'ram';
  return 'other';
}

/** `IORESOURCE_*` of include/linux/ioport.h that are single bits. */
const flagBits: readonly (readonly [bigint, string])[] = [
  [0x2000n, 'PREFETCH'],
  [0x4000n, 'READONLY'],
  [0x8000n, 'CACHEABLE'],
  [0x1_0000n, 'RANGELENGTH'],
  [0x2_0000n, 'SHADOWABLE'],
  [0x4_0000n, 'SIZEALIGN'],
  [0x8_0000n, 'STARTALIGN'],
  [0x10_0000n, 'MEM_64'],
  [0x20_0000n, 'WINDOW'],
  [0x40_0000n, 'MUXED'],
  [IORESOURCE_SYSRAM, 'SYSRAM'],
  [0x200_0000n, 'DRIVER_MANAGED'],
  [0x400_0000n, 'MERGEABLE'],
  [0x800_0000n, 'EXCLUSIVE'],
  [0x1000_0000n, 'DISABLED'],
  [0x2000_0000n, 'UNSET'],
  [0x4000_0000n, 'AUTO'],
  [IORESOURCE_BUSY, 'BUSY'],
];
const types = new Map([
  [0x100n, 'IO'],
  [IORESOURCE_MEM, 'MEM'],
  [0x300n, 'REG'],
  [0x400n, 'IRQ'],
  [0x800n, 'DMA'],
  [0x1000n, 'BUS'],
]);

/** `MEM | BUSY`; bits without a name as a number. The order is that of the bits. */
export function flagsText(flags: bigint): string {
  const words: string[] = [];
  let rest = flags;
  const type = types.get(flags & 0x1f00n);
  if (type) {
    words.push(type);
    rest &= ~0x1f00n;
  }
  for (const [bit, name] of flagBits) {
    if (!(rest & bit)) continue;
    words.push(name);
    rest &= ~bit;
  }
  if (rest) words.push(`0x${rest.toString(16)}`);
  return words.join(' | ') || '0';
}

const descNames = [
  'NONE',
  'CRASH_KERNEL',
  'ACPI_TABLES',
  'ACPI_NV_STORAGE',
  'PERSISTENT_MEMORY',
  'PERSISTENT_MEMORY_LEGACY',
  'DEVICE_PRIVATE_MEMORY',
  'RESERVED',
  'SOFT_RESERVED',
  'CXL',
];

export const descText = (desc: number): string => descNames[desc] ?? String(desc);

export const isBusy = (flags: bigint): boolean => (flags & IORESOURCE_BUSY) !== 0n;
