import type { Step } from '../explore/dpor.ts';
import { type ExploreBounds, type Explored, exploreThreads, type Granularity } from '../explore/explore.ts';
import type { MachineTarget } from '../explore/machine-target.ts';
import type { Race, RaceAccess } from '../explore/races.ts';
import { replay, type Watcher } from '../explore/replay.ts';
import { fewestSwitches, formatSchedule, parseSchedule, segments, switchesOf } from '../explore/schedule.ts';
import type { ResourceNode } from '../kernel/resources.ts';
import type { MachineEvent, StackEntry } from '../machine/api.ts';
import type { MachineModel } from '../model/api.ts';
import type { Begun, Execution, Executor } from './execute.ts';
import { formatValue, hex } from './format.ts';
import { findEntries, type Scenario } from './scenario.ts';

/** One of the outcomes that a scenario can have. */
export interface ExploredOutcome {
  /** Of the first execution that had it, events in the order of threads. */
  readonly execution: Execution;
  /** A deadlock of threads that all sleep. */
  readonly asleep: boolean;
  /** Executions that ended so. */
  count: number;
  /** The one with the fewest switches that was looked at. */
  schedule: string;
  switches: number;
}
/** One side of a data race, with how the code came there. */
export interface RaceSide {
  readonly thread: string;
  readonly write: boolean;
  readonly size: number;
  /** What it touches, by a name that is the same in every run. */
  readonly object: string;
  readonly loc: number;
  readonly stack: readonly StackEntry[];
}
export interface FoundRace {
  readonly first: RaceSide;
  readonly second: RaceSide;
  /** Ends with the second access. */
  readonly schedule: string;
}
export interface ScenarioExploration {
  readonly outcomes: readonly ExploredOutcome[];
  readonly races: readonly FoundRace[];
  readonly executions: number;
  readonly blocked: number;
  readonly complete: boolean;
  /** The bound that ended the search. */
  readonly cutOff?: string;
  readonly threads: number;
  /** Of the longest execution. */
  readonly steps: number;
  readonly granularity: Granularity;
  /** Bytes of memory that races were found on: accesses to them are steps as well. */
  readonly watched: number;
}
export interface ExploreOptions {
  readonly bounds: ExploreBounds;
  readonly granularity?: Granularity;
  readonly signal?: { readonly aborted: boolean };
  /** Told now and then how many executions there were. */
  readonly progress?: (executions: number) => void;
}

/** Executions of one outcome whose schedules are made shorter. */
const SHORTENED = 6;
/** Outcomes told apart; the rest of the search only counts. */
const MAX_OUTCOMES = 500;
/** States remembered, so that memory does not grow with the search. */
const MAX_STATES = 20_000;
const MAX_RACES = 40;
const PROGRESS = 500;

/** Executes a scenario under every schedule that can make a difference, within bounds. */
export function exploreScenario(
  executor: Executor,
  scenario: Scenario,
  model: MachineModel,
  options: ExploreOptions,
): ScenarioExploration {
  const begun = executor.begin(scenario, model);
  const granularity = options.granularity ?? 'sync';
  if (begun.end !== 'ok' || begun.threads === 0) {
    const execution = executor.finish(begun, { end: 'done', choices: [], blocked: [] });
    return {
      outcomes: [{ execution, asleep: false, count: 1, schedule: '', switches: 0 }],
      races: [],
      executions: 1,
      blocked: 0,
      complete: true,
      threads: begun.threads,
      steps: 0,
      granularity,
      watched: 0,
    };
  }
  const outcomes = new Outcomes(executor, begun);
  const races: { readonly race: Race; readonly schedule: string; readonly ordinals: readonly [number, number] }[] = [];
  const { machine, natives, first, threads } = begun;
  let executions = 0;
  machine.pauseTrace();
  natives.keepNotes(false);
  let explored: Explored;
  try {
    explored = exploreThreads(
      machine,
      natives,
      first,
      threads,
      { bounds: options.bounds, granularity },
      {
        begin: () => {
          outcomes.clear();
          executions = 0;
        },
        execution: (target, end) => {
          outcomes.add(target, end);
          if (++executions % PROGRESS === 0) options.progress?.(executions);
          return options.signal?.aborted ? false : undefined;
        },
        race: (race, target) => {
          if (races.length >= MAX_RACES) return;
          const { schedule } = scheduleOf(target, race.second.step + 1);
          races.push({ race, schedule, ordinals: [ordinalOf(target, race.first), ordinalOf(target, race.second)] });
        },
      },
    );
  } finally {
    natives.keepNotes(true);
  }
  const list = lostWakeups(outcomes.list());
  const full = list.length >= MAX_OUTCOMES;
  return {
    outcomes: list,
    races: races.map(({ race, schedule, ordinals }) =>
      raceWithStacks(executor, scenario, model, race, schedule, ordinals),
    ),
    executions: explored.executions,
    blocked: explored.blocked,
    complete: explored.complete && !full,
    ...(explored.cutOff || full ? { cutOff: full ? 'outcomes' : explored.cutOff! } : {}),
    threads,
    steps: explored.depth,
    granularity,
    watched: explored.watched,
  };
}

