import { Pen } from '../../src/map/draw.ts';
import { descText, flagsText, type Kind, kindNames } from '../../src/map/facts.ts';
import { addressText, countText, sizeText } from '../../src/map/numbers.ts';
import { kindsOf } from '../../src/map/picture.ts';
import type { Region } from '../../src/map/regions.ts';
import type { Paging, Pin, Scene, Try } from '../../src/map/scene.ts';
import { regionText, sectionsText, spanText } from '../../src/map/text.ts';
import type { Theme } from '../../src/map/theme.ts';
import type { SourcePlace } from '../../src/review/report.ts';
import { h } from './dom.ts';
import { surfaceOf } from './theme.ts';

export interface PanelActions {
  open(place: SourcePlace): void;
  proof(finding: string): void;
  showPin(pin: Pin): void;
  select(region: Region): void;
  textLine(line: number): void;
  copy(text: string): void;
}

const pinSigns = { introduced: '▲', change: '◆', existing: '■', fixed: '●' } as const;
const classNames = { introduced: 'introduced', change: 'changed', existing: 'already there', fixed: 'fixed' } as const;
const changeNames: Readonly<Record<Region['change'], string>> = {
  same: 'in both worlds',
  added: '+ only after',
  removed: '− only before',
  moved: '⇄ moved',
  altered: '≠ other flags or parent',
};

/** Exact facts of what is selected or under the pointer, the findings of the scenario, and the legend. */
export class Panel {
  readonly element: HTMLElement;
  readonly #facts = h('section', { class: 'facts', 'aria-label': 'Facts' });
  readonly #findings = h('section', { class: 'findings', 'aria-label': 'Findings' });
  readonly #legend = h('section', { class: 'legend', 'aria-label': 'Legend' });
  readonly #actions: PanelActions;

