import type { Loc } from '../../c/token.ts';
import type { KernelNatives } from '../../kernel/api.ts';
import { dropping, taking } from '../../kernel/locks.ts';
import { kernelNatives } from '../../kernel/natives.ts';
import type { FastMachine, Machine, MachineEvent, Snapshot } from '../../machine/api.ts';
import { createFast } from '../../machine/fast.ts';
import { createStepper } from '../../machine/stepper.ts';
import type { World } from '../world.ts';
import { SLEEPS } from './difference.ts';
import { encode, type Sequence } from './sequence.ts';

/** Statements that one sequence may take: what runs longer than this is told as cut off, and proves nothing. */
const STATEMENTS = 60_000;
const HEAP_BYTES = 4 << 20;
const HEADER = 4;
const takes: ReadonlySet<string> = new Set(taking.keys());
const drops: ReadonlySet<string> = new Set(dropping.keys());

/** What one sequence did in one world, as far as it takes to see whether the worlds differ. */
export interface Outcome {
  /** `ok`, or the rule of the problem that ended it. */
  readonly end: string;
  /** Calls that ended. */
  readonly ended: number;
  /** Of each call that ended: its result and what it did to its arguments. */
  readonly results: readonly bigint[];
  readonly effects: readonly bigint[];
  /** Of the trees, and of what is in none of them. */
  readonly digest: bigint;
  readonly loose: bigint;
  /** Problems and messages, one line each, in order. */
  readonly events: readonly string[];
  /** Objects of the heap that are alive. */
  readonly live: number;
  /** Allocations that could have failed. */
  readonly allocations: number;
}

/** One machine in which sequences run, each from the state after booting. */
interface Bench<M extends Machine> {
  readonly machine: M;
  readonly natives: KernelNatives;
  /** Index of the harness' function, addresses of its words. */
  readonly run: number;
  readonly input: bigint;
  readonly output: bigint;
  readonly firstEvent: number;
}

/**
 * Runs sequences in one world: on the fast executor, and what that does not take (whatever ends in a problem) on the stepper.
 */
export class Runner {
  readonly world: World;
  readonly #fast: Bench<FastMachine>;
  #slow: (Bench<Machine> & { readonly prepared: Snapshot }) | undefined;
  #traced: (Bench<Machine> & { readonly prepared: Snapshot; readonly from: number }) | undefined;
  /** Where the last sequence ran, and what had been counted before it. */
  #last: 'fast' | 'slow' = 'fast';
  #base = new Uint32Array();
  /** Which counters count the places that were asked for last. */
  #watched:
    | {
        readonly numbers: ReadonlyMap<Loc, number>;
        readonly also: ReadonlySet<Loc> | undefined;
        readonly places: Int32Array;
        readonly counters: Int32Array;
      }
    | undefined;

  constructor(world: World) {
    this.world = world;
    const natives = kernelNatives(world.compiled.program);
    const budget = { statements: STATEMENTS, heapBytes: HEAP_BYTES };
    const machine = createFast(world.compiled.program, natives, { budget, coverage: true, shallow: true });
    this.#fast = boot(world, machine, natives);
    this.#fast.machine.keep();
    this.#base = this.#fast.machine.blocks().slice();
  }

