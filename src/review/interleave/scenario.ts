import type { Granularity } from '../../explore/explore.ts';
import { replay, type Watcher } from '../../explore/replay.ts';
import { parseSchedule } from '../../explore/schedule.ts';
import type { MachineEvent, StackEntry } from '../../machine/api.ts';
import type { MachineModel } from '../../model/api.ts';
import type { Begun, Execution, Executor } from '../execute.ts';
import { findEntries, type Scenario } from '../scenario.ts';
import type { SearchPool, SharedSearch } from './pool.ts';
import {
  executeRemote,
  type FoundTask,
  type KnownRace,
  type SavedSearch,
  ScenarioSearch,
  type SearchOptions,
  type SearchRecord,
} from './search.ts';

/** One of the outcomes that a scenario can have. */
export interface ExploredOutcome {
  /** Of the first execution that had it, events in the order of threads. */
  readonly execution: Execution;
  /** A deadlock of threads that all sleep. */
  readonly asleep: boolean;
  /** Executions that ended so. 0: one that is none of them, in which a writer begins to wait before a reader does. */
  readonly count: number;
  /** The one with the fewest switches. */
  readonly schedule: string;
  readonly switches: number;
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
  /** Functions without body or model, where both threads call some: what these would order is not known. */
  readonly stubs: readonly string[];
}
export interface ScenarioExploration {
  readonly outcomes: readonly ExploredOutcome[];
  readonly races: readonly FoundRace[];
  readonly executions: number;
  readonly blocked: number;
  /** Every behaviour was executed, up to the order of what commutes. */
  readonly complete: boolean;
  /** The bound that ended the search. */
  readonly cutOff?: string;
  readonly threads: number;
  /** Of the longest execution. */
  readonly steps: number;
  /** Of the execution with the most: a thread that could go on was left for another. */
  readonly preemptions: number;
  readonly granularity: Granularity;
  /** Bytes of memory that races were found on: accesses to them are steps as well. */
  readonly watched: number;
  /** What each strategy did, in turn. */
  readonly searches: readonly SearchRecord[];
}
export interface ExploreOptions extends SearchOptions {
  readonly signal?: { readonly aborted: boolean };
  /** Told now and then how many executions there were, and the bound on them. */
  readonly progress?: (executions: number, most: number) => void;
  /** Awaited between tasks, so that a host can answer others. */
  readonly pause?: () => Promise<void>;
  /** Other workers to share the search with. */
  readonly pool?: SearchPool;
  /** Goes on with this one. */
  readonly resume?: SavedSearch;
  /** Given the search where it was cancelled, or came to its bound on executions. */
  readonly cancelled?: (saved: SavedSearch) => void;
}

/**
 * Executes a scenario under every schedule that can make a difference, within bounds. The result is the same with a pool and
 * without, and for a search that was cancelled and gone on with.
 */
export async function exploreScenario(
  executor: Executor,
  scenario: Scenario,
  model: MachineModel,
  options: ExploreOptions,
): Promise<ScenarioExploration> {
  const begun = executor.begin(scenario, model);
  const granularity = options.granularity ?? 'sync';
  if (begun.end !== 'ok' || begun.threads === 0) return withoutThreads(executor, begun, granularity);
  const search = new ScenarioSearch(executor, begun, options, options.resume);
  const aborted = (): boolean => options.signal?.aborted ?? false;
  const pool = options.pool && options.pool.size > 1 ? options.pool : undefined;
  let shared: SharedSearch | undefined;
  try {
    while (!search.done && !aborted()) {
      const tasks = search.batch();
      const found: FoundTask[] = [];
      const several = tasks.length > 1 && (shared !== undefined || search.executions >= (pool?.patience ?? 0));
      if (several)
        shared ??= pool?.begin({
          world: executor.world,
          budget: executor.budget,
          scenario,
          machine: model,
          granularity,
        });
      const elsewhere = several ? await shared?.run(tasks, begun.machine.placement?.()) : undefined;
      for (const [i, task] of tasks.entries()) {
        const one = elsewhere ? (elsewhere[i] ?? executeRemote(search.side, task)) : search.execute(task, aborted);
        if (one === 'aborted') break;
        found.push(one);
        if (one.end.stopped) break;
        if (!elsewhere) await options.pause?.();
      }
      if (found.length < tasks.length && !found.some((f) => f.end.stopped)) break;
      search.absorb(found);
      options.progress?.(search.executions, search.most);
    }
    if (search.left) options.cancelled?.(search.save());
    return explorationOf(executor, scenario, model, begun, granularity, search);
  } finally {
    search.side.end();
  }
}

