import { t } from '../../src/map/language.ts';
import type { Scene } from '../../src/map/scene.ts';
import { stepScene, tryAt } from '../../src/map/step-scene.ts';
import type { Theme } from '../../src/map/theme.ts';
import type { ToMap } from '../../src/protocol.ts';
import type { World } from '../../src/review/report.ts';
import type { ScheduleTimeline } from '../../src/review/timeline/timeline.ts';
import type { Host, Saved } from './host.ts';
import { identity, keyOf } from './names.ts';
import type { Panel } from './panel.ts';
import type { Stage } from './stage.ts';
import { TimelinePanel } from './timeline.ts';

/** Where a debugging session stands. */
type Stand = Extract<ToMap, { type: 'stand' }>;

/** What a replay asks of the page around it. */
export interface ReplayPage {
  /** The scenario that is open, as a whole. */
  scene(): Scene | undefined;
  /** Its indices into the report. */
  place(): { readonly patch: number; readonly scenario: number };
  open(patch: number, scenario: number): void;
  /** There is something to replay. */
  canReplay(): boolean;
  /** Draws this from now on: the whole again, or a step of it. */
  show(scene: Scene | undefined): void;
}

/** The open scenario step by step: asks for its timeline, and lets map, editor and debugger follow it. */
export class Replay {
  readonly timeline: TimelinePanel;
  readonly #host: Host;
  readonly #stage: Stage;
  readonly #panel: Panel;
  readonly #page: ReplayPage;
  /** The timeline that was asked for, while it is open. */
  #asked: string | undefined;
  #wantedStep: Saved['timeline'];
  #wantedStand: Stand | undefined;
  /** The timeline goes where the debugger stands: it does not lead it. */
  #follows = false;
  /** The finding whose proof is replayed, and the step on which the timeline stands. */
  #debuggable: { readonly finding: string; readonly step: number | undefined } | undefined;

  constructor(host: Host, stage: Stage, panel: Panel, theme: Theme, page: ReplayPage) {
    this.#host = host;
    this.#stage = stage;
    this.#panel = panel;
    this.#page = page;
    this.timeline = new TimelinePanel(
      {
        step: (world, timeline, row) => this.#stepped(world, timeline, row),
        open: (place) => host.post({ type: 'open', patch: page.place().patch, place }),
        debug: () => this.#debug(),
        close: () => this.show(false),
      },
      theme,
    );
  }

  get isOpen(): boolean {
    return this.#asked !== undefined;
  }

  /** What is kept for a reload. */
  get state(): Saved['timeline'] {
    const { world, row } = this.timeline;
    return this.isOpen ? (this.#wantedStep ?? { world, row }) : undefined;
  }
  restore(step: NonNullable<Saved['timeline']>): void {
    this.#wantedStep = step;
    this.show(true);
  }

  received(message: Extract<ToMap, { type: 'timeline' | 'noTimeline' | 'line' | 'stand' }>): void {
    switch (message.type) {
      case 'timeline': {
        if (message.key !== this.#asked) return;
        const { world = 'after', row } = this.#wantedStep ?? {};
        this.#wantedStep = undefined;
        const stand = this.#wantedStand;
        this.#wantedStand = undefined;
        this.#followed(stand !== undefined, () => {
          this.timeline.open(message.timelines, stand?.world ?? world, row);
          if (stand) this.timeline.goToStep(stand.world, stand.steps);
        });
        return;
      }
      case 'noTimeline':
        if (message.key === this.#asked) this.timeline.fail(message.reason);
        return;
      case 'line':
        if (this.isOpen) this.timeline.goToLine(message.file, message.line, message.world);
        return;
      case 'stand':
        this.#stand(message);
        return;
    }
  }

  show(on: boolean): void {
    const scene = this.#page.scene();
    if (!on || !scene || scene.single || !this.#page.canReplay()) {
      this.#stage.pin = undefined;
      this.#asked = undefined;
      this.timeline.hide();
      this.#host.post({ type: 'step', patch: this.#page.place().patch, text: '' });
      this.#page.show(scene);
      return;
    }
    const pin = this.#stage.pin ?? scene.pins.find(({ shown }) => shown.schedule !== undefined);
    const schedule = pin?.shown.schedule ?? '';
    this.#wantedStand = undefined;
    this.#ask(`${scene.key} ${schedule}`, schedule);
  }

  #ask(key: string, schedule: string): void {
    this.#asked = key;
    // The debugger executes proofs of findings.
    const { pin } = this.#stage;
    const proves = [...(pin ? [pin] : []), ...(this.#page.scene()?.pins ?? [])].find(
      ({ finding: { proof } }) => `${keyOf({ ...proof, name: proof.scenario })} ${proof.schedule ?? ''}` === key,
    );
    this.#debuggable = proves && { finding: proves.finding.id, step: undefined };
    this.timeline.wait(proves !== undefined);
    this.#host.post({ type: 'timeline', key, ...this.#page.place(), schedule });
    this.#page.show(this.#page.scene());
  }

  /** A debugger stands somewhere: the timeline of its execution goes there, opened where it is not yet. */
  #stand(stand: Stand): void {
    const { patch, scenario } = this.#page.place();
    if (patch !== stand.patch || scenario !== stand.scenario) this.#page.open(stand.patch, stand.scenario);
    const scene = this.#page.scene();
    if (!scene || scene.single) return;
    const key = `${scene.key} ${stand.schedule}`;
    if (this.#asked === key) {
      let there = false;
      if (!this.#wantedStand) this.#followed(true, () => (there = this.timeline.goToStep(stand.world, stand.steps)));
      if (!there) this.#wantedStand = stand;
      return;
    }
    this.#wantedStand = stand;
    this.#ask(key, stand.schedule);
  }

  #followed(follows: boolean, work: () => void): void {
    this.#follows = follows;
    work();
    this.#follows = false;
  }

  #debug(): void {
    const { finding, step } = this.#debuggable ?? {};
    if (finding === undefined) return;
    const { world } = this.timeline;
    this.#host.post({ type: 'debug', finding, world, ...(step === undefined ? {} : { step }) });
  }

  /** The map, the editor and the panel follow the timeline. */
  #stepped(world: World, timeline: ScheduleTimeline, row: number): void {
    const scene = this.#page.scene();
    if (!scene) return;
    const shown = stepScene(scene, world, timeline, row);
    const chosen = this.#stage.selected;
    this.#page.show(shown);
    const lane = shown.lanes[world];
    const regions = [...lane.regions];
    const changed = regions.find((region) => region.change !== 'same');
    this.#stage.selected = changed ?? (chosen && regions.find((region) => identity(region) === identity(chosen)));
    const tried = tryAt(lane);
    if (changed)
      this.#panel.showRegion(
        changed,
        scene.paging,
        changed.change === 'added' ? t('+ made in this step') : t('≠ changed in this step'),
      );
    else if (tried && timeline.rows[row]?.tried !== undefined)
      this.#panel.showTry(tried, lane.tries.indexOf(tried) + 1, lane.tries.length, scene.paging);
    this.#stage.redraw();
    const step = timeline.rows[row];
    // A row that is no step belongs to the one before it.
    const taken = timeline.rows.slice(0, row + 1).findLast((one) => one.step !== undefined)?.step;
    if (this.#debuggable) this.#debuggable = { ...this.#debuggable, step: taken };
    if (this.#follows) return;
    this.#host.post({
      type: 'step',
      patch: this.#page.place().patch,
      text: step?.what ?? '',
      ...(step && step.at.line > 0 ? { place: step.at } : {}),
      ...(taken === undefined ? {} : { world, step: taken }),
    });
  }
}
