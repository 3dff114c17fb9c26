import type { Loc } from '../c/token.ts';
import { Types } from '../c/types-ops.ts';
import { classify } from '../explore/machine-target.ts';
import { replay } from '../explore/replay.ts';
import {
  type CountedStep,
  formatSchedule,
  parseSchedule,
  type Segment,
  segments,
  thenWaiting,
} from '../explore/schedule.ts';
import { single } from '../explore/single.ts';
import { runThreads, type ScheduleResult, type Strategy } from '../explore/strategy.ts';
import type { FrameView, Machine, MachineEvent } from '../machine/api.ts';
import type { Begun, Execution } from '../review/execute.ts';
import { type KunitCaseInput, openKunitCase } from '../review/kunit.ts';
import type { LineBook } from '../review/lines.ts';
import { openScenario, type ScenarioInput } from '../review/open-scenario.ts';
import type { SourcePlace, World as WorldName } from '../review/report.ts';
import { isModelFile, type World } from '../review/world.ts';
import { badLaunch, threadCannotRun } from './errors.ts';
import { Recording } from './recording.ts';
import { Values } from './values.ts';

export interface ScenarioDebugInput extends ScenarioInput {
  readonly world: WorldName;
  /** How the threads take turns; default: as the scenario's head says, else one after the other. */
  readonly schedule?: string;
}
/** A scenario, or one case of a KUnit suite. */
export type DebugInput = ScenarioDebugInput | KunitCaseInput;

type How = (begun: Begun) => ScheduleResult;
/** What can be recorded, in its world. */
interface Subject {
  readonly title: string;
  readonly world: World;
  readonly lines: LineBook;
  /** Executes it; `how` lets its threads run, where it has some of its own. */
  run(how: How): Pick<Execution, 'end' | 'statements'>;
}

/** The steps of a scenario's threads that others can notice: synchronising operations and accesses to shared memory. */
interface Noticed {
  readonly positions: readonly number[];
  readonly schedule: string;
}

/**
 * One execution of one scenario or KUnit case in one world, recorded from its first statement to its last, with a position in
 * it. To step is to move the position; to look at something is to bring the machine there.
 */
export class Debuggee {
  readonly input: DebugInput;
  readonly world: World;
  readonly lines: LineBook;
  readonly recording: Recording;
  /** What is executed, for people. */
  readonly title: string;
  readonly #subject: Subject;
  readonly #types: Types;
  execution!: Pick<Execution, 'end' | 'statements'>;
  /** The first of the scenario's own threads, while the schedule counts from it. */
  #begun: Begun | undefined;
  /** Pieces of the scenario's threads: from here … to here. */
  #threadsFrom = 0;
  #threadsTo = 0;
  #position = 0;
  /** Of this recording, once somebody has asked for them. */
  #known: Noticed | undefined;
  readonly #places = new Map<Loc, SourcePlace>();

  private constructor(input: DebugInput, subject: Subject, recording: Recording) {
    this.input = input;
    this.#subject = subject;
    this.title = subject.title;
    this.world = subject.world;
    this.lines = subject.lines;
    this.recording = recording;
    this.#types = new Types(subject.world.compiled.program.target);
  }

