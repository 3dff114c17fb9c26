import type { SourceTree } from '../base/tree.ts';
import { applySeries, type PatchSet, readPatches } from '../patch/index.ts';
import { noPatchInInput, patchDoesNotApply } from './errors.ts';
import { LineBook, type PatchedFile } from './lines.ts';
import { patchedFile } from './patched.ts';

export interface PatchText {
  readonly text: string | Uint8Array;
  /** For messages. */
  readonly name: string;
}
export interface PatchedTrees {
  readonly before: SourceTree;
  readonly after: SourceTree;
  readonly files: readonly PatchedFile[];
  readonly lines: LineBook;
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
      failed.failures.map((f) => f.error.message),
    );
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) throw set.problems[0] ?? noPatchInInput(patch.name);
  const files = steps.flatMap((step) => step.files.map(patchedFile));
  // Line maps of one patch only: those of a series do not compose, its worlds are compared by line numbers alone.
  return { before: first.before, after: last.after, files, lines: new LineBook(steps.length === 1 ? files : []) };
}

/** The patches to review: where the input holds several revisions of a series, those of the newest. */
export function newest(set: PatchSet): PatchSet['patches'] {
  const last = set.series.at(-1);
  return set.series.length > 1 && last ? last.patches : set.patches;
}
