import type { Loc } from '../../c/token.ts';
import { single } from '../../explore/single.ts';
import { runThreads } from '../../explore/strategy.ts';
import type { KernelNatives } from '../../kernel/api.ts';
import { kernelNatives } from '../../kernel/natives.ts';
import type { Machine, MachineEvent, Snapshot } from '../../machine/api.ts';
import { createStepper } from '../../machine/stepper.ts';
import type { World } from '../world.ts';
import { encode, type Sequence } from './sequence.ts';

/** Statements that one sequence may take: a search that runs longer than this is told as cut off, and proves nothing. */
const STATEMENTS = 60_000;
const HEADER = 4;

/** What one sequence did in one world, as far as it takes to see whether the worlds differ. */
export interface Outcome {
  /** `ok`, or the rule of the problem that ended it. */
  readonly end: string;
  /** Calls that were begun, and that ended. */
  readonly begun: number;
  readonly ended: number;
  /** Of each call that ended: its result and what it did to its arguments. */
  readonly results: readonly bigint[];
  readonly effects: readonly bigint[];
  readonly digest: bigint;
  /** Problems and messages, one line each, in order. */
  readonly events: readonly string[];
  readonly statements: number;
  /** Objects of the heap that are alive. */
  readonly live: number;
  readonly allocations: number;
}

/** Runs sequences in one world, each from the same state. */
export class Runner {
  readonly world: World;
  readonly #machine: Machine;
  readonly #natives: KernelNatives;
  readonly #prepared: Snapshot;
  readonly #run: number;
  readonly #in: bigint;
  readonly #out: bigint;
  readonly #firstEvent: number;
  readonly #statements: number;

  constructor(world: World) {
    this.world = world;
    const { program, initcalls } = world.compiled;
    this.#natives = kernelNatives(program);
    this.#machine = createStepper(program, this.#natives, { budget: { statements: STATEMENTS, heapBytes: 4 << 20 } });
    const machine = this.#machine;
    const call = (name: string): void => {
      const func = program.functionNamed(name);
      if (func !== undefined) runThreads(machine, single(), machine.spawn(name, func));
    };
    for (const { name } of [...initcalls].sort((a, b) => Number(a.level) - Number(b.level))) call(name);
    const own = (name: string): number =>
      program.functions.findIndex((fn) => fn.plainName === name && fn.loc !== fn.endLoc);
    this.#run = own('__search_run');
    runThreads(machine, single(), machine.spawn('prepare', own('__search_prepare')));
    const address = (name: string): bigint =>
      machine.memory.addressOfGlobal(program.globals.findIndex((g) => g.name === name || g.name.startsWith(`${name}@`)));
    this.#in = address('__search_in');
    this.#out = address('__search_out');
    this.#firstEvent = machine.events.length;
    this.#statements = machine.statements;
    this.#prepared = machine.snapshot();
  }

  run(sequence: Sequence): Outcome {
    const machine = this.#machine;
    const { memory } = machine;
    machine.restore(this.#prepared);
    const words = encode(sequence);
    for (let i = 0; i < words.length; i++) memory.write(this.#in + BigInt(8 * i), 8, words[i]!);
    this.#natives.failAllocation(sequence.fail === 0 ? undefined : sequence.fail);
    const thread = machine.spawn('search', this.#run);
    const ran = runThreads(machine, single(), thread);
    const events = machine.events.slice(this.#firstEvent);
    const word = (i: number): bigint => memory.read(this.#out + BigInt(8 * i), 8) ?? 0n;
    const ended = Number(word(1));
    const results: bigint[] = [];
    const effects: bigint[] = [];
    for (let i = 0; i < ended; i++) {
      results.push(word(HEADER + 2 * i));
      effects.push(word(HEADER + 2 * i + 1));
    }
    return {
      end: endOf(ran.end, events),
      begun: Number(word(0)),
      ended,
      results,
      effects,
      digest: word(2),
      events: events.flatMap(eventText),
      statements: machine.statements - this.#statements,
      live: machine.liveObjects().length,
      allocations: this.#natives.allocations(),
    };
  }

  /** Statements that the last sequence executed. */
  coverage(): ReadonlyMap<Loc, number> {
    return this.#machine.coverage();
  }
}

function endOf(end: string, events: readonly MachineEvent[]): string {
  if (end === 'done') return 'ok';
  const last = events.findLast((e) => e.kind === 'problem' && e.fatal);
  return last?.kind === 'problem' ? last.rule : end;
}

/** Addresses and numbers of objects differ between worlds without meaning anything. */
function eventText(event: MachineEvent): string[] {
  switch (event.kind) {
    case 'problem':
      return [`${event.rule}`];
    case 'log':
      return [`log ${event.level} ${event.text}`];
    default:
      return [];
  }
}
