/* Names below the rows, and the sentence over the map. */
import assert from 'node:assert/strict';
import { Rows } from '../../../src/map/boxes.ts';
import { Pen } from '../../../src/map/draw.ts';
import { headlineOf } from '../../../src/map/headline.ts';
import { readMachine } from '../../../src/map/input.ts';
import { makeLayout } from '../../../src/map/layout.ts';
import { paintMap } from '../../../src/map/paint.ts';
import { makeScale } from '../../../src/map/scale.ts';
import { makeScene, type Scene } from '../../../src/map/scene.ts';
import { SvgSurface } from '../../../src/map/svg.ts';
import { paperTheme } from '../../../src/map/theme.ts';
import { View } from '../../../src/map/view.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

const patch = sampleReport().patches[0]!;
const moved = makeScene(patch, patch.scenarios[1]!);
const machineOf = (text: string): Scene => readMachine([{ name: 'text', text }]).scene!;
/** Drivers in a window, a page each, between large memories. */
const crowded = machineOf(
  [
    '00001000-3fffffff : System RAM',
    'c0000000-c00fffff : PCI Bus 0000:00',
    ...Array.from({ length: 30 }, (_, i) => {
      const start = 0xc0000000 + i * 0x8000;
      return `  ${start.toString(16)}-${(start + 0xfff).toString(16)} : driver number ${i}`;
    }),
    '100000000-43fffffff : System RAM',
  ].join('\n'),
);

function draw(scene: Scene, width: number, room: number) {
  const view = new View(makeScale('compressed', scene), width);
  const layout = makeLayout(scene, 'both', room);
  const marks = { selected: undefined, hovered: undefined, hoveredTry: undefined, pin: undefined, pointer: undefined };
  const pen = new Pen(new SvgSurface(), paperTheme);
  return { layout, view, ...paintMap(pen, scene, view, layout, (lane) => new Rows(lane, view.scale), marks) };
}

describe('names below the rows', () => {
  it('stand where nothing else does, inside the map, beside the line to their region', () => {
    for (const [scene, width] of [
      [crowded, 900],
      [crowded, 400],
      [moved, 1100],
    ] as const) {
      const { layout, view, names } = draw(scene, width, 1000);
      assert.ok(names.length >= 5, `${names.length} names`);
      for (const [i, { region, x0, x1, y0 }] of names.entries()) {
        assert.ok(x0 >= 0 && x1 <= width);
        const lane = layout.lanes.find(({ names: at }) => at && y0 >= at.top && y0 < at.top + at.height);
        assert.ok(lane, `${region.name} at ${y0}`);
        const [from, to] = [view.x(region.start) - 3, view.x(region.end + 1n) + 3];
        assert.ok((x0 >= from && x0 <= to) || (x1 >= from && x1 <= to), region.name);
        const other = names.find((n, j) => j > i && n.y0 === y0 && n.x0 < x1 && n.x1 > x0);
        assert.equal(other?.region.name, undefined, `over ${region.name}`);
      }
    }
  });

  it('give way where there is no room, and to what rows need to be read', () => {
    const low = draw(crowded, 900, 180);
    assert.equal(low.names.length, 0);
    assert.ok(low.layout.height <= 180);
    const high = draw(crowded, 900, 1000);
    assert.ok(high.layout.height <= 1000);
    assert.ok(high.layout.lanes[0]!.rowHeight > low.layout.lanes[0]!.rowHeight);
  });
});

describe('the sentence over the map', () => {
  it('says what the patch changed', () => {
    assert.equal(headlineOf(moved), 'dev moved up by 640 MiB, 0x3fff_0000_0000 → 0x3fff_2800_0000 · 4 → 20 tries');
    const same = makeScene(patch, patch.scenarios.find((scenario) => scenario.same)!);
    assert.equal(headlineOf(same), 'The patch changes nothing here');
    assert.match(headlineOf({ ...same, pins: moved.pins }), /^The memory is the same before and after/);
  });

  it('says how much memory a machine has', () => {
    assert.equal(headlineOf(crowded), '≈ 13.99 GiB of System RAM in 2 pieces · 33 regions');
    assert.equal(headlineOf(machineOf('0-fff : Reserved')), '1 region');
  });
});
