import type { World } from '../review/report.ts';
import type { Difference, Lane, Region } from './scene.ts';

/**
 * Pairs the regions of both worlds: first what is equal below equal parents, then what is equal elsewhere at the same
 * depth, then by name in order of the addresses. Marks what is left as added, removed, moved or altered. Linear but for
 * sorting.
 */
export function match(before: Lane, after: Lane): Difference[] {
  const alone: Record<World, Region[]> = { before: [], after: [] };
  pairEqual(before.tops, after.tops, alone);
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
function pairEqual(before: readonly Region[], after: readonly Region[], alone: Record<World, Region[]>): void {
  const leave = (r: Region) => {
    alone[r.world].push(r);
    r.children.forEach(leave);
  };
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const a = before[i];
    const b = after[j];
    if (
      a &&
      b &&
      a.start === b.start &&
      a.end === b.end &&
      a.flags === b.flags &&
      a.desc === b.desc &&
      a.name === b.name
    ) {
      pair(a, b);
      pairEqual(a.children, b.children, alone);
      i++;
      j++;
    } else if (a && (!b || a.start < b.start || (a.start === b.start && a.end <= b.end))) {
      leave(a);
      i++;
    } else {
      leave(b!);
      j++;
    }
  }
}

function push(map: Map<string, Region[]>, key: string, region: Region): void {
  const list = map.get(key);
  if (list) list.push(region);
  else map.set(key, [region]);
}
function pair(a: Region, b: Region): void {
  a.twin = b;
  b.twin = a;
}
