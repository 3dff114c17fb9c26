import type { Step } from '../../explore/dpor.ts';
import type { MachineTarget } from '../../explore/machine-target.ts';
import type { RaceAccess } from '../../explore/races.ts';
import { fewestSwitches, formatSchedule, segments, switchesOf, thenWaiting } from '../../explore/schedule.ts';
import type { ResourceNode } from '../../kernel/resources.ts';
import type { MachineEvent } from '../../machine/api.ts';
import type { Begun, Execution, Executor } from '../execute.ts';
import { formatValue, hex } from '../format.ts';

/** What a task found out about one outcome. Plain data. */
export interface OutcomeSummary {
  /** Names what can be observed. */
  readonly key: string;
  /** Threads of the steps of its first execution. */
  readonly steps: readonly number[];
  readonly count: number;
  /** The schedule with the fewest switches, where it has less than those that were known. */
  readonly shortest?: { readonly schedule: string; readonly switches: number };
}
/** An execution with what makes it an outcome. */
export interface EndedExecution {
  /** Events in the order of threads. */
  readonly execution: Execution;
  /** A deadlock of threads that all sleep. */
  readonly asleep: boolean;
}

/** Outcomes told apart; the rest of the search only counts. */
export const MAX_OUTCOMES = 500;
/** States remembered, so that memory does not grow with the search. */
const MAX_STATES = 20_000;
/** States that the search for a shorter schedule looks at. */
const MAX_ORDERS = 3000;

/** Tells the outcomes of executions apart, and keeps of each what it needs to be shown. */
export class OutcomeCollector {
  readonly #executor: Executor;
  readonly #begun: Begun;
  /** By the state in which the threads ended: what CHECK and the judges of the end say follows from it. */
  readonly #states = new Map<string, string>();
  readonly #best = new Map<string, number>();
  /** The first execution of each outcome that was met here. */
  readonly #executions = new Map<string, EndedExecution>();
  #found = new Map<string, { steps: readonly number[]; count: number; shortest?: OutcomeSummary['shortest'] }>();

  constructor(executor: Executor, begun: Begun) {
    this.#executor = executor;
    this.#begun = begun;
  }

  /** What was known no longer holds: accesses have become steps. */
  clear(): void {
    this.#states.clear();
    this.#best.clear();
    this.#executions.clear();
    this.#found.clear();
  }

