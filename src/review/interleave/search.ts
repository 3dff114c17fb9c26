import {
  beginSearch,
  type ExploreBounds,
  executeTask,
  type Granularity,
  resumeSearch,
  type Strategy,
} from '../../explore/explore.ts';
import { MachineTarget, type Range } from '../../explore/machine-target.ts';
import { type QueueDeadlock, QueueDetector } from '../../explore/queues.ts';
import { type Race, RaceDetector } from '../../explore/races.ts';
import { switchesOf } from '../../explore/schedule.ts';
import type { Search, SearchState, SearchTask, StrategyName, TaskEnd } from '../../explore/search.ts';
import type { Snapshot } from '../../machine/api.ts';
import type { Begun, Executor } from '../execute.ts';
import {
  type EndedExecution,
  MAX_OUTCOMES,
  OutcomeCollector,
  type OutcomeSummary,
  ordinalOf,
  scheduleOf,
  shortestSchedule,
} from './outcomes.ts';

/*
 * The search through one scenario's schedules, in tasks that this process or others execute. Rounds: where executions show
 * data races, that memory is watched and the search begins anew with accesses to it as steps, until nothing new is found.
 * Without races, switching at synchronising operations misses nothing; with them, the rounds make up for it.
 */

/** One strategy with its bound on executions. */
export interface PlannedSearch {
  readonly strategy: Strategy;
  readonly executions: number;
}
/** What one strategy did. */
export interface SearchRecord {
  readonly strategy: StrategyName;
  readonly executions: number;
  readonly blocked: number;
  /** Of the bound, or none. */
  readonly bound?: { readonly preemptions: number };
  readonly seed?: number;
  /** Nothing is left that it has to try. Only of `dpor` does that mean that every behaviour was executed. */
  readonly exhausted: boolean;
}
export interface FoundTask {
  readonly end: TaskEnd;
  readonly outcomes: readonly OutcomeSummary[];
  /** Threads of the steps of executions that show races, up to each race. */
  readonly races: readonly (readonly number[])[];
  readonly queues: readonly SavedQueue[];
}
/** A deadlock behind a writer that waits: threads of the steps that lead to it, and what then begins to wait. Plain data. */
interface SavedQueue {
  readonly steps: readonly number[];
  readonly writers: readonly number[];
  readonly reader: number;
}
/** What another process needs to execute a task of a search. */
export interface RemoteTask {
  readonly task: SearchTask;
  readonly watched: readonly Range[];
  /** A race on other memory ends the task: the search begins anew. */
  readonly settling: boolean;
}
/** Memory in races, one round after the other: beyond it the search goes on without, and is not complete. */
const MAX_ROUNDS = 64;
/** Executions of all rounds, as a multiple of the bound of one. */
const MAX_SPENT = 8;
const MAX_RACES = 40;
const MAX_QUEUES = 40;
/** Executions after which a task that runs alone pauses, so that its host can answer others. */
const SLICE = 200;

/** One side of a search: a machine that stands where the threads begin, and what executes tasks in it. */
export class SearchSide {
  readonly begun: Begun;
  readonly collector: OutcomeCollector;
  readonly #start: Snapshot;
  readonly #granularity: Granularity;
  /** For the search that is led here, and for tasks of a search that another one leads: each reports a race once. */
  readonly #detector: RaceDetector;
  readonly #guests: RaceDetector;
  readonly #queues = { own: new QueueDetector(), guests: new QueueDetector() };
  #watched = '';
  #target: MachineTarget | undefined;

  /** The scenario must have come to its threads: see {@link Begun.end}. */
  constructor(executor: Executor, begun: Begun, granularity: Granularity) {
    this.begun = begun;
    this.#granularity = granularity;
    begun.machine.pauseTrace();
    begun.natives.keepNotes(false);
    this.#start = begun.machine.snapshot();
    this.#detector = new RaceDetector(begun.threads);
    this.#guests = new RaceDetector(begun.threads);
    this.collector = new OutcomeCollector(executor, begun);
  }

