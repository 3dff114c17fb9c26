import assert from 'node:assert/strict';
import { CodedError } from '../../../src/base/errors.ts';
import { formatSchedule, parseSchedule } from '../../../src/explore/schedule.ts';
import { bytesOfDump, parseAcpi, textOfMachine } from '../../../src/model/acpi.ts';
import type { MachineResource } from '../../../src/model/api.ts';
import { parseConfig } from '../../../src/model/config.ts';
import { parseDmesg, resourcesOfE820 } from '../../../src/model/dmesg.ts';
import { readMachineTexts } from '../../../src/model/input.ts';
import { parseIomem } from '../../../src/model/iomem.ts';
import { parseLsmem } from '../../../src/model/lsmem.ts';
import { parseMachineFile, writeMachineFile } from '../../../src/model/machine-file.ts';
import { builtInMachines } from '../../../src/model/machines.ts';
import { profileNamed, profileNames } from '../../../src/model/profiles.ts';
import { acpidump, cedt, srat } from '../../support/acpi.ts';
import type { Target } from '../target.ts';

const hex = (value: bigint): string => value.toString(16).padStart(8, '0');
function iomemText(resources: readonly MachineResource[], depth = 0): string {
  return resources
    .map((r) => `${'  '.repeat(depth)}${hex(r.start)}-${hex(r.end)} : ${r.name}\n${iomemText(r.children, depth + 1)}`)
    .join('');
}
const TOP = (1n << 64n) - 1n;

/** Ranges lie in their parents, in order, and do not meet. */
function checkTree(resources: readonly MachineResource[], start: bigint, end: bigint): void {
  let from = start;
  for (const r of resources) {
    assert.ok(from <= r.start && r.start <= r.end && r.end <= end, `${hex(r.start)}-${hex(r.end)} is out of place`);
    checkTree(r.children, r.start, r.end);
    from = r.end + 1n;
  }
}
function readIomem(input: string): void {
  const { resources, problems } = parseIomem(input, { name: 'iomem' });
  assert.ok(problems.every((problem) => problem instanceof CodedError));
  checkTree(resources, 0n, TOP);
}
function readDmesg(input: string): void {
  const { srat, e820, cxlWindows, problems } = parseDmesg(input, { name: 'dmesg' });
  assert.ok(problems.length <= 1000);
  for (const { start, end } of [...srat, ...e820, ...cxlWindows]) assert.ok(0n <= start && start <= end && end <= TOP);
  checkTree(resourcesOfE820(e820, { name: 'dmesg' }).resources, 0n, TOP);
}
function coded(work: () => void, code: RegExp): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    assert.match(error.code, code);
  }
}
const readConfig = (input: string): void =>
  coded(() => {
    const { options } = parseConfig(input, '.config');
    for (const [option, value] of options) assert.ok(/^CONFIG_\w+$/.test(option) && !/[\r\n]/.test(value));
  }, /^D01[0-2]$/);
const readSchedule = (input: string): void =>
  coded(() => assert.equal(formatSchedule(parseSchedule(input)), input), /^E001$/);

const inRange = (ranges: readonly { readonly start: bigint; readonly end: bigint }[]): void => {
  for (const { start, end } of ranges) assert.ok(0n <= start && start <= end && end <= TOP);
};
function readAcpi(input: string): void {
  const { bytes } = bytesOfDump(input, { name: 'dump' });
  const { srat: ranges, cxlWindows, problems } = parseAcpi(bytes, { name: 'dump' });
  assert.ok(problems.length <= 1000);
  inRange([...ranges, ...cxlWindows]);
}
function readLsmem(input: string): void {
  const { resources, srat: nodes } = parseLsmem(input, { name: 'lsmem' });
  checkTree(resources, 0n, TOP);
  inRange(nodes);
}
const readFile = (input: string): void =>
  coded(() => checkTree(parseMachineFile(input, 'file').iomem, 0n, TOP), /^D0(18|19|23)$/);
const readAny = (input: string): void =>
  coded(() => checkTree(readMachineTexts([{ name: 'any', text: input }]).machine.iomem, 0n, TOP), /^D0/);
