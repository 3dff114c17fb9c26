import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { root } from '../../../.ci/lib/paths.mjs';
import { asciiOf } from '../../../src/map/ascii.ts';
import { machineTextKind, readMachine } from '../../../src/map/input.ts';
import { jsonOf } from '../../../src/map/json.ts';
import { type PictureOptions, pngOf, svgOf } from '../../../src/map/picture.ts';
import { makeScene, type Scene } from '../../../src/map/scene.ts';
import { textOf } from '../../../src/map/text.ts';
import { paperTheme } from '../../../src/map/theme.ts';
import { profileNamed } from '../../../src/model/profiles.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';
import { skipOrFail } from '../../support/tools.ts';

const shared = path.join(root, '../shared');
const patch = sampleReport().patches[0]!;
const sample = makeScene(patch, patch.scenarios[1]!);
const picture: PictureOptions = { width: 900, mode: 'compressed', showing: 'both', theme: paperTheme };
const mail = { width: 72, mode: 'compressed', showing: 'both' } as const;
const machine = (text: string, profile?: string): Scene => {
  const { scene } = readMachine([{ name: 'iomem', text }], profile === undefined ? undefined : profileNamed(profile));
  assert.ok(scene);
  return scene;
};
const laptop = `00000000-00000fff : Reserved
00001000-0009ffff : System RAM
00100000-7fffffff : System RAM
  01000000-021fffff : Kernel code
100000000-23fffffff : System RAM
`;

describe('the map as ASCII', () => {
  it('keeps to its columns and to ASCII, and tells what differs', () => {
    const text = asciiOf(sample, mail);
    for (const line of text.split('\n')) {
      assert.ok(line.length <= 72, line);
      assert.match(line, /^[ -~]*$/);
    }
    const lines = text.split('\n');
    const row = (title: string) => lines[lines.findIndex((line) => line.startsWith(title)) + 1]!;
    // Before above after, on one axis: what moved is seen to be farther right.
    assert.ok(row('before: 35 regions, 4 tries').indexOf('>dev') < row('after: 35 regions, 20 tries').indexOf('>dev'));
    assert.match(text, /^- 0x3fff_0000_0000-0x3fff_3fff_ffff {2}1 GiB {2}dev$/m);
    assert.match(text, /^\+ 0x3fff_2800_0000-0x3fff_67ff_ffff {2}1 GiB {2}dev$/m);
    assert.match(text, /^ +ox+$/m, 'tries lead down to the chosen one');
  });

  it('never breaks out of its columns, whatever the names', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ name: fc.string({ maxLength: 300, unit: 'binary' }), bits: fc.integer({ min: 0, max: 40 }) }),
          {
            minLength: 1,
            maxLength: 30,
          },
        ),
        fc.integer({ min: 40, max: 120 }),
        (regions, width) => {
          let at = 0n;
          const text = regions
            .map(({ name, bits }) => {
              const start = at + 0x1000n;
              at = start + (1n << BigInt(bits));
              return `${start.toString(16).padStart(8, '0')}-${at.toString(16).padStart(8, '0')} : ${name.replace(/[\r\n]/g, ' ')}x`;
            })
            .join('\n');
          const scene = readMachine([{ name: 'iomem', text }]).scene;
          if (!scene) return;
          for (const line of asciiOf(scene, { ...mail, width }).split('\n'))
            assert.ok(line.length <= width && /^[ -~]*$/.test(line), JSON.stringify(line));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the map as SVG', () => {
  it('is well-formed, whatever the names, and holds nothing that runs', () => {
    const scene = machine('00001000-00ffffff : <script>alert(1)</script>&"\'\u0007\n');
    const svg = svgOf(scene, picture);
    assert.ok(svg.includes('&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;\ufffd'));
    assert.ok(!/<script|onload=|href=|<style/.test(svg) && !svg.includes('\u0007'));
    // Tags are balanced: every one that opens is closed.
    const open: string[] = [];
    for (const [, close, name, empty] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^<>]*?(\/?)>/g)) {
      if (close) assert.equal(open.pop(), name);
      else if (!empty) open.push(name!);
    }
    assert.deepEqual(open, []);
  });

  it('shows both worlds, limits, bands and findings as text', () => {
    const svg = svgOf(sample, picture);
    for (const text of ['Before', 'After', 'Difference', 'MAX_PHYSMEM_BITS 46 · direct map end', '4 GiB', 'max_pfn'])
      assert.ok(svg.includes(`>${text}</text>`), text);
    assert.match(svg, />SRAT node 1, hotpluggable</);
    assert.match(svg, />1\. change placement-change: /);
  });

  it('is the same for the same scene', () => {
    assert.equal(svgOf(sample, picture), svgOf(makeScene(patch, patch.scenarios[1]!), picture));
  });
});

