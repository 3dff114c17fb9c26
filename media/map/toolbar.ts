import { t } from '../../src/map/language.ts';
import type { Showing } from '../../src/map/layout.ts';
import type { PackedPatch } from '../../src/map/pack.ts';
import type { ScaleMode } from '../../src/map/scale.ts';
import type { Scene } from '../../src/map/scene.ts';
import { choice, h } from './dom.ts';
import { type ExportFormat, exportNames } from './exports.ts';

export interface ToolbarActions {
  patch(index: number): void;
  scenario(index: number): void;
  mode(mode: ScaleMode): void;
  showing(showing: Showing): void;
  table(on: boolean): void;
  /** `step`: 1 for the next hit, -1 for the one before. */
  find(query: string, step: number): void;
  zoom(factor: number): void;
  fit(): void;
  nextDifference(step: number): void;
  timeline(on: boolean): void;
  ruler(on: boolean): void;
  export(format: ExportFormat): void;
}

export class Toolbar {
  readonly element: HTMLElement;
  readonly #patch: HTMLSelectElement;
  readonly #scenario: HTMLSelectElement;
  readonly #mode;
  readonly #showing;
  readonly #table: HTMLButtonElement;
  readonly #find: HTMLInputElement;
  readonly #hits = h('span', { class: 'hits', role: 'status' });
  readonly #differences: HTMLButtonElement;
  readonly #timeline: HTMLButtonElement;
  readonly #ruler: HTMLButtonElement;
  readonly #export: HTMLSelectElement;
  readonly #title = h('h1', { class: 'unseen' }, t('Address map'));

