import type { Loc } from '../c/token.ts';
import type { Machine, MachineEvent, Native, StackEntry } from '../machine/api.ts';
import type { KernelContext } from './api.ts';
import { calledFrom } from './places.ts';
import type { KernelState } from './state.ts';

/*
 * What must be undone in the end, by physical range: page attributes tracked, KASAN shadow, references of pagemaps, the
 * memmap of sections, pagemaps, memory blocks; and memory groups, the memory types of nodes, static keys. lib/kernel/zone.c writes it, the end of an execution judges it.
 */

/** In the order of the enumeration in lib/kernel/zone.c. */
const kinds = ['track', 'kasan', 'ref', 'section', 'pagemap', 'block', 'entry', 'group', 'tier', 'key'] as const;
/** `entry`: what was stored in an xarray, by index. It stays: it tells where that was. */
export type LedgerKind = (typeof kinds)[number];

export interface LedgerEntry {
  readonly kind: LedgerKind;
  readonly start: bigint;
  /** Bytes. */
  readonly size: bigint;
  /** Of a pagemap: its struct dev_pagemap. */
  readonly owner: bigint;
  readonly thread: number;
  readonly loc: Loc;
  readonly stack: readonly StackEntry[];
}

type Undone = Exclude<LedgerKind, 'entry'>;
/** `named`: what `start` is, where it is no address of memory. */
interface Undoing {
  readonly what: string;
  readonly by: string;
  readonly named?: 'object' | 'number';
}
const undone: Readonly<Record<Undone, Undoing>> = {
  track: { what: 'the tracking of page attributes', by: 'untrack_pfn()' },
  kasan: { what: 'the KASAN shadow', by: 'kasan_remove_zero_shadow()' },
  ref: { what: 'a percpu_ref', by: 'percpu_ref_exit()', named: 'object' },
  section: { what: 'the memmap of a section', by: 'sparse_remove_section()' },
  pagemap: { what: 'a pagemap', by: 'memunmap_pages()' },
  block: { what: 'a memory block', by: 'remove_memory_block_devices()' },
  group: { what: 'memory group', by: 'memory_group_unregister()', named: 'number' },
  tier: { what: 'the memory type of node', by: 'clear_node_memory_type()', named: 'number' },
  key: { what: 'the static key', by: 'static_branch_dec()', named: 'object' },
};

export function ledgerNatives(state: KernelState, context: KernelContext): Map<string, Native> {
  const kindOf = (index: number): LedgerKind => kinds[index] ?? 'track';
  return new Map<string, Native>([
    [
      '__iomem_ledger_add',
      (call) => {
        const entry: LedgerEntry = {
          kind: kindOf(call.argInt(0)),
          start: call.arg(1),
          size: call.arg(2),
          owner: call.arg(3),
          thread: call.thread,
          loc: calledFrom(context.program, call).loc,
          stack: call.stack(),
        };
        const other =
          entry.kind === 'pagemap' &&
          state.ledger.find(
            (e) => e.kind === 'pagemap' && e.start < entry.start + entry.size && entry.start < e.start + e.size,
          );
        if (other)
          call.problem(
            'pagemap-overlap',
            `the pagemap of ${range(entry.start, entry.size)} holds frames that the one of ${range(other.start, other.size)} holds too`,
            { loc: entry.loc, related: [{ message: 'the other one is made here', loc: other.loc }] },
          );
        state.ledger = [...state.ledger, entry];
      },
    ],
    [
      '__iomem_ledger_remove',
      (call) => {
        const kind = kindOf(call.argInt(0));
        if (kind === 'entry') return;
        const [start, size] = [call.arg(1), call.arg(2)];
        const at = state.ledger.findLastIndex((e) => e.kind === kind && e.start === start && e.size === size);
        if (at >= 0) state.ledger = state.ledger.toSpliced(at, 1);
        else if (kind !== 'section')
          // Memory of the machine has sections from the beginning.
          call.problem(
            'unbalanced',
            `${undone[kind].by} of ${shown(kind, start, size, call.memory)}, which nothing had set up`,
            { loc: calledFrom(context.program, call).loc },
          );
      },
    ],
    [
      '__iomem_ledger_forget',
      (call) => {
        const kind = kindOf(call.argInt(0));
        const start = call.arg(1);
        state.ledger = state.ledger.filter((e) => e.kind !== kind || e.start !== start);
      },
    ],
  ]);
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const range = (start: bigint, size: bigint): string => `[${hex(start)}-${hex(start + size - 1n)}]`;
function shown(kind: Undone, start: bigint, size: bigint, memory: Pick<Machine['memory'], 'describe'>): string {
  const { named } = undone[kind];
  return named === 'object' ? memory.describe(start) : named === 'number' ? String(start) : range(start, size);
}

const overlap = (a: LedgerEntry, b: LedgerEntry): boolean => a.start < b.start + b.size && b.start < a.start + a.size;

/** Bytes in which a struct dev_pagemap holds its reference count, whatever the version. */
const PAGEMAP_BYTES = 1024n;

/**
 * What the execution leaves behind that belongs to no pagemap and to no memory block: something that has failed, or was
 * removed, did not undo it.
 */
export function judgeLedger(ledger: readonly LedgerEntry[], machine: Machine): readonly MachineEvent[] {
  const owners = ledger.filter((e) => e.kind === 'pagemap' || e.kind === 'block');
  const sections = ledger.filter((e) => e.kind === 'section');
  const belongs = (e: LedgerEntry, o: LedgerEntry): boolean => {
    if (e.kind === 'section') return overlap(e, o);
    // Whose memory is there has its group and its node.
    if (e.kind === 'group' || e.kind === 'tier') return o.kind === 'block' && sections.some((s) => overlap(o, s));
    if (o.kind !== 'pagemap') return false;
    if (e.kind === 'key') return true;
    if (e.kind === 'ref') return o.owner <= e.start && e.start < o.owner + PAGEMAP_BYTES;
    return o.start === e.start && o.size === e.size;
  };
  const inside = (e: LedgerEntry): boolean =>
    // A block is of memory.
    e.kind === 'block' ? sections.some((s) => overlap(e, s)) : owners.some((o) => belongs(e, o));
  const kept: ReadonlySet<LedgerKind> = new Set(['pagemap', 'entry']);
  const lost = ledger.filter((e): e is LedgerEntry & { kind: Undone } => !kept.has(e.kind) && !inside(e));
  // Sections of one range are one loss.
  const groups = new Map<string, (typeof lost)[number][]>();
  for (const entry of lost) {
    const key = `${entry.kind} ${entry.stack.map((s) => s.loc).join(',')}`;
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    const { kind, thread, loc, stack } = first!;
    const start = group.reduce((least, e) => (e.start < least ? e.start : least), first!.start);
    const end = group.reduce((most, e) => (e.start + e.size > most ? e.start + e.size : most), 0n);
    const { what, by, named } = undone[kind];
    const name = shown(kind, start, end - start, machine.memory);
    const of = named === 'object' ? ` (${name})` : named === 'number' ? ` ${name}` : ` of ${name}`;
    const why = kind === 'block' ? 'its memory is gone' : 'nothing uses it';
    const then = kind === 'section' ? '; the memory is lost: adding it again fails with -EEXIST' : '';
    return {
      kind: 'problem',
      rule: 'unbalanced',
      message: `${what}${of}, set up here, is still there though ${why}: ${by} is missing on the way out${then}`,
      thread,
      loc,
      stack,
      related: [],
      fatal: false,
    };
  });
}
