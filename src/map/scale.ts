/*
 * The axis of the address map: a monotone map from 64-bit addresses to a line of total length 1, made of linear pieces.
 * Addresses are bigint, since a double cannot tell neighbours above 2^53. Positions are doubles measured from a nearby
 * address, so that a page is still exact at the top of the 64-bit space.
 */

import { type Cuts, cutsOfExtents, cutsOfTree, mergeCuts } from './cuts.ts';
import { larger, smaller } from './numbers.ts';
import { DEPTH, END, type PackedTree, START, WORDS, wide } from './pack.ts';

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

/** Pieces of a line to be, in order of their addresses. Numbers in rows: there can be hundreds of thousands. */
class Pieces {
  high: Uint32Array;
  low: Uint32Array;
  weight: Float64Array;
  folded: Uint8Array;
  count = 0;

  constructor(capacity: number) {
    this.high = new Uint32Array(capacity);
    this.low = new Uint32Array(capacity);
    this.weight = new Float64Array(capacity);
    this.folded = new Uint8Array(capacity);
  }

  add(high: number, low: number, weight: number, folded: boolean): void {
    this.high[this.count] = high;
    this.low[this.count] = low;
    this.weight[this.count] = weight;
    this.folded[this.count] = folded ? 1 : 0;
    this.count++;
  }
}

export class Scale {
  /** How many segments it has; at least one. */
  readonly count: number;
  /** The first address behind the map. */
  readonly end: bigint;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #folded: Uint8Array;
  /** Where each begins on the line; one more, for the end. */
  readonly #at: Float64Array;
  readonly #endHigh: number;
  readonly #endLow: number;

