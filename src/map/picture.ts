import { IORESOURCE_SYSRAM } from '../model/flags.ts';
import { Rows } from './boxes.ts';
import { Pen, Places } from './draw.ts';
import { type Kind, kindNames, kindOf } from './facts.ts';
import { headlineOf } from './headline.ts';
import { t } from './language.ts';
import { type Layout, makeLayout, type Showing } from './layout.ts';
import { addressText } from './numbers.ts';
import { DESC, FLAGS, NAME, WORDS } from './pack.ts';
import { paintMap } from './paint.ts';
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
  /** Of before over after: where the one ends and the other begins, from 0 to 1. Default: in the middle. */
  readonly divider?: number;
  /** What is in sight; all of it if absent. */
  readonly view?: { readonly left: bigint; readonly right: bigint };
}

/** Space around the map. */
const MARGIN = 16;
const HEAD = 50;
const LINE = 18;
const SWATCH = 22;

/** Between two maps that stand side by side. */
export const GUTTER = 18;

/** A part of the map that shows one layout: all of it, one side, or one side of the divider. */
export interface Pane {
  readonly layout: Layout;
  /** Where its view begins, and what of the width it takes. */
  readonly dx: number;
  readonly from: number;
  readonly to: number;
}

/** The panes of a map of this width, from left to right; their views have the width of {@link viewWidth}. */
export function panesOf(scene: Scene, showing: Showing, width: number, room: number, divider: number): readonly Pane[] {
  if (!hasTwoPanes(scene, showing)) {
    const one = showing === 'side' || showing === 'over' ? 'both' : showing;
    return [{ layout: makeLayout(scene, one, room), dx: 0, from: 0, to: width }];
  }
  const [before, after] = [makeLayout(scene, 'before', room), makeLayout(scene, 'after', room)];
  const half = viewWidth(scene, showing, width);
  const at = showing === 'side' ? half : Math.round(width * divider);
  const begin = showing === 'side' ? half + GUTTER : at;
  return [
    { layout: before, dx: 0, from: 0, to: at },
    { layout: after, dx: showing === 'side' ? begin : 0, from: begin, to: width },
  ];
}

/** One world beside the other, or over it; where both are the same there is one picture of them. */
const hasTwoPanes = (scene: Scene, showing: Showing): boolean =>
  (showing === 'side' || showing === 'over') && !scene.same;

export const viewWidth = (scene: Scene, showing: Showing, width: number): number =>
  showing === 'side' && hasTwoPanes(scene, showing) ? Math.floor((width - GUTTER) / 2) : width;

/** The line between two panes; where one lies over the other, with what is on which side of it. */
export function paintDivider(pen: Pen, [before, after]: readonly Pane[], height: number): void {
  if (!before || !after) return;
  const { theme } = pen;
  const x = (before.to + after.from) / 2;
  const lane = after.layout.lanes[0];
  if (after.dx === 0 && lane) {
    const font = theme.font(13, 600);
    pen.plate(t('Before'), x - 8, lane.top + 10, font, theme.text, 'right');
    pen.plate(t('After'), x + 8, lane.top + 10, font, theme.text, 'left');
  }
  pen.c.fillStyle = theme.focus;
  pen.c.fillRect(x - 1, 0, 2, height);
}

interface Plan {
  readonly options: PictureOptions;
  readonly scene: Scene;
  readonly panes: readonly Pane[];
  readonly mapHeight: number;
  readonly width: number;
  readonly height: number;
}

function plan(scene: Scene, options: PictureOptions): Plan {
  const width = Math.max(320, Math.round(options.width));
  const { showing, divider = 0.5 } = options;
  const panes = panesOf(scene, showing, width - 2 * MARGIN, Number.POSITIVE_INFINITY, divider);
  const mapHeight = Math.max(...panes.map(({ layout }) => layout.height));
  const findings = scene.pins.length === 0 ? 0 : scene.pins.length * LINE + 8;
  return { options, scene, panes, mapHeight, width, height: HEAD + mapHeight + findings + 2 * LINE + MARGIN + 8 };
}

