import { END, type PackedTree, START } from './pack.ts';
import type { Level, Region } from './regions.ts';
import type { Scale } from './scale.ts';
import type { Lane } from './scene.ts';
import type { View } from './view.ts';

/** What is drawn of one row: a region, or neighbours that are too narrow to be told apart. */
export interface Box {
  readonly x0: number;
  readonly x1: number;
  readonly region: Region;
  /** How many regions it stands for. */
  readonly count: number;
}

/** Narrower than this, neighbours are drawn as one. */
const NARROW = 3;
/** Closer than this, positions on the whole line are too coarse, and distances are measured from the left edge. */
const CLOSE = 2 ** 40;

/** A row with its positions on the whole line, so that a frame costs by its width, not by the number of regions. */
class Row {
  readonly regions: Level;
  readonly #from: Float64Array;
  readonly #to: Float64Array;

  constructor(regions: Level, { words }: PackedTree, scale: Scale) {
    this.regions = regions;
    this.#from = new Float64Array(regions.length);
    this.#to = new Float64Array(regions.length);
    scale.place(words, regions.indices, START, this.#from);
    scale.place(words, regions.indices, END, this.#to);
  }

  /** Index of the first region that ends behind the position. */
  #first(position: number): number {
    let low = 0;
    let high = this.regions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#to[middle]! > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Neighbours below `narrow` pixels become one. */
  boxes(view: View, narrow = NARROW): Box[] {
    const [left] = view.span;
    const close = view.zoom > CLOSE;
    const boxes: Box[] = [];
    let i = Math.max(0, this.#first(left) - 1);
    while (i < this.regions.length) {
      const region = this.regions.at(i)!;
      const x0 = close ? view.x(region.start) : (this.#from[i]! - left) * view.zoom;
      if (x0 > view.width) break;
      let x1 = close ? view.x(region.end + 1n) : (this.#to[i]! - left) * view.zoom;
      let next = i + 1;
      if (x1 - x0 < narrow && !close) {
        next = Math.max(next, this.#first(left + (x0 + narrow) / view.zoom));
        x1 = Math.max((this.#to[next - 1]! - left) * view.zoom, x0 + narrow - 1);
      }
      if (x1 > 0) boxes.push({ x0, x1: Math.max(x1, x0 + narrow - 1), region, count: next - i });
      i = next;
    }
    return boxes;
  }

  /** The region at an address, or within `slack` pixels of it. */
  find(view: View, x: number, slack: number): Region | undefined {
    let best: Region | undefined;
    let distance = slack;
    for (const box of this.boxes(view)) {
      const away = x < box.x0 ? box.x0 - x : x > box.x1 ? x - box.x1 : 0;
      if (away === 0) return box.count === 1 ? box.region : this.#nearest(view, x);
      if (away < distance) {
        best = box.region;
        distance = away;
      }
    }
    return best;
  }

  #nearest(view: View, x: number): Region | undefined {
    const [left] = view.span;
    return this.regions.at(Math.min(this.#first(left + x / view.zoom), this.regions.length - 1));
  }
}

/** Rows of a lane on one scale; made once for each scale. */
export class Rows {
  readonly #rows: readonly Row[];

  constructor(lane: Lane, scale: Scale) {
    this.#rows = lane.rows.map((regions) => new Row(regions, lane.packed, scale));
  }

  at(depth: number): Row | undefined {
    return this.#rows[depth];
  }
}
