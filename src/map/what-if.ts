import type { WhatIf } from '../review/what-if/what-if.ts';
import { asciiOf } from './ascii.ts';
import { makeMachineScene } from './scene.ts';

/** Memory with what was allocated, before and after. */
export function whatIfMaps(result: WhatIf): string {
  return (['before', 'after'] as const)
    .map((which) => {
      const { memory, profile } = result[which];
      const scene = makeMachineScene({
        name: `${result.machine}, ${which}`,
        iomem: memory,
        srat: result.srat,
        profile,
      });
      return asciiOf(scene, { width: 72, mode: 'compressed', showing: 'after' });
    })
    .join('\n');
}
