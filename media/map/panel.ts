import { Pen } from '../../src/map/draw.ts';
import { descText, flagsText, type Kind, kindNames } from '../../src/map/facts.ts';
import { t } from '../../src/map/language.ts';
import { addressText, countText, sizeText } from '../../src/map/numbers.ts';
import { kindsOf } from '../../src/map/picture.ts';
import type { Region } from '../../src/map/regions.ts';
import type { Paging, Pin, Scene, Try } from '../../src/map/scene.ts';
import { regionText, sectionsText, spanText } from '../../src/map/text.ts';
import type { Theme } from '../../src/map/theme.ts';
import type { PackedWhatIf } from '../../src/map/what-if.ts';
import type { SourcePlace } from '../../src/review/report.ts';
import { h } from './dom.ts';
import { className, nameOf, pinSigns, worldName } from './names.ts';
import { surfaceOf } from './theme.ts';
import { whatIfFacts } from './what-if.ts';

export interface PanelActions {
  open(place: SourcePlace): void;
  proof(finding: string): void;
  showPin(pin: Pin): void;
  select(region: Region): void;
  textLine(line: number): void;
  copy(text: string): void;
  saveCurve(whatIf: PackedWhatIf): void;
}

const badge = (change: Region['change']): string =>
  ({
    same: t('in both worlds'),
    added: t('+ only after'),
    removed: t('− only before'),
    moved: t('⇄ moved'),
    altered: t('≠ other flags or parent'),
  })[change];

/** Exact facts of what is selected or under the pointer, the findings of the scenario, and the legend. */
export class Panel {
  readonly element: HTMLElement;
  readonly #facts = h('section', { class: 'facts', 'aria-label': t('Facts') });
  readonly #findings = h('section', { class: 'findings', 'aria-label': t('Findings') });
  readonly #legend = h('section', { class: 'legend', 'aria-label': t('Legend') });
  readonly #actions: PanelActions;