  constructor(actions: ToolbarActions) {
    this.#patch = h('select', { 'aria-label': t('Patch'), change: () => actions.patch(Number(this.#patch.value)) });
    this.#scenario = h('select', {
      'aria-label': t('Scenario'),
      change: () => actions.scenario(Number(this.#scenario.value)),
    });
    this.#mode = choice<ScaleMode>(
      t('Scale'),
      [
        ['compressed', t('Compressed'), t('Every region in sight, gaps folded')],
        ['log', t('Log'), t('Each power of two as wide as the next')],
        ['linear', t('Linear'), t('Distances as they are')],
      ],
      actions.mode,
    );
    this.#showing = choice<Showing>(
      t('Worlds'),
      [
        ['before', t('Before'), t('The tree without the patch')],
        ['after', t('After'), t('The tree with the patch')],
        ['both', t('Both'), t('Before above after, with the difference')],
        ['side', t('Side'), t('Before beside after')],
        ['over', t('Slider'), t('Before over after, with a divider to move')],
        ['difference', t('Difference'), t('Only what differs')],
      ],
      actions.showing,
    );
    this.#table = h(
      'button',
      { click: () => actions.table(this.#table.getAttribute('aria-pressed') !== 'true') },
      t('Table'),
    );
    const toggle = (label: string, title: string, act: (on: boolean) => void): HTMLButtonElement => {
      const button = h(
        'button',
        { title, 'aria-pressed': false, click: () => act(button.getAttribute('aria-pressed') !== 'true') },
        label,
      );
      button.setAttribute('aria-pressed', 'false');
      return button;
    };
    this.#timeline = toggle(t('Timeline'), t('Replay the scenario step by step (T)'), actions.timeline);
    this.#ruler = toggle(t('Ruler'), t('Drag to measure, as with the shift key'), actions.ruler);
    const names = exportNames();
    this.#export = h(
      'select',
      {
        'aria-label': t('Export'),
        change: () => {
          actions.export(this.#export.value as ExportFormat);
          this.#export.value = '';
        },
      },
      h('option', { value: '' }, t('Export')),
      ...(Object.keys(names) as ExportFormat[]).map((format) => h('option', { value: format }, names[format])),
    );
    this.#find = h('input', {
      type: 'search',
      placeholder: t('Address, +size, pfn, section, name'),
      'aria-label': t('Find an address, a distance such as +1G, pfn 0x100, section 5, or a name'),
      spellcheck: 'false',
      input: () => actions.find(this.#find.value, 0),
      keydown: (event: KeyboardEvent) => {
        if (event.key === 'Enter') actions.find(this.#find.value, event.shiftKey ? -1 : 1);
      },
    });
    this.#differences = h(
      'button',
      { title: t('Next difference (D)'), click: () => actions.nextDifference(1) },
      t('Next difference'),
    );
    this.element = h(
      'header',
      { class: 'bar' },
      h('div', { class: 'pickers' }, this.#title, this.#patch, this.#scenario, this.#differences),
      h(
        'div',
        { class: 'tools' },
        this.#mode.element,
        this.#showing.element,
        h(
          'div',
          { class: 'choice', role: 'group', 'aria-label': t('Zoom') },
          h('button', { title: t('Zoom out (−)'), 'aria-label': t('Zoom out'), click: () => actions.zoom(0.5) }, '−'),
          h('button', { title: t('Zoom in (+)'), 'aria-label': t('Zoom in'), click: () => actions.zoom(2) }, '+'),
          h('button', { title: t('Show all (0)'), click: () => actions.fit() }, t('All')),
        ),
        h('div', { class: 'find' }, this.#find, this.#hits),
        this.#ruler,
        this.#timeline,
        this.#table,
        this.#export,
      ),
    );
  }

  showPatches(patches: readonly PackedPatch[], patch: number): void {
    this.#patch.hidden = patches.length < 2;
    this.#patch.replaceChildren(
      ...patches.map((p, i) => {
        const place = p.series && p.series.of > 1 ? `${p.series.number}/${p.series.of} ` : '';
        return h('option', { value: i, selected: i === patch }, `${place}${p.subject || p.input}`);
      }),
    );
  }

  showScenarios(patch: PackedPatch | undefined, scenario: number): void {
    const scenarios = patch?.scenarios ?? [];
    const options = (same: boolean) =>
      scenarios.flatMap((s, i) =>
        s.same === same
          ? [h('option', { value: i, selected: i === scenario }, t('{0} on {1}', s.name, s.machine))]
          : [],
      );
    const groups = [
      [t('Before and after differ'), options(false)],
      [t('No difference'), options(true)],
    ] as const;
    this.#scenario.disabled = scenarios.length === 0;
    this.#scenario.replaceChildren(
      ...groups
        .filter(([, list]) => list.length > 0)
        .map(([label, list]) => h('optgroup', { label: `${label} (${list.length})` }, ...list)),
    );
  }

  /** A machine has a title, a review has patches and scenarios to choose from. */
  showTitle(title: string | undefined, differs = false): void {
    // A review names itself in its pickers; the heading is for the ear then.
    this.#title.className = title === undefined ? 'unseen' : '';
    this.#title.textContent = title ?? t('Address map');
    this.#patch.hidden ||= title !== undefined;
    this.#scenario.hidden = title !== undefined;
    this.#differences.hidden = title !== undefined && !differs;
  }

  showModes(modes: {
    readonly mode: ScaleMode;
    readonly showing: Showing;
    readonly table: boolean;
    readonly timeline: boolean;
    readonly replayable: boolean;
    readonly ruler: boolean;
    readonly scene: Scene | undefined;
  }): void {
    const { scene } = modes;
    const press = (button: HTMLElement, on: boolean) => button.setAttribute('aria-pressed', String(on));
    this.#mode.set(modes.mode);
    this.#showing.set(modes.showing);
    press(this.#table, modes.table);
    press(this.#timeline, modes.timeline);
    press(this.#ruler, modes.ruler);
    const single = scene?.single === true;
    this.#showing.element.hidden = single;
    this.#timeline.hidden = !modes.replayable;
    this.#differences.disabled = scene?.same ?? true;
    this.#timeline.disabled = this.#export.disabled = scene === undefined;
  }

  showHits(text: string): void {
    this.#hits.textContent = text;
  }

  focusFind(): void {
    this.#find.focus();
    this.#find.select();
  }
}
