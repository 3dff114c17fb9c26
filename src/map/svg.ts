import type { Canvas, Surface, Tile } from './surface.ts';

/*
 * Drawing as SVG text. Colours and fonts are attributes; no style sheet, no script, nothing outside. Names come from
 * strangers: every text is escaped.
 */

export type Measure = (text: string, font: string) => number;

export class SvgSurface implements Surface {
  readonly canvas: SvgCanvas;
  readonly #defs: string[] = [];

  constructor(measure: Measure = measureHelvetica) {
    this.canvas = new SvgCanvas(measure);
  }

  tile({ size, colour, filled, draw }: Tile): unknown {
    const canvas = new SvgCanvas(() => 0);
    canvas.fillStyle = canvas.strokeStyle = colour;
    canvas.lineWidth = 1;
    canvas.beginPath();
    draw(canvas);
    if (filled) canvas.fill();
    else canvas.stroke();
    const id = `p${this.#defs.length}`;
    this.#defs.push(
      `<pattern id="${id}" width="${size}" height="${size}" patternUnits="userSpaceOnUse">${canvas.text}</pattern>`,
    );
    return `url(#${id})`;
  }

  within(x: number, y: number, width: number, height: number, draw: () => void): void {
    const id = `c${this.#defs.length}`;
    this.#defs.push(`<clipPath id="${id}">${this.canvas.box(x, y, width, height)}</clipPath>`);
    this.canvas.group(id, draw);
  }

  /** The whole document. */
  document(width: number, height: number, background: string, title: string, description: string): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d">
