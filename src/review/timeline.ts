import { formatSchedule, parseSchedule, threadLetter } from '../explore/schedule.ts';
import { resourceLayout } from '../kernel/layout.ts';
import { type ResourceNode, type Root, readTree } from '../kernel/resources.ts';
import type { Machine, MachineEvent, PendingOp } from '../machine/api.ts';
import type { MachineModel } from '../model/api.ts';
import type { Begun, Executor } from './execute.ts';
import { replayScenario } from './explore-scenario.ts';
import { formatValue, hex } from './format.ts';
import type { LineBook } from './lines.ts';
import { openScenario, type ScenarioInput } from './open-scenario.ts';
import { outcomeOf } from './outcome.ts';
import type { Hex, Outcome, SourcePlace, World as WorldName } from './report.ts';
import type { Scenario } from './scenario.ts';
import { isModelFile } from './world.ts';

/*
 * What one schedule did, row by row: who, where, with which locks, and what became of the resource tree. Plain data, for
 * tables, the map's timeline and debuggers.
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
  /** Rows that were left out after the last one kept. */
  readonly dropped: number;
  /** Of the whole execution, with CHECK. */
  readonly outcome: Outcome;
}
/**
 * One row: a synchronising operation; an access that changed a tree, at which threads were switched, or in which something
 * was reported. Accesses in between are counted with the row that they follow.
 */
export interface TimelineRow {
  /** From 1. */
  readonly number: number;
  /** The letter of its thread. */
  readonly thread: string;
  /** `start`: before the thread's first operation. `wait`: the thread waits here when the execution ends. */
  readonly kind: 'start' | 'operation' | 'access' | 'wait';
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

/** Rows of one timeline. */
const MAX_ROWS = 5000;
const roots: readonly Root[] = ['iomem_resource', 'ioport_resource'];

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

export interface TimelineInput extends ScenarioInput {
  readonly schedule: string;
  readonly world: WorldName;
}

/** Opens a scenario and replays one schedule on the first of its machines. Throws as `runScenario` does. */
export async function timelineOf(input: TimelineInput): Promise<ScheduleTimeline> {
  const open = await openScenario(input);
  const machine = open.machines[0]!;
  const world = open.hasBefore ? input.world : 'after';
  return scheduleTimeline(open.executor(world, machine), open.lines, open.scenario, machine, input.schedule);
}

/** Replays a schedule and tells every step. Throws E001 and E002 for a schedule that is none or does not fit. */
export function scheduleTimeline(
  executor: Executor,
  lines: LineBook,
  scenario: Scenario,
  model: MachineModel,
  schedule: string,
): ScheduleTimeline {
  let recorder: Recorder | undefined;
  const execution = replayScenario(executor, scenario, model, schedule, (begun) => {
    recorder = new Recorder(executor, lines, begun);
    return recorder;
  });
  return {
    scenario: scenario.name,
    machine: model.name,
    world: executor.world.which,
    schedule: formatSchedule(parseSchedule(schedule)),
    threads: recorder?.threads ?? [],
    start: recorder?.start ?? [],
    rows: recorder?.rows ?? [],
    dropped: recorder?.dropped ?? 0,
    outcome: outcomeOf(executor.world, lines, execution),
  };
}

/** A step that has begun: what it changes is seen when the next one begins. */
interface Begin {
  readonly thread: number;
  readonly kind: TimelineRow['kind'];
  readonly what: string;
  readonly stack: TimelineRow['stack'];
  readonly source: string;
  /** It writes to one of the trees, or may. */
  readonly writes: boolean;
  /** It follows a step of another thread. */
  readonly switched: boolean;
}

class Recorder {
  readonly rows: TimelineRow[] = [];
  readonly threads: ScheduleTimeline['threads'];
  readonly start: readonly TimelineNode[];
  dropped = 0;
  readonly #executor: Executor;
  readonly #lines: LineBook;
  readonly #begun: Begun;
  readonly #machine: Machine;
  readonly #ids = new Map<bigint, string>();
  #tree: ReadonlyMap<string, TimelineNode> = new Map();
  /** Words of the nodes, for telling whether a write can have changed a tree. */
  readonly #words = new Set<bigint>();
  #event: number;
  #open: Begin | undefined;
  /** The last row of each thread. */
  readonly #rowOf = new Map<number, { accesses: number }>();

