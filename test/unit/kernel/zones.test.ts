import assert from 'node:assert/strict';
import { includeDirectories, makefilesOf } from '../../../src/c/preprocess/makefiles.ts';
import type { MachineModel } from '../../../src/model/api.ts';
import { isKernelLog, machineOfDmesg } from '../../../src/model/dmesg-machine.ts';
import { builtInMachines } from '../../../src/model/machines.ts';
import { bootRam, compatAlign, hotplugRanges, lastPage, memoryBlockBytes } from '../../../src/model/sections.ts';
import { optionsOf } from '../../../src/review/kbuild.ts';
import { parseScenario, withFailingCall } from '../../../src/review/scenario.ts';
import { expandUnits } from '../../../src/review/zone/units.ts';

const machine = (name: string): MachineModel => builtInMachines.get(name)!;

describe('physical memory as the kernel counts it', () => {
  it('memory at boot: System RAM in whole pages, cut where another node begins', () => {
    const ram = bootRam(machine('server'));
    assert.deepEqual(ram.at(-1), { start: 0x1080000000n, end: 0x207fffffffn, node: 1 });
    assert.deepEqual(ram[0], { start: 0x1000n, end: 0x9ffffn, node: 0 });
  });
  it('a machine without memory has one section', () => {
    assert.deepEqual(bootRam(machine('x86_64')), [{ start: 0n, end: (1n << 27n) - 1n, node: 0 }]);
  });
  it('memory blocks: a section on small machines, 2 GiB on large ones', () => {
    assert.equal(memoryBlockBytes(machine('laptop')), 1n << 27n);
    assert.equal(memoryBlockBytes(machine('server')), 2n << 30n);
    assert.equal(memoryBlockBytes(machine('arm64-64k')), 1n << 29n);
  });
  it('limits of an architecture', () => {
    assert.equal(lastPage(machine('x86_64').profile), (1n << 46n) - 1n);
    assert.equal(compatAlign(machine('ppc64').profile), 1n << 24n);
    assert.equal(compatAlign(machine('x86_64').profile), 1n << 21n);
    assert.deepEqual(
      hotplugRanges(machine('server')).map((r) => r.node),
      [0, 1],
    );
  });
});

describe('a machine of a kernel log', () => {
  const srat = [
    '[    0.1] ACPI: SRAT: Node 0 PXM 0 [mem 0x00100000-0xbfffffff]',
    '[    0.1] ACPI: SRAT: Node 1 PXM 1 [mem 0x140000000-0x3ffffffff] hotplug',
  ];
  it('is told from /proc/iomem', () => {
    assert.ok(isKernelLog(srat.join('\n')));
    assert.ok(!isKernelLog('00001000-0009ffff : System RAM\n'));
  });
  it('has the memory of e820 before that of nodes, of zones, of SRAT', () => {
    const ram = (...lines: string[]) =>
      machineOfDmesg([...srat, ...lines].join('\n'), 'log').iomem.map((r) => [r.name, r.start, r.end]);
    assert.deepEqual(ram(), [['System RAM', 0x100000n, 0xbfffffffn]]);
    assert.deepEqual(ram('  Normal   [mem 0x100000000-0x17fffffff]'), [
      ['System RAM', 0x100000n, 0xbfffffffn],
      ['System RAM', 0x140000000n, 0x17fffffffn],
    ]);
    const node = '  node   0: [mem 0x0000000000100000-0x00000000bffdffff]';
    assert.deepEqual(ram(node), [['System RAM', 0x100000n, 0xbffdffffn]]);
    assert.deepEqual(ram(node, 'BIOS-e820: [mem 0x0000000000200000-0x00000000003fffff] usable'), [
      ['System RAM', 0x200000n, 0x3fffffn],
    ]);
  });
  it('an excerpt with other lines of e820 than usable ones has its memory from the nodes, around those', () => {
    const lines = [
      ...srat,
      '  node   0: [mem 0x0000000000100000-0x00000000bfffffff]',
      'BIOS-e820: [mem 0x0000000040000000-0x000000004fffffff] soft reserved',
    ];
    assert.deepEqual(
      machineOfDmesg(lines.join('\n'), 'log').iomem.map((r) => [r.name, r.start, r.end]),
      [
        ['System RAM', 0x100000n, 0x3fffffffn],
        ['Soft Reserved', 0x40000000n, 0x4fffffffn],
        ['System RAM', 0x50000000n, 0xbfffffffn],
      ],
    );
  });
  it('a log that says nothing of memory is refused with its first bad line', () => {
    assert.throws(() => machineOfDmesg('ACPI: SRAT: Node 0 PXM 0 [mem 0x5-0x1]', 'log'), /log:1/);
  });
});

