/** `IORESOURCE_*` and `IORES_DESC_*` (include/linux/ioport.h). */
export const IORESOURCE_MEM = 0x200n;
export const IORESOURCE_SYSRAM = 0x0100_0000n;
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

const SYSTEM_RAM = IORESOURCE_MEM | IORESOURCE_SYSRAM;
const BUSY = IORESOURCE_BUSY;

/**
 * Flags and desc that the kernel gives to a resource of this name: a text of /proc/iomem tells neither. `childNames` tells
 * a dax device that is system RAM from one that is not.
 */
export function inferFlags(
  name: string,
  childNames: readonly string[],
  isLeaf: boolean,
): { readonly flags: bigint; readonly desc: number } {
  const is = (pattern: RegExp): boolean => pattern.test(name);
  if (is(/^System RAM/)) return { flags: SYSTEM_RAM | BUSY, desc: IORES_DESC.none };
  if (is(/^Kernel (code|data|rodata|bss)/)) return { flags: SYSTEM_RAM | BUSY, desc: IORES_DESC.none };
  if (is(/^Crash kernel/)) return { flags: SYSTEM_RAM | BUSY, desc: IORES_DESC.crashKernel };
  if (is(/^virtio\d+$/)) return { flags: SYSTEM_RAM | IORESOURCE_EXCLUSIVE, desc: IORES_DESC.none };
  if (is(/^dax\d+\.\d+$/)) {
    const ram = childNames.some((child) => child.startsWith('System RAM'));
    return { flags: ram ? SYSTEM_RAM : IORESOURCE_MEM | BUSY, desc: IORES_DESC.none };
  }
  if (is(/^CXL Window/)) return { flags: IORESOURCE_MEM, desc: IORES_DESC.cxl };
  if (is(/^region\d+$/)) return { flags: IORESOURCE_MEM, desc: IORES_DESC.cxl };
  if (is(/^Soft Reserved/i)) return { flags: IORESOURCE_MEM, desc: IORES_DESC.softReserved };
  if (is(/^Persistent Memory \(legacy\)/)) return { flags: IORESOURCE_MEM, desc: IORES_DESC.persistentMemoryLegacy };
  if (is(/^Persistent Memory/)) return { flags: IORESOURCE_MEM, desc: IORES_DESC.persistentMemory };
  if (is(/^ACPI Tables/)) return { flags: IORESOURCE_MEM | BUSY, desc: IORES_DESC.acpiTables };
  if (is(/^ACPI Non-volatile/)) return { flags: IORESOURCE_MEM | BUSY, desc: IORES_DESC.acpiNv };
  if (is(/^reserved$/i)) return { flags: IORESOURCE_MEM, desc: IORES_DESC.reserved };
  if (is(/^(PCI |pci_bus|PCI$)/i) || is(/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i) || is(/^pnp |^PNP/))
    return { flags: IORESOURCE_MEM, desc: IORES_DESC.none };
  // What is left and has nothing inside was claimed by a driver, which marks it busy.
  return { flags: isLeaf ? IORESOURCE_MEM | BUSY : IORESOURCE_MEM, desc: IORES_DESC.none };
}