/** A file's name without its ending, which tells what the picture shows. */
export function pictureName(scene: Scene, showing: Showing): string {
  const tried = scene.lanes.after.tried ?? scene.lanes.before.tried;
  const shown = hasTwoPanes(scene, showing)
    ? `-${showing === 'side' ? 'side-by-side' : 'before-over-after'}`
    : scene.single || scene.same || showing === 'side' || showing === 'over' || showing === 'both'
      ? ''
      : `-${showing}`;
  return `map-${scene.title.slice(0, 60)}${shown}${tried === undefined ? '' : '-step'}`;
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
  const description = [headlineOf(scene), ...arrangement(scene, options)].join(' · ');
  return surface.document(made.width, made.height, options.theme.background, scene.title, description);
}

/** `ratio`: pixels of the picture for one of the map. */
export function pngOf(scene: Scene, options: PictureOptions, ratio: number, deflate: Deflate): Uint8Array {
  const made = plan(scene, options);
  return pngOfDrawing(made, options.theme.background, ratio, deflate, (surface) => paint(made, surface));
}

export function pngOfDrawing(
  size: { readonly width: number; readonly height: number },
  background: string,
  ratio: number,
  deflate: Deflate,
  draw: (surface: Surface) => void,
): Uint8Array {
  const surface = new RasterSurface(size.width, size.height, ratio, background);
  draw(surface);
  const { width, height, data } = surface.canvas;
  return encodePng(width, height, data, deflate);
}

/** How the worlds stand to each other, where the titles of the lanes do not tell. */
function arrangement(scene: Scene, { showing, divider = 0.5 }: PictureOptions): readonly string[] {
  if (!hasTwoPanes(scene, showing)) return [];
  if (showing === 'side') return [t('before on the left, after on the right')];
  return [t('before up to the line at {0} %, after behind it', Math.round(divider * 100))];
}

function paint({ options, scene, panes, mapHeight, width, height }: Plan, surface: Surface): void {
  const { theme } = options;
  const pen = new Pen(surface, theme);
  const { c } = pen;
  const inner = width - 2 * MARGIN;
  const title = pen.fit(scene.title, theme.font(16, 600), inner);
  if (title) pen.text(title, MARGIN, 20, theme.font(16, 600), theme.text);
  const range = options.view ? [t('{0} to {1}', addressText(options.view.left), addressText(options.view.right))] : [];
  const facts = [
    headlineOf(scene),
    ...arrangement(scene, options),
    ...range,
    ...scene.about.map(([name, value]) => `${name} ${value}`),
  ];
  const about = pen.fit(facts.join(' · '), theme.font(11.5), inner);
  if (about) pen.text(about, MARGIN, 39, theme.font(11.5), theme.faint);
  const scale = makeScale(options.mode, scene);
  const view = new View(scale, viewWidth(scene, options.showing, inner));
  if (options.view) view.show(options.view.left, options.view.right, 0);
  c.translate(MARGIN, HEAD);
  for (const { layout, dx, from, to } of panes) {
    const draw = (): void => {
      c.translate(dx, 0);
      paintMap(pen, scene, view, layout, (lane) => new Rows(lane, scale), {
        selected: undefined,
        hovered: undefined,
        hoveredTry: undefined,
        pin: undefined,
        pointer: undefined,
      });
      c.translate(-dx, 0);
    };
    if (panes.length === 1) draw();
    else surface.within(from, 0, to - from, mapHeight, draw);
  }
  paintDivider(pen, panes, mapHeight);
  c.translate(-MARGIN, -HEAD);
  let y = HEAD + mapHeight + LINE / 2;
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
  const names = kindNames();
  for (const kind of kindsOf(scene)) item(box(kind, true), names[kind]);
  item(box('other', false), t('not busy'));
  if (scene.lanes.before.tries.length + scene.lanes.after.tries.length > 0)
    item((at) => pen.text('×', at, y, font, theme.removed), t('tried'), 6);
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
  return (Object.keys(kindNames()) as Kind[]).filter((kind) => kinds.has(kind));
}
const SYSRAM = Number(IORESOURCE_SYSRAM);
/** A name's ways to occur: desc, of which there are nine (include/linux/ioport.h), and SYSRAM or not. */
const WAYS = 32;
