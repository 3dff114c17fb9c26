import { IORESOURCE_SYSRAM } from '../model/flags.ts';
import { Rows } from './boxes.ts';
import { Pen, Places } from './draw.ts';
import { type Kind, kindNames, kindOf } from './facts.ts';
import { type Layout, makeLayout, type Showing } from './layout.ts';
import { DESC, FLAGS, NAME, WORDS } from './pack.ts';
import { paintMap } from './paint.ts';
import { differenceText } from './paint-difference.ts';
import { type Deflate, encodePng } from './png.ts';
import { RasterSurface } from './raster.ts';
import { makeScale, type ScaleMode } from './scale.ts';
import type { Scene } from './scene.ts';
import type { Surface } from './surface.ts';
import { type Measure, SvgSurface } from './svg.ts';
import type { Theme } from './theme.ts';
import { View } from './view.ts';

/*
 * The map as one still picture: title, map, findings, legend. What the window shows, without a window.
 */

export interface PictureOptions {
  readonly width: number;
  readonly mode: ScaleMode;
  readonly showing: Showing;
  readonly theme: Theme;
  /** What is in sight; all of it if absent. */
  readonly view?: { readonly left: bigint; readonly right: bigint };
}

/** Space around the map. */
const MARGIN = 16;
const HEAD = 50;
const LINE = 18;
const SWATCH = 22;

interface Plan {
  readonly options: PictureOptions;
  readonly scene: Scene;
  readonly layout: Layout;
  readonly width: number;
  readonly height: number;
}

function plan(scene: Scene, options: PictureOptions): Plan {
  // A still picture has no divider to move, and the page is narrow.
  const showing = options.showing === 'side' || options.showing === 'over' ? 'both' : options.showing;
  const layout = makeLayout(scene, showing, Number.POSITIVE_INFINITY);
  const width = Math.max(320, Math.round(options.width));
  const findings = scene.pins.length === 0 ? 0 : scene.pins.length * LINE + 8;
  return { options, scene, layout, width, height: HEAD + layout.height + findings + 2 * LINE + MARGIN + 8 };
}

/** In the units that are drawn in. */
export function sizeOfPicture(
  scene: Scene,
  options: PictureOptions,
): { readonly width: number; readonly height: number } {
  const { width, height } = plan(scene, options);
  return { width, height };
}

/** Draws over a background that is there already. */
export function drawPicture(scene: Scene, options: PictureOptions, surface: Surface): void {
  paint(plan(scene, options), surface);
}

/** `measure`: widths of texts, where something can tell them. */
export function svgOf(scene: Scene, options: PictureOptions, measure?: Measure): string {
  const made = plan(scene, options);
  const surface = new SvgSurface(measure);
  paint(made, surface);
  const description = scene.single ? 'Physical memory' : scene.same ? 'No difference' : differenceText(scene);
  return surface.document(made.width, made.height, options.theme.background, scene.title, description);
}

/** `ratio`: pixels of the picture for one of the map. */
export function pngOf(scene: Scene, options: PictureOptions, ratio: number, deflate: Deflate): Uint8Array {
  const made = plan(scene, options);
  const surface = new RasterSurface(made.width, made.height, ratio, options.theme.background);
  paint(made, surface);
  const { width, height, data } = surface.canvas;
  return encodePng(width, height, data, deflate);
}

function paint({ options, scene, layout, width, height }: Plan, surface: Surface): void {
  const { theme } = options;
  const pen = new Pen(surface, theme);
  const { c } = pen;
  const inner = width - 2 * MARGIN;
  const title = pen.fit(scene.title, theme.font(16, 600), inner);
  if (title) pen.text(title, MARGIN, 20, theme.font(16, 600), theme.text);
  const about = pen.fit(scene.about.map(([name, value]) => `${name} ${value}`).join(' · '), theme.font(11.5), inner);
  if (about) pen.text(about, MARGIN, 39, theme.font(11.5), theme.faint);
  const scale = makeScale(options.mode, scene);
  const view = new View(scale, inner);
  if (options.view) view.show(options.view.left, options.view.right, 0);
  c.translate(MARGIN, HEAD);
  paintMap(pen, scene, view, layout, (lane) => new Rows(lane, scale), {
    selected: undefined,
    hovered: undefined,
    hoveredTry: undefined,
    pin: undefined,
    pointer: undefined,
  });
  c.translate(-MARGIN, -HEAD);
  let y = HEAD + layout.height + LINE / 2;
  for (const { number, finding, shown } of scene.pins) {
    const colour = finding.class === 'fixed' ? theme.added : finding.severity === 'error' ? theme.error : theme.warning;
    const text = `${number}. ${finding.class} ${finding.rule}: ${shown.message}`;
    const line = pen.fit(text, theme.font(12), inner);
    if (line) pen.text(line, MARGIN, y, theme.font(12), theme.contrast ? theme.text : colour);
    y += LINE;
  }
  paintLegend(pen, scene, height - MARGIN - LINE, width);
}

function paintLegend(pen: Pen, scene: Scene, y: number, width: number): void {
  const { c, theme } = pen;
  const font = theme.font(11);
  const places = new Places();
  let x = MARGIN;
  const item = (draw: (x: number) => void, label: string, room = SWATCH) => {
    const end = x + room + 6 + pen.measure(label, font);
    if (end > width - MARGIN || !places.take(x, end)) return;
    draw(x);
    pen.text(label, x + room + 6, y, font, theme.faint);
    x = end + 14;
  };
  const box = (kind: Kind, busy: boolean) => (at: number) => {
    pen.fill(kind, at, y - 7, SWATCH, 14, busy ? 0.42 : 0.16);
    c.strokeStyle = theme.contrast ? theme.line : busy ? theme.kinds[kind] : theme.faint;
    c.lineWidth = 1;
    if (!busy) c.setLineDash([3, 2]);
    pen.path(at + 0.5, y - 6.5, SWATCH - 1, 13);
    c.stroke();
    c.setLineDash([]);
  };
  for (const kind of kindsOf(scene)) item(box(kind, true), kindNames[kind]);
  item(box('other', false), 'not busy');
  if (scene.lanes.before.tries.length + scene.lanes.after.tries.length > 0)
    item((at) => pen.text('×', at, y, font, theme.removed), 'tried', 6);
}

/** Kinds that occur, in the order of their names' table. */
export function kindsOf(scene: Scene): Kind[] {
  const kinds = new Set<Kind>();
  for (const { words, names } of scene.trees) {
    // Names repeat: each is looked at once for each way in which it occurs.
    const seen = new Uint8Array(names.length * WAYS);
    for (let at = 0; at < words.length; at += WORDS) {
      const flags = words[at + FLAGS]!;
      const key = words[at + NAME]! * WAYS + (words[at + DESC]! & 15) * 2 + (flags & SYSRAM ? 1 : 0);
      if (seen[key]) continue;
      seen[key] = 1;
      kinds.add(kindOf({ name: names[words[at + NAME]!]!, flags: BigInt(flags), desc: words[at + DESC]! }));
    }
  }
  return (Object.keys(kindNames) as Kind[]).filter((kind) => kinds.has(kind));
}
const SYSRAM = Number(IORESOURCE_SYSRAM);
/** A name's ways to occur: desc, of which there are nine (include/linux/ioport.h), and SYSRAM or not. */
const WAYS = 32;
