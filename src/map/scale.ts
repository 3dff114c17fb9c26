/*
 * The axis of the address map: a monotone map from 64-bit addresses to a line of total length 1, made of linear pieces.
 * Addresses are bigint, since a double cannot tell neighbours above 2^53. Positions are doubles measured from a nearby
 * address, so that a page is still exact at the top of the 64-bit space.
 */

import { larger, smaller } from './numbers.ts';

export type ScaleMode = 'compressed' | 'log' | 'linear';

export interface Segment {
  readonly start: bigint;
  /** Behind the last address. */
  readonly end: bigint;
  /** Where it begins on the line, and how much of it it takes. */
  readonly at: number;
  readonly length: number;
  /** Nothing ends or begins in it and nothing small lies in it: drawn folded, with its size. */
  readonly folded: boolean;
}

/** An interval that must stay visible: a region, a firmware range. `leaf`: it holds nothing else. */
export interface Extent {
  readonly start: bigint;
  /** Inclusive. */
  readonly end: bigint;
  readonly leaf: boolean;
}

export class Scale {
  readonly segments: readonly Segment[];
  /** The first address behind the map. */
  readonly end: bigint;

  constructor(
    pieces: readonly { readonly start: bigint; readonly weight: number; readonly folded?: boolean }[],
    end: bigint,
  ) {
    const total = pieces.reduce((sum, piece) => sum + piece.weight, 0);
    let at = 0;
    this.segments = pieces.map(({ start, weight, folded = false }, i) => {
      const length = weight / total;
      const segment = { start, end: pieces[i + 1]?.start ?? end, at, length, folded };
      at += length;
      return segment;
    });
    this.end = end;
  }

  /** Index of the segment that holds the address; of the first or last one for an address outside. */
  indexOf(address: bigint): number {
    let low = 0;
    let high = this.segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.segments[middle]!.start <= address) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Position from 0 to 1. Good for drawing all of the space; closer, measure with {@link between}. */
  position(address: bigint): number {
    if (address >= this.end) return 1;
    if (address <= 0n) return 0;
    const segment = this.segments[this.indexOf(address)]!;
    return segment.at + segment.length * ratio(address - segment.start, segment.end - segment.start);
  }

  /** Length of the line from one address to another, negative backwards; exact to a double's precision where it is short. */
  between(from: bigint, to: bigint): number {
    if (to < from) return -this.between(to, from);
    const i = this.indexOf(from);
    const j = this.indexOf(to);
    const a = this.segments[i]!;
    const b = this.segments[j]!;
    if (i === j) return a.length * ratio(to - from, a.end - a.start);
    const head = a.length * ratio(a.end - from, a.end - a.start);
    const tail = b.length * ratio(to - b.start, b.end - b.start);
    return head + (b.at - this.segments[i + 1]!.at) + tail;
  }

  /** The address that lies `length` of the line away; stays inside the map. */
  move(from: bigint, length: number): bigint {
    const i = this.indexOf(from);
    const first = this.segments[i]!;
    const size = first.end - first.start;
    const back = length < 0;
    const room = first.length * ratio(back ? from - first.start : first.end - from, size);
    if (Math.abs(length) <= room) return clamp(from + scaled(size, length / first.length), 0n, this.end);
    // Beyond the first piece, measured from its edge.
    const edge = back ? first.at : (this.segments[i + 1]?.at ?? 1);
    const left = Math.abs(length) - room;
    const j = this.#holding(back ? edge - left : edge + left);
    const last = this.segments[j]!;
    if (back ? j >= i : j <= i) return back ? clamp(first.start, 0n, this.end) : clamp(first.end, 0n, this.end);
    const far = last.end - last.start;
    const inside = back ? left - (edge - (last.at + last.length)) : left - (last.at - edge);
    const offset = scaled(far, Math.max(0, Math.min(1, inside / last.length)));
    return back ? last.end - offset : last.start + offset;
  }

