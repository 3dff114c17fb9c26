/** A series on a tree: each patch on the result of the one before it, wherever in the series the tree stands. */
import type { SourceTree } from '../base/tree.ts';
import { applyPatch } from './apply.ts';
import type { ApplyOptions, ApplyResult, FilePatch } from './types.ts';

export interface SeriesPatch {
  readonly files: readonly FilePatch[];
}

export interface SeriesResult {
  readonly ok: boolean;
  /** One for each patch, in order. Stops behind the first that fails; `steps[k].before` is `steps[k-1].after`. */
  readonly steps: readonly ApplyResult[];
  /** How many patches of the series the tree holds already. */
  readonly held: number;
}

/**
 * Forward each patch goes on the result of the one before. With `auto` the tree may hold the first `held` patches: those
 * are taken off, last first, and the others put on. Each patch is tried a bounded number of times.
 */
export function applySeries(
  patches: readonly SeriesPatch[],
  tree: SourceTree,
  options: ApplyOptions = {},
): SeriesResult {
  const asked = options.direction ?? 'auto';
  const first = patches[0];
  if (!first) return { ok: true, steps: [], held: 0 };
  if (asked === 'forward') return onward([], patches, tree, options);
  if (asked === 'reverse') return backward(patches, patches.length, tree, options);
  if (patches.length === 1) {
    const only = applyPatch(first.files, tree, options);
    return { ok: only.ok, steps: [only], held: only.direction === 'reverse' ? 1 : 0 };
  }
  const forward = onward([], patches, tree, { ...options, direction: 'forward' });
  if (forward.ok) return found(forward);
  // The last patch that the tree holds is the last one that can be taken off it as it stands.
  for (let held = patches.length; held > 0; held--) {
    const top = applyPatch(patches[held - 1]!.files, tree, { ...options, direction: 'reverse' });
    if (!top.ok) continue;
    const result = backward(patches, held, tree, options);
    if (result.ok) return found(result);
    break;
  }
  return found(forward);
}

const found = (result: SeriesResult): SeriesResult => ({
  ...result,
  steps: result.steps.map((step) => ({ ...step, foundBy: 'tried' as const })),
});

function onward(
  done: readonly ApplyResult[],
  rest: readonly SeriesPatch[],
  tree: SourceTree,
  options: ApplyOptions,
): SeriesResult {
  const steps = [...done];
  let world = tree;
  for (const patch of rest) {
    const step = applyPatch(patch.files, world, { ...options, direction: 'forward' });
    steps.push(step);
    if (!step.ok) return { ok: false, steps, held: done.length };
    world = step.after;
  }
  return { ok: true, steps, held: done.length };
}

/** Takes the first `held` patches off, and puts the others on. */
function backward(
  patches: readonly SeriesPatch[],
  held: number,
  tree: SourceTree,
  options: ApplyOptions,
): SeriesResult {
  const steps: ApplyResult[] = [];
  let world = tree;
  for (let k = held - 1; k >= 0; k--) {
    const step = applyPatch(patches[k]!.files, world, { ...options, direction: 'reverse' });
    steps.unshift(step);
    if (!step.ok) return { ok: false, steps, held };
    world = step.before;
  }
  return onward(steps, patches.slice(held), tree, options);
}
