/* Texts of a machine as people have them: quoted, numbered, coloured, cut, of other kernels and tools. */
import assert from 'node:assert/strict';
import { bytesOfDump, textOfMachine } from '../../../src/model/acpi.ts';
import type { MachineResource } from '../../../src/model/api.ts';
import { parseDmesg } from '../../../src/model/dmesg.ts';
import { readMachineTexts } from '../../../src/model/input.ts';
import { acpidump, checksummed, srat } from '../../support/acpi.ts';

const read = (text: string | Uint8Array) =>
  readMachineTexts([{ name: 'm', text: textOfMachine(typeof text === 'string' ? Buffer.from(text) : text) }]);
const shape = (nodes: readonly MachineResource[]): unknown[] =>
  nodes.map((n) => [`${n.start.toString(16)} ${n.name}`, ...shape(n.children)]);
const ranges = (nodes: readonly { start: bigint; end: bigint }[]) =>
  nodes.map((n) => `${n.start.toString(16)}-${n.end.toString(16)}`);
const lines = (text: string, change: (line: string, number: number) => string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line, i) => `${change(line, i + 1)}\n`)
    .join('');
const GiB = 1n << 30n;

const iomem = `00001000-0009ffff : System RAM
00100000-7fffffff : System RAM
  01000000-01ffffff : Kernel code
80000000-8fffffff : PCI Bus 0000:00
  80000000-800fffff : PCI Bus 0000:01
    80000000-80003fff : 0000:01:00.0
      80000000-80003fff : nvme : with a colon
`;

describe('/proc/iomem as it comes', () => {
  const wanted = shape(read(iomem).machine.iomem);
  const utf16 = Buffer.from(`\ufeff${iomem}`, 'utf16le');
  for (const [what, text] of [
    ['line ends of Windows', iomem.replaceAll('\n', '\r\n')],
    ['a serial console', iomem.replaceAll('\n', '\r\r\n')],
    ['a byte order mark', `\ufeff${iomem}`],
    ['UTF-16 of PowerShell', utf16],
    ['UTF-16, the other order', Buffer.from(utf16).swap16()],
    ['two levels of quotation', lines(iomem, (l) => `> > ${l}`)],
    ['prompts around it', `root@host:~# cat /proc/iomem\n${iomem}root@host:~# uname -r\n6.1.0-13-amd64\n`],
    ['cat -n', lines(iomem, (l, i) => `${String(i).padStart(6)}\t${l}`)],
    ['grep -n', lines(iomem, (l, i) => `${i}:${l}`)],
    ['grep with the file', lines(iomem, (l, i) => `/proc/iomem:${i}:${l}`)],
    ['the new side of a diff', lines(iomem, (l, i) => (i % 2 ? `+${l}` : ` ${l}`))],
    ['blanks that do not break', iomem.replaceAll('  ', '\u00a0\u00a0')],
    ['tabs', iomem.replaceAll('  ', '\t')],
    ['capitals', lines(iomem, (l) => l.replace(/^ *\S+/, (range) => range.toUpperCase()))],
    ['a date before it', `2025-11-10 12:00 the machine:\n${iomem}`],
  ] as const)
    it(what, () => {
      const { machine, problems } = read(text);
      assert.deepEqual(shape(machine.iomem), wanted);
      assert.deepEqual(problems, []);
    });

  it('what cannot be read is told, never dropped in silence', () => {
    const codes = (more: string) => read(`${iomem}${more}`).problems.map((p) => [p.code, p.place?.line] as const);
    assert.deepEqual(codes('&nbsp;90000000-9fffffff : page of the web\n'), [['D001', 8]]);
    assert.deepEqual(codes(`${'f'.repeat(1200)}-${'f'.repeat(1200)} : x\n`), [['D001', 8]]);
    assert.deepEqual(codes('90000000-9fff'), [['D001', 8]]);
    // One line, one problem; what lies below it goes with it, whichever of the two begins first.
    assert.deepEqual(codes('90000000-9fffffff : a\n  98000000-a7ffffff : b\n    98000000-98ffffff : c\n'), [
      ['D005', 9],
    ]);
    assert.deepEqual(codes('90000000-9fffffff : a\n  8f000000-90ffffff : b\n'), [['D005', 9]]);
  });

  it('the architecture by what only its kernel writes', () => {
    const profile = (text: string) => read(text).machine.profile.name;
    assert.equal(profile(iomem), 'x86_64');
    assert.equal(profile(`08000000-0800ffff : GICD\n${iomem.slice(iomem.indexOf('80000000'))}`), 'arm64-4k');
    assert.equal(profile('0c000000-0c5fffff : plic@c000000\n80000000-ffffffff : System RAM\n'), 'riscv64');
    assert.equal(
      profile('00000000-fffffffff : System RAM\n600c080000000-600c0fffeffff : pciex@600c3c0000000\n'),
      'ppc64',
    );
    assert.equal(
      profile(`${iomem}fee00000-fee00fff : Local APIC\n400000000000-40ffffffffff : System RAM\n`),
      'x86_64-5level',
    );
    const log = 'Booting Linux on physical CPU 0x0\n  node   0: [mem 0x0000000040000000-0x000000007fffffff]\n';
    assert.equal(profile(log), 'arm64-4k');
  });
});

