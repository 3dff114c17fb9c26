import { type MachineText, readMachine } from '../../src/map/input.ts';
import type { Showing } from '../../src/map/layout.ts';
import { addressText, larger, sizeText, smaller } from '../../src/map/numbers.ts';
import type { PackedReport } from '../../src/map/pack.ts';
import { differenceText } from '../../src/map/paint-difference.ts';
import type { Region } from '../../src/map/regions.ts';
import { linearScale, makeScale, type Scale, type ScaleMode } from '../../src/map/scale.ts';
import { firstScenario, makePackedScene, type Pin, type Scene } from '../../src/map/scene.ts';
import { deepestAt } from '../../src/map/search.ts';
import { stepScene } from '../../src/map/step-scene.ts';
import { regionText } from '../../src/map/text.ts';
import type { ToMap } from '../../src/protocol.ts';
import type { World } from '../../src/review/report.ts';
import type { ScheduleTimeline } from '../../src/review/timeline/timeline.ts';
import { h } from './dom.ts';
import { type ExportFormat, exportMap } from './exports.ts';
import { Finder } from './finder.ts';
import { Host, type Saved } from './host.ts';
import { describe, identity, keyOf, locate } from './names.ts';
import { Panel } from './panel.ts';
import { type Hit, Stage } from './stage.ts';
import { RegionTable } from './table.ts';
import { onThemeChange, readTheme } from './theme.ts';
import { TimelinePanel } from './timeline.ts';
import { Toolbar } from './toolbar.ts';
import { aboveOrBelow, neighbour } from './walk.ts';
import { warmUp } from './warm.ts';

const modes = new Set<ScaleMode>(['compressed', 'log', 'linear']);
const showings = new Set<Showing>(['both', 'side', 'over', 'before', 'after', 'difference']);

