import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDmesg, resourcesOfE820 } from '../../../src/model/dmesg.ts';
import { skipOrFail } from '../../support/tools.ts';

const shared = join(import.meta.dirname, '../../../../shared/dmesg');
const read = (text: string) => parseDmesg(text, { name: 'dmesg' });

describe('parseDmesg', () => {
  it('reads SRAT lines of all ages', () => {
    const { srat, problems } = read(
      [
        '[    0.002520] ACPI: SRAT: Node 2 PXM 7 [mem 0x280000000-0x4ffffffff] hotplug',
        'SRAT: Node 0 PXM 0 [mem 0x00000000-0x7fffffff]',
        '> [    0.1] ACPI: SRAT: Node 1 PXM 1 [mem 0x100000000-0x17fffffff] hotplug non-volatile',
        'SRAT: Node 0 PXM 0 0-80000000',
        'SRAT: PXM 0 -> APIC 0x00 -> Node 0',
      ].join('\n'),
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(srat, [
      { node: 2, pxm: 7, start: 0x2_8000_0000n, end: 0x4_ffff_ffffn, line: 1, hotplug: true, nonVolatile: false },
      { node: 0, pxm: 0, start: 0n, end: 0x7fff_ffffn, line: 2, hotplug: false, nonVolatile: false },
      { node: 1, pxm: 1, start: 0x1_0000_0000n, end: 0x1_7fff_ffffn, line: 3, hotplug: true, nonVolatile: true },
      { node: 0, pxm: 0, start: 0n, end: 0x7fff_ffffn, line: 4, hotplug: false, nonVolatile: false },
    ]);
  });

  it('reads the e820 map and builds the first level of the tree', () => {
    const { e820 } = read(
      [
        '[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable',
        'BIOS-e820: 000000000009fc00 - 00000000000a0000 (reserved)',
        'BIOS-e820: [mem 0x0000000180000000-0x00000001ffffffff] soft reserved',
        'reserve setup_data: [mem 0x0000000180000000-0x00000001ffffffff] soft reserved',
      ].join('\n'),
    );
    assert.deepEqual(
      resourcesOfE820(e820, { name: 'dmesg' }).resources.map(({ name, start, end, desc }) => [name, start, end, desc]),
      [
        ['System RAM', 0n, 0x9fbffn, 0],
        ['Reserved', 0x9fc00n, 0x9ffffn, 7],
        ['Soft Reserved', 0x1_8000_0000n, 0x1_ffff_ffffn, 8],
      ],
    );
  });

  it('reads CXL windows', () => {
    const { cxlWindows } = read('ACPI: CEDT: CFMWS [mem 0x490000000-0x50fffffff]\nacpi: CXL Window 1: 0x10-0x1f\n');
    assert.deepEqual(cxlWindows, [
      { start: 0x4_9000_0000n, end: 0x5_0fff_ffffn, type: 'CXL window', line: 1 },
      { start: 0x10n, end: 0x1fn, type: 'CXL window', line: 2 },
    ]);
  });

  it('names lines that cannot be read', () => {
    const { problems } = read('SRAT: Node 0 PXM 0 [mem gone]\nSRAT: Node 0 PXM 0 [mem 0x20-0x10]\n');
    assert.deepEqual(
      problems.map((p) => [p.code, p.place?.line]),
      [
        ['D009', 1],
        ['D002', 2],
      ],
    );
  });

  it('reads every real log', function () {
    if (!existsSync(shared)) skipOrFail(this, `no dmesg texts at ${shared}`);
    for (const file of readdirSync(shared)) {
      const text = readFileSync(join(shared, file), 'utf8');
      const log = parseDmesg(text, { name: file });
      assert.deepEqual(log.problems, [], file);
      assert.equal(log.srat.length, text.split('\n').filter((l) => l.includes('SRAT: Node')).length, file);
      assert.equal(
        log.srat.filter((r) => r.hotplug).length,
        text.split('\n').filter((l) => /SRAT: Node.*hotplug/.test(l)).length,
      );
      assert.equal(log.e820.length, text.split('\n').filter((l) => l.includes('BIOS-e820: [')).length, file);
    }
  });
});
