import { type CapacityPoint, shortSize } from '../review/what-if/plot.ts';
import { type Pen, Places } from './draw.ts';
import { t } from './language.ts';

/*
 * Capacity as a picture: device memory over the number of allocations, before and after.
 */

export interface CurveWorld {
  readonly points: readonly CapacityPoint[];
  /** What stopped the allocations: an error, or nothing. */
  readonly failed?: { readonly why: string; readonly at: number };
}
export interface Curve {
  readonly before: CurveWorld;
  readonly after: CurveWorld;
}

const LEFT = 46;
const RIGHT = 12;
const BOTTOM = 58;
/** Of a bar that tells which allocations eat a hotplug range. */
const BAR = 7;
const LEGEND = 16;

/**
 * Before a broad line, after a narrow one; dashed, with a triangle, where a hotplug range is eaten; a cross where the search
 * fails. Below them a bar for each.
 */
export function paintCurve(pen: Pen, curve: Curve, width: number, height: number): void {
  const { c, theme } = pen;
  const worlds = [curve.before, curve.after] as const;
  const mostN = Math.max(1, ...worlds.map(({ points, failed }) => points.length + (failed ? 1 : 0)));
  const most = Math.max(1, ...worlds.map(({ points }) => points.at(-1)?.bytes ?? 0));
  const looks = [
    { name: t('before'), colour: theme.removed, line: 5 },
    { name: t('after'), colour: theme.added, line: 2 },
  ] as const;
  const top = paintLegend(pen, looks, width, worlds);
  const x = (n: number): number => LEFT + (n / mostN) * (width - LEFT - RIGHT);
  const y = (bytes: number): number => height - BOTTOM - (bytes / most) * (height - top - BOTTOM);
  const small = theme.font(10.5);
  for (let i = 0; i <= 4; i++) {
    const bytes = (most * i) / 4;
    c.globalAlpha = 0.5;
    c.fillStyle = theme.line;
    c.fillRect(LEFT, Math.round(y(bytes)), width - LEFT - RIGHT, 1);
    c.globalAlpha = 1;
    pen.text(i === 0 ? '0' : shortSize(bytes), LEFT - 6, y(bytes), small, theme.faint, 'right');
  }
  const places = new Places();
  const step = Math.max(1, Math.ceil(mostN / 8));
  for (const n of [mostN, ...Array.from({ length: Math.floor(mostN / step) + 1 }, (_, i) => i * step)]) {
    const label = String(n);
    const half = pen.measure(label, small) / 2 + 3;
    if (places.take(x(n) - half, x(n) + half)) pen.text(label, x(n), height - 22, small, theme.faint, 'center');
  }
  pen.text(t('allocations'), (LEFT + width - RIGHT) / 2, height - 8, small, theme.faint, 'center');
  for (const [i, world] of worlds.entries()) {
    paintWorld(pen, world, looks[i]!, x, y);
    paintBar(pen, world, looks[i]!, x, height - BOTTOM + 6 + i * (BAR + 4));
  }
}

interface Look {
  readonly name: string;
  readonly colour: string;
  readonly line: number;
}

function paintWorld(
  pen: Pen,
  { points, failed }: CurveWorld,
  { colour, line }: Look,
  x: (n: number) => number,
  y: (bytes: number) => number,
): void {
  const { c, theme } = pen;
  c.strokeStyle = c.fillStyle = colour;
  c.lineWidth = line;
  let last = { n: 0, bytes: 0, eats: false };
  // Stretches that look alike are one path, so that dashes go on.
  for (let from = 0; from < points.length; ) {
    let to = from;
    while (to + 1 < points.length && points[to + 1]!.eats === points[from]!.eats) to++;
    const { eats } = points[from]!;
    c.setLineDash(eats ? [6, 4] : []);
    c.globalAlpha = line > 3 ? 0.45 : 1;
    c.beginPath();
    c.moveTo(x(last.n), y(last.bytes));
    for (let i = from; i <= to; i++) c.lineTo(x(points[i]!.n), y(points[i]!.bytes));
    c.stroke();
    c.setLineDash([]);
    c.globalAlpha = 1;
    if (eats && !last.eats) triangle(pen, x(points[from]!.n), y(points[from]!.bytes), theme.warning);
    last = points[to]!;
    from = to + 1;
  }
  if (!failed) return;
  cross(pen, x(failed.at), y(last.bytes), colour);
  pen.plate(failed.why, x(failed.at) - 8, y(last.bytes) - (line > 3 ? 12 : -12), theme.mono(10.5), theme.text, 'right');
}

