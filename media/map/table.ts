import { descText, flagsText } from '../../src/map/facts.ts';
import { t } from '../../src/map/language.ts';
import { addressText, sizeText } from '../../src/map/numbers.ts';
import type { Region } from '../../src/map/regions.ts';
import type { Scene } from '../../src/map/scene.ts';
import { sectionsText, spanText } from '../../src/map/text.ts';
import { h } from './dom.ts';
import { changeName, nameOf, worldName } from './names.ts';

/** Rows that are made at a time: a level can hold a hundred thousand. */
const PART = 200;

const worldText = (r: Region): string => {
  if (r.change === 'same') return t('both');
  if (r.change === 'added') return t('only after');
  if (r.change === 'removed') return t('only before');
  return `${worldName(r.world)}, ${changeName(r.change)}`;
};

/** The same facts as the map, as a tree of rows for screen readers and for reading. */
export class RegionTable {
  readonly element: HTMLElement;
  readonly #body = h('tbody');
  readonly #select: (region: Region) => void;
  readonly #regions = new WeakMap<Element, Region>();
  #scene: Scene | undefined;

  constructor(select: (region: Region) => void) {
    this.#select = select;
    const columns = [
      ...[t('Name'), t('Start'), t('End (inclusive)'), t('Size'), t('Pfn')],
      ...[t('Section'), t('Flags'), t('Desc'), t('Parent'), t('World')],
    ];
    this.element = h(
      'table',
      { role: 'treegrid', 'aria-label': t('Regions'), keydown: (e: KeyboardEvent) => this.#key(e) },
      h('thead', {}, h('tr', {}, ...columns.map((name) => h('th', { scope: 'col' }, name)))),
      this.#body,
    );
    this.#body.addEventListener('click', (event) => {
      const row = (event.target as Element).closest('tr');
      if (!row) return;
      if ((event.target as Element).closest('.twisty')) this.#toggle(row);
      else this.#choose(row);
    });
  }

  show(scene: Scene): void {
    if (this.#scene === scene) return;
    this.#scene = scene;
    const tops = merge(scene.lanes.after.rows[0] ?? [], scene.lanes.before.rows[0] ?? []);
    this.#body.replaceChildren();
    this.#add(tops, 1, undefined, 0);
    // What the scenario made is seen without opening anything.
    for (const row of [...this.#body.rows]) {
      const region = this.#regions.get(row);
      if (region && holdsChange(region)) this.#toggle(row);
    }
    this.#body.rows[0]?.setAttribute('tabindex', '0');
  }

  mark(region: Region | undefined): void {
    for (const row of this.#body.rows)
      row.setAttribute('aria-selected', String(region !== undefined && this.#regions.get(row) === region));
  }

  #add(regions: readonly Region[], level: number, after: HTMLTableRowElement | undefined, from: number): void {
    const { pageShift, sectionSizeBits: bits } = this.#scene!.paging;
    const shift = BigInt(pageShift);
    const rows: HTMLElement[] = regions.slice(from, from + PART).map((region, i) => {
      const open = childrenOf(region).length > 0 ? 'false' : undefined;
      const row = h(
        'tr',
        {
          role: 'row',
          tabindex: -1,
          class: region.change,
          'aria-level': level,
          'aria-setsize': regions.length,
          'aria-posinset': from + i + 1,
          'aria-expanded': open,
          'aria-selected': 'false',
        },
        h(
          'td',
          { role: 'gridcell' },
          h('span', { class: `indent i${Math.min(level - 1, 12)}` }),
          h('span', { class: open ? 'twisty' : 'twisty none', 'aria-hidden': 'true' }),
          nameOf(region),
        ),
        ...[
          addressText(region.start),
          addressText(region.end),
          sizeText(region.end - region.start + 1n),
          spanText(region.start >> shift, region.end >> shift),
          bits === undefined ? '' : sectionsText(region, bits),
          flagsText(region.flags),
          descText(region.desc),
          region.parent ? nameOf(region.parent) : t('root'),
          worldText(region),
        ].map((text) => h('td', { role: 'gridcell' }, text)),
      );
      this.#regions.set(row, region);
      return row;
    });
    const left = regions.length - from - PART;
    if (left > 0) {
      const more = h('tr', { role: 'row', tabindex: -1, class: 'more', 'aria-level': level });
      const button = h('button', { class: 'link' }, t('{0} of {1} more', Math.min(left, PART), left));
      button.addEventListener('click', () => {
        this.#add(regions, level, more, from + PART);
        (more.nextElementSibling as HTMLElement | null)?.focus();
        more.remove();
      });
      more.append(h('td', { role: 'gridcell', colspan: 10 }, button));
      rows.push(more);
    }
    if (after) after.after(...rows);
    else this.#body.append(...rows);
  }

  #toggle(row: HTMLTableRowElement): void {
    const region = this.#regions.get(row);
    const expanded = row.getAttribute('aria-expanded');
    if (!region || expanded === null) return;
    const level = Number(row.getAttribute('aria-level'));
    if (expanded === 'true') {
      while (Number(row.nextElementSibling?.getAttribute('aria-level') ?? 0) > level) row.nextElementSibling!.remove();
      row.setAttribute('aria-expanded', 'false');
      return;
    }
    row.setAttribute('aria-expanded', 'true');
    this.#add(childrenOf(region), level + 1, row, 0);
  }

  #choose(row: HTMLTableRowElement): void {
    this.#focus(row);
    const region = this.#regions.get(row);
    if (region) this.#select(region);
  }

  #focus(row: Element | null | undefined): void {
    if (!(row instanceof HTMLTableRowElement)) return;
    for (const other of this.#body.querySelectorAll('[tabindex="0"]')) other.setAttribute('tabindex', '-1');
    row.setAttribute('tabindex', '0');
    row.focus();
  }

  #key(event: KeyboardEvent): void {
    const row = (event.target as Element).closest('tr');
    if (!row || row.parentElement !== this.#body) return;
    const level = Number(row.getAttribute('aria-level'));
    const expanded = row.getAttribute('aria-expanded');
    switch (event.key) {
      case 'ArrowDown':
        this.#focus(row.nextElementSibling);
        break;
      case 'ArrowUp':
        this.#focus(row.previousElementSibling);
        break;
      case 'Home':
        this.#focus(this.#body.firstElementChild);
        break;
      case 'End':
        this.#focus(this.#body.lastElementChild);
        break;
      case 'ArrowRight':
        if (expanded === 'false') this.#toggle(row);
        else if (expanded === 'true') this.#focus(row.nextElementSibling);
        break;
      case 'ArrowLeft': {
        if (expanded === 'true') this.#toggle(row);
        else {
          let up = row.previousElementSibling;
          while (up && Number(up.getAttribute('aria-level')) >= level) up = up.previousElementSibling;
          this.#focus(up);
        }
        break;
      }
      case 'Enter':
      case ' ':
        if ((event.target as Element).tagName === 'BUTTON') return;
        this.#choose(row);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

/** Children in the world after, and those before that have no equal there. */
const childrenOf = (region: Region): readonly Region[] =>
  region.world === 'before' ? [...region.children] : merge(region.children, region.twin?.children ?? []);

function merge(after: Iterable<Region>, before: Iterable<Region>): readonly Region[] {
  const other = [...before].filter((r) => r.change !== 'same');
  if (other.length === 0) return [...after];
  return [...after, ...other].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
}

function holdsChange(region: Region): boolean {
  return childrenOf(region).some((child) => child.change !== 'same' || child.from === 'scenario');
}