  constructor(executor: Executor, lines: LineBook, begun: Begun) {
    this.#executor = executor;
    this.#lines = lines;
    this.#begun = begun;
    this.#machine = begun.machine;
    this.#event = begun.machine.events.length;
    this.threads = begun.machine.threads
      .slice(begun.first, begun.first + begun.threads)
      .map(({ name }, t) => ({ letter: threadLetter(t), name }));
    this.#tree = this.#read();
    this.start = [...this.#tree.values()];
  }

  /** A thread is about to take a step; the one before it is over. */
  before(thread: number, _ordinal: number, pending: PendingOp): void {
    if (this.#open) this.#settle(thread);
    else this.#beginnings();
    const stack = this.#stack(thread, pending.kind === 'none' ? 0 : pending.loc);
    this.#open = {
      thread,
      kind: isOperation(pending) ? 'operation' : 'access',
      what: this.#told(pending),
      stack: stack.stack,
      source: stack.source,
      writes: pending.kind === 'native' || (pending.kind === 'write' && this.#touches(pending)),
      switched: this.#last !== thread,
    };
    this.#last = thread;
  }
  #last = -1;

  /** The threads have ended, or wait for ever. */
  end(): void {
    if (this.#open) this.#settle(undefined);
    else this.#beginnings();
    this.#open = undefined;
    for (let t = 0; t < this.#begun.threads; t++) {
      const view = this.#machine.threads[this.#begun.first + t]!;
      if (view.status !== 'blocked') continue;
      const { stack, source } = this.#stack(t, view.stack[0]?.loc ?? 0);
      this.#push({ thread: t, kind: 'wait', what: `waits for ${view.waitsFor ?? 'something'}`, stack, source }, [], []);
    }
  }

  /** What threads report before their first steps. */
  #beginnings(): void {
    const events = this.#events();
    for (let t = 0; t < this.#begun.threads; t++) {
      const own = events.filter((e) => e.thread === this.#begun.first + t);
      if (own.length === 0) continue;
      const { stack, source } = this.#stack(t, own[0]!.loc);
      this.#push({ thread: t, kind: 'start', what: 'begins', stack, source }, [], own);
    }
  }

  #settle(next: number | undefined): void {
    const open = this.#open!;
    const events = this.#events();
    const changes = open.writes ? this.#changes() : [];
    const quiet = changes.length === 0 && events.length === 0;
    if (open.kind === 'access' && quiet && !open.switched && next === open.thread) {
      const row = this.#rowOf.get(open.thread);
      if (row) row.accesses++;
      return;
    }
    this.#push(open, changes, events);
  }

  #push(
    { thread, kind, what, stack, source }: Pick<Begin, 'thread' | 'kind' | 'what' | 'stack' | 'source'>,
    changes: readonly TreeChange[],
    events: readonly MachineEvent[],
  ): void {
    if (this.rows.length >= MAX_ROWS) {
      this.dropped++;
      return;
    }
    const top = stack[0];
    const row = {
      number: this.rows.length + 1,
      thread: threadLetter(thread),
      kind,
      what,
      function: top?.function ?? '',
      at: top?.at ?? { file: '', line: 0, world: this.#executor.world.which },
      source,
      stack,
      held: this.#held(thread),
      changes,
      events: events.flatMap((event) => told(event)),
      accesses: 0,
    };
    this.rows.push(row);
    this.#rowOf.set(thread, row);
  }

  #events(): readonly MachineEvent[] {
    const { events } = this.#machine;
    const from = this.#event;
    this.#event = events.length;
    return events.length === from ? [] : events.slice(from);
  }

  /** `loc`: of what the thread is about to do. */
  #stack(thread: number, loc: number): { readonly stack: TimelineRow['stack']; readonly source: string } {
    const { world } = this.#executor;
    const view = this.#machine.threads[this.#begun.first + thread]!;
    const all = view.stack.map((entry, i) => ({
      function: plainFunction(world.compiled.program.functions[entry.func]?.plainName ?? ''),
      at: this.#lines.place(world, i === 0 && loc !== 0 ? loc : entry.loc),
    }));
    const outside = all.filter(({ at }) => !isModelFile(at.file));
    const stack = outside.length > 0 ? outside : all;
    const at = stack[0]?.at;
    const source = at ? (world.compiled.program.locations.lineText(at.file, at.line) ?? '').trim() : '';
    return { stack, source };
  }

