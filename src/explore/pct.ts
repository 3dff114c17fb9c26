import type { ExplorationTarget } from './events.ts';
import { Prng } from './prng.ts';
import { type ExploredExecution, walk } from './search.ts';

/**
 * Probabilistic concurrency testing: threads have random priorities, the highest that can go on goes on, and at `changes`
 * places chosen at random the running one falls below all. Finds a bug that needs `changes` + 1 orderings with a probability
 * of at least 1/(threads · length^changes) in each execution. S. Burckhardt, P. Kothari, M. Musuvathi, S. Nagarakatte, “A
 * Randomized Scheduler with Probabilistic Guarantees of Finding Bugs”, ASPLOS 2010.
 *
 * `length`: steps that an execution has about.
 */
export function pctWalk(
  target: ExplorationTarget,
  depth: number,
  seed: number,
  number: number,
  { changes, length }: { readonly changes: number; readonly length: number },
): ExploredExecution {
  const random = new Prng(seed, number);
  const priorities = Array.from({ length: target.threads }, (_, t) => changes + t + 1);
  for (let i = priorities.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [priorities[i], priorities[j]] = [priorities[j]!, priorities[i]!];
  }
  const points = new Map<number, number>();
  for (let k = 0; k < changes; k++) points.set(1 + random.below(Math.max(1, length)), changes - k);
  const highest = (ready: readonly number[]): number =>
    ready.reduce((best, t) => (priorities[t]! > priorities[best]! ? t : best));
  return walk(target, depth, (ready, _going, steps) => {
    const falls = points.get(steps);
    if (falls !== undefined) priorities[highest(ready)] = falls;
    return highest(ready);
  });
}
