import { Rows } from '../../src/map/boxes.ts';
import { Pen } from '../../src/map/draw.ts';
import { descText, flagsText } from '../../src/map/facts.ts';
import { t } from '../../src/map/language.ts';
import { type Layout, NAME_LINE, type Showing } from '../../src/map/layout.ts';
import { addressText, sizeText } from '../../src/map/numbers.ts';
import { paintMap } from '../../src/map/paint.ts';
import { DIFFERENCE_ROW, pinSpots } from '../../src/map/paint-difference.ts';
import { tryX } from '../../src/map/paint-lanes.ts';
import type { NameSpot } from '../../src/map/paint-names.ts';
import { type Pane, paintDivider, panesOf, viewWidth } from '../../src/map/picture.ts';
import type { Region } from '../../src/map/regions.ts';
import type { Scale } from '../../src/map/scale.ts';
import type { Lane, Paging, Pin, Scene, Try } from '../../src/map/scene.ts';
import type { Surface } from '../../src/map/surface.ts';
import { sectionsText, spanText } from '../../src/map/text.ts';
import type { Theme } from '../../src/map/theme.ts';
import { View } from '../../src/map/view.ts';
import type { World } from '../../src/review/report.ts';
import { h } from './dom.ts';
import { reducedMotion } from './motion.ts';
import { className, nameOf } from './names.ts';
import { Overview, resize } from './overview.ts';
import { Pointers } from './pointers.ts';
import { surfaceOf } from './theme.ts';

/** What lies under a point of the map. */
export type Hit =
  | { readonly kind: 'region'; readonly region: Region }
  | { readonly kind: 'try'; readonly try: Try; readonly world: World }
  | { readonly kind: 'pin'; readonly pin: Pin };

export interface StageEvents {
  /** The pointer rests on something, or on nothing. */
  hover(hit: Hit | undefined): void;
  click(hit: Hit | undefined): void;
  /** A range was measured. */
  measured(from: bigint, to: bigint): void;
  /** What is in sight has changed. */
  moved(): void;
}

