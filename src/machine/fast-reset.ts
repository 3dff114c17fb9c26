import type { Snapshot } from './api.ts';
import type { Execution, SavedEvents, ThreadState } from './execution.ts';
import type { SavedHeap } from './heap.ts';
import { COUNTERS, Control, DIRTY_SHIFT, GRANULE_SHIFT } from './layout.ts';
import { Shadow, Tolerate } from './shadow.ts';

const PAGE = 1 << DIRTY_SHIFT;
/** An access may reach so far into the page after the one that is marked. */
const OVERHANG = 8;

/** A stretch of memory as it was, with its shadow. */
interface Stretch {
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly shadow: Uint8Array;
  /** Granules all of whose bytes are readable. */
  readonly readable: Uint8Array;
}

/** A state to come back to often: only pages written to since are copied. */
export class Kept {
  readonly snapshot: Snapshot;
  readonly #x: Execution;
  readonly #stretches: readonly Stretch[];
  readonly #top: number;
  readonly #counters: Uint32Array;
  readonly #threads: readonly ThreadState[];
  readonly #heap: SavedHeap;
  readonly #events: SavedEvents;
  readonly #reported: ReadonlySet<string>;
  readonly #natives: readonly unknown[];
  readonly #ended: Execution['ended'];
  readonly #spent: number;
  readonly #fuel: number;
  readonly #charged: number;
  readonly #variablesEnd: number;
  readonly #constantsTouched: number;
  #near = true;

  constructor(x: Execution, snapshot: Snapshot) {
    this.#x = x;
    this.snapshot = snapshot;
    const { layout, globals } = x.code;
    const { bytes } = x.space;
    const stretch = (start: number, end: number): Stretch => {
      const shadow = bytes.slice(layout.shadow + start, layout.shadow + end + OVERHANG);
      return { start, bytes: bytes.slice(start, end + OVERHANG), shadow, readable: readableIn(shadow) };
    };
    const { variables } = globals;
    this.#top = heapTop(x);
    this.#stretches = [stretch(pageOf(variables.start), variables.end), stretch(pageOf(layout.heap), this.#top)];
    this.#counters = x.counters().slice();
    this.#threads = x.threads.map((t) => ({ ...t }));
    this.#heap = x.heap.save();
    this.#events = x.saveEvents();
    this.#reported = new Set(x.reported);
    this.#natives = x.natives.state.map((s) => s.save());
    this.#ended = x.ended;
    this.#spent = x.spent;
    this.#fuel = x.fuel;
    this.#charged = x.charged;
    this.#variablesEnd = variables.end;
    this.#constantsTouched = x.word(Control.constantsTouched);
    bytes.fill(0, layout.watch, layout.accessLog);
  }

  /** The memory was changed behind the marks. */
  forget(): void {
    this.#near = false;
  }

  /** What was written to is known. */
  isNear(): boolean {
    const x = this.#x;
    return (
      this.#near &&
      x.code.globals.variables.end === this.#variablesEnd &&
      x.word(Control.constantsTouched) === this.#constantsTouched &&
      x.heap.used.length === 1 &&
      this.#heap.arenas.length === 1
    );
  }

  goBack(): void {
    const x = this.#x;
    const { layout } = x.code;
    const { bytes, words } = x.space;
    const { watch, shadow, readable } = layout;
    const top = heapTop(x);
    for (const kept of this.#stretches) {
      const { start } = kept;
      const end = start + kept.bytes.length - OVERHANG;
      for (let at = start; at < end; at += PAGE) {
        const mark = watch + (at >>> DIRTY_SHIFT);
        // Four pages at a time, most of the time.
        if ((mark & 3) === 0 && words[mark >> 2] === 0) {
          at += 3 * PAGE;
          continue;
        }
        if (bytes[mark] === 0) continue;
        // Neighbours go back together.
        let pages = 0;
        for (; bytes[mark + pages] !== 0 && at + pages * PAGE < end; pages++) bytes[mark + pages] = 0;
        const from = at - start;
        const to = Math.min(from + pages * PAGE + OVERHANG, kept.bytes.length);
        bytes.set(kept.bytes.subarray(from, to), at);
        bytes.set(kept.shadow.subarray(from, to), shadow + at);
        bytes.set(
          kept.readable.subarray(from >> GRANULE_SHIFT, to >> GRANULE_SHIFT),
          readable + (at >>> GRANULE_SHIFT),
        );
        at += (pages - 1) * PAGE;
      }
    }
    if (top > this.#top) {
      bytes.fill(Shadow.none, shadow + this.#top, shadow + top);
      x.space.forgetReadable(this.#top, top - this.#top);
      bytes.fill(0, watch + (this.#top >>> DIRTY_SHIFT), watch + (top >>> DIRTY_SHIFT) + 1);
    }
    this.#counts();
    x.threads.length = 0;
    for (const t of this.#threads) x.threads.push({ ...t });
    x.heap.restore(this.#heap);
    x.restoreEvents(this.#events);
    if (x.reported.size !== this.#reported.size) x.reported = new Set(this.#reported);
    x.natives.state.forEach((s, i) => {
      s.restore(this.#natives[i]);
    });
    x.ended = this.#ended;
    x.spent = this.#spent;
    x.fuel = this.#fuel;
    x.charged = this.#charged;
  }

  #counts(): void {
    const { words } = this.#x.space;
    const first = COUNTERS >> 2;
    words.set(this.#counters, first);
    words.fill(0, first + this.#counters.length, first + this.#x.code.counters);
  }
}

/** By granule, as `Layout.readable` has it. A last one that is not whole is left out. */
function readableIn(shadow: Uint8Array): Uint8Array {
  const granules = new Uint8Array(shadow.length >> GRANULE_SHIFT);
  for (let g = 0; g < granules.length; g++) {
    const from = g << GRANULE_SHIFT;
    let bad = 0;
    for (let i = from; i < from + (1 << GRANULE_SHIFT); i++) bad |= ~(shadow[i]! | Tolerate.load) & 0xff;
    granules[g] = bad === 0 ? 1 : 0;
  }
  return granules;
}

const pageOf = (offset: number): number => offset & -PAGE;

function heapTop(x: Execution): number {
  return x.heap.used[0]!.top;
}