/** A bar for each world, since curves often lie on one another: hatched where an allocation eats a hotplug range. */
function paintBar(pen: Pen, { points }: CurveWorld, { name, colour }: Look, x: (n: number) => number, y: number): void {
  const { c, theme } = pen;
  pen.text(name, LEFT - 6, y + BAR / 2, theme.font(9.5), theme.faint, 'right');
  for (let from = 0; from < points.length; ) {
    let to = from;
    while (to + 1 < points.length && points[to + 1]!.eats === points[from]!.eats) to++;
    const [x0, x1] = [x(from), x(to + 1)];
    const { eats } = points[from]!;
    c.globalAlpha = eats ? 1 : 0.3;
    c.fillStyle = eats ? (pen.pattern('hole', theme.warning) ?? theme.warning) : colour;
    c.fillRect(x0, y, x1 - x0, BAR);
    c.globalAlpha = 1;
    c.strokeStyle = eats ? theme.warning : colour;
    c.lineWidth = 1;
    c.strokeRect(x0 + 0.5, y + 0.5, Math.max(1, x1 - x0 - 1), BAR - 1);
    from = to + 1;
  }
}

function triangle({ c }: Pen, x: number, y: number, colour: string): void {
  c.fillStyle = colour;
  c.beginPath();
  c.moveTo(x, y - 7);
  c.lineTo(x + 6, y + 4);
  c.lineTo(x - 6, y + 4);
  c.closePath();
  c.fill();
}

function cross({ c }: Pen, x: number, y: number, colour: string): void {
  c.strokeStyle = colour;
  c.lineWidth = 2;
  c.beginPath();
  for (const side of [-1, 1]) {
    c.moveTo(x - 5, y - 5 * side);
    c.lineTo(x + 5, y + 5 * side);
  }
  c.stroke();
}

/** In as many lines as it takes beside a map. Answers where the rest may begin. */
function paintLegend(pen: Pen, looks: readonly Look[], width: number, worlds: readonly CurveWorld[]): number {
  const { c, theme } = pen;
  const font = theme.font(10.5);
  let at = LEFT;
  let line = 13;
  const item = (room: number, label: string, draw: (x: number, y: number) => void): void => {
    const end = at + room + 6 + pen.measure(label, font);
    if (end > width - RIGHT && at > LEFT) {
      at = LEFT;
      line += LEGEND;
    }
    draw(at, line);
    pen.text(label, at + room + 6, line, font, theme.text);
    at += room + 6 + pen.measure(label, font) + 14;
  };
  for (const { name, colour, line: thick } of looks)
    item(20, name, (x, y) => {
      c.globalAlpha = thick > 3 ? 0.45 : 1;
      c.fillStyle = colour;
      c.fillRect(x, y - thick / 2, 20, thick);
      c.globalAlpha = 1;
    });
  if (worlds.some(({ points }) => points.some((p) => p.eats)))
    item(12, t('a hotplug range is eaten'), (x, y) => triangle(pen, x + 6, y, theme.warning));
  if (worlds.some(({ failed }) => failed)) item(12, t('the search fails'), (x, y) => cross(pen, x + 6, y, theme.text));
  return line + 2 * LEGEND;
}
