import type { Showing } from '../../src/map/layout.ts';
import { addressText, larger, sizeText, smaller } from '../../src/map/numbers.ts';
import { differenceText } from '../../src/map/paint-difference.ts';
import { linearScale, makeScale, type Scale, type ScaleMode } from '../../src/map/scale.ts';
import { firstScenario, makeScene, type Pin, type Region, type Scene } from '../../src/map/scene.ts';
import { search } from '../../src/map/search.ts';
import type { Report } from '../../src/review/report.ts';
import { h } from './dom.ts';
import { Host, type Saved } from './host.ts';
import { Panel } from './panel.ts';
import { type Hit, Stage } from './stage.ts';
import { RegionTable } from './table.ts';
import { onThemeChange, readTheme } from './theme.ts';
import { Toolbar } from './toolbar.ts';

const modes = new Set<ScaleMode>(['compressed', 'log', 'linear']);
const showings = new Set<Showing>(['both', 'before', 'after', 'difference']);

class App {
  readonly #host = new Host();
  readonly #toolbar: Toolbar;
  readonly #stage: Stage;
  readonly #panel: Panel;
  readonly #table = new RegionTable((region) => this.#select(region, { go: false }));
  readonly #tableBox = h('section', { class: 'table', 'aria-label': 'Table' }, this.#table.element);
  readonly #live = h('div', { class: 'unseen', 'aria-live': 'polite' });
  readonly #empty = h('p', { class: 'empty' }, 'Waiting for the review…');
  readonly #scales = new WeakMap<Scene, Map<ScaleMode, Scale>>();
  #theme = readTheme();
  #report: Report | undefined;
  #patch = 0;
  #scene: Scene | undefined;
  #mode: ScaleMode = 'compressed';
  #showing: Showing = 'both';
  #tableShown = false;
  #hits: readonly Region[] = [];
  #hit = -1;
  #query = '';
  #difference = -1;

