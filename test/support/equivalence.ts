import { branchCount } from '../../src/review/search/branches.ts';
import type { ModelFiles } from '../../src/review/world.ts';
import { diskTree } from './kernels.ts';
import type { Refactoring } from './refactorings.ts';
import { firstDifference, openSearch } from './search.ts';
import { patchOf } from './source-edits.ts';

export interface Equivalence {
  /** The two compile to the same code: nothing was tried. */
  readonly same: boolean;
  /** What was told apart, wrongly. */
  readonly alarm?: string;
  /** Sequences that came to the function, of those tried. */
  readonly reached: number;
  /** Ways out of the conditions of changed functions. */
  readonly branches: { readonly covered: number; readonly of: number };
}

/** Takes a refactoring of kernel/resource.c as a patch, and looks for calls that tell it apart. */
export async function judgeRefactoring(
  folder: string,
  model: ModelFiles,
  text: string,
  made: Refactoring,
  sequences: number,
): Promise<Equivalence> {
  const open = await openSearch(diskTree(folder), model, patchOf('kernel/resource.c', text, made.text, made.kind));
  if (!open) return { same: true, reached: 0, branches: { covered: 0, of: 0 } };
  const { hunt, worlds } = open.prepared;
  const found = firstDifference(open, sequences);
  const names = new Set(open.changes.filter((c) => !c.equivalent).map((c) => c.name));
  const branches = { covered: 0, of: 0 };
  for (const fn of worlds.after.compiled.program.functions) {
    const body = names.has(fn.plainName) ? fn.body() : undefined;
    if (!body) continue;
    const { ways, gone } = branchCount(body, hunt.covered.after);
    branches.covered += gone;
    branches.of += ways;
  }
  return {
    same: false,
    reached: hunt.reached,
    branches,
    ...(found === undefined ? {} : { alarm: [...hunt.found.keys()].join('; ') }),
  };
}