  /** Index of the segment at a position of the line; of the first or last one outside. */
  #holding(position: number): number {
    let low = 0;
    let high = this.segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.segments[middle]!.at <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** a / b for 0 ≤ a ≤ b, both of which may be far above 2^53. */
const ratio = (a: bigint, b: bigint): number => Number(a) / Number(b);

const scaled = (size: bigint, factor: number): bigint => {
  const product = Number(size) * factor;
  return Number.isFinite(product) ? BigInt(Math.round(product)) : 0n;
};

export const clamp = (value: bigint, low: bigint, high: bigint): bigint => smaller(larger(value, low), high);

/** Distances by address. */
export const linearScale = (end: bigint): Scale => new Scale([{ start: 0n, weight: 1 }], end);

/** Each power of two takes as much room as the next, from 4 KiB up; in between linear. */
export function logScale(end: bigint): Scale {
  const pieces: { start: bigint; weight: number }[] = [{ start: 0n, weight: 1 }];
  for (let start = 1n << 12n; start < end; start <<= 1n) pieces.push({ start, weight: 1 });
  return new Scale(pieces, end);
}

export function makeScale(
  mode: ScaleMode,
  space: { readonly extents: readonly Extent[]; readonly marks: readonly bigint[]; readonly end: bigint },
): Scale {
  if (mode === 'log') return logScale(space.end);
  return mode === 'linear' ? linearScale(space.end) : compressedScale(space.extents, space.marks, space.end);
}

/** Neighbours whose sizes differ by no more than this share one linear piece, so that they can be compared by eye. */
const ALIKE = 16n;
/** Room for a page, and for each doubling beyond it. */
const PAGE_ROOM = 1;
const DOUBLING_ROOM = 0.42;
/** Room of a folded gap: at least this, and this share of all that is held, as long as folds leave the most to the rest. */
const FOLD_ROOM = 2.4;
const FOLD_SHARE = 0.035;
const FOLDS_SHARE = 0.5;
/** A run of more pieces than this is squeezed, so that it leaves the rest of the space in sight. */
const CROWD = 6;

/**
 * Room by content: every region is seen, the larger wider, gaps folded. Cuts the space at every edge of an extent; pieces
 * that are alike in size and adjacent stay linear among each other. `marks` are cut too (limits), without room of their own.
 */
export function compressedScale(extents: readonly Extent[], marks: readonly bigint[], end: bigint): Scale {
  const edges = new Set<bigint>([0n, ...marks.filter((mark) => mark < end)]);
  for (const { start, end: last } of extents) {
    if (start >= end) continue;
    edges.add(start);
    if (last + 1n < end) edges.add(last + 1n);
  }
  const starts = [...edges].sort(compare);
  const leaves = extents.filter((extent) => extent.leaf).sort((a, b) => compare(a.start, b.start));
  const pieces: { readonly start: bigint; readonly size: bigint; readonly held: boolean }[] = [];
  let leaf = 0;
  let covered = 0n;
  starts.forEach((start, i) => {
    for (let next = leaves[leaf]; next && next.start <= start; next = leaves[++leaf])
      if (next.end >= covered) covered = next.end + 1n;
    pieces.push({ start, size: (starts[i + 1] ?? end) - start, held: covered > start });
  });
  return new Scale(weigh(pieces), end);
}

/**
 * Held pieces get room by the logarithm of their size. A run of pieces alike in size is spread over its room in proportion,
 * and takes gaps along that are no larger than what lies around them; other gaps are folded.
 */
function weigh(pieces: readonly { readonly start: bigint; readonly size: bigint; readonly held: boolean }[]) {
  const out: { start: bigint; weight: number; folded: boolean }[] = [];
  let from = 0;
  while (from < pieces.length) {
    const first = pieces[from]!;
    if (!first.held) {
      out.push({ start: first.start, weight: 0, folded: true });
      from++;
      continue;
    }
    let least = first.size;
    let most = first.size;
    let to = from;
    // A run ends with a held piece: a gap is taken along only when something held follows it.
    for (let next = from + 1; next < pieces.length; next++) {
      const { size, held } = pieces[next]!;
      const low = smaller(size, least);
      const high = larger(size, most);
      if (high > low * ALIKE || (!held && !pieces[next + 1]?.held)) break;
      least = low;
      most = high;
      if (held) to = next;
    }
    let room = 0;
    let size = 0n;
    for (let i = from; i <= to; i++) {
      room += roomOf(pieces[i]!.size);
      size += pieces[i]!.size;
    }
    const count = to - from + 1;
    if (count > CROWD) room *= (CROWD / count) ** 0.45;
    for (let i = from; i <= to; i++) {
      const piece = pieces[i]!;
      out.push({ start: piece.start, weight: room * ratio(piece.size, size), folded: false });
    }
    from = to + 1;
  }
  const held = out.reduce((sum, { weight }) => sum + weight, 0);
  const folds = out.filter(({ folded }) => folded).length;
  const fold = Math.max(FOLD_ROOM, Math.min(held * FOLD_SHARE, (held * FOLDS_SHARE) / Math.max(1, folds)));
  return out.map((piece) => (piece.folded ? { ...piece, weight: fold } : piece));
}

function roomOf(size: bigint): number {
  const bits = size.toString(2).length - 1;
  // The part of a doubling, so that 1.5 GiB is wider than 1 GiB.
  const part = ratio(size, 1n << BigInt(bits)) - 1;
  return Math.max(0.3, PAGE_ROOM + (bits + part - 12) * DOUBLING_ROOM);
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
