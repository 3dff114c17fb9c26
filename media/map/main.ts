import { headlineOf } from '../../src/map/headline.ts';
import { type MachineText, readMachine } from '../../src/map/input.ts';
import { speak, t } from '../../src/map/language.ts';
import type { Showing } from '../../src/map/layout.ts';
import { addressText, larger, sizeText, smaller } from '../../src/map/numbers.ts';
import type { PackedReport } from '../../src/map/pack.ts';
import type { Region } from '../../src/map/regions.ts';
import { linearScale, makeScale, type Scale, type ScaleMode } from '../../src/map/scale.ts';
import { firstScenario, makePackedScene, type Pin, type Scene } from '../../src/map/scene.ts';
import { deepestAt } from '../../src/map/search.ts';
import { regionText } from '../../src/map/text.ts';
import { type PackedWhatIf, whatIfScene } from '../../src/map/what-if.ts';
import type { ToMap } from '../../src/protocol.ts';
import { h, pageTexts } from './dom.ts';
import { type ExportFormat, exportCurve, exportMap } from './exports.ts';
import { Finder } from './finder.ts';
import { headline } from './headline.ts';
import { Host, type Saved } from './host.ts';
import { type KeyCommands, pressKey } from './keys.ts';
import { className, describe, identity, keyOf, locate } from './names.ts';
import { Panel } from './panel.ts';
import { Replay } from './replay.ts';
import { type Hit, Stage } from './stage.ts';
import { RegionTable } from './table.ts';
import { onThemeChange, readTheme } from './theme.ts';
import { Toolbar } from './toolbar.ts';
import { aboveOrBelow, neighbour } from './walk.ts';
import { warmUp } from './warm.ts';

const modes = new Set<ScaleMode>(['compressed', 'log', 'linear']);
const showings = new Set<Showing>(['both', 'side', 'over', 'before', 'after', 'difference']);

class App {
  readonly #host = new Host();
  readonly #toolbar: Toolbar;
  readonly #stage: Stage;
  readonly #panel: Panel;
  readonly #table = new RegionTable((region) => this.#select(region, { go: false }));
  readonly #tableBox = h('section', { class: 'table', 'aria-label': t('Table') }, this.#table.element);
  readonly #live = h('div', { class: 'unseen', 'aria-live': 'polite' });
  readonly #headline = h('p', { class: 'headline', hidden: true });
  readonly #empty = h('p', { class: 'empty' }, t('Waiting for the review…'));
  readonly #scales = new WeakMap<Scene, Map<ScaleMode, Scale>>();
  readonly #finder: Finder;
  readonly #replay: Replay;
  #theme = readTheme();
  #report: PackedReport | undefined;
  #whatIf: PackedWhatIf | undefined;
  /** The last wish to see a finding that was fulfilled. */
  #wish: number | undefined;
  #patch = 0;
  #scenario = 0;
  #scene: Scene | undefined;
  /** What is drawn: the scene, or a step of it. */
  #shown: Scene | undefined;
  #mode: ScaleMode = 'compressed';
  #showing: Showing = 'both';
  #tableShown = false;
  #difference = -1;
  #ruler = false;
  /** Where a measurement by keyboard began. */
  #mark: bigint | undefined;

