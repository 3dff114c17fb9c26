/*
 * The reference allocator: what a correct resource tree does, in plain TypeScript. It follows the behaviour that
 * kernel/resource.c of 6.12 documents and shows; no line of it is that file's. Addresses are unsigned 64-bit bigints, ends
 * are inclusive, sums wrap.
 */
import { IORES_DESC, IORESOURCE_BUSY, IORESOURCE_MEM } from '../flags.ts';

export const MAX = (1n << 64n) - 1n;
export const TYPE_BITS = 0x1f00n;
const EXT_TYPE_BITS = 0x0100_0000n;

export const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);

/** What a call answers: 0 is success. */
export type Errno = 0 | -16 | -22 | -34;
export const EBUSY = -16;
export const EINVAL = -22;
export const ERANGE = -34;

/** One resource. Like the kernel's own, it is changed in place; only the functions of this room change links. */
export interface Resource {
  readonly name: string;
  start: bigint;
  end: bigint;
  flags: bigint;
  desc: number;
  parent: Resource | undefined;
  /** Sorted by start, disjoint, inside this. */
  children: Resource[];
}

export function resource(name: string, start: bigint, end: bigint, more: Partial<Resource> = {}): Resource {
  return { name, start, end, flags: IORESOURCE_MEM, desc: IORES_DESC.none, parent: undefined, children: [], ...more };
}

/** A root over the whole 64-bit space, as `iomem_resource`. */
export const iomemRoot = (): Resource => resource('PCI mem', 0n, MAX);

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const contains = (outer: Resource, inner: Resource): boolean => outer.start <= inner.start && inner.end <= outer.end;
const overlaps = (a: { start: bigint; end: bigint }, b: { start: bigint; end: bigint }): boolean =>
  a.start <= b.end && b.start <= a.end;

