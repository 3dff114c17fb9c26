import { formatSchedule, parseSchedule, threadLetter } from '../../explore/schedule.ts';
import { resourceLayout } from '../../kernel/layout.ts';
import { type ResourceNode, type Root, readTree } from '../../kernel/resources.ts';
import type { Machine, MachineEvent, PendingOp } from '../../machine/api.ts';
import type { MachineModel } from '../../model/api.ts';
import type { Begun, Executor } from '../execute.ts';
import { formatValue, hex } from '../format.ts';
import { replayScenario } from '../interleave/scenario.ts';
import type { LineBook } from '../lines.ts';
import { openScenario, type ScenarioInput } from '../open-scenario.ts';
import { outcomeOf } from '../outcome.ts';
import { RangeCalls } from '../proof.ts';
import type { SourcePlace, World as WorldName } from '../report.ts';
import type { Scenario } from '../scenario.ts';
import { isModelFile } from '../world.ts';
import {
  compared,
  type HeldLock,
  type ScheduleTimeline,
  type TimelineNode,
  type TimelineRow,
  type TreeChange,
} from './text.ts';

export * from './text.ts';

/** Rows of one timeline. */
const MAX_ROWS = 5000;
const roots: readonly Root[] = ['iomem_resource', 'ioport_resource'];

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
    candidates: recorder?.calls.found ?? [],
    dropped: recorder?.dropped ?? 0,
    outcome: outcomeOf(executor.world, lines, execution),
  };
}

/** A step that has begun: what it changes is seen when the next one begins. */
interface Begin {
  readonly thread: number;
  readonly kind: TimelineRow['kind'];
  readonly step?: number;
  readonly what: string;
  readonly stack: TimelineRow['stack'];
  readonly source: string;
  /** It writes to one of the trees, or may. */
  readonly writes: boolean;
  /** It follows a step of another thread. */
  readonly switched: boolean;
  readonly tried?: number;
}

class Recorder {
  readonly rows: TimelineRow[] = [];
  readonly threads: ScheduleTimeline['threads'];
  readonly start: readonly TimelineNode[];
  readonly calls: RangeCalls;
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
    this.calls = new RangeCalls(executor.world, (address) => begun.machine.memory.describe(address));
  }

  /** A thread is about to take a step; the one before it is over. */
  before(thread: number, _ordinal: number, pending: PendingOp): void {
    if (this.#open) this.#settle(thread);
    else if (this.rows.length === 0) this.#beginnings();
    const tried = this.#newTries();
    const stack = this.#stack(thread, pending.kind === 'none' ? 0 : pending.loc);
    this.#open = {
      thread,
      step: this.#steps++,
      kind: isOperation(pending) ? 'operation' : 'access',
      what: this.#told(pending),
      stack: stack.stack,
      source: stack.source,
      writes: pending.kind === 'native' || (pending.kind === 'write' && this.#touches(pending)),
      switched: this.#last !== thread,
      ...(tried === undefined ? {} : { tried }),
    };
    this.#last = thread;
  }
  #last = -1;
  #steps = 0;

  /** How many ranges have been looked at, if one came since it was asked last. Takes what the trace has got since then. */
  #newTries(): number | undefined {
    const machine = this.#machine;
    const before = this.calls.found.length;
    this.calls.follow(machine.trace().steps);
    machine.pauseTrace();
    machine.resumeTrace();
    return this.calls.found.length > before ? this.calls.found.length : undefined;
  }

  /** A thread begins to wait before the execution ends. */
  waits(thread: number): void {
    const events = this.#over();
    this.#last = thread;
    this.#waiting(thread, events);
  }

  /** The threads have ended, or wait for ever. */
  end(): void {
    this.#over();
    this.#newTries();
    for (let t = 0; t < this.#begun.threads; t++) this.#waiting(t, []);
  }

  /** The step that has begun is over. Answers what was reported after it. */
  #over(): readonly MachineEvent[] {
    if (this.#open) this.#settle(undefined);
    else if (this.rows.length === 0) this.#beginnings();
    this.#open = undefined;
    return this.#events();
  }

  #waiting(thread: number, events: readonly MachineEvent[]): void {
    const view = this.#machine.threads[this.#begun.first + thread]!;
    if (view.status !== 'blocked') return;
    const { stack, source } = this.#stack(thread, view.stack[0]?.loc ?? 0);
    const what = `waits for ${view.waitsFor ?? 'something'}`;
    this.#push({ thread, kind: 'wait', what, stack, source }, [], events);
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
    const passing = quiet && open.tried === undefined && !open.switched && next === open.thread;
    if (open.kind === 'access' && passing) {
      const row = this.#rowOf.get(open.thread);
      if (row) row.accesses++;
      return;
    }
    this.#push(open, changes, events);
  }

  #push(
    begin: Pick<Begin, 'thread' | 'kind' | 'step' | 'what' | 'stack' | 'source' | 'tried'>,
    changes: readonly TreeChange[],
    events: readonly MachineEvent[],
  ): void {
    if (this.rows.length >= MAX_ROWS) {
      this.dropped++;
      return;
    }
    const { thread, kind, step, what, stack, source, tried } = begin;
    const top = stack[0];
    const row = {
      number: this.rows.length + 1,
      thread: threadLetter(thread),
      kind,
      ...(step === undefined ? {} : { step }),
      what,
      function: top?.function ?? '',
      at: top?.at ?? { file: '', line: 0, world: this.#executor.world.which },
      source,
      stack,
      held: this.#held(thread),
      changes,
      events: events.flatMap((event) => told(event)),
      accesses: 0,
      ...(tried === undefined ? {} : { tried }),
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