/** Where a debugging session stands. */
type Stand = Extract<ToMap, { type: 'stand' }>;

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
  #report: PackedReport | undefined;
  #patch = 0;
  #scene: Scene | undefined;
  #mode: ScaleMode = 'compressed';
  #showing: Showing = 'both';
  #tableShown = false;
  readonly #finder: Finder;
  #difference = -1;
  #scenario = 0;
  /** What is drawn: the scene, or a step of it. */
  #shown: Scene | undefined;
  /** The timeline that was asked for, while it is open. */
  #asked: string | undefined;
  #wantedStep: Saved['timeline'];
  #ruler = false;
  /** Where a measurement by keyboard began. */
  #mark: bigint | undefined;
  readonly #timeline: TimelinePanel;

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
      timeline: (on) => this.#showTimeline(on),
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
    });
    this.#timeline = new TimelinePanel(
      {
        step: (world, timeline, row) => this.#stepped(world, timeline, row),
        open: (place) => this.#host.post({ type: 'open', patch: this.#patch, place }),
        debug: () => {
          const { finding, step } = this.#debuggable ?? {};
          if (finding === undefined) return;
          const { world } = this.#timeline;
          this.#host.post({ type: 'debug', finding, world, ...(step === undefined ? {} : { step }) });
        },
        close: () => this.#showTimeline(false),
      },
      this.#theme,
    );
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
    this.#finder = new Finder(this.#stage, {
      scene: () => this.#shown,
      tell: (text) => this.#toolbar.showHits(text),
      select: (region, go) => this.#select(region, { go }),
    });
    this.#stage.canvas.addEventListener('keydown', (event) => this.#key(event));
    root.append(
      this.#toolbar.element,
      h(
        'div',
        { class: 'body' },
        h('div', { class: 'left' }, this.#empty, this.#stage.element, this.#tableBox),
        this.#panel.element,
      ),
      this.#timeline.element,
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
      this.#timeline.setTheme(this.#theme);
      if (this.#scene) this.#panel.showLegend(this.#scene, this.#theme);
    });
    this.#host.onMessage((message) => this.#received(message));
    this.#host.post({ type: 'ready' });
    warmUp(this.#theme);
  }

  #received(message: ToMap): void {
    switch (message.type) {
      case 'report':
        this.#receive(message.report, message.finding);
        break;
      case 'machine':
        this.#showMachine(message.texts);
        break;
      case 'timeline':
        if (message.key === this.#asked) {
          const { world = 'after', row } = this.#wantedStep ?? {};
          this.#wantedStep = undefined;
          const stand = this.#wantedStand;
          this.#wantedStand = undefined;
          this.#followed(stand !== undefined, () => {
            this.#timeline.open(message.timelines, stand?.world ?? world, row);
            if (stand) this.#timeline.goToStep(stand.world, stand.steps);
          });
        }
        break;
      case 'noTimeline':
        if (message.key === this.#asked) this.#timeline.fail(message.reason);
        break;
      case 'line':
        if (this.#asked !== undefined) this.#timeline.goToLine(message.file, message.line, message.world);
        break;
      case 'stand':
        this.#stand(message);
        break;
    }
  }

  /** A debugger stands somewhere: the timeline of its execution goes there, opened where it is not yet. */
  #stand(stand: Stand): void {
    if (this.#patch !== stand.patch || this.#scenario !== stand.scenario) this.#open(stand.patch, stand.scenario);
    const scene = this.#scene;
    if (!scene || scene.single) return;
    const key = `${scene.key} ${stand.schedule}`;
    if (this.#asked === key) {
      let there = false;
      if (!this.#wantedStand) this.#followed(true, () => (there = this.#timeline.goToStep(stand.world, stand.steps)));
      if (!there) this.#wantedStand = stand;
      return;
    }
    this.#wantedStand = stand;
    this.#askTimeline(key, stand.schedule);
  }
  /** What is done inside follows the debugger, if it does: it does not lead it. */
  #followed(follows: boolean, work: () => void): void {
    this.#follows = follows;
    work();
    this.#follows = false;
  }
  #follows = false;
  /** The finding whose proof the timeline replays, and the step on which it stands. */
  #debuggable: { readonly finding: string; readonly step: number | undefined } | undefined;
  #wantedStand: Stand | undefined;

  #askTimeline(key: string, schedule: string): void {
    this.#asked = key;
    // The debugger executes proofs of findings.
    const { pin } = this.#stage;
    const proves = [...(pin ? [pin] : []), ...(this.#scene?.pins ?? [])].find(
      ({ finding: { proof } }) => `${keyOf({ ...proof, name: proof.scenario })} ${proof.schedule ?? ''}` === key,
    );
    this.#debuggable = proves && { finding: proves.finding.id, step: undefined };
    this.#timeline.wait(proves !== undefined);
    this.#host.post({ type: 'timeline', key, patch: this.#patch, scenario: this.#scenario, schedule });
    this.#update();
  }

  #showMachine(texts: readonly MachineText[]): void {
    const first = this.#scene === undefined;
    const kept = this.#scene?.key;
    const { scene, problems } = readMachine(texts);
    this.#report = undefined;
    this.#toolbar.showTitle(scene?.title ?? texts[0]?.name ?? '');
    const [problem, ...more] = problems.map(({ what, hint }) => `${what}${hint ? `. ${hint}` : ''}`);
    this.#empty.textContent = problem ?? 'This text holds no memory map.';
    this.#showScene(scene, scene !== undefined && scene.key === kept);
    if (scene && problem) this.#say(`${problem}${more.length > 0 ? ` (and ${more.length} more)` : ''}`);
    const { saved } = this.#host;
    if (scene && first && saved?.scenario === scene.key) this.#restoreView(saved);
  }

  #receive(report: PackedReport, finding: string | undefined): void {
    const first = this.#report === undefined;
    this.#report = report;
    // A review that goes deeper, or is made again, leaves the person where they are.
    const saved = first ? this.#host.saved : this.#state();
    const wanted = finding === undefined ? undefined : locate(report, finding);
    if (wanted) {
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
      ? 'No scenario of this patch could be run: there is nothing to draw.'
      : 'There is no patch in this review.';
    this.#showScene(report && chosen ? makePackedScene(report, chosen) : undefined, false);
  }

  /** `same`: it is the one that was shown before, read anew: what is in sight stays. */
  #showScene(scene: Scene | undefined, same: boolean): void {
    this.#scene = scene;
    this.#shown = scene;
    this.#difference = -1;
    this.#stage.selected = this.#stage.pin = this.#stage.ruler = undefined;
    this.#finder.clear();
    if (this.#asked !== undefined) this.#showTimeline(false);
    this.#update();
    if (scene) {
      if (!same) this.#stage.view.fit();
      this.#panel.showFindings(scene, undefined);
      this.#panel.showLegend(scene, this.#theme);
      this.#say(
        `${scene.title}. ${scene.single ? `${scene.lanes.after.count} regions.` : scene.same ? 'No difference.' : differenceText(scene)}`,
      );
    }
    this.#panel.showNothing(scene);
  }

  #showTimeline(on: boolean): void {
    const scene = this.#scene;
    this.#stage.pin = on ? this.#stage.pin : undefined;
    if (!on || !scene || scene.single) {
      this.#asked = undefined;
      this.#timeline.hide();
      this.#host.post({ type: 'step', patch: this.#patch, text: '' });
      this.#shown = scene;
      this.#update();
      return;
    }
    const pin = this.#stage.pin ?? scene.pins.find(({ shown }) => shown.schedule !== undefined);
    const schedule = pin?.shown.schedule ?? '';
    this.#wantedStand = undefined;
    this.#askTimeline(`${scene.key} ${schedule}`, schedule);
  }

  /** The map, the editor and the panel follow the timeline. */
  #stepped(world: World, timeline: ScheduleTimeline, row: number): void {
    const scene = this.#scene;
    if (!scene) return;
    this.#shown = stepScene(scene, world, timeline, row);
    const chosen = this.#stage.selected;
    this.#update();
    const regions = [...this.#shown.lanes[world].regions];
    const changed = regions.find((region) => region.change !== 'same');
    this.#stage.selected = changed ?? (chosen && regions.find((region) => identity(region) === identity(chosen)));
    if (changed)
      this.#panel.showRegion(
        changed,
        scene.paging,
        changed.change === 'added' ? '+ made in this step' : '≠ changed in this step',
      );
    this.#stage.redraw();
    const step = timeline.rows[row];
    // A row that is no step belongs to the one before it.
    const taken = timeline.rows.slice(0, row + 1).findLast((one) => one.step !== undefined)?.step;
    if (this.#debuggable) this.#debuggable = { ...this.#debuggable, step: taken };
    if (this.#follows) return;
    this.#host.post({
      type: 'step',
      patch: this.#patch,
      text: step?.what ?? '',
      ...(step && step.at.line > 0 ? { place: step.at } : {}),
      ...(taken === undefined ? {} : { world, step: taken }),
    });
  }

  async #export(format: ExportFormat): Promise<void> {
    const scene = this.#shown;
    if (!scene) return;
    const { view } = this.#stage;
    const showing = this.#drawn;
    this.#host.post(
      await exportMap(format, {
        scene,
        mode: this.#mode,
        showing,
        theme: this.#theme,
        width: Math.max(view.width, 720),
        left: view.left,
        right: view.right,
        whole: view.zoom <= view.width * 1.0001,
      }),
    );
    if (format === 'ascii' || format === 'text') this.#say('Copied.');
  }

  #copy(text: string): void {
    this.#host.post({ type: 'copy', text });
    this.#say('Copied.');
  }

  /** The timeline shows one world. */
  get #drawn(): Showing {
    return this.#shown === this.#scene ? this.#showing : this.#timeline.world;
  }

  #showModes(): void {
    this.#toolbar.showModes({
      mode: this.#mode,
      showing: this.#showing,
      table: this.#tableShown,
      timeline: this.#asked !== undefined,
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
      const { tries } = this.#scene!.lanes[hit.world];
      this.#panel.showTry(hit.try, tries.indexOf(hit.try) + 1, tries.length, this.#scene!.paging);
    } else if (this.#stage.selected) this.#panel.showRegion(this.#stage.selected, this.#scene!.paging);
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
      m: () => this.#measure(),
      c: () => {
        const { selected } = this.#stage;
        if (selected) this.#copy(regionText(selected));
      },
      t: () => this.#showTimeline(this.#asked === undefined),
      ',': () => this.#timeline.go(this.#timeline.row - 1),
      '.': () => this.#timeline.go(this.#timeline.row + 1),
      Enter: () => {
        const place = this.#stage.selected?.madeAt[0];
        if (place) this.#host.post({ type: 'open', patch: this.#patch, place });
      },
      Escape: () => {
        this.#mark = this.#stage.ruler = undefined;
        this.#select(undefined, { go: false });
      },
    };
    // A map, and no object's prototype: the key's name comes from outside.
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (!action || event.altKey) return;
    event.preventDefault();
    action();
  }

  /** First from here, then to there. */
  #measure(): void {
    const { selected, view } = this.#stage;
    const here = selected?.start ?? view.at(view.width / 2);
    if (this.#mark === undefined) {
      this.#mark = here;
      this.#say(`Measuring from ${addressText(here)}. Go on and press M again.`);
      return;
    }
    const to = selected && selected.start >= this.#mark ? selected.end + 1n : here;
    this.#stage.ruler = { from: this.#mark, to };
    this.#panel.showRuler(this.#mark, to, this.#scene!.paging);
    this.#say(
      `${sizeText(to > this.#mark ? to - this.#mark : this.#mark - to)} from ${addressText(this.#mark)} to ${addressText(to)}`,
    );
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
    const { world, row } = this.#timeline;
    return {
      patch: this.#patch,
      scenario: this.#scene?.key ?? '',
      mode: this.#mode,
      showing: this.#showing,
      table: this.#tableShown,
      left: view.left.toString(16),
      magnification: view.zoom / view.width,
      ...(selected ? { selected: identity(selected) } : {}),
      ...(this.#asked === undefined ? {} : { timeline: this.#wantedStep ?? { world, row } }),
    };
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
    if (saved.selected !== undefined)
      for (const { regions } of Object.values(this.#scene?.lanes ?? {}))
        for (const region of regions)
          if (identity(region) === saved.selected) {
            this.#select(region, { go: false });
            break;
          }
    this.#stage.redraw();
    if (saved.timeline) {
      this.#wantedStep = saved.timeline;
      this.#showTimeline(true);
    }
  }
}

const root = document.getElementById('map');
if (root) new App(root);
