import { paintCurve } from '../../src/map/curve.ts';
import { Pen } from '../../src/map/draw.ts';
import { t } from '../../src/map/language.ts';
import type { Theme } from '../../src/map/theme.ts';
import type { PackedWhatIf } from '../../src/map/what-if.ts';
import { h } from './dom.ts';
import { worldName } from './names.ts';
import { surfaceOf } from './theme.ts';

const WIDTH = 292;
const HEIGHT = 220;

/** What other constants come to: their price, how much fits, what goes wrong later. */
export function whatIfFacts(whatIf: PackedWhatIf, theme: Theme, saveCurve: () => void): HTMLElement[] {
  const { changes, price, curve } = whatIf;
  const worlds = (['before', 'after'] as const).map((world) => {
    const { placed, safe, findings } = whatIf[world];
    const { failed } = curve[world];
    return h(
      'section',
      { class: 'world', 'aria-label': worldName(world) },
      h('h3', {}, worldName(world)),
      h('p', {}, t('{0} allocations; {1} before a hotplug range is eaten', placed, safe)),
      h('p', {}, failed ? t('Allocation {0} fails with {1}', failed.at, failed.why) : t('None failed')),
      findings.length > 0 && h('ul', {}, ...findings.map(({ rule, message }) => finding(rule, message))),
    );
  });
  return [
    h('h2', {}, t('What if')),
    h('p', { class: 'mono' }, changes.join(' ')),
    h(
      'table',
      { class: 'price' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...[t('Price'), worldName('before'), worldName('after')].map((name) => h('th', { scope: 'col' }, name)),
        ),
      ),
      h(
        'tbody',
        {},
        ...price.map(([name, before, after]) =>
          h(
            'tr',
            { class: before === after ? '' : 'differs' },
            h('th', { scope: 'row' }, name.trim()),
            ...(before === after
              ? [h('td', { colspan: 2 }, before)]
              : [h('td', {}, before), h('td', {}, `→ ${after}`)]),
          ),
        ),
      ),
    ),
    h('h2', {}, t('Capacity')),
    picture(whatIf, theme),
    h('button', { class: 'copy', click: saveCurve }, t('Save curve as SVG…')),
    ...worlds,
  ];
}

const finding = (rule: string, message: string): HTMLElement =>
  h('li', {}, h('strong', {}, rule), h('span', {}, ` ${message}`));

function picture({ curve, before, after }: PackedWhatIf, theme: Theme): HTMLElement {
  const ratio = window.devicePixelRatio;
  const canvas = h('canvas', {
    class: 'curve',
    role: 'img',
    width: Math.round(WIDTH * ratio),
    height: Math.round(HEIGHT * ratio),
    'aria-label': t(
      'Capacity over allocations: before {0}, of which {1} are safe; after {2}, of which {3} are safe',
      before.placed,
      before.safe,
      after.placed,
      after.safe,
    ),
  });
  const c = canvas.getContext('2d')!;
  c.scale(ratio, ratio);
  paintCurve(new Pen(surfaceOf(c, ratio), theme), curve, WIDTH, HEIGHT);
  return canvas;
}
