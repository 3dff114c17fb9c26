import { CodedError } from '../../base/errors.ts';
import type { Loc } from '../../c/token.ts';
import type { MachineModel } from '../../model/api.ts';
import type { FunctionChange } from '../changes.ts';
import type { LineBook } from '../lines.ts';
import { CallGraph } from '../reach.ts';
import type { SourcePlace } from '../report.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { branchCount } from './branches.ts';
import { type CostCurve, costCurves } from './cost.ts';
import { type Found, size } from './hunt.ts';
import { changesLocking } from './locking.ts';
import { minimise } from './minimise.ts';
import { type Proved, prove } from './prove.ts';
import { type Race, races, suspects } from './race.ts';
import { type Prepared, prepare } from './search.ts';
import { type SweepOptions, searchShard, sweep } from './sweep.ts';
import { meetings, type Pairing, pairings } from './threads.ts';

/** Distinct differences that are told. */
const MOST_TOLD = 5;
const MOST_RACES = 3;
/** Pairs of calls that go wrong at the same time, after the patch: those that are looked at in both worlds. */
const MOST_SUSPECTS = 6;

export interface SearchOptions extends SweepOptions {
  /** Default 1. The same seed and number of sequences give the same search. */
  readonly seed?: number;
  /** Sequences to try. Default 20,000. */
  readonly sequences?: number;
}
export const DEFAULT_SEQUENCES = 20_000;

export interface SearchInput extends SearchOptions {
  readonly compile: (which: 'before' | 'after', scenarios: readonly Scenario[]) => World;
  readonly worlds: Readonly<Record<'before' | 'after', World>>;
  readonly changes: readonly FunctionChange[];
  readonly machine: MachineModel;
  readonly lines: LineBook;
  /** Index in the input. Default 0. */
  readonly patch?: number;
  readonly statements?: number;
  readonly signal?: { readonly aborted: boolean };
  readonly progress?: (done: number, total: number) => void;
  readonly pause?: () => Promise<void>;
}

export interface SearchResult {
  /** Why nothing could be called, where nothing could. */
  readonly none?: string;
  readonly prepared?: Prepared;
  readonly sequences: number;
  readonly reached: number;
  readonly cutOff: number;
  readonly stopped: 'budget' | 'time' | 'cancelled' | 'nothing to call';
  readonly branches: { readonly ways: number; readonly gone: number };
  readonly covered: Readonly<Record<'before' | 'after', ReadonlyMap<string, number>>>;
  readonly proved: readonly Proved[];
  readonly costs: readonly CostCurve[];
  /** Pairs of calls that were explored as threads, and those that tell the worlds apart. */
  readonly pairs: readonly Pairing[];
  readonly races: readonly Race[];
}

const nothing = {
  sequences: 0,
  reached: 0,
  cutOff: 0,
  branches: { ways: 0, gone: 0 },
  covered: { before: new Map(), after: new Map() },
  proved: [],
  costs: [],
  pairs: [],
  races: [],
};

/** Searches for calls that tell the worlds apart, cuts down what it finds, and proves it. */
export async function search(input: SearchInput): Promise<SearchResult> {
  const seed = input.seed ?? 1;
  const total = input.sequences ?? DEFAULT_SEQUENCES;
  const opened = prepare({ ...input, profile: input.machine.profile, seed });
  if (typeof opened === 'string') return { ...nothing, none: opened, stopped: 'nothing to call' };
  const { surface, runners, targets } = opened;
  if (targets.length === 0 && input.changes.length > 0)
    return { ...nothing, none: whyNoTarget(opened, input.changes), prepared: opened, stopped: 'nothing to call' };
  const texts = [...input.lines.files()].flatMap((f) => [f.path, f.before ?? '', f.after ?? '']);
  if (input.serve) {
    await input.serve(input.patch ?? 0, (task) => searchShard(opened, task, { ...input, seed, subject: texts }));
    return { ...nothing, none: 'another thread tells it', stopped: 'nothing to call' };
  }
  const { hunt, stopped } = await sweep(opened, { ...input, sequences: total, seed, subject: texts });
  const prepared = { ...opened, hunt };
  const operations = surface.operations;
  // What was cut off takes long to look at again: the first of that kind stands for all.
  const cut = [...hunt.found.values()].find((f) => f.difference.kind === 'cost');
  const small = [...hunt.found.values()]
    .filter((f) => f.difference.kind !== 'cost' || f === cut)
    .map((found) => minimise(found, { ...runners, operations }));
  small.sort((a, b) => rank(a) - rank(b) || size(a.sequence) - size(b.sequence) || a.at - b.at);
  const proved = prove(small, { ...input, runners, operations }, MOST_TOLD);
  const pairs = stopped === 'cancelled' ? [] : [...pairings(hunt, runners.after, operations)];
  const racing = {
    ...input,
    operations,
    alone: proved.length === 0,
    isChanged: changedPlaces(prepared, input.changes),
  };
  let raced = await races(pairs, racing, MOST_RACES);
  const silent = proved.length === 0 && raced.length === 0 && stopped !== 'cancelled';
  if (silent && changesLocking(prepared.worlds, input.changes)) {
    const { numbers } = prepared.places.after;
    const world = prepared.worlds.after;
    const changed = new Set([...numbers].flatMap(([loc, n]) => (racing.isChanged(world.place(loc)) ? [n] : [])));
    const met = meetings(hunt, runners.after, operations, numbers, changed);
    raced = await races(await suspects(met, racing, MOST_SUSPECTS), racing, MOST_RACES);
    pairs.push(...met);
  }
  return {
    prepared,
    pairs,
    races: raced,
    sequences: hunt.sequences,
    reached: hunt.reached,
    cutOff: hunt.cutOff,
    stopped,
    branches: branchesOf(prepared, input.changes),
    covered: {
      before: byPlace(prepared.worlds.before, hunt.covered.before),
      after: byPlace(prepared.worlds.after, hunt.covered.after),
    },
    proved,
    costs: costCurves({ ...runners, operations, targets: targets.filter((t) => !operations[t]!.added) }),
  };
}