  /** The outcomes of the executions since the last call. */
  take(): readonly OutcomeSummary[] {
    const found = [...this.#found].map(([key, { steps, count, shortest }]) => ({
      key,
      steps,
      count,
      ...(shortest ? { shortest } : {}),
    }));
    this.#found = new Map();
    return found;
  }

  execution(key: string): EndedExecution | undefined {
    return this.#executions.get(key);
  }

  /** The machine stands where the threads have ended. */
  add(target: MachineTarget, end: 'done' | 'deadlock' | 'stopped'): void {
    // Too deep: it did not end.
    if (end === 'stopped' && !target.ended) return;
    const { machine, firstEvent } = this.#begun;
    const waits = end === 'deadlock' ? this.#waits(target) : '';
    const state = `${end} ${machine.digest()} ${waits} ${eventsKey(machine.events, firstEvent)}`;
    let key = this.#states.get(state);
    // CHECK runs in the machine, and what it says is no part of the schedule.
    const steps = target.steps;
    if (key === undefined) {
      const ended = this.finish(target, end);
      key = outcomeKey(this.#executor, ended.execution);
      if (this.#states.size < MAX_STATES) this.#states.set(state, key);
      if (!this.#executions.has(key) && this.#executions.size < MAX_OUTCOMES) this.#executions.set(key, ended);
    }
    let known = this.#found.get(key);
    if (!known) {
      if (this.#found.size >= MAX_OUTCOMES && !this.#found.has(key)) return;
      this.#found.set(key, (known = { steps: steps.map((s) => s.thread), count: 0 }));
    }
    known.count++;
    const best = this.#best.get(key) ?? Number.POSITIVE_INFINITY;
    const shorter = shortestSchedule(target, steps.length, best);
    if (shorter) {
      known.shortest = shorter;
      this.#best.set(key, shorter.switches);
    }
  }

  /** Who waits for what with which locks: not in the memory of the machine. */
  #waits(target: MachineTarget): string {
    const { natives, first } = this.#begun;
    let text = '';
    for (let t = 0; t < target.threads; t++) {
      const held = natives.context(first + t).held.map((h) => `${h.address} ${h.mode} ${h.loc}`);
      const op = target.status(t) === 'done' ? undefined : target.pending(t);
      text += `${op ? `${op.kind} ${op.object} at ${target.placeOf(t)}` : 'done'} with ${held.join()};`;
    }
    return text;
  }

  /** Gives an execution CHECK and the judges of the end. */
  finish(target: MachineTarget, end: 'done' | 'deadlock' | 'stopped'): EndedExecution {
    const asleep = end === 'deadlock' && target.asleep;
    const blocked = end === 'deadlock' ? target.block() : [];
    const result = end === 'done' ? 'done' : end === 'deadlock' ? 'deadlock' : 'fatal';
    const ended = this.#executor.finish(this.#begun, { end: result, choices: [], blocked });
    const events = [...ended.events].sort((a, b) => a.thread - b.thread);
    return { execution: { ...ended, events }, asleep };
  }
}

/** The first `count` steps, switched as rarely as they can be, as a schedule; undefined: never less than `below` times. */
export function shortestSchedule(
  target: MachineTarget,
  count: number,
  below = Number.POSITIVE_INFINITY,
): { readonly schedule: string; readonly switches: number } | undefined {
  const steps = count === target.steps.length ? target.steps : target.steps.slice(0, count);
  const order = fewestSwitches(steps, below, MAX_ORDERS);
  if (!order) return undefined;
  return { schedule: scheduleOf(target, order), switches: switchesOf(order) };
}

/** Steps of the target's execution, in an order that it could have had, as a schedule; then these threads begin to wait. */
export function scheduleOf(target: MachineTarget, order: readonly Step[], waiting: readonly number[] = []): string {
  const index = new Map<Step, number>(target.steps.map((step, i) => [step, i]));
  const counted = order.map((step) => target.counted(index.get(step)!));
  return formatSchedule(thenWaiting(segments(counted, target.countedBeginnings()), waiting));
}

/** Which of its thread's accesses and operations this one is, from 0. What a native does counts as its call. */
export function ordinalOf(target: MachineTarget, access: RaceAccess): number {
  const { thread, step } = access;
  const calls = access.access >= 0 && target.isNative(access.access) ? 1 : 0;
  if (step < 0) return target.countedBefore(access.access, thread === 0 ? 0 : target.beginnings[thread - 1]!) - calls;
  let ordinal = target.countedBeginnings()[thread]!;
  for (let i = 0; i < step; i++) {
    if (target.steps[i]!.thread === thread) ordinal += 1 + target.counted(i).after;
  }
  if (access.access < 0) return ordinal;
  return ordinal + 1 + target.countedBefore(access.access, target.starts[step]!) - calls;
}

/** Events by thread, in the order of each. Notes are no part of the outcome. */
function eventsKey(events: readonly MachineEvent[], from: number): string {
  if (events.length === from) return '';
  const perThread = new Map<number, string>();
  for (let i = from; i < events.length; i++) {
    const event = events[i]!;
    const text = eventText(event, event.kind === 'problem' ? String(event.loc) : '');
    if (text !== '') perThread.set(event.thread, `${perThread.get(event.thread) ?? ''}${text}\n`);
  }
  return [...perThread].sort(([a], [b]) => a - b).join();
}

function eventText(event: MachineEvent, place: string): string {
  switch (event.kind) {
    case 'observe':
      return `${event.expr} = ${formatValue(event.value)}`;
    case 'problem':
      return `${event.rule} ${place} ${event.message}`;
    case 'log':
      return `${event.level} ${event.text}`;
    case 'stub':
      return `stub ${event.name}`;
    case 'note':
      return '';
  }
}

/** The same in every process that compiled the same code: locations by file and line, not by number. */
function outcomeKey(executor: Executor, execution: Execution): string {
  const { locations } = executor.world.compiled.program;
  const placeOf = (event: MachineEvent): string => {
    if (event.kind !== 'problem') return '';
    const { file, line, column } = locations.presumed(event.loc);
    return `${file}:${line}:${column}`;
  };
  return [
    execution.end,
    ...execution.events.map((e) => `${e.thread} ${eventText(e, placeOf(e))}`),
    ...execution.tree.map(treeText),
  ].join('\n');
}
const treeText = (node: ResourceNode): string =>
  `${node.name} ${hex(node.start)}-${hex(node.end)} ${hex(node.flags)} ${node.desc} (${node.children.map(treeText).join(' ')})`;
