import type { Rows } from '../../src/map/boxes.ts';
import { Pen } from '../../src/map/draw.ts';
import type { Lane, Scene } from '../../src/map/scene.ts';
import type { Theme } from '../../src/map/theme.ts';
import { View } from '../../src/map/view.ts';
import { h } from './dom.ts';
import { surfaceOf } from './theme.ts';

const HEIGHT = 30;

/** All of the space in a strip, with a frame around what the map shows; drag or click to go there. */
export class Overview {
  readonly element = h('canvas', { class: 'overview', 'aria-hidden': 'true' });
  readonly #move: (from: number, to: number) => void;
  #picture: { readonly key: readonly unknown[]; readonly image: HTMLCanvasElement } | undefined;
  #span: readonly [number, number] = [0, 1];

  constructor(move: (from: number, to: number) => void) {
    this.#move = move;
    const follow = (event: PointerEvent) => {
      const middle = event.offsetX / this.element.clientWidth;
      const half = (this.#span[1] - this.#span[0]) / 2;
      const from = Math.max(0, Math.min(1 - 2 * half, middle - half));
      this.#move(from, from + 2 * half);
    };
    this.element.addEventListener('pointerdown', (event) => {
      this.element.setPointerCapture(event.pointerId);
      follow(event);
    });
    this.element.addEventListener('pointermove', (event) => {
      if (this.element.hasPointerCapture(event.pointerId)) follow(event);
    });
  }

  draw(scene: Scene, view: View, width: number, theme: Theme, rows: (lane: Lane) => Rows): void {
    const ratio = window.devicePixelRatio;
    this.#span = view.span;
    resize(this.element, width, HEIGHT, ratio);
    const key = [scene, view.scale, theme, width, ratio];
    if (!this.#picture || key.some((part, i) => part !== this.#picture!.key[i]))
      this.#picture = { key, image: paint(scene, new View(view.scale, width), theme, ratio, rows) };
    const c = this.element.getContext('2d')!;
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.clearRect(0, 0, this.element.width, this.element.height);
    c.drawImage(this.#picture.image, 0, 0);
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    const [from, to] = this.#span;
    const x0 = from * width;
    const x1 = Math.max(to * width, x0 + 4);
    if (x1 - x0 < width - 1) {
      c.globalAlpha = 0.6;
      c.fillStyle = theme.background;
      c.fillRect(0, 0, x0, HEIGHT);
      c.fillRect(x1, 0, width - x1, HEIGHT);
      c.globalAlpha = 1;
    }
    c.strokeStyle = theme.focus;
    c.lineWidth = 2;
    c.strokeRect(x0 + 1, 1, Math.max(x1 - x0 - 2, 2), HEIGHT - 2);
  }
}

function paint(scene: Scene, view: View, theme: Theme, ratio: number, rowsOf: (lane: Lane) => Rows): HTMLCanvasElement {
  const image = document.createElement('canvas');
  resize(image, view.width, HEIGHT, ratio);
  const c = image.getContext('2d')!;
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  const pen = new Pen(surfaceOf(c, ratio), theme);
  for (const band of scene.bands) {
    if (!band.hotplug) continue;
    c.globalAlpha = 0.4;
    pen.c.fillStyle = pen.pattern('hotplug', theme.warning) ?? theme.warning;
    c.fillRect(view.x(band.start), 2, Math.max(1, view.x(band.end + 1n) - view.x(band.start)), HEIGHT - 4);
    c.globalAlpha = 1;
  }
  const lanes = scene.same ? [scene.lanes.after] : [scene.lanes.before, scene.lanes.after];
  const height = (HEIGHT - 6) / lanes.length;
  lanes.forEach((lane, i) => {
    const rows = rowsOf(lane);
    for (const { x0, x1, region } of rows.at(0)?.boxes(view) ?? []) {
      c.globalAlpha = 0.8;
      c.fillStyle =
        region.change === 'removed' ? theme.removed : theme.contrast ? theme.text : theme.kinds[region.kind];
      c.fillRect(x0, 3 + i * height, Math.max(1, x1 - x0 - 0.5), height - 1);
      c.globalAlpha = 1;
    }
  });
  for (const { before, after } of scene.differences.slice(0, 200)) {
    for (const region of [before, after]) {
      if (!region) continue;
      c.fillStyle = theme.text;
      c.fillRect(view.x(region.start) - 1, 0, Math.max(3, view.x(region.end + 1n) - view.x(region.start)), 2);
    }
  }
  return image;
}

export function resize(canvas: HTMLCanvasElement, width: number, height: number, ratio: number): void {
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}
