import { speak, t } from '../../src/map/language.ts';
import type { ToCost } from '../../src/protocol.ts';
import type { SearchCost } from '../../src/review/report.ts';
import { h, pageTexts } from '../map/dom.ts';

/* What calls cost before and after a patch over the size of the tree: a plot of each, and its numbers as a table. */

declare function acquireVsCodeApi(): { postMessage(message: { readonly type: 'ready' }): void };
const api = acquireVsCodeApi();
const page = document.getElementById('cost')!;
speak(pageTexts());

addEventListener('message', ({ data }: MessageEvent<ToCost>) => {
  page.replaceChildren(h('h1', {}, data.title), ...data.costs.map(figure));
});
api.postMessage({ type: 'ready' });

const WIDTH = 560;
const HEIGHT = 260;
const LEFT = 64;
const RIGHT = 16;
const TOP = 12;
const BOTTOM = 44;

type World = 'before' | 'after';
const worlds: readonly World[] = ['before', 'after'];
const worldText = (world: World): string => (world === 'before' ? t('before the patch') : t('after the patch'));

function figure(cost: SearchCost, index: number): HTMLElement {
  const measure = cost.measure === 'lock hold' ? t('statements while a lock is held') : t('statements executed');
  const shape = cost.shape === 'nested' ? t('regions nested in one another') : t('regions side by side');
  const title = t('{0}(): {1}, {2}', cost.operation, measure, shape);
  const id = `cost${index}`;
  return h(
    'figure',
    {},
    h('figcaption', {}, h('h2', { id }, title), h('ul', { class: 'legend' }, ...worlds.map((w) => legend(cost, w)))),
    plot(cost, title),
    numbers(cost, id),
  );
}

function legend({ growth, before, after }: SearchCost, world: World): HTMLElement {
  const last = (world === 'before' ? before : after).at(-1);
  const text = last
    ? t('{0}: grows {1}, {2} with {3} regions', worldText(world), growthText(growth[world]), last.cost, last.size)
    : t('{0}: cut off', worldText(world));
  return h('li', { class: world }, text);
}

/** Words of the core: they are known. */
function growthText(growth: string): string {
  const texts: Readonly<Record<string, string>> = {
    constant: t('not at all'),
    logarithmic: t('logarithmically'),
    linear: t('linearly'),
    'n log n': t('like n log n'),
    quadratic: t('quadratically'),
    cubic: t('cubically'),
  };
  return Object.hasOwn(texts, growth) ? texts[growth]! : t('in no clear way');
}

function draw(tag: string, attributes: Readonly<Record<string, string | number>>, ...children: (Node | string)[]) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

function plot(cost: SearchCost, title: string): Node {
  const points = [...cost.before, ...cost.after];
  const mostX = Math.max(1, ...points.map((p) => p.size));
  const mostY = Math.max(1, ...points.map((p) => p.cost));
  const x = (size: number): number => LEFT + (size / mostX) * (WIDTH - LEFT - RIGHT);
  const y = (n: number): number => HEIGHT - BOTTOM - (n / mostY) * (HEIGHT - TOP - BOTTOM);
  const sizes = [...new Set(points.map((p) => p.size))].sort((a, b) => a - b);
  const curves = worlds.flatMap((world) => {
    const line = cost[world].map((p) => `${x(p.size)},${y(p.cost)}`).join(' ');
    // Shapes tell the worlds apart where colours do not.
    const marks = cost[world].map((p) =>
      world === 'before'
        ? draw('circle', { class: world, cx: x(p.size), cy: y(p.cost), r: 4 })
        : draw('rect', { class: world, x: x(p.size) - 3.5, y: y(p.cost) - 3.5, width: 7, height: 7 }),
    );
    return [draw('polyline', { class: world, points: line }), ...marks];
  });
  return draw(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': t('{0}; the table has the numbers', title) },
    ...[0, mostY / 2, mostY].flatMap((n) => [
      draw('path', { class: 'grid', d: `M${LEFT} ${y(n)}H${WIDTH - RIGHT}` }),
      draw('text', { x: LEFT - 8, y: y(n) + 4, 'text-anchor': 'end' }, String(Math.round(n))),
    ]),
    draw('path', { class: 'axis', d: `M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}` }),
    ...sizes.map((size) =>
      draw('text', { x: x(size), y: HEIGHT - BOTTOM + 16, 'text-anchor': 'middle' }, String(size)),
    ),
    draw('text', { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, 'text-anchor': 'middle' }, t('regions in the tree')),
    ...curves,
  );
}

function numbers(cost: SearchCost, caption: string): HTMLElement {
  const sizes = [...new Set([...cost.before, ...cost.after].map((p) => p.size))].sort((a, b) => a - b);
  const cell = (world: World, size: number): HTMLElement => {
    const point = cost[world].find((p) => p.size === size);
    return h('td', {}, point ? String(point.cost) : t('cut off'));
  };
  return h(
    'table',
    { 'aria-labelledby': caption },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, t('Regions')),
        ...worlds.map((w) => h('th', { scope: 'col' }, worldText(w))),
      ),
    ),
    h(
      'tbody',
      {},
      ...sizes.map((size) =>
        h('tr', {}, h('th', { scope: 'row' }, String(size)), ...worlds.map((world) => cell(world, size))),
      ),
    ),
  );
}
