import type { Region } from '../../src/map/regions.ts';
import type { Scene } from '../../src/map/scene.ts';
import type { World } from '../../src/review/report.ts';

/** The neighbour at the same depth; without a selection the first or last region of `world`. */
export function neighbour(scene: Scene, world: World, selected: Region | undefined, step: number): Region | undefined {
  const row = scene.lanes[selected?.world ?? world].rows[selected?.depth ?? 0];
  if (!row) return undefined;
  const at = (selected ? row.indexOf(selected) : step > 0 ? -1 : row.length) + step;
  return at < 0 ? undefined : row.at(at);
}

/** The parent (−1), or the first child (1). */
export const aboveOrBelow = (selected: Region, step: number): Region | undefined =>
  step < 0 ? selected.parent : selected.children.at(0);
