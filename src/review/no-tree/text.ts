import type { ModelBasis } from '../report.ts';

/** What is said of each finding that was made without a tree. */
export const RESTS_ON_MODEL =
  'rests on the model: there was no kernel tree, and our model of the rest of the kernel stood in for it';

/** What a review without a tree executed, what not, and on which assumptions; a line each. */
export function modelLines(model: ModelBasis): readonly string[] {
  const out = ['basis: model (no kernel tree: what the patch shows completely is executed in our model of the rest)'];
  for (const { function: name, file, worlds } of model.executed) {
    const where = worlds.length === 2 ? 'before and after' : `${worlds[0]} only`;
    out.push(`shown: ${name}() of ${file}, ${where}`);
  }
  for (const one of model.incomplete)
    out.push(`not-executed: ${one.function}() of ${one.file}: ${incompleteText(one)}`);
  for (const { name, model: to, kind, why } of model.assumed)
    out.push(
      name === to
        ? `assumed: ${name}(): ${why}`
        : `assumed: ${name}() ${kind === 'means' ? 'is' : 'stands in the place of'} the model\u2019s ${to}(): ${why}`,
    );
  for (const path of model.headers)
    out.push(`not-applied: ${path}: of a header only hunks are shown, so the model\u2019s was used`);
  for (const path of model.disagree)
    out.push(
      `not-joined: ${path}: patches of the series show the same line differently, so that they were not made one upon the other`,
    );
  return out;
}

/** Why a function was not executed, which of its lines are missing, and what was executed in its place. */
export function incompleteText({ why, world, missing, standIn }: ModelBasis['incomplete'][number]): string {
  const ranges = missing.map(({ from, to }) => {
    if (from === undefined) return `up to line ${to}`;
    if (to === undefined) return `from line ${from} on`;
    return from === to ? `line ${from}` : `lines ${from} to ${to}`;
  });
  const lacking = ranges.length > 0 ? `; not shown ${world} the patch: ${ranges.join(', ')}` : '';
  return `${why}${lacking}; ${standIn ? 'the model\u2019s was executed in its place' : 'nothing was executed in its place'}`;
}
