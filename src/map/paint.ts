import type { Rows } from './boxes.ts';
import { type Pen, Places } from './draw.ts';
import { t } from './language.ts';
import type { Layout } from './layout.ts';
import { addressText, sizeText } from './numbers.ts';
import { paintDifference, paintPins } from './paint-difference.ts';
import { forFolds, type LaneMarks, paintLane } from './paint-lanes.ts';
import type { NameSpot, Painted } from './paint-names.ts';
import { paintRuler, paintStrip } from './paint-strip.ts';
import { FOUR_GIB, type Lane, LIMITS_BETWEEN, type Limit, MAX_PFN, type Pin, type Scene } from './scene.ts';
import { deepestAt } from './search.ts';
import { ticksOf } from './ticks.ts';
import type { View } from './view.ts';

export interface Marks extends LaneMarks {
  readonly pin: Pin | undefined;
  /** Where the pointer is, for the hair line and its address. */
  readonly pointer: number | undefined;
  /** What is being measured. */
  readonly ruler?: { readonly from: bigint; readonly to: bigint } | undefined;
}

export function paintMap(
  pen: Pen,
  scene: Scene,
  view: View,
  layout: Layout,
  rows: (lane: Lane) => Rows,
  marks: Marks,
): Painted {
  const { c, theme } = pen;
  let boxes = 0;
  const names: NameSpot[] = [];
  if (layout.strip) paintStrip(pen, scene, view, layout.strip);
  paintBands(pen, scene, view, layout);
  paintLimitLines(pen, scene, view, layout);
  for (const box of layout.lanes) {
    const painted = paintLane(pen, view, box, rows(box.lane), marks);
    boxes += painted.boxes;
    names.push(...painted.names);
  }
  if (layout.difference) paintDifference(pen, scene, view, layout.difference, marks.selected);
  if (layout.pins) paintPins(pen, scene, view, layout.pins, marks.pin);
  paintLimitNames(pen, scene, view, layout);
  paintAxis(pen, scene, view, layout);
  if (marks.ruler) paintRuler(pen, view, layout, marks.ruler);
  if (marks.pointer !== undefined) {
    pen.vertical(marks.pointer, layout.axis.bottom - 6, layout.footer.top, theme.focus, [2, 2]);
    const label = addressText(view.at(marks.pointer));
    const half = (label.length * pen.measure('0', theme.mono(11))) / 2 + 6;
    const x = Math.max(half, Math.min(view.width - half, marks.pointer));
    c.fillStyle = theme.background;
    pen.path(x - half, layout.axis.top, 2 * half, 18);
    c.fill();
    c.strokeStyle = theme.focus;
    c.lineWidth = 1;
    c.stroke();
    pen.text(label, x, layout.axis.top + 9.5, theme.mono(11), theme.text, 'center');
  }
  return { boxes, names };
}

function paintAxis(pen: Pen, scene: Scene, view: View, layout: Layout): void {
  const { c, theme } = pen;
  const font = theme.mono(11);
  const { top, bottom } = layout.axis;
  const line = top + 21.5;
  const digit = pen.measure('0', font);
  const axis = {
    width: view.width,
    left: view.left,
    right: view.right,
    x: (address: bigint) => view.x(address),
    at: (x: number) => view.at(x),
    // Of one width all: no two frames have the same labels, and measuring is slow.
    measure: (label: string) => label.length * digit,
  };
  c.strokeStyle = theme.line;
  c.lineWidth = 1;
  c.beginPath();
  c.moveTo(0, line);
  c.lineTo(view.width, line);
  c.stroke();
  const changed = scene.differences
    .slice(0, 32)
    .flatMap((d) => [d.before, d.after].flatMap((r) => (r ? [r.start] : [])));
  for (const { label, x } of ticksOf(view.scale, axis, changed)) {
    const half = axis.measure(label) / 2;
    pen.vertical(Math.min(x, view.width - 1), line - 4, line + 3, theme.faint);
    pen.text(label, Math.max(half, Math.min(view.width - half, x)), top + 9, font, theme.text, 'center');
  }
  // Sizes of what is folded, below the line that it interrupts.
  const places = new Places();
  const small = theme.font(10.5);
  const lanes = layout.lanes.map(({ lane }) => lane);
  const folds: { x0: number; x1: number; start: bigint; size: bigint }[] = [];
  forFolds(view, (x0, x1, start, size) => folds.push({ x0, x1, start, size }));
  folds.sort((a, b) => (a.size > b.size ? -1 : a.size < b.size ? 1 : 0));
  for (const { x0, x1, start, size } of folds) {
    const middle = (Math.max(x0, 0) + Math.min(x1, view.width)) / 2;
    c.fillStyle = theme.background;
    c.fillRect(middle - 3, line - 2, 6, 4);
    pen.vertical(middle - 4, line - 4, line + 4, theme.line);
    pen.vertical(middle + 3, line - 4, line + 4, theme.line);
    const free = lanes.length > 0 && lanes.every((lane) => deepestAt(lane, start) === undefined);
    for (const label of [...(free ? [t('{0} free', sizeText(size))] : []), sizeText(size)]) {
      const half = pen.measure(label, small) / 2;
      const x = Math.max(half + 1, Math.min(view.width - half - 1, middle));
      if (!places.take(x - half - 4, x + half + 4)) continue;
      pen.text(label, x, bottom - 5, small, theme.faint, 'center');
      break;
    }
  }
}

