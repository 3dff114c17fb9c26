import { clamp, type Scale } from './scale.ts';

const PAGE = 4096n;

/** The part of the axis that is on the screen: its first address and how many pixels the whole line would take. */
export class View {
  scale: Scale;
  width: number;
  left = 0n;
  zoom: number;

  constructor(scale: Scale, width: number) {
    this.scale = scale;
    this.width = width;
    this.zoom = width;
  }

  x(address: bigint): number {
    return this.zoom * this.scale.between(this.left, clamp(address, 0n, this.scale.end));
  }

  at(x: number): bigint {
    return this.scale.move(this.left, x / this.zoom);
  }

  get right(): bigint {
    return this.at(this.width);
  }

  fit(): void {
    this.left = 0n;
    this.zoom = this.width;
  }

  pan(pixels: number): void {
    this.left = this.at(pixels);
    this.#keepInside();
  }

  /** Zooms so that the address under `x` stays there. */
  zoomAt(x: number, factor: number): void {
    const address = this.at(x);
    this.zoom = this.#possible(this.zoom * factor, address);
    this.left = this.scale.move(address, -x / this.zoom);
    this.#keepInside();
  }

  /** Shows a range with `margin` (a share of the width) on both sides. */
  show(start: bigint, end: bigint, margin = 0.25): void {
    const length = Math.max(this.scale.between(start, end), Number.MIN_VALUE);
    this.zoom = this.#possible((this.width * (1 - 2 * margin)) / length, start);
    this.left = this.scale.move(start, -(this.width - length * this.zoom) / 2 / this.zoom);
    this.#keepInside();
  }

  resize(width: number): void {
    if (width === this.width) return;
    this.zoom *= width / this.width;
    this.width = width;
    this.#keepInside();
  }

  /** As positions on the whole line, for the overview and for motion. */
  get span(): readonly [number, number] {
    const from = this.scale.position(this.left);
    return [from, from + this.width / this.zoom];
  }

  set span([from, to]: readonly [number, number]) {
    this.zoom = this.width / (to - from);
    this.left = this.scale.move(0n, Math.max(0, from));
    this.#keepInside();
  }

  /** Not farther than all of it, not closer than a page across the width. */
  #possible(zoom: number, around: bigint): number {
    const segment = this.scale.segment(this.scale.indexOf(around));
    const page = (segment.length * Number(PAGE)) / Number(segment.end - segment.start);
    return Math.max(this.width, Math.min(zoom, this.width / Math.min(page, 1)));
  }

  #keepInside(): void {
    this.zoom = Math.max(this.zoom, this.width);
    const last = this.scale.move(this.scale.end, -this.width / this.zoom);
    this.left = clamp(this.left, 0n, last);
  }
}
