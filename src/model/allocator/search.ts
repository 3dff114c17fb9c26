import { IORES_DESC, IORESOURCE_MEM } from '../flags.ts';
import {
  EBUSY,
  ERANGE,
  type Errno,
  insertResource,
  REGION_DISJOINT,
  type Resource,
  regionIntersects,
  requestRegion,
  requestResource,
  resource,
  wrap,
} from './tree.ts';

const alignUp = (value: bigint, align: bigint): bigint => wrap((value + align - 1n) & ~(align - 1n));
const smaller = (a: bigint, b: bigint): bigint => (a > b ? b : a);
const larger = (a: bigint, b: bigint): bigint => (a < b ? b : a);

/** Where an allocation may lie: its size, bounds (inclusive) and alignment, a power of two. */
export interface Constraint {
  readonly size: bigint;
  readonly min: bigint;
  readonly max: bigint;
  readonly align: bigint;
}

/** The lowest gap between the children of `root` that holds the constraint; `fresh` gets that range and is linked. */
export function allocateResource(root: Resource, fresh: Resource, constraint: Constraint): Errno {
  const { size, min, max, align } = constraint;
  // The gap below each child, and the one above the last.
  const edges = [...root.children.map((child) => [child.start, child.end] as const), undefined];
  let start = root.start;
  for (const edge of edges) {
    const last = edge ? edge[0] - 1n : root.end;
    if (last >= start) {
      const low = larger(start, min);
      const high = smaller(last, max);
      const from = alignUp(low, align);
      const to = wrap(from + size - 1n);
      if (from >= low && low <= high && from <= to && to <= high) {
        fresh.start = from;
        fresh.end = to;
        return requestResource(root, fresh) ? EBUSY : 0;
      }
    }
    if (!edge || edge[1] >= root.end) break;
    start = edge[1] + 1n;
  }
  return EBUSY;
}

export interface FreeRegion {
  /** The tree's root: a claim is always made there. */
  readonly root: Resource;
  /** Where to search. */
  readonly base: Resource;
  readonly size: bigint;
  /** A power of two; the size is rounded up to it. */
  readonly align: bigint;
  readonly name: string;
  readonly desc?: number;
  readonly physmemEnd: bigint;
  /** `claim`: from the top down, a busy region; `insert`: from the bottom up, a window that is not busy. */
  readonly mode: 'claim' | 'insert';
}

/**
 * Finds a free range by steps of the alignment and takes it: request_free_mem_region() and alloc_free_mem_region() of 6.12.
 * `tried` gets each start that was looked at. Linear in the steps, each by the children of `base` that it meets.
 */
export function freeRegion(wanted: FreeRegion, tried: bigint[] = []): Resource | typeof ERANGE {
  const { root, base, align, mode } = wanted;
  const size = alignUp(wanted.size, align);
  const end = smaller(base.end, wanted.physmemEnd);
  const down = mode === 'claim';
  let at = down ? wrap(end - size + 1n) : alignUp(larger(base.start, align), align);
  const goes = () => (down ? at > align && at >= base.start : at <= end && at > wrap(at - align));
  for (; goes(); at = wrap(down ? at - align : at + align)) {
    tried.push(at);
    if (regionIntersects(base, at, size, 0n, IORES_DESC.none) !== REGION_DISJOINT) continue;
    const { name, desc = IORES_DESC.none } = wanted;
    if (down) {
      const claimed = requestRegion(root, at, size, name);
      if (!claimed) return ERANGE;
      claimed.desc = desc;
      return claimed;
    }
    const window = resource(name, at, wrap(at + size - 1n), { flags: IORESOURCE_MEM, desc });
    return insertResource(base, window) ? ERANGE : window;
  }
  return ERANGE;
}
