import assert from 'node:assert/strict';
import { Rows } from '../../src/map/boxes.ts';
import { Pen } from '../../src/map/draw.ts';
import { makeLayout } from '../../src/map/layout.ts';
import { packReport } from '../../src/map/pack.ts';
import { paintMap } from '../../src/map/paint.ts';
import { makeScale } from '../../src/map/scale.ts';
import { makePackedScene, type Scene } from '../../src/map/scene.ts';
import { SvgSurface } from '../../src/map/svg.ts';
import { darkTheme } from '../../src/map/theme.ts';
import { View } from '../../src/map/view.ts';
import { largeReport } from '../fixtures/sample-report.ts';
import { mainThread, ms, tell } from './table.ts';

/* The address map of 100,000 regions, without a screen: its first picture, and a frame while zooming. */

const REGIONS = 100_000;
const FRAMES = 60;

describe('bench: the address map', function () {
  this.timeout(120_000);

  /** All that stands between a report and its picture, but for the canvas itself. */
  function draw(scene: Scene) {
    const view = new View(makeScale('compressed', scene), 1100);
    const made = new Map(Object.values(scene.lanes).map((lane) => [lane, new Rows(lane, view.scale)]));
    const layout = makeLayout(scene, 'both', 600);
    const marks = {
      selected: undefined,
      hovered: undefined,
      hoveredTry: undefined,
      pin: undefined,
      pointer: undefined,
    };
    return {
      view,
      frame: () =>
        paintMap(new Pen(new SvgSurface(), darkTheme), scene, view, layout, (lane) => made.get(lane)!, marks),
    };
  }

  it('draws 100,000 regions, the same before and after, and with one that moved', () => {
    const report = packReport(largeReport(REGIONS));
    const same = report.patches[0]!.scenarios[0]!;
    const words = same.before.tree.words.slice();
    // A leaf in the middle is a page shorter.
    words[Math.floor(REGIONS / 6) * 30 + 12]! -= 4096;
    const moved = { ...same, after: { ...same.after, tree: { ...same.before.tree, words } } };
    for (const [what, scenario] of [
      ['the same in both worlds', same],
      ['of two worlds', moved],
    ] as const) {
      const times: number[] = [];
      for (let i = 0; i < 5; i++) {
        const from = mainThread();
        const scene = makePackedScene(report.patches[0]!, scenario);
        draw(scene).frame();
        times.push(mainThread() - from);
        assert.equal(scene.differences.length, scenario === moved ? 1 : 0);
      }
      tell({
        what: `map: first picture of 100,000 regions ${what}, cold and warm`,
        reached: `${ms(times[0]!)}, ${ms(Math.min(...times))}`,
        goal: '100 ms',
      });
    }
  });

  it('zooms among 100,000 regions', () => {
    const report = packReport(largeReport(REGIONS));
    const { view, frame } = draw(makePackedScene(report.patches[0]!, report.patches[0]!.scenarios[0]!));
    const times: number[] = [];
    for (let i = 0; i < FRAMES; i++) {
      view.zoomAt(660, i < FRAMES / 2 ? 1.2 : 1 / 1.2);
      const from = mainThread();
      const { boxes } = frame();
      times.push(mainThread() - from);
      assert.ok(boxes <= 2 * view.width, `${boxes} boxes`);
    }
    times.sort((a, b) => a - b);
    tell({
      what: 'map: a frame while zooming among 100,000 regions, middle and worst',
      reached: `${ms(times[FRAMES >> 1]!)}, ${ms(times.at(-1)!)}`,
      goal: '16 ms',
    });
  });
});