<title id="t">${escaped(title)}</title>
<desc id="d">${escaped(description)}</desc>
<defs>${this.#defs.join('')}<clipPath id="all"><rect width="${width}" height="${height}"/></clipPath></defs>
<rect width="${width}" height="${height}" fill="${escaped(background)}"/>
<g clip-path="url(#all)">
${this.canvas.text}
</g>
</svg>
`;
  }
}

class SvgCanvas implements Canvas {
  fillStyle: unknown = '#000000';
  strokeStyle: unknown = '#000000';
  globalAlpha = 1;
  lineWidth = 1;
  font = '400 12px sans-serif';
  textAlign = 'left';
  textBaseline = 'middle';
  readonly #measure: Measure;
  readonly #out: string[] = [];
  #path: string[] = [];
  #dash: readonly number[] = [];
  #left = 0;
  #top = 0;
  /** Between the current point and nothing: the next point begins a new figure. */
  #open = false;

  constructor(measure: Measure) {
    this.#measure = measure;
  }

  get text(): string {
    return this.#out.join('\n');
  }

  translate(x: number, y: number): void {
    this.#left += x;
    this.#top += y;
  }
  beginPath(): void {
    this.#path = [];
    this.#open = false;
  }
  closePath(): void {
    this.#path.push('Z');
    this.#open = false;
  }
  moveTo(x: number, y: number): void {
    this.#path.push(`M${this.#at(x, y)}`);
    this.#open = true;
  }
  lineTo(x: number, y: number): void {
    this.#path.push(`${this.#open ? 'L' : 'M'}${this.#at(x, y)}`);
    this.#open = true;
  }
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#path.push(`C${this.#at(x1, y1)} ${this.#at(x2, y2)} ${this.#at(x, y)}`);
  }
  /** Whole circles only. */
  arc(x: number, y: number, radius: number): void {
    const r = round(radius);
    this.#path.push(
      `M${this.#at(x - radius, y)}A${r} ${r} 0 1 1 ${this.#at(x + radius, y)}A${r} ${r} 0 1 1 ${this.#at(x - radius, y)}Z`,
    );
    this.#open = false;
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.#path.push(`M${this.#at(x, y)}h${round(width)}v${round(height)}h${round(-width)}Z`);
    this.#open = false;
  }
  roundRect(x: number, y: number, width: number, height: number, radius: number): void {
    const r = round(radius);
    const arc = (dx: number, dy: number) => `a${r} ${r} 0 0 1 ${round(dx)} ${round(dy)}`;
    const [w, h] = [round(width - 2 * radius), round(height - 2 * radius)];
    this.#path.push(
      `M${this.#at(x + radius, y)}h${w}${arc(radius, radius)}v${h}${arc(-radius, radius)}h${-w}${arc(-radius, -radius)}v${-h}${arc(radius, -radius)}Z`,
    );
    this.#open = false;
  }
  fill(): void {
    if (this.#path.length > 0) this.#put(`<path d="${this.#path.join('')}"${this.#paint('fill', this.fillStyle)}/>`);
  }
  stroke(): void {
    if (this.#path.length === 0) return;
    const width = this.lineWidth === 1 ? '' : ` stroke-width="${round(this.lineWidth)}"`;
    const dash = this.#dash.length > 0 ? ` stroke-dasharray="${this.#dash.map(round).join(' ')}"` : '';
    this.#put(
      `<path d="${this.#path.join('')}" fill="none"${this.#paint('stroke', this.strokeStyle)}${width}${dash}/>`,
    );
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    this.#put(this.box(x, y, width, height, this.#paint('fill', this.fillStyle)));
  }
  /** A rectangle as an element. */
  box(x: number, y: number, width: number, height: number, paint = ''): string {
    const at = `x="${round(x + this.#left)}" y="${round(y + this.#top)}"`;
    const size = `width="${round(Math.max(0, width))}" height="${round(Math.max(0, height))}"`;
    return `<rect ${at} ${size}${paint}/>`;
  }
  group(clip: string, draw: () => void): void {
    this.#put(`<g clip-path="url(#${clip})">`);
    draw();
    this.#put('</g>');
  }
  strokeRect(x: number, y: number, width: number, height: number): void {
    this.beginPath();
    this.rect(x, y, width, height);
    this.stroke();
  }
  setLineDash(lengths: number[]): void {
    this.#dash = lengths;
  }
  fillText(text: string, x: number, y: number): void {
    const { weight, size, family } = fontOf(this.font);
    const anchor = this.textAlign === 'center' ? 'middle' : this.textAlign === 'right' ? 'end' : '';
    this.#put(
      // The middle of small letters lies this far above the base line, in every common font.
      `<text x="${round(x + this.#left)}" y="${round(y + this.#top + size * 0.35)}" font-family="${escaped(family)}" font-size="${size}"` +
        `${weight > 400 ? ` font-weight="${weight}"` : ''}${anchor ? ` text-anchor="${anchor}"` : ''}` +
        `${this.#paint('fill', this.fillStyle)}>${escaped(text)}</text>`,
    );
  }
  measureText(text: string): { readonly width: number } {
    return { width: this.#measure(text, this.font) };
  }

  #paint(name: 'fill' | 'stroke', value: unknown): string {
    const opacity = this.globalAlpha === 1 ? '' : ` ${name}-opacity="${round(this.globalAlpha)}"`;
    return ` ${name}="${escaped(String(value))}"${opacity}`;
  }
  #put(element: string): void {
    this.#out.push(element);
  }
  #at(x: number, y: number): string {
    return `${round(x + this.#left)} ${round(y + this.#top)}`;
  }
}

const round = (n: number): number => Math.round(n * 100) / 100;

export function fontOf(font: string): { weight: number; size: number; family: string } {
  const match = /^(\d+) ([\d.]+)px (.*)$/.exec(font);
  return match
    ? { weight: Number(match[1]), size: Number(match[2]), family: match[3]! }
    : { weight: 400, size: 12, family: 'sans-serif' };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** What XML cannot hold, control characters and lone surrogates, becomes U+FFFD. */
const escapable = /[&<>"'\ufffe\uffff]|\p{Cc}|\p{Cs}/gu;

const escaped = (text: string): string => text.replace(escapable, (c) => entities[c] ?? '\ufffd');

/** Advance widths of Helvetica for U+0020 to U+007E, in thousandths of the size (Adobe's font metrics). */
const widths = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];
/** Other fonts may stand in for Helvetica, and bold is wider. */
const REGULAR = 1.05;
const BOLD = 1.13;

/** Width in pixels where nothing can measure. */
export function measureHelvetica(text: string, font: string): number {
  const { weight, size, family } = fontOf(font);
  if (/mono/i.test(family)) return text.length * size * 0.602;
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum += widths[text.charCodeAt(i) - 32] ?? 600;
  return (sum / 1000) * size * (weight >= 600 ? BOLD : REGULAR);
}
