import type { Candidate, Hex, Outcome, SourcePlace, World as WorldName } from '../report.ts';

/*
 * What one schedule did, row by row: who, where, with which locks, and what became of the resource tree. Plain data, for
 * tables, the map's timeline and debuggers; nothing here needs a machine.
 */

export interface ScheduleTimeline {
  readonly scenario: string;
  readonly machine: string;
  readonly world: WorldName;
  readonly schedule: string;
  /** In the order of their letters. */
  readonly threads: readonly { readonly letter: string; readonly name: string }[];
  /** The resource trees before the first row, parents before their children, siblings in order. */
  readonly start: readonly TimelineNode[];
  readonly rows: readonly TimelineRow[];
  /** Ranges that were looked at, in order, as {@link TimelineRow.tried} counts them. */
  readonly candidates: readonly Candidate[];
  /** Rows that were left out after the last one kept. */
  readonly dropped: number;
  /** Of the whole execution, with CHECK. */
  readonly outcome: Outcome;
}
/**
 * One row: a synchronising operation; an access that changed a tree, at which threads were switched, or in which something
 * was reported; the first one in a look at a range. Accesses in between are counted with the row that they follow.
 */
export interface TimelineRow {
  /** From 1. */
  readonly number: number;
  /** The letter of its thread. */
  readonly thread: string;
  /** `start`: before the thread's first operation. `wait`: the thread waits here when the execution ends. */
  readonly kind: 'start' | 'operation' | 'access' | 'wait';
  /** How many steps of all threads came before it, rows or not; absent for what is none. */
  readonly step?: number;
  /** `write_lock(&resource_lock)`, `write of 8 bytes: iomem_resource+40`. */
  readonly what: string;
  readonly function: string;
  readonly at: SourcePlace;
  /** The line of the source, without what stands around it. */
  readonly source: string;
  /** How the thread came here, innermost first, without the modelled library. */
  readonly stack: readonly { readonly function: string; readonly at: SourcePlace }[];
  /** What the thread holds after it, oldest first. */
  readonly held: readonly HeldLock[];
  /** How the trees changed in it. */
  readonly changes: readonly TreeChange[];
  /** What was reported in it. */
  readonly events: readonly { readonly kind: 'problem' | 'observe' | 'log'; readonly text: string }[];
  /** Accesses to memory that others can reach which follow it and have no row. */
  readonly accesses: number;
  /** It is the first row in a look at another range: so many candidates there have been with that one. */
  readonly tried?: number;
}
export interface HeldLock {
  /** The lock's name, the same in every run; `RCU`, `preemption off`, `interrupts off`, `bottom halves off` for sections. */
  readonly name: string;
  readonly mode: 'read' | 'write' | 'section';
  /** Taken by this function, here. */
  readonly by: string;
  readonly at: SourcePlace;
}
export interface TimelineNode {
  /** `#1`, `#2` … in the order in which nodes came to be seen; the same object keeps its id. */
  readonly id: string;
  /** The id of its parent, or the name of the root. */
  readonly parent: string;
  readonly name: string;
  readonly start: Hex;
  readonly end: Hex;
  readonly flags: Hex;
  readonly desc: number;
  readonly from: 'machine' | 'scenario';
}
export type TreeChange =
  | { readonly kind: 'added' | 'removed'; readonly node: TimelineNode }
  | { readonly kind: 'changed'; readonly node: TimelineNode; readonly was: TimelineNode };

/** The trees as they stand after a row (its index; -1: before the first), in order of their starts. */
export function treeAfter(timeline: ScheduleTimeline, row: number): readonly TimelineNode[] {
  const nodes = new Map(timeline.start.map((node) => [node.id, node]));
  for (const { changes } of timeline.rows.slice(0, row + 1)) {
    for (const change of changes) {
      if (change.kind === 'removed') nodes.delete(change.node.id);
      else nodes.set(change.node.id, change.node);
    }
  }
  const starts = new Map([...nodes].map(([id, node]) => [id, BigInt(node.start)]));
  return [...nodes.values()].sort((a, b) => {
    const [x, y] = [starts.get(a.id)!, starts.get(b.id)!];
    return x < y ? -1 : x > y ? 1 : 0;
  });
}

/** `+ "a" [0x1000-0x1fff] in iomem_resource`; the ids of parents are told by the names in `names`. */
export function changeText(change: TreeChange, names: (id: string) => string = (id) => id): string {
  const { node } = change;
  const label = `“${node.name}” [${node.start}-${node.end}]`;
  if (change.kind !== 'changed')
    return change.kind === 'added' ? `+ ${label} in ${names(node.parent)}` : `- ${label} from ${names(node.parent)}`;
  const { was } = change;
  const parts: string[] = [];
  for (const field of compared)
    if (field !== 'parent' && was[field] !== node[field]) parts.push(`${field} ${was[field]} → ${node[field]}`);
  if (was.parent !== node.parent) parts.push(`moved from ${names(was.parent)} to ${names(node.parent)}`);
  return `~ ${label}: ${parts.join(', ')}`;
}

/** The rows as lines of text: who, where, what, the locks held after it, and below it what changed and what was reported. */
export function timelineLines(timeline: ScheduleTimeline): readonly string[] {
  const names = nodeNames(timeline);
  const threads = new Map(timeline.threads.map(({ letter, name }) => [letter, name]));
  const lines: string[] = [];
  for (const row of timeline.rows) {
    const where = `${row.function}() ${row.at.file}:${row.at.line}`;
    const held = row.held.map((h) => `${h.name} (${h.mode})`).join(', ') || 'none';
    lines.push(`row ${row.number} ${row.thread}=${threads.get(row.thread)} ${where} ${row.what}; held: ${held}`);
    for (const change of row.changes) lines.push(`    tree ${changeText(change, names)}`);
    for (const { kind, text } of row.events) lines.push(`    ${kind} ${text}`);
  }
  if (timeline.dropped > 0) lines.push(`… and ${timeline.dropped} rows more`);
  return lines;
}

/** Names of nodes by id, for {@link changeText}. */
export function nodeNames(timeline: ScheduleTimeline): (id: string) => string {
  const names = new Map(timeline.start.map((n) => [n.id, n.name]));
  for (const { changes } of timeline.rows) for (const { node } of changes) names.set(node.id, node.name);
  return (id) => (names.has(id) ? `“${names.get(id)}”` : id);
}

export const compared = ['parent', 'name', 'start', 'end', 'flags', 'desc'] as const;
