/* Before beside after, before over after, and a step of a timeline: in pictures that are saved. */
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { english, speak, t } from '../../../src/map/language.ts';
import { type PictureOptions, panesOf, pictureName, pngOf, svgOf } from '../../../src/map/picture.ts';
import { RasterSurface } from '../../../src/map/raster.ts';
import { makeScene } from '../../../src/map/scene.ts';
import { stepScene, tryAt } from '../../../src/map/step-scene.ts';
import { paperTheme } from '../../../src/map/theme.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';
import { sampleTimeline } from '../../fixtures/sample-timeline.ts';

const patch = sampleReport().patches[0]!;
const scene = makeScene(patch, patch.scenarios[1]!);
const same = makeScene(patch, patch.scenarios.find((scenario) => scenario.same)!);
const picture = (showing: PictureOptions['showing'], divider?: number): PictureOptions => ({
  width: 1400,
  mode: 'compressed',
  showing,
  theme: paperTheme,
  ...(divider === undefined ? {} : { divider }),
});

describe('pictures of two worlds', () => {
  it('show one beside the other, each with all of its space', () => {
    const panes = panesOf(scene, 'side', 1000, Number.POSITIVE_INFINITY, 0.5);
    assert.deepEqual(
      panes.map(({ from, to, dx, layout }) => [from, to, dx, layout.lanes.map((lane) => lane.lane.world)]),
      [
        [0, 491, 0, ['before']],
        [509, 1000, 509, ['after']],
      ],
    );
    const svg = svgOf(scene, picture('side'));
    assert.equal(svg.match(/<g clip-path="url\(#c\d+\)">/g)?.length, 2);
    assert.match(svg, /<desc id="d">[^<]*before on the left, after on the right/);
    // Both names of what moved.
    assert.equal(svg.match(/>⇄ /g)?.length, 2);
    assert.ok(svg.indexOf('>Before<') < svg.indexOf('>After<'));
  });

  it('show one over the other up to the divider', () => {
    const panes = panesOf(scene, 'over', 968, Number.POSITIVE_INFINITY, 0.25);
    assert.deepEqual(
      panes.map(({ from, to, dx }) => [from, to, dx]),
      [
        [0, 242, 0],
        [242, 968, 0],
      ],
    );
    const svg = svgOf(scene, picture('over', 0.25));
    assert.match(svg, /before up to the line at 25 %, after behind it/);
    assert.match(svg, /<clipPath id="c\d+"><rect x="16" y="50" width="342"/);
    assert.match(svg, /<clipPath id="c\d+"><rect x="358" y="50" width="1026"/);
  });

  it('are one picture where both worlds are the same', () => {
    assert.equal(panesOf(same, 'side', 1000, Number.POSITIVE_INFINITY, 0.5).length, 1);
    assert.doesNotMatch(svgOf(same, picture('side')), /on the left/);
  });

  it('are named after what they show', () => {
    assert.match(pictureName(scene, 'side'), /^map-1 GiB .*-side-by-side$/);
    assert.match(pictureName(scene, 'over'), /-before-over-after$/);
    assert.match(pictureName(scene, 'before'), /-before$/);
    assert.doesNotMatch(pictureName(scene, 'both'), /-both|-side/);
    assert.doesNotMatch(pictureName(same, 'side'), /-side/);
  });

  it('keep to their sides in our own raster, too', () => {
    const surface = new RasterSurface(40, 10, 1, '#ffffff');
    const { canvas } = surface;
    canvas.fillStyle = '#000000';
    surface.within(0, 0, 20, 10, () => canvas.fillRect(10, 2, 20, 4));
    const dark = (x: number) => canvas.data[(3 * 40 + x) * 4]! < 128;
    assert.deepEqual([9, 10, 19, 20, 29].map(dark), [false, true, true, false, false]);
    canvas.fillRect(30, 2, 5, 4);
    assert.ok(dark(31), 'afterwards all of it is drawn on again');
    assert.ok(pngOf(scene, picture('side'), 1, deflateSync).length > 1000);
  });
});

describe('the tries of a step', () => {
  const timeline = {
    ...sampleTimeline('after'),
    rows: sampleTimeline('after').rows.map((row, i) => (i === 2 ? { ...row, tried: 3 } : row)),
  };

  it('are those that have been made by then, the last of them lit', () => {
    const before = stepScene(scene, 'after', timeline, 1).lanes.after;
    assert.equal(before.tried, 0);
    assert.equal(tryAt(before), undefined);
    const { tries, tried } = stepScene(scene, 'after', timeline, 2).lanes.after;
    assert.equal(tries.length, 20);
    assert.equal(tried, tries.filter((one) => one.first < 3).length);
    const lit = tryAt({ ...before, tries, ...(tried === undefined ? {} : { tried }) });
    assert.equal(lit, tries[tried! - 1]);
    // It stays so until the next try.
    assert.equal(stepScene(scene, 'after', timeline, 5).lanes.after.tried, tried);
  });

  it('show which one was chosen, as the tree at the end tells', () => {
    const { tries } = stepScene(scene, 'after', timeline, 2).lanes.after;
    assert.deepEqual(
      tries.filter((one) => one.chosen).map((one) => one.start),
      [0x3fff_2800_0000n],
    );
  });

  it('say in a picture how far the search is', () => {
    const shown = stepScene(scene, 'after', timeline, 2);
    assert.match(svgOf(shown, picture('after')), /search: try \d+ of 20/);
    assert.match(pictureName(shown, 'after'), /-after-step$/);
  });
});

describe('the language of the map', () => {
  afterEach(() => speak({}));

  it('is the one that it is given, and English without', () => {
    assert.equal(t('{0} regions', 3), '3 regions');
    speak({ '{0} regions': '{0} Regionen', 'a {1} {0}': '{0} von {1}' });
    assert.equal(t('{0} regions', 3), '3 Regionen');
    assert.equal(t('a {1} {0}', 'x', '{0}'), 'x von {0}', 'values are put in once');
    assert.equal(english('{0} regions', 3), '3 regions');
    assert.equal(t('constructor'), 'constructor');
  });
});
