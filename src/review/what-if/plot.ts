import type { WhatIf, WhatIfWorld } from './what-if.ts';

/*
 * Capacity as a curve: device memory over the number of allocations, before and after, up to what failed; from where it lies in
 * a hotpluggable range it is drawn otherwise.
 */

interface Point {
  readonly n: number;
  /** Bytes so far. Exact enough for a picture. */
  readonly bytes: number;
  readonly eats: boolean;
}

function points({ placements }: WhatIfWorld): readonly Point[] {
  let bytes = 0n;
  let eats = false;
  return placements.map((p, i) => {
    bytes += p.end - p.start + 1n;
    eats ||= p.eats !== undefined;
    return { n: i + 1, bytes: Number(bytes), eats };
  });
}

/** `512M`, `8G`, `1.5T`. */
function short(bytes: number): string {
  for (const [unit, letter] of [
    [2 ** 40, 'T'],
    [2 ** 30, 'G'],
  ] as const)
    if (bytes >= unit) return `${Number((bytes / unit).toFixed(1))}${letter}`;
  return `${Math.round(bytes / 2 ** 20)}M`;
}

const COLUMNS = 60;
const ROWS = 12;

/** For mail: at most 72 columns. `o` before, `x` after, `*` both; capitals where a hotplug range is eaten, `#` both. */
export function curveText({ before, after }: WhatIf): readonly string[] {
  const [old, now] = [points(before), points(after)];
  const mostN = Math.max(1, old.length, now.length);
  const most = Math.max(1, old.at(-1)?.bytes ?? 0, now.at(-1)?.bytes ?? 0);
  const cells = Array.from({ length: ROWS }, () => Array<string>(COLUMNS).fill(' '));
  const draw = (list: readonly Point[], letter: string): void => {
    for (let column = 0; column < COLUMNS; column++) {
      const n = Math.max(1, Math.round(((column + 1) / COLUMNS) * mostN));
      const point = list[n - 1];
      if (!point) continue;
      const line = cells[ROWS - 1 - Math.min(ROWS - 1, Math.floor((point.bytes / most) * (ROWS - 1) + 0.5))]!;
      const mark = point.eats ? letter.toUpperCase() : letter;
      line[column] = line[column] === ' ' ? mark : /[A-Z]/.test(line[column]! + mark) ? '#' : '*';
    }
  };
  draw(old, 'o');
  draw(now, 'x');
  return [
    'device memory over the number of allocations',
    '(o before, x after, * both; O, X, # where a hotplug range is eaten)',
    ...cells.map((row, i) => {
      const label = i === 0 ? short(most) : i === ROWS - 1 ? '0' : '';
      return `${label.padStart(7)} |${row.join('').trimEnd()}`;
    }),
    `        +${'-'.repeat(COLUMNS)}`,
    `         1${String(mostN).padStart(COLUMNS - 1)}`,
    ...ends(before, after),
  ];
}

const ends = (before: WhatIfWorld, after: WhatIfWorld): readonly string[] =>
  (
    [
      ['before', before],
      ['after', after],
    ] as const
  ).map(([name, { placements, stopped }]) =>
    stopped.why === 'all there'
      ? `  ${name}: ${placements.length} allocations, none failed`
      : `  ${name}: the search fails at allocation ${stopped.at} with ${stopped.why}`,
  );

const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [720, 380, 70, 46, 20, 50];

/** The same as SVG. Dashed, and with a mark at its beginning, where a hotplug range is eaten; a cross where the search fails. */
export function curveSvg({ machine, before, after }: WhatIf): string {
  const [old, now] = [points(before), points(after)];
  const mostN = Math.max(1, old.length, now.length) + 1;
  const most = Math.max(1, old.at(-1)?.bytes ?? 0, now.at(-1)?.bytes ?? 0);
  const x = (n: number): string => (LEFT + (n / mostN) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (bytes: number): string => (HEIGHT - BOTTOM - (bytes / most) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>Capacity for device memory on ${escaped(machine)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="18" font-size="14">Capacity for device memory on ${escaped(machine)}</text>`,
  ];
  for (let i = 0; i <= 4; i++) {
    const bytes = (most * i) / 4;
    out.push(
      `<path d="M${LEFT} ${y(bytes)}H${WIDTH - RIGHT}" stroke="#ddd"/>`,
      `<text x="${LEFT - 6}" y="${Number(y(bytes)) + 4}" text-anchor="end">${i === 0 ? '0' : short(bytes)}</text>`,
    );
  }
  const step = Math.max(1, Math.ceil(mostN / 8));
  for (let n = 0; n <= mostN; n += step)
    out.push(`<text x="${x(n)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${n}</text>`);
  out.push(
    `<text x="${(WIDTH + LEFT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">allocations</text>`,
    ...line(old, before, { color: '#0b5cad', name: 'before', width: 5, at: LEFT }, x, y),
    ...line(now, after, { color: '#b3401a', name: 'after', width: 2, at: LEFT + 90 }, x, y),
    `<path d="M${LEFT + 180} 34h24" stroke="#444" stroke-width="2" stroke-dasharray="5 3"/>`,
    `<text x="${LEFT + 210}" y="38">eats a hotplug range</text>`,
    `<text x="${LEFT + 350}" y="38">✕ the search fails</text>`,
    '</svg>',
  );
  return `${out.join('\n')}\n`;
}

function line(
  list: readonly Point[],
  { stopped }: WhatIfWorld,
  look: { readonly color: string; readonly name: string; readonly width: number; readonly at: number },
  x: (n: number) => string,
  y: (bytes: number) => string,
): readonly string[] {
  const { color, name, width, at } = look;
  const all = [{ n: 0, bytes: 0, eats: false }, ...list];
  const first = all.findIndex((p) => p.eats);
  const path = (some: readonly Point[], dash: string): string =>
    some.length < 2
      ? ''
      : `<path d="M${some.map((p) => `${x(p.n)} ${y(p.bytes)}`).join('L')}" fill="none" stroke="${color}" stroke-width="${width}"${dash}/>`;
  const last = all.at(-1)!;
  const out = [
    `<path d="M${at} 34h24" stroke="${color}" stroke-width="${width}"/><text x="${at + 30}" y="38">${name}</text>`,
    path(first < 0 ? all : all.slice(0, first), ''),
    first < 0 ? '' : path(all.slice(first - 1), ' stroke-dasharray="5 3"'),
  ];
  if (stopped.why !== 'all there')
    out.push(
      `<text x="${x(last.n + 0.5)}" y="${Number(y(last.bytes)) + 4}" text-anchor="middle" fill="${color}">✕<title>${escaped(`${name}: fails with ${stopped.why}`)}</title></text>`,
    );
  return out.filter((one) => one !== '');
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&quot;'));
