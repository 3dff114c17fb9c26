/** How a cost grows with the size of what it is paid for. */
export type Growth = 'constant' | 'logarithmic' | 'linear' | 'n log n' | 'quadratic' | 'cubic' | 'unclear';

export interface Point {
  /** Regions in the tree. */
  readonly size: number;
  readonly cost: number;
}

const classes: readonly { readonly name: Growth; readonly of: (n: number) => number }[] = [
  { name: 'constant', of: () => 0 },
  { name: 'logarithmic', of: (n) => Math.log2(n + 1) },
  { name: 'linear', of: (n) => n },
  { name: 'n log n', of: (n) => n * Math.log2(n + 1) },
  { name: 'quadratic', of: (n) => n * n },
  { name: 'cubic', of: (n) => n * n * n },
];

/** Part of the spread that a fit may leave unexplained. */
const TOLERANCE = 0.02;

/**
 * The slowest-growing class that explains measured costs: a least-squares fit of `a + b × f(size)` with b ≥ 0, which leaves at
 * most two hundredths of the variance. `perUnit` is b: what one unit of f costs. Costs are counts, so that a fit is exact
 * where the code is regular.
 */
export function fitGrowth(points: readonly Point[]): {
  readonly growth: Growth;
  readonly perUnit: number;
  readonly base: number;
} {
  const count = points.length;
  const mean = points.reduce((sum, p) => sum + p.cost, 0) / Math.max(1, count);
  const spread = points.reduce((sum, p) => sum + (p.cost - mean) ** 2, 0);
  if (count < 3 || spread <= count * (0.01 * mean) ** 2)
    return { growth: count < 3 ? 'unclear' : 'constant', perUnit: 0, base: mean };
  for (const { name, of } of classes.slice(1)) {
    const xs = points.map((p) => of(p.size));
    const middle = xs.reduce((sum, x) => sum + x, 0) / count;
    const wide = xs.reduce((sum, x) => sum + (x - middle) ** 2, 0);
    if (wide === 0) continue;
    const slope = points.reduce((sum, p, i) => sum + (xs[i]! - middle) * (p.cost - mean), 0) / wide;
    if (slope <= 0) continue;
    const base = mean - slope * middle;
    const left = points.reduce((sum, p, i) => sum + (p.cost - base - slope * xs[i]!) ** 2, 0);
    if (left <= TOLERANCE * spread) return { growth: name, perUnit: slope, base };
  }
  return { growth: 'unclear', perUnit: 0, base: mean };
}