describe('kernel logs as they come', () => {
  const log = `BIOS-provided physical RAM map:
BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable
BIOS-e820: [mem 0x0000000000100000-0x000000007fffffff] usable
ACPI: SRAT: Node 0 PXM 0 [mem 0x00000000-0x7fffffff]
ACPI: SRAT: Node 1 PXM 1 [mem 0x100000000-0x1ffffffff] hotplug
`;
  for (const [what, prefix] of [
    ['time stamps', '[    0.000000] '],
    ['times of day', '[Mon Nov 10 12:00:00 2025] '],
    ['levels', '<6>[    0.000000] '],
    ['facilities', 'kern  :info  : [    0.000000] '],
    ['callers', '[    0.000000][    T0] '],
    ['the journal', 'Nov 10 12:00:00 host kernel: '],
    ['the journal in ISO', '2025-11-10T12:00:00+01:00 host kernel: '],
    ['syslog', 'Nov 10 12:00:00 host kernel: [    0.000000] '],
    ['quotation', '> [    0.000000] '],
    ['colours', '\u001b[32m[    0.000000] \u001b[0m\u001b[33m'],
  ] as const)
    it(what, () => {
      const { machine, problems } = read(lines(log, (l) => prefix + l));
      assert.deepEqual(problems, []);
      assert.deepEqual(ranges(machine.iomem), ['0-9ffff', '100000-7fffffff']);
      assert.deepEqual(
        machine.srat.map((r) => [r.node, r.hotplug]),
        [
          [0, false],
          [1, true],
        ],
      );
    });

  it('e820 of all ages', () => {
    const e820 = (text: string) => {
      const { machine, problems } = read(text);
      assert.deepEqual(problems, []);
      return shape(machine.iomem).flat();
    };
    assert.deepEqual(
      e820(
        ` BIOS-e820: 0000000000000000 - 000000000009c000 (usable)\n BIOS-e820: 00000000bf78e000 - 00000000bf790000 type 9\n`,
      ),
      ['0 System RAM', 'bf78e000 Unknown E820 type'],
    );
    assert.deepEqual(
      e820(`BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff]  System RAM
BIOS-e820: [gap 0x00000000000a0000-0x00000000000fffff]
BIOS-e820: [mem 0x0000000080000000-0x00000000ffffffff]  device reserved
BIOS-e820: [mem 0x0000000100000000-0x00000001ffffffff]  soft reserved
BIOS-e820: [mem 0x0000000200000000-0x00000002ffffffff]  persistent RAM (type 7)
BIOS-e820: [mem 0x0000000300000000-0x00000003ffffffff]  persistent RAM (type 12)
`),
      [
        '0 System RAM',
        '80000000 Reserved',
        '100000000 Soft Reserved',
        '200000000 Persistent Memory',
        '300000000 Persistent Memory (legacy)',
      ],
    );
  });

  it('EFI and memblock where there is nothing else', () => {
    const attributes = '|   |  |  |  |  |  |  |  |  |   |WB|WT|WC|UC]';
    const { machine } = read(`efi: EFI v2.7 by EDK II
efi: mem00: [Conventional Memory${attributes} range=[0x0000000000000000-0x000000000009ffff] (0MB)
efi: mem01: [Boot Data          ${attributes} range=[0x00000000000a0000-0x00000000000fffff] (0MB)
efi: mem02: [Conventional Memory|SP ${attributes.slice(1)} range=[0x0000000100000000-0x00000001ffffffff] (4096MB)
efi: mem03: [Memory Mapped I/O  ${attributes} range=[0x00000000fee00000-0x00000000fee00fff] (0MB)
`);
    assert.deepEqual(shape(machine.iomem).flat(), ['0 System RAM', '100000000 Soft Reserved']);
    const old = read('efi: mem00: type=7, attr=0xf, range=[0x0000000000100000-0x0000000000200000) (1MB)\n');
    assert.deepEqual(ranges(old.machine.iomem), ['100000-1fffff']);
    const memblock = read(
      ' memory[0x0]\t[0x0000000000001000-0x000000000009efff], 0x9e000 bytes on node 0 flags: 0x0\n',
    );
    assert.deepEqual(ranges(memblock.machine.iomem), ['1000-9efff']);
  });

  it('lines of SRAT that a mail wrapped', () => {
    const { srat: found, problems } = parseDmesg(
      `> ACPI: SRAT: Node 0 PXM 0 [mem 0x00000000-
> 0x7fffffff]
> ACPI: SRAT: Node 1 PXM 1 [mem 0x100000000-0x1ffffffff]
> hotplug
> ACPI: SRAT: Node 2 PXM 2
> [mem 0x200000000-0x2ffffffff] hotplug non-volatile
> SRAT: Node 3 PXM
> that is all
`,
      { name: 'm' },
    );
    assert.deepEqual(
      found.map((r) => [r.node, r.end, r.hotplug, r.nonVolatile, r.line]),
      [
        [0, 0x7fff_ffffn, false, false, 1],
        [1, 0x1_ffff_ffffn, true, false, 3],
        [2, 0x2_ffff_ffffn, true, true, 5],
      ],
    );
    assert.deepEqual(
      problems.map((p) => [p.code, p.place?.line]),
      [['D009', 7]],
    );
  });

  it('a report with the log and the tree: the tree from where it stands', () => {
    const { machine } = read(`${log}\n$ sudo cat /proc/iomem\n${iomem}`);
    assert.deepEqual(shape(machine.iomem), shape(read(iomem).machine.iomem));
    assert.equal(machine.srat.length, 2);
  });

  it('a log that begins with the word SRAT is a text', () => {
    assert.equal(read('SRAT: Node 0 PXM 0 [mem 0x00000000-0x3fffffff]\n').machine.srat.length, 1);
  });
});

