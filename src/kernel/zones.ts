import type { Machine } from '../machine/api.ts';
import type { MachineModel } from '../model/api.ts';
import { bootRam, memoryBlockBytes } from '../model/sections.ts';
import { fieldsOf } from './layout.ts';

/*
 * The machine's memory as lib/kernel/zone.c wants it: what firmware promises, what is there at boot, how large blocks are.
 */

const MAX_RANGES = 256;

interface Row {
  readonly start: bigint;
  readonly end: bigint;
  readonly node: number;
  readonly hotplug?: boolean;
}

/** Writes the machine's ranges. Does nothing in a program without the library. */
export function buildZones(machine: Machine, model: MachineModel): void {
  const { program, memory } = machine;
  const global = (name: string): bigint | undefined => {
    const index = program.globalNamed(name);
    return index === undefined ? undefined : memory.addressOfGlobal(index);
  };
  const fields = fieldsOf(program, 'iomem_firmware_range');
  const type = program.typeNamed('iomem_firmware_range');
  const write = (name: string, rows: readonly Row[]): void => {
    const [base, count] = [global(`__iomem_${name}`), global(`__iomem_${name}_count`)];
    if (base === undefined || count === undefined || !fields || type?.kind !== 'struct') return;
    const kept = rows.slice(0, MAX_RANGES);
    for (const [i, row] of kept.entries()) {
      const at = base + BigInt(i * type.size);
      for (const [field, value] of [
        ['start', row.start],
        ['end', row.end],
        ['node', BigInt(row.node)],
        ['hotplug', row.hotplug ? 1n : 0n],
      ] as const) {
        const place = fields.get(field);
        if (place) memory.write(at + place.offset, place.size, value);
      }
    }
    memory.write(count, 4, BigInt(kept.length));
  };
  write('srat', model.srat);
  write('ram', bootRam(model));
  const block = global('__iomem_block_bytes');
  if (block !== undefined) memory.write(block, memory.wordSize, memoryBlockBytes(model));
}

/** One call of the kernel's boot: of what the tree has under these names, with these arguments. */
export interface BootCall {
  readonly names: readonly string[];
  readonly args: readonly bigint[];
}

/** Boot of memory management: nodes and ends of memory, the tree's sections and which parts of them are memory. */
export function bootCalls(model: MachineModel): readonly BootCall[] {
  const shift = BigInt(model.profile.pageShift);
  return [
    { names: ['__iomem_zone_boot'], args: [] },
    { names: ['kernel_randomize_memory'], args: [] },
    { names: ['sparse_init'], args: [] },
    ...bootRam(model).map(({ start, end }) => ({
      names: ['subsection_map_init', 'sparse_init_subsection_map'],
      args: [start >> shift, (end + 1n - start) >> shift],
    })),
    { names: ['__iomem_zone_booted'], args: [] },
  ];
}