  constructor({ high, low, weight, folded, count }: Pieces, end: bigint) {
    this.count = count;
    this.end = end;
    [this.#endHigh, this.#endLow] = halves(end);
    this.#high = high;
    this.#low = low;
    this.#folded = folded;
    this.#at = new Float64Array(count + 1);
    let total = 0;
    for (let i = 0; i < count; i++) total += weight[i]!;
    const ats = this.#at;
    let at = 0;
    for (let i = 0; i < count; i++) {
      ats[i] = at;
      at += weight[i]! / total;
    }
    ats[count] = at;
  }

  segment(i: number): Segment {
    const at = this.#at[i]!;
    const end = i + 1 < this.count ? this.#start(i + 1) : this.end;
    return { start: this.#start(i), end, at, length: this.#at[i + 1]! - at, folded: this.isFolded(i) };
  }

  isFolded(i: number): boolean {
    return this.#folded[i] === 1;
  }

  #start(i: number): bigint {
    return (BigInt(this.#high[i]!) << 32n) | BigInt(this.#low[i]!);
  }

  /** Index of the segment that holds the address; of the first or last one for an address outside. */
  indexOf(address: bigint): number {
    if (address < 0n) return 0;
    const [h, l] = halves(address);
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#high[middle]! - h || this.#low[middle]! - l) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Position from 0 to 1. Good for drawing all of the space; closer, measure with {@link between}. */
  position(address: bigint): number {
    if (address >= this.end) return 1;
    if (address <= 0n) return 0;
    const segment = this.segment(this.indexOf(address));
    return segment.at + segment.length * ratio(address - segment.start, segment.end - segment.start);
  }

  /**
   * Positions of the addresses at a word of regions of a packed tree, as {@link position} gives them: of the first address
   * ({@link START}), or of the one behind the last ({@link END}). They ascend, unless the tree is broken.
   */
  place(words: Uint32Array, indices: Uint32Array, word: typeof START | typeof END, positions: Float64Array): void {
    const highs = this.#high;
    const lows = this.#low;
    const ats = this.#at;
    const last = this.count - 1;
    const behind = word === END ? 1 : 0;
    let i = 0;
    // The piece that addresses are in.
    let at = 0;
    let fromHigh = 0;
    let fromLow = 0;
    let toHigh = -1;
    let toLow = 0;
    let share = 0;
    for (let k = 0; k < indices.length; k++) {
      const address = indices[k]! * WORDS + word;
      const high = words[address + 1]!;
      const low = words[address]! + behind;
      if (high > toHigh || (high === toHigh && low >= toLow)) {
        while (i < last && (high - highs[i + 1]! || low - lows[i + 1]!) >= 0) i++;
        at = ats[i]!;
        fromHigh = highs[i]!;
        fromLow = lows[i]!;
        toHigh = i === last ? this.#endHigh : highs[i + 1]!;
        toLow = i === last ? this.#endLow : lows[i + 1]!;
        share = (ats[i + 1]! - at) / ((toHigh - fromHigh) * HALF + (toLow - fromLow));
      }
      positions[k] = Math.min(1, at + share * ((high - fromHigh) * HALF + (low - fromLow)));
    }
  }

  /** Length of the line from one address to another, negative backwards; exact to a double's precision where it is short. */
  between(from: bigint, to: bigint): number {
    if (to < from) return -this.between(to, from);
    const i = this.indexOf(from);
    const j = this.indexOf(to);
    const a = this.segment(i);
    const b = this.segment(j);
    if (i === j) return a.length * ratio(to - from, a.end - a.start);
    const head = a.length * ratio(a.end - from, a.end - a.start);
    const tail = b.length * ratio(to - b.start, b.end - b.start);
    return head + (b.at - this.#at[i + 1]!) + tail;
  }

  /** The address that lies `length` of the line away; stays inside the map. */
  move(from: bigint, length: number): bigint {
    const i = this.indexOf(from);
    const first = this.segment(i);
    const size = first.end - first.start;
    const back = length < 0;
    const room = first.length * ratio(back ? from - first.start : first.end - from, size);
    if (Math.abs(length) <= room) return clamp(from + scaled(size, length / first.length), 0n, this.end);
    // Beyond the first piece, measured from its edge.
    const edge = back ? first.at : this.#at[i + 1]!;
    const left = Math.abs(length) - room;
    const j = this.#holding(back ? edge - left : edge + left);
    const last = this.segment(j);
    if (back ? j >= i : j <= i) return back ? clamp(first.start, 0n, this.end) : clamp(first.end, 0n, this.end);
    const far = last.end - last.start;
    const inside = back ? left - (edge - (last.at + last.length)) : left - (last.at - edge);
    const offset = scaled(far, Math.max(0, Math.min(1, inside / last.length)));
    return back ? last.end - offset : last.start + offset;
  }

  /** Index of the segment at a position of the line; of the first or last one outside. */
  #holding(position: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#at[middle]! <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

const HALF = 2 ** 32;
/** Of an address up to 2^64, which is the end of all of them. */
const halves = (address: bigint): readonly [high: number, low: number] => [
  Number(address >> 32n),
  Number(address & 0xffff_ffffn),
];

/** a / b for 0 ≤ a ≤ b, both of which may be far above 2^53. */
const ratio = (a: bigint, b: bigint): number => Number(a) / Number(b);

const scaled = (size: bigint, factor: number): bigint => {
  const product = Number(size) * factor;
  return Number.isFinite(product) ? BigInt(Math.round(product)) : 0n;
};

export const clamp = (value: bigint, low: bigint, high: bigint): bigint => smaller(larger(value, low), high);

/** Distances by address. */
export function linearScale(end: bigint): Scale {
  const pieces = new Pieces(1);
  pieces.add(0, 0, 1, false);
  return new Scale(pieces, end);
}

/** Each power of two takes as much room as the next, from 4 KiB up; in between linear. */
export function logScale(end: bigint): Scale {
  const pieces = new Pieces(64);
  pieces.add(0, 0, 1, false);
  for (let start = 1n << 12n; start < end; start <<= 1n) pieces.add(...halves(start), 1, false);
  return new Scale(pieces, end);
}

/** What has edges on an axis: the trees of the worlds, and what lies beside them. */
export interface Space {
  readonly trees: readonly PackedTree[];
  readonly extents: readonly Extent[];
  readonly marks: readonly bigint[];
  readonly end: bigint;
}

export function makeScale(mode: ScaleMode, space: Space): Scale {
  if (mode === 'log') return logScale(space.end);
  if (mode === 'linear') return linearScale(space.end);
  const trees = space.trees.map((tree) => cutsOfTree(tree) ?? cutsOfExtents(extentsOfTree(tree), []));
  return scaleOfCuts(mergeCuts([...trees, cutsOfExtents(space.extents, [0n, ...space.marks])]), space.end);
}

/** Of a broken tree, in which siblings overlap. */
function extentsOfTree({ words }: PackedTree): Extent[] {
  return Array.from({ length: words.length / WORDS }, (_, i) => {
    const at = i * WORDS;
    const leaf = at + WORDS >= words.length || words[at + WORDS + DEPTH]! <= words[at + DEPTH]!;
    return { start: wide(words, at + START), end: wide(words, at + END), leaf };
  });
}

/** Neighbours whose sizes differ by no more than this share one linear piece, so that they can be compared by eye. */
const ALIKE = 16;
/** Room for a page, and for each doubling beyond it. */
const PAGE_ROOM = 1;
const DOUBLING_ROOM = 0.42;
/** Room of a folded gap: at least this, and this share of all that is held, as long as folds leave the most to the rest. */
const FOLD_ROOM = 2.4;
const FOLD_SHARE = 0.035;
const FOLDS_SHARE = 0.5;
/** A run of more pieces than this is squeezed, so that it leaves the rest of the space in sight. */
const CROWD = 6;
/** A run of more pieces than this is one. */
const LONG = 64;

/**
 * Room by content: every region is seen, the larger wider, gaps folded. Cuts the space at every edge of an extent; pieces
 * that are alike in size and adjacent stay linear among each other. `marks` are cut too (limits), without room of their own.
 */
export const compressedScale = (extents: readonly Extent[], marks: readonly bigint[], end: bigint): Scale =>
  scaleOfCuts(cutsOfExtents(extents, [0n, ...marks]), end);

/**
 * Held pieces get room by the logarithm of their size. A run of pieces alike in size is spread over its room in proportion,
 * and takes gaps along that are no larger than what lies around them; other gaps are folded. A long run is one piece: it is
 * linear anyway.
 */
function scaleOfCuts(cuts: Cuts, end: bigint): Scale {
  const [endHigh, endLow] = halves(end);
  let count = cuts.count;
  while (count > 0 && (cuts.high[count - 1]! - endHigh || cuts.low[count - 1]! - endLow) >= 0) count--;
  const sizes = sizesOf(cuts, count, end);
  const { held } = cuts;
  const out = new Pieces(count);
  const put = (i: number, weight: number, folded: boolean) => out.add(cuts.high[i]!, cuts.low[i]!, weight, folded);
  let from = 0;
  while (from < count) {
    if (!held[from]) {
      put(from, 0, true);
      from++;
      continue;
    }
    const to = runFrom(from, sizes, held);
    let room = 0;
    let total = 0;
    for (let i = from; i <= to; i++) {
      room += roomOf(sizes[i]!);
      total += sizes[i]!;
    }
    const length = to - from + 1;
    if (length > CROWD) room *= (CROWD / length) ** 0.45;
    if (length > LONG) put(from, room, false);
    else for (let i = from; i <= to; i++) put(i, (room * sizes[i]!) / total, false);
    from = to + 1;
  }
  let content = 0;
  let folds = 0;
  for (let i = 0; i < out.count; i++) {
    content += out.weight[i]!;
    folds += out.folded[i]!;
  }
  const fold = Math.max(FOLD_ROOM, Math.min(content * FOLD_SHARE, (content * FOLDS_SHARE) / Math.max(1, folds)));
  for (let i = 0; i < out.count; i++) if (out.folded[i]) out.weight[i] = fold;
  return new Scale(out, end);
}

/** Sizes to a double's precision: they become widths. */
function sizesOf({ high, low }: Cuts, count: number, end: bigint): Float64Array {
  const sizes = new Float64Array(count);
  for (let i = 0; i + 1 < count; i++) sizes[i] = (high[i + 1]! - high[i]!) * HALF + (low[i + 1]! - low[i]!);
  const [endHigh, endLow] = halves(end);
  if (count > 0) sizes[count - 1] = (endHigh - high[count - 1]!) * HALF + (endLow - low[count - 1]!);
  return sizes;
}

/** Where a run of pieces alike in size ends: with a held piece, a gap is taken along only when something held follows it. */
function runFrom(from: number, sizes: Float64Array, held: Uint8Array): number {
  let least = sizes[from]!;
  let most = least;
  let to = from;
  for (let next = from + 1; next < sizes.length; next++) {
    const size = sizes[next]!;
    if (size < least) least = size;
    if (size > most) most = size;
    if (most > least * ALIKE || (held[next] === 0 && held[next + 1] !== 1)) break;
    if (held[next] === 1) to = next;
  }
  return to;
}

const POWERS = Float64Array.from({ length: 65 }, (_, bits) => 2 ** bits);

/** Room for a size in bytes, at least 1. */
function roomOf(size: number): number {
  const bits = size < HALF ? 31 - Math.clz32(size) : 63 - Math.clz32(size / HALF);
  // The part of a doubling, so that 1.5 GiB is wider than 1 GiB.
  const part = size / POWERS[bits]! - 1;
  return Math.max(0.3, PAGE_ROOM + (bits + part - 12) * DOUBLING_ROOM);
}
