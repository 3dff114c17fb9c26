import { Rows } from './boxes.ts';
import { isBusy } from './facts.ts';
import { english } from './language.ts';
import { type Showing, worldsOf } from './layout.ts';
import { addressText, sizeText } from './numbers.ts';
import { differenceText } from './paint-difference.ts';
import type { Region } from './regions.ts';
import { makeScale, type ScaleMode } from './scale.ts';
import type { Lane, Scene } from './scene.ts';
import { ticksOf } from './ticks.ts';
import { View } from './view.ts';

/*
 * The map for mail: ASCII only, no line wider than asked for.
 */

export interface AsciiOptions {
  /** Columns. */
  readonly width: number;
  readonly mode: ScaleMode;
  readonly showing: Showing;
}

/** Differences and findings that are listed; more are counted. */
const MAX_LISTED = 20;
const MAX_ROWS = 8;

export function asciiOf(scene: Scene, { width: asked, mode, showing }: AsciiOptions): string {
  const width = Math.max(40, Math.min(400, Math.floor(asked)));
  const view = new View(makeScale(mode, scene), width);
  const out: string[] = [...wrapped(plain(scene.title), width, '')];
  for (const [name, value] of scene.about) out.push(...wrapped(plain(`${name}: ${value}`), width, '  '));
  out.push('', ...axis(view));
  const bands = bandsRow(scene, view);
  if (bands) out.push(bands);
  for (const world of worldsOf(scene, showing)) {
    const lane = scene.lanes[world];
    const title = scene.single
      ? 'memory'
      : scene.same && showing !== 'before' && showing !== 'after'
        ? 'before and after'
        : world;
    const count = lane.count === 1 ? '1 region' : `${lane.count} regions`;
    const tries = lane.tries.length === 0 ? '' : `, ${lane.tries.length} ${lane.tries.length === 1 ? 'try' : 'tries'}`;
    const ended = lane.ended === 'ok' ? '' : `, ended by ${lane.ended}`;
    out.push('', `${title}: ${count}${tries}${ended}`, ...laneRows(lane, view));
  }
  out.push('', ...legend(scene, view, width));
  if (!scene.single) out.push('', ...differences(scene, width));
  if (scene.pins.length > 0) {
    out.push('', 'findings:');
    for (const { number, finding, shown } of scene.pins.slice(0, MAX_LISTED))
      out.push(...wrapped(plain(`${number}. ${finding.class} ${finding.rule}: ${shown.message}`), width, '   '));
    if (scene.pins.length > MAX_LISTED) out.push(`   and ${scene.pins.length - MAX_LISTED} more`);
  }
  return `${out.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Addresses above a line with a mark below each, gaps torn. */
function axis(view: View): string[] {
  const labels = new Array<string>(view.width).fill(' ');
  const line = new Array<string>(view.width).fill('-');
  for (const column of foldsOf(view)) line.splice(column, 2, '/', '/');
  const ticks = ticksOf(view.scale, {
    width: view.width,
    left: view.left,
    right: view.right,
    x: (address) => view.x(address),
    at: (x) => view.at(x),
    measure: (label) => label.length,
    apart: 2,
    share: 16,
  });
  for (const { label, x } of ticks) {
    const mark = Math.min(view.width - 1, Math.round(x));
    const from = Math.max(0, Math.min(view.width - label.length, Math.round(x - label.length / 2)));
    labels.splice(from, label.length, ...label);
    line[mark] = '+';
  }
  return [labels.join(''), line.join('')];
}

/** What SRAT promises: `{n1+++}` may be plugged into node 1, `{n0}` is there. */
function bandsRow(scene: Scene, view: View): string | undefined {
  if (scene.bands.length === 0) return undefined;
  const cells = new Array<string>(view.width).fill(' ');
  for (const { node, start, end, hotplug } of scene.bands) {
    const from = Math.max(0, Math.round(view.x(start)));
    const to = Math.min(view.width, Math.max(from + 1, Math.round(view.x(end + 1n))));
    for (let x = from; x < to; x++) cells[x] = hotplug ? '+' : ' ';
    if (to - from < 2) continue;
    cells[from] = '{';
    cells[to - 1] = '}';
    const name = `n${node}`.slice(0, to - from - 2);
    cells.splice(from + 1, name.length, ...name);
  }
  return cells.join('');
}

/** Columns at which a folded gap that is wide enough is torn, and how many bytes it hides. */
function foldsOf(view: View): number[] {
  const columns: number[] = [];
  let last = -3;
  const { scale } = view;
  for (let i = 0; i < scale.count; i++) {
    if (!scale.isFolded(i)) continue;
    const segment = scale.segment(i);
    if (segment.length * view.width < 1) continue;
    const column = Math.round((segment.at + segment.length / 2) * view.width) - 1;
    if (column < last + 3 || column < 1 || column > view.width - 3) continue;
    columns.push(column);
    last = column;
  }
  return columns;
}

function laneRows(lane: Lane, view: View): string[] {
  const rows = new Rows(lane, view.scale);
  const folds = foldsOf(view);
  const out: string[] = [];
  for (const [depth] of lane.rows.slice(0, MAX_ROWS).entries()) {
    const cells = new Array<string>(view.width).fill(' ');
    let free = 0;
    for (const { x0, x1, region, count } of rows.at(depth)?.boxes(view, 1) ?? []) {
      const from = Math.max(free, Math.floor(x0 + 0.25));
      const to = Math.min(view.width, Math.max(from + 1, Math.round(x1)));
      if (from >= view.width) break;
      box(cells, from, to, region, count, folds);
      free = to;
    }
    out.push(cells.join(''));
  }
  if (lane.rows.length === 0) out.push('(nothing below the root)');
  if (lane.rows.length > MAX_ROWS) out.push(`(${lane.rows.length - MAX_ROWS} deeper levels are left out)`);
  const tries = triesRow(lane, view);
  if (tries) out.push(tries);
  return out;
}

const fillOf = (region: Region): string => (isBusy(region.flags) ? '=' : '.');

/** `[name====]`; what has one column is `|`, or `#` where it stands for several. */
function box(cells: string[], from: number, to: number, region: Region, count: number, folds: readonly number[]): void {
  if (count > 1 || to - from < 2) {
    const mark = count > 1 ? '#' : region.change === 'same' ? '|' : signs[region.change];
    for (let x = from; x < to; x++) cells[x] = mark;
    return;
  }
  for (let x = from + 1; x < to - 1; x++) cells[x] = fillOf(region);
  cells[from] = '[';
  cells[to - 1] = ']';
  for (const fold of folds) if (fold > from && fold + 2 < to) cells.splice(fold, 2, '/', '/');
  // The name stands in the widest part that no gap tears.
  const edges = [
    from,
    ...folds.filter((fold) => fold > from && fold + 2 < to).flatMap((fold) => [fold, fold + 1]),
    to - 1,
  ];
  let [best, room] = [from + 1, 0];
  for (let i = 0; i + 1 < edges.length; i += 2) {
    const space = edges[i + 1]! - edges[i]! - 1;
    if (space > room) [best, room] = [edges[i]! + 1, space];
  }
  const sign = region.change === 'same' ? '' : signs[region.change];
  const name = plain(`${sign}${region.name}`).slice(0, room);
  if (room >= 2) cells.splice(best, name.length, ...name);
}

const signs: Readonly<Record<Region['change'], string>> = {
  same: '',
  added: '+',
  removed: '-',
  moved: '>',
  altered: '~',
};

/** `x` for what was taken, `o` for what was chosen. */
function triesRow(lane: Lane, view: View): string | undefined {
  if (lane.tries.length === 0) return undefined;
  const cells = new Array<string>(view.width).fill(' ');
  for (const { start, end, chosen, wrapped } of lane.tries) {
    if (wrapped) continue;
    const column = Math.min(view.width - 1, Math.floor(view.x(start + (end - start + 1n) / 2n)));
    if (chosen) cells[column] = 'o';
    else if (cells[column] !== 'o') cells[column] = 'x';
  }
  return cells.join('');
}

function legend(scene: Scene, view: View, width: number): string[] {
  const tries = scene.lanes.before.tries.length + scene.lanes.after.tries.length > 0;
  const parts = ['[===] busy', '[...] not busy', '# several'];
  if (scene.bands.length > 0) parts.push('{n0} SRAT, node 0', '{n1++} hotpluggable');
  if (foldsOf(view).length > 0) parts.push('// gap folded');
  if (tries) parts.push('x tried', 'o chosen');
  if (!scene.same) parts.push('> moved', '+ added', '- removed', '~ altered');
  const limits = scene.limits.map((limit) => `${plain(limit.name)} ${addressText(limit.at)}`);
  return [...wrapped(parts, width, '', '  '), ...wrapped(limits, width, '', '  ')];
}

function differences(scene: Scene, width: number): string[] {
  if (scene.same) return ['no difference'];
  const out = wrapped(plain(`difference: ${differenceText(scene, english)}`), width, '  ');
  const lines = scene.differences
    .slice(0, MAX_LISTED)
    .flatMap(({ before, after }) => [
      ...(before ? [['-', before] as const] : []),
      ...(after ? [['+', after] as const] : []),
    ]);
  const ranges = lines.map(([, r]) => `${addressText(r.start)}-${addressText(r.end)}`);
  const sizes = lines.map(([, r]) => plain(sizeText(r.end - r.start + 1n)));
  const [a, b] = [ranges, sizes].map((texts) => texts.reduce((most, text) => Math.max(most, text.length), 0));
  for (const [i, [sign, region]] of lines.entries())
    out.push(`${sign} ${ranges[i]!.padEnd(a!)}  ${sizes[i]!.padStart(b!)}  ${plain(region.name)}`.slice(0, width));
  if (scene.differences.length > MAX_LISTED) out.push(`  and ${scene.differences.length - MAX_LISTED} more`);
  return out;
}

const substitutes = new Map([
  ['→', '->'],
  ['·', ';'],
  ['≈', '~'],
  ['−', '-'],
  ['–', '-'],
  ['×', 'x'],
  ['“', '"'],
  ['”', '"'],
  ['…', '...'],
]);

/** ASCII, in one line. */
const plain = (text: string): string =>
  text.replace(/[^ -~]/gu, (char) => substitutes.get(char) ?? (/\s/.test(char) ? ' ' : '?')).replaceAll(' ;', ';');

/** Lines of at most `width` columns; the second and all that follow are indented. */
function wrapped(text: string | readonly string[], width: number, indent: string, between = ' '): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of typeof text === 'string' ? text.split(' ') : text) {
    const next = line === '' ? word : `${line}${between}${word}`;
    if (next.length <= width) line = next;
    else {
      if (line !== '') lines.push(line);
      line = `${indent}${word}`;
      // A word without end is cut.
      for (; line.length > width; line = `${indent}${line.slice(width)}`) lines.push(line.slice(0, width));
    }
  }
  return line === '' ? lines : [...lines, line];
}