describe('lsmem as it comes', () => {
  for (const [what, text, nodes] of [
    [
      'NODE first',
      'NODE RANGE                                 SIZE\n   1 0x0000000000000000-0x000000007fffffff   2G\n',
      [1],
    ],
    ['pairs in another order', 'SIZE="2G" RANGE="0x0000000000000000-0x000000007fffffff" NODE="1"\n', [1]],
    ['no head', '0x0000000000000000-0x000000007fffffff 2G\n', []],
    [
      'quoted',
      '> RANGE                                 SIZE STATE\n> 0x0000000000000000-0x000000007fffffff   2G online\n',
      [],
    ],
    [
      'an empty cell before NODE',
      'RANGE                                 SIZE   STATE REMOVABLE BLOCK NODE\n0x0000000000000000-0x000000007fffffff   2G offline            0-15    1\n',
      [1],
    ],
    [
      'standby memory of s390',
      'RANGE                                 SIZE   STATE BLOCK CONFIGURED\n0x0000000000000000-0x000000007fffffff   2G  online  0-15 yes\n0x0000000080000000-0x00000000ffffffff   2G offline 16-31 no\n',
      [],
    ],
  ] as const)
    it(what, () => {
      const { machine, problems } = read(text);
      assert.deepEqual(problems, []);
      assert.deepEqual(ranges(machine.iomem), ['0-7fffffff']);
      assert.deepEqual(
        machine.srat.map((r) => r.node),
        nodes,
      );
    });
});

