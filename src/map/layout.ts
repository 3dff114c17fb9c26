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
  readonly tries: { readonly top: number; readonly height: number } | undefined;
  readonly bottom: number;
}
export interface Layout {
  readonly axis: { readonly top: number; readonly bottom: number };
  /** Memory, holes and sections. */
  readonly strip: { readonly top: number; readonly height: number } | undefined;
  readonly firmware: { readonly top: number; readonly height: number } | undefined;
  readonly lanes: readonly LaneBox[];
  readonly difference: { readonly top: number; readonly boxes: number; readonly bottom: number } | undefined;
  readonly pins: { readonly top: number; readonly height: number } | undefined;
  /** Names of the limits. */
  readonly footer: { readonly top: number; readonly height: number };
  readonly height: number;
}

const TITLE = 24;
const ROW = 32;
const LEAST_ROW = 13;
const GAP = 2;
const BETWEEN = 16;

/** The lanes that are drawn: one where both are the same. */
export const worldsOf = (scene: Scene, showing: Showing): readonly World[] =>
  showing === 'before' ? ['before'] : showing === 'after' || scene.same ? ['after'] : ['before', 'after'];

export function makeLayout(scene: Scene, showing: Showing, available: number): Layout {
  const boxes = showing === 'difference' && !scene.same ? [] : worldsOf(scene, showing);
  const rows = boxes.reduce((sum, world) => sum + Math.max(1, scene.lanes[world].rows.length), 0);
  const fixed = layOut(scene, showing, boxes, 0).height;
  // Rows give way until all is in sight, and no farther than they can be read.
  const row = Math.max(LEAST_ROW, Math.min(ROW, rows === 0 ? ROW : Math.floor((available - fixed) / rows) - GAP));
  return layOut(scene, showing, boxes, row);
}

function layOut(scene: Scene, showing: Showing, worlds: readonly World[], row: number): Layout {
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
    return { title, lane, top, rowsTop, rowHeight: row, rowStep: row + GAP, tries, bottom };
  });
  let difference: Layout['difference'];
  if (!scene.same && (showing === 'both' || showing === 'difference')) {
    const top = y;
    difference = { top, boxes: top + TITLE, bottom: top + TITLE + 76 };
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