  /** Makes accesses to this memory steps. */
  target(watched: readonly Range[]): MachineTarget {
    const key = JSON.stringify(watched);
    if (this.#target && this.#watched === key) return this.#target;
    const { machine, natives, first, threads } = this.begun;
    machine.restore(this.#start);
    this.collector.clear();
    this.#queues.own.clear();
    this.#queues.guests.clear();
    this.#watched = key;
    const all = this.#granularity === 'access';
    return (this.#target = new MachineTarget(machine, natives, first, threads, all ? 'all' : watched));
  }

  /**
   * Executes a task. `race` sees each race, once for a pair of places, and stops the task by answering true; `queue` sees
   * deadlocks behind writers, again where one comes with fewer switches.
   */
  execute(
    target: MachineTarget,
    task: SearchTask,
    race: (race: Race) => boolean,
    queue: (deadlock: QueueDeadlock) => void,
    visited: () => 'pause' | 'stop' | undefined,
    guest = false,
  ): TaskEnd {
    const queues = guest ? this.#queues.guests : this.#queues.own;
    const detector = guest ? this.#guests : this.#detector;
    return executeTask(target, task, ({ end }) => {
      let stop = false;
      // All of them: none is reported a second time.
      for (const found of detector.find(target)) if (race(found)) stop = true;
      if (stop) return 'stop';
      for (const deadlock of queues.find(target)) queue(deadlock);
      this.collector.add(target, end);
      return visited();
    });
  }

  /** The races that an execution shows and that were not seen before. */
  races(target: MachineTarget, steps: readonly number[]): readonly Race[] {
    this.step(target, steps);
    return this.#detector.find(target);
  }

  /** Executes steps again, and what comes at the end. */
  ended(target: MachineTarget, steps: readonly number[]): EndedExecution {
    this.step(target, steps);
    let left = false;
    for (let t = 0; t < target.threads; t++) left ||= target.status(t) !== 'done';
    return this.collector.finish(target, target.ended ? 'stopped' : left ? 'deadlock' : 'done');
  }

  /** Executes steps from the beginning. */
  step(target: MachineTarget, steps: readonly number[]): void {
    target.reset();
    for (const thread of steps) target.step(thread);
  }

  end(): void {
    this.begun.natives.keepNotes(true);
    this.begun.machine.watch([]);
  }
}

/** Executes a task as a helper does: what it found is all in its answer. */
export function executeRemote(side: SearchSide, { task, watched, settling }: RemoteTask): FoundTask {
  const target = side.target(watched);
  const races: (readonly number[])[] = [];
  const queues: SavedQueue[] = [];
  const isNew = newRanges(watched);
  const end = side.execute(
    target,
    task,
    (race) => {
      races.push(target.steps.slice(0, race.second.step + 1).map((s) => s.thread));
      return settling && isNew(race);
    },
    ({ steps, writers, reader }) => queues.push({ steps: steps.map((s) => s.thread), writers, reader }),
    () => undefined,
    true,
  );
  return { end, outcomes: side.collector.take(), races, queues };
}

interface KnownOutcome {
  readonly steps: readonly number[];
  count: number;
  schedule: string;
  switches: number;
}
export interface KnownRace {
  readonly race: Race;
  readonly schedule: string;
  readonly ordinals: readonly [number, number];
}
interface KnownQueue extends SavedQueue {
  readonly schedule: string;
  readonly switches: number;
}
/** A search as plain data, to be gone on with at another time. */
export interface SavedSearch {
  readonly format: 'iomem-review-search';
  readonly version: 2;
  readonly watched: readonly Range[];
  readonly round: number;
  readonly spent: number;
  readonly unsettled: boolean;
  readonly at: number;
  readonly search: SearchState;
  readonly records: readonly SearchRecord[];
  readonly outcomes: readonly (readonly [string, Readonly<KnownOutcome>])[];
  /** Threads of the steps up to each race, and the memory that was watched then. */
  readonly races: readonly { readonly steps: readonly number[]; readonly watched: readonly Range[] }[];
  readonly queues: readonly SavedQueue[];
  readonly totals: Totals;
}
interface Totals {
  readonly executions: number;
  readonly blocked: number;
  readonly steps: number;
  readonly preemptions: number;
  readonly deep: boolean;
  readonly full: boolean;
}
const none: Totals = { executions: 0, blocked: 0, steps: 0, preemptions: 0, deep: false, full: false };

export interface SearchOptions {
  readonly bounds: ExploreBounds;
  readonly granularity?: Granularity;
  /** Default: every schedule that can make a difference. */
  readonly strategy?: Strategy;
  /** Tried in turn where the strategy has not come to its end within its bound. */
  readonly otherwise?: readonly PlannedSearch[];
}

/** A search through the schedules of one scenario on one machine. */
export class ScenarioSearch {
  readonly side: SearchSide;
  readonly #granularity: Granularity;
  readonly #depth: number;
  readonly #plan: readonly PlannedSearch[];
  #watched: readonly Range[] = [];
  #round = 1;
  #spent = 0;
  /** Races went on to be found when there were no more rounds. */
  #unsettled = false;
  #at = 0;
  #search: Search;
  #records: SearchRecord[] = [];
  #outcomes = new Map<string, KnownOutcome>();
  #executions = new Map<string, EndedExecution>();
  readonly #races: (KnownRace & SavedSearch['races'][number])[] = [];
  readonly #places = new Set<string>();
  /** By the places of the reader and of the writers. */
  readonly #queues = new Map<string, KnownQueue>();
  #totals: Totals = none;
  #taken: readonly SearchTask[] = [];

  /** Throws nothing of its own: a `saved` search must be of the same code, scenario, machine and options. */
  constructor(executor: Executor, begun: Begun, options: SearchOptions, saved?: SavedSearch) {
    this.#granularity = options.granularity ?? 'sync';
    this.#depth = options.bounds.depth;
    this.#plan = [
      { strategy: options.strategy ?? { name: 'dpor' }, executions: options.bounds.executions },
      ...(options.otherwise ?? []),
    ];
    this.side = new SearchSide(executor, begun, this.#granularity);
    this.#search = saved ? resumeSearch(saved.search, this.#depth) : this.#begin();
    if (saved) this.#load(saved);
  }

  get executions(): number {
    return this.#totals.executions;
  }
  /** The bound on the executions of what is being searched. */
  get most(): number {
    return this.#totals.executions - this.#searched + this.#plan[Math.min(this.#at, this.#plan.length - 1)]!.executions;
  }
  get done(): boolean {
    return this.#at >= this.#plan.length;
  }
  /** Whether there is anything left to try, by this search or, saved, by one with a larger bound. */
  get left(): boolean {
    return !this.done || this.#atBound;
  }
  /** The only strategy there is came to its bound. */
  get #atBound(): boolean {
    return this.done && this.#plan.length === 1 && !this.#search.exhausted;
  }

  /** The next tasks: executed here ({@link execute}) or elsewhere, and then {@link absorb}ed. */
  batch(): readonly RemoteTask[] {
    if (this.done) return [];
    this.#taken = this.#search.tasks(this.#plan[this.#at]!.executions - this.#searched);
    const settling = this.#settling;
    return this.#taken.map((task) => ({ task, watched: this.#watched, settling }));
  }

  /** Executes a task here. `aborted` ends it: what it did is of use only if it was the only one of its batch. */
  execute({ task, watched }: RemoteTask, aborted: () => boolean = () => false): FoundTask | 'aborted' {
    const target = this.side.target(watched);
    const alone = this.#taken.length === 1;
    let executions = 0;
    let given = false;
    const end = this.side.execute(
      target,
      task,
      (race) => this.#met(race, target, watched),
      (deadlock) => this.#queue(deadlock, target),
      () => {
        executions++;
        if (aborted()) {
          if (alone) return 'pause';
          given = true;
          return 'stop';
        }
        return alone && executions >= SLICE ? 'pause' : undefined;
      },
    );
    const outcomes = this.side.collector.take();
    return given ? 'aborted' : { end, outcomes, races: [], queues: [] };
  }

  /** Takes in what the tasks of the last {@link batch} found, in their order. */
  absorb(found: readonly FoundTask[]): void {
    // What one worker would have come across, and no more: it stops where it meets a race on other memory.
    const watched = this.#watched;
    for (const { races, end } of found) {
      for (const steps of races) {
        const target = this.side.target(watched);
        for (const race of this.side.races(target, steps)) this.#met(race, target, watched);
      }
      if (end.stopped) break;
    }
    if (this.#watched !== watched || found.some(({ end }) => end.stopped)) {
      this.#again();
      return;
    }
    for (const { end, outcomes, queues } of found) {
      for (const queue of queues) this.#queueAgain(queue);
      for (const outcome of outcomes) this.#outcome(outcome);
      const { executions, blocked, steps, preemptions, deep, full } = this.#totals;
      this.#totals = {
        executions: executions + end.executions,
        blocked: blocked + end.blocked,
        steps: Math.max(steps, end.steps),
        preemptions: Math.max(preemptions, end.preemptions),
        deep: deep || end.deep,
        full,
      };
      this.#spent += end.executions;
      this.#count(end);
    }
    this.#search.merge(found.map((f) => f.end));
    this.#settle();
  }

  /** What has been found so far. The machine runs for it; the search can go on. */
  results(): {
    readonly outcomes: readonly (EndedExecution & Readonly<KnownOutcome>)[];
    readonly races: readonly KnownRace[];
    readonly queues: readonly { readonly schedule: string; readonly switches: number }[];
    readonly records: readonly SearchRecord[];
    readonly totals: Totals;
    readonly watched: number;
    readonly unsettled: boolean;
    readonly complete: boolean;
  } {
    const outcomes = [...this.#outcomes].map(([key, known]) => ({ ...known, ...this.#executionOf(key, known) }));
    const records = this.done ? this.#records : [...this.#records, this.#record()];
    const first = records[0]!;
    const { deep, full } = this.#totals;
    return {
      outcomes,
      races: this.#races,
      queues: [...this.#queues.values()],
      records,
      totals: this.#totals,
      watched: bytesOf(this.#watched),
      unsettled: this.#unsettled,
      complete: first.strategy === 'dpor' && first.exhausted && !deep && !full && !this.#unsettled,
    };
  }

  save(): SavedSearch {
    return {
      format: 'iomem-review-search',
      version: 2,
      watched: this.#watched,
      round: this.#round,
      spent: this.#spent,
      unsettled: this.#unsettled,
      at: this.#atBound ? 0 : this.#at,
      search: this.#search.save(),
      records: this.done ? this.#records : [...this.#records, this.#record()],
      outcomes: [...this.#outcomes].map(([key, known]) => [key, { ...known }]),
      races: this.#races.map(({ steps, watched }) => ({ steps, watched })),
      queues: [...this.#queues.values()].map(({ steps, writers, reader }) => ({ steps, writers, reader })),
      totals: this.#totals,
    };
  }

  #load(saved: SavedSearch): void {
    // Races first: each is found in its execution again, with what was watched then.
    for (const { steps, watched } of saved.races) {
      this.#watched = [...watched];
      const target = this.side.target(watched);
      for (const race of this.side.races(target, steps)) this.#keep(race, target, watched);
    }
    this.#watched = [...saved.watched];
    for (const queue of saved.queues) this.#queueAgain(queue);
    this.#round = saved.round;
    this.#spent = saved.spent;
    this.#unsettled = saved.unsettled;
    this.#at = saved.at;
    this.#records = [...saved.records];
    const current = saved.at < this.#plan.length ? this.#records.pop() : undefined;
    this.#searched = current?.executions ?? 0;
    this.#blocked = current?.blocked ?? 0;
    this.#outcomes = new Map(saved.outcomes.map(([key, known]) => [key, { ...known }]));
    this.#totals = saved.totals;
    if (!this.done) this.#settle();
  }

  #searched = 0;
  #blocked = 0;

  #begin(): Search {
    this.#searched = 0;
    this.#blocked = 0;
    return beginSearch(this.#plan[this.#at]!.strategy, this.#depth);
  }

  #count(end: TaskEnd): void {
    this.#searched += end.executions;
    this.#blocked += end.blocked;
  }

  /** Goes on to the next strategy where this one is through, or to the end. */
  #settle(): void {
    const planned = this.#plan[this.#at]!;
    if (!this.#search.exhausted && this.#searched < planned.executions) return;
    this.#records.push(this.#record());
    // Others are for what the first one has not come to.
    this.#at = this.#search.exhausted && this.#at === 0 ? this.#plan.length : this.#at + 1;
    if (!this.done) this.#search = this.#begin();
  }

  #record(): SearchRecord {
    const { strategy } = this.#plan[this.#at]!;
    return {
      strategy: strategy.name,
      executions: this.#searched,
      blocked: this.#blocked,
      ...(strategy.name === 'preemption' ? { bound: { preemptions: strategy.preemptions } } : {}),
      ...(strategy.name === 'random' || strategy.name === 'pct' ? { seed: strategy.seed } : {}),
      exhausted: this.#search.exhausted,
    };
  }

  /**
   * A race of the execution that the target, watching `watched`, stands at the end of. True: its memory is to be watched from
   * now on.
   */
  #met(race: Race, target: MachineTarget, watched: readonly Range[]): boolean {
    this.#keep(race, target, watched);
    if (this.#granularity !== 'sync' || !newRanges(this.#watched)(race)) return false;
    if (!this.#settling) {
      this.#unsettled = true;
      return false;
    }
    this.#watched = [...this.#watched, sharedRange(race)];
    return true;
  }

  /** Whether there may be another round. */
  get #settling(): boolean {
    const most = MAX_SPENT * this.#plan[0]!.executions;
    return this.#granularity === 'sync' && this.#round < MAX_ROUNDS && this.#spent <= most;
  }

  #keep(race: Race, target: MachineTarget, watched: readonly Range[]): void {
    const { first, second } = race;
    const places = [`${first.loc} ${first.write}`, `${second.loc} ${second.write}`].sort().join();
    if (this.#races.length >= MAX_RACES || this.#places.has(places)) return;
    this.#places.add(places);
    const { schedule } = shortestSchedule(target, race.second.step + 1)!;
    this.#races.push({
      race,
      schedule,
      ordinals: [ordinalOf(target, race.first), ordinalOf(target, race.second)],
      steps: target.steps.slice(0, race.second.step + 1).map((s) => s.thread),
      watched,
    });
  }

