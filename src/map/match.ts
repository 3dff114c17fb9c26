import type { World } from '../review/report.ts';
import { DESC, END, FLAGS, NAME, START, WORDS } from './pack.ts';
import type { Region, Regions } from './regions.ts';
import type { Difference, Lane } from './scene.ts';

/**
 * Pairs the regions of both worlds: first what is equal below equal parents, then what is equal elsewhere at the same
 * depth, then by name in order of the addresses. Marks what is left as added, removed, moved or altered. Linear but for
 * sorting.
 */
export function match(before: Lane, after: Lane): Difference[] {
  const alone: Record<World, Region[]> = { before: [], after: [] };
  pairEqual(before.regions, after.regions, alone);
  const pair = (a: Region, b: Region) => before.regions.pair(a.index, after.regions, b.index);
  const identity = (r: Region) => `${r.start} ${r.end} ${r.depth} ${r.flags} ${r.desc} ${r.name}`;
  const open = new Map<string, Region[]>();
  for (const r of alone.before) push(open, identity(r), r);
  const fresh: Region[] = [];
  for (const r of alone.after) {
    const twin = open.get(identity(r))?.shift();
    if (twin) pair(twin, r);
    else fresh.push(r);
  }
  const left = [...open.values()].flat();
  const named = new Map<string, Region[]>();
  for (const r of left) push(named, r.name, r);
  const differences: Difference[] = [];
  for (const r of fresh) {
    const twin = named.get(r.name)?.shift();
    if (!twin) {
      r.change = 'added';
      differences.push({ before: undefined, after: r });
      continue;
    }
    pair(twin, r);
    r.change = twin.change = twin.start === r.start && twin.end === r.end ? 'altered' : 'moved';
    differences.push({ before: twin, after: r });
  }
  for (const r of left) {
    if (r.twin) continue;
    r.change = 'removed';
    differences.push({ before: r, after: undefined });
  }
  const key = (d: Difference) => (d.after ?? d.before)!.start;
  return differences.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Walks two sorted levels side by side; what has no equal there goes to `alone` with all below it. */
function pairEqual(before: Regions, after: Regions, alone: Record<World, Region[]>): void {
  const [a, b] = [before.tree.words, after.tree.words];
  // Names are numbered tree by tree.
  const numbers = new Map(before.tree.names.map((name, i) => [name, i]));
  const names = after.tree.names.map((name) => numbers.get(name) ?? -1);
  const order = (i: number, j: number, word: number): number => {
    const [x, y] = [i * WORDS + word, j * WORDS + word];
    return a[x + 1]! - b[y + 1]! || a[x]! - b[y]!;
  };
  const equal = (i: number, j: number): boolean =>
    order(i, j, START) === 0 &&
    order(i, j, END) === 0 &&
    order(i, j, FLAGS) === 0 &&
    a[i * WORDS + DESC] === b[j * WORDS + DESC] &&
    a[i * WORDS + NAME] === names[b[j * WORDS + NAME]!];
  const leave = (regions: Regions, i: number): number => {
    const end = regions.ends[i]!;
    for (; i < end; i++) alone[regions.world].push(regions.at(i));
    return end;
  };
  const walk = (i: number, iEnd: number, j: number, jEnd: number): void => {
    while (i < iEnd || j < jEnd) {
      if (i < iEnd && j < jEnd && equal(i, j)) {
        before.pair(i, after, j);
        walk(i + 1, before.ends[i]!, j + 1, after.ends[j]!);
        i = before.ends[i]!;
        j = after.ends[j]!;
      } else if (i < iEnd && (j >= jEnd || (order(i, j, START) || order(i, j, END)) <= 0)) i = leave(before, i);
      else j = leave(after, j);
    }
  };
  walk(0, before.count, 0, after.count);
}

function push(map: Map<string, Region[]>, key: string, region: Region): void {
  const list = map.get(key);
  if (list) list.push(region);
  else map.set(key, [region]);
}
