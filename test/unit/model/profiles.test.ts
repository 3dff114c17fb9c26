import assert from 'node:assert/strict';
import { builtInMachines } from '../../../src/model/machines.ts';
import { definesOf, profileNamed, profileNames } from '../../../src/model/profiles.ts';

describe('profiles', () => {
  it('give the constants of their architecture as macros', () => {
    const defines = definesOf(profileNamed('x86_64')!);
    assert.equal(defines.get('IOMEM_MAX_PHYSMEM_BITS'), '46');
    assert.equal(defines.get('IOMEM_SECTION_SIZE_BITS'), '27');
    assert.equal(defines.get('IOMEM_PHYSMEM_END'), '0x3fffffffffffULL');
    assert.equal(defines.get('CONFIG_GET_FREE_REGION'), '1');
    assert.equal(defines.get('__x86_64__'), '1');
    assert.equal(definesOf(profileNamed('arm')!).has('CONFIG_64BIT'), false);
  });

  it('are consistent', () => {
    for (const name of profileNames) {
      const p = profileNamed(name)!;
      assert.ok(p.maxPhysmemBits > p.sectionSizeBits && p.sectionSizeBits > p.pageShift, name);
      assert.ok(p.physmemEnd < 1n << BigInt(p.maxPhysmemBits), name);
      assert.equal(p.config.has('CONFIG_64BIT'), p.wordSize === 8, name);
      assert.equal(p.config.has('CONFIG_PHYS_ADDR_T_64BIT'), p.physAddrBits === 64, name);
      for (const [key, value] of definesOf(p)) assert.match(`${key}=${value}`, /^[A-Za-z_]\w*=\w+$/);
    }
  });

  it('each has a machine of its name with nothing below the root', () => {
    for (const name of [...profileNames, 'empty']) assert.deepEqual(builtInMachines.get(name)?.iomem, [], name);
  });
});

describe('built-in machines', () => {
  it('crowded-top is the one that was measured', () => {
    const busy = builtInMachines.get('crowded-top')!.iomem;
    assert.equal(busy.length, 10);
    for (const [i, r] of [...busy].reverse().entries()) {
      assert.equal(r.start, (1n << 46n) - BigInt(i + 1) * (256n << 20n) + (128n << 20n));
      assert.equal(r.end - r.start + 1n, 128n << 20n);
      assert.equal(r.flags, 0x8000_0200n);
    }
  });

  it('server has hotpluggable ranges on both nodes', () => {
    const { srat } = builtInMachines.get('server')!;
    assert.deepEqual([...new Set(srat.filter((r) => r.hotplug).map((r) => r.node))], [0, 1]);
  });
});
