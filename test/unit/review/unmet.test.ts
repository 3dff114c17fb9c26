/* What kconfig would take out with an option that is off; device memory above what memory can have. */
import assert from 'node:assert/strict';
import { applyDefines, parseDefines } from '../../../src/model/defines.ts';
import { profileNamed } from '../../../src/model/profiles.ts';
import { splitDefines } from '../../../src/review/machines.ts';
import { unmetOptions } from '../../../src/review/what-if/unmet.ts';

const profile = profileNamed('x86_64')!;

describe('options that depend on others', () => {
  const kconfig = `menuconfig MEMORY_HOTPLUG
\tbool "Memory hotplug"
\tdepends on SPARSEMEM_VMEMMAP && 64BIT
if MEMORY_HOTPLUG
config MEMORY_HOTREMOVE
\tbool
endif # MEMORY_HOTPLUG
config ZONE_DEVICE
\tdepends on MEMORY_HOTREMOVE
\thelp
\t  if SPARSEMEM_VMEMMAP is a word of a sentence, it is none of kconfig.
config COMPACTION
\tdepends on SPARSEMEM_VMEMMAP || FLATMEM
config MIGRATION
\tdepends on !SPARSEMEM_VMEMMAP
config NOT_IN_THE_PROFILE
\tdepends on ZONE_DEVICE
`;
  const unmet = (...off: string[]) =>
    unmetOptions({ read: () => kconfig }, profile, off).map(({ option, needs, line }) => [option, needs, line]);

  it('one after the other, by line; what is no conjunction is left alone', () => {
    assert.deepEqual(unmet('CONFIG_SPARSEMEM_VMEMMAP'), [
      ['CONFIG_MEMORY_HOTPLUG', 'CONFIG_SPARSEMEM_VMEMMAP', 3],
      ['CONFIG_MEMORY_HOTREMOVE', 'CONFIG_MEMORY_HOTPLUG', 5],
      ['CONFIG_ZONE_DEVICE', 'CONFIG_MEMORY_HOTREMOVE', 9],
    ]);
    assert.deepEqual(unmet(), []);
    assert.deepEqual(unmet('CONFIG_FLATMEM'), []);
  });
});

describe('DEVMEM_BITS', () => {
  it('sections for more bits, and a search in what is more', () => {
    const { profile: changed, bounds, macros } = applyDefines(profile, parseDefines(['DEVMEM_BITS=47']));
    assert.deepEqual([changed.maxPhysmemBits, changed.physmemEnd], [47, (1n << 47n) - 1n]);
    assert.deepEqual(bounds, { start: 1n << 46n });
    assert.equal(macros.size, 0);
    const both = applyDefines(profile, parseDefines(['DEVMEM_BITS=49', 'MAX_PHYSMEM_BITS=48']));
    assert.deepEqual([both.profile.maxPhysmemBits, both.bounds.start], [49, 1n << 48n]);
    assert.throws(() => applyDefines(profile, parseDefines(['DEVMEM_BITS=46'])), { code: 'D023' });
  });
  it('a review has no search of its own to bound', () => {
    assert.throws(() => splitDefines(['DEVMEM_BITS=47']), { code: 'R062' });
    assert.throws(() => splitDefines(['SEARCH_END=0x1000']), { code: 'R062' });
  });
});
