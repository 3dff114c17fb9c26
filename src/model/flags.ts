/** `IORESOURCE_*` and `IORES_DESC_*` (include/linux/ioport.h). */
export const IORESOURCE_MEM = 0x200n;
export const IORESOURCE_SYSRAM = 0x0100_0000n;
export const IORESOURCE_SYSRAM_DRIVER_MANAGED = 0x0200_0000n;
export const IORESOURCE_SYSRAM_MERGEABLE = 0x0400_0000n;
export const IORESOURCE_EXCLUSIVE = 0x0800_0000n;
export const IORESOURCE_BUSY = 0x8000_0000n;

export const IORES_DESC = {
  none: 0,
  crashKernel: 1,
  acpiTables: 2,
  acpiNv: 3,
  persistentMemory: 4,
  persistentMemoryLegacy: 5,
  devicePrivate: 6,
  reserved: 7,
  softReserved: 8,
  cxl: 9,
} as const;

const MEM = IORESOURCE_MEM;
const BUSY = IORESOURCE_BUSY;
const SYSTEM_RAM = IORESOURCE_MEM | IORESOURCE_SYSRAM;
const DRIVER_RAM = SYSTEM_RAM | BUSY | IORESOURCE_SYSRAM_DRIVER_MANAGED;

/** Name of a resource → its flags and desc; the first that fits. Who makes it is in the comment where that is not plain. */
const byName: readonly (readonly [pattern: RegExp, flags: bigint, desc: number])[] = [
  // mm/memory_hotplug.c, add_memory_driver_managed(); virtio-mem asks for merging.
  [/^System RAM \(virtio_mem\)/, DRIVER_RAM | IORESOURCE_SYSRAM_MERGEABLE, IORES_DESC.none],
  [/^System RAM \(/, DRIVER_RAM, IORES_DESC.none],
  [/^System RAM/, SYSTEM_RAM | BUSY, IORES_DESC.none],
  [/^Kernel (code|data|rodata|bss|text)/, SYSTEM_RAM | BUSY, IORES_DESC.none],
  [/^Crash kernel/, SYSTEM_RAM | BUSY, IORES_DESC.crashKernel],
  // drivers/virtio/virtio_mem.c: the device's whole range, plugged or not.
  [/^virtio\d+$/, SYSTEM_RAM | IORESOURCE_EXCLUSIVE, IORES_DESC.none],
  [/^CXL Window/, MEM, IORES_DESC.cxl],
  [/^region\d+$/, MEM, IORES_DESC.none],
  [/^Soft Reserved/i, MEM, IORES_DESC.softReserved],
  [/^Persistent Memory \(legacy\)/, MEM, IORES_DESC.persistentMemoryLegacy],
  [/^Persistent Memory/, MEM, IORES_DESC.persistentMemory],
  [/^ACPI Tables/, MEM | BUSY, IORES_DESC.acpiTables],
  [/^ACPI Non-volatile/, MEM | BUSY, IORES_DESC.acpiNv],
  [/^reserved$/i, MEM, IORES_DESC.reserved],
  [/^PCI (MMCONFIG|ECAM)/, MEM | BUSY, IORES_DESC.none],
  // Buses, BARs, and what drivers/pnp/system.c reserves: containers for drivers.
  [/^PCI |^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$|^pnp |^PNP/i, MEM, IORES_DESC.none],
];

/**
 * Flags and desc that the kernel gives to a resource of this name: a text of /proc/iomem tells neither. `children` are the
 * names directly below; they tell a dax device that became system RAM, and a driver's claim, from a container.
 */
export function inferFlags(
  name: string,
  children: readonly string[],
): { readonly flags: bigint; readonly desc: number } {
  if (/^dax\d+\.\d+$/.test(name)) {
    // drivers/dax/kmem.c clears BUSY before it adds the memory.
    const ram = children.some((child) => child.startsWith('System RAM'));
    return { flags: ram ? SYSTEM_RAM : MEM | BUSY, desc: IORES_DESC.none };
  }
  for (const [pattern, flags, desc] of byName) if (pattern.test(name)) return { flags, desc };
  // What is left and has nothing inside was claimed by a driver, which marks it busy.
  return { flags: children.length === 0 ? MEM | BUSY : MEM, desc: IORES_DESC.none };
}
