import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { MachineResource } from '../../../src/model/api.ts';
import { parseIomem } from '../../../src/model/iomem.ts';
import { skipOrFail } from '../../support/tools.ts';

const shared = join(import.meta.dirname, '../../../../shared/iomem');
const read = (text: string) => parseIomem(text, { name: 'iomem' });
const shape = (resources: readonly MachineResource[]): unknown[] =>
  resources.map(({ name, start, end, children }) => [name, start, end, shape(children)]);
const count = (resources: readonly MachineResource[]): number =>
  resources.reduce((sum, { children }) => sum + 1 + count(children), 0);

describe('parseIomem', () => {
  it('reads nested lines with inclusive ends, flags, desc and line numbers', () => {
    const { resources, problems } = read('00001000-0009ffff : System RAM\nfee00000-fee00fff : Local APIC\n');
    assert.deepEqual(problems, []);
    assert.deepEqual(resources, [
      { name: 'System RAM', start: 0x1000n, end: 0x9ffffn, flags: 0x8100_0200n, desc: 0, children: [], line: 1 },
      {
        name: 'Local APIC',
        start: 0xfee00000n,
        end: 0xfee00fffn,
        flags: 0x8000_0200n,
        desc: 0,
        children: [],
        line: 2,
      },
    ]);
  });

  it('keeps names with colons, spaces and brackets', () => {
    const { resources } = read('e0000000-efffffff : PCI MMCONFIG 0000 [bus 00-ff]\nf0000000-f0ffffff : 0000:01:00.0\n');
    assert.deepEqual(
      resources.map((r) => r.name),
      ['PCI MMCONFIG 0000 [bus 00-ff]', '0000:01:00.0'],
    );
  });

  it('reads mail quotations with other indentation, CRLF and words around them', () => {
    const text =
      'On Monday, A wrote:\r\n> > 100000000-1ffffffff : CXL Window 0\r\n> >   100000000-17fffffff : region0\r\n> what is this?\r\n';
    assert.deepEqual(shape(read(text).resources), [
      ['CXL Window 0', 0x1_0000_0000n, 0x1_ffff_ffffn, [['region0', 0x1_0000_0000n, 0x1_7fff_ffffn, []]]],
    ]);
  });

  it('nests equal ranges as they are indented', () => {
    const { resources } = read(
      '100000000-1ffffffff : Soft Reserved\n  100000000-1ffffffff : CXL Window 0\n    100000000-1ffffffff : dax0.0\n',
    );
    assert.equal(resources[0]?.children[0]?.children[0]?.name, 'dax0.0');
    assert.equal(resources[0]?.desc, 8);
    assert.equal(resources[0]?.children[0]?.desc, 9);
  });

  it('nests by containment where indentation has reached its limit', () => {
    const { resources, problems } = read(
      '100000000-1ffffffff : CXL Window 0\n  100000000-17fffffff : dax0.0\n  100000000-17fffffff : System RAM (kmem)\n',
    );
    assert.deepEqual(problems, []);
    assert.equal(resources[0]?.children[0]?.children[0]?.name, 'System RAM (kmem)');
    assert.equal(resources[0]?.children[0]?.flags, 0x100_0200n, 'a dax device with RAM below is not busy');
  });

  it('tells an unprivileged read apart', () => {
    const { resources, problems } = read('00000000-00000000 : Reserved\n00000000-00000000 : System RAM\n');
    assert.deepEqual(resources, []);
    assert.equal(problems[0]?.code, 'D003');
    assert.match(problems[0]!.message, /sudo/);
  });

  it('names bad lines and reads the rest', () => {
    const { resources, problems } = read(
      [
        '00001000-0009ffff : System RAM',
        '00100000-zzz : broken',
        '00300000-00200000 : turned round',
        '00100000-001fffff : Reserved',
        '00180000-002fffff : torn',
      ].join('\n'),
    );
    assert.deepEqual(
      resources.map((r) => r.name),
      ['System RAM', 'Reserved'],
    );
    assert.deepEqual(
      problems.map((p) => [p.code, p.place?.line]),
      [
        ['D001', 2],
        ['D002', 3],
        ['D007', 5],
      ],
    );
  });

  it('says that a text holds nothing', () => {
    assert.deepEqual(
      read('hello\n').problems.map((p) => p.code),
      ['D004'],
    );
  });

  it('stays linear on hostile texts', () => {
    const began = process.cpuUsage();
    read('0'.repeat(5_000_000));
    read('>'.repeat(5_000_000));
    read('00001000-00002000 : a\n'.repeat(250_000));
    read(Array.from({ length: 50_000 }, (_, i) => `${' '.repeat(i % 900)}0-ffffffffffffffff : x`).join('\n'));
    const { user, system } = process.cpuUsage(began);
    assert.ok((user + system) / 1000 < 5_000);
  });

  it('reads back every tree, quoted and indented in any way', () => {
    // A tree as nested cuts of a range, so that siblings never overlap.
    interface Cut {
      readonly cut: number;
      readonly width: number;
      readonly name: string;
      readonly children: readonly Cut[];
    }
    const tree: (depth?: number) => fc.Arbitrary<Cut> = fc.memo((depth) =>
      fc.record({
        cut: fc.nat(3),
        width: fc.integer({ min: 1, max: 4 }),
        name: fc.stringMatching(/^[a-zA-Z0-9:. ()[\]#]{1,20}$/).map((s) => s.trim() || 'x'),
        children: depth > 1 ? fc.array(tree(), { maxLength: 3 }) : fc.constant([]),
      }),
    );
    const property = fc.property(
      fc.array(tree(4), { minLength: 1, maxLength: 4 }),
      fc.nat(2),
      fc.integer({ min: 1, max: 8 }),
      (roots, quotes, indent) => {
        const lines: string[] = [];
        const lay = (nodes: readonly Cut[], start: bigint, size: bigint, depth: number): unknown[] => {
          const slot = size / BigInt(nodes.length * 4 || 1);
          if (slot < 4n) return [];
          return nodes.map((node, i) => {
            const from = start + slot * BigInt(i * 4) + (slot / 4n) * BigInt(node.cut);
            const end = from + slot * BigInt(node.width) - 1n - (slot / 4n) * 3n;
            lines.push(
              `${'> '.repeat(quotes)}${' '.repeat(indent * depth)}${from.toString(16).padStart(8, '0')}-${end.toString(16).padStart(8, '0')} : ${node.name}`,
            );
            return [node.name, from, end, lay(node.children, from, end - from + 1n, depth + 1)];
          });
        };
        const expected = lay(roots, 1n << 20n, 1n << 60n, 0);
        const { resources, problems } = read(lines.join('\n'));
        assert.deepEqual(problems, []);
        assert.deepEqual(shape(resources), expected);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('reads every real text', function () {
    if (!existsSync(shared)) skipOrFail(this, `no iomem texts at ${shared}`);
    for (const file of readdirSync(shared)) {
      const text = readFileSync(join(shared, file), 'utf8');
      const lines = text.split('\n').filter((line) => /^ *[0-9a-f]+-[0-9a-f]+ : /.test(line)).length;
      const { resources, problems } = parseIomem(text, { name: file });
      // One text shows a tree twice, before and after: the second listing is named as one.
      const dropped = file.startsWith('dax-kmem-leak') ? 2 : 0;
      assert.equal(count(resources), lines - dropped, file);
      assert.equal(problems.length, dropped ? 1 : 0, file);
    }
  });
});