/** What firmware promised: a row of its own; what it may plug in later shades everything below. */
function paintBands(pen: Pen, scene: Scene, view: View, layout: Layout): void {
  const row = layout.firmware;
  if (!row) return;
  const { c, theme } = pen;
  for (const band of scene.bands) {
    const x0 = Math.max(view.x(band.start), -10);
    const x1 = Math.min(view.x(band.end + 1n), view.width + 10);
    if (x1 < 0 || x0 > view.width) continue;
    const width = Math.max(x1 - x0, 2);
    const pattern = pen.pattern('hotplug', theme.warning);
    if (band.hotplug) {
      const height = layout.footer.top - row.top;
      c.globalAlpha = theme.contrast ? 0.3 : 0.13;
      c.fillStyle = pattern ?? theme.warning;
      c.fillRect(x0, row.top, width, height);
      c.globalAlpha = theme.contrast ? 1 : 0.5;
      pen.vertical(x0, row.top, layout.footer.top, theme.warning, [1, 3]);
      pen.vertical(x1 - 1, row.top, layout.footer.top, theme.warning, [1, 3]);
      c.globalAlpha = 1;
    }
    c.fillStyle = theme.background;
    pen.path(x0 + 0.5, row.top + 0.5, width - 1, row.height - 1, 2);
    c.fill();
    if (band.hotplug && pattern) {
      c.globalAlpha = 0.5;
      c.fillStyle = pattern;
      c.fill();
      c.globalAlpha = 1;
    }
    c.strokeStyle = band.hotplug ? theme.warning : theme.line;
    c.lineWidth = 1;
    c.stroke();
    const from = Math.max(x0, 0);
    const room = Math.min(x1, view.width) - from - 12;
    const font = theme.font(11);
    const text = band.hotplug ? t('SRAT node {0}, hotpluggable', band.node) : t('SRAT node {0}', band.node);
    const short = band.hotplug ? t('node {0} plug', band.node) : t('node {0}', band.node);
    const label = pen.measure(text, font) <= room ? text : pen.fit(short, font, room);
    if (label) pen.plate(label, from + 7, row.top + row.height / 2 + 0.5, font, theme.text, 'left');
  }
}

/** A landmark, not the end of anything that can be. */
const isSoft = (limit: Limit): boolean =>
  limit.name.split(LIMITS_BETWEEN).every((name) => name === FOUR_GIB || name === MAX_PFN);

function paintLimitLines(pen: Pen, scene: Scene, view: View, layout: Layout): void {
  for (const limit of scene.limits) {
    const x = view.x(limit.at);
    if (x < -1 || x > view.width + 1) continue;
    const hard = !isSoft(limit);
    const at = Math.min(x, view.width - 1);
    pen.vertical(at, layout.axis.bottom, layout.footer.top + 4, hard ? pen.theme.error : pen.theme.faint, [5, 3]);
  }
}

function paintLimitNames(pen: Pen, scene: Scene, view: View, layout: Layout): void {
  const { theme } = pen;
  const font = theme.font(11);
  const lines = [new Places(), new Places()];
  for (const limit of [...scene.limits].reverse()) {
    const x = view.x(limit.at);
    if (x < -1 || x > view.width + 1) continue;
    const width = pen.measure(limit.name, font);
    const from = Math.max(2, Math.min(view.width - width - 2, x - width / 2));
    const line = lines.findIndex((places) => places.take(from - 8, from + width + 8));
    if (line < 0) continue;
    const y = layout.footer.top + 12 + line * 14;
    pen.text(limit.name, from, y, font, isSoft(limit) ? theme.faint : theme.error);
  }
}
