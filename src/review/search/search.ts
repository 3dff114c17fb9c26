import { CodedError } from '../../base/errors.ts';
import type { FunctionBody } from '../../c/ir.ts';
import type { Loc } from '../../c/token.ts';
import type { ArchProfile } from '../../model/api.ts';
import type { FunctionChange } from '../changes.ts';
import type { LineBook } from '../lines.ts';
import { CallGraph } from '../reach.ts';
import { parseScenario, type Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { dictionaryOf } from './dictionary.ts';
import { HARNESS_PATH, harnessText, operationFunction } from './harness.ts';
import { Hunt } from './hunt.ts';
import { PlaceBook } from './place-book.ts';
import { Runner } from './runner.ts';
import { type Operation, type Surface, surfaceOf } from './surface.ts';

type Which = 'before' | 'after';

export interface Prepared {
  readonly surface: Surface;
  /** Operations that lead to a changed function. */
  readonly targets: readonly number[];
  readonly worlds: Readonly<Record<Which, World>>;
  /** The first shard; {@link search} replaces it by what all of them found. */
  readonly hunt: Hunt;
  /** A search of one part of the seed's sequences, from its beginning. */
  readonly shard: (index: number) => Hunt;
  readonly places: Readonly<Record<Which, PlaceBook>>;
  /** The harness. */
  readonly text: string;
  readonly runners: Readonly<Record<Which, Runner>>;
}

export interface PrepareInput {
  /** A world as the review compiles it, with these scenarios besides. */
  readonly compile: (which: Which, scenarios: readonly Scenario[]) => World;
  /** Any compilation of each side: prototypes and bodies are read from it. */
  readonly worlds: Readonly<Record<Which, World>>;
  readonly changes: readonly FunctionChange[];
  readonly lines: LineBook;
  readonly profile: ArchProfile;
  readonly seed: number;
}

/** Compiles the harness into both worlds. Answers why there is nothing to call, where there is nothing. */
export function prepare(input: PrepareInput): Prepared | string {
  const { worlds, changes } = input;
  let surface = surfaceOf(worlds);
  if (surface.operations.length === 0) return 'the code under review has no function that can be called';
  let made = compileHarness(input, surface);
  const refused = new Map<number, string>([
    ...refusedOperations(made.before, surface.operations.length),
    ...refusedOperations(made.after, surface.operations.length),
  ]);
  if (refused.size > 0) {
    const left = [...surface.left];
    for (const [index, why] of refused) left.push({ name: surface.operations[index]!.name, why });
    surface = { operations: surface.operations.filter((_, i) => !refused.has(i)), left };
    if (surface.operations.length === 0) return 'no function of the code under review can be called';
    made = compileHarness(input, surface);
  }
  const graphs = {
    before: new CallGraph(made.before.compiled.program),
    after: new CallGraph(made.after.compiled.program),
  };
  const targets = targetsOf(made, graphs, changes, surface.operations);
  const runners = { before: new Runner(made.before), after: new Runner(made.after) };
  const near = {
    before: nearby(made.before, graphs.before, changes, 'before'),
    after: nearby(made.after, graphs.after, changes, 'after'),
  };
  const places = { before: new PlaceBook(made.before), after: new PlaceBook(made.after) };
  const wanted = {
    ...runners,
    operations: surface.operations,
    targets,
    dictionary: dictionaryOf(made, near, input.profile),
    changed: changes.length === 0 ? undefined : changedStatements(made.after, changes),
    core: new Set(places.after.locs.filter((loc) => input.lines.isChanged(made.after.place(loc)))),
    places,
    seed: input.seed,
  };
  const hunt = (shard: number): Hunt => new Hunt({ ...wanted, shard });
  return {
    surface,
    targets,
    worlds: made,
    hunt: hunt(0),
    shard: hunt,
    runners,
    places,
    text: harnessText(surface.operations, 'after'),
  };
}

function compileHarness({ compile }: PrepareInput, surface: Surface): Record<Which, World> {
  const world = (which: Which): World => {
    const text = harnessText(surface.operations, which);
    const { scenario } = parseScenario('search', text, { path: HARNESS_PATH, builtIn: true });
    return compile(which, [scenario]);
  };
  return { before: world('before'), after: world('after') };
}

/** Calls that do not compile: a type that only the function's own file knows. */
function refusedOperations(world: World, count: number): [number, string][] {
  const { program } = world.compiled;
  const byName = new Map(program.functions.map((fn) => [fn.plainName, fn]));
  const refused: [number, string][] = [];
  for (let i = 0; i < count; i++) {
    const fn = byName.get(operationFunction(i));
    try {
      if (fn?.body()) continue;
      refused.push([i, 'its call does not compile']);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      refused.push([i, error.what]);
    }
  }
  return refused;
}

/** The function of this name in one world's program: programs number them differently. */
const indexIn = (world: World, name: string): number | undefined => {
  const { program } = world.compiled;
  const at = program.functions.findIndex(
    (fn) => fn.plainName === name && fn.loc !== fn.endLoc && world.isUnderReview(fn.file),
  );
  return at < 0 ? undefined : at;
};

function targetsOf(
  worlds: Readonly<Record<Which, World>>,
  graphs: Readonly<Record<Which, CallGraph>>,
  changes: readonly FunctionChange[],
  operations: readonly Operation[],
): readonly number[] {
  const targets = new Set<number>();
  for (const which of ['before', 'after'] as const) {
    const world = worlds[which];
    const changed = changes.flatMap((c) => (c.equivalent ? [] : (indexIn(world, c.name) ?? [])));
    const { program } = world.compiled;
    const entries = operations.map((_, i) =>
      program.functions.findIndex((fn) => fn.plainName === operationFunction(i)),
    );
    const callers = graphs[which].callersOf(changed, entries);
    entries.forEach((func, i) => {
      if (callers.has(func)) targets.add(i);
    });
  }
  return [...targets].sort((a, b) => a - b);
}

/** Changed functions and what they call, in one world. */
function nearby(
  world: World,
  graph: CallGraph,
  changes: readonly FunctionChange[],
  _which: Which,
): ReadonlySet<number> {
  const changed = changes.flatMap((c) => indexIn(world, c.name) ?? []);
  const near = new Set(changed);
  for (const func of changed)
    for (const callee of graph.callees(func))
      if (world.isUnderReview(world.compiled.program.functions[callee]!.file)) near.add(callee);
  return near;
}

/** Statements of changed functions; undefined where one of them has none left, whose execution leaves no trace. */
function changedStatements(world: World, changes: readonly FunctionChange[]): ReadonlySet<Loc> | undefined {
  const locs = new Set<Loc>();
  const { program } = world.compiled;
  for (const change of changes) {
    if (change.equivalent) continue;
    const index = indexIn(world, change.name);
    if (index === undefined) continue;
    const had = locs.size;
    addStatements(() => program.functions[index]!.body(), locs);
    if (locs.size === had) return undefined;
  }
  return locs;
}

function addStatements(get: () => FunctionBody | undefined, into: Set<Loc>): void {
  let body: FunctionBody | undefined;
  try {
    body = get();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return;
  }
  for (const block of body?.blocks ?? [])
    for (const instr of block.instrs) if (instr.op === 'stmt') into.add(instr.loc);
}
