import type { Loc } from '../../c/token.ts';
import type { Dictionary } from './dictionary.ts';
import { type Difference, differenceOf, sortOf } from './difference.ts';
import { Generator } from './generate.ts';
import { Random } from './random.ts';
import type { Outcome, Runner } from './runner.ts';
import { keyOf, type Sequence } from './sequence.ts';
import type { Operation } from './surface.ts';

/** Sequences that are kept to be changed further. */
const MOST_KEPT = 400;
/** Differences of one signature that are looked at: the smallest stays. */
const MOST_SIGNATURES = 24;
/** Leads of one sort that are kept. */
const LEADS = 6;

export interface Found {
  readonly sequence: Sequence;
  readonly difference: Difference;
  /** Number of the sequence that showed it first, from 1. */
  readonly at: number;
}

export interface HuntInput {
  readonly before: Runner;
  readonly after: Runner;
  readonly operations: readonly Operation[];
  readonly targets: readonly number[];
  readonly dictionary: Dictionary;
  /** Statements of changed functions, after the patch; undefined where everything may have changed. */
  readonly changed: ReadonlySet<Loc> | undefined;
  /** Statements on lines that the patch adds or changes; empty where it only takes lines away. */
  readonly core: ReadonlySet<Loc>;
  /** Statements whose execution is news. */
  readonly interesting: ReadonlySet<Loc>;
  readonly seed: number;
}

/** A search under way. It goes on where it stopped, and does the same whether it stopped or not. */
export class Hunt {
  readonly #input: HuntInput;
  readonly #random: Random;
  readonly #generator: Generator;
  readonly #kept: Sequence[] = [];
  readonly #seen = new Set<number>();
  readonly #tried = new Set<string>();
  readonly found = new Map<string, Found>();
  /** How often statements were executed by the sequences that executed something new. */
  readonly covered: Readonly<Record<'before' | 'after', Map<Loc, number>>> = { before: new Map(), after: new Map() };
  /** Short sequences whose last call leads to what changed, by that call and the sort of its result. */
  readonly leads = new Map<string, Sequence[]>();
  sequences = 0;
  /** Sequences that reached a changed function. */
  reached = 0;
  /** Sequences that one of the worlds did not end within its budget. */
  cutOff = 0;

  constructor(input: HuntInput) {
    this.#input = input;
    this.#random = new Random(input.seed, 1);
    this.#generator = new Generator(input.operations, input.targets, input.dictionary, this.#random);
  }

  /** Tries one more sequence. */
  step(): void {
    const random = this.#random;
    const kept = this.#kept;
    const fresh = kept.length < 4 || random.percent(30);
    // What was kept last is changed most.
    const pick = (): Sequence =>
      kept[random.percent(40) ? kept.length - 1 - random.below(Math.min(12, kept.length)) : random.below(kept.length)]!;
    this.try(fresh ? this.#generator.make() : this.#generator.change(pick(), pick()));
  }

  /** Tries this sequence. */
  try(sequence: Sequence): Found | undefined {
    this.sequences++;
    const key = keyOf(sequence);
    if (sequence.calls.length === 0 || this.#tried.has(key)) return undefined;
    if (this.#tried.size < 200_000) this.#tried.add(key);
    const { before, after, operations } = this.#input;
    const now = after.run(sequence);
    const news = this.#look(after);
    const isNew = news.isNew && !now.end.endsWith('-budget');
    if (isNew) {
      add(this.covered.after, after.coverage());
      for (const range of after.ranges(now.ended)) this.#generator.learn(range);
    }
    if (isNew && this.#kept.length < MOST_KEPT) this.#kept.push(sequence);
    else if (isNew) this.#kept[this.#random.below(MOST_KEPT)] = sequence;
    if (!news.reached) return undefined;
    this.reached++;
    if (news.core && (isNew || this.#random.percent(5))) this.#lead(sequence, now);
    const old = before.run(sequence);
    if (isNew) add(this.covered.before, before.coverage());
    if (old.end.endsWith('-budget') || now.end.endsWith('-budget')) this.cutOff++;
    const difference = differenceOf(old, now, sequence, operations);
    if (!difference) return undefined;
    const known = this.found.get(difference.signature);
    if (!known && this.found.size >= MOST_SIGNATURES) return undefined;
    const made: Found = { sequence, difference, at: known?.at ?? this.sequences };
    if (!known || size(sequence) < size(known.sequence)) this.found.set(difference.signature, made);
    return made;
  }

  #lead(sequence: Sequence, outcome: Outcome): void {
    if (outcome.end !== 'ok') return;
    const last = sequence.calls.findLastIndex((call) => this.#input.targets.includes(call.op));
    if (last < 0) return;
    const key = `${sequence.calls[last]!.op} ${sortOf(outcome.results[last]!)}`;
    const lead = { ...sequence, calls: sequence.calls.slice(0, last + 1) };
    const known = this.leads.get(key);
    if (!known) this.leads.set(key, [lead]);
    else if (known.length < LEADS) known.push(lead);
  }

  /** A sequence with one more call of an operation, about what its other calls answer or are made on. */
  extend(sequence: Sequence, op: number): Sequence {
    const { ended } = this.#input.after.run(sequence);
    const about = [...this.#input.after.ranges(ended), ...sequence.regions];
    return this.#generator.extend(sequence, op, about);
  }

  /** Whether the last sequence executed what none did before, and whether it came to what changed. */
  #look(runner: Runner): { readonly isNew: boolean; readonly reached: boolean; readonly core: boolean } {
    const { changed, core: lines, interesting } = this.#input;
    const seen = this.#seen;
    let isNew = false;
    let reached = changed === undefined;
    let core = lines.size === 0;
    runner.eachExecuted((loc, count) => {
      if (!interesting.has(loc)) return;
      if (changed?.has(loc)) reached = true;
      if (lines.has(loc)) core = true;
      const feature = loc * 8 + bucket(count);
      if (!seen.has(feature)) {
        seen.add(feature);
        isNew = true;
      }
    });
    return { isNew, reached, core };
  }
}

function add(to: Map<Loc, number>, from: ReadonlyMap<Loc, number>): void {
  for (const [loc, count] of from) to.set(loc, (to.get(loc) ?? 0) + count);
}

const bucket = (count: number): number => (count < 4 ? count : count < 8 ? 4 : count < 32 ? 5 : 6);

/** Calls count most, then regions. */
export const size = (s: Sequence): number => s.calls.length * 1000 + s.regions.length * 30 + (s.fail > 0 ? 10 : 0);