/** Index of the first child that does not end below the address. */
export function indexAt(parent: Resource, address: bigint): number {
  let low = 0;
  let high = parent.children.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (parent.children[middle]!.end < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Links `fresh` as a child of `parent`. Answers the conflict: the lowest child in the way, or `parent` where it does not fit. */
export function requestResource(parent: Resource, fresh: Resource): Resource | undefined {
  if (fresh.end < fresh.start || !contains(parent, fresh)) return parent;
  const index = indexAt(parent, fresh.start);
  const next = parent.children[index];
  if (next && next.start <= fresh.end) return next;
  parent.children.splice(index, 0, fresh);
  fresh.parent = parent;
  return undefined;
}

/**
 * Links `fresh` as deep as it fits, over what lies inside it. A resident of the same range becomes its child. Answers the
 * conflict, if there is one; then nothing has changed.
 */
export function insertResource(root: Resource, fresh: Resource): Resource | undefined {
  let parent = root;
  for (;;) {
    const conflict = requestResource(parent, fresh);
    if (!conflict || conflict === parent || conflict === fresh) return conflict;
    if (!contains(conflict, fresh) || (conflict.start === fresh.start && conflict.end === fresh.end)) break;
    parent = conflict;
  }
  const from = indexAt(parent, fresh.start);
  let to = from;
  for (let child = parent.children[to]; child && child.start <= fresh.end; child = parent.children[++to])
    if (!contains(fresh, child)) return child;
  const taken = parent.children.splice(from, to - from, fresh);
  fresh.parent = parent;
  fresh.children = taken;
  for (const child of taken) child.parent = fresh;
  return undefined;
}

/** Grows `fresh` to the union with each conflict until it can be inserted; gives up where it would outgrow the root. */
export function insertExpandToFit(root: Resource, fresh: Resource): boolean {
  if (fresh.parent) return true;
  for (let conflict = insertResource(root, fresh); conflict; conflict = insertResource(root, fresh)) {
    if (conflict === root) return false;
    if (conflict.start < fresh.start) fresh.start = conflict.start;
    if (conflict.end > fresh.end) fresh.end = conflict.end;
  }
  return true;
}

/** Unlinks a resource with all below it. -EINVAL where it is not linked. */
export function releaseResource(old: Resource): Errno {
  const siblings = old.parent?.children;
  const index = siblings?.indexOf(old) ?? -1;
  if (index < 0) return EINVAL;
  siblings!.splice(index, 1);
  old.parent = undefined;
  return 0;
}

/** Unlinks a resource; what was below it moves up into its place. */
export function removeResource(old: Resource): Errno {
  const { parent } = old;
  const index = parent?.children.indexOf(old) ?? -1;
  if (!parent || index < 0) return EINVAL;
  parent.children.splice(index, 1, ...old.children);
  for (const child of old.children) child.parent = parent;
  old.parent = undefined;
  old.children = [];
  return 0;
}

/** Moves or resizes a linked resource in place: inside its parent, clear of its siblings, around its children. */
export function adjustResource(res: Resource, start: bigint, size: bigint): Errno {
  const end = wrap(start + size - 1n);
  const { parent } = res;
  if (parent) {
    if (start < parent.start || end > parent.end) return EBUSY;
    const index = parent.children.indexOf(res);
    const next = parent.children[index + 1];
    const previous = parent.children[index - 1];
    if ((next && next.start <= end) || (previous && previous.end >= start)) return EBUSY;
  }
  if (res.children.some((child) => child.start < start || child.end > end)) return EBUSY;
  res.start = start;
  res.end = end;
  return 0;
}

/**
 * Claims a busy region, nested into whatever is not busy. Type, and `desc`, come from where it ends up. Undefined where
 * something busy is in the way.
 */
export function requestRegion(
  root: Resource,
  start: bigint,
  size: bigint,
  name: string,
  flags = 0n,
): Resource | undefined {
  const fresh = resource(name, start, wrap(start + size - 1n));
  let parent = root;
  for (;;) {
    fresh.flags = (parent.flags & (TYPE_BITS | EXT_TYPE_BITS)) | IORESOURCE_BUSY | flags;
    fresh.desc = parent.desc;
    const conflict = requestResource(parent, fresh);
    if (!conflict) return fresh;
    if (conflict === parent || conflict.flags & IORESOURCE_BUSY) return undefined;
    parent = conflict;
  }
}

/** Releases a busy region of exactly this range, also below what is not busy; what lay below it is gone with it. */
export function releaseRegion(root: Resource, start: bigint, size: bigint): boolean {
  const end = wrap(start + size - 1n);
  let parent = root;
  for (;;) {
    // Of a range without a byte, or one that wraps, the first child that reaches over both of its ends.
    const from = indexAt(parent, smaller(start, end));
    const child = parent.children.slice(from, from + 2).find((c) => c.start <= start && c.end >= end);
    if (!child) return false;
    if (child.flags & IORESOURCE_BUSY) {
      if (child.start !== start || child.end !== end) return false;
      return releaseResource(child) === 0;
    }
    parent = child;
  }
}

export const REGION_INTERSECTS = 0;
export const REGION_DISJOINT = 1;
export const REGION_MIXED = 2;

/**
 * Whether what lies in a range is of the wanted kind: all of it, none of it, or only a part. Holes do not count. Something of
 * another kind on top is looked into: it counts as other unless what is wanted covers it without a hole (since 6.12).
 */
export function regionIntersects(parent: Resource, start: bigint, size: bigint, flags: bigint, desc: number): number {
  const range = { start, end: wrap(start + size - 1n) };
  const wanted = (r: Resource): boolean => (r.flags & flags) === flags && (desc === IORES_DESC.none || r.desc === desc);
  let type = 0;
  let other = 0;
  for (let i = indexAt(parent, start); i < parent.children.length; i++) {
    const child = parent.children[i]!;
    if (child.start > range.end) break;
    if (!overlaps(child, range)) continue;
    if (wanted(child)) {
      type++;
      continue;
    }
    const left = child.start > range.start ? child.start : range.start;
    const right = child.end < range.end ? child.end : range.end;
    let covered = left;
    let hole = false;
    for (const inner of topmost(child, wanted)) {
      if (!overlaps(inner, range)) continue;
      type++;
      if (inner.start > covered) hole = true;
      if (inner.end >= covered) covered = inner.end + 1n;
    }
    if (hole || covered <= right) other++;
  }
  if (type === 0) return REGION_DISJOINT;
  return other === 0 ? REGION_INTERSECTS : REGION_MIXED;
}

/** The topmost descendants of the wanted kind, in order of their addresses. */
function* topmost(parent: Resource, wanted: (r: Resource) => boolean): Generator<Resource> {
  for (const child of parent.children) {
    if (wanted(child)) yield child;
    else yield* topmost(child, wanted);
  }
}
