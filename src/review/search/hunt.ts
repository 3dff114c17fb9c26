import type { Loc } from '../../c/token.ts';
import type { Dictionary } from './dictionary.ts';
import { type Difference, differenceOf, SLEEPS, sortOf } from './difference.ts';
import { ALL, Generator, type Range } from './generate.ts';
import type { PlaceBook } from './place-book.ts';
import { Random } from './random.ts';
import type { Outcome, Runner } from './runner.ts';
import { keyOf, type Sequence } from './sequence.ts';
import type { Operation } from './surface.ts';
import { typicalSequences } from './typical.ts';
import { variantOf } from './variant.ts';

/** Sequences that are kept to be changed further. */
const MOST_KEPT = 400;
/** Differences of one signature that are looked at: the smallest stays. */
const MOST_SIGNATURES = 24;
/** Allocations of one sequence that are made to fail; at most one sequence in so many is such a one. */
const MOST_FAILING = 4;
const FAILURES = 8;
/** Kinds of places. */
const CHANGED = 1;
const CORE = 2;
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
  /** Statements under review; after the patch, their execution is news. */
  readonly places: Readonly<Record<'before' | 'after', PlaceBook>>;
  readonly seed: number;
  /** Which part of the seed's sequences this is: each begins anew. */
  readonly shard: number;
}

/** What a search of one shard found, and what it takes to go on with it: plain data, the same in every process. */
export interface SavedHunt {
  readonly sequences: number;
  readonly reached: number;
  readonly cutOff: number;
  readonly found: readonly Found[];
  /** Numbers of places ({@link PlaceBook}) with how often they were executed. */
  readonly covered: Readonly<Record<'before' | 'after', readonly (readonly [number, number])[]>>;
  readonly leads: readonly (readonly [string, readonly Sequence[]])[];
  /** Absent where the shard was searched to its end. */
  readonly going?: Going | undefined;
}
interface Going {
  readonly random: readonly number[];
  readonly kept: readonly Sequence[];
  readonly learned: readonly Range[];
  readonly seen: readonly number[];
  readonly tried: readonly number[];
  readonly failing: readonly Sequence[];
  readonly failures: number;
}

