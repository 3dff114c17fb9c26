import type { Loc } from '../../c/token.ts';
import { type Difference, differenceOf } from './difference.ts';
import type { Dictionary } from './dictionary.ts';
import { Generator } from './generate.ts';
import { Random } from './random.ts';
import type { Outcome, Runner } from './runner.ts';
import { keyOf, type Sequence } from './sequence.ts';
import type { Operation } from './surface.ts';

/** Sequences that are kept to be changed further. */
const MOST_KEPT = 400;
/** Differences of one signature that are looked at: the smallest stays. */
const MOST_SIGNATURES = 24;

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
  /** How often statements were executed, by world: what covered the changed lines. */
  readonly covered: Readonly<Record<'before' | 'after', Map<Loc, number>>> = { before: new Map(), after: new Map() };
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
    const pick = (): Sequence => kept[random.percent(40) ? kept.length - 1 - random.below(Math.min(12, kept.length)) : random.below(kept.length)]!;
    this.try(fresh ? this.#generator.make() : this.#generator.change(pick(), pick()));
  }

  /** Tries this sequence. */
  try(sequence: Sequence): Found | undefined {
    this.sequences++;
    const key = keyOf(sequence);
    if (sequence.calls.length === 0 || this.#tried.has(key)) return undefined;
    if (this.#tried.size < 200_000) this.#tried.add(key);
    const { before, after, changed, operations } = this.#input;
    const now = after.run(sequence);
    const isNew = this.#note('after', after.coverage(), now);
    const reached = changed === undefined || this.#reachedChange;
    if (isNew && this.#kept.length < MOST_KEPT) this.#kept.push(sequence);
    else if (isNew) this.#kept[this.#random.below(MOST_KEPT)] = sequence;
    if (!reached) return undefined;
    this.reached++;
    const old = before.run(sequence);
    if (this.reached <= 64 || isNew) this.#note('before', before.coverage(), old);
    if (old.end.endsWith('-budget') || now.end.endsWith('-budget')) this.cutOff++;
    const difference = differenceOf(old, now, sequence, operations);
    if (!difference) return undefined;
    const known = this.found.get(difference.signature);
    if (!known && this.found.size >= MOST_SIGNATURES) return undefined;
    const made: Found = { sequence, difference, at: known?.at ?? this.sequences };
    if (!known || size(sequence) < size(known.sequence)) this.found.set(difference.signature, made);
    return made;
  }

  #reachedChange = false;

  /** Notes what was executed; answers whether any of it is news. */
  #note(which: 'before' | 'after', coverage: ReadonlyMap<Loc, number>, outcome: Outcome): boolean {
    const { changed, interesting } = this.#input;
    const covered = this.covered[which];
    let isNew = false;
    let reached = false;
    for (const [loc, count] of coverage) {
      if (which === 'after') {
        if (changed?.has(loc)) reached = true;
        if (!interesting.has(loc)) continue;
        const feature = loc * 8 + bucket(count);
        if (!this.#seen.has(feature)) {
          this.#seen.add(feature);
          isNew = true;
        }
      }
      covered.set(loc, (covered.get(loc) ?? 0) + count);
    }
    if (which === 'after') this.#reachedChange = reached;
    return isNew && !outcome.end.endsWith('-budget');
  }
}

const bucket = (count: number): number => (count < 4 ? count : count < 8 ? 4 : count < 32 ? 5 : 6);

/** Calls count most, then regions. */
export const size = (s: Sequence): number => s.calls.length * 1000 + s.regions.length * 30 + (s.fail > 0 ? 10 : 0);
