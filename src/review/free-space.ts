import type { ResourceNode } from '../kernel/resources.ts';

/** What is free from `low` to `high`: all bytes, and the largest piece that begins and ends at a section. */
export function freeIn(
  tree: readonly ResourceNode[],
  low: bigint,
  high: bigint,
  section = 1n,
): { readonly free: bigint; readonly largest: bigint } {
  let [from, free, largest] = [low, 0n, 0n];
  const gap = (to: bigint): void => {
    if (to <= from) return;
    free += to - from;
    const begin = ((from + section - 1n) / section) * section;
    const whole = (to / section) * section - begin;
    if (whole > largest) largest = whole;
  };
  for (const { start, end } of tree) {
    gap(start > high + 1n ? high + 1n : start);
    if (end + 1n > from) from = end + 1n;
  }
  gap(high + 1n);
  return { free, largest };
}
