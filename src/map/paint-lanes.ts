import type { Box, Rows } from './boxes.ts';
import { type Pen, Places } from './draw.ts';
import { isBusy } from './facts.ts';
import { t } from './language.ts';
import type { LaneBox } from './layout.ts';
import { addressText, countText, sizeText } from './numbers.ts';
import { type Painted, paintNames } from './paint-names.ts';
import type { Region } from './regions.ts';
import type { Lane, Try } from './scene.ts';
import { deepestAt } from './search.ts';
import { tryAt } from './step-scene.ts';
import type { View } from './view.ts';

export const signOf: Readonly<Record<Region['change'], string>> = {
  same: '',
  added: '+ ',
  removed: '− ',
  moved: '⇄ ',
  altered: '≠ ',
};

export interface LaneMarks {
  readonly selected: Region | undefined;
  readonly hovered: Region | undefined;
  readonly hoveredTry: Try | undefined;
}

export function paintLane(pen: Pen, view: View, box: LaneBox, rows: Rows, marks: LaneMarks): Painted {
  const { theme } = pen;
  const { lane } = box;
  const current = tryAt(lane);
  const lit = marks.hoveredTry && lane.tries.includes(marks.hoveredTry) ? marks.hoveredTry : current;
  if (lit) paintTryRange(pen, view, box, lit);
  const drawn = lane.rows.map((_, depth) => rows.at(depth)?.boxes(view) ?? []);
  for (const [depth, boxes] of drawn.entries())
    for (const one of boxes) paintBox(pen, view, one, box.rowsTop + depth * box.rowStep, box.rowHeight, marks);
  const tears = paintTears(pen, view, box);
  const unnamed = drawn.map((boxes, depth) => {
    const across = tears.filter((tear) => tear.depth > depth).map((tear) => tear.x);
    const y = box.rowsTop + depth * box.rowStep;
    return boxes.filter((one) => one.count === 1 && !paintLabel(pen, view, one, across, y, box.rowHeight));
  });
  const names = paintNames(pen, view, box, drawn, unnamed, (region) => `${signOf[region.change]}${region.name}`);
  if (lane.count === 0)
    pen.plate(t('nothing below the root'), 10, box.rowsTop + box.rowHeight / 2, theme.font(12), theme.faint, 'left');
  paintTitle(pen, box);
  if (box.tries) paintTries(pen, view, lane, box.tries, lit);
  return { boxes: drawn.reduce((sum, boxes) => sum + boxes.length, 0), names };
}

function paintTitle(pen: Pen, box: LaneBox): void {
  const { theme } = pen;
  const font = theme.font(13, 600);
  const y = box.top + 10;
  pen.plate(box.title, 4, y, font, theme.text, 'left');
  const tries = box.lane.tries.length;
  const facts = [
    box.lane.count === 1 ? t('1 region') : t('{0} regions', countText(box.lane.count)),
    ...(tries > 0
      ? [
          box.lane.tried !== undefined
            ? t('search: try {0} of {1}', box.lane.tried, countText(tries))
            : tries === 1
              ? t('search: 1 try')
              : t('search: {0} tries', countText(tries)),
        ]
      : []),
    ...(box.lane.ended === 'ok' ? [] : [t('ended by {0}', box.lane.ended)]),
  ];
  pen.plate(facts.join(' · '), 4 + pen.measure(box.title, font) + 12, y, theme.font(12), theme.faint, 'left');
}

