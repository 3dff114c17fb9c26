import { headlineOf } from '../../src/map/headline.ts';
import type { Scene } from '../../src/map/scene.ts';
import type { FindingClass } from '../../src/review/report.ts';
import { h } from './dom.ts';
import { className, pinSigns } from './names.ts';

/** The line over the map: what the patch changed, and how many findings of which class are shown here. */
export function headline(scene: Scene): HTMLElement[] {
  const counts = new Map<FindingClass, number>();
  for (const { finding } of scene.pins) counts.set(finding.class, (counts.get(finding.class) ?? 0) + 1);
  return [
    h('strong', { class: 'what' }, headlineOf(scene)),
    ...[...counts].map(([one, count]) =>
      h(
        'span',
        { class: `chip ${one}` },
        h('span', { class: 'sign', 'aria-hidden': 'true' }, pinSigns[one]),
        ` ${count} ${className(one)}`,
      ),
    ),
  ];
}
