import { ADVANCE, glyphOf } from './glyphs.ts';
import type { Canvas, Surface, Tile } from './surface.ts';
import { fontOf } from './svg.ts';

/*
 * A canvas of our own, for PNG where there is no screen. Paths become polygons; a polygon is filled by how much of each
 * pixel it covers, summed along the rows from what its edges add and take (as Raph Levien's font-rs does).
 */

interface Pattern {
  readonly width: number;
  readonly alpha: Float32Array;
  readonly colour: Colour;
}
type Colour = readonly [red: number, green: number, blue: number, alpha: number];
type Polygon = number[];

/** More pixels than this are not drawn: 64 million, a wall poster. */
const MAX_PIXELS = 1 << 26;

export class RasterSurface implements Surface {
  readonly canvas: RasterCanvas;
  readonly #ratio: number;

  /** `width` and `height` in the units that are drawn in, `ratio` pixels each. */
  constructor(width: number, height: number, ratio: number, background: string) {
    const most = Math.sqrt(MAX_PIXELS / Math.max(1, width * height));
    this.#ratio = Math.min(ratio, most);
    this.canvas = new RasterCanvas(Math.ceil(width * this.#ratio), Math.ceil(height * this.#ratio), this.#ratio);
    this.canvas.fillStyle = background;
    this.canvas.fillRect(0, 0, width, height);
  }

  tile({ size, colour, filled, draw }: Tile): unknown {
    const width = Math.max(1, Math.round(size * this.#ratio));
    const canvas = new RasterCanvas(width, width, width / size);
    canvas.fillStyle = canvas.strokeStyle = '#ffffff';
    canvas.beginPath();
    draw(canvas);
    if (filled) canvas.fill();
    else canvas.stroke();
    const alpha = Float32Array.from({ length: width * width }, (_, i) => canvas.data[4 * i]! / 255);
    return { width, alpha, colour: colourOf(colour) } satisfies Pattern;
  }

  within(x: number, y: number, width: number, height: number, draw: () => void): void {
    this.canvas.within(x, y, width, height, draw);
  }
}

class RasterCanvas implements Canvas {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha of each pixel, in rows from the top. */
  readonly data: Uint8ClampedArray;
  fillStyle: unknown = '#000000';
  strokeStyle: unknown = '#000000';
  globalAlpha = 1;
  lineWidth = 1;
  font = '400 12px sans-serif';
  textAlign = 'left';
  textBaseline = 'middle';
  readonly #ratio: number;
  #figures: { readonly points: Polygon; closed: boolean }[] = [];
  #dash: readonly number[] = [];
  #left = 0;
  #top = 0;
  /** What is drawn outside of it is lost, in pixels. */
  #clip: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number };

  constructor(width: number, height: number, ratio: number) {
    this.width = width;
    this.height = height;
    this.data = new Uint8ClampedArray(width * height * 4);
    this.#ratio = ratio;
    this.#clip = { x0: 0, y0: 0, x1: width, y1: height };
  }

  within(x: number, y: number, width: number, height: number, draw: () => void): void {
    const outer = this.#clip;
    this.#clip = {
      x0: Math.max(outer.x0, Math.round(this.#x(x))),
      y0: Math.max(outer.y0, Math.round(this.#y(y))),
      x1: Math.min(outer.x1, Math.round(this.#x(x + width))),
      y1: Math.min(outer.y1, Math.round(this.#y(y + height))),
    };
    draw();
    this.#clip = outer;
  }

  translate(x: number, y: number): void {
    this.#left += x;
    this.#top += y;
  }
  beginPath(): void {
    this.#figures = [];
  }
  closePath(): void {
    const last = this.#figures.at(-1);
    if (last) last.closed = true;
  }
  moveTo(x: number, y: number): void {
    this.#figures.push({ points: [this.#x(x), this.#y(y)], closed: false });
  }
  lineTo(x: number, y: number): void {
    const last = this.#figures.at(-1);
    if (!last || last.closed) this.moveTo(x, y);
    else last.points.push(this.#x(x), this.#y(y));
  }
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    const { points } = this.#figures.at(-1)!;
    const [x0, y0] = [points.at(-2)! / this.#ratio - this.#left, points.at(-1)! / this.#ratio - this.#top];
    for (let i = 1; i <= 16; i++) {
      const [t, u] = [i / 16, 1 - i / 16];
      const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
      this.lineTo(a * x0 + b * x1 + c * x2 + d * x, a * y0 + b * y1 + c * y2 + d * y);
    }
  }
  arc(x: number, y: number, radius: number, from: number, to: number): void {
    for (let i = 0; i <= 24; i++) {
      const angle = from + ((to - from) * i) / 24;
      const [px, py] = [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
      if (i === 0) this.moveTo(px, py);
      else this.lineTo(px, py);
    }
    this.closePath();
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.moveTo(x, y);
    this.lineTo(x + width, y);
    this.lineTo(x + width, y + height);
    this.lineTo(x, y + height);
    this.closePath();
  }
  roundRect(x: number, y: number, width: number, height: number, radius: number): void {
    if (radius <= 0) {
      this.rect(x, y, width, height);
      return;
    }
    const corners = [
      [x + width - radius, y + radius, -Math.PI / 2],
      [x + width - radius, y + height - radius, 0],
      [x + radius, y + height - radius, Math.PI / 2],
      [x + radius, y + radius, Math.PI],
    ] as const;
    this.moveTo(x + radius, y);
    for (const [cx, cy, from] of corners)
      for (let i = 0; i <= 4; i++) {
        const angle = from + (i * Math.PI) / 8;
        this.lineTo(cx + radius * Math.cos(angle), cy + radius * Math.sin(angle));
      }
    this.closePath();
  }
  setLineDash(lengths: number[]): void {
    this.#dash = lengths;
  }

  fill(): void {
    this.#cover(
      this.#figures.map(({ points }) => points),
      this.fillStyle,
    );
  }
  stroke(): void {
    const quads: Polygon[] = [];
    const half = (this.lineWidth * this.#ratio) / 2;
    for (const { points, closed } of this.#figures) {
      const line = closed ? [...points, points[0]!, points[1]!] : points;
      for (const [x0, y0, x1, y1] of this.#dashed(line)) quads.push(quad(x0, y0, x1, y1, half));
    }
    this.#cover(quads, this.strokeStyle);
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    const [x0, y0, x1, y1] = [this.#x(x), this.#y(y), this.#x(x + width), this.#y(y + height)];
    this.#cover([[x0, y0, x1, y0, x1, y1, x0, y1]], this.fillStyle);
  }
  strokeRect(x: number, y: number, width: number, height: number): void {
    this.beginPath();
    this.rect(x, y, width, height);
    this.stroke();
  }
  fillText(text: string, x: number, y: number): void {
    const { weight, size } = fontOf(this.font);
    const dot = this.#dot(size);
    const shown = [...text];
    const width = shown.length * ADVANCE * dot;
    const from = Math.round(
      this.#x(x) - (this.textAlign === 'center' ? width / 2 : this.textAlign === 'right' ? width : 0),
    );
    const top = Math.round(this.#y(y) - 3.5 * dot);
    const bold = weight >= 600 ? Math.max(1, Math.round(dot / 2)) : 0;
    const paint = paintOf(this.fillStyle);
    for (const [i, char] of shown.entries())
      for (const [column, dots] of glyphOf(char).entries())
        for (let row = 0; row < 8; row++)
          if (dots & (1 << row))
            this.#block(from + (i * ADVANCE + column) * dot, top + row * dot, dot + bold, dot, paint);
  }
  measureText(text: string): { readonly width: number } {
    return { width: ([...text].length * ADVANCE * this.#dot(fontOf(this.font).size)) / this.#ratio };
  }

  #x(x: number): number {
    return (x + this.#left) * this.#ratio;
  }
  #y(y: number): number {
    return (y + this.#top) * this.#ratio;
  }
  /** Pixels for a dot of the font, whole ones, so that letters are crisp. */
  #dot(size: number): number {
    return Math.max(1, Math.round((size * this.#ratio) / 10.5));
  }

  #block(x: number, y: number, width: number, height: number, paint: Colour | Pattern): void {
    const clip = this.#clip;
    for (let py = Math.max(clip.y0, y); py < Math.min(clip.y1, y + height); py++)
      for (let px = Math.max(clip.x0, x); px < Math.min(clip.x1, x + width); px++) this.#blend(px, py, 1, paint);
  }

  /** The straight pieces of a line, cut by the dash pattern. */
  *#dashed(points: Polygon): Generator<readonly [number, number, number, number]> {
    const lengths = this.#dash.map((length) => length * this.#ratio);
    const period = lengths.reduce((sum, length) => sum + length, 0);
    let gone = 0;
    for (let i = 0; i + 3 < points.length; i += 2) {
      const [x0, y0, x1, y1] = [points[i]!, points[i + 1]!, points[i + 2]!, points[i + 3]!];
      const length = Math.hypot(x1 - x0, y1 - y0);
      if (length === 0) continue;
      if (period <= 0) {
        yield [x0, y0, x1, y1];
        continue;
      }
      const at = (t: number) => [x0 + ((x1 - x0) * t) / length, y0 + ((y1 - y0) * t) / length] as const;
      for (let from = 0; from < length; ) {
        let inside = (gone + from) % period;
        let k = 0;
        while (inside >= lengths[k]!) inside -= lengths[k++]!;
        const to = Math.min(length, from + Math.max(lengths[k]! - inside, 0.01));
        if (k % 2 === 0) yield [...at(from), ...at(to)];
        from = to;
      }
      gone += length;
    }
  }

  #cover(polygons: readonly Polygon[], style: unknown): void {
    let [x0, y0, x1, y1] = [this.width, this.height, 0, 0];
    for (const points of polygons)
      for (let i = 0; i < points.length; i += 2) {
        x0 = Math.min(x0, points[i]!);
        x1 = Math.max(x1, points[i]!);
        y0 = Math.min(y0, points[i + 1]!);
        y1 = Math.max(y1, points[i + 1]!);
      }
    const clip = this.#clip;
    const [left, top] = [Math.max(clip.x0, Math.floor(x0)), Math.max(clip.y0, Math.floor(y0))];
    const [right, bottom] = [Math.min(clip.x1, Math.ceil(x1)), Math.min(clip.y1, Math.ceil(y1))];
    const [width, height] = [right - left, bottom - top];
    if (width <= 0 || height <= 0) return;
    const sums = new Float32Array((width + 2) * height);
    const clampX = (x: number) => Math.max(0, Math.min(width, x - left));
    for (const points of polygons) {
      const n = points.length;
      for (let i = 0; i < n; i += 2) {
        const j = (i + 2) % n;
        addEdge(
          sums,
          width + 2,
          height,
          clampX(points[i]!),
          points[i + 1]! - top,
          clampX(points[j]!),
          points[j + 1]! - top,
        );
      }
    }
    const paint = paintOf(style);
    for (let y = 0; y < height; y++) {
      let sum = 0;
      for (let x = 0; x < width; x++) {
        sum += sums[y * (width + 2) + x]!;
        const coverage = Math.min(1, Math.abs(sum));
        if (coverage > 0.003) this.#blend(left + x, top + y, coverage, paint);
      }
    }
  }

  #blend(x: number, y: number, coverage: number, paint: Colour | Pattern): void {
    let colour: Colour;
    let alpha = coverage * this.globalAlpha;
    if ('alpha' in paint) {
      colour = paint.colour;
      alpha *= paint.alpha[(y % paint.width) * paint.width + (x % paint.width)]!;
    } else colour = paint;
    alpha *= colour[3];
    const { data } = this;
    const at = (y * this.width + x) * 4;
    for (let i = 0; i < 3; i++) data[at + i] = data[at + i]! * (1 - alpha) + colour[i]! * alpha;
    data[at + 3] = data[at + 3]! * (1 - alpha) + 255 * alpha;
  }
}

/** A piece of a line as a quadrangle, always turning the same way, so that pieces that overlap do not cancel out. */
function quad(x0: number, y0: number, x1: number, y1: number, half: number): Polygon {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const [dx, dy] = [((x1 - x0) / length) * half, ((y1 - y0) / length) * half];
  return [x0 + dy, y0 - dx, x1 + dy, y1 - dx, x1 - dy, y1 + dx, x0 - dy, y0 + dx];
}

/** Adds what an edge covers to the right of it, row by row. */
function addEdge(
  sums: Float32Array,
  stride: number,
  height: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): void {
  if (ay === by) return;
  const sign = ay < by ? 1 : -1;
  const [x0, y0, x1, y1] = ay < by ? [ax, ay, bx, by] : [bx, by, ax, ay];
  const slope = (x1 - x0) / (y1 - y0);
  let x = y0 < 0 ? x0 - y0 * slope : x0;
  for (let row = Math.max(0, Math.floor(y0)); row < Math.min(height, Math.ceil(y1)); row++) {
    const dy = Math.min(row + 1, y1) - Math.max(row, y0, 0);
    const next = x + slope * dy;
    const d = dy * sign;
    const [from, to] = x < next ? [x, next] : [next, x];
    const first = Math.floor(from);
    const last = Math.ceil(to);
    const base = row * stride;
    if (last <= first + 1) {
      const middle = 0.5 * (from + to) - first;
      sums[base + first]! += d - d * middle;
      sums[base + first + 1]! += d * middle;
    } else {
      const s = 1 / (to - from);
      // The area right of the edge in each pixel that it crosses; each pixel adds what the one before did not have.
      let before = 0;
      for (let px = first; px < last; px++) {
        const [a, b] = [Math.max(from, px), Math.min(to, px + 1)];
        const area = s * (b - a) * (px + 1 - (a + b) / 2) + s * (a - from);
        sums[base + px]! += d * (area - before);
        before = area;
      }
      sums[base + last]! += d * (1 - before);
    }
    x = next;
  }
}

function paintOf(style: unknown): Colour | Pattern {
  return typeof style === 'string' ? colourOf(style) : (style as Pattern);
}

/** `#rrggbb` and `#rrggbbaa`; the themes that are drawn here have no others. */
function colourOf(text: string): Colour {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})?$/i.exec(text);
  if (!match) return [0, 0, 0, 1];
  const [red, green, blue, alpha = 255] = match.slice(1).flatMap((hex) => (hex ? [Number.parseInt(hex, 16)] : []));
  return [red!, green!, blue!, alpha / 255];
}
