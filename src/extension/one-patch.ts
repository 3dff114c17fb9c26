import { workspace } from 'vscode';
import type { FileTexts, TreeFile } from '../protocol.ts';
import type { ScenarioResult } from '../review/report.ts';
import type { Review } from './reviews.ts';
import { type Tree, unsavedFiles } from './tree.ts';

/** One patch of a reviewed document, and the tree as it is when the turn comes to it. */
export interface OnePatch {
  readonly tree: Tree;
  /** The person's unsaved texts, and what the patches before it made of their files. */
  readonly overlay: readonly TreeFile[];
  /** What patches before it touched. */
  readonly earlier: readonly FileTexts[];
  readonly text: string;
  /** Without a tree, all patches of the document together make the worlds: the text is theirs, and this is which. */
  readonly index?: number;
}

/** undefined: the review has no result yet. */
export async function onePatch(review: Review, index: number): Promise<OnePatch | undefined> {
  const { tree, result } = review;
  if (!tree || !result) return undefined;
  const text = (await workspace.openTextDocument(review.patch)).getText();
  // Earlier patches of a series have done their work when this one comes.
  const earlier = result.files.filter((file) => file.patch < index);
  const overlay = [...unsavedFiles(tree.root), ...earlier.map(({ path, after }) => ({ path, text: after ?? null }))];
  const common = { tree, overlay, earlier };
  if (tree.source.kind === 'none') return { ...common, text, index };
  return { ...common, text: part(text, result.mails[index]?.patchLine, result.mails[index + 1]?.patchLine) };
}

/** The lines of one patch, by the first line of its mail and of the next one, 1-based. */
function part(text: string, from: number | undefined, next: number | undefined): string {
  if (from === undefined || (from <= 1 && next === undefined)) return text;
  const lines = text.split('\n');
  return lines.slice(from - 1, next === undefined ? undefined : next - 1).join('\n');
}

/** A scenario of a report as jobs take it: built-in ones stand in the folder of scenarios. */
export const scenarioOf = ({ name, source }: Pick<ScenarioResult, 'name' | 'source'>) => ({
  name: name.endsWith('.c') ? name : `scenarios/${name}.c`,
  text: source,
});
