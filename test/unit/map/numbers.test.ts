import assert from 'node:assert/strict';
import fc from 'fast-check';
import { descText, flagsText, kindOf } from '../../../src/map/facts.ts';
import { addressText, parseAddress, parseSize, sizeText } from '../../../src/map/numbers.ts';

describe('addresses and sizes as text', () => {
  it('group the digits of addresses, and read them back', () => {
    assert.equal(addressText(0n), '0x0');
    assert.equal(addressText(0x3fff28000000n), '0x3fff_2800_0000');
    assert.equal(addressText((1n << 64n) - 1n), '0xffff_ffff_ffff_ffff');
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (a) => assert.equal(parseAddress(addressText(a)), a)),
    );
  });

  it('tell sizes in binary units, and whether they are exact', () => {
    assert.equal(sizeText(1n << 30n), '1 GiB');
    assert.equal(sizeText(640n << 20n), '640 MiB');
    assert.equal(sizeText(3n << 29n), '1.5 GiB');
    assert.equal(sizeText((1n << 30n) + 1n), '≈ 1 GiB');
    assert.equal(sizeText(0n), '0 B');
    assert.equal(sizeText(1n << 64n), '16 EiB');
  });

  it('read sizes and addresses as people write them', () => {
    assert.equal(parseSize('1G'), 1n << 30n);
    assert.equal(parseSize('128 MiB'), 128n << 20n);
    assert.equal(parseSize('4096'), 4096n);
    assert.equal(parseSize('0x10_0000'), 0x100000n);
    assert.equal(parseSize('1.5G'), undefined);
    assert.equal(parseSize('99999999E'), undefined);
    assert.equal(parseAddress('2^46'), 1n << 46n);
    assert.equal(parseAddress('3fff28000000'), 0x3fff28000000n);
    assert.equal(parseAddress('nouveau'), undefined);
    assert.equal(parseAddress('2^64'), undefined);
  });
});

describe('facts of a region', () => {
  it('decode flags and desc', () => {
    assert.equal(flagsText(0x8000_0200n), 'MEM | BUSY');
    assert.equal(flagsText(0x8300_0200n), 'MEM | SYSRAM | DRIVER_MANAGED | BUSY');
    assert.equal(flagsText(0n), '0');
    assert.equal(flagsText(0x1_0000_0200n), 'MEM | 0x100000000');
    assert.equal(descText(6), 'DEVICE_PRIVATE_MEMORY');
    assert.equal(descText(99), '99');
  });

  it('tell the kind, by desc before name for device memory', () => {
    assert.equal(kindOf({ name: 'System RAM', flags: 0n, desc: 0 }), 'ram');
    assert.equal(kindOf({ name: 'dev', flags: 0n, desc: 6 }), 'device');
    assert.equal(kindOf({ name: 'System RAM (virtio_mem)', flags: 0n, desc: 0 }), 'virtio');
    assert.equal(kindOf({ name: '0000:01:00.0', flags: 0n, desc: 0 }), 'pci');
    assert.equal(kindOf({ name: 'unheard of', flags: 0n, desc: 9 }), 'cxl');
    assert.equal(kindOf({ name: 'unheard of', flags: 0x100_0200n, desc: 0 }), 'ram');
  });
});
