import assert from 'node:assert/strict';
import { resourceText } from '../../../src/kernel/format.ts';
import { kernelNatives } from '../../../src/kernel/natives.ts';
import { logLines } from '../../../src/kernel/printk.ts';
import { FakeMachine } from './fake-call.ts';

const natives = kernelNatives().functions;

function print(format: string, ...args: (bigint | number | string)[]): string {
  const machine = new FakeMachine();
  const cells = machine.cells(...args.map((a) => (typeof a === 'string' ? machine.string(a) : BigInt(a))));
  const buffer = machine.object(256);
  const length = machine.call(natives.get('snprintf')!, [buffer, 256, machine.string(format), cells]);
  const text = machine.memory.readString(buffer)!;
  assert.equal(length, BigInt(new TextEncoder().encode(text).length));
  assert.deepEqual(machine.problems, []);
  return text;
}

describe('formats of the kernel', () => {
  it('integers take from their cell what the length modifier says', () => {
    assert.equal(print('%d %d', -1n, 0xffff_ffffn), '-1 -1');
    assert.equal(print('%u', -1n), '4294967295');
    assert.equal(print('%lld', -1n), '-1');
    assert.equal(print('%llu %lu %zu', -1n, -1n, -1n), Array(3).fill('18446744073709551615').join(' '));
    assert.equal(print('%hhx %hx', 0x1ffn, 0x1ffffn), 'ff ffff');
    assert.equal(print('%c%c%%', 0x4fn, 0x4bn), 'OK%');
  });
  it('flags, width and precision', () => {
    assert.equal(print('[%5d][%-5d][%05d][%+d][% d]', 42, 42, 42, 42, 42), '[   42][42   ][00042][+42][ 42]');
    assert.equal(print('[%#x][%#010x][%#X][%#o]', 255, 255, 255, 8), '[0xff][0x000000ff][0XFF][010]');
    assert.equal(print('[%.3d][%6.3x]', 7, 10), '[007][   00a]');
    assert.equal(print('%*s%0*llx-%0*llx : %s', 4, '', 8, 0x1000n, 8, 0x1fffn, 'RAM'), '    00001000-00001fff : RAM');
    assert.equal(print('[%#x][%#o][%08.3d][%+u]', 0, 0, 7, 7), '[0x0][0][00000007][7]');
    assert.equal(print('[%-*d]', 6, 1), '[1     ]');
    assert.equal(print('[%*d]', -6, 1), '[1     ]');
  });
  it('strings', () => {
    assert.equal(print('[%s][%.2s][%5s][%-5s]', 'abc', 'abc', 'abc', 'abc'), '[abc][ab][  abc][abc  ]');
    assert.equal(print('%s', 0), '(null)');
  });
  it('pointers: error names, physical addresses, names in place of addresses', () => {
    assert.equal(print('%pe', -16n), '-EBUSY');
    assert.equal(print('%px', 0xabcn), '0000000000000abc');
    const machine = new FakeMachine();
    const at = machine.object(8, 'internal', 'limit');
    machine.memory.write(at, 8, 0x1234n);
    const buffer = machine.object(64);
    machine.call(natives.get('sprintf')!, [buffer, machine.string('%pa %p'), machine.cells(at, at)]);
    assert.equal(machine.memory.readString(buffer), '0x0000000000001234 limit');
  });
  it('truncation: snprintf answers what it needed, scnprintf what it stored', () => {
    const machine = new FakeMachine();
    const buffer = machine.object(4);
    const args = [buffer, 4, machine.string('%s'), machine.cells(machine.string('abcdef'))];
    assert.equal(machine.call(natives.get('snprintf')!, args), 6n);
    assert.equal(machine.memory.readString(buffer), 'abc');
    assert.equal(machine.call(natives.get('scnprintf')!, args), 3n);
    assert.equal(machine.call(natives.get('snprintf')!, [0n, 0n, args[2]!, args[3]!]), 6n);
  });
  it('a string without an end is read out of bounds, a freed one after its end', () => {
    const machine = new FakeMachine();
    const open = machine.object(4);
    for (let i = 0n; i < 4n; i++) machine.memory.write(open + i, 1, 0x61n);
    machine.call(natives.get('_printk')!, [machine.string('%s'), machine.cells(open)]);
    assert.deepEqual(
      machine.problems.map((p) => p.rule),
      ['out-of-bounds'],
    );
  });
  it('resources', () => {
    const text = (flags: bigint, decode: boolean, start = 0x10_0000n, end = 0x7f_ffffn): string =>
      resourceText({ start, end, flags }, decode, 8);
    assert.equal(text(0x200n, true), '[mem 0x00100000-0x007fffff]');
    assert.equal(text(0x200n, false), '[mem 0x00100000-0x007fffff flags 0x200]');
    assert.equal(text(0x30_2200n, true), '[mem 0x00100000-0x007fffff 64bit pref window]');
    assert.equal(text(0x100n, true, 0x3f8n, 0x3ffn), '[io  0x03f8-0x03ff]');
    assert.equal(text(0x400n, true, 5n, 5n), '[irq 5]');
    assert.equal(text(0x1000n, true, 0n, 0xffn), '[bus 00-ff]');
    assert.equal(text(0x2000_0200n, true, 0n, 0xfffn), '[mem size 0x1000]');
    assert.equal(text(0x1000_0200n, true), '[mem 0x00100000-0x007fffff disabled]');
    assert.equal(text(0n, true, 0n, 0xfn), '[??? 0x00000000-0x0000000f flags 0x0]');
    assert.equal(text(0x200n, true, 0x3fff_0000_0000n, 0x3fff_3fff_ffffn), '[mem 0x3fff00000000-0x3fff3fffffff]');
  });
  it('log lines carry their level', () => {
    assert.deepEqual(logLines('\x013one\n\x016two\nthree\n'), [
      { level: 3, line: 'one' },
      { level: 6, line: 'two' },
      { level: 6, line: 'three' },
    ]);
    assert.deepEqual(logLines('plain'), [{ level: 4, line: 'plain' }]);
  });
});
