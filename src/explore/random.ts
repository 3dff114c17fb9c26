import type { ExplorationTarget } from './events.ts';
import { Prng } from './prng.ts';
import { type ExploredExecution, walk } from './search.ts';

/** A walk that picks any of the threads that can go on, at each step. The same seed and number give the same execution. */
export function randomWalk(target: ExplorationTarget, depth: number, seed: number, number: number): ExploredExecution {
  const random = new Prng(seed, number);
  return walk(target, depth, (ready) => ready[random.below(ready.length)]!);
}
