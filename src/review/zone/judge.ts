import { fieldsOf } from '../../kernel/layout.ts';
import { judgeLedger, type LedgerEntry } from '../../kernel/ledger.ts';
import { type ResourceNode, readTree } from '../../kernel/resources.ts';
import type { HeapObject, Machine, MachineEvent } from '../../machine/api.ts';
import type { MachineModel } from '../../model/api.ts';
import { compatAlign, lastPage } from '../../model/sections.ts';
import { hex } from '../format.ts';

/** IORES_DESC_DEVICE_PRIVATE_MEMORY: a region for which a driver will make struct pages. */
const DEVICE_PRIVATE = 6;
/** include/linux/memremap.h, since 4.14. */
const MEMORY_DEVICE_PRIVATE = 1n;
/** IORESOURCE_SYSRAM | IORESOURCE_MEM | IORESOURCE_BUSY: memory that was added. A driver's container of memory is not busy. */
const RAM_IN_USE = 0x8100_0200n;
const ALLOCATOR = 'kernel/resource.c';
/** Entries of one array that are looked at. */
const MOST_ENTRIES = 10_000;

/** What the machine was when the scenario began. */
export interface ZoneBoot {
  readonly model: MachineModel;
  readonly maxPfn: bigint;
  /** The last address of the direct map: of the machine, or what KASLR has left of it. */
  readonly directMapEnd: bigint;
}

type Problem = Extract<MachineEvent, { kind: 'problem' }>;

/** The value of a global of one word; undefined where the program has none of that name. */
export function readGlobal(machine: Machine, name: string): bigint | undefined {
  const index = machine.program.globalNamed(name);
  return index === undefined
    ? undefined
    : machine.memory.read(machine.memory.addressOfGlobal(index), machine.memory.wordSize);
}

/** What booting has made of the machine. */
export function bootFacts(machine: Machine, model: MachineModel): Omit<ZoneBoot, 'model'> {
  return { maxPfn: readGlobal(machine, 'max_pfn') ?? 0n, directMapEnd: kaslrEnd(machine) ?? model.profile.physmemEnd };
}

/**
 * arch/x86/mm/kaslr.c gives the direct map a number of TiB, which is the first of its regions; whether anybody else learns of
 * it depends on the version.
 */
function kaslrEnd(machine: Machine): bigint | undefined {
  const { program, memory } = machine;
  const regions = program.globalNamed('kaslr_regions');
  const size = fieldsOf(program, 'kaslr_memory_region')?.get('size_tb');
  if (regions === undefined || !size) return undefined;
  const terabytes = memory.read(memory.addressOfGlobal(regions) + size.offset, size.size) ?? 0n;
  return terabytes > 0n ? (terabytes << 40n) - 1n : undefined;
}

/** What an execution on a machine with sections, pagemaps and memory hotplug leaves behind that cannot be right. */
export function judgeZones(machine: Machine, ledger: readonly LedgerEntry[], boot: ZoneBoot): readonly MachineEvent[] {
  return [
    ...judgeLedger(ledger, machine),
    ...judgeRegions(machine, boot),
    ...judgeArray(machine, ledger, boot.model),
    ...judgeMaxPfn(machine, ledger, boot),
    ...judgeLost(machine, ledger),
    ...judgePagemaps(machine, ledger),
  ];
}

interface Made {
  readonly node: ResourceNode;
  readonly maker: HeapObject;
}

/** Resources of the tree that the execution has made, with where. */
function madeResources(machine: Machine): readonly Made[] {
  const makers = new Map(machine.liveObjects().map((o) => [o.address, o]));
  const found: Made[] = [];
  const visit = (node: ResourceNode): void => {
    const maker = makers.get(node.address);
    if (node.from === 'scenario' && maker) found.push({ node, maker });
    for (const child of node.children) visit(child);
  };
  for (const root of readTree(machine)) visit(root);
  return found;
}

/** Regions for device memory that the execution has made, with where. */
export const deviceRegions = (machine: Machine): readonly Made[] =>
  madeResources(machine).filter(({ node }) => node.desc === DEVICE_PRIVATE);