  /**
   * Compiles and executes. Throws as `openScenario` and `openKunitCase` do, E001 and E002 for a schedule, D005 for a world that
   * is not there.
   */
  static async launch(input: DebugInput): Promise<Debuggee> {
    if (input.world === 'before' && !input.patch) throw badLaunch('without a patch there is no world before it');
    const recording = new Recording();
    const observe = (machine: Machine): Machine => recording.observe(machine);
    if ('case' in input) {
      const { world, lines, run } = await openKunitCase({ ...input, observe });
      const debuggee = new Debuggee(input, { title: input.case, world, lines, run }, recording);
      debuggee.#record(undefined);
      return debuggee;
    }
    const open = await openScenario({ ...input, observe });
    const { scenario, lines } = open;
    const [model] = open.machines;
    if (!model) throw badLaunch('the scenario names no machine');
    const executor = open.executor(input.world, model);
    const debuggee = new Debuggee(
      input,
      { title: scenario.path, world: executor.world, lines, run: (how) => executor.run(scenario, model, how) },
      recording,
    );
    const schedule = input.schedule ?? scenario.schedule;
    debuggee.#record(
      schedule === undefined
        ? undefined
        : ({ machine, natives, first }) => replay(machine, natives, first, parseSchedule(schedule)),
    );
    return debuggee;
  }

  #record(how: How | undefined): void {
    const { recording } = this;
    this.#known = undefined;
    this.execution = recording.record(() =>
      this.#subject.run((begun) => {
        this.#begun = begun;
        this.#threadsFrom = recording.length;
        const result = how ? how(begun) : runThreads(begun.machine, single(), begun.first);
        this.#threadsTo = recording.length;
        return result;
      }),
    );
    this.#position = this.first;
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
    // The phases of a KUnit case are threads: begin, run, end.
    const nameOf = (name: string): string => name.replace(/^__iomem_kunit_/, `${this.title}: `);
    const threads = this.machine().threads.map((t, id) => ({ id, name: nameOf(t.name), status: t.status }));
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
    return this.#noticed().schedule;
  }

  /** Where the steps of the scenario's threads that others can notice begin: what a schedule counts, and a timeline shows. */
  stepPositions(): readonly number[] {
    return this.#noticed().positions;
  }

  #noticed(): Noticed {
    if (this.#known) return this.#known;
    const { recording } = this;
    const begun = this.#begun;
    type Open = { -readonly [K in keyof CountedStep]: CountedStep[K] };
    // Stretches, each up to where a writer begins to wait.
    const stretches: { readonly steps: Open[]; waiting?: number }[] = [{ steps: [] }];
    const waiting = new Set<number>();
    const positions: number[] = [];
    const last = new Map<number, Open>();
    if (begun)
      recording.seek(Math.min(this.#threadsTo, recording.length), {
        from: this.#threadsFrom,
        at: (position) => {
          const thread = recording.thread(position);
          const { machine } = recording;
          // What a thread stands before is done by its next piece, if it is one that others can notice.
          const pending = recording.isStatement(position) ? undefined : machine.pending(thread);
          const what = pending && classify(machine, begun.natives, thread, pending, () => true);
          if (what?.kind !== 'step') return false;
          if (what.waits) {
            // No step: it is done when the thread can go on. Whom a writer keeps waiting until then is told.
            if (what.op.queues && what.op.kind === 'acquire' && !waiting.has(thread)) {
              waiting.add(thread);
              stretches.at(-1)!.waiting = thread - begun.first;
              stretches.push({ steps: [] });
            }
            return false;
          }
          waiting.delete(thread);
          positions.push(position);
          if (begun.threads < 2) return false;
          const before = last.get(thread);
          if (before) before.stopsAtAccess = !what.op.synchronises;
          const step: Open = {
            thread: thread - begun.first,
            synchronises: what.op.synchronises,
            after: 0,
            stopsAtAccess: false,
          };
          stretches.at(-1)!.steps.push(step);
          last.set(thread, step);
          return false;
        },
      });
    const schedule: Segment[] = [];
    for (const { steps, waiting: begins } of stretches)
      schedule.push(...thenWaiting(segments(steps), begins === undefined ? [] : [begins]));
    return (this.#known = { positions, schedule: formatSchedule(schedule) });
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
   * before this one. Yields now and then, with how far it has come, for whoever wants to give up.
   */
  *change(
    by: 1 | -1,
    ranges: readonly { readonly address: bigint; readonly size: number }[],
    limit: number,
  ): Generator<number, number | undefined> {
    const { recording } = this;
    const state = (): string => {
      const { memory } = recording.machine;
      return ranges.map(({ address, size }) => text(memory, address, size)).join();
    };
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
      for (let from = this.#position; from < limit; from += STRETCH) {
        const to = Math.min(limit, from + STRETCH);
        recording.seek(to, { from, at: compare });
        if (found !== undefined) return found;
        yield to;
      }
      if (this.#position < limit) compare(limit);
      return found;
    }
    // Stretch by stretch, the latest first; each has one position of the next one, lest a change between them be missed.
    for (let to = this.#position - 1; to > limit; to -= STRETCH) {
      const from = Math.max(limit, to - STRETCH);
      known = undefined;
      recording.seek(to, { from, at: compare });
      compare(to);
      if (found !== undefined) return found;
      yield from;
    }
    return undefined;
  }
}

/** Positions that are looked at in one go. */
const STRETCH = 16_384;

/** The bytes of a piece of memory; `x` for each that is not there. */
function text(memory: Machine['memory'], address: bigint, size: number): string {
  if (size === 1 || size === 2 || size === 4 || size === 8) {
    const whole = memory.read(address, size);
    if (whole !== undefined) return whole.toString(36);
  }
  let bytes = '';
  for (let i = 0; i < size; i++) bytes += `${memory.read(address + BigInt(i), 1) ?? 'x'},`;
  return bytes;
}
