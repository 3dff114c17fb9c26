import type { SourcePlace, TreeNode, World } from '../review/report.ts';
import { type Kind, kindOf } from './facts.ts';
import { DEPTH, DESC, END, FLAGS, isMade, lineOf, NAME, type PackedTree, START, WORDS, wide } from './pack.ts';

/*
 * The regions of one tree. They stay numbers in rows; what is asked for becomes an object, once. So a hundred thousand cost
 * next to nothing before anything is seen, and a frame makes those that it draws.
 */

/** How a region of one world compares with the other world. */
export type Change = (typeof changes)[number];
const changes = ['same', 'added', 'removed', 'moved', 'altered'] as const;

export interface Region {
  readonly world: World;
  /** In the order of the tree, parents first. */
  readonly index: number;
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly flags: bigint;
  readonly desc: number;
  readonly kind: Kind;
  readonly depth: number;
  readonly parent: Region | undefined;
  readonly children: Level;
  readonly from: TreeNode['from'];
  readonly madeAt: readonly SourcePlace[];
  /** 1-based, of the text it was read from. */
  readonly line: number | undefined;
  change: Change;
  /** The same region in the other world, if there is one. */
  readonly twin: Region | undefined;
}

/** Some regions of one tree in a row. */
export class Level implements Iterable<Region> {
  readonly #regions: Regions;
  /** Into the tree. */
  readonly indices: Uint32Array;

  constructor(regions: Regions, indices: Uint32Array) {
    this.#regions = regions;
    this.indices = indices;
  }

  get length(): number {
    return this.indices.length;
  }

  at(i: number): Region | undefined {
    const index = this.indices[i];
    return index === undefined ? undefined : this.#regions.at(index);
  }

  /** -1 for a region that is not in it. */
  indexOf(region: Region): number {
    return this.indices.indexOf(region.index);
  }

  *[Symbol.iterator](): Iterator<Region> {
    for (const index of this.indices) yield this.#regions.at(index);
  }
}

export class Regions implements Iterable<Region> {
  readonly world: World;
  readonly tree: PackedTree;
  readonly count: number;
  /** By depth, each sorted by start; disjoint unless the tree is broken. */
  readonly levels: readonly Level[];
  /** Index of the parent and 1, or 0. */
  readonly parents: Uint32Array;
  /** Behind the last region below each. */
  readonly ends: Uint32Array;
  readonly #changes: Uint8Array;
  /** Index of the twin and 1, or 0. */
  readonly #twins: Uint32Array;
  #other: Regions | undefined;
  readonly #made = new Map<number, TreeRegion>();

  constructor(tree: PackedTree, world: World) {
    this.world = world;
    this.tree = tree;
    const { words } = tree;
    const count = words.length / WORDS;
    this.count = count;
    this.parents = new Uint32Array(count);
    this.ends = new Uint32Array(count);
    this.#changes = new Uint8Array(count);
    this.#twins = new Uint32Array(count);
    const open: number[] = [];
    const sizes: number[] = [];
    for (let i = 0; i < count; i++) {
      const depth = words[i * WORDS + DEPTH]!;
      if (depth > 0) this.parents[i] = open[depth - 1]! + 1;
      open[depth] = i;
      sizes[depth] = (sizes[depth] ?? 0) + 1;
    }
    for (let i = count - 1; i >= 0; i--) {
      const end = this.ends[i] || (this.ends[i] = i + 1);
      const parent = this.parents[i]!;
      // The last child comes first.
      if (parent > 0 && this.ends[parent - 1] === 0) this.ends[parent - 1] = end;
    }
    const rows = sizes.map((size) => new Uint32Array(size));
    const filled = sizes.map(() => 0);
    for (let i = 0; i < count; i++) {
      const depth = words[i * WORDS + DEPTH]!;
      rows[depth]![filled[depth]!++] = i;
    }
    this.levels = rows.map((row) => new Level(this, ascends(row, words) ? row : row.sort(byStart(words))));
  }

  at(index: number): Region {
    let region = this.#made.get(index);
    if (!region) this.#made.set(index, (region = new TreeRegion(this, index)));
    return region;
  }

  *[Symbol.iterator](): Iterator<Region> {
    for (let i = 0; i < this.count; i++) yield this.at(i);
  }

  childrenOf(index: number): Level {
    const indices: number[] = [];
    for (let i = index + 1; i < this.ends[index]!; i = this.ends[i]!) indices.push(i);
    return new Level(this, Uint32Array.from(indices));
  }

  changeOf(index: number): Change {
    return changes[this.#changes[index]!]!;
  }
  setChange(index: number, change: Change): void {
    this.#changes[index] = changes.indexOf(change);
  }

  /** Makes a region of this world and one of the other the same one. */
  pair(index: number, other: Regions, otherIndex: number): void {
    this.#other = other;
    other.#other = this;
    this.#twins[index] = otherIndex + 1;
    other.#twins[otherIndex] = index + 1;
  }
  twinOf(index: number): Region | undefined {
    const twin = this.#twins[index]!;
    return twin === 0 ? undefined : this.#other?.at(twin - 1);
  }
}

const NOWHERE: readonly SourcePlace[] = [];

class TreeRegion implements Region {
  readonly index: number;
  readonly #of: Regions;
  readonly #words: Uint32Array;
  readonly #at: number;
  #children: Level | undefined;

  constructor(of: Regions, index: number) {
    this.index = index;
    this.#of = of;
    this.#words = of.tree.words;
    this.#at = index * WORDS;
  }

  get world(): World {
    return this.#of.world;
  }
  get name(): string {
    return this.#of.tree.names[this.#words[this.#at + NAME]!]!;
  }
  get start(): bigint {
    return wide(this.#words, this.#at + START);
  }
  get end(): bigint {
    return wide(this.#words, this.#at + END);
  }
  get flags(): bigint {
    return wide(this.#words, this.#at + FLAGS);
  }
  get desc(): number {
    return this.#words[this.#at + DESC]!;
  }
  get kind(): Kind {
    return kindOf(this);
  }
  get depth(): number {
    return this.#words[this.#at + DEPTH]!;
  }
  get parent(): Region | undefined {
    const parent = this.#of.parents[this.index]!;
    return parent === 0 ? undefined : this.#of.at(parent - 1);
  }
  get children(): Level {
    this.#children ??= this.#of.childrenOf(this.index);
    return this.#children;
  }
  get from(): TreeNode['from'] {
    return isMade(this.#words, this.#at) ? 'scenario' : 'machine';
  }
  get madeAt(): readonly SourcePlace[] {
    return this.#of.tree.places.find(([index]) => index === this.index)?.[1] ?? NOWHERE;
  }
  get line(): number | undefined {
    return lineOf(this.#words, this.#at) || undefined;
  }
  get change(): Change {
    return this.#of.changeOf(this.index);
  }
  set change(change: Change) {
    this.#of.setChange(this.index, change);
  }
  get twin(): Region | undefined {
    return this.#of.twinOf(this.index);
  }
}

function ascends(row: Uint32Array, words: Uint32Array): boolean {
  let high = 0;
  let low = 0;
  for (let i = 0; i < row.length; i++) {
    const at = row[i]! * WORDS + START;
    const h = words[at + 1]!;
    const l = words[at]!;
    if (h < high || (h === high && l < low)) return false;
    high = h;
    low = l;
  }
  return true;
}

const byStart =
  (words: Uint32Array) =>
  (a: number, b: number): number => {
    const [x, y] = [a * WORDS + START, b * WORDS + START];
    return words[x + 1]! - words[y + 1]! || words[x]! - words[y]! || a - b;
  };
