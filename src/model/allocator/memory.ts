import {
  IORES_DESC,
  IORESOURCE_BUSY,
  IORESOURCE_MEM,
  IORESOURCE_SYSRAM,
  IORESOURCE_SYSRAM_MERGEABLE,
} from '../flags.ts';
import { adjustResource, type Resource, requestResource, resource, TYPE_BITS, wrap } from './tree.ts';

/*
 * The reference allocator: memory that comes and goes, and reservations at boot.
 */

/**
 * Takes [start, start + size - 1] out of the busy memory that covers it, also below containers. That shrinks, goes, or falls in
 * two; what lies inside stays with its part. Answers whether anything was taken: what a child lies across stays whole.
 */
export function releaseAdjustable(root: Resource, start: bigint, size: bigint): boolean {
  const end = wrap(start + size - 1n);
  let parent = root;
  for (;;) {
    const child: Resource | undefined = parent.children.find(
      (c) => c.start >= end || (c.start <= start && c.end >= end),
    );
    if (!child || child.start >= end || (child.flags & IORESOURCE_MEM) === 0n) return false;
    if ((child.flags & IORESOURCE_BUSY) === 0n) {
      parent = child;
      continue;
    }
    if (child.start === start && child.end === end) {
      parent.children.splice(parent.children.indexOf(child), 1);
      child.parent = undefined;
      return true;
    }
    if (child.start === start) return adjustResource(child, end + 1n, child.end - end) === 0;
    if (child.end === end) return adjustResource(child, child.start, start - child.start) === 0;
    return split(parent, child, start, end);
  }
}

function split(parent: Resource, low: Resource, start: bigint, end: bigint): boolean {
  const kept = low.children;
  const high = resource(low.name, end + 1n, low.end, { flags: low.flags, desc: low.desc, parent });
  high.children = kept.filter((child) => child.start > end);
  low.children = kept.filter((child) => child.start <= end);
  if (adjustResource(low, low.start, start - low.start) !== 0) {
    low.children = kept;
    return false;
  }
  for (const child of high.children) child.parent = high;
  parent.children.splice(parent.children.indexOf(low) + 1, 0, high);
  return true;
}

/**
 * Marks busy system RAM as one that may be merged, and merges it with its neighbours where they are alike: flags, name and desc,
 * no gap, no children. `res` may be gone then. Answers false for what is no busy system RAM.
 */
export function mergeSystemRam(res: Resource): boolean {
  const ram = IORESOURCE_MEM | IORESOURCE_SYSRAM | IORESOURCE_BUSY;
  if ((res.flags & ram) !== ram) return false;
  res.flags |= IORESOURCE_SYSRAM_MERGEABLE;
  const siblings = res.parent?.children ?? [];
  const merge = (low: Resource | undefined, high: Resource | undefined): void => {
    if (!low || !high || low.flags !== high.flags || low.name !== high.name || low.desc !== high.desc) return;
    if (low.end + 1n !== high.start || low.children.length + high.children.length > 0) return;
    low.end = high.end;
    siblings.splice(siblings.indexOf(high), 1);
    high.parent = undefined;
  };
  const index = siblings.indexOf(res);
  merge(res, siblings[index + 1]);
  merge(siblings[index - 1], res);
  return true;
}

/** Claims what is free of [start, end] among the children of `root`, in pieces around whoever is there. */
export function reserveWithSplit(root: Resource, start: bigint, end: bigint, name: string): void {
  if (start > root.end || end < root.start) return;
  let from = start > root.start ? start : root.start;
  const last = end < root.end ? end : root.end;
  const flags = (root.flags & TYPE_BITS) | IORESOURCE_BUSY;
  while (from <= last) {
    const piece = resource(name, from, last, { flags, desc: IORES_DESC.none });
    let conflict = requestResource(root, piece);
    while (conflict && conflict.start > from) {
      piece.end = conflict.start - 1n;
      conflict = requestResource(root, piece);
    }
    from = (conflict ? conflict.end : piece.end) + 1n;
  }
}

/** Takes the children of a resource, and theirs, apart: sizes survive, places do not. */
export function releaseChildResources(parent: Resource): void {
  const { children } = parent;
  parent.children = [];
  for (const child of children) {
    releaseChildResources(child);
    child.parent = undefined;
    child.end = wrap(child.end - child.start);
    child.start = 0n;
  }
}
