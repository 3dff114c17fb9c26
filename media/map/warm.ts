import { Rows } from '../../src/map/boxes.ts';
import { Pen } from '../../src/map/draw.ts';
import { makeLayout } from '../../src/map/layout.ts';
import type { Node } from '../../src/map/pack.ts';
import { paintMap } from '../../src/map/paint.ts';
import { makeScale } from '../../src/map/scale.ts';
import { makeMachineScene } from '../../src/map/scene.ts';
import type { Theme } from '../../src/map/theme.ts';
import { View } from '../../src/map/view.ts';
import { surfaceOf } from './theme.ts';

const REGIONS = 4000;

/**
 * Draws a map that nobody sees, while the page waits for what it is to show: by then the engine has compiled what draws, and
 * fonts are at hand, which would take longer than the first picture of many regions itself.
 */
export function warmUp(theme: Theme): void {
  const c = document.createElement('canvas').getContext('2d');
  if (!c) return;
  const iomem = Array.from({ length: REGIONS }, (_, i): Node => {
    const start = (BigInt(i) << 24n) + (BigInt(i % 7) << 20n);
    const base = { name: `${i % 16} MMIO`, flags: 0x8000_0200n, desc: 0 };
    const leaf = { ...base, start, end: start + 0xf_ffffn, children: [] };
    return { ...base, start, end: start + 0x7f_ffffn, flags: 0x200n, children: [leaf] };
  });
  const scene = makeMachineScene({ name: '', iomem, srat: [] });
  const view = new View(makeScale('compressed', scene), 1000);
  const rows = new Rows(scene.lanes.after, view.scale);
  paintMap(new Pen(surfaceOf(c, 1), theme), scene, view, makeLayout(scene, 'both', 600), () => rows, {
    selected: undefined,
    hovered: undefined,
    hoveredTry: undefined,
    pin: undefined,
    pointer: undefined,
  });
}
