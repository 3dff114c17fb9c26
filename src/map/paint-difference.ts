import { type Pen, Places } from './draw.ts';
import { type Say, t } from './language.ts';
import type { Layout } from './layout.ts';
import { addressText, sizeText } from './numbers.ts';
import type { Region } from './regions.ts';
import type { Difference, Pin, Scene } from './scene.ts';
import type { Canvas } from './surface.ts';
import type { View } from './view.ts';

/** Differences that are drawn one by one; more are counted in the title and listed in the table. */
const MAX_DRAWN = 400;

/** What the patch changed, in a sentence. */
export const differenceText = (scene: Scene, say: Say = t): string => differences(scene, say).join(' · ');

/** The parts of that sentence. */
export function differences(scene: Scene, say: Say): string[] {
  const parts: string[] = [];
  const moved = scene.differences.filter((d) => d.after?.change === 'moved');
  const [first] = moved;
  if (moved.length === 1 && first?.before && first.after) {
    const by = first.after.start - first.before.start;
    const name = first.after.name || say('a region');
    const size = sizeText(by < 0n ? -by : by > 0n ? by : first.after.end - first.before.end);
    if (by === 0n) parts.push(say('{0} is {1} longer', name, size));
    else parts.push(by > 0n ? say('{0} moved up by {1}', name, size) : say('{0} moved down by {1}', name, size));
  } else if (moved.length > 1) parts.push(say('{0} regions moved', moved.length));
  const count = (change: Region['change']) =>
    scene.differences.filter((d) => (d.after ?? d.before)?.change === change).length;
  const [removed, added, altered] = [count('removed'), count('added'), count('altered')];
  if (removed > 0) parts.push(removed === 1 ? say('1 region gone') : say('{0} regions gone', removed));
  if (added > 0) parts.push(added === 1 ? say('1 region new') : say('{0} regions new', added));
  if (altered > 0)
    parts.push(
      altered === 1
        ? say('1 region with other flags or parent')
        : say('{0} regions with other flags or parent', altered),
    );
  const before = scene.lanes.before.tries.length;
  const after = scene.lanes.after.tries.length;
  if (before !== after) parts.push(say('{0} → {1} tries', before, after));
  return parts;
}

export function paintDifference(
  pen: Pen,
  scene: Scene,
  view: View,
  at: NonNullable<Layout['difference']>,
  selected: Region | undefined,
): void {
  const { theme } = pen;
  const font = theme.font(13, 600);
  const y = at.top + 10;
  const title = t('Difference');
  pen.plate(title, 4, y, font, theme.text, 'left');
  pen.plate(differenceText(scene), 4 + pen.measure(title, font) + 12, y, theme.font(12), theme.faint, 'left');
  const places = [new Places(), new Places()];
  const drawn = scene.differences.slice(0, MAX_DRAWN);
  for (const { before, after } of drawn) {
    if (before) places[0]!.take(view.x(before.start), view.x(before.end + 1n));
    if (after) places[1]!.take(view.x(after.start), view.x(after.end + 1n));
  }
  for (const difference of drawn) paintOne(pen, view, at, difference, places, selected);
}

/** Of the boxes of one world. */
export const DIFFERENCE_ROW = 20;
const HEIGHT = DIFFERENCE_ROW;

function paintOne(
  pen: Pen,
  view: View,
  at: NonNullable<Layout['difference']>,
  { before, after }: Difference,
  places: readonly Places[],
  selected: Region | undefined,
): void {
  const { c, theme } = pen;
  const rows = [at.boxes, at.boxes + HEIGHT + at.gap] as const;
  const boxes = [before, after].map((region, i) => {
    if (!region) return undefined;
    const x0 = view.x(region.start);
    const x1 = Math.max(view.x(region.end + 1n), x0 + 3);
    if (x1 < 0 || x0 > view.width) return { x0, x1, shown: false };
    const from = Math.max(x0, -6);
    const width = Math.min(x1, view.width + 6) - from;
    const y = rows[i]!;
    pen.path(from, y, width, HEIGHT);
    if (i === 1) {
      c.globalAlpha = theme.contrast ? 0.6 : 0.45;
      c.fillStyle = pen.pattern('changed', theme.added) ?? theme.added;
      c.fill();
      c.globalAlpha = 1;
    }
    c.lineWidth = 2;
    c.strokeStyle = i === 0 ? theme.removed : theme.added;
    if (i === 0) c.setLineDash([5, 3]);
    c.stroke();
    c.setLineDash([]);
    if (region === selected) {
      c.strokeStyle = theme.focus;
      pen.path(from - 2.5, y - 2.5, width + 5, HEIGHT + 5, 4);
      c.stroke();
    }
    paintSide(pen, view, region, i, from, from + width, y, places[i]!);
    return { x0, x1, shown: true };
  });
  const [a, b] = boxes;
  const within = (x: number) => Math.max(-30, Math.min(view.width + 30, x));
  if (a && b && (a.shown || b.shown))
    arrow(pen, within((a.x0 + a.x1) / 2), rows[0] + HEIGHT + 2, within((b.x0 + b.x1) / 2), rows[1] - 2);
}

