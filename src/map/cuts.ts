import { DEPTH, END, type PackedTree, START, WORDS } from './pack.ts';
import type { Extent } from './scale.ts';

/**
 * Where an axis is cut: ascending addresses, each with whether something small lies from it up to the next one. Addresses
 * are halves of 64 bits: exact, and quick to compare by the hundred thousand.
 */
export class Cuts {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly held: Uint8Array;
  count = 0;

  constructor(capacity: number) {
    this.high = new Uint32Array(capacity);
    this.low = new Uint32Array(capacity);
    this.held = new Uint8Array(capacity);
  }

  /** Answers false for an address below the last one: such a list is of no use. */
  add(high: number, low: number, held: boolean): boolean {
    const last = this.count - 1;
    if (last >= 0) {
      const order = high - this.high[last]! || low - this.low[last]!;
      if (order < 0) return false;
      if (order === 0) {
        this.held[last] = held ? 1 : 0;
        return true;
      }
    }
    this.high[this.count] = high;
    this.low[this.count] = low;
    this.held[this.count] = held ? 1 : 0;
    this.count++;
    return true;
  }
}

/** The edges of a tree's regions; undefined where siblings overlap or children stick out, as a broken tree's do. */
export function cutsOfTree({ words }: PackedTree): Cuts | undefined {
  const count = words.length / WORDS;
  const cuts = new Cuts(2 * count + 1);
  const open: number[] = [];
  const close = (depth: number): boolean => {
    while (open.length > depth) {
      const at = open.pop()! * WORDS + END;
      const low = words[at]! === 0xffff_ffff ? 0 : words[at]! + 1;
      const high = words[at + 1]! + (low === 0 ? 1 : 0);
      // Behind the last address there is nothing.
      if (high <= 0xffff_ffff && !cuts.add(high, low, false)) return false;
    }
    return true;
  };
  for (let i = 0; i < count; i++) {
    const at = i * WORDS;
    const depth = words[at + DEPTH]!;
    if (!close(depth)) return undefined;
    const leaf = i + 1 === count || words[at + WORDS + DEPTH]! <= depth;
    if (!cuts.add(words[at + START + 1]!, words[at + START]!, leaf)) return undefined;
    open.push(i);
  }
  return close(0) ? cuts : undefined;
}

/** The edges of any extents. Sorts, so it is for few of them. */
export function cutsOfExtents(extents: readonly Extent[], marks: readonly bigint[]): Cuts {
  const edges = new Set<bigint>(marks);
  for (const { start, end } of extents) edges.add(start).add(end + 1n);
  const starts = [...edges].filter((edge) => edge < 1n << 64n).sort(compare);
  const leaves = extents.filter((extent) => extent.leaf).sort((a, b) => compare(a.start, b.start));
  const cuts = new Cuts(starts.length);
  let leaf = 0;
  let covered = 0n;
  for (const start of starts) {
    for (let next = leaves[leaf]; next && next.start <= start; next = leaves[++leaf])
      if (next.end >= covered) covered = next.end + 1n;
    cuts.add(Number(start >> 32n), Number(start & 0xffff_ffffn), covered > start);
  }
  return cuts;
}

/** All cuts of all lists; held is what any of them holds. */
export const mergeCuts = (lists: readonly Cuts[]): Cuts => lists.reduce(mergeTwo, new Cuts(0));

function mergeTwo(a: Cuts, b: Cuts): Cuts {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  if (a.count > FEW * b.count) return mergeFew(a, b);
  const merged = new Cuts(a.count + b.count);
  let i = 0;
  let j = 0;
  let heldA = 0;
  let heldB = 0;
  while (i < a.count || j < b.count) {
    const order = i >= a.count ? 1 : j >= b.count ? -1 : a.high[i]! - b.high[j]! || a.low[i]! - b.low[j]!;
    const high = order <= 0 ? a.high[i]! : b.high[j]!;
    const low = order <= 0 ? a.low[i]! : b.low[j]!;
    if (order <= 0) heldA = a.held[i++]!;
    if (order >= 0) heldB = b.held[j++]!;
    merged.high[merged.count] = high;
    merged.low[merged.count] = low;
    merged.held[merged.count++] = heldA | heldB;
  }
  return merged;
}

/** Lists that differ in length by more than this factor are merged by copying stretches of the longer one. */
const FEW = 64;

function mergeFew(many: Cuts, few: Cuts): Cuts {
  const merged = new Cuts(many.count + few.count);
  let from = 0;
  let heldMany = 0;
  let heldFew = 0;
  /** Takes the long list up to an index. */
  const copy = (to: number): void => {
    if (to <= from) return;
    const at = merged.count;
    merged.high.set(many.high.subarray(from, to), at);
    merged.low.set(many.low.subarray(from, to), at);
    if (heldFew) merged.held.fill(1, at, at + to - from);
    else merged.held.set(many.held.subarray(from, to), at);
    merged.count += to - from;
    heldMany = many.held[to - 1]!;
    from = to;
  };
  for (let j = 0; j < few.count; j++) {
    const [high, low] = [few.high[j]!, few.low[j]!];
    let [first, behind] = [from, many.count];
    while (first < behind) {
      const middle = (first + behind) >> 1;
      if ((many.high[middle]! - high || many.low[middle]! - low) < 0) first = middle + 1;
      else behind = middle;
    }
    copy(first);
    if (many.high[from] === high && many.low[from] === low && from < many.count) heldMany = many.held[from++]!;
    heldFew = few.held[j]!;
    merged.add(high, low, (heldMany | heldFew) === 1);
  }
  copy(many.count);
  return merged;
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