  #told(pending: PendingOp): string {
    const { memory } = this.#machine;
    if (pending.kind === 'none') return '';
    if (pending.kind === 'native') {
      const name = pending.name.replace(/^__iomem_/, '');
      const [first] = pending.args;
      return first === undefined ? `${name}()` : `${name}(${memory.describe(first)})`;
    }
    const marked = pending.volatile ? 'marked ' : '';
    const from = pending.from === undefined ? '' : ` from ${memory.describe(pending.from)}`;
    return `${marked}${pending.kind} of ${pending.size} bytes: ${memory.describe(pending.address)}${from}`;
  }

  #held(thread: number): readonly HeldLock[] {
    const { world } = this.#executor;
    const context = this.#begun.natives.context(this.#begun.first + thread);
    const at = (loc: number): SourcePlace => this.#lines.place(world, loc);
    const held: HeldLock[] = context.held.map(({ address, mode, by, loc }) => ({
      name: this.#machine.memory.describe(address),
      mode,
      by,
      at: at(loc),
    }));
    const sections = [
      ['RCU', 'rcu_read_lock', context.rcu],
      ['preemption off', 'preempt_disable', context.preempt],
      ['interrupts off', 'local_irq_disable', context.irq],
      ['bottom halves off', 'local_bh_disable', context.bh],
    ] as const;
    for (const [name, by, locs] of sections)
      for (const loc of locs) held.push({ name, mode: 'section', by, at: at(loc) });
    return held;
  }

  // --- the trees -----------------------------------------------------------------------------------------------------

  #touches({ address, size }: { readonly address: bigint; readonly size: number }): boolean {
    for (let word = address >> 3n; word <= (address + BigInt(size) - 1n) >> 3n; word++)
      if (this.#words.has(word)) return true;
    return false;
  }

  #read(): ReadonlyMap<string, TimelineNode> {
    const { program, memory } = this.#machine;
    const nodes = new Map<string, TimelineNode>();
    const size = BigInt(resourceLayout(program)?.size ?? 0);
    this.#words.clear();
    const cover = (address: bigint): void => {
      for (let word = address >> 3n; word <= (address + size - 1n) >> 3n; word++) this.#words.add(word);
    };
    for (const root of roots) {
      const index = program.globalNamed(root);
      if (size === 0n || index === undefined || program.globals[index]?.external) continue;
      cover(memory.addressOfGlobal(index));
      const pending = readTree(this.#machine, root)
        .map((node) => ({ node, parent: root as string }))
        .reverse();
      for (let next = pending.pop(); next; next = pending.pop()) {
        const { node, parent } = next;
        let id = this.#ids.get(node.address);
        if (id === undefined) this.#ids.set(node.address, (id = `#${this.#ids.size + 1}`));
        cover(node.address);
        nodes.set(id, plainNode(id, parent, node));
        for (const child of [...node.children].reverse()) pending.push({ node: child, parent: id });
      }
    }
    return nodes;
  }

  #changes(): readonly TreeChange[] {
    const was = this.#tree;
    const now = this.#read();
    this.#tree = now;
    const changes: TreeChange[] = [];
    for (const [id, node] of was) if (!now.has(id)) changes.push({ kind: 'removed', node });
    for (const [id, node] of now) {
      const old = was.get(id);
      if (!old) changes.push({ kind: 'added', node });
      else if (compared.some((field) => old[field] !== node[field])) changes.push({ kind: 'changed', node, was: old });
    }
    return changes;
  }
}

const compared = ['parent', 'name', 'start', 'end', 'flags', 'desc'] as const;

const plainNode = (id: string, parent: string, node: ResourceNode): TimelineNode => ({
  id,
  parent,
  name: node.name,
  start: hex(node.start),
  end: hex(node.end),
  flags: hex(node.flags),
  desc: node.desc,
  from: node.from,
});

/** A THREAD's function by the name that the scenario gives it. */
const plainFunction = (name: string): string => name.replace(/^__iomem_thread_/, '');

const isOperation = (pending: PendingOp): boolean =>
  pending.kind === 'native' || ((pending.kind === 'read' || pending.kind === 'write') && pending.volatile === true);

function told(event: MachineEvent): TimelineRow['events'] {
  switch (event.kind) {
    case 'problem':
      return [{ kind: 'problem', text: `${event.rule}: ${event.message}` }];
    case 'observe':
      return [{ kind: 'observe', text: `${event.expr} = ${formatValue(event.value)}` }];
    case 'log':
      return [{ kind: 'log', text: event.text.trimEnd() }];
    default:
      return [];
  }
}
