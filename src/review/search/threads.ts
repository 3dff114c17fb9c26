import type { Loc } from '../../c/token.ts';
import { SLEEPS, sortOf } from './difference.ts';
import type { Range } from './generate.ts';
import { type Hunt, size } from './hunt.ts';
import type { Runner } from './runner.ts';
import { FRESH, MOST_CALLS, ROOTS, type Sequence } from './sequence.ts';
import { layoutOf, type Operation } from './surface.ts';

/** Calls that lead to what changed, each tried against others. */
const MOST_LEADS = 4;
/** Calls that one of them is paired with: such that only look, and such that change something. */
const MOST_PARTNERS = 2;
/** Calls of one operation that are looked at for one lead. */
const TRIES = 12;

/** Calls of changed locking that are tried against every other call, and tries of each such call. */
const MOST_MEETING = 2;
const MEETING_TRIES = 4;

/** Two calls that touch the same data: the last two of the sequence. */
export interface Pairing {
  readonly sequence: Sequence;
  readonly names: readonly [string, string];
  /** The first call sleeps until the second wakes it. */
  readonly waits?: boolean;
}

/**
 * Pairs of calls to be made at the same time: one leads to what changed, and what one of the two answers or leaves behind
 * depends on which of them comes first. Those come first that take something away, or turn success into failure.
 */
export function pairings(hunt: Hunt, runner: Runner, operations: readonly Operation[]): readonly Pairing[] {
  const found: Pairing[] = [];
  const paired = new Set<string>();
  // The first of each sort, then the second of each; before them what sleeps, since one thread alone shows nothing of it.
  const leads = [...hunt.leads]
    .flatMap(([sort, list]) =>
      list
        .filter((s) => s.calls.length < MOST_CALLS && mayMeet(operations[s.calls.at(-1)!.op]!))
        .sort((a, b) => size(a) - size(b))
        .map((lead, turn) => ({ lead, turn: turn === 0 && sort.endsWith(' sleeps') ? -1 : turn })),
    )
    .sort((a, b) => a.turn - b.turn || size(a.lead) - size(b.lead))
    .map(({ lead }) => lead);
  for (const lead of leads.slice(0, MOST_LEADS)) {
    const sleeps = runner.run(lead).end === SLEEPS;
    // Few calls wake it.
    const effort = sleeps ? 3 : 1;
    const self = { ...lead, fail: 0, calls: [...lead.calls, lead.calls.at(-1)!] };
    const partners: { sequence: Sequence; weight: number; reads: boolean }[] = [];
    for (const op of operations.keys()) {
      if (!mayMeet(operations[op]!)) continue;
      let best: (typeof partners)[number] | undefined;
      for (let i = 0; i < effort * TRIES; i++) {
        const sequence = { ...hunt.extend(lead, op), fail: 0 };
        const { weight, reads } = interference(sequence, runner);
        if (weight > (best?.weight ?? 0)) best = { sequence, weight, reads };
      }
      if (best) partners.push(best);
    }
    partners.sort((a, b) => b.weight - a.weight);
    // Another lead of the same sort meets other calls.
    const nameOf = ({ sequence: s }: { readonly sequence: Sequence }): string =>
      `${lead.calls.at(-1)!.op} ${s.calls.at(-1)!.op}`;
    const chosen = [true, false].flatMap((reads) =>
      partners.filter((p) => p.reads === reads && !paired.has(nameOf(p))).slice(0, effort * MOST_PARTNERS),
    );
    for (const p of chosen) paired.add(nameOf(p));
    const name = (s: Sequence): string => operations[s.calls.at(-1)!.op]!.name;
    const meets = interference(self, runner).weight > 0;
    for (const sequence of [...(meets ? [self] : []), ...chosen.map((p) => p.sequence)])
      found.push({ sequence, names: [name(lead), name(sequence)], ...(sleeps ? { waits: true } : {}) });
  }
  return found;
}

/**
 * Pairs of a call that leads to what changed and each call that can be made, itself too: what locks no longer keep apart shows
 * in none of them alone, and the order of the two need not matter. `places` are numbers of statements, `changed` those of changed
 * functions: how many a call executes tells how far it came.
 */
export function meetings(
  hunt: Hunt,
  runner: Runner,
  operations: readonly Operation[],
  places: ReadonlyMap<Loc, number>,
  changed: ReadonlySet<number>,
): readonly Pairing[] {
  const name = (s: Sequence): string => operations[s.calls.at(-1)!.op]!.name;
  const found: Pairing[] = [];
  for (const lead of farthest(hunt, runner, operations, places, changed).slice(0, MOST_MEETING)) {
    const again = { ...lead, calls: [...lead.calls, lead.calls.at(-1)!] };
    const subject = subjectOf(lead, operations);
    found.push({ sequence: again, names: [name(lead), name(lead)] });
    for (const op of operations.keys()) {
      if (!mayMeet(operations[op]!)) continue;
      let chosen: { readonly sequence: Sequence; readonly far: number } | undefined;
      for (let i = 0; i < MEETING_TRIES; i++) {
        const sequence = hunt.extend(lead, op, i % 2 === 0 ? subject : []);
        const { end, results } = runner.run(sequence);
        const sort = end === 'ok' ? sortOf(results.at(-1)!) : 'skipped';
        if (sort === 'skipped') continue;
        let far = (WORTH[sort] ?? 0) * 10;
        runner.eachExecuted(places, () => far++);
        if (far > (chosen?.far ?? 0)) chosen = { sequence, far };
      }
      if (chosen) found.push({ sequence: chosen.sequence, names: [name(lead), name(chosen.sequence)] });
    }
  }
  return found;
}