describe('the map as PNG', () => {
  it('has the size and the colours of the picture', () => {
    const png = Buffer.from(pngOf(sample, picture, 2, deflateSync));
    assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    assert.equal(width, 1800);
    assert.ok(height > 800);
    const at = png.indexOf('IDAT') - 4;
    const rows = inflateSync(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
    assert.equal(rows.length, (width * 3 + 1) * height);
    // Undo the filter, and look for the colours of a RAM box and of a moved one.
    const seen = new Set<number>();
    const previous = new Uint8Array(width * 3);
    for (let y = 0; y < height; y++) {
      const row = y * (width * 3 + 1);
      for (let i = 0; i < width * 3; i++)
        previous[i] = (rows[row + 1 + i]! + (rows[row] === 2 ? previous[i]! : 0)) & 255;
      for (let i = 0; i < width * 3; i += 3)
        seen.add((previous[i]! << 16) | (previous[i + 1]! << 8) | previous[i + 2]!);
    }
    assert.ok(seen.has(0xffffff) && seen.has(0x24292f), 'paper and text');
    assert.ok(seen.has(0x1a7f37), 'the chosen try');
    assert.ok(seen.size > 50);
  });
});

describe('the map as text and JSON', () => {
  it('lists regions, what is free, limits and sections', () => {
    const text = textOf(machine(laptop, 'x86_64'));
    assert.match(
      text,
      /^ {2}0x10_0000 - 0x7fff_ffff +≈ 1.99 GiB {2}System RAM {2}\[MEM \| SYSRAM \| BUSY\] section 0x0 … 0xf$/m,
    );
    assert.match(text, /^ {4}0x100_0000 - 0x21f_ffff +18 MiB {4}Kernel code/m);
    assert.match(text, /^ {2}0x8000_0000 - 0xffff_ffff +2 GiB {2}\(free\)$/m);
    assert.match(text, /---- 4 GiB\n.*0x1_0000_0000 - 0x2_3fff_ffff/);
    assert.match(text, /---- max_pfn/);
    assert.match(text, /^max_pfn: 0x240000$/m);
  });

  it('is data that others can read', () => {
    const map = JSON.parse(jsonOf(sample));
    assert.equal(map.format, 'iomem-review-map');
    const dev = (world: 'before' | 'after') => map[world].regions.find((r: { name: string }) => r.name === 'dev');
    assert.equal(dev('before').start, '0x3fff00000000');
    assert.deepEqual(
      [dev('after').start, dev('after').change, dev('after').kind],
      ['0x3fff28000000', 'moved', 'device'],
    );
    assert.equal(map.after.tries.length, 20);
    assert.equal(map.findings[0].rule, 'placement-change');
  });
});

describe('texts of machines', () => {
  it('are told from others by their content', () => {
    assert.equal(machineTextKind(laptop), 'iomem');
    assert.equal(machineTextKind('> 00000000-00000fff : Reserved'), 'iomem');
    assert.equal(machineTextKind('[    0.01] ACPI: SRAT: Node 0 PXM 0 [mem 0x00000000-0x0009ffff]'), 'log');
    for (const other of ['', 'int main(void);', '2024-01-01 : a diary', 'call 0800-1234 : ask for me'])
      assert.equal(machineTextKind(other), undefined, other);
  });

  it('may be several: a tree and what SRAT adds', () => {
    const { scene } = readMachine([
      { name: 'iomem', text: laptop },
      { name: 'dmesg', text: 'ACPI: SRAT: Node 1 PXM 1 [mem 0x300000000-0x3ffffffff] hotplug\n' },
    ]);
    assert.equal(scene?.lanes.after.count, 5);
    assert.deepEqual(
      scene?.bands.map((b) => [b.node, b.start, b.hotplug]),
      [[1, 0x3_0000_0000n, true]],
    );
    assert.deepEqual(scene?.memory.at(-1), { start: 0x1_0000_0000n, end: 0x2_3fff_ffffn });
  });

  it('say what is wrong with a text of zeros', () => {
    const { scene, problems } = readMachine([{ name: 'iomem', text: '00000000-00000000 : System RAM\n' }]);
    assert.equal(scene, undefined);
    assert.match(problems[0]!.message, /without privileges/);
  });

  it('are all drawn, in every format', function () {
    if (!existsSync(shared)) skipOrFail(this, `no texts at ${shared}`);
    for (const folder of ['iomem', 'dmesg'])
      for (const file of readdirSync(path.join(shared, folder))) {
        const { scene } = readMachine([{ name: file, text: readFileSync(path.join(shared, folder, file), 'utf8') }]);
        if (/x345-dmesg-head/.test(file)) assert.equal(scene, undefined);
        if (!scene) continue;
        assert.ok(
          asciiOf(scene, mail)
            .split('\n')
            .every((line) => line.length <= 72),
          file,
        );
        assert.ok(svgOf(scene, picture).includes(file), file);
        assert.equal(JSON.parse(jsonOf(scene)).title, file);
      }
  });
});