function paintBox(pen: Pen, view: View, box: Box, y: number, height: number, marks: LaneMarks): void {
  const { c, theme } = pen;
  const { region } = box;
  const x0 = Math.max(box.x0, -8);
  const x1 = Math.min(box.x1, view.width + 8);
  const width = Math.max(x1 - x0 - 1, 1.5);
  const colour = theme.kinds[region.kind];
  const busy = isBusy(region.flags);
  if (width <= SLIM) {
    paintSlim(pen, box, x0, y, width, height, busy, marks);
    return;
  }
  pen.fill(region.kind, x0, y, width, height, busy ? 0.42 : 0.16);
  if (!busy) c.setLineDash([4, 3]);
  c.strokeStyle = theme.contrast ? theme.line : colour;
  c.lineWidth = 1;
  pen.path(x0 + 0.5, y + 0.5, width - 1, height - 1);
  c.stroke();
  c.setLineDash([]);
  if (busy && !theme.contrast) {
    c.fillStyle = colour;
    c.fillRect(x0 + 0.5, y + 2, 2, height - 4);
  }
  if (region.change !== 'same' || region.from === 'scenario') {
    c.strokeStyle = region.change === 'removed' ? theme.removed : region.change === 'same' ? theme.faint : theme.text;
    c.lineWidth = region.change === 'same' ? 1.25 : 2;
    if (region.change === 'removed') c.setLineDash([5, 3]);
    pen.path(x0, y, width, height);
    c.stroke();
    c.setLineDash([]);
  }
  if (stands(region, marks.selected) || stands(region, marks.hovered)) {
    c.strokeStyle = theme.focus;
    c.lineWidth = stands(region, marks.selected) ? 3 : 2;
    pen.path(x0 - 1.5, y - 1.5, width + 3, height + 3, 4);
    c.stroke();
  }
}

/** Up to this width a region is a plain stroke, without corners, mark and border. */
const SLIM = 5;

/** Plain and quick: there can be one for every few pixels of every row. */
function paintSlim(
  pen: Pen,
  { region, count }: Box,
  x: number,
  y: number,
  width: number,
  height: number,
  busy: boolean,
  marks: LaneMarks,
): void {
  const { c, theme } = pen;
  c.fillStyle = theme.contrast ? theme.line : theme.kinds[region.kind];
  c.globalAlpha = count > 1 ? 0.6 : busy ? 0.75 : 0.45;
  c.fillRect(x, y, Math.max(1.5, width - (count > 1 ? 0.5 : 0)), height);
  c.globalAlpha = 1;
  const marked = stands(region, marks.selected) || stands(region, marks.hovered);
  if (count > 1 || (region.change === 'same' && !marked)) return;
  c.strokeStyle = marked ? theme.focus : region.change === 'removed' ? theme.removed : theme.text;
  c.lineWidth = 2;
  c.strokeRect(x - 1, y - 1, width + 2, height + 2);
}

/** A region that is the same in both worlds is marked in both. */
const stands = (region: Region, marked: Region | undefined): boolean =>
  marked !== undefined && (region === marked || (region.change === 'same' && region.twin === marked));

/** From this height on a row has two lines: what is there, and where. */
const TWO_LINES = 40;

/**
 * The name stays in sight while a part of the region is, and keeps clear of tears where it can. Answers whether all of it is
 * there.
 */
function paintLabel(pen: Pen, view: View, box: Box, tears: readonly number[], y: number, height: number): boolean {
  const { theme } = pen;
  const { region } = box;
  const font = theme.font(Math.min(12.5, height - 3), region.change === 'same' ? 400 : 600);
  const text = `${signOf[region.change]}${region.name}`;
  const spans = clearSpans(Math.max(box.x0, 0), Math.min(box.x1, view.width), tears);
  const wanted = pen.measure(text, font) + 14;
  const widest = spans.reduce((a, b) => (b[1] - b[0] > a[1] - a[0] ? b : a));
  const [x0, x1] = spans.find(([from, to]) => to - from >= wanted) ?? widest;
  const label = pen.fit(text, font, x1 - x0 - 12);
  if (label === undefined) return false;
  const mono = theme.mono(10.5);
  const range = `${addressText(region.start)} – ${addressText(region.end)}`;
  const second = height >= TWO_LINES && pen.measure(range, mono) <= x1 - x0 - 14;
  const middle = y + height / 2 + 0.5 - (second ? 8 : 0);
  if (theme.contrast) pen.plate(label, x0 + 7, middle, font, theme.text, 'left');
  else pen.text(label, x0 + 7, middle, font, theme.text);
  if (second && theme.contrast) pen.plate(range, x0 + 7, middle + 16, mono, theme.text, 'left');
  else if (second) pen.text(range, x0 + 7, middle + 16, mono, theme.text);
  const size = sizeText(region.end - region.start + 1n);
  const small = theme.font(Math.min(11, height - 3));
  const [from, to] = spans.at(-1)!;
  const left = from === x0 ? x0 + 7 + pen.measure(label, font) : from;
  const whole = label === text;
  if (to - left < pen.measure(size, small) + 18) return whole;
  if (theme.contrast) pen.plate(size, to - 7, middle, small, theme.faint, 'right');
  else pen.text(size, to - 7, middle, small, theme.faint, 'right');
  return whole;
}

