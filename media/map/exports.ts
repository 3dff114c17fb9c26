import { asciiOf } from '../../src/map/ascii.ts';
import { jsonOf } from '../../src/map/json.ts';
import { t } from '../../src/map/language.ts';
import type { Showing } from '../../src/map/layout.ts';
import { drawPicture, type PictureOptions, pictureName, sizeOfPicture, svgOf } from '../../src/map/picture.ts';
import type { ScaleMode } from '../../src/map/scale.ts';
import type { Scene } from '../../src/map/scene.ts';
import { textOf } from '../../src/map/text.ts';
import type { Theme } from '../../src/map/theme.ts';
import { curveSvg, type PackedWhatIf } from '../../src/map/what-if.ts';
import type { FromMap } from '../../src/protocol.ts';
import { surfaceOf } from './theme.ts';

export type ExportFormat = 'svg' | 'png' | 'json' | 'ascii' | 'text';

export const exportNames = (): Readonly<Record<ExportFormat, string>> => ({
  svg: t('Save as SVG…'),
  png: t('Save as PNG…'),
  json: t('Save as JSON…'),
  ascii: t('Copy for mail (ASCII)'),
  text: t('Copy as text'),
});

export interface Exported {
  readonly scene: Scene;
  readonly mode: ScaleMode;
  readonly showing: Showing;
  /** Where the divider stands that shows before over after, from 0 to 1. */
  readonly divider: number;
  readonly theme: Theme;
  readonly width: number;
  readonly left: bigint;
  readonly right: bigint;
  /** All of the space is in sight. */
  readonly whole: boolean;
}

/** Pixels of a PNG for one of the map. */
const RATIO = 2;

/** What is in sight, as the message that saves or copies it. */
export async function exportMap(format: ExportFormat, shown: Exported): Promise<FromMap> {
  const { scene, mode, showing, divider, theme, width, left, right, whole } = shown;
  const name = pictureName(scene, showing);
  const view = whole ? {} : { view: { left, right } };
  const options: PictureOptions = { width, mode, showing, divider, theme, ...view };
  switch (format) {
    case 'svg':
      return { type: 'save', name: `${name}.svg`, content: svgOf(scene, options, measure), encoding: 'text' };
    case 'png':
      return { type: 'save', name: `${name}.png`, content: await pngOf(scene, options), encoding: 'base64' };
    case 'json':
      return { type: 'save', name: `${name}.json`, content: jsonOf(scene), encoding: 'text' };
    case 'ascii':
      return { type: 'copy', text: asciiOf(scene, { width: 72, mode, showing }) };
    case 'text':
      return { type: 'copy', text: textOf(scene) };
  }
}

/** The curve of capacity, as the message that saves it. */
export const exportCurve = (whatIf: PackedWhatIf, theme: Theme): FromMap => ({
  type: 'save',
  name: `capacity-${whatIf.machine}.svg`,
  content: curveSvg(whatIf, theme, measure),
  encoding: 'text',
});

function measure(text: string, font: string): number {
  const c = document.createElement('canvas').getContext('2d')!;
  c.font = font;
  return c.measureText(text).width;
}

async function pngOf(scene: Scene, options: PictureOptions): Promise<string> {
  const { width, height } = sizeOfPicture(scene, options);
  const canvas = document.createElement('canvas');
  canvas.width = width * RATIO;
  canvas.height = height * RATIO;
  const c = canvas.getContext('2d')!;
  c.scale(RATIO, RATIO);
  c.fillStyle = options.theme.background;
  c.fillRect(0, 0, width, height);
  drawPicture(scene, options, surfaceOf(c, RATIO));
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  const bytes = blob ? new Uint8Array(await blob.arrayBuffer()) : new Uint8Array();
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
}
