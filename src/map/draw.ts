import type { Kind } from './facts.ts';
import type { Canvas, Surface } from './surface.ts';
import type { Theme } from './theme.ts';

type Mark = Kind | 'hotplug' | 'changed' | 'hole';

/** Marks of kinds that do without colour. RAM, the most common, stays plain. */
const patterns: Partial<Record<Mark, (c: Canvas, s: number) => void>> = {
  reserved: (c, s) => diagonal(c, s),
  hotplug: (c, s) => diagonal(c, s),
  hole: (c, s) => diagonal(c, s),
  changed: (c, s) => {
    c.moveTo(0, 0);
    c.lineTo(s, s);
    c.moveTo(-1, s - 1);
    c.lineTo(1, s + 1);
    c.moveTo(s - 1, -1);
    c.lineTo(s + 1, 1);
  },
  cxl: (c, s) => c.rect(s / 2 - 0.5, s / 2 - 0.5, 1, 1),
  pci: (c, s) => line(c, 0, 0, s, s),
  other: (c, s) => {
    line(c, 0, s / 2, s / 2, s / 2);
    line(c, s / 2, s / 2, s / 2, s);
  },
  pmem: (c, s) => line(c, 0, s / 2, s, s / 2),
  virtio: (c, s) => line(c, s / 2, 0, s / 2, s),
  device: (c, s) => {
    line(c, s / 2, 0, s / 2, s);
    line(c, 0, s / 2, s, s / 2);
  },
  kernel: (c, s) => {
    c.rect(1, 1, 1, 1);
    c.rect(s / 2 + 1, s / 2 + 1, 1, 1);
  },
};

function diagonal(c: Canvas, s: number): void {
  line(c, 0, s, s, 0);
  line(c, -1, 1, 1, -1);
  line(c, s - 1, s + 1, s + 1, s - 1);
}
function line(c: Canvas, x0: number, y0: number, x1: number, y1: number): void {
  c.moveTo(x0, y0);
  c.lineTo(x1, y1);
}

/** Kinds that a colour tells well enough: their marks are for high contrast. */
const coloured: ReadonlySet<Mark> = new Set(['pci', 'other']);

/** Drawing in one theme on one surface. Keeps what is costly: patterns and widths of texts. */
export class Pen {
  readonly c: Canvas;
  readonly theme: Theme;
  readonly #surface: Surface;
  readonly #patterns = new Map<string, unknown>();
  readonly #widths = new Map<string, number>();

  constructor(surface: Surface, theme: Theme) {
    this.c = surface.canvas;
    this.theme = theme;
    this.#surface = surface;
  }

  /** A value for `fillStyle`; undefined for a kind without a mark. */
  pattern(name: Mark, colour: string): unknown {
    const draw = patterns[name];
    if (!draw) return undefined;
    const key = `${name} ${colour}`;
    let made = this.#patterns.get(key);
    if (made === undefined) {
      const size =
        name === 'hotplug' ? 10 : name === 'hole' ? 5 : name === 'cxl' || name === 'pmem' || name === 'virtio' ? 5 : 7;
      const filled = name === 'cxl' || name === 'kernel';
      made = this.#surface.tile({ size, colour, filled, draw: (canvas) => draw(canvas, size) });
      this.#patterns.set(key, made);
    }
    return made;
  }

  /** Fills with a kind's colour and mark; in high contrast with the mark alone. */
  fill(kind: Kind, x: number, y: number, width: number, height: number, strength: number): void {
    const { c, theme } = this;
    const colour = theme.kinds[kind];
    this.path(x, y, width, height);
    if (!theme.contrast) {
      c.globalAlpha = strength;
      c.fillStyle = colour;
      c.fill();
    }
    const marked = width > 6 && (theme.contrast || !coloured.has(kind));
    const pattern = marked ? this.pattern(kind, theme.contrast ? theme.text : colour) : undefined;
    if (pattern) {
      c.globalAlpha = theme.contrast ? 0.45 : 0.35;
      c.fillStyle = pattern;
      c.fill();
    }
    c.globalAlpha = 1;
  }

  path(x: number, y: number, width: number, height: number, radius = 3): void {
    this.c.beginPath();
    this.c.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
  }

  measure(text: string, font: string): number {
    const key = `${font}|${text}`;
    let width = this.#widths.get(key);
    if (width === undefined) {
      // Names come from outside: what is kept is bounded.
      if (this.#widths.size > 20_000) this.#widths.clear();
      this.c.font = font;
      width = this.c.measureText(text).width;
      this.#widths.set(key, width);
    }
    return width;
  }

  /** The text, cut with an ellipsis to fit; undefined where not even three letters would. */
  fit(text: string, font: string, room: number): string | undefined {
    const width = this.measure(text, font);
    if (width <= room) return text;
    if (room < 26) return undefined;
    const keep = Math.floor((text.length * (room - this.measure('…', font))) / width);
    if (keep < 3) return undefined;
    for (let n = keep; n >= 3; n--) {
      const cut = `${text.slice(0, n).trimEnd()}…`;
      if (this.measure(cut, font) <= room) return cut;
    }
    return undefined;
  }

  text(
    text: string,
    x: number,
    y: number,
    font: string,
    colour: string,
    align: 'left' | 'center' | 'right' = 'left',
  ): void {
    const { c } = this;
    c.font = font;
    c.fillStyle = colour;
    c.textAlign = align;
    c.textBaseline = 'middle';
    c.fillText(text, x, y);
  }

  /** Text on a plate of the background, for text over lines. */
  plate(text: string, x: number, y: number, font: string, colour: string, align: 'left' | 'center' | 'right'): void {
    const width = this.measure(text, font);
    const from = align === 'left' ? x : align === 'right' ? x - width : x - width / 2;
    this.c.globalAlpha = 0.86;
    this.c.fillStyle = this.theme.background;
    this.c.fillRect(from - 3, y - 8, width + 6, 16);
    this.c.globalAlpha = 1;
    this.text(text, from, y, font, colour);
  }

  vertical(x: number, y0: number, y1: number, colour: string, dash: readonly number[] = []): void {
    const { c } = this;
    const at = Math.round(x) + 0.5;
    c.strokeStyle = colour;
    c.lineWidth = 1;
    c.setLineDash([...dash]);
    c.beginPath();
    c.moveTo(at, y0);
    c.lineTo(at, y1);
    c.stroke();
    c.setLineDash([]);
  }
}

/** Keeps texts of one line apart: the first to ask gets its place. */
export class Places {
  readonly #taken: [number, number][] = [];

  isFree(from: number, to: number): boolean {
    return !this.#taken.some(([a, b]) => from < b && to > a);
  }

  take(from: number, to: number): boolean {
    if (!this.isFree(from, to)) return false;
    this.#taken.push([from, to]);
    return true;
  }
}