/** `− 0x3fff_0000_0000  dev`, beside the box where there is room for it. */
function paintSide(
  pen: Pen,
  view: View,
  region: Region,
  side: number,
  x0: number,
  x1: number,
  y: number,
  places: Places,
): void {
  const { theme } = pen;
  const font = theme.mono(11.5);
  const colour = theme.contrast ? theme.text : side === 0 ? theme.removed : theme.added;
  const sign = region.change === 'altered' ? '≠' : side === 0 ? '−' : '+';
  const text = `${sign} ${addressText(region.start)} ${region.name}`;
  const width = pen.measure(text, font);
  const spots = [
    [x1 + 8, x1 + 8 + width],
    [x0 - 8 - width, x0 - 8],
  ] as const;
  for (const [from, to] of spots) {
    if (from < 2 || to > view.width - 2 || !places.take(from - 6, to + 6)) continue;
    pen.plate(text, from, y + HEIGHT / 2, font, colour, 'left');
    return;
  }
  const inside = pen.fit(`${sign} ${region.name}`, theme.font(11.5, 600), x1 - x0 - 10);
  if (inside) pen.plate(inside, Math.max(x0, 0) + 6, y + HEIGHT / 2, theme.font(11.5, 600), colour, 'left');
}

function arrow(pen: Pen, x0: number, y0: number, x1: number, y1: number): void {
  const { c, theme } = pen;
  c.strokeStyle = c.fillStyle = theme.text;
  c.lineWidth = 1.5;
  c.beginPath();
  c.moveTo(x0, y0);
  const bend = Math.max(8, (y1 - y0) * 0.7);
  c.bezierCurveTo(x0, y0 + bend, x1, y1 - 4 - bend, x1, y1 - 4);
  c.stroke();
  c.beginPath();
  c.moveTo(x1, y1 + 1);
  c.lineTo(x1 - 4, y1 - 5);
  c.lineTo(x1 + 4, y1 - 5);
  c.fill();
}

/** Shape tells the class: introduced a triangle, change a diamond, fixed a circle, already there a square. */
export function paintPins(
  pen: Pen,
  scene: Scene,
  view: View,
  at: NonNullable<Layout['pins']>,
  selected: Pin | undefined,
): void {
  const { c, theme } = pen;
  for (const { pin, x, anchor } of pinSpots(view, scene.pins)) {
    const y = at.top + at.height / 2;
    const colour = pinColour(pen, pin);
    c.strokeStyle = colour;
    c.lineWidth = 1;
    c.beginPath();
    c.moveTo(anchor + 0.5, at.top - 6);
    c.lineTo(x, y);
    c.stroke();
    c.beginPath();
    pinShape(c, pin.finding.class, x, y, 9);
    c.fillStyle = theme.background;
    c.fill();
    c.globalAlpha = theme.contrast ? 0 : 0.25;
    c.fillStyle = colour;
    c.fill();
    c.globalAlpha = 1;
    c.strokeStyle = pin === selected ? theme.focus : colour;
    c.lineWidth = pin === selected ? 3 : 1.5;
    c.stroke();
    const lower = pin.finding.class === 'introduced' ? 2.5 : 0.5;
    pen.text(String(pin.number), x, y + lower, theme.font(10, 700), theme.text, 'center');
  }
}

/** Where pins stand: at their address, or beside it where another stands already. */
export function pinSpots(view: View, pins: readonly Pin[]): { pin: Pin; x: number; anchor: number }[] {
  const places = new Places();
  const spots: { pin: Pin; x: number; anchor: number }[] = [];
  for (const pin of pins) {
    if (pin.at === undefined) continue;
    const anchor = view.x(pin.at);
    if (anchor < -2 || anchor > view.width + 2) continue;
    // More than a dozen at one place are in the list of findings.
    for (let i = 0; i < 12; i++) {
      const x = anchor + 24 * Math.ceil(i / 2) * (i % 2 ? 1 : -1);
      if (x < 12 || x > view.width - 12 || !places.take(x - 11, x + 11)) continue;
      spots.push({ pin, x, anchor });
      break;
    }
  }
  return spots;
}

function pinColour(pen: Pen, { finding }: Pin): string {
  const { theme } = pen;
  if (finding.class === 'fixed') return theme.added;
  return finding.severity === 'error' ? theme.error : finding.severity === 'warning' ? theme.warning : theme.info;
}

function pinShape(c: Canvas, kind: Pin['finding']['class'], x: number, y: number, r: number): void {
  const corners = { introduced: 3, change: 4, existing: 4, fixed: 0 }[kind];
  if (corners === 0) {
    c.arc(x, y, r, 0, 2 * Math.PI);
    return;
  }
  const turn = kind === 'existing' ? Math.PI / 4 : -Math.PI / 2;
  const size = corners === 3 ? r * 1.25 : r * 1.12;
  const lower = corners === 3 ? r * 0.2 : 0;
  for (let i = 0; i < corners; i++) {
    const angle = turn + (i * 2 * Math.PI) / corners;
    c.lineTo(x + size * Math.cos(angle), y + lower + size * Math.sin(angle));
  }
  c.closePath();
}
