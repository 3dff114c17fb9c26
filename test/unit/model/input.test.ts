/* Machines in whatever form they come: tables, their dumps, lsmem, files of our own, several of them together. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { CodedError } from '../../../src/base/errors.ts';
import { bytesOfDump, isAcpiTable, parseAcpi, textOfMachine } from '../../../src/model/acpi.ts';
import { machineFormat, readMachineTexts } from '../../../src/model/input.ts';
import { parseLsmem } from '../../../src/model/lsmem.ts';
import { parseMachineFile, writeMachineFile } from '../../../src/model/machine-file.ts';
import { builtInMachines } from '../../../src/model/machines.ts';
import { acpidump, cedt, checksummed, srat } from '../../support/acpi.ts';
import { skipOrFail } from '../../support/tools.ts';

const name = 'm';
const one = (text: string) => readMachineTexts([{ name, text }]);
const GiB = 1n << 30n;

const tables = (): Uint8Array =>
  Uint8Array.from([
    ...srat([
      { pxm: 4, base: 0n, length: 2n * GiB, flags: 1 },
      { pxm: 9, base: 4n * GiB, length: GiB, flags: 3 },
      { pxm: 9, base: 8n * GiB, length: GiB, flags: 2 },
      { pxm: 9, base: 16n * GiB, length: GiB, flags: 5 },
    ]),
    ...cedt([{ base: 32n * GiB, length: 4n * GiB }]),
  ]);

describe('ACPI tables', () => {
  it('SRAT and CEDT: nodes in the order of their domains, ranges that are enabled', () => {
    const read = parseAcpi(tables(), { name });
    assert.deepEqual(read.problems, []);
    assert.deepEqual(read.signatures, ['SRAT', 'CEDT']);
    assert.deepEqual(
      read.srat.map(({ node, pxm, start, end, hotplug, nonVolatile }) => [node, pxm, start, end, hotplug, nonVolatile]),
      [
        [0, 4, 0n, 2n * GiB - 1n, false, false],
        [1, 9, 4n * GiB, 5n * GiB - 1n, true, false],
        [1, 9, 16n * GiB, 17n * GiB - 1n, false, true],
      ],
    );
    assert.deepEqual(
      read.cxlWindows.map(({ start, end }) => [start, end]),
      [[32n * GiB, 36n * GiB - 1n]],
    );
  });

  it('every form of a dump gives the same bytes', () => {
    const bytes = tables();
    const hex = (width: number, group: number, tail: boolean) =>
      Array.from({ length: Math.ceil(bytes.length / 16) }, (_, i) => {
        const row = [...bytes.subarray(i * 16, i * 16 + 16)];
        const digits = row.map((b) => b.toString(16).padStart(2, '0'));
        const words = Array.from({ length: Math.ceil(row.length / group) }, (_, w) =>
          digits.slice(w * group, w * group + group).join(''),
        );
        const text = row.map((b) => (b > 32 && b < 127 ? String.fromCharCode(b) : '.')).join('');
        return tail
          ? `${(i * 16).toString(16).padStart(width, '0')}  ${words.slice(0, 8).join(' ')}  ${words.slice(8).join(' ')}  |${text}|`
          : `${(i * 16).toString(16).padStart(width, '0')}: ${words.join(' ')}  ${text}`;
      }).join('\n');
    for (const text of [hex(8, 2, false), hex(8, 1, true), acpidump(bytes), textOfMachine(bytes)]) {
      assert.equal(machineFormat(text), 'acpi', text.slice(0, 80));
      assert.deepEqual(bytesOfDump(text, { name }).problems, []);
      assert.deepEqual(Buffer.from(bytesOfDump(text, { name }).bytes), Buffer.from(bytes), text.slice(0, 200));
    }
  });

  it('a wrong sum, a table cut short and lengths that lead nowhere are problems', () => {
    const codes = (bytes: Uint8Array) => parseAcpi(bytes, { name }).problems.map((p) => p.code);
    const wrong = tables();
    wrong[9]! ^= 1;
    assert.deepEqual(codes(wrong), ['D014']);
    assert.deepEqual(codes(tables().subarray(0, 60)), ['D013']);
    const short = srat([{ pxm: 0, base: 0n, length: GiB, flags: 1 }]);
    short[49] = 0;
    assert.deepEqual(codes(checksummed(short)), ['D013']);
    short[49] = 200;
    assert.deepEqual(codes(checksummed(short)), ['D013']);
    assert.deepEqual(codes(srat([{ pxm: 0, base: (1n << 64n) - 1n, length: GiB, flags: 1 }])), ['D002']);
    assert.deepEqual(codes(srat([{ pxm: 0, base: 0n, length: 0n, flags: 1 }])), ['D015']);
  });

  it('changed bytes neither throw nor leave a range that wraps', () => {
    const base = tables();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(base.length),
        (edits, cut) => {
          const bytes = base.slice(0, cut);
          for (const [at, value] of edits) if (at < cut) bytes[at] = value;
          const { srat: ranges, cxlWindows } = parseAcpi(bytes, { name });
          for (const { start, end } of [...ranges, ...cxlWindows]) assert.ok(start <= end && end < 1n << 64n);
          if (isAcpiTable(bytes))
            assert.deepEqual(Buffer.from(bytesOfDump(textOfMachine(bytes), { name }).bytes), Buffer.from(bytes));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('lsmem', () => {
  it('reads JSON, with lines', () => {
    const text = `{
   "memory": [
      {"range":"0x0000000080000000-0x00000000bfffffff", "size":"1G", "state":"online", "removable":true, "node":1},
      {"range":"0x0000000000000000-0x000000007fffffff", "size":"2G", "state":"online", "removable":"yes", "node":"0"},
      {"range":"0x0000000100000000-0x000000017fffffff", "size":"2G", "state":"offline", "node":1},
      {"range":"0x200-0x100"},
      {"range":"nonsense"}
   ]
}
`;
    assert.equal(machineFormat(text), 'lsmem');
    const { machine, problems } = one(text);
    assert.deepEqual(
      machine.iomem.map((r) => [r.name, r.start, r.end, r.line]),
      [
        ['System RAM', 0n, 2n * GiB - 1n, 4],
        ['System RAM', 2n * GiB, 3n * GiB - 1n, 3],
        ['System RAM', 4n * GiB, 6n * GiB - 1n, 5],
      ],
    );
    assert.deepEqual(
      machine.srat.map((r) => r.node),
      [0, 1, 1],
    );
    assert.deepEqual(
      problems.map((p) => [p.code, p.place?.line]),
      [
        ['D002', 6],
        ['D017', 7],
      ],
    );
    assert.throws(() => parseLsmem('{ "memory": [ {', { name }), { code: 'D018' });
  });

  it('tables and pairs, offline memory too, with nodes where there is such a column', () => {
    const {
      resources,
      srat: nodes,
      problems,
    } = parseLsmem(
      `RANGE                                  SIZE  STATE REMOVABLE BLOCK NODE
0x0000000000000000-0x000000007fffffff    2G online       yes  0-15    0
0x0000000100000000-0x000000017fffffff    2G online       yes 32-47    0
0x0000000180000000-0x00000001ffffffff    2G offline       no 48-63    1

Memory block size:       128M
`,
      { name },
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      resources.map(({ start, end, name: of, line }) => [start, end, of, line]),
      [
        [0n, 0x7fff_ffffn, 'System RAM', 2],
        [0x1_0000_0000n, 0x1_7fff_ffffn, 'System RAM', 3],
        [0x1_8000_0000n, 0x1_ffff_ffffn, 'System RAM', 4],
      ],
    );
    assert.deepEqual(
      nodes.map((r) => r.node),
      [0, 0, 1],
    );
    const pairs = parseLsmem('RANGE="0x0000000000000000-0x000000007fffffff" SIZE="2G" NODE="3"\n', { name });
    assert.deepEqual(
      pairs.srat.map((r) => [r.node, r.end]),
      [[3, 0x7fff_ffffn]],
    );
  });

  it('names lines that cannot be read', () => {
    const { problems } = parseLsmem('RANGE SIZE\n0x10-zz 1G\n0x20-0x10 1G\n', { name });
    assert.deepEqual(
      problems.map((p) => [p.code, p.place?.line]),
      [
        ['D017', 2],
        ['D002', 3],
      ],
    );
  });
});

describe('a machine file', () => {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../../src/model/machine.schema.json'), 'utf8'));
  const valid = new Ajv2020().compile(schema);

  it('keeps every built-in machine, as the schema says', () => {
    for (const machine of builtInMachines.values()) {
      const text = writeMachineFile(machine);
      assert.ok(valid(JSON.parse(text)), `${machine.name}: ${JSON.stringify(valid.errors)}`);
      const back = parseMachineFile(text, machine.name);
      assert.equal(writeMachineFile(back), text);
      assert.equal(back.profile.name, machine.profile.name);
      assert.equal(back.srat.length, machine.srat.length);
    }
  });

  it('says in which line what is wrong', () => {
    const refused = (text: string): [string, number | undefined] => {
      try {
        parseMachineFile(text, name);
      } catch (error) {
        if (error instanceof CodedError) return [error.code, error.place?.line];
        throw error;
      }
      return ['read', 0];
    };
    const file = (more: string) => `{\n"format": "iomem-review-machine",\n"version": 1,\n${more}\n}`;
    assert.deepEqual(refused(file('"memory": [\n{"name": "a", "start": "0x10", "end": "0x1"}]')), ['D019', 5]);
    assert.deepEqual(refused(file('"memory": [\n\n{"name": "a", "start": 1, "end": "0x1"}]')), ['D019', 6]);
    assert.deepEqual(refused(file('"profile": "vax"')), ['D019', 4]);
    assert.deepEqual(refused(file('"memory": [,]')), ['D018', 4]);
    assert.deepEqual(refused(file(`"memory": ${'['.repeat(10_000)}`)), ['D018', 4]);
    assert.deepEqual(refused(file('"surprise": 1')), ['D019', 4]);
  });
});

describe('files of one machine', () => {
  it('the tree of one, SRAT and windows of others', () => {
    const { machine, problems } = readMachineTexts([
      { name: 'iomem', text: '00001000-7fffffff : System RAM\n800000000-83fffffff : region0\n' },
      { name: 'log', text: 'ACPI: SRAT: Node 0 PXM 0 [mem 0x0-0x7fffffff]\nacpi: CFMWS 0x900000000-0x90fffffff\n' },
      { name: 'tables', text: textOfMachine(tables()) },
    ]);
    assert.deepEqual(problems, []);
    assert.equal(machine.srat.length, 3);
    assert.deepEqual(
      machine.iomem.map((r) => [r.name, r.start, r.children.map((c) => c.name)]),
      [
        ['System RAM', 0x1000n, []],
        ['CXL Window 1', 0x8_0000_0000n, ['region0']],
        ['CXL Window 0', 0x9_0000_0000n, []],
      ],
    );
    assert.throws(() => one('nothing of that\n'), { code: 'D021' });
    assert.throws(() => one('00000000-00000000 : System RAM\n  00000000-00000000 : Kernel code\n'), { code: 'D003' });
  });

  it('decoders of CXL in a log with debugging', () => {
    const { parts } = one(
      '[    1.000000] cxl_acpi ACPI0017:00: add: decoder0.0 node: 1 range [0x590000000 - 0x68fffffff]\n',
    );
    assert.deepEqual(
      parts[0]?.cxlWindows.map((w) => w.start),
      [0x5_9000_0000n],
    );
  });

  it('every real text is read', function () {
    const shared = join(import.meta.dirname, '../../../../shared');
    if (!existsSync(join(shared, 'iomem'))) skipOrFail(this, `no texts at ${shared}`);
    const counts = { iomem: 0, dmesg: 0 };
    for (const kind of ['iomem', 'dmesg'] as const)
      for (const file of readdirSync(join(shared, kind))) {
        counts[kind]++;
        const text = readFileSync(join(shared, kind, file), 'utf8');
        // The head of this log was cut off, and its beginning with what it tells of memory with it.
        if (file === 'ibm-x345-dmesg-head.txt') {
          const iomem = readFileSync(join(shared, 'iomem/server-ibm-x345-i386.txt'), 'utf8');
          assert.throws(() => one(text), { code: 'D024' }, file);
          const { machine, parts } = readMachineTexts([
            { name: file, text },
            { name: 'iomem', text: iomem },
          ]);
          assert.deepEqual(
            parts.map((p) => p.format),
            ['log', 'iomem'],
          );
          assert.ok(machine.iomem.length > 10);
          continue;
        }
        const { machine, parts } = one(text);
        assert.equal(parts[0]?.format, kind === 'iomem' ? 'iomem' : 'log', file);
        assert.ok(machine.iomem.length > 0, file);
        // What was read stays when it is written.
        assert.deepEqual(
          writeMachineFile(one(writeMachineFile(machine)).machine),
          writeMachineFile({ ...machine }),
          file,
        );
      }
    assert.deepEqual(counts, { iomem: 28, dmesg: 8 });
  });
});