export const problemAt = (maker: HeapObject, rule: Problem['rule'], message: string): Problem => ({
  kind: 'problem',
  rule,
  message,
  thread: maker.thread,
  loc: maker.allocatedAt,
  stack: maker.allocatedIn,
  related: [],
  fatal: false,
});

/** Regions whose pages the machine cannot have: no struct page, no whole subsections. */
function judgeRegions(machine: Machine, { model: { profile }, directMapEnd }: ZoneBoot): readonly MachineEvent[] {
  const events: MachineEvent[] = [];
  const align = compatAlign(profile);
  for (const { node, maker } of deviceRegions(machine)) {
    const shown = `“${node.name}” [${hex(node.start)}-${hex(node.end)}]`;
    const last = lastPage(profile);
    if (node.end > last)
      events.push(
        problemAt(
          maker,
          'unreachable-pfn',
          `${shown} ends above ${hex(last)}: with MAX_PHYSMEM_BITS ${profile.maxPhysmemBits} there is no struct page for it`,
        ),
      );
    else if (node.end > directMapEnd)
      events.push(
        problemAt(
          maker,
          'above-direct-map',
          `${shown} ends above ${hex(directMapEnd)}, where the direct map ends: memory hotplug refuses it`,
        ),
      );
    if (node.start % align !== 0n || (node.end + 1n) % align !== 0n)
      events.push(
        problemAt(
          maker,
          'misaligned-region',
          `${shown} is not aligned to ${hex(align)} (memremap_compat_align()): pages cannot be added for it`,
        ),
      );
  }
  return events;
}

/**
 * Addresses that code of the tree took for something which is not there in the end: device memory without a pagemap, memory
 * without a block. What the scenario itself has taken is for it to give back.
 */
function judgeLost(machine: Machine, ledger: readonly LedgerEntry[]): readonly MachineEvent[] {
  const covered = (kind: LedgerEntry['kind'], { start, end }: ResourceNode): boolean =>
    ledger.some((e) => e.kind === kind && e.start <= end && start < e.start + e.size);
  const events: MachineEvent[] = [];
  for (const { node, maker } of madeResources(machine)) {
    const isMemory = (node.flags & RAM_IN_USE) === RAM_IN_USE;
    if (!isMemory && node.desc !== DEVICE_PRIVATE) continue;
    if (node.children.length > 0 || covered(isMemory ? 'block' : 'pagemap', node) || isOfScenario(machine, maker))
      continue;
    const [without, by] = isMemory
      ? ['no memory block is of it', 'release_memory_resource() or release_mem_region_adjustable()']
      : ['no pagemap is of it', 'release_mem_region()'];
    events.push(
      problemAt(
        maker,
        'unbalanced',
        `“${node.name}” [${hex(node.start)}-${hex(node.end)}], taken here, is still in the tree though ${without}: ${by} is missing on the way out; nobody else can have these addresses`,
      ),
    );
  }
  return events;
}

/** Whether the scenario's own code asked for it: what stands between is the allocator and the library. */
function isOfScenario({ program }: Machine, { allocatedIn }: HeapObject): boolean {
  const files = allocatedIn.map(({ func }) => program.functions[func]?.file ?? '');
  return files.find((file) => !file.startsWith('<') && file !== ALLOCATOR) === files.at(-1);
}

/** Pagemaps that have outlived what they are made of: their struct, or the region of private memory. */
function judgePagemaps(machine: Machine, ledger: readonly LedgerEntry[]): readonly MachineEvent[] {
  const { program, memory } = machine;
  const type = fieldsOf(program, 'dev_pagemap')?.get('type');
  const events: MachineEvent[] = [];
  const isTaken = ({ start, size }: LedgerEntry): boolean => {
    const find = (nodes: readonly ResourceNode[]): boolean =>
      nodes.some(
        (n) => n.start <= start && start + size - 1n <= n.end && (n.desc === DEVICE_PRIVATE || find(n.children)),
      );
    return find(readTree(machine));
  };
  for (const entry of ledger) {
    if (entry.kind !== 'pagemap') continue;
    const isGone = memory.objectAt(entry.owner)?.state === 'freed';
    const isPrivate = type !== undefined && memory.read(entry.owner + type.offset, type.size) === MEMORY_DEVICE_PRIVATE;
    if (!isGone && (!isPrivate || isTaken(entry))) continue;
    const why = isGone ? 'its struct dev_pagemap was freed' : 'its addresses were given back';
    events.push({
      kind: 'problem',
      rule: 'unbalanced',
      message: `the pagemap of [${hex(entry.start)}-${hex(entry.start + entry.size - 1n)}], made here, is still there though ${why}: memunmap_pages() is missing on the way out`,
      thread: entry.thread,
      loc: entry.loc,
      stack: entry.stack,
      related: [],
      fatal: false,
    });
  }
  return events;
}