/** What the last call is made on: the regions that it names, the range that it is given. */
function subjectOf({ regions, calls }: Sequence, operations: readonly Operation[]): readonly Range[] {
  const { op, args } = calls.at(-1)!;
  const ranges: Range[] = [];
  let start: bigint | undefined;
  for (const { param, at } of layoutOf(operations[op]!.params)) {
    const word = args[at]!;
    if (param.kind === 'resource' && word === FRESH) ranges.push({ start: args[at + 1]!, end: args[at + 2]! });
    else if (param.kind === 'resource' || param.kind === 'container') {
      const region = regions[Number(word) - ROOTS];
      if (region) ranges.push(region);
    } else if (param.kind === 'int' && param.role === 'address') start = word;
    else if (param.kind === 'int' && start !== undefined && (param.role === 'size' || param.role === 'end'))
      ranges.push({ start, end: param.role === 'end' ? word : BigInt.asUintN(64, start + word - 1n) });
  }
  return ranges;
}

/** Of each operation the lead whose last call executes most of the changed functions; those come first that execute more. */
function farthest(
  hunt: Hunt,
  runner: Runner,
  operations: readonly Operation[],
  places: ReadonlyMap<Loc, number>,
  changed: ReadonlySet<number>,
): readonly Sequence[] {
  const executed = (sequence: Sequence): number => {
    let sum = 0;
    runner.run(sequence);
    runner.eachExecuted(places, (place, count) => {
      if (changed.has(place)) sum += count;
    });
    return sum;
  };
  const best = new Map<number, { readonly lead: Sequence; readonly far: number }>();
  for (const list of hunt.leads.values())
    for (const one of list) {
      const lead = { ...one, fail: 0 };
      const op = lead.calls.at(-1)!.op;
      if (lead.calls.length >= MOST_CALLS || !mayMeet(operations[op]!) || runner.run(lead).end !== 'ok') continue;
      const far = executed(lead) - executed({ ...lead, calls: lead.calls.slice(0, -1) });
      const known = best.get(op);
      if (!known || far > known.far || (far === known.far && size(lead) < size(known.lead)))
        best.set(op, { lead, far });
    }
  return [...best.values()].sort((a, b) => b.far - a.far || size(a.lead) - size(b.lead)).map(({ lead }) => lead);
}

/** Which results are looked at first: of calls that did something. */
const WORTH: Readonly<Record<string, number>> = { value: 2, zero: 2, error: 1 };

/** What only one world has is compared with nothing. */
const mayMeet = ({ early, added }: Operation): boolean => !early && !added;

const SLEEPER: Readonly<Record<string, number>> = { value: 7, zero: 6, error: 5 };

interface Interference {
  /** 0: none, or nothing can be said. */
  readonly weight: number;
  /** The second call only looks at what the first one does. */
  readonly reads: boolean;
}
const none: Interference = { weight: 0, reads: false };

/** How much the last two calls have to do with each other: made the other way round they do something else. */
function interference(pair: Sequence, runner: Runner): Interference {
  const count = pair.calls.length;
  const [a, b] = [pair.calls[count - 2]!, pair.calls[count - 1]!];
  const one = runner.run(pair);
  const sleeps = one.end === SLEEPS && one.ended === count - 2;
  if (one.end !== 'ok' && !sleeps) return none;
  const other = runner.run({ ...pair, calls: [...pair.calls.slice(0, -2), b, a] });
  if (other.end !== 'ok') return none;
  // The first sleeps until somebody comes; the more likely the second, the better what it answers after that.
  if (sleeps) return { weight: SLEEPER[sortOf(other.results[count - 1]!)] ?? 0, reads: false };
  const [a1, b1] = [one.results[count - 2]!, one.results[count - 1]!];
  const [b2, a2] = [other.results[count - 2]!, other.results[count - 1]!];
  const sorts = [a1, b1, a2, b2].map(sortOf);
  if (sorts.includes('skipped')) return none;
  let weight = 0;
  if (a1 !== a2) weight += sorts[0] === sorts[2] ? 2 : 4;
  if (b1 !== b2 || one.effects[count - 1] !== other.effects[count - 2]) weight += 1;
  const reads = weight === 1 && one.digest === other.digest;
  // What one of them frees the other may be looking at.
  if (weight > 0 && one.live !== other.live) weight += 1;
  return { weight, reads };
}
