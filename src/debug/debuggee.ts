import type { Loc } from '../c/token.ts';
import { Types } from '../c/types-ops.ts';
import { classify } from '../explore/machine-target.ts';
import { replay } from '../explore/replay.ts';
import { type CountedStep, formatSchedule, parseSchedule, segments } from '../explore/schedule.ts';
import { single } from '../explore/single.ts';
import { runThreads, type ScheduleResult, type Strategy } from '../explore/strategy.ts';
import type { FrameView, Machine, MachineEvent } from '../machine/api.ts';
import type { Begun, Execution, Executor } from '../review/execute.ts';
import type { LineBook } from '../review/lines.ts';
import { type OpenScenario, openScenario, type ScenarioInput } from '../review/open-scenario.ts';
import type { SourcePlace, World as WorldName } from '../review/report.ts';
import { isModelFile, type World } from '../review/world.ts';
import { badLaunch, threadCannotRun } from './errors.ts';
import { Recording } from './recording.ts';
import { Values } from './values.ts';

export interface DebugInput extends ScenarioInput {
  readonly world: WorldName;
  /** How the threads take turns; default: as the scenario's head says, else one after the other. */
  readonly schedule?: string;
}

/**
 * One execution of one scenario in one world, recorded from its first statement to its last, with a position in it. To step is
 * to move the position; to look at something is to bring the machine there.
 */
export class Debuggee {
  readonly input: DebugInput;
  readonly world: World;
  readonly lines: LineBook;
  readonly recording: Recording;
  readonly #open: OpenScenario;
  readonly #executor: Executor;
  readonly #types: Types;
  execution!: Execution;
  /** The first of the scenario's own threads, while the schedule counts from it. */
  #begun: Begun | undefined;
  /** Pieces of the scenario's threads: from here … to here. */
  #threadsFrom = 0;
  #threadsTo = 0;
  #position = 0;
  readonly #places = new Map<Loc, SourcePlace>();

  private constructor(input: DebugInput, open: OpenScenario, executor: Executor, recording: Recording) {
    this.input = input;
    this.#open = open;
    this.#executor = executor;
    this.world = executor.world;
    this.lines = open.lines;
    this.recording = recording;
    this.#types = new Types(executor.world.compiled.program.target);
  }

