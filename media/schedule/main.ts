import { speak, t } from '../../src/map/language.ts';
import type { FromSchedule, ToSchedule } from '../../src/protocol.ts';
import type { SourcePlace, World } from '../../src/review/report.ts';
import { changeText, nodeNames, type ScheduleTimeline, type TimelineRow } from '../../src/review/timeline/text.ts';
import { h, pageTexts } from '../map/dom.ts';

/* A schedule as a table: one row a step, each thread in a column of its own, the locks held, what changed in the tree. */

declare function acquireVsCodeApi(): { postMessage(message: FromSchedule): void };
const api = acquireVsCodeApi();
const post = (message: FromSchedule): void => api.postMessage(message);
const page = document.getElementById('schedule')!;
speak(pageTexts());

type Shown = Extract<ToSchedule, { type: 'schedule' }>;

addEventListener('message', ({ data }: MessageEvent<ToSchedule>) => {
  if (data.type === 'schedule') show(data, data.world);
  else if (data.type === 'waiting')
    page.replaceChildren(h('p', { role: 'status' }, t('The schedule is being replayed…')));
  else if (data.type === 'failed')
    page.replaceChildren(h('p', { role: 'alert' }, t('The schedule could not be replayed: {0}', data.reason)));
});
post({ type: 'ready' });

function show(shown: Shown, world: World): void {
  const timeline = shown.timelines[world];
  const worlds = (['before', 'after'] as const).filter((one) => shown.timelines[one]);
  const switcher = h(
    'div',
    { class: 'choice', role: 'group', 'aria-label': t('World') },
    ...worlds.map((one) =>
      h(
        'button',
        { 'aria-pressed': String(one === world), click: () => show(shown, one) },
        one === 'before' ? t('before the patch') : t('after the patch'),
      ),
    ),
  );
  if (!timeline) {
    page.replaceChildren(h('p', { role: 'alert' }, t('This schedule does not fit here.')), switcher);
    return;
  }
  const table = tableOf(timeline);
  page.replaceChildren(
    h(
      'header',
      {},
      h('h1', {}, shown.title),
      h(
        'p',
        {},
        t('{0} on {1}, schedule ', timeline.scenario, timeline.machine),
        h('code', {}, timeline.schedule || '-'),
      ),
      h(
        'div',
        { class: 'tools' },
        switcher,
        h('button', { click: () => post({ type: 'copyText', world }) }, t('Copy as text')),
        h('button', { click: () => post({ type: 'copyScenario', world }) }, t('Copy scenario with schedule')),
      ),
    ),
    h('div', { class: 'scroll' }, table),
    footer(timeline),
  );
  keys(table);
}

function tableOf(timeline: ScheduleTimeline): HTMLTableElement {
  const names = nodeNames(timeline);
  const heads = timeline.threads.map(({ letter, name }) => h('th', { scope: 'col' }, `${letter} ${name}`));
  let last = '';
  const rows = timeline.rows.map((row, index) => {
    const switched = row.thread !== last;
    last = row.thread;
    const cells = timeline.threads.map(({ letter, name }) =>
      letter === row.thread
        ? h('td', { class: 'step' }, ...step(row))
        : h('td', { class: 'other', 'aria-label': t('{0} stands still', name) }),
    );
    return h(
      'tr',
      { class: `${row.kind}${switched ? ' switched' : ''}`, tabindex: index === 0 ? 0 : -1, 'data-row': index },
      h('th', { scope: 'row' }, String(row.number)),
      ...cells,
      h('td', {}, ...lines(row.held.map((lock) => `${lock.name}${lock.mode === 'section' ? '' : ` (${lock.mode})`}`))),
      h('td', {}, ...lines(row.changes.map((change) => changeText(change, names)))),
    );
  });
  return h(
    'table',
    {},
    h('caption', { class: 'unseen' }, t('One row for each step; arrow keys move between rows, Enter opens the line')),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, t('Step')),
        ...heads,
        h('th', { scope: 'col' }, t('Locks held')),
        h('th', { scope: 'col' }, t('Changed in the tree')),
      ),
    ),
    h('tbody', {}, ...rows),
  );
}

function step(row: TimelineRow): Node[] {
  const open = (place: SourcePlace) => () => post({ type: 'open', place });
  const where = row.at.file === '' ? '' : `${row.at.file.replace(/^.*\//, '')}:${row.at.line}`;
  const nodes: Node[] = [
    h('div', { class: 'what' }, row.source || row.what),
    h(
      'div',
      { class: 'where' },
      `${row.function}() `,
      h('button', { class: 'link', tabindex: -1, title: `${row.at.file}:${row.at.line}`, click: open(row.at) }, where),
    ),
  ];
  if (row.source) nodes.splice(1, 0, h('div', { class: 'how' }, row.what));
  for (const { kind, text } of row.events) nodes.push(h('div', { class: `event ${kind}` }, text));
  return nodes;
}

const lines = (texts: readonly string[]): HTMLElement[] => texts.map((text) => h('div', {}, text));

function footer(timeline: ScheduleTimeline): HTMLElement {
  const { outcome, dropped } = timeline;
  return h(
    'footer',
    {},
    ...(dropped > 0 ? [h('p', {}, t('{0} more steps are left out.', dropped))] : []),
    h('p', {}, t('It ends: {0}', outcome.end)),
    ...outcome.problems.map((p) => h('p', { class: 'event problem' }, `${p.rule}: ${p.message}`)),
    ...outcome.observations.map((o) => h('p', { class: 'event observe' }, `${o.expr} = ${o.value}`)),
  );
}

/** Rows are one stop for the Tab key; arrows move between them. */
function keys(table: HTMLTableElement): void {
  const rows = [...table.querySelectorAll<HTMLTableRowElement>('tbody tr')];
  table.addEventListener('keydown', (event) => {
    const row = (event.target as Element).closest<HTMLTableRowElement>('tbody tr');
    const at = row ? rows.indexOf(row) : -1;
    if (at < 0) return;
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: at + 10,
      PageUp: at - 10,
    }[event.key];
    if (event.key === 'Enter') row!.querySelector<HTMLButtonElement>('button.link')?.click();
    if (to === undefined) return;
    event.preventDefault();
    const next = rows[Math.max(0, Math.min(rows.length - 1, to))]!;
    for (const one of rows) one.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}