  constructor(actions: PanelActions) {
    this.#actions = actions;
    this.element = h('aside', { class: 'panel' }, this.#facts, this.#findings, this.#legend);
  }

  /** `badge`: what to say of it in place of how it compares with the other world. */
  showRegion(region: Region, { pageShift, sectionSizeBits: bits }: Paging, badge = badgeOf(region)): void {
    const shift = BigInt(pageShift);
    const twin = region.change === 'same' ? undefined : region.twin;
    const patchPlace = region.madeAt.find((place) => place.patchLine !== undefined);
    this.#facts.replaceChildren(
      h('h2', {}, h('span', {}, region.name || '(no name)'), h('small', { class: region.change }, badge)),
      table([
        ['range', code(`${addressText(region.start)} –`, h('br'), addressText(region.end))],
        ['size', `${sizeText(region.end - region.start + 1n)} (0x${(region.end - region.start + 1n).toString(16)})`],
        ['pfn', code(spanText(region.start >> shift, region.end >> shift))],
        ...(bits === undefined ? [] : [['section', code(sectionsText(region, bits))] as const]),
        ['flags', `${flagsText(region.flags)} (0x${region.flags.toString(16)})`],
        ['desc', descText(region.desc)],
        ['parent', region.parent ? this.#regionLink(region.parent) : 'root'],
        ['children', region.children.length > 0 ? countText(region.children.length) : 'none'],
        ...(twin ? ([[`${twin.world}`, this.#twin(twin)]] as const) : []),
        ...region.madeAt
          .slice(0, 4)
          .map((place, i) => [i === 0 ? 'made at' : 'called from', this.#placeLink(place)] as const),
        ...(patchPlace ? ([['by patch', this.#patchLink(patchPlace)]] as const) : []),
        ...(region.line === undefined ? [] : [['text', this.#lineLink(region.line)] as const]),
      ]),
      h('button', { class: 'copy', click: () => this.#actions.copy(regionText(region)) }, 'Copy'),
    );
  }

  showTry(t: Try, number: number, of: number, { pageShift }: Paging): void {
    const shift = BigInt(pageShift);
    this.#facts.replaceChildren(
      h('h2', {}, h('span', {}, `Try ${number} of ${of}`), h('small', {}, t.chosen ? '● chosen' : '× not taken')),
      table([
        ['range', code(`${addressText(t.start)} –`, h('br'), addressText(t.end))],
        ['pfn', code(spanText(t.start >> shift, t.end >> shift))],
        ['size', t.wrapped ? 'the end has wrapped below the start' : sizeText(t.end - t.start + 1n)],
        ...t.calls
          .slice(0, 6)
          .map(({ function: name, result }) => [`${name}()`, code(result || '(no return)')] as const),
      ]),
    );
  }

  showRuler(from: bigint, to: bigint, { pageShift, sectionSizeBits: bits }: Paging): void {
    const [a, b] = from <= to ? [from, to] : [to, from];
    const size = b - a;
    this.#facts.replaceChildren(
      h('h2', {}, h('span', {}, sizeText(size)), h('small', {}, 'measured')),
      table([
        ['from', code(addressText(a))],
        ['to', code(addressText(b))],
        ['bytes', code(`0x${size.toString(16)}`)],
        ['pages', code(`0x${(size >> BigInt(pageShift)).toString(16)}`)],
        ...(bits === undefined
          ? []
          : [['sections', code((Number(size >> BigInt(bits - 7)) / 128).toString())] as const]),
      ]),
    );
  }

  showNothing(scene: Scene | undefined): void {
    this.#facts.replaceChildren(
      h('h2', {}, h('span', {}, scene?.title ?? 'Address map')),
      ...(scene ? [table(scene.about)] : []),
      h('p', { class: 'hint' }, 'Point at a region, or move to the map and press an arrow key, to see its facts.'),
    );
  }

  showFindings(scene: Scene, selected: Pin | undefined): void {
    const { pins } = scene;
    this.#findings.replaceChildren(
      h('h2', {}, pins.length === 0 ? 'No findings here' : `Findings here (${pins.length})`),
      h('ol', {}, ...pins.map((pin) => this.#finding(pin, pin === selected))),
    );
  }

  #finding(pin: Pin, selected: boolean): HTMLElement {
    const { finding, shown } = pin;
    const look = finding.class === 'fixed' ? 'fixed' : finding.severity;
    return h(
      'li',
      { class: selected ? 'selected' : '', 'data-finding': finding.id },
      h(
        'button',
        { class: 'pin', click: () => this.#actions.showPin(pin), 'aria-current': selected },
        h('span', { class: `sign ${look}`, 'aria-hidden': 'true' }, `${pinSigns[finding.class]} ${pin.number}`),
        h('span', { class: 'class' }, `${classNames[finding.class]} · ${finding.rule}`),
        h('span', { class: 'message' }, shown.message),
      ),
      h(
        'div',
        { class: 'actions' },
        this.#placeLink(finding.at),
        h('button', { class: 'link', click: () => this.#actions.proof(finding.id) }, 'proof'),
      ),
    );
  }

  showLegend(scene: Scene, theme: Theme): void {
    const items = kindsOf(scene).map((kind) =>
      h(
        'li',
        {},
        swatch(theme, (pen) => sample(pen, kind, true)),
        kindNames[kind],
      ),
    );
    const mark = (sign: string, text: string) => h('li', {}, h('span', { class: 'mark' }, sign), text);
    items.push(
      h(
        'li',
        {},
        swatch(theme, (pen) => sample(pen, 'other', false)),
        'Not busy',
      ),
    );
    if (scene.bands.some((band) => band.hotplug)) items.push(h('li', {}, swatch(theme, hotplugSample), 'Hotpluggable'));
    if (scene.lanes.before.tries.length + scene.lanes.after.tries.length > 0)
      items.push(mark('×', 'Tried'), mark('●', 'Tried, chosen'));
    items.push(mark('≷', 'Folded gap'));
    if (!scene.same) items.push(mark('⇄', 'Moved'), mark('±', 'Added, removed'));
    this.#legend.replaceChildren(h('h2', {}, 'Legend'), h('ul', {}, ...items));
  }

  #regionLink(region: Region): HTMLElement {
    return h('button', { class: 'link', click: () => this.#actions.select(region) }, region.name || '(no name)');
  }
  #twin(twin: Region): HTMLElement {
    return h('button', { class: 'link mono', click: () => this.#actions.select(twin) }, addressText(twin.start));
  }
  #lineLink(line: number): HTMLElement {
    return h('button', { class: 'link', click: () => this.#actions.textLine(line) }, `line ${line}`);
  }
  #placeLink(place: SourcePlace): HTMLElement {
    const file = place.file.slice(place.file.lastIndexOf('/') + 1);
    const title = `${place.file}:${place.line}, ${place.world}`;
    return h('button', { class: 'link mono', title, click: () => this.#actions.open(place) }, `${file}:${place.line}`);
  }
  #patchLink(place: SourcePlace): HTMLElement {
    return h(
      'button',
      { class: 'link', click: () => this.#actions.open(place) },
      `line ${place.patchLine} of the patch`,
    );
  }
}

const badgeOf = (region: Region): string =>
  region.from === 'scenario' && region.change === 'same' ? 'made by the scenario' : changeNames[region.change];

const code = (...children: readonly (Node | string)[]): HTMLElement => h('code', {}, ...children);

function table(rows: readonly (readonly [string, Node | string])[]): HTMLElement {
  return h('dl', {}, ...rows.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

function swatch(theme: Theme, draw: (pen: Pen) => void): HTMLElement {
  const ratio = window.devicePixelRatio;
  const canvas = h('canvas', { class: 'swatch', 'aria-hidden': 'true', width: 22 * ratio, height: 14 * ratio });
  const c = canvas.getContext('2d')!;
  c.scale(ratio, ratio);
  draw(new Pen(surfaceOf(c, ratio), theme));
  return canvas;
}
function sample(pen: Pen, kind: Kind, busy: boolean): void {
  const { c, theme } = pen;
  pen.fill(kind, 0.5, 0.5, 21, 13, busy ? 0.42 : 0.16);
  c.strokeStyle = theme.contrast ? theme.line : busy ? theme.kinds[kind] : theme.faint;
  if (!busy) c.setLineDash([3, 2]);
  pen.path(0.5, 0.5, 21, 13);
  c.stroke();
}
function hotplugSample(pen: Pen): void {
  const { c, theme } = pen;
  pen.path(0.5, 0.5, 21, 13, 2);
  c.globalAlpha = 0.6;
  c.fillStyle = pen.pattern('hotplug', theme.warning) ?? theme.warning;
  c.fill();
  c.globalAlpha = 1;
  c.strokeStyle = theme.warning;
  c.stroke();
}