  run(sequence: Sequence): Outcome {
    const words = encode(sequence);
    const { machine } = this.#fast;
    machine.reset();
    this.#last = 'fast';
    if (begin(this.#fast, words, sequence)) return outcome(this.#fast, words, 'ok');
    if (machine.waits) return outcome(this.#fast, words, SLEEPS);
    const slow = (this.#slow ??= this.#makeSlow());
    this.#last = 'slow';
    slow.machine.restore(slow.prepared);
    const end = begin(slow, words, sequence) ? 'ok' : endOf(slow.machine.events.slice(slow.firstEvent));
    return outcome(slow, words, end);
  }

  /**
   * Statements under review that a sequence executes, and those of them executed while a lock was held; undefined where it
   * does not come to its end.
   */
  cost(sequence: Sequence): { readonly statements: number; readonly held: number } | undefined {
    const { program } = this.world.compiled;
    this.#traced ??= (() => {
      const natives = kernelNatives(program);
      const budget = { statements: 4 * STATEMENTS, heapBytes: HEAP_BYTES };
      const bench = boot(this.world, createStepper(program, natives, { budget, trace: true }), natives);
      return { ...bench, prepared: bench.machine.snapshot(), from: bench.machine.trace().steps.length };
    })();
    const { machine, prepared, from } = this.#traced;
    machine.restore(prepared);
    if (!begin(this.#traced, encode(sequence), sequence)) return undefined;
    let statements = 0;
    let held = 0;
    let depth = 0;
    const { steps, dropped } = machine.trace();
    if (dropped > 0) return undefined;
    for (let i = from; i < steps.length; i++) {
      const step = steps[i]!;
      if (step.kind === 'stmt') {
        if (!this.world.isUnderReview(this.world.place(step.loc).file)) continue;
        statements++;
        if (depth > 0) held++;
      } else if (step.kind === 'call' && step.func !== undefined) {
        const name = program.functions[step.func]!.plainName;
        if (takes.has(name)) depth++;
        else if (drops.has(name)) depth--;
      }
    }
    return { statements, held };
  }

  #makeSlow(): Bench<Machine> & { readonly prepared: Snapshot } {
    const { program } = this.world.compiled;
    const natives = kernelNatives(program);
    const budget = { statements: STATEMENTS, heapBytes: HEAP_BYTES };
    const bench = boot(this.world, createStepper(program, natives, { budget }), natives);
    return { ...bench, prepared: bench.machine.snapshot() };
  }

  /**
   * Calls back for each of these places that the last sequence executed, with its number and how often; statements that follow
   * one another are one place, but for those of `also`.
   */
  eachExecuted(
    numbers: ReadonlyMap<Loc, number>,
    visit: (place: number, count: number) => void,
    also?: ReadonlySet<Loc>,
  ): void {
    if (this.#last === 'slow') {
      for (const [loc, count] of this.#slow!.machine.coverage()) {
        const place = numbers.get(loc);
        if (place !== undefined) visit(place, count);
      }
      return;
    }
    const { machine } = this.#fast;
    const places = machine.blockPlaces();
    const known = this.#watched;
    if (known?.places !== places || known.numbers !== numbers || known.also !== also) {
      const counters: number[] = [];
      const heads = also && also.size > 0 ? machine.blockHeads() : undefined;
      for (let i = 0; i < places.length; i += 2) {
        const place = numbers.get(places[i]!);
        if (place === undefined) continue;
        const at = places[i + 1]!;
        const head = heads && also?.has(places[i]!) ? heads.get(at) : undefined;
        counters.push(place, head ?? at);
      }
      this.#watched = { numbers, places, also, counters: Int32Array.from(counters) };
    }
    const blocks = machine.blocks();
    const base = this.#base;
    const { counters } = this.#watched!;
    for (let i = 0; i < counters.length; i += 2) {
      const at = counters[i + 1]!;
      const count = blocks[at]! - (base[at] ?? 0);
      if (count > 0) visit(counters[i]!, count);
    }
  }

  /** Where resources lie that calls of the last sequence answered. */
  ranges(ended: number): readonly { readonly start: bigint; readonly end: bigint }[] {
    const { machine, output } = this.#last === 'slow' ? this.#slow! : this.#fast;
    const words = machine.memory.readWords(output, HEADER + 4 * ended);
    const found: { start: bigint; end: bigint }[] = [];
    for (let i = 0; i < ended; i++) {
      const [start, end] = [words[HEADER + 4 * i + 2]!, words[HEADER + 4 * i + 3]!];
      if (end !== 0n) found.push({ start, end });
    }
    return found;
  }

  /** All statements that the last sequence executed, with how often. */
  coverage(): ReadonlyMap<Loc, number> {
    return (this.#last === 'slow' ? this.#slow! : this.#fast).machine.coverage();
  }
}

function boot<M extends Machine>(world: World, machine: M, natives: KernelNatives): Bench<M> {
  // What scenarios say for people is nothing that the worlds are compared by.
  natives.keepNotes(false);
  const { program, initcalls } = world.compiled;
  for (const { name } of [...initcalls].sort((a, b) => Number(a.level) - Number(b.level))) {
    const func = program.functionNamed(name);
    if (func !== undefined) machine.call(func);
  }
  const own = (name: string): number =>
    program.functions.findIndex((fn) => fn.plainName === name && fn.loc !== fn.endLoc);
  machine.call(own('__search_prepare'));
  const address = (name: string): bigint =>
    machine.memory.addressOfGlobal(program.globals.findIndex((g) => g.name === name || g.name.startsWith(`${name}@`)));
  return {
    machine,
    natives,
    run: own('__search_run'),
    input: address('__search_in'),
    output: address('__search_out'),
    firstEvent: machine.events.length,
  };
}

/** Runs a sequence on a machine that was put back; answers whether it came to its end. */
function begin(
  { machine, natives, run, input }: Bench<Machine>,
  words: BigUint64Array,
  { fail, failing }: Sequence,
): boolean {
  const { memory } = machine;
  memory.writeWords(input, words);
  natives.failAllocation(fail === 0 ? undefined : fail, failing);
  return machine.call(run) !== undefined;
}

function outcome(
  { machine, natives, output, firstEvent }: Bench<Machine>,
  words: BigUint64Array,
  end: string,
): Outcome {
  const { memory, events: all } = machine;
  const calls = Number(words[0]);
  const out = memory.readWords(output, HEADER + 4 * calls);
  const ended = Math.min(calls, Number(out[1]));
  const results: bigint[] = [];
  const effects: bigint[] = [];
  for (let i = 0; i < ended; i++) {
    results.push(out[HEADER + 4 * i]!);
    effects.push(out[HEADER + 4 * i + 1]!);
  }
  const events: string[] = [];
  for (let i = firstEvent; i < all.length; i++) addText(all[i]!, events);
  let live = 0;
  for (const object of machine.liveObjects()) if (object.kind !== 'internal') live++;
  return {
    end,
    ended,
    results,
    effects,
    digest: out[2]!,
    loose: out[3]!,
    events,
    live,
    allocations: natives.allocations(),
  };
}

function endOf(events: readonly MachineEvent[]): string {
  const last = events.findLast((e) => e.kind === 'problem' && e.fatal);
  return last?.kind === 'problem' ? last.rule : SLEEPS;
}

/** Addresses and numbers of objects differ between worlds without meaning anything: problems are known by their rules. */
function addText(event: MachineEvent, into: string[]): void {
  if (event.kind === 'problem') into.push(event.rule);
  else if (event.kind === 'log') into.push(`log ${event.level} ${event.text}`);
}
