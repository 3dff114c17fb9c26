import type { Target } from './target.ts';
import { cTargets } from './targets/c.ts';
import { modelTargets } from './targets/model.ts';
import { patchTargets } from './targets/patch.ts';

/** Every reader of input from strangers, by name. */
export const targets: ReadonlyMap<string, Target> = new Map(
  [...patchTargets, ...cTargets, ...modelTargets].map((target) => [target.name, target]),
);