describe('ACPI tables as they come', () => {
  const table = srat([
    { pxm: 0, base: 0n, length: 2n * GiB, flags: 1 },
    ...Array.from({ length: 5 }, () => ({ pxm: 0, base: 0n, length: 0n, flags: 0 })),
    { pxm: 1, base: 4n * GiB, length: GiB, flags: 3 },
  ]);
  const rows = (form: (offset: number, row: Uint8Array) => string, stars: boolean): string => {
    let text = '';
    let before = '';
    for (let at = 0; at < table.length; at += 16) {
      const row = table.subarray(at, at + 16);
      if (stars && row.length === 16 && String(row) === before) {
        if (!text.endsWith('*\n')) text += '*\n';
      } else text += `${form(at, row)}\n`;
      before = String(row);
    }
    return text;
  };
  const hex = (row: Uint8Array) => [...row].map((b) => b.toString(16).padStart(2, '0'));

  it('dumps of all tools give the same bytes', () => {
    const c = (at: number, row: Uint8Array) =>
      `${at.toString(16).padStart(8, '0')}  ${hex(row.subarray(0, 8)).join(' ')}  ${hex(row.subarray(8)).join(' ').padEnd(23)}  |${'.'.repeat(row.length)}|`;
    const iasl = (at: number, row: Uint8Array) =>
      `    ${at.toString(16).padStart(4, '0')}: ${hex(row).join(' ')}  // ${'|'.repeat(row.length)}`;
    for (const text of [
      rows(c, true) + table.length.toString(16).padStart(8, '0'),
      rows((at, row) => `${at.toString(8).padStart(7, '0')} ${hex(row).join(' ')}`, true),
      `/*\n * Intel ACPI Component Architecture\n */\n[000h 0000   4]  Signature : "SRAT"\n\nRaw Table Data: Length ${table.length}\n\n${rows(iasl, false)}`,
      acpidump(table),
      hex(table).join('').replace(/.{60}/g, '$&\n'),
    ]) {
      const { bytes, problems } = bytesOfDump(text, { name: 'm' });
      assert.deepEqual(problems, [], text.slice(0, 100));
      assert.deepEqual(Buffer.from(bytes), Buffer.from(table), text.slice(0, 100));
      assert.equal(read(text).machine.srat.length, 2);
    }
  });

  it('SRAT among other tables in one file', () => {
    const other = Buffer.from(table);
    other.write('DSDT');
    assert.equal(read(Buffer.concat([checksummed(other), table])).machine.srat.length, 2);
  });

  it('of a table cut short, the structures that are there', () => {
    const { machine, problems } = read(table.subarray(0, table.length - 10));
    assert.equal(machine.srat.length, 1);
    assert.deepEqual(
      problems.map((p) => p.code),
      ['D013'],
    );
  });

  it('a generic initiator has a node of its own', () => {
    const initiator = Buffer.alloc(32);
    initiator.set([5, 32, 0, 1]);
    initiator.writeUInt32LE(7, 4);
    initiator.writeUInt32LE(1, 24);
    const with5 = checksummed(Buffer.concat([table.subarray(0, 48), initiator, table.subarray(48)]));
    assert.deepEqual(
      read(with5).machine.srat.map((r) => [r.pxm, r.node]),
      [
        [0, 1],
        [1, 2],
      ],
    );
  });

  it('windows that the kernel refuses', () => {
    const cedt = (base: bigint, length: bigint, ways: number, targets: number, granularity = 0) => {
      const window = Buffer.alloc(36 + 4 * targets);
      window.set([1, 0, window.length, 0]);
      window.writeBigUInt64LE(base, 8);
      window.writeBigUInt64LE(length, 16);
      window[24] = ways;
      window.writeUInt32LE(granularity, 28);
      const header = Buffer.alloc(36);
      header.write('CEDT');
      return read(checksummed(Buffer.concat([header, window])));
    };
    assert.deepEqual(ranges(cedt(4n * GiB, GiB, 1, 2).machine.iomem), ['100000000-13fffffff']);
    assert.deepEqual(ranges(cedt(4n * GiB, 3n * GiB, 8, 3).machine.iomem), ['100000000-1bfffffff']);
    for (const [args, why] of [
      [[4n * GiB, GiB, 1, 1], /2 ways want 2 targets, and there are 1/],
      [[4n * GiB, GiB, 7, 8], /7 encodes no number of interleave ways/],
      [[4n * GiB, GiB, 0, 1, 9], /9 encodes no interleave granularity/],
      [[4n * GiB + 1n, GiB, 0, 1], /base is no multiple of 256 MiB/],
      [[4n * GiB, 1n << 20n, 0, 1], /size is no multiple of 256 MiB/],
    ] as const)
      assert.throws(() => cedt(args[0], args[1], args[2], args[3], args[4]), { code: 'D025', message: why });
  });
});