/** A search under way. It goes on where it stopped, and does the same whether it stopped or not. */
export class Hunt {
  readonly #input: HuntInput;
  readonly #random: Random;
  readonly #generator: Generator;
  /** What the first shard begins with. */
  readonly #typical: readonly Sequence[];
  readonly #kept: Sequence[] = [];
  /** Of each place: what it is, and how often sequences executed it so far, by bucket. */
  readonly #kinds: Uint8Array;
  readonly #seen: Uint8Array;
  readonly #tried = new Set<number>();
  /** Sequences with failing allocations that are to be tried, and how many there were. */
  readonly #failing: Sequence[] = [];
  #failures = 0;
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
    const { changed, core } = input;
    const { locs } = input.places.after;
    this.#seen = new Uint8Array(locs.length);
    this.#kinds = Uint8Array.from(locs, (loc) => (changed?.has(loc) ? CHANGED : 0) | (core.has(loc) ? CORE : 0));
    this.#random = new Random(input.seed, 1 + input.shard);
    this.#generator = new Generator(input.operations, input.targets, input.dictionary, this.#random);
    this.#typical = input.shard === 0 ? typicalSequences(input.operations, input.targets) : [];
  }

  /** Tries one more sequence. */
  step(): void {
    const typical = this.#typical[this.sequences];
    if (typical) {
      this.try(typical);
      return;
    }
    const failing = this.#failing.shift();
    if (failing) {
      this.try(failing);
      return;
    }
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
    if (isNew && sequence.fail === 0 && this.#failures * FAILURES < this.sequences) this.#letFail(sequence, now);
    const old = before.run(sequence);
    if (isNew) add(this.covered.before, before.coverage());
    if (old.end.endsWith('-budget') || now.end.endsWith('-budget')) this.cutOff++;
    const difference = differenceOf(old, now, sequence, operations);
    if (!difference) return undefined;
    const variant = variantOf(sequence, difference, this.#input);
    const made: Found = { sequence, difference: variant, at: this.sequences };
    return this.#note(made) ? made : undefined;
  }

  /** What came somewhere new is tried with each of its allocations failing, and with each and all after it. */
  #letFail(sequence: Sequence, { allocations }: Outcome): void {
    for (let fail = 1; fail <= Math.min(allocations, MOST_FAILING); fail++)
      for (const failing of [1, ALL]) {
        this.#failing.push({ ...sequence, fail, failing });
        this.#failures++;
      }
  }

  /** Everything so far; `whole`: with what it takes to go on. */
  save(whole: boolean): SavedHunt {
    const { places } = this.#input;
    return {
      sequences: this.sequences,
      reached: this.reached,
      cutOff: this.cutOff,
      found: [...this.found.values()],
      covered: {
        before: places.before.numbered(this.covered.before),
        after: places.after.numbered(this.covered.after),
      },
      leads: [...this.leads],
      ...(whole
        ? {
            going: {
              random: this.#random.save(),
              kept: [...this.#kept],
              learned: this.#generator.learned,
              seen: [...this.#seen],
              tried: [...this.#tried],
              failing: [...this.#failing],
              failures: this.#failures,
            },
          }
        : {}),
    };
  }

  /** Takes in what another one found, of sequences that come after `offset` others. Going on is for one that took in nothing else. */
  absorb(saved: SavedHunt, offset: number): void {
    const { places } = this.#input;
    this.sequences += saved.sequences;
    this.reached += saved.reached;
    this.cutOff += saved.cutOff;
    for (const found of saved.found) this.#note({ ...found, at: found.at + offset });
    for (const which of ['before', 'after'] as const)
      add(
        this.covered[which],
        saved.covered[which].map(([number, count]) => [places[which].locs[number]!, count] as const),
      );
    for (const [key, list] of saved.leads) {
      const known = this.leads.get(key) ?? [];
      this.leads.set(key, [...known, ...list].slice(0, LEADS));
    }
    const { going } = saved;
    if (!going) return;
    this.#random.restore(going.random);
    this.#kept.push(...going.kept);
    for (const range of going.learned) this.#generator.learn(range);
    this.#seen.set(going.seen);
    for (const key of going.tried) this.#tried.add(key);
    this.#failing.push(...going.failing);
    this.#failures = going.failures;
  }

  /** The smallest sequence of each difference stays, with the number of the first. */
  #note(found: Found): boolean {
    const { signature } = found.difference;
    const known = this.found.get(signature);
    if (!known && this.found.size >= MOST_SIGNATURES) return false;
    if (!known || size(found.sequence) < size(known.sequence))
      this.found.set(signature, { ...found, at: known?.at ?? found.at });
    return true;
  }

  #lead(sequence: Sequence, outcome: Outcome): void {
    const sleeps = outcome.end === SLEEPS;
    if (outcome.end !== 'ok' && !sleeps) return;
    const isTarget = (index: number): boolean => this.#input.targets.includes(sequence.calls[index]!.op);
    const last = sleeps ? outcome.ended : sequence.calls.findLastIndex((_, i) => isTarget(i));
    if (last < 0 || last >= sequence.calls.length || !isTarget(last)) return;
    const key = `${sequence.calls[last]!.op} ${sleeps ? 'sleeps' : sortOf(outcome.results[last]!)}`;
    const lead = { ...sequence, calls: sequence.calls.slice(0, last + 1) };
    const known = this.leads.get(key);
    if (!known) this.leads.set(key, [lead]);
    else if (known.length < LEADS) known.push(lead);
  }

  /** A sequence with one more call of an operation, about these ranges, else about what its other calls answer or are made on. */
  extend(sequence: Sequence, op: number, ranges: readonly Range[] = []): Sequence {
    if (ranges.length > 0) return this.#generator.extend(sequence, op, ranges);
    const { ended } = this.#input.after.run(sequence);
    const about = [...this.#input.after.ranges(ended), ...sequence.regions];
    return this.#generator.extend(sequence, op, about);
  }

  /** Whether the last sequence executed what none did before, and whether it came to what changed. */
  #look(runner: Runner): { readonly isNew: boolean; readonly reached: boolean; readonly core: boolean } {
    const seen = this.#seen;
    const kinds = this.#kinds;
    let isNew = false;
    let kind = 0;
    const { changed, core, places } = this.#input;
    const visit = (place: number, count: number): void => {
      kind |= kinds[place]!;
      const bit = 1 << bucket(count);
      if ((seen[place]! & bit) === 0) {
        seen[place]! |= bit;
        isNew = true;
      }
    };
    // A changed line may stand in the midst of others that are executed with it.
    runner.eachExecuted(places.after.numbers, visit, core);
    return {
      isNew,
      reached: changed === undefined || (kind & CHANGED) !== 0,
      core: core.size === 0 || (kind & CORE) !== 0,
    };
  }
}

function add(to: Map<Loc, number>, from: Iterable<readonly [Loc, number]>): void {
  for (const [loc, count] of from) to.set(loc, (to.get(loc) ?? 0) + count);
}

const bucket = (count: number): number => (count < 4 ? count : count < 8 ? 4 : count < 32 ? 5 : 6);

/** Calls count most, then regions. */
export const size = (s: Sequence): number => s.calls.length * 1000 + s.regions.length * 30 + (s.fail > 0 ? 10 : 0);