function clearSpans(x0: number, x1: number, tears: readonly number[]): [number, number][] {
  const spans: [number, number][] = [];
  let from = x0;
  for (const tear of tears) {
    if (tear <= x0 || tear >= x1) continue;
    spans.push([from, tear - 6]);
    from = tear + 6;
  }
  spans.push([from, x1]);
  return spans;
}

interface Tear {
  readonly x: number;
  /** How many rows it goes through. */
  readonly depth: number;
}

/** A folded gap is a tear through what holds it; its size stands at the axis. From left to right. */
function paintTears(pen: Pen, view: View, box: LaneBox): Tear[] {
  const { c, theme } = pen;
  const tears: Tear[] = [];
  forFolds(view, (x0, x1, start) => {
    const x = Math.round((Math.max(x0, 0) + Math.min(x1, view.width)) / 2);
    const holder = deepestAt(box.lane, start);
    const depth = holder ? holder.depth + 1 : 1;
    tears.push({ x, depth });
    const top = box.rowsTop - 2;
    const steps = Math.ceil((depth * box.rowStep + 2) / 5);
    const trace = (side: number): [number, number][] =>
      Array.from({ length: steps + 1 }, (_, i) => [x + side + (i % 2 ? 2 : -2), top + i * 5]);
    if (holder) {
      c.beginPath();
      for (const [px, py] of [...trace(-3), ...trace(3).reverse()]) c.lineTo(px, py);
      c.fillStyle = theme.background;
      c.fill();
    }
    c.strokeStyle = theme.line;
    c.globalAlpha = holder ? 1 : 0.6;
    c.lineWidth = 1;
    for (const side of [-3, 3]) {
      c.beginPath();
      for (const [px, py] of trace(side)) c.lineTo(px, py);
      c.stroke();
    }
    c.globalAlpha = 1;
  });
  return tears;
}

/** Narrower than this there is no room for a tear; closer than this two would run into each other. */
const TEAR = 7;
const APART = 13;

/** The folded pieces in sight that are wide enough for a tear, from left to right; of close ones the larger gap. */
export function forFolds(view: View, act: (x0: number, x1: number, start: bigint, size: bigint) => void): void {
  const { scale } = view;
  const last = view.scale.indexOf(view.right);
  const first = view.scale.indexOf(view.left);
  const [left] = view.span;
  // With more pieces than pixels none of them is wide enough.
  if (last - first > view.width) return;
  const folds: { x0: number; x1: number; start: bigint; size: bigint }[] = [];
  for (let i = first; i <= last; i++) {
    if (!scale.isFolded(i)) continue;
    const segment = scale.segment(i);
    const x0 = (segment.at - left) * view.zoom;
    const x1 = x0 + segment.length * view.zoom;
    if (x1 - x0 >= TEAR && x1 > 6 && x0 < view.width - 6)
      folds.push({ x0, x1, start: segment.start, size: segment.end - segment.start });
  }
  const places = new Places();
  folds
    .sort((a, b) => (a.size > b.size ? -1 : a.size < b.size ? 1 : 0))
    .filter(({ x0, x1 }) => places.take((x0 + x1 - APART) / 2, (x0 + x1 + APART) / 2))
    .sort((a, b) => a.x0 - b.x0)
    .forEach(({ x0, x1, start, size }) => {
      act(x0, x1, start, size);
    });
}

