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

/** Part of the spread that a fit may leave unexplained: at most, and where nothing explains it better. */
const TOLERANCE = 0.02;
const EXACT = 1e-4;
/** A class is told by its own term only where that makes so much of the growth. */
const SHARE = 0.05;

export interface Fit {
  readonly growth: Growth;
  /** What one unit of the class's function costs. */
  readonly perUnit: number;
  readonly base: number;
}

/**
 * The class of growth that explains measured costs: least-squares fits of `a + b × f(size)`, above linear with a linear term
 * besides, b > 0. The slowest-growing one that leaves next to nothing unexplained, or hardly more than the best. Costs are counts,
 * so that a fit is exact where the code is regular.
 */
export function fitGrowth(points: readonly Point[]): Fit {
  const count = points.length;
  const mean = points.reduce((sum, p) => sum + p.cost, 0) / Math.max(1, count);
  const spread = points.reduce((sum, p) => sum + (p.cost - mean) ** 2, 0);
  if (count < 3 || spread <= count * (0.01 * mean) ** 2)
    return { growth: count < 3 ? 'unclear' : 'constant', perUnit: 0, base: mean };
  const ys = points.map((p) => p.cost);
  const most = Math.max(...points.map((p) => p.size));
  const range = Math.max(...ys) - Math.min(...ys);
  const linear = points.map((p) => p.size);
  const fits = classes.slice(1).flatMap(({ name, of }) => {
    const own = points.map((p) => of(p.size));
    const columns = of(2) > 2 && count > 3 ? [own, linear] : [own];
    const found = leastSquares(columns, ys);
    if (!found || found.terms[0]! <= 0 || found.terms[0]! * of(most) < SHARE * range) return [];
    return [{ growth: name, perUnit: found.terms[0]!, base: found.base, left: found.left / spread }];
  });
  const best = Math.min(...fits.map((f) => f.left));
  const chosen = fits.find((f) => f.left <= Math.max(EXACT, 2 * best) && f.left <= TOLERANCE);
  return chosen
    ? { growth: chosen.growth, perUnit: chosen.perUnit, base: chosen.base }
    : { growth: 'unclear', perUnit: 0, base: mean };
}

/** `ys` as a sum of one or two columns and a constant; undefined where the columns say the same. */
function leastSquares(
  columns: readonly (readonly number[])[],
  ys: readonly number[],
): { readonly terms: readonly number[]; readonly base: number; readonly left: number } | undefined {
  const average = (list: readonly number[]): number => list.reduce((sum, n) => sum + n, 0) / list.length;
  const means = columns.map(average);
  const centred = columns.map((column, c) => column.map((n) => n - means[c]!));
  const mean = average(ys);
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, n, i) => sum + n * b[i]!, 0);
  const y = ys.map((n) => n - mean);
  const [u, v] = [centred[0]!, centred[1]];
  const uu = dot(u, u);
  let terms: number[];
  if (v) {
    const [vv, uv, uy, vy] = [dot(v, v), dot(u, v), dot(u, y), dot(v, y)];
    const determinant = uu * vv - uv * uv;
    if (determinant <= 1e-12 * uu * vv) return undefined;
    terms = [(uy * vv - vy * uv) / determinant, (vy * uu - uy * uv) / determinant];
  } else {
    if (uu === 0) return undefined;
    terms = [dot(u, y) / uu];
  }
  const base = terms.reduce((sum, t, c) => sum - t * means[c]!, mean);
  const left = ys.reduce(
    (sum, n, i) => sum + (n - base - terms.reduce((s, t, c) => s + t * columns[c]![i]!, 0)) ** 2,
    0,
  );
  return { terms, base, left };
}