  constructor(actions: PanelActions) {
    this.#actions = actions;
    this.element = h('aside', { class: 'panel' }, this.#facts, this.#findings, this.#legend);
  }

  /** `note`: what to say of it in place of how it compares with the other world. */
  showRegion(region: Region, { pageShift, sectionSizeBits: bits }: Paging, note = badgeOf(region)): void {
    const shift = BigInt(pageShift);
    const twin = region.change === 'same' ? undefined : region.twin;
    const patchPlace = region.madeAt.find((place) => place.patchLine !== undefined);
    this.#facts.replaceChildren(
      h('h2', {}, h('span', {}, nameOf(region)), h('small', { class: region.change }, note)),
      table([
        [t('range'), code(`${addressText(region.start)} –`, h('br'), addressText(region.end))],
        [t('size'), `${sizeText(region.end - region.start + 1n)} (0x${(region.end - region.start + 1n).toString(16)})`],
        ['pfn', code(spanText(region.start >> shift, region.end >> shift))],
        ...(bits === undefined ? [] : [[t('section'), code(sectionsText(region, bits))] as const]),
        ['flags', `${flagsText(region.flags)} (0x${region.flags.toString(16)})`],
        ['desc', descText(region.desc)],
        [t('parent'), region.parent ? this.#regionLink(region.parent) : t('root')],
        [t('children'), region.children.length > 0 ? countText(region.children.length) : t('none')],
        ...(twin ? ([[worldName(twin.world), this.#twin(twin)]] as const) : []),
        ...region.madeAt
          .slice(0, 4)
          .map((place, i) => [i === 0 ? t('made at') : t('called from'), this.#placeLink(place)] as const),
        ...(patchPlace ? ([[t('by patch'), this.#patchLink(patchPlace)]] as const) : []),
        ...(region.line === undefined ? [] : [[t('text'), this.#lineLink(region.line)] as const]),
      ]),
      h('button', { class: 'copy', click: () => this.#actions.copy(regionText(region)) }, t('Copy')),
    );
  }

  showTry(one: Try, number: number, of: number, { pageShift }: Paging): void {
    const shift = BigInt(pageShift);
    this.#facts.replaceChildren(
      h(
        'h2',
        {},
        h('span', {}, t('Try {0} of {1}', number, of)),
        h('small', {}, one.chosen ? t('● chosen') : t('× not taken')),
      ),
      table([
        [t('range'), code(`${addressText(one.start)} –`, h('br'), addressText(one.end))],
        ['pfn', code(spanText(one.start >> shift, one.end >> shift))],
        [t('size'), one.wrapped ? t('the end has wrapped below the start') : sizeText(one.end - one.start + 1n)],
        ...one.calls
          .slice(0, 6)
          .map(({ function: name, result }) => [`${name}()`, code(result || t('(no return)'))] as const),
      ]),
    );
  }

  showRuler(from: bigint, to: bigint, { pageShift, sectionSizeBits: bits }: Paging): void {
    const [a, b] = from <= to ? [from, to] : [to, from];
    const size = b - a;
    this.#facts.replaceChildren(
      h('h2', {}, h('span', {}, sizeText(size)), h('small', {}, t('measured'))),
      table([
        [t('from'), code(addressText(a))],
        [t('to'), code(addressText(b))],
        [t('bytes'), code(`0x${size.toString(16)}`)],
        [t('pages'), code(`0x${(size >> BigInt(pageShift)).toString(16)}`)],
        ...(bits === undefined
          ? []
          : [[t('sections'), code((Number(size >> BigInt(bits - 7)) / 128).toString())] as const]),
      ]),
    );
  }

  showNothing(scene: Scene | undefined): void {
    this.#facts.replaceChildren(
      h('h2', {}, h('span', {}, scene?.title ?? t('Address map'))),
      ...(scene ? [table(scene.about.map(([name, value]) => [aboutName(name), value]))] : []),
      h('p', { class: 'hint' }, t('Point at a region, or move to the map and press an arrow key, to see its facts.')),
    );
  }

  showFindings(scene: Scene, selected: Pin | undefined): void {
    const { pins } = scene;
    this.#findings.replaceChildren(
      h('h2', {}, pins.length === 0 ? t('No findings here') : t('Findings here ({0})', pins.length)),
      h('ol', {}, ...pins.map((pin) => this.#finding(pin, pin === selected))),
    );
  }

  showWhatIf(whatIf: PackedWhatIf, theme: Theme): void {
    this.#findings.replaceChildren(...whatIfFacts(whatIf, theme, () => this.#actions.saveCurve(whatIf)));
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
        h('span', { class: 'class' }, `${className(finding.class)} · ${finding.rule}`),
        h('span', { class: 'message' }, shown.message),
      ),
      h(
        'div',
        { class: 'actions' },
        this.#placeLink(finding.at),
        h('button', { class: 'link', click: () => this.#actions.proof(finding.id) }, t('proof')),
      ),
    );
  }

  showLegend(scene: Scene, theme: Theme): void {
    const names = kindNames();
    const items = kindsOf(scene).map((kind) =>
      h(
        'li',
        {},
        swatch(theme, (pen) => sample(pen, kind, true)),
        names[kind],
      ),
    );
    const mark = (sign: string, text: string) => h('li', {}, h('span', { class: 'mark' }, sign), text);
    items.push(
      h(
        'li',
        {},
        swatch(theme, (pen) => sample(pen, 'other', false)),
        t('Not busy'),
      ),
    );
    if (scene.bands.some((band) => band.hotplug))
      items.push(h('li', {}, swatch(theme, hotplugSample), t('Hotpluggable')));
    if (scene.lanes.before.tries.length + scene.lanes.after.tries.length > 0)
      items.push(mark('×', t('Tried')), mark('●', t('Tried, chosen')));
    items.push(mark('≷', t('Folded gap')));
    if (!scene.same) items.push(mark('⇄', t('Moved')), mark('±', t('Added, removed')));
    this.#legend.replaceChildren(h('h2', {}, t('Legend')), h('ul', {}, ...items));
  }

  #regionLink(region: Region): HTMLElement {
    return h('button', { class: 'link', click: () => this.#actions.select(region) }, nameOf(region));
  }
  #twin(twin: Region): HTMLElement {
    return h('button', { class: 'link mono', click: () => this.#actions.select(twin) }, addressText(twin.start));
  }
  #lineLink(line: number): HTMLElement {
    return h('button', { class: 'link', click: () => this.#actions.textLine(line) }, t('line {0}', line));
  }
  #placeLink(place: SourcePlace): HTMLElement {
    const file = place.file.slice(place.file.lastIndexOf('/') + 1);
    const title = `${place.file}:${place.line}, ${worldName(place.world)}`;
    return h('button', { class: 'link mono', title, click: () => this.#actions.open(place) }, `${file}:${place.line}`);
  }
  #patchLink(place: SourcePlace): HTMLElement {
    return h(
      'button',
      { class: 'link', click: () => this.#actions.open(place) },
      t('line {0} of the patch', place.patchLine ?? 0),
    );
  }
}

const badgeOf = (region: Region): string =>
  region.from === 'scenario' && region.change === 'same' ? t('made by the scenario') : badge(region.change);

/** Of facts about all of it, which exports name in English. */
function aboutName(name: string): string {
  switch (name) {
    case 'scenario':
      return t('scenario');
    case 'machine':
      return t('machine');
    case 'patch':
      return t('patch');
    case 'section size':
      return t('section size');
    case 'architecture':
      return t('architecture');
    default:
      return name;
  }
}

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
