import type { WhatIf, WhatIfWorld } from './what-if.ts';

/*
 * Capacity as a curve: device memory over the number of allocations, before and after, up to what failed; where it lies in a
 * hotpluggable range it is drawn otherwise.
 */

export interface CapacityPoint {
  /** So many allocations. */
  readonly n: number;
  /** Bytes so far. Exact enough for a picture. */
  readonly bytes: number;
  /** The last of them lies in a hotpluggable range. */
  readonly eats: boolean;
}

export function capacityOf({ placements }: WhatIfWorld): readonly CapacityPoint[] {
  let bytes = 0n;
  return placements.map((p, i) => {
    bytes += p.end - p.start + 1n;
    return { n: i + 1, bytes: Number(bytes), eats: p.eats !== undefined };
  });
}

/** `512M`, `8G`, `1.5T`. */
export function shortSize(bytes: number): string {
  for (const [unit, letter] of [
    [2 ** 40, 'T'],
    [2 ** 30, 'G'],
  ] as const)
    if (bytes >= unit) return `${Number((bytes / unit).toFixed(1))}${letter}`;
  return `${Math.round(bytes / 2 ** 20)}M`;
}

/** Marks of both in one place. */
const together = new Map([
  ['ox', '*'],
  ['OX', '#'],
  ['Ox', '%'],
  ['oX', '&'],
]);

const COLUMNS = 60;
const ROWS = 12;

/** For mail: at most 72 columns. Where lines of both lie on one another the marks tell which of them eats a hotplug range. */
export function curveText({ before, after }: WhatIf): readonly string[] {
  const [old, now] = [capacityOf(before), capacityOf(after)];
  const mostN = Math.max(1, old.length, now.length);
  const most = Math.max(1, old.at(-1)?.bytes ?? 0, now.at(-1)?.bytes ?? 0);
  const cells = Array.from({ length: ROWS }, () => Array<string>(COLUMNS).fill(' '));
  const draw = (list: readonly CapacityPoint[], [plain, eating]: readonly [string, string]): void => {
    for (let column = 0; column < COLUMNS; column++) {
      const n = Math.max(1, Math.round(((column + 1) / COLUMNS) * mostN));
      const point = list[n - 1];
      if (!point) continue;
      const line = cells[ROWS - 1 - Math.min(ROWS - 1, Math.floor((point.bytes / most) * (ROWS - 1) + 0.5))]!;
      const mark = point.eats ? eating : plain;
      line[column] = line[column] === ' ' ? mark : (together.get(`${line[column]}${mark}`) ?? mark);
    }
  };
  draw(old, ['o', 'O']);
  draw(now, ['x', 'X']);
  return [
    'device memory over the number of allocations',
    '(o before, x after, * both; eating a hotplug range: O before, X after,',
    '# both; % both, of which only before eats, & only after)',
    ...cells.map((row, i) => {
      const label = i === 0 ? shortSize(most) : i === ROWS - 1 ? '0' : '';
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
      : stopped.at === undefined
        ? `  ${name}: ${stopped.why}`
        : `  ${name}: the search fails at allocation ${stopped.at} with ${stopped.why}`,
  );