describe('units and failures that a scenario names', () => {
  const tree = (...paths: string[]) => ({ read: (path: string) => (paths.includes(path) ? '' : undefined) });
  it('zones: what of it the tree has, of the architecture', () => {
    const all = tree('mm/memremap.c', 'mm/sparse.c', 'arch/x86/mm/init_64.c');
    assert.deepEqual(expandUnits(['zones'], all, machine('x86_64').profile), [
      'mm/memremap.c',
      'mm/sparse.c',
      'arch/x86/mm/init_64.c',
    ]);
    assert.deepEqual(expandUnits(['zones', 'mm/sparse.c'], all, machine('arm64-4k').profile), [
      'mm/memremap.c',
      'mm/sparse.c',
    ]);
    assert.deepEqual(expandUnits(['zones'], tree(), machine('x86_64').profile), []);
  });
  it('no device memory with classic sparse, nothing with 32 bits; kaslr.c where it decides on the direct map', () => {
    const all = tree('mm/sparse.c', 'mm/memory_hotplug.c', 'mm/memremap.c', 'arch/x86/mm/kaslr.c');
    const { profile } = machine('x86_64');
    const set = (option: string, value: string) => ({
      ...profile,
      config: new Map([...profile.config, [option, value]]),
    });
    const classic = set('CONFIG_SPARSEMEM_VMEMMAP', 'n');
    assert.deepEqual(expandUnits(['zones', 'a.c', 'mm/sparse.c'], all, classic), [
      'mm/memory_hotplug.c',
      'mm/sparse.c',
    ]);
    assert.deepEqual(expandUnits(['zones'], all, machine('i386-pae').profile), []);
    assert.deepEqual(expandUnits(['zones'], all, set('CONFIG_RANDOMIZE_MEMORY', 'y')), [
      'mm/memremap.c',
      'mm/memory_hotplug.c',
      'mm/sparse.c',
      'arch/x86/mm/kaslr.c',
    ]);
  });
  it('inside: a part of a unit, which is one of its units', () => {
    const { scenario } = parseScenario('a.c', '// units: zones\n// inside: lib/test_hmm.c\nTHREAD(a) { }\n');
    assert.equal(scenario.inside, 'lib/test_hmm.c');
    assert.deepEqual(scenario.units, ['zones', 'lib/test_hmm.c']);
  });
  it('options and directories of a unit whose Makefile another one includes', () => {
    const makefiles = new Map([
      ['drivers/gpu/Makefile', 'obj-$(CONFIG_GPU) += amd/card/ other/\n'],
      [
        'drivers/gpu/amd/card/Makefile',
        'TOP=$(src)/..\nccflags-y := -I$(TOP)/card \\\n\t-I$(TOP)/include\nifneq ($(CONFIG_HSA),)\ninclude $(TOP)/kfd/Makefile\nendif\n',
      ],
      [
        'drivers/gpu/amd/kfd/Makefile',
        'ifneq ($(CONFIG_SVM),)\nFILES += $(KFD)/migrate.o\nelse\nFILES += $(KFD)/none.o\nendif\n',
      ],
    ]);
    const unit = 'drivers/gpu/amd/kfd/migrate.c';
    const found = makefilesOf(unit, (path) => makefiles.get(path));
    assert.deepEqual(
      found.map((m) => m.directory),
      ['drivers/gpu/amd/kfd/', 'drivers/gpu/amd/card/'],
    );
    assert.deepEqual(found.flatMap(includeDirectories), ['drivers/gpu/amd/card', 'drivers/gpu/amd/include']);
    assert.deepEqual([...optionsOf(unit, { read: (path) => makefiles.get(path) })].sort(), [
      'CONFIG_HSA',
      'CONFIG_SVM',
    ]);
    assert.deepEqual(
      [...optionsOf('drivers/gpu/amd/kfd/none.c', { read: (path) => makefiles.get(path) })],
      ['CONFIG_HSA'],
    );
  });
  it('variables of a Makefile that name each other are no endless work', () => {
    const text = `A = $(B)$(B)$(B)$(B)\nB = $(A)$(A)$(A)$(A)\nccflags-y := -I$(A)x\n`;
    assert.ok(includeDirectories({ text, directory: 'd/' }).length <= 1);
  });
  it('a failing call is written into the text and read from it', () => {
    const { scenario } = parseScenario('a.c', '// title: a\nTHREAD(a) { }\n');
    const failing = withFailingCall(scenario, { function: 'add_pages', number: 2 });
    const again = parseScenario('a.c', failing.text).scenario;
    assert.deepEqual(again.failCall, { function: 'add_pages', number: 2 });
    assert.equal(again.failAllocation, undefined);
    assert.equal(parseScenario('a.c', '// fail: 3\nTHREAD(a) { }\n').scenario.failAllocation, 3);
  });
});
