export interface PointerEvents {
  move(x: number, y: number): void;
  leave(): void;
  pan(pixels: number): void;
  zoom(x: number, factor: number): void;
  /** A drag that measures, from its first point to where it is. */
  measure(from: number, to: number): void;
  click(x: number, y: number): void;
  double(x: number, y: number): void;
}

/** Mouse, pen and fingers: drag to pan, wheel and pinch to zoom, shift-wheel to pan. */
export class Pointers {
  readonly #down = new Map<number, { x: number; y: number }>();
  #travelled = 0;
  #measured: number | undefined;
  /** Drags measure, as they do with the shift key. */
  measuring = false;

  constructor(element: HTMLElement, events: PointerEvents) {
    element.addEventListener('pointerdown', (e) => {
      this.#down.set(e.pointerId, { x: e.offsetX, y: e.offsetY });
      element.setPointerCapture(e.pointerId);
      if (this.#down.size === 1) this.#travelled = 0;
      this.#measured = this.#down.size === 1 && (e.shiftKey || this.measuring) ? e.offsetX : undefined;
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
        if (this.#travelled > 3 && this.#measured !== undefined) events.measure(this.#measured, e.offsetX);
        else if (this.#travelled > 3) events.pan(last.x - e.offsetX);
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
