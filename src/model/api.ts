/*
 * The physical machine around the allocator, as data. Addresses are bigint, ends are inclusive, as the kernel has them.
 */

/** One node of an iomem tree. */
export interface MachineResource {
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
  /** `IORESOURCE_*` bits; inferred from the name where a text does not tell (DOMAIN.md section 6). */
  readonly flags: bigint;
  /** `IORES_DESC_*`. */
  readonly desc: number;
  readonly children: readonly MachineResource[];
  /** 1-based line of the text it was read from. */
  readonly line?: number;
}
/** What firmware promised: an entry of SRAT. */
export interface SratRange {
  readonly node: number;
  readonly pxm: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly hotplug: boolean;
  readonly nonVolatile: boolean;
  readonly line?: number;
}
/** A range that firmware or a kernel log tells of, with the word for what it is: `usable`, `soft reserved`. */
export interface FirmwareRange {
  readonly start: bigint;
  readonly end: bigint;
  readonly type: string;
  readonly line: number;
}
/** An architecture's constants and configuration, as macros for the C code. */
export interface ArchProfile {
  /** `x86_64`, `x86_64-5level`, `arm64-4k`, … */
  readonly name: string;
  readonly wordSize: 4 | 8;
  readonly longLongAlign: 4 | 8;
  readonly charSigned: boolean;
  readonly littleEndian: boolean;
  readonly physAddrBits: 32 | 64;
  readonly pageShift: number;
  readonly sectionSizeBits: number;
  readonly maxPhysmemBits: number;
  /** Highest address of the direct map, inclusive: PHYSMEM_END / DIRECT_MAP_PHYSMEM_END. */
  readonly physmemEnd: bigint;
  /** CONFIG_X → 'y', 'm', a number or a string in quotes. Absent, or 'n' where a configuration says so: not set. */
  readonly config: ReadonlyMap<string, string>;
}
export interface MachineModel {
  /** `x86_64`, `crowded-top`, or the path of the text it was read from. */
  readonly name: string;
  readonly description: string;
  readonly profile: ArchProfile;
  readonly iomem: readonly MachineResource[];
  readonly srat: readonly SratRange[];
}
