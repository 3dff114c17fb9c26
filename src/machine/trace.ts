import type { Loc } from '../c/token.ts';
import type { TraceStep } from './api.ts';
import { Control } from './layout.ts';
import type { Space } from './space.ts';

const kinds = [undefined, 'stmt', 'call', 'return'] as const;

/** A call or a return. Most are only counted: their values are read when they are asked for. */
class CallStep implements TraceStep {
  readonly thread: number;
  readonly kind: 'call' | 'return';
  readonly loc: Loc;
  readonly func: number;
  readonly #records: BigUint64Array;
  readonly #first: number;
  readonly #count: number;

  constructor(
    thread: number,
    kind: 'call' | 'return',
    loc: Loc,
    func: number,
    records: BigUint64Array,
    first: number,
    count: number,
  ) {
    this.thread = thread;
    this.kind = kind;
    this.loc = loc;
    this.func = func;
    this.#records = records;
    this.#first = first;
    this.#count = count;
  }

  get values(): readonly bigint[] {
    return [...this.#records.subarray(this.#first, this.#first + this.#count)];
  }
}

/** Reads the records that runtime.ts writes. At most `max` steps; what has no place any more is counted. */
export function decodeTrace(
  space: Space,
  max: number,
): { readonly steps: readonly TraceStep[]; readonly dropped: number } {
  const { code } = space;
  const steps: TraceStep[] = [];
  let dropped = space.words[Control.traceDropped >> 2]!;
  // A copy: the machine goes on.
  const longs = space.longs.slice(code.layout.trace >> 3, space.words[Control.tracePosition >> 2]! >> 3);
  const words = new Int32Array(longs.buffer);
  /** By thread, by location: most steps are statements that were executed before. */
  const statements: Map<Loc, TraceStep>[] = [];
  let at = 0;
  while (at < longs.length) {
    const loc = words[2 * at]!;
    const tag = words[2 * at + 1]!;
    const kind = kinds[tag & 15];
    const count = (tag >> 4) & 15;
    const thread = tag >> 8;
    if (kind === undefined) break;
    const keep = steps.length < max;
    if (!keep) dropped++;
    if (kind === 'stmt') {
      if (keep) {
        const known = (statements[thread] ??= new Map());
        let step = known.get(loc);
        if (!step) known.set(loc, (step = { thread, kind, loc }));
        steps.push(step);
      }
      at += 1;
      continue;
    }
    if (keep) steps.push(new CallStep(thread, kind, loc, words[2 * at + 2]!, longs, at + 2, count));
    at += 2 + count;
  }
  return { steps, dropped };
}