  constructor(root: HTMLElement) {
    this.#toolbar = new Toolbar({
      patch: (index) => this.#open(index, undefined),
      scenario: (index) => this.#open(this.#patch, index),
      mode: (mode) => this.#set(() => (this.#mode = mode)),
      showing: (showing) => this.#set(() => (this.#showing = showing)),
      table: (on) => this.#set(() => (this.#tableShown = on)),
      find: (query, step) => this.#finder.find(query, step),
      zoom: (factor) => this.#zoom(factor),
      fit: () => this.#stage.glide((view) => view.fit()),
      nextDifference: (step) => this.#nextDifference(step),
      timeline: (on) => this.#replay.show(on),
      ruler: (on) => this.#set(() => (this.#stage.measuring = this.#ruler = on)),
      export: (format) => void this.#export(format),
    });
    this.#panel = new Panel({
      open: (place) => this.#host.post({ type: 'open', patch: this.#patch, place }),
      proof: (finding) => this.#host.post({ type: 'proof', finding }),
      showPin: (pin) => this.#showPin(pin),
      select: (region) => this.#select(region, { go: true }),
      textLine: (line) => this.#host.post({ type: 'textLine', line }),
      copy: (text) => this.#copy(text),
      saveCurve: (whatIf) => this.#host.post(exportCurve(whatIf, this.#theme)),
    });
    this.#stage = new Stage(
      {
        hover: (hit) => this.#facts(hit),
        click: (hit) => this.#clicked(hit),
        moved: () => this.#save(),
        measured: (from, to) => this.#panel.showRuler(from, to, this.#scene!.paging),
      },
      this.#theme,
      linearScale(1n << 46n),
    );
    this.#replay = new Replay(this.#host, this.#stage, this.#panel, this.#theme, {
      scene: () => this.#scene,
      place: () => ({ patch: this.#patch, scenario: this.#scenario }),
      open: (patch, scenario) => this.#open(patch, scenario),
      canReplay: () => this.#report !== undefined,
      show: (scene) => {
        this.#shown = scene;
        this.#update();
      },
    });
    this.#finder = new Finder(this.#stage, {
      scene: () => this.#shown,
      tell: (text) => this.#toolbar.showHits(text),
      select: (region, go) => this.#select(region, { go }),
    });
    const keys = this.#keys();
    this.#stage.canvas.addEventListener('keydown', (event) => pressKey(event, keys));
    root.append(
      this.#toolbar.element,
      h(
        'div',
        { class: 'body' },
        h('div', { class: 'left' }, this.#headline, this.#empty, this.#stage.element, this.#tableBox),
        this.#panel.element,
      ),
      this.#replay.timeline.element,
      this.#live,
    );
    this.#stage.element.hidden = this.#tableBox.hidden = true;
    this.#panel.showNothing(undefined);
    const saved = this.#host.saved;
    if (saved) this.#restoreModes(saved);
    this.#showModes();
    onThemeChange(() => {
      this.#theme = readTheme();
      this.#stage.setTheme(this.#theme);
      this.#replay.timeline.setTheme(this.#theme);
      if (this.#scene) this.#panel.showLegend(this.#scene, this.#theme);
      if (this.#whatIf) this.#panel.showWhatIf(this.#whatIf, this.#theme);
    });
    this.#host.onMessage((message) => this.#received(message));
    this.#host.post({ type: 'ready' });
    warmUp(this.#theme);
  }

  #received(message: ToMap): void {
    if (message.type === 'report') this.#receive(message);
    else if (message.type === 'machine') this.#showMachine(message.texts);
    else if (message.type === 'whatIf') this.#showWhatIf(message.whatIf);
    else this.#replay.received(message);
  }

  #showMachine(texts: readonly MachineText[]): void {
    const first = this.#scene === undefined;
    const kept = this.#scene?.key;
    const { scene, problems } = readMachine(texts);
    this.#report = this.#whatIf = undefined;
    this.#toolbar.showTitle(scene?.title ?? texts[0]?.name ?? '');
    const [problem, ...more] = problems.map(({ what, hint }) => `${what}${hint ? `. ${hint}` : ''}`);
    this.#empty.textContent = problem ?? t('This text holds no memory map.');
    this.#showScene(scene, scene !== undefined && scene.key === kept);
    if (scene && problem) this.#say(more.length > 0 ? t('{0} (and {1} more)', problem, more.length) : problem);
    const { saved } = this.#host;
    if (scene && first && saved?.scenario === scene.key) this.#restoreView(saved);
  }

  #showWhatIf(whatIf: PackedWhatIf): void {
    const first = this.#scene === undefined;
    const scene = whatIfScene(whatIf);
    this.#report = undefined;
    this.#whatIf = whatIf;
    this.#toolbar.showTitle(scene.title, true);
    this.#showScene(scene, false);
    this.#panel.showWhatIf(whatIf, this.#theme);
    const { saved } = this.#host;
    if (first && saved?.scenario === scene.key) this.#restoreView(saved);
  }

  #receive({ report, finding, wish }: Extract<ToMap, { type: 'report' }>): void {
    const first = this.#report === undefined;
    this.#report = report;
    this.#whatIf = undefined;
    // A review that goes deeper, or is made again, leaves the person where they are.
    const saved = first ? this.#host.saved : this.#state();
    // A page that was hidden, or a review that goes deeper, does not go there again.
    const fulfilled = wish !== undefined && wish === saved?.wish;
    const wanted = finding === undefined || fulfilled ? undefined : locate(report, finding);
    if (wanted) {
      this.#wish = wish;
      this.#open(wanted.patch, wanted.scenario);
      const pin = this.#scene?.pins.find((p) => p.finding.id === finding);
      if (pin) this.#showPin(pin);
      return;
    }
    const patch = report.patches[saved?.patch ?? this.#patch] ? (saved?.patch ?? this.#patch) : 0;
    const index = report.patches[patch]?.scenarios.findIndex((s) => keyOf(s) === saved?.scenario) ?? -1;
    this.#open(patch, index < 0 ? undefined : index);
    if (saved && index >= 0) this.#restoreView(saved);
  }

  #open(patch: number, scenario: number | undefined): void {
    const report = this.#report?.patches[patch];
    const scenarios = report?.scenarios ?? [];
    const index = scenario ?? (report ? firstScenario(report) : 0);
    this.#patch = patch;
    this.#scenario = index;
    const chosen = scenarios[index];
    this.#toolbar.showTitle(undefined);
    this.#toolbar.showPatches(this.#report?.patches ?? [], patch);
    this.#toolbar.showScenarios(report, index);
    this.#empty.textContent = report
      ? t('No scenario of this patch could be run: there is nothing to draw.')
      : t('There is no patch in this review.');
    this.#showScene(report && chosen ? makePackedScene(report, chosen) : undefined, false);
  }

  /** `same`: it is the one that was shown before, read anew: what is in sight stays. */
  #showScene(scene: Scene | undefined, same: boolean): void {
    this.#scene = scene;
    this.#shown = scene;
    this.#difference = -1;
    this.#stage.selected = this.#stage.pin = this.#stage.ruler = undefined;
    this.#finder.clear();
    if (this.#replay.isOpen) this.#replay.show(false);
    this.#update();
    this.#panel.showNothing(scene);
    this.#headline.hidden = !scene;
    if (!scene) return;
    this.#headline.replaceChildren(...headline(scene));
    if (!same) this.#stage.view.fit();
    this.#panel.showFindings(scene, undefined);
    // The picture comes first: what can wait for it does.
    this.#stage.afterDrawing(() => {
      if (this.#scene !== scene) return;
      this.#panel.showLegend(scene, this.#theme);
      this.#say(`${scene.title}. ${headlineOf(scene)}`);
    });
  }

  async #export(format: ExportFormat): Promise<void> {
    const scene = this.#shown;
    if (!scene) return;
    const { view } = this.#stage;
    this.#host.post(
      await exportMap(format, {
        scene,
        mode: this.#mode,
        showing: this.#drawn,
        divider: this.#stage.divider,
        theme: this.#theme,
        width: Math.max(this.#stage.width, 720),
        left: view.left,
        right: view.right,
        whole: view.zoom <= view.width * 1.0001,
      }),
    );
    if (format === 'ascii' || format === 'text') this.#say(t('Copied.'));
  }

  #copy(text: string): void {
    this.#host.post({ type: 'copy', text });
    this.#say(t('Copied.'));
  }

  /** The timeline shows one world. */
  get #drawn(): Showing {
    return this.#shown === this.#scene ? this.#showing : this.#replay.timeline.world;
  }

  #showModes(): void {
    this.#toolbar.showModes({
      mode: this.#mode,
      showing: this.#showing,
      table: this.#tableShown,
      timeline: this.#replay.isOpen,
      replayable: this.#report !== undefined,
      ruler: this.#ruler,
      scene: this.#scene,
    });
  }

  #set(change: () => void): void {
    change();
    this.#update();
  }

  #update(): void {
    const scene = this.#shown;
    this.#empty.hidden = scene !== undefined;
    this.#stage.element.hidden = !scene || this.#tableShown;
    this.#tableBox.hidden = !scene || !this.#tableShown;
    this.#showModes();
    if (!scene || !this.#scene) return;
    if (this.#tableShown) {
      this.#table.show(scene);
      this.#table.mark(this.#stage.selected);
    }
    // Steps stay on the axis of the whole.
    this.#stage.show(scene, this.#scale(this.#scene), this.#drawn);
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
    if (hit?.kind === 'region') this.#panel.showRegion(hit.region, this.#scene!.paging);
    else if (hit?.kind === 'try') {
      const { tries } = (this.#shown ?? this.#scene!).lanes[hit.world];
      this.#panel.showTry(hit.try, tries.indexOf(hit.try) + 1, tries.length, this.#scene!.paging);
    } else if (this.#stage.selected) this.#panel.showRegion(this.#stage.selected, this.#scene!.paging);
    else this.#panel.showNothing(this.#scene);
  }

  #clicked(hit: Hit | undefined): void {
    if (hit?.kind === 'region') this.#select(hit.region, { go: false });
    else if (hit?.kind === 'pin') this.#showPin(hit.pin);
    else if (hit?.kind === 'try' && this.#replay.isOpen) this.#replay.timeline.goToTry(hit.try.first);
    else if (!hit) this.#select(undefined, { go: false });
  }

  #select(region: Region | undefined, { go }: { readonly go: boolean }): void {
    this.#stage.selected = region;
    if (region) {
      this.#panel.showRegion(region, this.#scene!.paging);
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
      const region = deepestAt(lane, at);
      if (region) this.#select(region, { go: true });
    }
    this.#say(`${className(pin.finding.class)}, ${pin.finding.rule}: ${pin.shown.message}`);
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

  #zoom(factor: number): void {
    const { selected, view } = this.#stage;
    const x = selected ? (view.x(selected.start) + view.x(selected.end + 1n)) / 2 : view.width / 2;
    const around = x >= 0 && x <= view.width ? x : view.width / 2;
    this.#stage.glide((v) => v.zoomAt(around, factor));
  }

  #keys(): KeyCommands {
    const stage = this.#stage;
    const { timeline } = this.#replay;
    return {
      zoom: (factor) => this.#zoom(factor),
      fit: () => stage.glide((view) => view.fit()),
      pan: (share) => stage.glide((view) => view.pan(view.width * share)),
      walk: (step) => this.#walk(step),
      climb: (step) => this.#climb(step),
      end: (step) => stage.glide((view) => view.pan(step * Number.MAX_SAFE_INTEGER)),
      nextDifference: (step) => this.#nextDifference(step),
      find: () => this.#toolbar.focusFind(),
      showSelected: () => {
        const { selected } = stage;
        if (selected) stage.glide((view) => view.show(selected.start, selected.end + 1n, 0.15));
      },
      twin: () => {
        const twin = stage.selected?.twin;
        if (twin) this.#select(twin, { go: true });
      },
      measure: () => this.#measure(),
      copy: () => {
        if (stage.selected) this.#copy(regionText(stage.selected));
      },
      timeline: () => this.#replay.show(!this.#replay.isOpen),
      step: (by) => timeline.go(timeline.row + by),
      openCode: () => {
        const place = stage.selected?.madeAt[0];
        if (place) this.#host.post({ type: 'open', patch: this.#patch, place });
      },
      escape: () => {
        this.#mark = stage.ruler = undefined;
        this.#select(undefined, { go: false });
      },
    };
  }

  /** First from here, then to there. */
  #measure(): void {
    const { selected, view } = this.#stage;
    const here = selected?.start ?? view.at(view.width / 2);
    if (this.#mark === undefined) {
      this.#mark = here;
      this.#say(t('Measuring from {0}. Go on and press M again.', addressText(here)));
      return;
    }
    const to = selected && selected.start >= this.#mark ? selected.end + 1n : here;
    this.#stage.ruler = { from: this.#mark, to };
    this.#panel.showRuler(this.#mark, to, this.#scene!.paging);
    const size = sizeText(to > this.#mark ? to - this.#mark : this.#mark - to);
    this.#say(t('{0} from {1} to {2}', size, addressText(this.#mark), addressText(to)));
    this.#mark = undefined;
    this.#stage.redraw();
  }

  #walk(step: number): void {
    const { selected } = this.#stage;
    const next = this.#shown && neighbour(this.#shown, this.#drawn === 'before' ? 'before' : 'after', selected, step);
    if (next) this.#select(next, { go: true });
  }

  #climb(step: number): void {
    const { selected } = this.#stage;
    if (!selected) {
      this.#walk(1);
      return;
    }
    const next = aboveOrBelow(selected, step);
    if (next) this.#select(next, { go: true });
  }

  #say(text: string): void {
    this.#live.textContent = text;
  }

  #save(): void {
    this.#host.save(() => this.#state());
  }
  /** Where the person is. */
  #state(): Saved {
    const { view, selected } = this.#stage;
    const timeline = this.#replay.state;
    return {
      patch: this.#patch,
      scenario: this.#scene?.key ?? '',
      mode: this.#mode,
      showing: this.#showing,
      table: this.#tableShown,
      left: view.left.toString(16),
      magnification: view.zoom / view.width,
      divider: this.#stage.divider,
      ...(this.#wish === undefined ? {} : { wish: this.#wish }),
      ...(selected ? { selected: identity(selected) } : {}),
      ...(timeline ? { timeline } : {}),
    };
  }

  #restoreModes(saved: Saved): void {
    if (modes.has(saved.mode)) this.#mode = saved.mode;
    if (showings.has(saved.showing)) this.#showing = saved.showing;
    this.#tableShown = saved.table === true;
    this.#wish = saved.wish;
    if (saved.divider !== undefined) this.#stage.divider = saved.divider;
  }

  #restoreView(saved: Saved): void {
    const { view } = this.#stage;
    if (/^[0-9a-f]{1,16}$/.test(saved.left) && saved.magnification >= 1) {
      view.left = BigInt(`0x${saved.left}`);
      view.zoom = view.width * saved.magnification;
      view.pan(0);
    }
    if (saved.selected !== undefined)
      for (const { regions } of Object.values(this.#scene?.lanes ?? {}))
        for (const region of regions)
          if (identity(region) === saved.selected) {
            this.#select(region, { go: false });
            break;
          }
    this.#stage.redraw();
    if (saved.timeline) this.#replay.restore(saved.timeline);
  }
}

speak(pageTexts());
const root = document.getElementById('map');
if (root) new App(root);