/** The canvas: it draws when something has changed, and turns pointers into hits and movements. */
export class Stage {
  readonly element: HTMLElement;
  readonly canvas = h('canvas', {
    class: 'map',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': t('address map'),
    'aria-label': t(
      'Address map. Arrow keys go between regions: up to the parent, down to the first child, left and right to the neighbours. Plus and minus zoom, 0 shows all, D goes to the next difference, M measures from one region to the next, C copies. The table shows the same facts.',
    ),
  });
  readonly #divider = h('input', {
    type: 'range',
    class: 'divider',
    min: 0,
    max: 1000,
    value: 500,
    hidden: true,
    'aria-label': t('How much of before is shown over after'),
    input: () => {
      this.redraw();
      this.#events.moved();
    },
  });
  readonly #scroll = h('div', { class: 'scroll' }, this.canvas);
  readonly #tip = h('div', { class: 'tip', hidden: true, 'aria-hidden': 'true' });
  readonly #overview = new Overview((from, to) => this.#change(() => (this.view.span = [from, to])));
  readonly #events: StageEvents;
  readonly #rowsOf = new WeakMap<Lane, { readonly scale: Scale; readonly rows: Rows }>();
  readonly #pointers: Pointers;
  #surface: Surface | undefined;
  #pen: Pen | undefined;
  #theme: Theme;
  #scene: Scene | undefined;
  #panes: readonly Pane[] = [];
  /** Names below the rows, as they were last drawn. */
  readonly #names = new Map<Layout, readonly NameSpot[]>();
  #height = 0;
  #showing: Showing = 'both';
  #frame = 0;
  #motion = 0;
  view: View;
  selected: Region | undefined;
  pin: Pin | undefined;
  ruler: { readonly from: bigint; readonly to: bigint } | undefined;
  #hit: Hit | undefined;
  /** In the coordinates of the view. */
  #pointer: number | undefined;

  constructor(events: StageEvents, theme: Theme, scale: Scale) {
    this.#events = events;
    this.#theme = theme;
    this.view = new View(scale, 800);
    this.element = h(
      'section',
      { class: 'stage', 'aria-label': t('Map') },
      this.#overview.element,
      this.#divider,
      this.#scroll,
      this.#tip,
    );
    new ResizeObserver(() => this.#resized()).observe(this.#scroll);
    this.#pointers = new Pointers(this.canvas, {
      move: (x, y) => this.#hover(x, y),
      leave: () => this.#hover(undefined, 0),
      pan: (pixels) => this.#change(() => this.view.pan(pixels)),
      zoom: (x, factor) => this.#change(() => this.view.zoomAt(this.#local(x), factor)),
      measure: (from, to) => {
        this.ruler = { from: this.view.at(this.#local(from)), to: this.view.at(this.#local(to)) };
        this.#events.measured(this.ruler.from, this.ruler.to);
        this.redraw();
      },
      click: (x, y) => this.#events.click(this.#hitAt(x, y)),
      double: (x, y) => {
        const hit = this.#hitAt(x, y);
        if (hit?.kind === 'region') this.glide((view) => view.show(hit.region.start, hit.region.end + 1n, 0.15));
      },
    });
  }

  /** Where the divider stands, from 0 to 1. */
  get divider(): number {
    return Number(this.#divider.value) / 1000;
  }
  set divider(share: number) {
    this.#divider.value = String(Math.round(share * 1000));
  }

  /** Pixels of the canvas. */
  get width(): number {
    return this.#panes.at(-1)?.to ?? 0;
  }

  /** Does something once, when what is to be drawn next has been drawn. */
  afterDrawing(act: () => void): void {
    this.#after.push(act);
    this.redraw();
  }
  #after: (() => void)[] = [];

  set measuring(on: boolean) {
    this.#pointers.measuring = on;
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#pen = undefined;
    this.redraw();
  }

  show(scene: Scene, scale: Scale, showing: Showing): void {
    const [left, width] = [this.view.left, this.view.width];
    const sameSpace = this.#scene?.key === scene.key && this.#scene.end === scene.end;
    if (this.#scene !== scene) this.#hit = undefined;
    if (this.view.scale !== scale) {
      const whole = this.view.zoom <= this.view.width * 1.0001;
      const right = this.view.right;
      this.view = new View(scale, width);
      if (!whole && sameSpace) this.view.show(left, right, 0);
    }
    this.#scene = scene;
    this.#showing = showing;
    this.#divider.hidden = showing !== 'over' || scene.same;
    this.#resized();
    this.redraw();
  }

  #resized(): void {
    const scene = this.#scene;
    const width = this.#scroll.clientWidth;
    if (!scene || width === 0) return;
    const room = this.#scroll.clientHeight - 2;
    this.#panes = panesOf(scene, this.#showing, width, room, this.divider);
    this.#height = this.#panes.reduce((most, pane) => Math.max(most, pane.layout.height), 0);
    this.view.resize(viewWidth(scene, this.#showing, width));
    this.redraw();
  }

  /** The panes as they are now: the divider moves. */
  #clipped(): readonly Pane[] {
    const [before, after] = this.#panes;
    if (this.#showing !== 'over' || !before || !after) return this.#panes;
    const at = Math.round(this.view.width * this.divider);
    return [
      { ...before, to: at },
      { ...after, from: at },
    ];
  }

  #paneAt(x: number): Pane | undefined {
    return this.#clipped().find((pane) => x >= pane.from && x < pane.to);
  }
  /** From the canvas's coordinates to the view's. */
  #local(x: number): number {
    return x - (this.#paneAt(x)?.dx ?? 0);
  }

  redraw(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
      if (this.#after.length === 0) return;
      const after = this.#after;
      this.#after = [];
      // Behind the frame, which is shown first.
      setTimeout(() => {
        for (const act of after) act();
      });
    });
  }

  #draw(): void {
    const scene = this.#scene;
    if (!scene || this.#panes.length === 0) return;
    const ratio = window.devicePixelRatio;
    const width = this.#panes.at(-1)!.to;
    resize(this.canvas, width, this.#height, ratio);
    const c = this.canvas.getContext('2d')!;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, this.#height);
    this.#surface ??= surfaceOf(c, ratio);
    this.#pen ??= new Pen(this.#surface, this.#theme);
    const hit = this.#hit;
    let boxes = 0;
    this.#names.clear();
    const panes = this.#clipped();
    for (const { layout, dx, from, to } of panes)
      this.#surface!.within(from, 0, to - from, this.#height, () => {
        c.translate(dx, 0);
        const painted = paintMap(this.#pen!, scene, this.view, layout, (lane) => this.#rows(lane), {
          selected: this.selected,
          hovered: hit?.kind === 'region' ? hit.region : undefined,
          hoveredTry: hit?.kind === 'try' ? hit.try : undefined,
          pin: this.pin,
          pointer: this.#pointer,
          ruler: this.ruler,
        });
        boxes += painted.boxes;
        this.#names.set(layout, painted.names);
      });
    paintDivider(this.#pen, panes, this.#height);
    // How much work a frame was: for tests, and for whoever wonders.
    this.canvas.dataset.boxes = String(boxes);
    this.#overview.draw(scene, this.view, width, this.#theme, (lane) => this.#rows(lane));
  }

  #rows(lane: Lane): Rows {
    const { scale } = this.view;
    let made = this.#rowsOf.get(lane);
    if (made?.scale !== scale) {
      made = { scale, rows: new Rows(lane, scale) };
      this.#rowsOf.set(lane, made);
    }
    return made.rows;
  }

  #change(change: () => void): void {
    cancelAnimationFrame(this.#motion);
    change();
    this.#events.moved();
    this.redraw();
  }

  /** Goes where `to` takes the view, in a moment's motion unless the person wants none. */
  glide(to: (view: View) => void): void {
    cancelAnimationFrame(this.#motion);
    const { view } = this;
    const [a0, a1] = view.span;
    to(view);
    const target = [view.left, view.zoom] as const;
    const [b0, b1] = view.span;
    this.#events.moved();
    // Close up, positions on the whole line are too coarse to move along.
    if (reducedMotion() || Math.max(view.zoom, view.width / (a1 - a0)) > 2 ** 36 || (a0 === b0 && a1 === b1)) {
      this.redraw();
      return;
    }
    const began = performance.now();
    const [w0, w1] = [a1 - a0, b1 - b0];
    const frame = (now: number) => {
      const t = Math.min(1, (now - began) / 220);
      if (t >= 1) [view.left, view.zoom] = target;
      else {
        const eased = t * t * (3 - 2 * t);
        const width = w0 * (w1 / w0) ** eased;
        const share = Math.abs(w1 - w0) < w0 * 1e-6 ? eased : (w0 - width) / (w0 - w1);
        const from = a0 + (b0 - a0) * share;
        view.span = [from, from + width];
        this.#motion = requestAnimationFrame(frame);
      }
      this.#draw();
    };
    frame(began);
  }

  #hover(x: number | undefined, y: number): void {
    const hit = x === undefined ? undefined : this.#hitAt(x, y);
    this.#pointer = x === undefined ? undefined : this.#local(x);
    if (!sameHit(hit, this.#hit)) {
      this.#hit = hit;
      this.#events.hover(hit);
    }
    this.canvas.style.cursor = hit ? 'pointer' : 'grab';
    this.#placeTip(hit, x, y);
    this.redraw();
  }

  #placeTip(hit: Hit | undefined, x: number | undefined, y: number): void {
    const tip = this.#tip;
    tip.hidden = hit === undefined || x === undefined;
    if (!hit || x === undefined) return;
    const [title, ...facts] = tipText(hit, this.#scene!.paging);
    tip.replaceChildren(h('strong', {}, title), ...facts.map((fact) => h('div', {}, fact)));
    const top = this.#scroll.offsetTop - this.#scroll.scrollTop + y;
    const left = Math.min(x + 14, this.element.clientWidth - tip.offsetWidth - 6);
    const below = top + 18 + tip.offsetHeight < this.element.clientHeight;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${Math.max(2, below ? top + 18 : top - tip.offsetHeight - 10)}px`;
  }

  #hitAt(canvasX: number, y: number): Hit | undefined {
    const scene = this.#scene;
    const pane = this.#paneAt(canvasX);
    if (!scene || !pane) return undefined;
    const { layout } = pane;
    const x = canvasX - pane.dx;
    const { view } = this;
    for (const box of layout.lanes) {
      const { lane } = box;
      if (box.tries && y >= box.tries.top && y < box.tries.top + box.tries.height) {
        const near = nearest(lane.tries, (t) => (t.wrapped ? undefined : tryX(view, t)), x, 7);
        return near && { kind: 'try', try: near, world: lane.world };
      }
      const depth = Math.floor((y - box.rowsTop) / box.rowStep);
      if (box.names && y >= box.names.top && y < box.names.top + box.names.height) {
        const spots = this.#names.get(layout) ?? [];
        const spot = spots.find((s) => x >= s.x0 && x <= s.x1 && y >= s.y0 && y < s.y0 + NAME_LINE);
        return spot && { kind: 'region', region: spot.region };
      }
      if (y < box.rowsTop || depth >= lane.rows.length) continue;
      const region = this.#rows(lane).at(depth)?.find(view, x, 3);
      return region && { kind: 'region', region };
    }
    const { difference, pins } = layout;
    if (difference && y >= difference.boxes - 4 && y < difference.bottom) {
      const side = y < difference.boxes + DIFFERENCE_ROW + difference.gap / 2 ? 'before' : 'after';
      const over = scene.differences.slice(0, 400).find((d) => {
        const region = d[side];
        return region && view.x(region.start) - 3 <= x && x <= view.x(region.end + 1n) + 3;
      });
      const region = over?.[side];
      return region && { kind: 'region', region };
    }
    if (pins && y >= pins.top - 2 && y < pins.top + pins.height) {
      const spot = nearest(pinSpots(view, scene.pins), (s) => s.x, x, 12);
      return spot && { kind: 'pin', pin: spot.pin };
    }
    return undefined;
  }
}

function nearest<T>(
  items: readonly T[],
  place: (item: T) => number | undefined,
  x: number,
  slack: number,
): T | undefined {
  let best: T | undefined;
  let distance = slack;
  for (const item of items) {
    const at = place(item);
    if (at === undefined || Math.abs(at - x) >= distance) continue;
    best = item;
    distance = Math.abs(at - x);
  }
  return best;
}

const sameHit = (a: Hit | undefined, b: Hit | undefined): boolean =>
  a === b ||
  (a?.kind === 'region' && b?.kind === 'region' && a.region === b.region) ||
  (a?.kind === 'try' && b?.kind === 'try' && a.try === b.try) ||
  (a?.kind === 'pin' && b?.kind === 'pin' && a.pin === b.pin);

function tipText(hit: Hit, { pageShift, sectionSizeBits: bits }: Paging): readonly [string, ...string[]] {
  if (hit.kind === 'pin')
    return [`${className(hit.pin.finding.class)}: ${hit.pin.finding.rule}`, hit.pin.shown.message];
  const { start, end } = hit.kind === 'region' ? hit.region : hit.try;
  const shift = BigInt(pageShift);
  const range = `${addressText(start)} – ${addressText(end)}`;
  const frames = `pfn ${spanText(start >> shift, end >> shift)}`;
  const section = bits === undefined ? [] : [t('section {0}', sectionsText({ start, end }, bits))];
  if (hit.kind === 'region') {
    const { region } = hit;
    return [
      nameOf(region),
      range,
      sizeText(end - start + 1n),
      `${flagsText(region.flags)}${region.desc ? `; ${descText(region.desc)}` : ''}`,
      frames,
      ...section,
      region.parent ? t('in {0}', nameOf(region.parent)) : t('in the root'),
    ];
  }
  return [
    hit.try.chosen ? t('chosen') : t('tried, not taken'),
    range,
    frames,
    ...section,
    ...hit.try.calls.slice(0, 3).map((c) => `${c.function}() → ${c.result || '?'}`),
  ];
}