function explorationOf(
  executor: Executor,
  scenario: Scenario,
  model: MachineModel,
  begun: Begun,
  granularity: Granularity,
  search: ScenarioSearch,
): ScenarioExploration {
  const { outcomes, races, queues, records, totals, watched, unsettled, complete } = search.results();
  search.side.end();
  const cutOff = complete ? undefined : cutOffOf(search.done, records, totals, unsettled);
  return {
    outcomes: [...lostWakeups(outcomes), ...queues.flatMap((queue) => behindWriters(executor, scenario, model, queue))],
    races: races.map((race) => raceWithStacks(executor, scenario, model, race)),
    executions: totals.executions,
    blocked: totals.blocked,
    complete,
    ...(cutOff ? { cutOff } : {}),
    threads: begun.threads,
    steps: totals.steps,
    preemptions: totals.preemptions,
    granularity,
    watched,
    searches: records,
  };
}

/** Executes a deadlock behind a writer. */
function behindWriters(
  executor: Executor,
  scenario: Scenario,
  model: MachineModel,
  { schedule, switches }: { readonly schedule: string; readonly switches: number },
): readonly ExploredOutcome[] {
  const execution = replayScenario(executor, scenario, model, schedule);
  if (execution.end !== 'deadlock') return [];
  const events = [...execution.events].sort((a, b) => a.thread - b.thread);
  return [{ execution: { ...execution, events }, asleep: false, count: 0, schedule, switches }];
}

function cutOffOf(
  done: boolean,
  records: readonly SearchRecord[],
  totals: { readonly deep: boolean; readonly full: boolean },
  unsettled: boolean,
): string {
  const [first] = records;
  if (!done) return 'cancelled';
  if (totals.full) return 'outcomes';
  if (first && !first.exhausted) return 'executions';
  if (totals.deep) return 'depth';
  if (unsettled) return 'races';
  return first?.strategy === 'preemption' ? 'preemptions' : 'strategy';
}

function withoutThreads(executor: Executor, begun: Begun, granularity: Granularity): ScenarioExploration {
  const execution = executor.finish(begun, { end: 'done', choices: [], blocked: [] });
  return {
    outcomes: [{ execution, asleep: false, count: 1, schedule: '', switches: 0 }],
    races: [],
    executions: 1,
    blocked: 0,
    complete: true,
    threads: begun.threads,
    steps: 0,
    preemptions: 0,
    granularity,
    watched: 0,
    searches: [{ strategy: 'dpor', executions: 1, blocked: 0, exhausted: true }],
  };
}

/** Functions without body or model that were called. */
export const stubsOf = (events: readonly MachineEvent[]): readonly string[] => [
  ...new Set(events.flatMap((e) => (e.kind === 'stub' ? [e.name] : []))),
];

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

/** Executes the race again and looks how the code came to each of its accesses. */
function raceWithStacks(
  executor: Executor,
  scenario: Scenario,
  model: MachineModel,
  { race, schedule, ordinals }: KnownRace,
): FoundRace {
  const stacks: (readonly StackEntry[])[] = [[], []];
  const entries = findEntries(executor.world.compiled.program, scenario.path);
  const nameOf = (thread: number): string => entries.threads[thread]?.name ?? `thread ${thread}`;
  const objects: string[] = ['memory', 'memory'];
  const sides = [race.first, race.second] as const;
  let from = 0;
  const { events } = replayScenario(executor, scenario, model, schedule, ({ machine, first }) => ({
    before: (thread, ordinal, pending) => {
      from = first;
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
  const called = sides.map(({ thread }) => stubsOf(events.filter((e) => e.thread === from + thread)));
  const stubs = called.every((names) => names.length > 0) ? [...new Set(called.flat())].sort() : [];
  return { first: side(0), second: side(1), schedule, stubs };
}