  /** A deadlock whose steps are among those of the execution that the target stands at the end of. */
  #queue({ steps, switches, writers, reader, locs }: QueueDeadlock, target: MachineTarget): void {
    const key = locs.join();
    const known = this.#queues.get(key);
    if (known ? known.switches <= switches : this.#queues.size >= MAX_QUEUES) return;
    this.#queues.set(key, {
      steps: steps.map((s) => s.thread),
      writers,
      reader,
      switches,
      schedule: scheduleOf(target, steps, writers),
    });
  }

  #queueAgain({ steps, writers, reader }: SavedQueue): void {
    const target = this.side.target(this.#watched);
    this.side.step(target, steps);
    const locs = [reader, ...writers].map((thread) => target.placeOf(thread));
    this.#queue({ steps: target.steps, switches: switchesOf(target.steps), writers, reader, locs }, target);
  }

  /** The next round: nothing that was found holds with more memory watched, but the races. */
  #again(): void {
    this.#round++;
    this.#at = 0;
    this.#records = [];
    this.#outcomes.clear();
    this.#executions.clear();
    this.#queues.clear();
    this.#totals = none;
    this.#search = this.#begin();
  }

  #outcome({ key, steps, count, shortest }: OutcomeSummary): void {
    let known = this.#outcomes.get(key);
    if (!known) {
      if (this.#outcomes.size >= MAX_OUTCOMES) {
        this.#totals = { ...this.#totals, full: true };
        return;
      }
      this.#outcomes.set(key, (known = { steps, count: 0, schedule: '', switches: Number.POSITIVE_INFINITY }));
      const ended = this.side.collector.execution(key);
      if (ended) this.#executions.set(key, ended);
    }
    known.count += count;
    if (shortest && shortest.switches < known.switches) Object.assign(known, shortest);
  }

  #executionOf(key: string, known: KnownOutcome): EndedExecution {
    let ended = this.#executions.get(key);
    if (!ended) {
      ended = this.side.ended(this.side.target(this.#watched), known.steps);
      this.#executions.set(key, ended);
    }
    return ended;
  }
}

/** The bytes that both accesses of a race touch. */
function sharedRange({ first, second }: Race): Range {
  const offset = Math.max(first.offset, second.offset);
  return { offset, size: Math.min(first.offset + first.size, second.offset + second.size) - offset };
}

function newRanges(watched: readonly Range[]): (race: Race) => boolean {
  return (race) => {
    const { offset, size } = sharedRange(race);
    return !watched.some((w) => w.offset <= offset && offset + size <= w.offset + w.size);
  };
}

/** How many bytes the ranges cover together. */
function bytesOf(ranges: readonly Range[]): number {
  let bytes = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { offset, size } of [...ranges].sort((a, b) => a.offset - b.offset)) {
    const from = Math.max(offset, end);
    end = Math.max(end, offset + size);
    if (end > from) bytes += end - from;
  }
  return bytes;
}