/** What is told first: what a caller sees at once, before what only shows later, in what other calls see. */
const ranks: Readonly<Partial<Record<Found['difference']['kind'], number>>> = {
  end: 0,
  nontermination: 0,
  effect: 2,
  message: 2,
  loose: 2,
  skipped: 3,
  cost: 4,
};
const rank = ({ difference: { kind } }: Found): number => ranks[kind] ?? 1;

function whyNoTarget({ surface, worlds }: Prepared, changes: readonly FunctionChange[]): string {
  const names = [...new Set(changes.filter((c) => !c.equivalent).map((c) => `${c.name}()`))];
  const { program } = worlds.after.compiled;
  const graph = new CallGraph(program);
  const byName = new Map(program.functions.map((fn, i) => [fn.plainName, i]));
  const wanted = changes.flatMap((c) => byName.get(c.name) ?? []);
  const blocked = surface.left.filter(({ name }) => {
    const func = byName.get(name);
    return func !== undefined && graph.callersOf(wanted, [func]).has(func);
  });
  const because = blocked.map(({ name, why }) => `${name}(): ${why}`).join('; ');
  return `no function that can be called leads to ${names.join(', ') || 'what changed'}${because ? ` (${because})` : ''}`;
}

/** Whether a place lies in a function that the patch changes, in the world of the place. */
export function changedPlaces(
  { worlds }: Prepared,
  changes: readonly FunctionChange[],
): (place: SourcePlace) => boolean {
  const names = new Set(changes.map((c) => c.name));
  const extents = { before: extentsOf(worlds.before, names), after: extentsOf(worlds.after, names) };
  return ({ file, line, world }) => extents[world].some((e) => e.file === file && e.from <= line && line <= e.to);
}

function extentsOf(
  world: World,
  names: ReadonlySet<string>,
): readonly { readonly file: string; readonly from: number; readonly to: number }[] {
  return world.compiled.program.functions.flatMap((fn) => {
    if (!names.has(fn.plainName) || fn.loc === fn.endLoc) return [];
    const { file, line } = world.place(fn.loc);
    return [{ file, from: line, to: world.place(fn.endLoc).line }];
  });
}

function branchesOf({ worlds, hunt }: Prepared, changes: readonly FunctionChange[]): { ways: number; gone: number } {
  const sum = { ways: 0, gone: 0 };
  const { program } = worlds.after.compiled;
  const changed = new Set(changes.flatMap((c) => (c.equivalent ? [] : [c.name])));
  for (const fn of program.functions) {
    if (!changed.has(fn.plainName) || !worlds.after.isUnderReview(fn.file)) continue;
    try {
      const body = fn.body();
      if (!body) continue;
      const { ways, gone } = branchCount(body, hunt.covered.after);
      sum.ways += ways;
      sum.gone += gone;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
    }
  }
  return sum;
}

/** Coverage under names that hold in any compilation of the world: `file:line:column`. */
function byPlace(world: World, covered: ReadonlyMap<Loc, number>): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [loc, count] of covered) {
    const { file, line, column } = world.place(loc);
    const key = `${file}:${line}:${column ?? 0}`;
    places.set(key, (places.get(key) ?? 0) + count);
  }
  return places;
}