/** Runs a scenario as a schedule says. Throws E001 and E002. */
export function replayScenario(
  executor: Executor,
  scenario: Scenario,
  model: MachineModel,
  schedule: string,
  watcher?: (begun: Begun) => Watcher,
): Execution {
  const parsed = parseSchedule(schedule);
  return executor.run(scenario, model, (begun) =>
    replay(begun.machine, begun.natives, begun.first, parsed, watcher?.(begun)),
  );
}

/** The outcomes of one round, by what can be observed. */
class Outcomes {
  readonly #executor: Executor;
  readonly #begun: Begun;
  /** By the state in which the threads ended: what CHECK and the judges of the end say follows from it. */
  readonly #states = new Map<string, ExploredOutcome>();
  readonly #outcomes = new Map<string, ExploredOutcome>();

  constructor(executor: Executor, begun: Begun) {
    this.#executor = executor;
    this.#begun = begun;
  }

  clear(): void {
    this.#states.clear();
    this.#outcomes.clear();
  }

  list(): readonly ExploredOutcome[] {
    return [...this.#outcomes.values()];
  }

  add(target: MachineTarget, end: 'done' | 'deadlock' | 'stopped'): void {
    const { machine, firstEvent } = this.#begun;
    const state = `${end} ${machine.digest()} ${eventsKey(machine.events, firstEvent)}`;
    let outcome = this.#states.get(state);
    if (!outcome) {
      // Too deep: it did not end.
      if (end === 'stopped' && !target.ended) return;
      const asleep = end === 'deadlock' && target.asleep;
      const blocked = end === 'deadlock' ? target.block() : [];
      const result = end === 'done' ? 'done' : end === 'deadlock' ? 'deadlock' : 'fatal';
      const ended = this.#executor.finish(this.#begun, { end: result, choices: [], blocked });
      const events = [...ended.events].sort((a, b) => a.thread - b.thread);
      const execution = { ...ended, events };
      const key = outcomeKey(execution);
      outcome = this.#outcomes.get(key);
      if (!outcome) {
        if (this.#outcomes.size >= MAX_OUTCOMES) return;
        this.#outcomes.set(
          key,
          (outcome = { execution, asleep, count: 0, schedule: '', switches: Number.POSITIVE_INFINITY }),
        );
      }
      if (this.#states.size < MAX_STATES) this.#states.set(state, outcome);
    }
    if (outcome.count++ < SHORTENED) {
      const { schedule, switches } = scheduleOf(target);
      if (switches < outcome.switches) Object.assign(outcome, { schedule, switches });
    }
  }
}

/**
 * Threads that sleep for ever under some schedules and are woken under others: their wake-up came before they slept. Where no
 * schedule wakes them nobody does, and a deadlock it is.
 */
function lostWakeups(outcomes: readonly ExploredOutcome[]): readonly ExploredOutcome[] {
  if (!outcomes.some((o) => o.execution.end === 'ok')) return outcomes;
  return outcomes.map((outcome) => {
    if (!outcome.asleep) return outcome;
    const { execution } = outcome;
    const events = execution.events.map((e) =>
      e.kind === 'problem' && e.rule === 'deadlock'
        ? {
            ...e,
            rule: 'lost-wakeup' as const,
            message: `sleeps for ever, though other schedules wake it: ${e.message.replace(/^no thread can go on: /, '')}`,
          }
        : e,
    );
    return { ...outcome, execution: { ...execution, end: 'lost-wakeup', events } };
  });
}

/** Events by thread, in the order of each. Notes are no part of the outcome. */
function eventsKey(events: readonly MachineEvent[], from: number): string {
  if (events.length === from) return '';
  const perThread = new Map<number, string>();
  for (let i = from; i < events.length; i++) {
    const event = events[i]!;
    const text = eventText(event);
    if (text !== '') perThread.set(event.thread, `${perThread.get(event.thread) ?? ''}${text}\n`);
  }
  return [...perThread].sort(([a], [b]) => a - b).join();
}

function eventText(event: MachineEvent): string {
  switch (event.kind) {
    case 'observe':
      return `${event.expr} = ${formatValue(event.value)}`;
    case 'problem':
      return `${event.rule} ${event.loc} ${event.message}`;
    case 'log':
      return `${event.level} ${event.text}`;
    case 'stub':
      return `stub ${event.name}`;
    case 'note':
      return '';
  }
}

function outcomeKey(execution: Execution): string {
  return [
    execution.end,
    ...execution.events.map((e) => `${e.thread} ${eventText(e)}`),
    ...execution.tree.map(treeText),
  ].join('\n');
}
const treeText = (node: ResourceNode): string =>
  `${node.name} ${hex(node.start)}-${hex(node.end)} ${hex(node.flags)} ${node.desc} (${node.children.map(treeText).join(' ')})`;

/** The execution's first `count` steps, switched as rarely as they can be, as a schedule. */
function scheduleOf(target: MachineTarget, count = target.steps.length): { schedule: string; switches: number } {
  const steps = target.steps.slice(0, count);
  const index = new Map<Step, number>(steps.map((step, i) => [step, i]));
  const order = fewestSwitches(steps, 3000);
  const counted = order.map((step) => target.counted(index.get(step)!));
  return { schedule: formatSchedule(segments(counted, target.countedBeginnings())), switches: switchesOf(order) };
}

/** Which of its thread's accesses and operations this one is, from 0. What a native does counts as its call. */
function ordinalOf(target: MachineTarget, access: RaceAccess): number {
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

/** Executes the race again and looks how the code came to each of its accesses. */
function raceWithStacks(
  executor: Executor,
  scenario: Scenario,
  model: MachineModel,
  race: Race,
  schedule: string,
  ordinals: readonly [number, number],
): FoundRace {
  const stacks: (readonly StackEntry[])[] = [[], []];
  const entries = findEntries(executor.world.compiled.program, scenario.path);
  const nameOf = (thread: number): string => entries.threads[thread]?.name ?? `thread ${thread}`;
  const objects: string[] = ['memory', 'memory'];
  const sides = [race.first, race.second] as const;
  replayScenario(executor, scenario, model, schedule, ({ machine, first }) => ({
    before: (thread, ordinal, pending) => {
      sides.forEach((side, i) => {
        // The place is known from the exploration: a stack that does not lead there is another access's.
        if (side.thread !== thread || ordinals[i] !== ordinal || pending.kind === 'none' || pending.loc !== side.loc)
          return;
        const view = machine.threads[first + thread]!;
        stacks[i] = view.stack;
        if (pending.kind === 'read' || pending.kind === 'write') objects[i] = machine.memory.describe(pending.address);
        else if (pending.kind === 'native') objects[i] = machine.memory.describe(pending.args[0] ?? 0n);
      });
    },
  }));
  const side = (i: 0 | 1): RaceSide => ({
    thread: nameOf(sides[i].thread),
    write: sides[i].write,
    size: sides[i].size,
    object: objects[i]!,
    loc: sides[i].loc,
    stack: stacks[i]!,
  });
  return { first: side(0), second: side(1), schedule };
}
