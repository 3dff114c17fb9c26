import type { ArchProfile, MachineResource } from './api.ts';
import { linesOf } from './lines.ts';
import { profileNamed } from './profiles.ts';

/*
 * Which architecture a text is of, by what only its kernel writes. A text without such a sign is taken for x86_64.
 */

/** Profiles of an architecture, the smallest address space first, and the signs of it. */
interface Architecture {
  readonly profiles: readonly string[];
  /** Names of regions: arch/*\/kernel/setup.c, interrupt controllers, what device trees call them. */
  readonly region?: RegExp;
  /** Lines of a kernel log. */
  readonly log: RegExp;
}

const architectures: readonly Architecture[] = [
  {
    profiles: ['x86_64', 'x86_64-5level'],
    region:
      /^(?:Local APIC|IOAPIC \d|HPET \d|System ROM|Video ROM|PCI (?:MMCONFIG|ECAM) \d{4} \[bus|RAM buffer|pnp \d\d:)/,
    log: /\bBIOS-e820: |\be820: |\bx86\/|\bAPIC 0x[0-9a-f]+ -> Node|Linux version \S*(?:x86_64|amd64)/,
  },
  {
    profiles: ['arm64-4k', 'arm64-64k'],
    region: /^(?:GIC[DRV]\b|arm-smmu|ARMH\d{4}:)|\bpl0(?:11|31|61)@/,
    log: /Booting Linux on physical CPU 0x|\bGICv[34]: |-> MPIDR 0x|Linux version \S*(?:aarch64|arm64)/,
  },
  {
    profiles: ['riscv64'],
    region: /\b(?:clint|plic|aplic|imsics?)@/,
    log: /\briscv: |SBI specification v|Linux version \S*riscv64/,
  },
  {
    profiles: ['ppc64'],
    region: /^pciex@[0-9a-f]+/,
    log: /\b(?:hash-mmu|radix-mmu|PowerPC|pSeries|PowerNV)\b|Linux version \S*ppc64/,
  },
  {
    profiles: ['s390x'],
    log: /\bsetup: Linux is running |\bsetup: The maximum memory size is|Linux version \S*s390x/,
  },
];

/** More lines of a log than come before it tells its architecture. */
const LOG_LINES = 20_000;

/** The profile of a kernel log. Undefined where nothing tells. */
export function profileOfLog(text: string, resources: readonly MachineResource[]): ArchProfile | undefined {
  let number = 0;
  for (const { text: line } of linesOf(text)) {
    if (++number > LOG_LINES) break;
    const found = architectures.find(({ log }) => log.test(line.slice(0, 400)));
    if (found) return thatHolds(found, resources);
  }
  return undefined;
}

/** The profile of a text of /proc/iomem. Undefined where no name tells. */
export function profileOfRegions(resources: readonly MachineResource[]): ArchProfile | undefined {
  const waiting = [...resources].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const name = node.name.slice(0, 200);
    const found = architectures.find(({ region }) => region?.test(name));
    if (found) return thatHolds(found, resources);
    for (const child of node.children) waiting.push(child);
  }
  return undefined;
}

/** The smallest that has all System RAM below its end. */
function thatHolds({ profiles }: Architecture, resources: readonly MachineResource[]): ArchProfile {
  const end = resources.reduce((most, r) => (r.name.startsWith('System RAM') && r.end > most ? r.end : most), 0n);
  const all = profiles.map((name) => profileNamed(name)!);
  return all.find((p) => end < 1n << BigInt(p.maxPhysmemBits)) ?? all.at(-1)!;
}
