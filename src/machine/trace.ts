import type { TraceStep } from './api.ts';
import { Control } from './layout.ts';
import type { Space } from './space.ts';

const kinds = [undefined, 'stmt', 'call', 'return'] as const;

/** Reads the records that runtime.ts writes. At most `max` steps; what has no place any more is counted. */
export function decodeTrace(
  space: Space,
  max: number,
): { readonly steps: readonly TraceStep[]; readonly dropped: number } {
  const { words, longs, code } = space;
  const steps: TraceStep[] = [];
  const end = words[Control.tracePosition >> 2]!;
  let dropped = words[Control.traceDropped >> 2]!;
  let at = code.layout.trace;
  while (at < end) {
    const loc = words[at >> 2]!;
    const tag = words[(at >> 2) + 1]!;
    const kind = kinds[tag & 15];
    const count = (tag >> 4) & 15;
    const thread = tag >> 8;
    if (kind === undefined) break;
    const keep = steps.length < max;
    if (!keep) dropped++;
    if (kind === 'stmt') {
      if (keep) steps.push({ thread, kind, loc });
      at += 8;
      continue;
    }
    if (keep) {
      const values: bigint[] = [];
      for (let v = 0; v < count; v++) values.push(longs[(at >> 3) + 2 + v]!);
      steps.push({ thread, kind, loc, func: Number(longs[(at >> 3) + 1]!), values });
    }
    at += 16 + count * 8;
  }
  return { steps, dropped };
}
