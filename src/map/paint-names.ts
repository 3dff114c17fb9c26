import type { Box } from './boxes.ts';
import { type Pen, Places } from './draw.ts';
import { isBusy } from './facts.ts';
import { type LaneBox, NAME_LINE } from './layout.ts';
import type { Region } from './regions.ts';
import type { View } from './view.ts';

/*
 * Names of regions that are too narrow for them, below the rows: a line leads from each name to its region.
 */

/** So many names are looked at in one frame, at most. */
const MOST = 240;
/** A name is cut here, in pixels. */
const WIDEST = 260;
/** What most names take. */
const USUAL = 150;

/** Where a name stands, in pixels. */
export interface NameSpot {
  readonly region: Region;
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
}

/** What a frame has drawn. */
export interface Painted {
  /** Bounds the work of the frame. */
  readonly boxes: number;
  /** Names that stand below the rows of their regions. */
  readonly names: readonly NameSpot[];
}

interface Named {
  readonly box: Box;
  readonly text: string;
  readonly x: number;
  readonly bottom: number;
}

/**
 * `drawn`: the boxes of each row, from left to right; `unnamed`: those whose name did not fit, by row; `textOf`: how a region
 * is called.
 */
export function paintNames(
  pen: Pen,
  view: View,
  lane: LaneBox,
  drawn: readonly (readonly Box[])[],
  unnamed: readonly (readonly Box[])[],
  textOf: (region: Region) => string,
): NameSpot[] {
  const { names } = lane;
  const spots: NameSpot[] = [];
  if (!names) return spots;
  const lines = Array.from({ length: Math.floor(names.height / NAME_LINE) }, () => new Places());
  const wanted = byWeight(unnamed).slice(0, MOST);
  // First as many as there is surely room for, the ones that matter most; the rest goes where something is left.
  const sure = Math.ceil((lines.length * view.width) / (2 * USUAL));
  for (const some of [wanted.slice(0, sure), wanted.slice(sure)]) {
    const placed = some.flatMap(({ box, depth }): Named[] => {
      const x = clearX(view, box, drawn, depth);
      const text = textOf(box.region);
      const bottom = lane.rowsTop + depth * lane.rowStep + lane.rowHeight;
      return x === undefined || text === '' ? [] : [{ box, text, x, bottom }];
    });
    // From right to left: a name runs over what lies to its right, so that the ones there must end above it.
    placed.sort((a, b) => b.x - a.x);
    for (const one of placed) {
      const spot = paintName(pen, view, one, names.top, lines);
      if (spot) spots.push(spot);
    }
  }
  return spots;
}

/** What differs comes first, then names that are rare in sight, then the widest. */
function byWeight(unnamed: readonly (readonly Box[])[]): { box: Box; depth: number }[] {
  const all = unnamed.flatMap((boxes, depth) => boxes.map((box) => ({ box, depth })));
  const often = new Map<string, number>();
  for (const { box } of all) often.set(box.region.name, (often.get(box.region.name) ?? 0) + 1);
  const weight = ({ region, x0, x1 }: Box): number =>
    (region.change === 'same' ? 0 : 1e6) +
    (region.from === 'scenario' ? 1e5 : 0) -
    200 * Math.min(often.get(region.name) ?? 0, 20) +
    Math.min(x1 - x0, 300);
  return all
    .map((one) => ({ one, weight: weight(one.box) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ one }) => one);
}

/** Where a line can leave a box downwards without going through a deeper one. */
function clearX(view: View, { x0, x1 }: Box, drawn: readonly (readonly Box[])[], depth: number): number | undefined {
  const from = Math.max(x0, 0) + 1;
  const to = Math.min(x1, view.width) - 1;
  if (to < from) return undefined;
  const spots = [(from + to) / 2, from + 1, to - 1, (3 * from + to) / 4, (from + 3 * to) / 4];
  return spots.find((x) => drawn.slice(depth + 1).every((boxes) => !covers(boxes, x)));
}

function covers(boxes: readonly Box[], x: number): boolean {
  let low = 0;
  let high = boxes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (boxes[middle]!.x1 + 2 < x) low = middle + 1;
    else high = middle;
  }
  const box = boxes[low];
  return box !== undefined && box.x0 - 2 <= x;
}

function paintName(
  pen: Pen,
  view: View,
  { box, text, x, bottom }: Named,
  top: number,
  lines: readonly Places[],
): NameSpot | undefined {
  const { c, theme } = pen;
  const { region } = box;
  const changed = region.change !== 'same';
  const font = theme.font(11, changed ? 600 : 400);
  const label = pen.fit(text, font, WIDEST);
  if (label === undefined) return undefined;
  const width = pen.measure(label, font);
  const toLeft = x + 4 + width > view.width;
  const [from, to] = toLeft ? [x - 4 - width, x] : [x, x + 4 + width];
  if (from < 0) return undefined;
  for (const [i, line] of lines.entries()) {
    if (line.isFree(from - 3, to + 8)) {
      line.take(from - 3, to + 8);
      for (const above of lines.slice(0, i)) above.take(x - 2, x + 2);
      const y = top + (i + 0.5) * NAME_LINE;
      c.globalAlpha = theme.contrast ? 1 : 0.7;
      pen.vertical(x - 0.5, bottom + 1, y + 5, theme.contrast ? theme.line : theme.kinds[region.kind]);
      c.globalAlpha = 1;
      const colour = changed || isBusy(region.flags) ? theme.text : theme.faint;
      pen.text(label, toLeft ? x - 4 : x + 4, y, font, colour, toLeft ? 'right' : 'left');
      return { region, x0: from, x1: to, y0: y - NAME_LINE / 2 };
    }
    // Nothing leads through what stands here.
    if (!line.isFree(x - 2, x + 2)) return undefined;
  }
  return undefined;
}
