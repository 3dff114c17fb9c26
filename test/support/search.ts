import type { SourceTree } from '../../src/base/tree.ts';
import { profileNamed } from '../../src/model/profiles.ts';
import { applySeries, readPatches } from '../../src/patch/index.ts';
import { changedFunctions, type FunctionChange } from '../../src/review/changes.ts';
import { LineBook } from '../../src/review/lines.ts';
import { Machines } from '../../src/review/machines.ts';
import { patchedFile } from '../../src/review/patched.ts';
import type { Scenario } from '../../src/review/scenario.ts';
import { races } from '../../src/review/search/race.ts';
import { changedPlaces } from '../../src/review/search/run.ts';
import { type Prepared, prepare } from '../../src/review/search/search.ts';
import { pairings } from '../../src/review/search/threads.ts';
import { newest } from '../../src/review/trees.ts';
import { compileWorld, type ModelFiles, type World } from '../../src/review/world.ts';

export interface OpenSearch {
  /** Whether pairs of calls at the same time tell the worlds apart. */
  readonly raced: () => Promise<string | undefined>;
  readonly prepared: Prepared;
  readonly changes: readonly FunctionChange[];
}

/** A search of one patch, ready to be taken step by step. Undefined where both worlds are the same code. */
export async function openSearch(
  tree: SourceTree,
  model: ModelFiles,
  patch: string,
  seed = 1,
): Promise<OpenSearch | undefined> {
  const set = await readPatches(patch, { name: 'test.patch' });
  const step = applySeries(newest(set), tree, { direction: 'auto', name: 'test.patch' }).steps[0]!;
  if (!step.ok) throw new Error(step.failures.map((f) => f.error.message).join('\n'));
  const patched = step.files.map(patchedFile);
  const profile = profileNamed('x86_64')!;
  const units = [...new Set(['kernel/resource.c', ...patched.map((f) => f.path).filter((p) => p.endsWith('.c'))])];
  const compile = (which: 'before' | 'after', scenarios: readonly Scenario[]): World =>
    compileWorld({ which, tree: step[which], model, profile, units, scenarios });
  const worlds = { before: compile('before', []), after: compile('after', []) };
  const lines = new LineBook(patched);
  const changes = changedFunctions(worlds.before, worlds.after, lines, patched);
  if (changes.every((c) => c.equivalent)) return undefined;
  const prepared = prepare({ compile, worlds, changes, lines, profile, seed });
  if (typeof prepared === 'string') throw new Error(prepared);
  return {
    prepared,
    changes,
    raced: async () => {
      const { surface, hunt, runners } = prepared;
      const machine = new Machines(undefined, undefined).named('empty');
      const isChanged = changedPlaces(prepared, changes);
      const pairs = pairings(hunt, runners.after, surface.operations);
      const [found] = await races(
        pairs,
        { compile, operations: surface.operations, machine, lines, alone: true, isChanged },
        1,
      );
      return found && `${found.rule} of ${found.pairing.names.join('() and ')}()`;
    },
  };
}

/** Steps until something differs or the budget is used up; answers the number of sequences it took, or undefined. */
export function firstDifference({ prepared: { hunt } }: OpenSearch, sequences: number): number | undefined {
  while (hunt.sequences < sequences && hunt.found.size === 0) hunt.step();
  return hunt.found.size > 0 ? hunt.sequences : undefined;
}
