import { IORESOURCE_BUSY, IORESOURCE_MEM, IORESOURCE_SYSRAM } from '../../model/flags.ts';
import { type Call, type Region, ROOTS, type Sequence } from './sequence.ts';
import { layoutOf, type Operation } from './surface.ts';

/*
 * What machines look like, tried before anything is made up: RAM, RAM below a window that is no RAM (CXL, persistent memory),
 * a driver's registers below a bus, and one call on the whole, the ends or the middle of the innermost region, or behind it.
 * Sequences that show the same are kept by size, so that of two as small the one stays that a reviewer has seen before.
 */

const MIB = 0x100000n;
const BASE = 0x100000000n;
export const RAM = IORESOURCE_MEM | IORESOURCE_SYSRAM | IORESOURCE_BUSY;
const MMIO = IORESOURCE_MEM | IORESOURCE_BUSY;

/** The range that a call is about. The end is inclusive. */
interface About {
  readonly start: bigint;
  readonly size: bigint;
  readonly align: bigint;
  readonly end: bigint;
  readonly flags: bigint;
  /** Handle of the resource that is handed over where the operation wants one that is there. */
  readonly resource: bigint;
}

/** One call of an operation about a range. */
export function callOn(operation: Operation, op: number, about: About): Call {
  const args: bigint[] = Array.from({ length: operation.words }, () => 0n);
  for (const { param, at } of layoutOf(operation.params)) {
    if (param.kind === 'resource')
      args.splice(
        at,
        6,
        param.fresh ? 0xffn : about.resource,
        about.start,
        about.start + about.size - 1n,
        about.flags,
        0n,
        2n,
      );
    else if (param.kind === 'int') args[at] = numberFor(param.role, about);
    else if (param.kind === 'callback' && param.nullable) args[at] = 2n;
  }
  return { op, args };
}

function numberFor(role: string, { start, end, size, align, flags }: About): bigint {
  switch (role) {
    case 'address':
      return start;
    case 'end':
      return end;
    case 'size':
      return size;
    case 'align':
      return align;
    case 'pfn':
      return start >> 12n;
    case 'pages':
      return size >> 12n;
    case 'flags':
      return flags;
    case 'gfp':
      return 0xcc0n;
    default:
      return 0n;
  }
}

const region = (parent: number, mib: number, length: number, flags: bigint, name: number): Region => ({
  parent,
  start: BASE + BigInt(mib) * MIB,
  end: BASE + BigInt(mib + length) * MIB - 1n,
  flags,
  desc: 0n,
  name,
});
const SYSTEM_RAM = 4;
const trees: readonly (readonly Region[])[] = [
  [region(0, 0, 1024, RAM, SYSTEM_RAM)],
  [region(0, 0, 1024, IORESOURCE_MEM, 0), region(ROOTS, 0, 512, RAM, SYSTEM_RAM)],
  [region(0, 0, 256, IORESOURCE_MEM, 0), region(ROOTS, 16, 16, MMIO, 1)],
  [region(0, 0, 256, MMIO, 0)],
];

/** Every target on every such tree. */
export function typicalSequences(operations: readonly Operation[], targets: readonly number[]): readonly Sequence[] {
  return targets.flatMap((op) =>
    trees.flatMap((regions) => {
      const { start, end, flags } = regions.at(-1)!;
      const quarter = (end + 1n - start) / 4n;
      const about: readonly (readonly [bigint, bigint])[] = [
        [start, 4n * quarter],
        [start, quarter],
        [start + quarter, quarter],
        [start + 3n * quarter, quarter],
        [end + 1n, quarter],
      ];
      return about.map(([from, size]): Sequence => {
        const resource = BigInt(ROOTS + regions.length - 1);
        const call = callOn(operations[op]!, op, {
          start: from,
          size,
          align: MIB,
          end: from + size - 1n,
          flags,
          resource,
        });
        return { regions, calls: [call], fail: 0 };
      });
    }),
  );
}