export function tryX(view: View, t: Try): number {
  const size = t.end - t.start + 1n;
  return view.x(t.start + size / 2n);
}

/** Crosses for what was taken, a dot for what was chosen, joined in the order of the search. */
function paintTries(
  pen: Pen,
  view: View,
  { tries, tried }: Lane,
  { top, height }: { readonly top: number; readonly height: number },
  lit: Try | undefined,
): void {
  const { c, theme } = pen;
  const made = tried ?? tries.length;
  const y = top + 9;
  const points = tries.flatMap((t, i) => (t.wrapped ? [] : [{ t, i, x: tryX(view, t) }]));
  if (points.length === 0) return;
  c.strokeStyle = theme.line;
  c.setLineDash([1, 3]);
  c.lineWidth = 1;
  c.beginPath();
  let previous = Number.NaN;
  for (const { x } of points) {
    const at = Math.max(-20, Math.min(view.width + 20, x));
    if (Math.abs(at - previous) < 1) continue;
    if (Number.isNaN(previous)) c.moveTo(at, y + 0.5);
    else c.lineTo(at, y + 0.5);
    previous = at;
  }
  c.stroke();
  c.setLineDash([]);
  const drawn = new Set<number>();
  for (const { t, i, x } of points) {
    if (x < -10 || x > view.width + 10) continue;
    const column = Math.round(x / 3);
    // What is still to come is a dot.
    if (i >= made) c.globalAlpha = 0.35;
    if (i >= made && !drawn.has(column)) {
      c.fillStyle = theme.text;
      c.fillRect(x - 1, y - 1, 2, 2);
    } else if (i < made && (t.chosen || t === lit || !drawn.has(column))) cross(pen, x, y, t, t === lit);
    c.globalAlpha = 1;
    drawn.add(column);
  }
  const places = new Places();
  const numbered = [
    points.at(-1)!,
    points[0]!,
    ...points.filter((p) => p.t.chosen),
    ...points.filter((p) => p.t === lit),
  ].reverse();
  for (const { i, x } of numbered) {
    const label = String(i + 1);
    const half = pen.measure(label, theme.font(10)) / 2 + 2;
    if (x < 0 || x > view.width || !places.take(x - half, x + half)) continue;
    pen.text(
      label,
      x,
      top + height - 5,
      theme.font(10),
      tries[i]!.chosen || tries[i] === lit ? theme.text : theme.faint,
      'center',
    );
  }
}

function cross(pen: Pen, x: number, y: number, t: Try, hovered: boolean): void {
  const { c, theme } = pen;
  c.beginPath();
  if (t.chosen) {
    c.fillStyle = theme.added;
    c.arc(x, y, 5, 0, 2 * Math.PI);
    c.fill();
    c.strokeStyle = hovered ? theme.focus : theme.background;
    c.lineWidth = hovered ? 2.5 : 1.5;
    c.stroke();
  } else {
    const r = hovered ? 5 : 3.5;
    c.strokeStyle = hovered ? theme.focus : theme.removed;
    c.lineWidth = 1.5;
    c.moveTo(x - r, y - r);
    c.lineTo(x + r, y + r);
    c.moveTo(x - r, y + r);
    c.lineTo(x + r, y - r);
    c.stroke();
  }
}

function paintTryRange(pen: Pen, view: View, box: LaneBox, t: Try): void {
  if (t.wrapped) return;
  const { c, theme } = pen;
  const x0 = Math.max(view.x(t.start), -4);
  const x1 = Math.min(view.x(t.end + 1n), view.width + 4);
  c.globalAlpha = 0.14;
  c.fillStyle = theme.focus;
  c.fillRect(x0, box.rowsTop - 4, Math.max(x1 - x0, 2), box.bottom - box.rowsTop + 4);
  c.globalAlpha = 1;
  c.strokeStyle = theme.focus;
  c.lineWidth = 1;
  c.setLineDash([3, 2]);
  c.strokeRect(x0 + 0.5, box.rowsTop - 3.5, Math.max(x1 - x0 - 1, 2), box.bottom - box.rowsTop + 3);
  c.setLineDash([]);
}
