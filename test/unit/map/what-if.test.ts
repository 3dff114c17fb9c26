/* What other constants come to, as data, text and pictures. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { root } from '../../../.ci/lib/paths.mjs';
import type { PictureOptions } from '../../../src/map/picture.ts';
import { paperTheme } from '../../../src/map/theme.ts';
import { curveSvg, packWhatIf, whatIfMaps, whatIfPng, whatIfScene, whatIfSvg } from '../../../src/map/what-if.ts';
import { curveText } from '../../../src/review/what-if/plot.ts';
import { whatIfJson, whatIfText } from '../../../src/review/what-if/text.ts';
import { sampleWhatIf } from '../../fixtures/sample-what-if.ts';

const sample = sampleWhatIf();
const packed = packWhatIf(sample);
const options: PictureOptions = { width: 1000, mode: 'compressed', showing: 'both', theme: paperTheme };

describe('what if, told', () => {
  it('is what the schema says, and the schema ships', () => {
    const schema = JSON.parse(readFileSync(path.join(root, 'src/review/what-if/what-if.schema.json'), 'utf8'));
    const valid = new Ajv2020({ allErrors: true }).compile(schema);
    assert.ok(valid(JSON.parse(whatIfJson(sample))), JSON.stringify(valid.errors));
    assert.ok(!valid({ ...JSON.parse(whatIfJson(sample)), more: 1 }));
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    const { jsonValidation } = manifest.contributes;
    assert.deepEqual(
      jsonValidation.map(({ url }: { url: string }) => path.basename(url)),
      ['machine.schema.json'],
    );
  });

  it('has the price and the capacity of both worlds as text', () => {
    const text = whatIfText(sample);
    assert.match(text, /^ {2}SECTIONS_SHIFT {20}19 -> 20$/m);
    assert.match(text, /^ {2}bits of page->flags {15}not counted/m);
    assert.match(text, /capacity: 40 allocations; 0 \(0 B\) before a hotplug range is eaten/);
    assert.match(text, /the search fails at allocation 37 with -ERANGE/);
    for (const line of whatIfMaps(sample).split('\n')) assert.ok(line.length <= 72, line);
  });

  it('says in the curve for mail which of the two eats a hotplug range', () => {
    const lines = curveText(sample);
    assert.ok(lines.every((line) => line.length <= 72));
    const marks = (line: string | undefined) => new Set((line ?? '').replace(/^[^|]*\|/, '').replaceAll(' ', ''));
    // In the lower rows both go on together, and only before eats.
    const rows = lines.filter((line) => line.includes('|'));
    assert.deepEqual(marks(rows.at(-1)), new Set(['%']));
    assert.ok(marks(rows[0]).has('o'), 'the last regions before lie below the range');
    const same = curveText({ ...sample, after: sample.before });
    assert.ok(marks(same.filter((line) => line.includes('|')).at(-1)).has('#'));
  });

  it('pairs the regions of both worlds in a map, with the limits of each', () => {
    const scene = whatIfScene(packed);
    assert.equal(scene.single, false);
    assert.deepEqual(
      scene.limits.map(({ name }) => name).filter((name) => /MAX_PHYSMEM/.test(name)),
      [
        'MAX_PHYSMEM_BITS 46 before · direct map end before · search end before',
        'MAX_PHYSMEM_BITS 47 after · direct map end after · search end after',
      ],
    );
    assert.equal(scene.differences.filter((d) => d.before?.change === 'moved').length, 36);
    assert.equal(scene.differences.filter((d) => d.before?.change === 'removed').length, 4);
    assert.ok([...scene.lanes.after.regions].filter((r) => r.from === 'scenario').length === 36);
  });

  it('is one picture of map and capacity, and the curve alone', () => {
    const svg = whatIfSvg(packed, options);
    for (const said of ['>Before<', '>After<', '>allocations<', '>a hotplug range is eaten<', '>-ERANGE<'])
      assert.ok(svg.includes(said), said);
    const [, height] = /viewBox="0 0 \d+ (\d+)"/.exec(svg)!;
    assert.match(curveSvg(packed, paperTheme), /viewBox="0 0 720 300".*>1.3T<.*>allocations</s);
    const png = whatIfPng(packed, options, 1, deflateSync);
    assert.equal(new DataView(png.buffer, png.byteOffset).getUint32(20), Number(height));
  });

  it('writes names of strangers as text', () => {
    const svg = whatIfSvg({ ...packed, title: '<script>"', changes: ['<b>'] }, options);
    assert.ok(!svg.includes('<script>') && !svg.includes('<b>'));
  });
});
