import { IORES_DESC, IORESOURCE_BUSY, IORESOURCE_EXCLUSIVE, IORESOURCE_MEM, IORESOURCE_SYSRAM } from '../flags.ts';
import type { Range } from './search.ts';
import { indexAt, type Resource, wrap } from './tree.ts';

/*
 * The reference allocator: looking without taking. Walks are pre-order, parents before children, ascending.
 */

const SYSTEM_RAM = IORESOURCE_MEM | IORESOURCE_SYSRAM;

/** A part of a range that is of the kind that was looked for. */
export interface Match extends Range {
  readonly flags: bigint;
  readonly desc: number;
}

/** The child that begins at `start`. */
export function lookupResource(root: Resource, start: bigint): Resource | undefined {
  return root.children.find((child) => child.start === start);
}

/** The parts in [start, end] of everything of a kind, each behind the last. A single byte that is left is not looked at. */
export function* matches(root: Resource, range: Range, flags: bigint, desc: number): Generator<Match> {
  let { start } = range;
  while (start < range.end) {
    const found = next(root, start, range.end, flags, desc);
    if (!found) return;
    const end = found.end < range.end ? found.end : range.end;
    yield { start: found.start > start ? found.start : start, end, flags: found.flags, desc: found.desc };
    start = wrap(end + 1n);
  }
}

/** The first resource of a kind that meets [start, end], in pre-order. */
function next(root: Resource, start: bigint, end: bigint, flags: bigint, desc: number): Resource | undefined {
  for (let i = indexAt(root, start); i < root.children.length; i++) {
    const child = root.children[i]!;
    if (child.start > end) return undefined;
    if ((child.flags & flags) === flags && (desc === IORES_DESC.none || child.desc === desc)) return child;
    const below = next(child, start, end, flags, desc);
    if (below) return below;
  }
  return undefined;
}

/** Busy system RAM in whole pages: first page and count. */
export function* ramPages(root: Resource, pages: Range, pageShift: bigint): Generator<readonly [bigint, bigint]> {
  const range = { start: wrap(pages.start << pageShift), end: wrap((wrap(pages.end + 1n) << pageShift) - 1n) };
  const up = (1n << pageShift) - 1n;
  for (const { start, end } of matches(root, range, SYSTEM_RAM | IORESOURCE_BUSY, IORES_DESC.none)) {
    const first = wrap(start + up) >> pageShift;
    const behind = wrap(end + 1n) >> pageShift;
    if (behind > first) yield [first, behind - first];
  }
}

/**
 * Whether user space is kept from [start, start + size - 1]: a driver's memory that comes and goes, and with `strict` checks what
 * is exclusive, or (`busy`) busy.
 */
export function isExclusive(
  root: Resource,
  start: bigint,
  size: bigint,
  checks: { readonly strict: boolean; readonly busy: boolean },
): boolean {
  const driver = SYSTEM_RAM | IORESOURCE_EXCLUSIVE;
  const behind = wrap(start + size);
  const visit = (parent: Resource): boolean | undefined => {
    for (const child of parent.children) {
      if (child.start >= behind) return false;
      if (child.end < start) continue;
      if ((child.flags & driver) === driver) return true;
      const guarded = checks.busy || (child.flags & IORESOURCE_EXCLUSIVE) !== 0n;
      if (checks.strict && (child.flags & IORESOURCE_BUSY) !== 0n && guarded) return true;
      const below = visit(child);
      if (below !== undefined) return below;
    }
    return undefined;
  };
  return visit(root) ?? false;
}

/** Whether a mapping of [start, start + size - 1] reaches over the end of something that is not busy, in pages. */
export function mapsAcross(root: Resource, start: bigint, size: bigint, pageShift: bigint): boolean {
  const end = wrap(start + size - 1n);
  const page = (address: bigint): bigint => address >> pageShift;
  const visit = (parent: Resource): boolean =>
    parent.children.some((child) => {
      const meets = child.start <= end && child.end >= start;
      const inside = page(child.start) <= page(start) && page(child.end) >= page(end);
      return (meets && !inside && (child.flags & IORESOURCE_BUSY) === 0n) || visit(child);
    });
  return visit(root);
}