  constructor(root: HTMLElement) {
    this.#toolbar = new Toolbar({
      patch: (index) => this.#open(index, undefined),
      scenario: (index) => this.#open(this.#patch, index),
      mode: (mode) => this.#set(() => (this.#mode = mode)),
      showing: (showing) => this.#set(() => (this.#showing = showing)),
      table: (on) => this.#set(() => (this.#tableShown = on)),
      find: (query, step) => this.#find(query, step),
      zoom: (factor) => this.#zoom(factor),
      fit: () => this.#stage.glide((view) => view.fit()),
      nextDifference: (step) => this.#nextDifference(step),
    });
    this.#panel = new Panel({
      open: (place) => this.#host.post({ type: 'open', patch: this.#patch, place }),
      proof: (finding) => this.#host.post({ type: 'proof', finding }),
      showPin: (pin) => this.#showPin(pin),
      select: (region) => this.#select(region, { go: true }),
    });
    this.#stage = new Stage(
      {
        hover: (hit) => this.#facts(hit),
        click: (hit) => this.#clicked(hit),
        moved: () => this.#save(),
      },
      this.#theme,
      linearScale(1n << 46n),
    );
    this.#stage.canvas.addEventListener('keydown', (event) => this.#key(event));
    root.append(
      this.#toolbar.element,
      h(
        'div',
        { class: 'body' },
        h('div', { class: 'left' }, this.#empty, this.#stage.element, this.#tableBox),
        this.#panel.element,
      ),
      this.#live,
    );
    this.#stage.element.hidden = this.#tableBox.hidden = true;
    this.#panel.showNothing(undefined);
    const saved = this.#host.saved;
    if (saved) this.#restoreModes(saved);
    this.#toolbar.showModes(this.#mode, this.#showing, this.#tableShown, true);
    onThemeChange(() => {
      this.#theme = readTheme();
      this.#stage.setTheme(this.#theme);
      if (this.#scene) this.#panel.showLegend(this.#scene, this.#theme);
    });
    this.#host.onMessage(({ report, finding }) => this.#receive(report, finding));
    this.#host.post({ type: 'ready' });
  }

  #receive(report: Report, finding: string | undefined): void {
    const first = this.#report === undefined;
    const kept = this.#scene?.key;
    this.#report = report;
    const saved = first ? this.#host.saved : undefined;
    const wanted = finding === undefined ? undefined : locate(report, finding);
    if (wanted) {
      this.#open(wanted.patch, wanted.scenario);
      const pin = this.#scene?.pins.find((p) => p.finding.id === finding);
      if (pin) this.#showPin(pin);
      return;
    }
    const patch = report.patches[saved?.patch ?? this.#patch] ? (saved?.patch ?? this.#patch) : 0;
    const name = saved?.scenario ?? kept;
    const index = report.patches[patch]?.scenarios.findIndex((s) => keyOf(s) === name) ?? -1;
    this.#open(patch, index < 0 ? undefined : index);
    if (saved && index >= 0) this.#restoreView(saved);
  }

  #open(patch: number, scenario: number | undefined): void {
    const report = this.#report?.patches[patch];
    const scenarios = report?.scenarios ?? [];
    const index = scenario ?? (report ? firstScenario(report) : 0);
    this.#patch = patch;
    const chosen = scenarios[index];
    this.#scene = report && chosen ? makeScene(report, chosen) : undefined;
    this.#difference = -1;
    this.#hits = [];
    this.#stage.selected = this.#stage.pin = undefined;
    this.#toolbar.showPatches(this.#report?.patches ?? [], patch);
    this.#toolbar.showScenarios(report, index);
    this.#toolbar.showHits('');
    this.#empty.textContent = report
      ? 'No scenario of this patch could be run: there is nothing to draw.'
      : 'There is no patch in this review.';
    this.#update();
    if (this.#scene) {
      this.#stage.view.fit();
      this.#panel.showFindings(this.#scene, undefined);
      this.#panel.showLegend(this.#scene, this.#theme);
      this.#say(
        `${chosen!.name} on ${chosen!.machine}. ${this.#scene.same ? 'No difference.' : differenceText(this.#scene)}`,
      );
    }
    this.#panel.showNothing(this.#scene);
  }

  #set(change: () => void): void {
    change();
    this.#update();
  }

  #update(): void {
    const scene = this.#scene;
    this.#empty.hidden = scene !== undefined;
    this.#stage.element.hidden = !scene || this.#tableShown;
    this.#tableBox.hidden = !scene || !this.#tableShown;
    this.#toolbar.showModes(this.#mode, this.#showing, this.#tableShown, scene?.same ?? true);
    if (!scene) return;
    if (this.#tableShown) {
      this.#table.show(scene);
      this.#table.mark(this.#stage.selected);
    }
    this.#stage.show(scene, this.#scale(scene), this.#showing);
    this.#save();
  }

  #scale(scene: Scene): Scale {
    let scales = this.#scales.get(scene);
    if (!scales) this.#scales.set(scene, (scales = new Map()));
    let scale = scales.get(this.#mode);
    if (!scale) {
      scale = makeScale(this.#mode, scene);
      scales.set(this.#mode, scale);
    }
    return scale;
  }

  #facts(hit: Hit | undefined): void {
    if (hit?.kind === 'region') this.#panel.showRegion(hit.region);
    else if (hit?.kind === 'try') {
      const { tries } = this.#scene!.lanes[hit.world];
      this.#panel.showTry(hit.try, tries.indexOf(hit.try) + 1, tries.length);
    } else if (this.#stage.selected) this.#panel.showRegion(this.#stage.selected);
    else this.#panel.showNothing(this.#scene);
  }

  #clicked(hit: Hit | undefined): void {
    if (hit?.kind === 'region') this.#select(hit.region, { go: false });
    else if (hit?.kind === 'pin') this.#showPin(hit.pin);
    else if (!hit) this.#select(undefined, { go: false });
  }

  #select(region: Region | undefined, { go }: { readonly go: boolean }): void {
    this.#stage.selected = region;
    if (region) {
      this.#panel.showRegion(region);
      this.#say(describe(region));
      const { view } = this.#stage;
      const [x0, x1] = [view.x(region.start), view.x(region.end + 1n)];
      const tiny = x1 - x0 < 3;
      if (go && (x0 < 0 || x1 > view.width || tiny)) {
        if (tiny) this.#stage.glide((v) => v.show(region.start, region.end + 1n, 0.4));
        else this.#stage.glide((v) => v.pan((x0 + x1 - v.width) / 2));
      }
    } else this.#panel.showNothing(this.#scene);
    if (this.#tableShown) this.#table.mark(region);
    this.#stage.redraw();
    this.#save();
  }

  #showPin(pin: Pin): void {
    this.#stage.pin = pin;
    if (this.#scene) this.#panel.showFindings(this.#scene, pin);
    const { at } = pin;
    if (at !== undefined) {
      const lane = this.#scene!.lanes.after;
      const region = lane.tops.find((r) => r.start <= at && at <= r.end);
      if (region) this.#select(region, { go: true });
    }
    this.#say(`${pin.finding.class}, ${pin.finding.rule}: ${pin.shown.message}`);
    this.#stage.redraw();
  }

  #nextDifference(step: number): void {
    const differences = this.#scene?.differences ?? [];
    if (differences.length === 0) return;
    this.#difference = (this.#difference + step + differences.length) % differences.length;
    const { before, after } = differences[this.#difference]!;
    const regions = [before, after].filter((r) => r !== undefined);
    const start = regions.reduce((least, r) => smaller(r.start, least), regions[0]!.start);
    const end = regions.reduce((most, r) => larger(r.end, most), regions[0]!.end);
    this.#select(after ?? before, { go: false });
    this.#stage.glide((view) => view.show(start, end + 1n, 0.3));
  }

  #find(query: string, step: number): void {
    const scene = this.#scene;
    if (!scene) return;
    const lanes = [scene.lanes.after, scene.lanes.before];
    if (query !== this.#query || step === 0) {
      this.#query = query;
      this.#hits = [];
      this.#hit = -1;
      if (query.trim() === '') {
        this.#toolbar.showHits('');
        return;
      }
      const here = this.#stage.selected?.start ?? this.#stage.view.left;
      const found = search(query, lanes, here, scene.end);
      if (found.kind === 'address') {
        const where = found.region ? `in ${found.region.name}` : 'free';
        this.#toolbar.showHits(`${addressText(found.address)}, ${where}`);
        if (found.region) this.#select(found.region, { go: false });
        const { view } = this.#stage;
        const x = view.x(found.address);
        if (x < 0 || x > view.width) this.#stage.glide((v) => v.pan(x - v.width / 2));
        return;
      }
      this.#hits = found.regions;
      step = 1;
    }
    const count = this.#hits.length;
    if (count === 0) {
      this.#toolbar.showHits('not found');
      return;
    }
    this.#hit = (this.#hit + step + count) % count;
    this.#toolbar.showHits(`${this.#hit + 1} of ${count}`);
    this.#select(this.#hits[this.#hit], { go: true });
  }

  #zoom(factor: number): void {
    const { selected, view } = this.#stage;
    const x = selected ? (view.x(selected.start) + view.x(selected.end + 1n)) / 2 : view.width / 2;
    const around = x >= 0 && x <= view.width ? x : view.width / 2;
    this.#stage.glide((v) => v.zoomAt(around, factor));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey) return;
    const { view } = this.#stage;
    const pan = (share: number) => this.#stage.glide((v) => v.pan(view.width * share));
    const actions: Record<string, () => void> = {
      '+': () => this.#zoom(2),
      '=': () => this.#zoom(2),
      '-': () => this.#zoom(0.5),
      '−': () => this.#zoom(0.5),
      '0': () => this.#stage.glide((v) => v.fit()),
      ArrowLeft: () => (event.shiftKey ? pan(-0.2) : this.#walk(-1)),
      ArrowRight: () => (event.shiftKey ? pan(0.2) : this.#walk(1)),
      ArrowUp: () => this.#climb(-1),
      ArrowDown: () => this.#climb(1),
      PageUp: () => pan(-0.8),
      PageDown: () => pan(0.8),
      Home: () => this.#stage.glide((v) => v.pan(-Number.MAX_SAFE_INTEGER)),
      End: () => this.#stage.glide((v) => v.pan(Number.MAX_SAFE_INTEGER)),
      d: () => this.#nextDifference(1),
      D: () => this.#nextDifference(-1),
      '/': () => this.#toolbar.focusFind(),
      z: () => {
        const { selected } = this.#stage;
        if (selected) this.#stage.glide((v) => v.show(selected.start, selected.end + 1n, 0.15));
      },
      b: () => {
        const twin = this.#stage.selected?.twin;
        if (twin) this.#select(twin, { go: true });
      },
      Enter: () => {
        const place = this.#stage.selected?.madeAt[0];
        if (place) this.#host.post({ type: 'open', patch: this.#patch, place });
      },
      Escape: () => this.#select(undefined, { go: false }),
    };
    // A map, and no object's prototype: the key's name comes from outside.
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (!action || event.altKey) return;
    event.preventDefault();
    action();
  }

  /** To the neighbour at the same depth. */
  #walk(step: number): void {
    const scene = this.#scene;
    if (!scene) return;
    const { selected } = this.#stage;
    const lane = scene.lanes[selected?.world ?? (this.#showing === 'before' ? 'before' : 'after')];
    const row = lane.rows[selected?.depth ?? 0] ?? [];
    const at = selected ? row.indexOf(selected) : step > 0 ? -1 : row.length;
    const next = row[at + step];
    if (next) this.#select(next, { go: true });
  }

  /** To the parent, or to the first child. */
  #climb(step: number): void {
    const { selected } = this.#stage;
    if (!selected) {
      this.#walk(1);
      return;
    }
    const next = step < 0 ? selected.parent : selected.children[0];
    if (next) this.#select(next, { go: true });
  }

  #say(text: string): void {
    this.#live.textContent = text;
  }

  #save(): void {
    this.#host.save(() => {
      const { view, selected } = this.#stage;
      return {
        patch: this.#patch,
        scenario: this.#scene?.key ?? '',
        mode: this.#mode,
        showing: this.#showing,
        table: this.#tableShown,
        left: view.left.toString(16),
        magnification: view.zoom / view.width,
        ...(selected ? { selected: identity(selected) } : {}),
      };
    });
  }

  #restoreModes(saved: Saved): void {
    if (modes.has(saved.mode)) this.#mode = saved.mode;
    if (showings.has(saved.showing)) this.#showing = saved.showing;
    this.#tableShown = saved.table === true;
  }

  #restoreView(saved: Saved): void {
    const { view } = this.#stage;
    if (/^[0-9a-f]{1,16}$/.test(saved.left) && saved.magnification >= 1) {
      view.left = BigInt(`0x${saved.left}`);
      view.zoom = view.width * saved.magnification;
      view.pan(0);
    }
    const lanes = Object.values(this.#scene?.lanes ?? {});
    const region = lanes.flatMap((lane) => lane.rows.flat()).find((r) => identity(r) === saved.selected);
    if (region) this.#select(region, { go: false });
    this.#stage.redraw();
  }
}

const keyOf = (scenario: { readonly name: string; readonly machine: string }): string =>
  `${scenario.name} on ${scenario.machine}`;
const identity = (r: Region): string => `${r.world} ${r.depth} ${r.start} ${r.end} ${r.name}`;

function describe(region: Region): string {
  const change = region.change === 'same' ? '' : `, ${region.change}`;
  const range = `${addressText(region.start)} to ${addressText(region.end)}`;
  return `${region.name || 'no name'}${change}, ${region.world}, ${range}, ${sizeText(region.end - region.start + 1n)}`;
}

function locate(report: Report, id: string): { patch: number; scenario: number } | undefined {
  for (const [patch, { findings, scenarios }] of report.patches.entries()) {
    const found = findings.find((f) => f.id === id);
    if (!found) continue;
    const scenario = scenarios.findIndex((s) => s.name === found.proof.scenario && s.machine === found.proof.machine);
    if (scenario >= 0) return { patch, scenario };
  }
  return undefined;
}

const root = document.getElementById('map');
if (root) new App(root);