const tables = (): string[] => {
  const bytes = Uint8Array.from([
    ...srat([{ pxm: 1, base: 0n, length: 1n << 31n, flags: 3 }]),
    ...cedt([{ base: 1n << 35n, length: 1n << 32n }]),
  ]);
  return [acpidump(bytes), textOfMachine(bytes)];
};

const logs = [
  ...['[    0.002520] ACPI: SRAT: Node 2 PXM 7 [mem 0x280000000-0x4ffffffff] hotplug\n'],
  ...['[    0.1] ACPI: SRAT: Node 1 PXM 1 [mem 0x100000000-0x17fffffff] hotplug non-volatile\n'],
  ...['SRAT: Node 0 PXM 0 0-80000000\n', 'SRAT: PXM 0 -> APIC 0x00 -> Node 0\n'],
  ...['[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\n'],
  ...[
    'BIOS-e820: 000000000009fc00 - 00000000000a0000 (reserved)\n',
    'ACPI: CEDT: CFMWS [mem 0x490000000-0x50fffffff]\n',
  ],
  ...['BIOS-e820: [mem 0x0000000180000000-0x00000001ffffffff] soft reserved\n', 'acpi: CXL Window 1: 0x10-0x1f\n'],
];
const configOf = (name: string): string =>
  '# Automatically generated file; DO NOT EDIT.\n' +
  [...profileNamed(name)!.config].map(([key, value]) => `${key}=${value}\n`).join('') +
  '# CONFIG_NUMA is not set\nCONFIG_LOCALVERSION="-a\\"b"\nCONFIG_PHYSICAL_START=0x1000000\n';

export const modelTargets: readonly Target[] = [
  {
    name: 'iomem',
    seeds: () => [...builtInMachines.values()].map(({ iomem }) => iomemText(iomem)),
    shape: {
      words: ['00000000-ffffffffffffffff : ', '  ', '> ', ' : ', '-', 'System RAM', 'Reserved', '0-0 : x\n', '|'],
    },
    read: readIomem,
  },
  {
    name: 'dmesg',
    seeds: () => [logs.join(''), logs.join('').repeat(8), ...logs],
    shape: {
      words: ['SRAT: Node ', 'PXM ', '[mem 0x', '-0x', '] hotplug', 'BIOS-e820: ', 'usable', 'CFMWS', '0x', ' - '],
    },
    read: readDmesg,
  },
  {
    name: 'acpi',
    seeds: tables,
    shape: { words: ['SRAT @ 0x0\n', '    0000: ', '53 52 41 54 ', 'FF ', '00 ', '28 ', 'U1JBV', 'Q0VEV', '='] },
    read: readAcpi,
  },
  {
    name: 'lsmem',
    seeds: () => ['RANGE SIZE STATE NODE\n0x0000000000000000-0x000000007fffffff 2G online 0\n'],
    shape: { words: ['RANGE="0x', '-0x', ' 2G online ', 'NODE="1"', '0xffffffffffffffff', '\n', 'NODE'] },
    read: readLsmem,
  },
  {
    name: 'machine-file',
    seeds: () => [...builtInMachines.values()].map(writeMachineFile),
    shape: { words: ['{', '}', '[', ']', ',', ':', '"', '\\u0000', '"0x10"', '"children"', 'null', '1e9', '-1'] },
    read: readFile,
  },
  {
    name: 'machine',
    seeds: () => [...tables(), logs.join(''), writeMachineFile(builtInMachines.get('server')!)],
    shape: { words: ['iomem-review-machine', '{', 'SRAT: Node 0 ', 'CFMWS 0x10-0x1f\n', '0-f : x\n', 'RANGE S'] },
    read: readAny,
  },
  {
    name: 'config',
    seeds: () => profileNames.map(configOf),
    shape: { words: ['CONFIG_', '=y\n', '=m', '="', '\\"', ' is not set\n', '# ', '0x', '=', '-1'] },
    read: readConfig,
  },
  {
    name: 'schedule',
    seeds: () => ['', 'a2-b4-a2', 'a2.17-b1-a0', 'a0.0-B999999999-z1', 'a2-b9-a2-c1-d3.4-a1000000'],
    shape: { words: ['a', 'b0', '-', '.', 'Z9', '999999999', '00', '-a1-b1'] },
    read: readSchedule,
  },
];
