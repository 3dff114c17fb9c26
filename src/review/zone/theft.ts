import { errorNames } from '../../kernel/errno.ts';
import type { ResourceNode } from '../../kernel/resources.ts';
import { readTree } from '../../kernel/resources.ts';
import type { Machine, MachineEvent } from '../../machine/api.ts';
import type { SratRange } from '../../model/api.ts';
import { hotplugRanges, memoryBlockBytes, type Range, sectionBytes } from '../../model/sections.ts';
import { hex } from '../format.ts';
import { deviceRegions, problemAt, type ZoneBoot } from './judge.ts';

/** What firmware plugs at a time, at most. */
const DIMM = 32n << 30n;
/** Regions of one execution that are tried: more of the same say the same. */
const MOST = 4;
const MEMORY_HOTPLUG = 'add_memory';

/** Calls a function of the program in the machine and answers what it returns; undefined where it did not return. */
export type CallNow = (name: string, args: readonly bigint[]) => bigint | undefined;

/**
 * Regions that lie where SRAT announces memory to be plugged in: the memory is plugged, add_memory() is executed with the
 * region there and, where it fails, once more without it. The machine is of no use afterwards.
 */
export function judgeHotplug(machine: Machine, boot: ZoneBoot, call: CallNow): readonly MachineEvent[] {
  const { model } = boot;
  const ranges = hotplugRanges(model);
  const { program } = machine;
  const plug = program.functionNamed(MEMORY_HOTPLUG);
  if (ranges.length === 0 || plug === undefined || program.functions[plug]!.body() === undefined) return [];
  const arity = program.functions[plug]!.signature.params.length;
  const events: MachineEvent[] = [];
  for (const { node, maker } of deviceRegions(machine)) {
    const range = ranges.find((r) => r.start <= node.end && node.start <= r.end);
    const dimm = range && dimmAt(node, range, memoryBlockBytes(model));
    if (!dimm || events.length >= MOST) continue;
    const bound = boundAgainst(machine, boot, node);
    const size = dimm.end - dimm.start + 1n;
    const args = [BigInt(range.node), dimm.start, size, 0n].slice(0, arity);
    const first = asInt(call(MEMORY_HOTPLUG, args));
    if (first === undefined || first >= 0) continue;
    call('release_resource', [node.address]);
    const second = asInt(call(MEMORY_HOTPLUG, args));
    const then = second === 0 ? '; without it add_memory() succeeds' : '';
    events.push(
      problemAt(
        maker,
        'hotplug-range-taken',
        `plugging ${bytes(size)} at ${hex(dimm.start)} (node ${range.node}, SRAT [${hex(range.start)}-${hex(range.end)}]) now fails with ${errno(first)} because “${node.name}” holds [${hex(node.start)}-${hex(node.end)}]${then}; ${bound}`,
      ),
    );
  }
  return events;
}

const asInt = (value: bigint | undefined): number | undefined =>
  value === undefined ? undefined : Number(BigInt.asIntN(32, value));

const errno = (value: number): string => `-${errorNames.get(-value) ?? -value}`;

const bytes = (size: bigint): string => (size % (1n << 30n) === 0n ? `${size >> 30n} GiB` : `${size >> 20n} MiB`);

/** A module of memory, in whole blocks, that lies in the range and over the beginning of the region. */
function dimmAt(region: ResourceNode, range: SratRange, block: bigint): Range | undefined {
  const low = ((range.start + block - 1n) / block) * block;
  const high = ((range.end + 1n) / block) * block;
  if (high <= low) return undefined;
  const size = high - low < DIMM ? high - low : DIMM;
  const at = region.start > low ? region.start : low;
  let start = low + ((at - low) / size) * size;
  if (start + size > high) start = high - size;
  return start <= region.end && region.start < start + size ? { start, end: start + size - 1n } : undefined;
}

/** Below 4 GiB firmware places devices, and a log tells of none of them. */
const LOW = 1n << 32n;

/**
 * The bound on the search from the top under which it finds the highest free place outside of all such ranges; where there is
 * none, the one under which it finds nothing.
 */
function boundAgainst(machine: Machine, { model, directMapEnd }: ZoneBoot, region: ResourceNode): string {
  const section = sectionBytes(model.profile);
  const size = region.end - region.start + 1n;
  const announced = hotplugRanges(model);
  const held = [...readTree(machine).filter((c) => c.address !== region.address), ...announced].sort((a, b) =>
    a.end > b.end ? -1 : a.end < b.end ? 1 : 0,
  );
  let top = directMapEnd + 1n;
  for (const taken of [...held, { start: -1n, end: LOW - 1n }]) {
    if (taken.start >= top) continue;
    const start = ((top - size) / section) * section;
    // The search never answers what begins at 0.
    if (start > taken.end && start >= LOW && top >= size)
      return `a search that ends at ${hex(top - 1n)} takes [${hex(start)}-${hex(start + size - 1n)}] and leaves it alone`;
    if (taken.start < top) top = taken.start;
  }
  const last = announced.reduce((most, r) => (r.end > most && r.end <= directMapEnd ? r.end : most), 0n);
  return `whatever is free above 4 GiB is announced for hotplug: a search that begins at ${hex(last + 1n)} finds nothing and leaves it alone`;
}
