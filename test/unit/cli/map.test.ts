/* The map on the command line: texts of machines, reports, all formats, and what is wrong with an input. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../src/cli/commands.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';
import { readModelFiles } from '../../support/model-files.ts';

const iomem = `00001000-0009ffff : System RAM
00100000-7fffffff : System RAM
  01000000-021fffff : Kernel code
100000000-23fffffff : System RAM
`;

describe('cli: map', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'iomem-review-map-'));
    writeFileSync(file('iomem'), iomem);
    writeFileSync(file('dmesg'), 'ACPI: SRAT: Node 1 PXM 1 [mem 0x300000000-0x3ffffffff] hotplug\n');
    writeFileSync(file('report.json'), JSON.stringify(sampleReport()));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string) => join(folder, name);
  const read = (name: string) => readFileSync(file(name), 'utf8');
  const map = (...args: string[]) => main(['map', ...args], new Map());
  /** What a wrong call says on standard error, and its status. */
  const refused = async (...args: string[]) => {
    const { write } = process.stderr;
    let said = '';
    process.stderr.write = ((text: string) => (said += text) !== '') as typeof write;
    try {
      assert.equal(await map(...args), 2);
    } finally {
      process.stderr.write = write;
    }
    return said;
  };

  it('draws a text of /proc/iomem with no patch, in the format of the file', async () => {
    assert.equal(await map(file('iomem'), '--dmesg', file('dmesg'), '--out', file('m.svg')), 0);
    assert.ok(/^<svg .*>(SRAT )?node 1/s.test(read('m.svg')), 'the range that SRAT promises');
    assert.equal(await map(file('iomem'), '--out', file('m.png')), 0);
    assert.equal(readFileSync(file('m.png')).subarray(1, 4).toString(), 'PNG');
    assert.equal(await map(file('iomem'), '--profile', 'x86_64', '--out', file('m.json')), 0);
    const { limits, lane } = JSON.parse(read('m.json'));
    assert.deepEqual(
      limits.map((l: { at: string }) => l.at),
      ['0x100000000', '0x240000000', '0x400000000000'],
    );
    assert.equal(lane.regions[1].children[0].name, 'Kernel code');
    assert.equal(await map(file('iomem'), '--out', file('m.txt')), 0);
    assert.match(read('m.txt'), /\(free\)/);
  });

  it('draws a report for mail, and any of its scenarios', async () => {
    assert.equal(await map(file('report.json'), '--format', 'ascii', '--out', file('m.txt')), 0);
    assert.match(read('m.txt'), /^before: 35 regions, 4 tries$.*^after: 35 regions, 20 tries$/ms);
    const wanted = ['--scenario', 'region-intersects on cxl-window', '--format', 'ascii', '--out', file('m.txt')];
    assert.equal(await map(file('report.json'), ...wanted), 0);
    assert.match(read('m.txt'), /^no difference$/m);
    assert.match(await refused(file('report.json'), '--scenario', 'nothing'), /A003.*free-region-server/s);
  });

  it('shows a part of the space, and one world', async () => {
    const part = ['--range', '0x3fff00000000-0x3fffffffffff', '--show', 'after', '--out', file('m.svg')];
    assert.equal(await map(file('report.json'), ...part), 0);
    assert.ok(!read('m.svg').includes('>Before<') && !read('m.svg').includes('>System RAM</text><'));
  });

  it('says what is wrong with what it was given', async () => {
    writeFileSync(file('zeros'), '00000000-00000000 : System RAM\n');
    writeFileSync(file('prose'), 'Dear all,\n');
    writeFileSync(file('other.json'), '{"a": 1}');
    assert.match(await refused(file('zeros')), /without privileges.*sudo cat/s);
    assert.match(await refused(file('prose')), /neither a tree of \/proc\/iomem nor SRAT/);
    assert.match(await refused(file('other.json')), /A002/);
    assert.match(await refused(file('iomem'), '--profile', 'z80'), /--profile is one of x86_64/);
    assert.match(await refused(file('iomem'), '--range', 'here'), /--range wants START-END/);
    assert.match(await refused(), /map wants a text/);
    assert.match(await refused(file('missing')), /ENOENT/);
  });

  it('reviews a patch and draws the scenario that proves its first finding', async () => {
    const fixtures = join(import.meta.dirname, '../../fixtures');
    const [mail = ''] = readdirSync(join(fixtures, 'seed-series/v1'));
    const patch = ['map', join(fixtures, 'seed-series/v1', mail), '--tree', join(fixtures, 'seed-tree')];
    patch.push('--machine', file('iomem'), '--machine', file('dmesg'));
    assert.equal(await main([...patch, '--format', 'json', '--out', file('m.json')], readModelFiles()), 0);
    const { same, findings, srat } = JSON.parse(read('m.json'));
    assert.equal(same, false);
    assert.equal(srat?.[0]?.node, 1, 'several files are one machine');
    assert.ok(
      findings.some((f: { class: string; rule: string }) => f.class === 'introduced' && f.rule === 'recursive-lock'),
    );
  }).timeout(60_000);
});