/** Entries of pgmap_array that lead to pagemaps which are no more. */
function judgeArray(
  machine: Machine,
  ledger: readonly LedgerEntry[],
  { profile }: MachineModel,
): readonly MachineEvent[] {
  const owner = arrayOf(machine);
  if (owner === undefined) return [];
  const shift = BigInt(profile.pageShift);
  const maps = ledger.filter((e) => e.kind === 'pagemap');
  const events: MachineEvent[] = [];
  for (const { first, last } of rangesOf(machine, owner)) {
    const [start, end] = [first << shift, ((last + 1n) << shift) - 1n];
    if (maps.some((m) => m.start <= end && start < m.start + m.size)) continue;
    const stored = ledger.findLast((e) => e.kind === 'entry' && e.owner === owner && e.start === first);
    if (!stored) continue;
    events.push({
      kind: 'problem',
      rule: 'unbalanced',
      message: `the entry of [${hex(start)}-${hex(end)}] in pgmap_array, stored here, is still there though its pagemap is not: xa_store_range() of NULL is missing on the way out; get_dev_pagemap() finds a pagemap that nobody holds`,
      thread: stored.thread,
      loc: stored.loc,
      stack: stored.stack,
      related: [],
      fatal: false,
    });
  }
  return events;
}

/** What an xarray of the library holds (lib/kernel/xarray.c), lowest first. */
function rangesOf(machine: Machine, array: bigint): readonly { readonly first: bigint; readonly last: bigint }[] {
  const { program, memory } = machine;
  const word = memory.wordSize;
  const type = program.typeNamed('xarray');
  const head = type?.kind === 'struct' ? type.members?.find((m) => m.name === 'ranges')?.offset : undefined;
  const fields = fieldsOf(program, '__iomem_xa_range');
  const [first, last] = [fields?.get('first'), fields?.get('last')];
  if (head === undefined || !first || !last) return [];
  const end = array + BigInt(head);
  const found: { first: bigint; last: bigint }[] = [];
  const read = (address: bigint): bigint => memory.read(address, word) ?? 0n;
  // A range begins with its links.
  for (let at = read(end); at !== end && at !== 0n && found.length < MOST_ENTRIES; at = read(at))
    found.push({ first: read(at + first.offset), last: read(at + last.offset) });
  return found;
}

/** max_pfn above all memory, because a device's pages were added, or were to be. */
function judgeMaxPfn(machine: Machine, ledger: readonly LedgerEntry[], boot: ZoneBoot): readonly MachineEvent[] {
  const now = readGlobal(machine, 'max_pfn') ?? 0n;
  if (now <= boot.maxPfn) return [];
  const owner = arrayOf(machine);
  const shift = BigInt(boot.model.profile.pageShift);
  const top = ledger.find((e) => e.kind === 'entry' && e.owner === owner && e.start + e.size === now);
  if (!top) return [];
  return [
    {
      kind: 'problem',
      rule: 'max-pfn-raised',
      message: `max_pfn is ${hex(now)} and was ${hex(boot.maxPfn)}: the device memory [${hex(top.start << shift)}-${hex((now << shift) - 1n)}] raised it, which is no memory of the system`,
      thread: top.thread,
      loc: top.loc,
      stack: top.stack,
      related: [],
      fatal: false,
    },
  ];
}

/** The address of mm/memremap.c's array of pagemaps by page frame. */
function arrayOf(machine: Machine): bigint | undefined {
  const array = machine.program.globalNamed('pgmap_array');
  return array === undefined ? undefined : machine.memory.addressOfGlobal(array);
}
