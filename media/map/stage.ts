import { Rows } from '../../src/map/boxes.ts';
import { Pen } from '../../src/map/draw.ts';
import { type Layout, makeLayout, type Showing } from '../../src/map/layout.ts';
import { addressText, sizeText } from '../../src/map/numbers.ts';
import { paintMap } from '../../src/map/paint.ts';
import { pinSpots } from '../../src/map/paint-difference.ts';
import { tryX } from '../../src/map/paint-lanes.ts';
import type { Scale } from '../../src/map/scale.ts';
import type { Pin, Region, Scene, Try } from '../../src/map/scene.ts';
import type { Theme } from '../../src/map/theme.ts';
import { View } from '../../src/map/view.ts';
import type { World } from '../../src/review/report.ts';
import { h } from './dom.ts';
import { Overview, resize } from './overview.ts';
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
    'aria-roledescription': 'address map',
    'aria-label':
      'Address map. Arrow keys go between regions: up to the parent, down to the first child, left and right to the neighbours. Plus and minus zoom, 0 shows all, D goes to the next difference. The table shows the same facts.',
  });
  readonly #scroll = h('div', { class: 'scroll' }, this.canvas);
  readonly #tip = h('div', { class: 'tip', hidden: true, 'aria-hidden': 'true' });
  readonly #overview = new Overview((from, to) => {
    this.view.span = [from, to];
    this.#events.moved();
    this.redraw();
  });
  readonly #events: StageEvents;
  readonly #rowsOf = new WeakMap<Scale, Record<World, Rows>>();
  #pen: Pen | undefined;
  #theme: Theme;
  #scene: Scene | undefined;
  #layout: Layout | undefined;
  #showing: Showing = 'both';
  #frame = 0;
  #motion = 0;
  view: View;
  selected: Region | undefined;
  pin: Pin | undefined;
  #hit: Hit | undefined;
  #pointer: number | undefined;

  constructor(events: StageEvents, theme: Theme, scale: Scale) {
    this.#events = events;
    this.#theme = theme;
    this.view = new View(scale, 800);
    this.element = h(
      'section',
      { class: 'stage', 'aria-label': 'Map' },
      this.#overview.element,
      this.#scroll,
      this.#tip,
    );
    new ResizeObserver(() => this.#resized()).observe(this.#scroll);
    new Pointers(this.canvas, {
      move: (x, y) => this.#hover(x, y),
      leave: () => this.#hover(undefined, 0),
      pan: (pixels) => this.#change(() => this.view.pan(pixels)),
      zoom: (x, factor) => this.#change(() => this.view.zoomAt(x, factor)),
      click: (x, y) => this.#events.click(this.#hitAt(x, y)),
      double: (x, y) => {
        const hit = this.#hitAt(x, y);
        if (hit?.kind === 'region') this.glide((view) => view.show(hit.region.start, hit.region.end + 1n, 0.15));
      },
    });
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#pen = undefined;
    this.redraw();
  }

  show(scene: Scene, scale: Scale, showing: Showing): void {
    const [left, width] = [this.view.left, this.view.width];
    if (this.#scene !== scene) this.#hit = undefined;
    if (this.view.scale !== scale) {
      const whole = this.view.zoom <= this.view.width * 1.0001;
      const right = this.view.right;
      this.view = new View(scale, width);
      if (!whole && this.#scene === scene) this.view.show(left, right, 0);
    }
    this.#scene = scene;
    this.#showing = showing;
    this.#resized();
    this.redraw();
  }

  #resized(): void {
    if (!this.#scene || this.#scroll.clientWidth === 0) return;
    this.#layout = makeLayout(this.#scene, this.#showing, this.#scroll.clientHeight - 2);
    this.view.resize(this.#scroll.clientWidth);
    this.redraw();
  }

  redraw(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const scene = this.#scene;
    const layout = this.#layout;
    if (!scene || !layout) return;
    const ratio = window.devicePixelRatio;
    resize(this.canvas, this.view.width, layout.height, ratio);
    const c = this.canvas.getContext('2d')!;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#pen ??= new Pen(surfaceOf(c, ratio), this.#theme);
    const hit = this.#hit;
    paintMap(this.#pen, scene, this.view, layout, this.#rows(scene), {
      selected: this.selected,
      hovered: hit?.kind === 'region' ? hit.region : undefined,
      hoveredTry: hit?.kind === 'try' ? hit.try : undefined,
      pin: this.pin,
      pointer: this.#pointer,
    });
    this.#overview.draw(scene, this.view, this.#theme);
  }

  #rows(scene: Scene): Record<World, Rows> {
    const { scale } = this.view;
    let rows = this.#rowsOf.get(scale);
    if (!rows) {
      rows = { before: new Rows(scene.lanes.before, scale), after: new Rows(scene.lanes.after, scale) };
      this.#rowsOf.set(scale, rows);
    }
    return rows;
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
    if (reduced() || Math.max(view.zoom, view.width / (a1 - a0)) > 2 ** 36 || (a0 === b0 && a1 === b1)) {
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
    this.#pointer = x;
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
    const [title, ...facts] = tipText(hit);
    tip.replaceChildren(h('strong', {}, title), ...facts.map((fact) => h('div', {}, fact)));
    const top = this.#scroll.offsetTop - this.#scroll.scrollTop + y;
    const left = Math.min(x + 14, this.element.clientWidth - tip.offsetWidth - 6);
    const below = top + 18 + tip.offsetHeight < this.element.clientHeight;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${Math.max(2, below ? top + 18 : top - tip.offsetHeight - 10)}px`;
  }

  #hitAt(x: number, y: number): Hit | undefined {
    const scene = this.#scene;
    const layout = this.#layout;
    if (!scene || !layout) return undefined;
    const { view } = this;
    for (const box of layout.lanes) {
      const { lane } = box;
      if (box.tries && y >= box.tries.top && y < box.tries.top + box.tries.height) {
        const near = nearest(lane.tries, (t) => (t.wrapped ? undefined : tryX(view, t)), x, 7);
        return near && { kind: 'try', try: near, world: lane.world };
      }
      const depth = Math.floor((y - box.rowsTop) / box.rowStep);
      if (y < box.rowsTop || depth >= lane.rows.length) continue;
      const region = this.#rows(scene)[lane.world].at(depth)?.find(view, x, 3);
      return region && { kind: 'region', region };
    }
    const { difference, pins } = layout;
    if (difference && y >= difference.boxes - 4 && y < difference.bottom) {
      const side = y < difference.boxes + 27 ? 'before' : 'after';
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

function tipText(hit: Hit): readonly [string, ...string[]] {
  if (hit.kind === 'pin') return [`${hit.pin.finding.class}: ${hit.pin.finding.rule}`, hit.pin.shown.message];
  const { start, end } = hit.kind === 'region' ? hit.region : hit.try;
  const range = `${addressText(start)} – ${addressText(end)}`;
  if (hit.kind === 'region') return [hit.region.name || '(no name)', range, sizeText(end - start + 1n)];
  return [
    hit.try.chosen ? 'chosen' : 'tried, not taken',
    range,
    ...hit.try.calls.slice(0, 3).map((c) => `${c.function}() → ${c.result || '?'}`),
  ];
}

const reduced = (): boolean =>
  matchMedia('(prefers-reduced-motion: reduce)').matches || document.body.classList.contains('vscode-reduce-motion');

interface PointerEvents {
  move(x: number, y: number): void;
  leave(): void;
  pan(pixels: number): void;
  zoom(x: number, factor: number): void;
  click(x: number, y: number): void;
  double(x: number, y: number): void;
}

/** Mouse, pen and fingers: drag to pan, wheel and pinch to zoom, shift-wheel to pan. */
class Pointers {
  readonly #down = new Map<number, { x: number; y: number }>();
  #travelled = 0;

  constructor(element: HTMLElement, events: PointerEvents) {
    element.addEventListener('pointerdown', (e) => {
      this.#down.set(e.pointerId, { x: e.offsetX, y: e.offsetY });
      element.setPointerCapture(e.pointerId);
      if (this.#down.size === 1) this.#travelled = 0;
    });
    element.addEventListener('pointermove', (e) => {
      const last = this.#down.get(e.pointerId);
      if (!last) {
        events.move(e.offsetX, e.offsetY);
        return;
      }
      const others = [...this.#down].filter(([id]) => id !== e.pointerId).map(([, at]) => at);
      const other = others[0];
      if (other) {
        const before = Math.hypot(last.x - other.x, last.y - other.y);
        const after = Math.hypot(e.offsetX - other.x, e.offsetY - other.y);
        if (before > 4 && after > 4) events.zoom((e.offsetX + other.x) / 2, after / before);
        this.#travelled = 100;
      } else {
        this.#travelled += Math.abs(e.offsetX - last.x) + Math.abs(e.offsetY - last.y);
        if (this.#travelled > 3) events.pan(last.x - e.offsetX);
      }
      this.#down.set(e.pointerId, { x: e.offsetX, y: e.offsetY });
    });
    const up = (e: PointerEvent) => {
      if (this.#down.delete(e.pointerId) && e.type === 'pointerup' && this.#travelled <= 3)
        events.click(e.offsetX, e.offsetY);
    };
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
    element.addEventListener('pointerleave', () => events.leave());
    element.addEventListener('dblclick', (e) => events.double(e.offsetX, e.offsetY));
    element.addEventListener(
      'wheel',
      (e) => {
        e.preventDefault();
        const unit = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? 400 : 1;
        if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) events.pan((e.deltaX || e.deltaY) * unit);
        else events.zoom(e.offsetX, Math.exp(-e.deltaY * unit * (e.ctrlKey ? 0.01 : 0.0022)));
      },
      { passive: false },
    );
  }
}
