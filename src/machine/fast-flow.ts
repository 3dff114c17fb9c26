import { type FunctionBody, successors } from '../c/ir.ts';

/*
 * The shape of a function's graph of blocks, for code with structured control flow: N. Ramsey, "Beyond Relooper: recursive
 * translation of unstructured control flow to structured control flow", ICFP 2022; dominators after K. Cooper, T. Harvey
 * and K. Kennedy, "A Simple, Fast Dominance Algorithm", 2001.
 */

/** Nested deeper than this in the dominator tree, a graph is taken for unstructured: the generator recurses over it. */
const MAX_DEPTH = 300;
const MAX_BLOCKS = 4000;
const MAX_BETWEEN = 100;
/** Reducible graphs take two rounds to find dominators; only a hostile one takes many. */
const MAX_ROUNDS = 8;

export interface Flow {
  /** Position of each block in reverse postorder, −1 for those that control cannot reach. */
  readonly number: Int32Array;
  /** Blocks with a jump backwards to them. */
  readonly isLoop: Uint8Array;
  /** Blocks that more than one forward jump leads to: they are emitted after a `block` that their jumps leave. */
  readonly isMerge: Uint8Array;
  /** Blocks that a block dominates immediately, by descending number. */
  readonly children: ReadonlyMap<number, readonly number[]>;
  /** The immediate dominator of each block; of the entry itself. */
  readonly dominator: Int32Array;
  /** Blocks with a jump to this one. */
  readonly before: readonly (readonly number[])[];
}

/** Answers undefined where the graph is irreducible (a jump into a loop past its head), nests too deep, or is too large. */
export function structure(body: FunctionBody): Flow | undefined {
  const { blocks } = body;
  if (blocks.length > MAX_BLOCKS) return undefined;
  const next = blocks.map((b) => successors(b.end));
  const order = reversePostorder(next);
  const number = new Int32Array(blocks.length).fill(-1);
  order.forEach((b, i) => {
    number[b] = i;
  });
  const before: number[][] = blocks.map(() => []);
  for (const b of order) for (const to of next[b]!) before[to]!.push(b);
  const dominator = dominators(order, number, before);
  if (!dominator) return undefined;

  const depth = new Int32Array(blocks.length);
  for (const b of order.slice(1)) {
    depth[b] = depth[dominator[b]!]! + 1;
    if (depth[b]! > MAX_DEPTH) return undefined;
  }
  const dominates = (a: number, b: number): boolean => {
    let at = b;
    while (depth[at]! > depth[a]!) at = dominator[at]!;
    return at === a;
  };

  const isLoop = new Uint8Array(blocks.length);
  const isMerge = new Uint8Array(blocks.length);
  const forward = new Int32Array(blocks.length);
  for (const b of order) {
    for (const to of next[b]!) {
      if (number[to]! > number[b]!) forward[to]!++;
      else if (dominates(to, b)) isLoop[to] = 1;
      else return undefined;
    }
    // What a switch leads to may be jumped to from several leaves of its decision tree.
    if (blocks[b]!.end.op === 'switch') for (const to of next[b]!) forward[to]! += 2;
  }
  const children = new Map<number, number[]>();
  for (let i = order.length - 1; i > 0; i--) {
    const b = order[i]!;
    if (forward[b]! > 1) isMerge[b] = 1;
    const over = dominator[b]!;
    const list = children.get(over);
    if (list) list.push(b);
    else children.set(over, [b]);
  }
  return { number, isLoop, isMerge, children, dominator, before };
}

/**
 * Blocks that may run between the end of a block's immediate dominator (of the entry: the function's start) and that block,
 * itself included where it may come back; undefined where they are many.
 */
export function between({ dominator, before }: Flow, block: number): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  const work = [...before[block]!];
  for (let b = work.pop(); b !== undefined; b = work.pop()) {
    if ((b === dominator[block] && block !== 0) || found.has(b)) continue;
    found.add(b);
    if (found.size > MAX_BETWEEN) return undefined;
    if (b !== block) work.push(...before[b]!);
  }
  return found;
}

function reversePostorder(next: readonly (readonly number[])[]): number[] {
  const seen = new Uint8Array(next.length);
  const done: number[] = [];
  const work: { readonly block: number; at: number }[] = [{ block: 0, at: 0 }];
  seen[0] = 1;
  for (let top = work.at(-1); top; top = work.at(-1)) {
    const to = next[top.block]![top.at++];
    if (to === undefined) {
      done.push(top.block);
      work.pop();
    } else if (!seen[to]) {
      seen[to] = 1;
      work.push({ block: to, at: 0 });
    }
  }
  return done.reverse();
}

/** The immediate dominator of each block, of the entry itself; undefined where it takes too long. */
function dominators(
  order: readonly number[],
  number: Int32Array,
  before: readonly (readonly number[])[],
): Int32Array | undefined {
  const dominator = new Int32Array(number.length).fill(-1);
  dominator[0] = 0;
  const meet = (x: number, y: number): number => {
    let a = x;
    let b = y;
    while (a !== b) {
      while (number[a]! > number[b]!) a = dominator[a]!;
      while (number[b]! > number[a]!) b = dominator[b]!;
    }
    return a;
  };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let changed = false;
    for (const b of order) {
      if (b === 0) continue;
      let found = -1;
      for (const from of before[b]!) {
        if (dominator[from] === -1) continue;
        found = found === -1 ? from : meet(from, found);
      }
      if (dominator[b] !== found) {
        dominator[b] = found;
        changed = true;
      }
    }
    if (!changed) return dominator;
  }
  return undefined;
}
