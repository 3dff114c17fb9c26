import type { Difference } from './difference.ts';
import { differenceOf } from './difference.ts';
import { tidy } from './regions.ts';
import type { Runner } from './runner.ts';
import { ROOTS, type Sequence } from './sequence.ts';
import { layoutOf, type Operation } from './surface.ts';

interface VariantInput {
  readonly before: Runner;
  readonly after: Runner;
  readonly operations: readonly Operation[];
}

/** What is added to the signature of a difference that only regions inside of others show. */
const NESTED = ' nested';

export const isNested = (difference: Difference): boolean => difference.signature.endsWith(NESTED);

/**
 * The difference as one of its own where it needs regions inside of others: with what they lie in taken away, the worlds do
 * the same. Code that looks for a region treats the two cases on different ways, and a reviewer wants to be told both.
 */
export function variantOf(sequence: Sequence, difference: Difference, input: VariantInput): Difference {
  const flat = withoutContainers(sequence, input.operations);
  if (!flat || differenceOf(input.before.run(flat), input.after.run(flat), flat, input.operations)) return difference;
  return { ...difference, signature: `${difference.signature}${NESTED}` };
}

/** The sequence with the innermost regions only; undefined where none lies in another, or a call is made on one that goes. */
function withoutContainers(sequence: Sequence, operations: readonly Operation[]): Sequence | undefined {
  const containers = new Set(sequence.regions.map((r) => r.parent).filter((parent) => parent >= ROOTS));
  if (containers.size === 0) return undefined;
  const named = sequence.calls.some((call) =>
    layoutOf(operations[call.op]!.params).some(
      ({ param, at }) =>
        (param.kind === 'container' || param.kind === 'resource') && containers.has(Number(call.args[at])),
    ),
  );
  if (named) return undefined;
  const regions = sequence.regions.map((r, i) => {
    let { parent } = r;
    while (containers.has(parent)) parent = sequence.regions[parent - ROOTS]!.parent;
    // An empty range in the place of one to go: it is dropped when the list is made a tree again.
    return containers.has(ROOTS + i) ? { ...r, parent, start: 1n, end: 0n } : { ...r, parent };
  });
  return tidy({ ...sequence, regions }, operations);
}
