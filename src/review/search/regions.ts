import type { Random } from './random.ts';
import { type Call, FRESH, MOST_REGIONS, type Region, ROOTS, type Sequence } from './sequence.ts';
import { layoutOf, type Operation } from './surface.ts';

const U64 = (1n << 64n) - 1n;

/** What a sequence is laid out on: addresses are mostly `base + k × unit`, so that edges meet. */
export interface Grid {
  readonly base: bigint;
  readonly unit: bigint;
}
/** Steps of the grid that regions are spread over. */
export const SPAN = 16;

export const point = (grid: Grid, step: number): bigint => BigInt.asUintN(64, grid.base + BigInt(step) * grid.unit);

/** A row of regions alike, more than a list that grows by a fixed number of places has at first. */
export function makeRow(random: Random, grid: Grid, flags: bigint): readonly Region[] {
  const regions: Region[] = [];
  const gap = random.below(2);
  for (let i = 0, count = 12 + random.below(28); i < count; i++) {
    const start = point(grid, i * (1 + gap));
    const end = BigInt.asUintN(64, start + grid.unit - 1n);
    if (end < start || start < (regions.at(-1)?.end ?? 0n)) break;
    regions.push({ parent: 0, start, end, flags, desc: 0n, name: random.below(2) });
  }
  return regions;
}

/** Regions each in the one before, deeper than anybody indents. */
export function makeNest(random: Random, grid: Grid, flags: bigint): readonly Region[] {
  const count = 5 + random.below(5);
  return Array.from({ length: count }, (_, i): Region => {
    const start = grid.base;
    const end = BigInt.asUintN(64, start + BigInt(2 * (count - i)) * grid.unit - 1n);
    return { parent: i === 0 ? 0 : ROOTS + i - 1, start, end, flags, desc: 0n, name: random.below(2) };
  });
}

/** Per cent of regions that take after the one before them, whose children all do, and that were there before the heap. */
const ALIKE = 25;
const BLOCKS = 25;
const EARLY = 10;

/** Makes up a tree: neighbours that touch, gaps, and regions in regions. */
export function makeRegions(
  random: Random,
  grid: Grid,
  pickFlags: () => bigint,
  pickDesc: () => bigint,
): readonly Region[] {
  const regions: Region[] = [];
  const fill = (parent: number, from: number, to: number, depth: number): void => {
    let at = from;
    // Blocks of memory that are all alike, side by side, as they are below a window or a device.
    const blocks = depth > 0 && random.percent(BLOCKS);
    const density = blocks ? 100 : 30 + random.below(60);
    for (let n = 0; n < 6 && at < to && regions.length < 20; n++) {
      if (!random.percent(density)) {
        at += 1 + random.below(3);
        continue;
      }
      const length = 1 + random.below(Math.min(6, to - at));
      const start = point(grid, at);
      const end = BigInt.asUintN(64, point(grid, at + length) - 1n);
      at += length;
      if (end < start) continue;
      const handle = ROOTS + regions.length;
      // Neighbours that are alike, as memory blocks are: some code joins them, some takes one for the other.
      const like = blocks || random.percent(ALIKE) ? regions.findLast((r) => r.parent === parent) : undefined;
      const { flags, desc, name } = like ?? { flags: pickFlags(), desc: pickDesc(), name: random.below(6) };
      regions.push({ parent, start, end, flags, desc, name, ...(random.percent(EARLY) ? { early: true } : {}) });
      if (depth < 3 && random.percent(depth === 0 ? 45 : 30)) fill(handle, at - length, at, depth + 1);
    }
  };
  fill(0, random.percent(25) ? 0 : random.below(6), SPAN, 0);
  return regions;
}

/**
 * Makes a list of regions a tree again: those that do not lie in their parents, or overlap what comes before them, are
 * dropped with what is below them, and the calls that name them name the root instead.
 */
export function tidy(sequence: Sequence, operations: readonly Operation[]): Sequence {
  const { regions } = sequence;
  const children = new Map<number, number[]>();
  regions.forEach((r, i) => {
    const list = children.get(r.parent);
    if (list) list.push(i);
    else children.set(r.parent, [i]);
  });
  const kept: Region[] = [];
  const renamed = new Map<number, number>([
    [0, 0],
    [1, 1],
  ]);
  const visit = (old: number, low: bigint, high: bigint): void => {
    const list = (children.get(old) ?? []).sort((a, b) =>
      regions[a]!.start < regions[b]!.start ? -1 : regions[a]!.start > regions[b]!.start ? 1 : a - b,
    );
    let next = low;
    let full = false;
    for (const i of list) {
      const r = regions[i]!;
      if (full || r.start < next || r.end < r.start || r.end > high || kept.length >= MOST_REGIONS) continue;
      renamed.set(ROOTS + i, ROOTS + kept.length);
      kept.push({ ...r, parent: renamed.get(old)! });
      full = r.end === U64;
      next = r.end + 1n;
      visit(ROOTS + i, r.start, r.end);
    }
  };
  visit(0, 0n, U64);
  visit(1, 0n, 0xffffn);
  const shift = kept.length - regions.length;
  const firstCall = ROOTS + regions.length;
  const handle = (word: bigint): bigint => {
    if (word === FRESH) return word;
    const n = Number(word);
    return n >= firstCall ? BigInt(n + shift) : BigInt(renamed.get(n) ?? 0);
  };
  return { ...sequence, regions: kept, calls: sequence.calls.map((call) => mapHandles(call, operations, handle)) };
}

/** The call with other handles. */
export function mapHandles(call: Call, operations: readonly Operation[], map: (word: bigint) => bigint): Call {
  const args = [...call.args];
  for (const { param, at } of layoutOf(operations[call.op]!.params))
    if (param.kind === 'container' || param.kind === 'resource') args[at] = map(args[at]!);
  return { op: call.op, args };
}

/** The sequence without one call. What was made of its result is made of the first root instead. */
export function withoutCall(sequence: Sequence, index: number, operations: readonly Operation[]): Sequence {
  const gone = ROOTS + sequence.regions.length + index;
  const calls = sequence.calls
    .filter((_, i) => i !== index)
    .map((call) =>
      mapHandles(call, operations, (word) => {
        const n = Number(word);
        if (word === FRESH || n < gone) return word;
        return n === gone ? 0n : BigInt(n - 1);
      }),
    );
  return { ...sequence, calls };
}
