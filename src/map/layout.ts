import type { World } from '../review/report.ts';
import { t } from './language.ts';
import type { Lane, Scene } from './scene.ts';

/*
 * Where things stand from top to bottom. Left to right is the view's matter.
 */

export type Showing = 'both' | 'side' | 'over' | 'before' | 'after' | 'difference';

export interface LaneBox {
  /** Both worlds in one lane where they are the same. */
  readonly title: string;
  readonly lane: Lane;
  readonly top: number;
  readonly rowsTop: number;
  readonly rowHeight: number;
  readonly rowStep: number;
  /** Names that find no room in the rows. */
  readonly names: { readonly top: number; readonly height: number } | undefined;
  readonly tries: { readonly top: number; readonly height: number } | undefined;
  readonly bottom: number;
}
export interface Layout {
  readonly axis: { readonly top: number; readonly bottom: number };
  /** Memory, holes and sections. */
  readonly strip: { readonly top: number; readonly height: number } | undefined;
  readonly firmware: { readonly top: number; readonly height: number } | undefined;
  readonly lanes: readonly LaneBox[];
  readonly difference:
    | {
        readonly top: number;
        readonly boxes: number /** Between the two. */;
        readonly gap: number;
        readonly bottom: number;
      }
    | undefined;
  readonly pins: { readonly top: number; readonly height: number } | undefined;
  /** Names of the limits. */
  readonly footer: { readonly top: number; readonly height: number };
  readonly height: number;
}

const TITLE = 24;
const ROW = 32;
/** Where there is more room than rows need, they have two lines. */
const MOST_ROW = 46;
const FEW = 4;
const LEAST_ROW = 13;
const GAP = 2;
const BETWEEN = 16;
/** Lines of names are this far apart. */
export const NAME_LINE = 14;

/** The lanes that are drawn: one where both are the same. */
export const worldsOf = (scene: Scene, showing: Showing): readonly World[] =>
  showing === 'before' ? ['before'] : showing === 'after' || scene.same ? ['after'] : ['before', 'after'];

export function makeLayout(scene: Scene, showing: Showing, available: number): Layout {
  const boxes = showing === 'difference' && !scene.same ? [] : worldsOf(scene, showing);
  const rows = boxes.reduce((sum, world) => sum + Math.max(1, scene.lanes[world].rows.length), 0);
  const fixed = layOut(scene, showing, boxes, NOTHING).height;
  // Rows give way until all is in sight, and no farther than they can be read.
  const row = Math.max(LEAST_ROW, Math.min(ROW, rows === 0 ? ROW : Math.floor((available - fixed) / rows) - GAP));
  // What is left goes to the arrows between before and after, to names, and to higher rows.
  let left = available - fixed - rows * (row + GAP);
  const spare = Math.max(0, Math.min(SPARE_GAP, left));
  left -= spare;
  const wanted = Math.max(0, ...boxes.map((world) => namesWanted(scene.lanes[world])));
  const lines = Math.max(0, Math.min(wanted, Math.floor((left / Math.max(1, boxes.length) - 6) / NAME_LINE)));
  left -= boxes.length * (lines === 0 ? 0 : lines * NAME_LINE + 6);
  // A picture on paper has as much room as it wants: a few rows are high, many are not.
  const more = Number.isFinite(left) ? Math.max(0, Math.floor(left / Math.max(1, rows))) : rows <= FEW ? MOST_ROW : 0;
  return layOut(scene, showing, boxes, { row: Math.min(MOST_ROW, row + more), lines, spare });
}

/** How many lines of names a lane can do with: the fewer regions, the more of them have room for theirs. */
const namesWanted = (lane: Lane): number => Math.min(MOST_NAMES, Math.ceil(lane.count / 6));
const MOST_NAMES = 16;
/** More than the least between what differs before and after. */
const SPARE_GAP = 24;

interface Sizes {
  readonly row: number;
  readonly lines: number;
  readonly spare: number;
}
const NOTHING: Sizes = { row: 0, lines: 0, spare: 0 };

function layOut(scene: Scene, showing: Showing, worlds: readonly World[], { row, lines, spare }: Sizes): Layout {
  let y = 4;
  const axis = { top: y, bottom: (y += 36) };
  y += 8;
  let strip: Layout['strip'];
  if (scene.memory.length > 0) {
    strip = { top: y, height: 14 };
    y += 22;
  }
  let firmware: Layout['firmware'];
  if (scene.bands.length > 0) {
    firmware = { top: y, height: 18 };
    y += 18 + BETWEEN - 4;
  }
  const lanes = worlds.map((world): LaneBox => {
    const lane = scene.lanes[world];
    const top = y;
    const rowsTop = (y += TITLE);
    y += Math.max(1, lane.rows.length) * (row === 0 ? 0 : row + GAP);
    let names: LaneBox['names'];
    if (lines > 0) {
      names = { top: y + 3, height: lines * NAME_LINE };
      y += names.height + 6;
    }
    let tries: LaneBox['tries'];
    if (lane.tries.length > 0) {
      tries = { top: y + 4, height: 26 };
      y += 30;
    }
    const bottom = y;
    y += BETWEEN;
    const title = scene.single
      ? t('Memory')
      : scene.same && showing === 'both'
        ? t('Before and after')
        : world === 'before'
          ? t('Before')
          : t('After');
    return { title, lane, top, rowsTop, rowHeight: row, rowStep: row + GAP, names, tries, bottom };
  });
  let difference: Layout['difference'];
  if (!scene.same && (showing === 'both' || showing === 'difference')) {
    const top = y;
    difference = { top, boxes: top + TITLE, gap: 14 + spare, bottom: top + TITLE + 76 + spare };
    y = difference.bottom + 8;
  }
  let pins: Layout['pins'];
  if (scene.pins.some((pin) => pin.at !== undefined)) {
    pins = { top: y, height: 26 };
    y += 30;
  }
  const footer = { top: y, height: 34 };
  return { axis, strip, firmware, lanes, difference, pins, footer, height: y + footer.height };
}
