import type { Outcome, PatchReport, Report, ScenarioResult, SourcePlace, TreeNode } from '../review/report.ts';

/*
 * A tree of regions as numbers in rows, parents before their children. It goes between processes as it is, whatever its
 * size, and a hundred thousand regions need no more than one object each.
 */

/** A region of the report, or of a text that was read. */
export interface Node {
  readonly name: string;
  readonly start: string | bigint;
  readonly end: string | bigint;
  readonly flags: string | bigint;
  readonly desc: number;
  readonly from?: TreeNode['from'];
  readonly madeAt?: readonly SourcePlace[];
  readonly line?: number;
  readonly children: readonly Node[];
}

/** Words of a region: halves of 64-bit values, the lower one first. */
export const WORDS = 10;
export const START = 0;
export const END = 2;
export const FLAGS = 4;
export const NAME = 6;
export const DESC = 7;
export const DEPTH = 8;
/** A 1-based line, or 0; the top bit says that the scenario made it. */
export const LINE = 9;
const MADE = 0x8000_0000;

export interface PackedTree {
  /** {@link WORDS} for each region. */
  readonly words: Uint32Array;
  readonly names: readonly string[];
  /** Of the regions that a scenario made, by index. */
  readonly places: readonly (readonly [index: number, places: readonly SourcePlace[]])[];
}

/** Deeper levels are left out: a resource tree has a handful. */
const MAX_DEPTH = 250;

export function packTree(nodes: readonly Node[]): PackedTree {
  let words = new Uint32Array(64 * WORDS);
  const names = new Map<string, number>();
  const places: [number, readonly SourcePlace[]][] = [];
  let count = 0;
  const visit = (level: readonly Node[], depth: number): void => {
    for (const node of level) {
      const at = count * WORDS;
      if (at >= words.length) {
        const larger = new Uint32Array(words.length * 2);
        larger.set(words);
        words = larger;
      }
      putWide(words, at + START, node.start);
      putWide(words, at + END, node.end);
      putWide(words, at + FLAGS, node.flags);
      let name = names.get(node.name);
      if (name === undefined) names.set(node.name, (name = names.size));
      words[at + NAME] = name;
      words[at + DESC] = node.desc;
      words[at + DEPTH] = depth;
      words[at + LINE] = (node.line ?? 0) | (node.from === 'scenario' ? MADE : 0);
      if (node.madeAt && node.madeAt.length > 0) places.push([count, node.madeAt]);
      count++;
      if (depth < MAX_DEPTH) visit(node.children, depth + 1);
    }
  };
  visit(nodes, 0);
  return { words: words.slice(0, count * WORDS), names: [...names.keys()], places };
}

/** The same regions with the same facts, whoever made them. */
export function samePacked(a: PackedTree, b: PackedTree): boolean {
  if (a.words.length !== b.words.length || a.names.length !== b.names.length || a.places.length + b.places.length > 0)
    return false;
  for (let i = 0; i < a.words.length; i++) if (a.words[i] !== b.words[i]) return false;
  return a.names.every((name, i) => name === b.names[i]);
}

export const isMade = (words: Uint32Array, at: number): boolean => words[at + LINE]! >= MADE;
export const lineOf = (words: Uint32Array, at: number): number => words[at + LINE]! & ~MADE;

export const wide = (words: Uint32Array, at: number): bigint => {
  const high = words[at + 1]!;
  return high === 0 ? BigInt(words[at]!) : (BigInt(high) << 32n) | BigInt(words[at]!);
};

function putWide(words: Uint32Array, at: number, value: string | bigint): void {
  if (typeof value === 'bigint') {
    words[at] = Number(value & 0xffff_ffffn);
    words[at + 1] = Number((value >> 32n) & 0xffff_ffffn);
    return;
  }
  // `0x` and at most sixteen digits.
  const split = Math.max(2, value.length - 8);
  words[at] = digits(value, split, value.length);
  words[at + 1] = digits(value, Math.max(2, split - 8), split);
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    value = value * 16 + (c < 58 ? c - 48 : (c | 32) - 87);
  }
  return value;
}

type Packed<T extends Outcome> = Omit<T, 'tree'> & { readonly tree: PackedTree };
/** A scenario with its trees packed; a tree after that equals the one before is not there twice. */
export type PackedScenario = Omit<ScenarioResult, 'before' | 'after'> & {
  readonly before: Packed<Outcome>;
  readonly after: Omit<Outcome, 'tree'> & { readonly tree: PackedTree | undefined };
};
export type PackedPatch = Omit<PatchReport, 'scenarios'> & { readonly scenarios: readonly PackedScenario[] };
export type PackedReport = Omit<Report, 'patches'> & { readonly patches: readonly PackedPatch[] };

/** A report for the map's page: trees as numbers, which cross its border whatever their size. */
export function packReport(report: Report): PackedReport {
  return { ...report, patches: report.patches.map(packPatch) };
}

const packPatch = (patch: PatchReport): PackedPatch => ({ ...patch, scenarios: patch.scenarios.map(packScenario) });

export function packScenario(scenario: ScenarioResult): PackedScenario {
  const { before, after } = scenario;
  const first = packTree(before.tree);
  const second = before.tree === after.tree ? first : packTree(after.tree);
  return {
    ...scenario,
    before: { ...before, tree: first },
    after: { ...after, tree: samePacked(first, second) ? undefined : second },
  };
}