describe('written machine files', () => {
  it('say the architecture and options of the kernel for other texts', () => {
    const file = (more: string) => `{ "format": "iomem-review-machine", "version": 1, ${more} }`;
    const text = file('"profile": "arm64-64k", "config": { "CONFIG_NODES_SHIFT": "10", "CONFIG_ZONE_DEVICE": "n" }');
    const { machine } = readMachineTexts([
      { name: 'a', text: iomem },
      { name: 'b', text },
    ]);
    assert.deepEqual([machine.profile.pageShift, machine.iomem.length], [16, 3]);
    assert.equal(machine.profile.config.get('CONFIG_NODES_SHIFT'), '10');
    assert.equal(machine.profile.config.get('CONFIG_ZONE_DEVICE'), 'n');
    for (const wrong of ['"config": []', '"config": { "NODES_SHIFT": "10" }', '"config": { "CONFIG_A": "a;b" }'])
      assert.throws(() => read(file(wrong)), { code: 'D019' });
  });

  it('are refused with line and column, and the line', () => {
    const file = `{
  "format": "iomem-review-machine",
  "version": 1,
  "memory": [ { "name": "RAM", "start": "0x0", "end": 4096 } ]
}`;
    const place = (text: string) => {
      try {
        read(text);
      } catch (error) {
        const { code, place: at } = error as { code: string; place: { line: number; column: number; text: string } };
        return [code, at.line, at.column, at.text.trim().slice(0, 14)];
      }
      return undefined;
    };
    assert.deepEqual(place(file), ['D019', 4, 55, '"memory": [ { ']);
    assert.deepEqual(place(file.replace('"version": 1', '"version": 2')), ['D019', 3, 14, '"version": 2,']);
    assert.deepEqual(place(file.replace('4096 }', '4096, }')), ['D018', 4, 61, '"memory": [ { ']);
    assert.deepEqual(place(file.replace(/ *"format".*\n/, '')), ['D019', 1, 1, '{']);
    assert.deepEqual(place(`// mine\n${file}`), ['D018', 1, 1, '// mine']);
    assert.deepEqual(place(`[${file}]`), ['D019', 1, 1, '[{']);
  });
});
