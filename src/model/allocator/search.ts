import { IORES_DESC, IORESOURCE_MEM } from '../flags.ts';
import {
  EBUSY,
  ERANGE,
  type Errno,
  insertResource,
  REGION_DISJOINT,
  type Resource,
  regionIntersects,
  releaseResource,
  requestRegion,
  requestResource,
  resource,
  wrap,
} from './tree.ts';

const alignUp = (value: bigint, align: bigint): bigint => wrap((value + align - 1n) & ~(align - 1n));
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Where an allocation may lie: its size, bounds (inclusive) and alignment, a power of two. */
export interface Constraint {
  readonly size: bigint;
  readonly min: bigint;
  readonly max: bigint;
  readonly align: bigint;
  /** Has the last word about the start, in a gap that is clipped to the bounds and begins aligned. */
  readonly place?: (gap: Range, size: bigint, align: bigint) => bigint;
}
export interface Range {
  readonly start: bigint;
  readonly end: bigint;
}

/** The lowest place between the children of `root` that holds the constraint; `old`, a child, is taken for free. */
export function findSpace(root: Resource, constraint: Constraint, old?: Resource): Range | undefined {
  const { size, min, max, align, place } = constraint;
  let from = root.start;
  const kids = root.children;
  let k = 0;
  const [first] = kids;
  if (first?.start === from) {
    // What begins where the root begins leaves no gap below it; what moves leaves what it has.
    if (first !== old) {
      if (first.end === root.end) return undefined;
      from = first.end + 1n;
    }
    k = 1;
  }
  for (; ; k++) {
    const kid = kids[k];
    const last = kid ? (kid === old ? kid.end : kid.start - 1n) : root.end;
    if (last >= from) {
      const low = larger(from, min);
      const gap = { start: alignUp(low, align), end: smaller(last, max) };
      if (low <= gap.end && gap.start >= low) {
        const start = place ? wrap(place(gap, size, align)) : gap.start;
        const end = wrap(start + size - 1n);
        if (start <= end && gap.start <= start && end <= gap.end) return { start, end };
      }
    }
    if (!kid || kid.end === root.end) return undefined;
    if (kid !== old) from = kid.end + 1n;
  }
}

/** The lowest gap between the children of `root` that holds the constraint; `fresh` gets that range and is linked. */
export function allocateResource(root: Resource, fresh: Resource, constraint: Constraint): Errno {
  const found = findSpace(root, constraint);
  if (!found) return EBUSY;
  fresh.start = found.start;
  fresh.end = found.end;
  return requestResource(root, fresh) ? EBUSY : 0;
}

/**
 * Allocates a linked child of `root` anew: it may grow, shrink or move. With children it only grows. Ranges are compared as
 * ranges of the same type.
 */
export function reallocateResource(root: Resource, old: Resource, constraint: Constraint): Errno {
  const found = findSpace(root, constraint, old);
  if (!found) return EBUSY;
  const grows = found.start <= old.start && old.end <= found.end;
  if (!grows && old.children.length > 0) return EBUSY;
  if (grows || (old.start <= found.start && found.end <= old.end)) {
    old.start = found.start;
    old.end = found.end;
    return 0;
  }
  releaseResource(old);
  old.start = found.start;
  old.end = found.end;
  return requestResource(root, old) ? EBUSY : 0;
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
  /** By how much the search goes on, and what it wants below the first try; the alignment unless told. */
  readonly step?: bigint;
}

/**
 * Finds a free range by steps of the alignment and takes it: request_free_mem_region() and alloc_free_mem_region() of 6.12.
 * `tried` gets each start that was looked at. Linear in the steps, each by the children of `base` that it meets.
 */
export function freeRegion(wanted: FreeRegion, tried: bigint[] = []): Resource | typeof ERANGE {
  const { root, base, align, mode, step = align } = wanted;
  const size = alignUp(wanted.size, align);
  const end = smaller(base.end, wanted.physmemEnd);
  const down = mode === 'claim';
  let at = down ? wrap(end - size + 1n) : alignUp(larger(base.start, align), align);
  const goes = () => (down ? at > step && at >= base.start : at <= end && at > wrap(at - step));
  for (; goes(); at = wrap(down ? at - step : at + step)) {
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
