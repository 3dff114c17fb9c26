import type { SourceTree } from '../base/tree.ts';
import type { MachineModel } from '../model/api.ts';
import { applySeries, type PatchSet, readPatches } from '../patch/index.ts';
import { noPatchInInput, patchDoesNotApply } from './errors.ts';
import { LineBook, type PatchedFile } from './lines.ts';
import { withoutTree } from './no-tree/no-tree.ts';
import { patchedFile } from './patched.ts';
import type { World as WorldName } from './report.ts';
import type { ModelFiles } from './world.ts';

export interface PatchText {
  readonly text: string | Uint8Array;
  /** For messages. */
  readonly name: string;
  /** Without a tree: which of the patches, from 0; all of them together unless told. */
  readonly index?: number;
}
export interface PatchedTrees {
  readonly before: SourceTree;
  readonly after: SourceTree;
  readonly files: readonly PatchedFile[];
  readonly lines: LineBook;
  /** Macros that a world made without a tree needs. */
  readonly defines?: Readonly<Record<WorldName, ReadonlyMap<string, string>>>;
}

/**
 * The tree before and after the patches of a text, all of its newest revision together. Throws R002 where one does not
 * apply, R003 where there is none.
 */
export async function patchedTrees(patch: PatchText, tree: SourceTree): Promise<PatchedTrees> {
  const set = await readPatches(patch.text, { name: patch.name });
  const { steps } = applySeries(newest(set), tree, { direction: 'auto', name: patch.name });
  const failed = steps.find((step) => !step.ok);
  if (failed)
    throw patchDoesNotApply(
      patch.name,
      failed.failures.map(({ error }) => error),
    );
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) throw set.problems[0] ?? noPatchInInput(patch.name);
  const files = steps.flatMap((step) => step.files.map(patchedFile));
  // Line maps of one patch only: those of a series do not compose, its worlds are compared by line numbers alone.
  return { before: first.before, after: last.after, files, lines: new LineBook(steps.length === 1 ? files : []) };
}

/** What a patch shows of its files before and after it, in our model of the rest: for where there is no tree. Throws R003. */
export async function modelledTrees(patch: PatchText, model: ModelFiles, machine: MachineModel): Promise<PatchedTrees> {
  const set = await readPatches(patch.text, { name: patch.name });
  const all = withoutTree(newest(set), model, machine);
  const [begin, end] = patch.index === undefined ? [all[0], all.at(-1)] : [all[patch.index], all[patch.index]];
  if (!begin || !end) throw set.problems[0] ?? noPatchInInput(patch.name);
  const files = end.applied.files.map(patchedFile);
  return {
    before: begin.applied.before,
    after: end.applied.after,
    files,
    lines: new LineBook(begin === end ? files : []),
    defines: { before: begin.defines.before, after: end.defines.after },
  };
}

/** The patches to review: where the input holds several revisions of a series, those of the newest. */
export function newest(set: PatchSet): PatchSet['patches'] {
  const last = set.series.at(-1);
  return set.series.length > 1 && last ? last.patches : set.patches;
}
