import { type Say, t } from './language.ts';
import { addressText, countText, sizeText } from './numbers.ts';
import { differences } from './paint-difference.ts';
import type { Scene } from './scene.ts';

/** What there is to see, in a sentence: first what the patch changed, of a machine how much memory it has. */
export function headlineOf(scene: Scene, say: Say = t): string {
  if (scene.single) return machineText(scene, say);
  if (!scene.same) {
    const [first = '', ...more] = differences(scene, say);
    const only = scene.differences.length === 1 ? scene.differences[0] : undefined;
    const moved = only?.before && only.after && only.before.start !== only.after.start ? only : undefined;
    const where = moved ? [`${addressText(moved.before!.start)} → ${addressText(moved.after!.start)}`] : [];
    return [[first, ...where].join(', '), ...more].join(' · ');
  }
  if (scene.pins.length === 0) return say('The patch changes nothing here');
  return say('The memory is the same before and after; what changes is how this comes about');
}

function machineText(scene: Scene, say: Say): string {
  const { memory, lanes } = scene;
  const total = memory.reduce((sum, { start, end }) => sum + (end - start + 1n), 0n);
  const regions = lanes.after.count === 1 ? say('1 region') : say('{0} regions', countText(lanes.after.count));
  if (total === 0n) return regions;
  const ram =
    memory.length === 1
      ? say('{0} of System RAM in one piece', sizeText(total))
      : say('{0} of System RAM in {1} pieces', sizeText(total), countText(memory.length));
  return `${ram} · ${regions}`;
}
