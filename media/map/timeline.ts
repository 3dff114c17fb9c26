import { t } from '../../src/map/language.ts';
import { addressText } from '../../src/map/numbers.ts';
import type { Canvas } from '../../src/map/surface.ts';
import type { Theme } from '../../src/map/theme.ts';
import type { Timelines } from '../../src/protocol.ts';
import type { SourcePlace, World } from '../../src/review/report.ts';
import type { ScheduleTimeline, TimelineRow, TreeChange } from '../../src/review/timeline/timeline.ts';
import { choice, h, icon } from './dom.ts';
import { reducedMotion } from './motion.ts';
import { resize } from './overview.ts';

export interface TimelineActions {
  /** The timeline stands on a row of this world; -1: before the first. */
  step(world: World, timeline: ScheduleTimeline, row: number): void;
  open(place: SourcePlace): void;
  /** Goes on from here in the debugger. */
  debug(): void;
  close(): void;
}

const LANE = 34;
const TOP = 6;
/** Milliseconds of a step while it plays. */
const PACE = 600;
/** Rows listed around the current one. */
const NEAR = 4;

/** What one schedule did, with a lane for each thread: whose turn it was, what it held, what became of the tree. */
export class TimelinePanel {
  readonly element: HTMLElement;
  readonly #actions: TimelineActions;
  readonly #worlds = choice<World>(
    t('World of the timeline'),
    [
      ['before', t('Before'), t('The steps without the patch')],
      ['after', t('After'), t('The steps with the patch')],
    ],
    (world) => this.#choose(world),
  );
  readonly #names = h('div', { class: 'threads' });
  readonly #canvas = h('canvas', { class: 'lanes', 'aria-hidden': 'true' });
  readonly #slider = h('input', { type: 'range', class: 'scrub', 'aria-label': t('Step'), min: 0, max: 0, value: 0 });
  readonly #play = h('button', { click: () => this.#toggle() });
  readonly #debug = h(
    'button',
    { title: t('Go on from this step in the debugger, with its variables'), click: () => this.#actions.debug() },
    t('Debug from here'),
  );
  readonly #title = h('span', { class: 'faint' });
  readonly #step = h('div', { class: 'step' });
  readonly #list = h('ol', { class: 'steps', 'aria-label': t('Steps around this one') });
  readonly #body: HTMLElement;
  readonly #note = h('p', { class: 'note' });
  #theme: Theme;
  #timelines: Timelines = {};
  #world: World = 'after';
  #row = -1;
  #playing: number | undefined;

  constructor(actions: TimelineActions, theme: Theme) {
    this.#actions = actions;
    this.#theme = theme;
    const button = (sign: Parameters<typeof icon>[0], label: string, act: () => void) =>
      h('button', { title: label, 'aria-label': label, click: act }, icon(sign));
    this.#slider.addEventListener('input', () => this.go(Number(this.#slider.value) - 1));
    const lanes = h('div', { class: 'lanes-box' }, this.#canvas);
    this.#body = h(
      'div',
      { class: 'timeline-body' },
      h('div', { class: 'tracks' }, this.#names, h('div', { class: 'track' }, lanes, this.#slider)),
      h('div', { class: 'now' }, this.#step, this.#list),
    );
    this.element = h(
      'section',
      { class: 'timeline', 'aria-label': t('Timeline'), hidden: true },
      h(
        'header',
        {},
        h('h2', {}, t('Timeline')),
        this.#title,
        this.#worlds.element,
        h(
          'div',
          { class: 'choice', role: 'group', 'aria-label': t('Steps') },
          button('first', t('Before the first step'), () => this.go(-1)),
          button('back', t('One step back'), () => this.go(this.#row - 1)),
          this.#play,
          button('forward', t('One step on'), () => this.go(this.#row + 1)),
          button('last', t('Last step'), () => this.go(Number.MAX_SAFE_INTEGER)),
        ),
        this.#debug,
        h(
          'button',
          {
            class: 'close',
            title: t('Close the timeline'),
            'aria-label': t('Close the timeline'),
            click: () => actions.close(),
          },
          '×',
        ),
      ),
      this.#note,
      this.#body,
    );
    const at = (event: PointerEvent) => {
      const { rows } = this.#timeline ?? { rows: [] };
      const share = event.offsetX / Math.max(1, this.#canvas.clientWidth);
      this.go(Math.min(rows.length - 1, Math.floor(share * (rows.length + 1)) - 1));
    };
    this.#canvas.addEventListener('pointerdown', (event) => {
      this.#canvas.setPointerCapture(event.pointerId);
      at(event);
    });
    this.#canvas.addEventListener('pointermove', (event) => {
      if (this.#canvas.hasPointerCapture(event.pointerId)) at(event);
    });
    new ResizeObserver(() => this.#draw()).observe(lanes);
    this.#showPlaying();
  }

  get row(): number {
    return this.#row;
  }
  get world(): World {
    return this.#world;
  }
  get #timeline(): ScheduleTimeline | undefined {
    return this.#timelines[this.#world];
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#draw();
  }

  /** `debuggable`: the debugger can execute what is replayed. */
  wait(debuggable: boolean): void {
    this.#debug.hidden = !debuggable;
    this.#show(t('Replaying the scenario…'));
  }
  fail(reason: string): void {
    this.#show(t('There is no timeline: {0}', reason));
  }
  #show(note: string): void {
    this.#stop();
    this.#timelines = {};
    this.element.hidden = false;
    this.#body.hidden = true;
    this.#note.hidden = false;
    this.#note.textContent = note;
    this.#title.textContent = '';
  }

  hide(): void {
    this.#stop();
    this.element.hidden = true;
  }

  open(timelines: Timelines, world: World, row?: number): void {
    this.#stop();
    this.#timelines = timelines;
    this.#world = timelines[world] ? world : timelines.after ? 'after' : 'before';
    this.element.hidden = false;
    this.#body.hidden = false;
    this.#note.hidden = true;
    this.#fill();
    this.go(row ?? this.#firstOfInterest());
  }

  /** The first step that changed the tree or in which something was reported. */
  #firstOfInterest(): number {
    return this.#timeline?.rows.findIndex((row) => row.events.length > 0 || row.changes.length > 0) ?? -1;
  }

  #choose(world: World): void {
    if (!this.#timelines[world]) return;
    this.#world = world;
    this.#fill();
    this.go(Math.min(this.#row, this.#timeline!.rows.length - 1));
  }

  /** To the step of a source line: the next one behind the current, round the end. */
  goToLine(file: string, line: number, world: World | undefined): boolean {
    const wanted = world && this.#timelines[world] ? world : this.#world;
    const { rows } = this.#timelines[wanted] ?? { rows: [] };
    const isThere = ({ at, stack }: TimelineRow) =>
      [at, ...stack.map((frame) => frame.at)].some(
        (place) => place.line === line && (place.file === file || file.endsWith(`/${place.file}`)),
      );
    for (let i = 1; i <= rows.length; i++) {
      const row = (Math.max(0, this.#row) + i) % rows.length;
      if (!isThere(rows[row]!)) continue;
      if (wanted !== this.#world) this.#choose(wanted);
      this.go(row);
      return true;
    }
    return false;
  }

  /** To the row in which a candidate was looked at first, by its index. */
  goToTry(candidate: number): void {
    const row = this.#timeline?.rows.findIndex((one) => one.tried !== undefined && one.tried > candidate) ?? -1;
    if (row >= 0) this.go(row);
  }

  /** To the last step of a world that is over when so many have been taken. False: that world has no timeline. */
  goToStep(world: World, steps: number): boolean {
    const timeline = this.#timelines[world];
    if (!timeline) return false;
    if (world !== this.#world) {
      this.#world = world;
      this.#fill();
    }
    this.#stop();
    const last = timeline.rows.findLastIndex(({ step }) => step !== undefined && step < steps);
    // Where a thread only waits no step is taken: who looks at that stays there.
    const stays =
      last < this.#row && timeline.rows.slice(last + 1, this.#row + 1).every(({ step }) => step === undefined);
    this.go(stays ? this.#row : last);
    return true;
  }

  go(row: number): void {
    const timeline = this.#timeline;
    if (!timeline) return;
    this.#row = Math.max(-1, Math.min(row, timeline.rows.length - 1));
    this.#slider.value = String(this.#row + 1);
    this.#slider.setAttribute('aria-valuetext', this.#rowText(timeline));
    this.#showStep(timeline);
    this.#draw();
    this.#actions.step(this.#world, timeline, this.#row);
  }

  #fill(): void {
    const timeline = this.#timeline!;
    this.#worlds.set(this.#world);
    this.#slider.max = String(timeline.rows.length);
    this.#title.textContent = [
      timeline.schedule === '' ? t('one thread') : t('schedule {0}', timeline.schedule),
      t('ended by {0}', timeline.outcome.end),
      ...(timeline.dropped > 0 ? [t('{0} steps left out', timeline.dropped)] : []),
    ].join(' · ');
    this.#names.replaceChildren(
      ...timeline.threads.map(({ letter, name }) => h('div', {}, h('strong', {}, name), h('small', {}, letter))),
    );
  }

  #rowText(timeline: ScheduleTimeline): string {
    const row = timeline.rows[this.#row];
    if (!row) return t('before the first step');
    const { number, what } = row;
    return t('step {0} of {1}, {2}: {3}', number, timeline.rows.length, nameOf(timeline, row), what);
  }

  #showStep(timeline: ScheduleTimeline): void {
    const row = timeline.rows[this.#row];
    const locks = timeline.threads.map(({ letter, name }) => ({ name, held: heldBy(timeline, this.#row, letter) }));
    const held = locks.filter(({ held: own }) => own.length > 0);
    this.#step.replaceChildren(
      h('div', { class: 'what' }, this.#rowText(timeline)),
      ...(row
        ? [
            h(
              'div',
              {},
              ...row.stack.slice(0, 6).flatMap((frame, i) => [
                ...(i === 0 ? [] : [' ← ']),
                h(
                  'button',
                  {
                    class: 'link mono',
                    title: `${frame.at.file}:${frame.at.line}`,
                    click: () => this.#actions.open(frame.at),
                  },
                  `${frame.function}():${frame.at.line}`,
                ),
              ]),
            ),
            h('code', {}, row.source),
            ...(row.tried === undefined ? [] : [h('div', { class: 'try' }, tryText(timeline, row.tried))]),
          ]
        : []),
      h(
        'div',
        {},
        t('locks: '),
        held.length === 0
          ? t('none')
          : held
              .map(({ name, held: own }) => `${name} ${own.map((l) => `${l.name} (${modeName(l.mode)})`).join(', ')}`)
              .join('; '),
      ),
      ...(row?.changes ?? []).map((change) => h('div', { class: `change ${change.kind}` }, changeText(change))),
      ...(row?.events ?? []).map((event) => h('div', { class: `event ${event.kind}` }, `${event.kind}: ${event.text}`)),
    );
    const from = Math.max(0, Math.min(this.#row - NEAR, timeline.rows.length - 2 * NEAR - 1));
    const near = timeline.rows.slice(from, from + 2 * NEAR + 1);
    this.#list.setAttribute('start', String(from + 1));
    this.#list.replaceChildren(
      ...near.map((other) =>
        h(
          'li',
          { value: other.number },
          h(
            'button',
            {
              class: 'link',
              'aria-current': other === row ? 'step' : undefined,
              click: () => this.go(other.number - 1),
            },
            `${nameOf(timeline, other)}: ${other.what}`,
          ),
        ),
      ),
    );
  }

  #toggle(): void {
    if (this.#playing !== undefined) {
      this.#stop();
      return;
    }
    const { rows } = this.#timeline ?? { rows: [] };
    if (this.#row >= rows.length - 1) this.go(-1);
    this.#playing = window.setInterval(() => {
      if (this.#row >= rows.length - 1) this.#stop();
      else this.go(this.#row + 1);
    }, PACE);
    this.#showPlaying();
  }

  #stop(): void {
    window.clearInterval(this.#playing);
    this.#playing = undefined;
    this.#showPlaying();
  }

  #showPlaying(): void {
    const label = this.#playing === undefined ? t('Play the steps') : t('Stop');
    this.#play.title = label;
    this.#play.setAttribute('aria-label', label);
    this.#play.replaceChildren(icon(this.#playing === undefined ? 'play' : 'pause'));
  }

  #draw(): void {
    const timeline = this.#timeline;
    const width = this.#canvas.parentElement?.clientWidth ?? 0;
    if (!timeline || width === 0) return;
    const height = TOP + timeline.threads.length * LANE;
    const ratio = window.devicePixelRatio;
    resize(this.#canvas, width, height, ratio);
    const c = this.#canvas.getContext('2d')!;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    paintLanes(c, this.#theme, timeline, width, this.#row);
    // Its thumb stands below the line, wherever that is.
    const share = width / (timeline.rows.length + 1);
    this.#slider.style.marginLeft = `${(share - THUMB) / 2}px`;
    this.#slider.style.width = `${width - share + THUMB}px`;
    this.#list.style.scrollBehavior = reducedMotion() ? 'auto' : 'smooth';
  }
}

/** How wide the slider's thumb is, as browsers draw it. */
const THUMB = 16;

/** Whose turn it was as blocks, operations as dots, what was held as bars below; a line where the timeline stands. */
function paintLanes(c: Canvas, theme: Theme, timeline: ScheduleTimeline, width: number, row: number): void {
  const { rows, threads } = timeline;
  // In front of the first step there is room for the state before it.
  const share = width / (rows.length + 1);
  const at = (step: number) => (step + 1) * share;
  for (const [lane, { letter }] of threads.entries()) {
    const y = TOP + lane * LANE;
    c.fillStyle = theme.line;
    c.globalAlpha = 0.5;
    c.fillRect(0, y + 8, width, 1);
    c.globalAlpha = 1;
    for (const [from, to] of runs(rows.map((r) => r.thread === letter))) {
      c.beginPath();
      c.roundRect(at(from) + 1, y, Math.max(2, (to - from) * share - 2), 16, 3);
      c.fillStyle = theme.info;
      c.globalAlpha = theme.contrast ? 0 : 0.35;
      c.fill();
      c.globalAlpha = 1;
      c.lineWidth = 1;
      c.strokeStyle = theme.contrast ? theme.line : theme.info;
      c.stroke();
    }
    paintMarks(c, theme, rows, letter, y, share);
    // Per lock, where the thread holds it: a write lock solid, a read lock hollow.
    for (const write of [true, false]) {
      const held = rows.map((_, i) => heldBy(timeline, i, letter).some((l) => (l.mode !== 'read') === write));
      for (const [from, to] of runs(held)) {
        const bar = [at(from) + 1, y + 20, Math.max(2, (to - from) * share - 2), 6] as const;
        c.fillStyle = c.strokeStyle = write ? theme.removed : theme.added;
        if (write) c.fillRect(...bar);
        else c.strokeRect(bar[0] + 0.5, bar[1] + 0.5, bar[2] - 1, bar[3] - 1);
        const name = heldBy(timeline, from, letter).find((l) => (l.mode !== 'read') === write)!.name;
        c.font = theme.font(9.5);
        c.textAlign = 'left';
        c.textBaseline = 'middle';
        const label = `${name} (${modeName(write ? 'write' : 'read')})`;
        if (c.measureText(label).width < bar[2] - 4 && LANE > 30) {
          c.fillStyle = theme.text;
          c.fillText(label, bar[0] + 3, y + 30);
        }
      }
    }
  }
  const x = Math.max(1, Math.min(width - 1, at(row + 0.5)));
  c.strokeStyle = theme.focus;
  c.lineWidth = 2;
  c.beginPath();
  c.moveTo(x, 0);
  c.lineTo(x, TOP + threads.length * LANE);
  c.stroke();
}

/** A dot for each operation, as far as they can be told apart; a larger mark where the tree changed or something was told. */
function paintMarks(
  c: Canvas,
  theme: Theme,
  rows: readonly TimelineRow[],
  letter: string,
  y: number,
  share: number,
): void {
  let last = Number.NEGATIVE_INFINITY;
  for (const [i, row] of rows.entries()) {
    if (row.thread !== letter) continue;
    const x = (i + 1.5) * share;
    const special = row.changes.length > 0 || row.events.some((e) => e.kind === 'problem');
    if (!special && x - last < 4) continue;
    last = x;
    c.beginPath();
    if (row.events.some((e) => e.kind === 'problem')) {
      c.fillStyle = theme.error;
      c.moveTo(x, y + 1);
      c.lineTo(x + 6, y + 14);
      c.lineTo(x - 6, y + 14);
    } else if (row.changes.length > 0) {
      c.fillStyle = theme.warning;
      c.rect(x - 4, y + 4, 8, 8);
    } else if (row.tried !== undefined) {
      c.strokeStyle = theme.text;
      c.lineWidth = 1.25;
      c.moveTo(x - 2.5, y + 5.5);
      c.lineTo(x + 2.5, y + 10.5);
      c.moveTo(x - 2.5, y + 10.5);
      c.lineTo(x + 2.5, y + 5.5);
      c.stroke();
    } else {
      c.fillStyle = theme.text;
      c.arc(x, y + 8, 2, 0, 2 * Math.PI);
    }
    c.fill();
  }
}

/** Pairs of the first index of each run of true and the one behind its last. */
function runs(flags: readonly boolean[]): (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const [i, flag] of flags.entries()) {
    if (!flag) continue;
    const last = found.at(-1);
    if (last && last[1] === i) last[1] = i + 1;
    else found.push([i, i + 1]);
  }
  return found;
}

const heldTables = new WeakMap<ScheduleTimeline, ReadonlyMap<string, readonly TimelineRow['held'][]>>();

/** What a thread holds after a row: as its last own row up to there says. */
function heldBy(timeline: ScheduleTimeline, row: number, letter: string): TimelineRow['held'] {
  let table = heldTables.get(timeline);
  if (!table) {
    table = new Map(
      timeline.threads.map(({ letter: own }) => {
        let held: TimelineRow['held'] = [];
        return [own, timeline.rows.map((r) => (r.thread === own ? (held = r.held) : held))];
      }),
    );
    heldTables.set(timeline, table);
  }
  return table.get(letter)?.[row] ?? [];
}

/** The look at a range that a row begins. */
function tryText({ candidates }: ScheduleTimeline, tried: number): string {
  const { start, end, function: name, result } = candidates[tried - 1]!;
  const range = `${addressText(BigInt(start))} – ${addressText(BigInt(end))}`;
  return t('looks at {0}: {1}() → {2}', range, name, result || '?');
}

const modeName = (mode: TimelineRow['held'][number]['mode']): string =>
  ({ read: t('read'), write: t('write'), section: t('section') })[mode];

const nameOf = (timeline: ScheduleTimeline, row: TimelineRow): string =>
  timeline.threads.find(({ letter }) => letter === row.thread)?.name ?? row.thread;

function changeText(change: TreeChange): string {
  const range = `[${change.node.start}-${change.node.end}]`;
  if (change.kind === 'changed') {
    const { was, node } = change;
    const moved = was.start !== node.start || was.end !== node.end ? t(' from [{0}]', `${was.start}-${was.end}`) : '';
    return `≠ ${node.name} ${range}${moved}`;
  }
  return `${change.kind === 'added' ? '+' : '−'} ${change.node.name} ${range}`;
}