  /** Compiles and executes. Throws as `openScenario` does, E001 and E002 for a schedule, D005 for a world that is not there. */
  static async launch(input: DebugInput): Promise<Debuggee> {
    const recording = new Recording();
    const open = await openScenario({ ...input, observe: (machine) => recording.observe(machine) });
    if (input.world === 'before' && !open.hasBefore) throw badLaunch('without a patch there is no world before it');
    const [model] = open.machines;
    if (!model) throw badLaunch('the scenario names no machine');
    const debuggee = new Debuggee(input, open, open.executor(input.world, model), recording);
    const schedule = input.schedule ?? open.scenario.schedule;
    debuggee.#record(
      schedule === undefined
        ? undefined
        : ({ machine, natives, first }) => replay(machine, natives, first, parseSchedule(schedule)),
    );
    debuggee.#position = debuggee.first;
    return debuggee;
  }

  #record(how: ((begun: Begun) => ScheduleResult) | undefined): void {
    const [model] = this.#open.machines;
    const { recording } = this;
    this.execution = recording.record(() =>
      this.#executor.run(this.#open.scenario, model!, (begun) => {
        this.#begun = begun;
        this.#threadsFrom = recording.length;
        const result = how ? how(begun) : runThreads(begun.machine, single(), begun.first);
        this.#threadsTo = recording.length;
        return result;
      }),
    );
  }

  // --- where it is -------------------------------------------------------------------------------------------------------

  get position(): number {
    return this.#position;
  }
  set position(position: number) {
    this.#position = Math.max(0, Math.min(position, this.recording.length));
  }
  get ended(): boolean {
    return this.#position >= this.recording.length;
  }
  /** The first statement that is not the model's. */
  get first(): number {
    return this.#next(-1, 1, (q) => this.isStop(q)) ?? 0;
  }
  /** The thread that runs next, or ran last. */
  get thread(): number {
    return this.recording.thread(Math.min(this.#position, this.recording.length - 1));
  }

  /** The machine, brought to the position. */
  machine(): Machine {
    return this.recording.seek(this.#position);
  }
  values(): Values {
    return new Values(this.machine(), this.#types);
  }
  get types(): Types {
    return this.#types;
  }
  frames(thread: number): readonly FrameView[] {
    return this.machine().frames?.(thread) ?? [];
  }
  /** Locks that a thread holds, oldest first. */
  locks(thread: number) {
    this.machine();
    return this.#begun?.natives.context(thread).held ?? [];
  }

  place(loc: Loc): SourcePlace {
    let place = this.#places.get(loc);
    if (!place) this.#places.set(loc, (place = this.lines.place(this.world, loc)));
    return place;
  }
  /** Statements of the modelled library are run, not shown. */
  isStop(position: number): boolean {
    return (
      position < this.recording.length &&
      this.recording.isStatement(position) &&
      !isModelFile(this.place(this.recording.loc(position)).file)
    );
  }

  /** Threads of the scenario that exist at the position, with whether they can still go on. */
  threads(): readonly { readonly id: number; readonly name: string; readonly status: string }[] {
    const { recording } = this;
    if (recording.length === 0) return [];
    const from = recording.thread(0);
    const threads = this.machine().threads.map((t, id) => ({ id, name: t.name, status: t.status }));
    const shown = threads.filter((t) => t.id >= from && t.status !== 'done' && t.status !== 'dead');
    return shown.length > 0 ? shown : threads.filter((t) => t.id === this.thread);
  }

  // --- moving ------------------------------------------------------------------------------------------------------------

  #next(from: number, by: 1 | -1, is: (position: number) => boolean): number | undefined {
    const end = by > 0 ? this.recording.length : -1;
    for (let q = from + by; q !== end; q += by) if (is(q)) return q;
    return undefined;
  }

  /** The position that a step of a thread leads to, in time's direction or against it. */
  step(thread: number, kind: 'over' | 'in' | 'out' | 'instruction', by: 1 | -1): number {
    const { recording } = this;
    const p = this.#position;
    const own = (q: number): boolean => recording.thread(q) === thread;
    const depth = this.#depthOf(thread, p);
    const here = this.goesOn(thread) ? this.#line(p) : '';
    const wanted = (q: number): boolean => {
      if (!own(q)) return false;
      if (kind === 'instruction') return true;
      if (!this.isStop(q)) return false;
      // One line may hold several statements: it is passed at once.
      if (recording.depth(q) === depth && this.#line(q) === here && kind !== 'out') return false;
      if (kind === 'in') return true;
      return kind === 'over' ? recording.depth(q) <= depth : recording.depth(q) < depth;
    };
    const found = this.#next(p, by, wanted);
    if (found !== undefined) return found;
    if (by < 0) return this.first;
    // The thread has ended: on with whoever comes next.
    const last = this.#next(recording.length, -1, own) ?? p;
    return this.#next(Math.max(last, p), 1, (q) => this.isStop(q)) ?? recording.length;
  }

  #line(position: number): string {
    const { file, line } = this.place(this.recording.loc(position));
    return `${file}:${line}`;
  }

  /** How deep a thread stands at a position: where its next piece begins, else where its last one did. */
  #depthOf(thread: number, position: number): number {
    const own = (q: number): boolean => this.recording.thread(q) === thread;
    const at = this.#next(position - 1, 1, own) ?? this.#next(position, -1, own);
    return at === undefined ? 0 : this.recording.depth(at);
  }

  /** Whether a thread is the one that goes on here as the schedule has it. */
  goesOn(thread: number): boolean {
    return !this.ended && this.recording.thread(this.#position) === thread;
  }

  /**
   * Lets another thread than the schedule's go on from here: everything up to here stays, the thread runs to its
   * end, and the rest follows thread by thread. Throws D006 for one that cannot.
   */
  branch(thread: number): void {
    const p = this.#position;
    if (p < this.#threadsFrom || p > this.#threadsTo) throw threadCannotRun('this thread', 'SETUP and CHECK run alone');
    const view = this.machine().threads[thread];
    if (view?.status !== 'ready')
      throw threadCannotRun(view?.name ?? `thread ${thread}`, view?.waitsFor ?? 'it has ended');
    const pieces: number[] = [];
    for (let q = this.#threadsFrom; q < p; q++) pieces.push(this.recording.thread(q));
    this.#record(({ machine, first }) => {
      const choices: number[] = [];
      for (const id of pieces) {
        if (choices.at(-1) !== id) choices.push(id);
        machine.run(id, 'step');
      }
      for (;;) {
        const stop = machine.run(thread, 'step');
        if (stop === 'fatal' || stop === 'budget') return { end: stop, choices, blocked: [] };
        if (stop !== 'visible') break;
      }
      // It goes on until the user chooses another one.
      const next: Strategy['next'] = (_, ready, last) => last ?? (ready.includes(thread) ? thread : ready[0]!);
      const rest = runThreads(machine, { ...single(), next }, first);
      return { ...rest, choices: [...choices, thread, ...rest.choices] };
    });
    this.#position = p;
  }

  /** The schedule of this execution's threads, for `run --schedule`. Empty where there is one thread only. */
  schedule(): string {
    const begun = this.#begun;
    if (!begun || begun.threads < 2) return '';
    const { recording } = this;
    const { natives, first } = begun;
    type Open = { -readonly [K in keyof CountedStep]: CountedStep[K] };
    const steps: Open[] = [];
    const last = new Map<number, Open>();
    const end = Math.min(this.#threadsTo, recording.length);
    recording.seek(end, {
      from: this.#threadsFrom,
      at: (q) => {
        const id = recording.thread(q);
        const { machine } = recording;
        // What a thread stands before is done by its next piece, if it is one that others can notice.
        const pending = recording.isStatement(q) ? undefined : machine.pending(id);
        const what = pending && classify(machine, natives, id, pending, () => true);
        if (what?.kind !== 'step') return false;
        const before = last.get(id);
        if (before) before.stopsAtAccess = !what.op.synchronises;
        const step: Open = { thread: id - first, synchronises: what.op.synchronises, after: 0, stopsAtAccess: false };
        steps.push(step);
        last.set(id, step);
        return false;
      },
    });
    return formatSchedule(segments(steps));
  }

  // --- looking for places --------------------------------------------------------------------------------------------------

  /** The statements at which a line is reached: not those that follow on the same line. Ascending. */
  lineHits(file: string, line: number): readonly number[] {
    const wanted = new Map<Loc, boolean>();
    return this.#hits((q, before) => {
      const loc = this.recording.loc(q);
      let here = wanted.get(loc);
      if (here === undefined) {
        const at = this.place(loc);
        wanted.set(loc, (here = at.file === file && at.line === line));
      }
      if (!here) return false;
      // Around a loop that fits on the line it is reached anew.
      return before === undefined || this.recording.loc(before) >= loc || this.#line(before) !== this.#line(q);
    });
  }

  /** The statements at which a function is entered. */
  functionHits(name: string): readonly number[] {
    const { functions } = this.world.compiled.program;
    const spans = functions
      .filter((fn) => fn.plainName === name && fn.endLoc !== fn.loc)
      .map((fn) => ({ file: fn.file, from: this.place(fn.loc).line, to: this.place(fn.endLoc).line }));
    return this.#hits((q, before) => {
      if (before !== undefined && this.recording.depth(before) >= this.recording.depth(q)) return false;
      const at = this.place(this.recording.loc(q));
      return spans.some(({ file, from, to }) => at.file === file && from <= at.line && at.line <= to);
    });
  }

  /** Statements for which something holds, given also the one that the same thread was at before. */
  #hits(is: (position: number, before: number | undefined) => boolean): readonly number[] {
    const { recording } = this;
    const last = new Map<number, number>();
    const hits: number[] = [];
    for (let q = 0; q < recording.length; q++) {
      if (!this.isStop(q)) continue;
      const thread = recording.thread(q);
      if (is(q, last.get(thread))) hits.push(q);
      last.set(thread, q);
    }
    return hits;
  }

  /** Everything that was reported, with the statement in which it arose. */
  events(): readonly { readonly position: number; readonly event: MachineEvent }[] {
    return this.recording.events.map(({ position, event }) => ({ position: this.#statementOf(position), event }));
  }

  /** The statement that a piece belongs to. */
  #statementOf(position: number): number {
    const thread = this.recording.thread(position);
    for (let q = position; q >= 0; q--) {
      if (this.recording.thread(q) === thread && this.isStop(q)) return q;
    }
    return position;
  }

  /**
   * Where an object in memory changes next: the position after the change. Going back: the position after the last change
   * before this one.
   */
  change(
    by: 1 | -1,
    ranges: readonly { readonly address: bigint; readonly size: number }[],
    limit: number,
  ): number | undefined {
    const { recording } = this;
    const state = (): string =>
      ranges
        .flatMap(({ address, size }) =>
          Array.from({ length: size }, (_, i) => recording.machine.memory.read(address + BigInt(i), 1) ?? 'x'),
        )
        .join();
    let known: string | undefined;
    let found: number | undefined;
    const compare = (q: number): boolean => {
      const now = state();
      const changed = known !== undefined && now !== known;
      known = now;
      if (changed) found = q;
      return changed && by > 0;
    };
    if (by > 0) {
      recording.seek(limit, { from: this.#position, at: compare });
      if (found === undefined && this.#position < limit) compare(limit);
      return found;
    }
    recording.seek(this.#position - 1, { from: limit, at: compare });
    compare(this.#position - 1);
    return found !== undefined && found < this.#position ? found : undefined;
  }
}
