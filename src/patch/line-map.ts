import type { LineMap } from './types.ts';

/** Lines [oldFrom, oldTo) became [newFrom, newTo); from 0. */
export interface Change {
  readonly oldFrom: number;
  readonly oldTo: number;
  readonly newFrom: number;
  readonly newTo: number;
}

/** `changes` ascending and disjoint; all other lines correspond in order. */
export function lineMap(changes: readonly Change[], oldCount: number, newCount: number): LineMap {
  return {
    oldToNew: (line) => {
      if (line < 1 || line > oldCount) return undefined;
      const change = lastBefore(changes, line - 1, 'oldFrom');
      if (!change) return line;
      return line - 1 < change.oldTo ? undefined : line - change.oldTo + change.newTo;
    },
    newToOld: (line) => {
      if (line < 1 || line > newCount) return undefined;
      const change = lastBefore(changes, line - 1, 'newFrom');
      if (!change) return line;
      return line - 1 < change.newTo ? undefined : line - change.newTo + change.oldTo;
    },
  };
}

/** The last change that starts at or before the line. */
function lastBefore(changes: readonly Change[], line: number, side: 'oldFrom' | 'newFrom'): Change | undefined {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (changes[middle]![side] <= line) low = middle + 1;
    else high = middle;
  }
  return changes[low - 1];
}
