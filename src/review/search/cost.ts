import { fitGrowth, type Growth, type Point } from './growth.ts';
import type { Runner } from './runner.ts';
import { MOST_REGIONS, type Region, ROOTS, type Sequence } from './sequence.ts';
import type { Operation } from './surface.ts';
import { callOn } from './typical.ts';

/** Regions of the trees that costs are measured on. */
const SIZES = [4, 8, 16, 24, 32, 48, 64] as const;
const UNIT = 0x100000n;
const BASE = 0x100000000n;
const MEMORY_BUSY = 0x80000200n;

/** What a call costs before and after, on trees of growing size. */
export interface CostCurve {
  readonly operation: string;
  /** `neighbours`: regions side by side; `nested`: each in the one before. */
  readonly shape: 'neighbours' | 'nested';
  /** `statements`: all of them; `lock hold`: those executed while a lock was held. */
  readonly measure: 'statements' | 'lock hold';
  readonly before: readonly Point[];
  readonly after: readonly Point[];
  readonly growth: { readonly before: Growth; readonly after: Growth };
}

interface CostInput {
  readonly before: Runner;
  readonly after: Runner;
  readonly operations: readonly Operation[];
  readonly targets: readonly number[];
}

/**
 * Measures calls that lead to what changed on trees of growing size, and answers the curves in which the worlds differ: in
 * the class of growth, or by three tenths and more at the largest size that both finish.
 */
export function costCurves(input: CostInput): readonly CostCurve[] {
  const curves: CostCurve[] = [];
  for (const op of input.targets) {
    for (const shape of ['neighbours', 'nested'] as const) {
      const sequences = SIZES.map((size) => ({ size, sequence: sequenceOf(input.operations[op]!, op, shape, size) }));
      for (const measure of ['statements', 'lock hold'] as const) {
        const points = (runner: Runner): Point[] =>
          sequences.flatMap(({ size, sequence }) => {
            const cost = runner.cost(sequence);
            return cost === undefined ? [] : [{ size, cost: measure === 'statements' ? cost.statements : cost.held }];
          });
        const [before, after] = [points(input.before), points(input.after)];
        const growth = { before: fitGrowth(before).growth, after: fitGrowth(after).growth };
        if (
          differ(before, after) ||
          (growth.before !== growth.after && bothClear(growth) && differ(before, after, 1.1))
        )
          curves.push({ operation: input.operations[op]!.name, shape, measure, before, after, growth });
      }
    }
  }
  return curves;
}

const bothClear = ({ before, after }: CostCurve['growth']): boolean => before !== 'unclear' && after !== 'unclear';

function differ(before: readonly Point[], after: readonly Point[], factor = 1.3): boolean {
  const last = before.findLast((p) => after.some((q) => q.size === p.size));
  if (!last) return false;
  const other = after.find((q) => q.size === last.size)!;
  const [low, high] = last.cost < other.cost ? [last.cost, other.cost] : [other.cost, last.cost];
  return high - low >= 16 && high >= low * factor;
}

/** One call behind, above, or inside of everything there: what it looks for comes last. */
function sequenceOf(operation: Operation, op: number, shape: CostCurve['shape'], size: number): Sequence {
  const count = Math.min(size, MOST_REGIONS);
  const regions: Region[] = Array.from({ length: count }, (_, i): Region => {
    const n = BigInt(i);
    return shape === 'neighbours'
      ? {
          parent: 0,
          start: BASE + 2n * n * UNIT,
          end: BASE + (2n * n + 1n) * UNIT - 1n,
          flags: MEMORY_BUSY,
          desc: 0n,
          name: i % 2,
        }
      : {
          parent: i === 0 ? 0 : ROOTS + i - 1,
          start: BASE,
          end: BASE + BigInt(2 * count - i) * UNIT - 1n,
          flags: 0x200n,
          desc: 0n,
          name: i % 2,
        };
  });
  const last = regions.at(-1)!;
  // The gap before the last neighbour, or the innermost region.
  const start = shape === 'neighbours' ? last.start - UNIT : BASE;
  const about = {
    start,
    size: UNIT,
    align: UNIT,
    end: last.end,
    flags: MEMORY_BUSY,
    resource: BigInt(ROOTS + count - 1),
  };
  return { regions, calls: [callOn(operation, op, about)], fail: 0 };
}

/** The curves of one measure as text, a row for each size: bars of both worlds on one scale. */
export function plot(curve: CostCurve, width = 40): readonly string[] {
  const most = Math.max(1, ...curve.before.map((p) => p.cost), ...curve.after.map((p) => p.cost));
  const bar = (cost: number, sign: string): string => sign.repeat(Math.max(1, Math.round((cost / most) * width)));
  const sizes = [...new Set([...curve.before, ...curve.after].map((p) => p.size))].sort((a, b) => a - b);
  const rows = sizes.flatMap((size) => {
    const row = (points: readonly Point[], name: string, sign: string): string => {
      const found = points.find((p) => p.size === size);
      return `${String(size).padStart(4)} ${name} ${found ? `${bar(found.cost, sign)} ${found.cost}` : 'cut off'}`;
    };
    return [row(curve.before, 'before', '-'), row(curve.after, 'after ', '#')];
  });
  return [
    `${curve.operation}(): ${curve.measure} over regions (${curve.shape}); ${curve.growth.before} before, ${curve.growth.after} after`,
    ...rows,
  ];
}
