/* What if: other constants on real kernels, the search executed, hotplug executed. */
import assert from 'node:assert/strict';
import { builtInMachines } from '../../src/model/machines.ts';
import { whatIfJson, whatIfText } from '../../src/review/what-if/text.ts';
import { parseAllocations, whatIf } from '../../src/review/what-if/what-if.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';

const model = readModelFiles();
const server = builtInMachines.get('server')!;

describe('what if', () => {
  for (const version of versions)
    it(`${version}: one more bit, searched alone, leaves what firmware announces`, async function () {
      this.timeout(120_000);
      const tree = diskTree(needKernel(this, version));
      const result = await whatIf({
        tree,
        model,
        machine: server,
        defines: ['MAX_PHYSMEM_BITS=47', 'SEARCH_START=0x400000000000'],
        allocations: parseAllocations('3x512G'),
      });
      const { before, after } = result;
      assert.deepEqual([before.price.sectionsShift, after.price.sectionsShift], [19, 20]);
      assert.deepEqual([before.price.tableBytes, after.price.tableBytes], [16n << 10n, 32n << 10n]);
      assert.deepEqual([before.price.vmemmapBytes, after.price.vmemmapBytes], [1n << 40n, 1n << 41n]);
      assert.ok(before.price.flags && before.price.flags.pageFlags >= 18);
      assert.equal(after.price.flags!.leftClassic, before.price.flags.leftClassic - 1);
      assert.deepEqual([before.safe.count, after.safe.count], [0, 3]);
      assert.equal(before.placements[0]?.end, (1n << 46n) - 1n);
      assert.equal(before.placements[0]?.eats?.node, 1);
      assert.equal(after.placements[0]?.end, (1n << 47n) - 1n);
      assert.ok(before.findings.some((f) => f.rule === 'hotplug-range-taken' && /-EEXIST/.test(f.message)));
      assert.ok(!after.findings.some((f) => f.rule === 'hotplug-range-taken'));
      assert.match(whatIfText(result), /SECTIONS_SHIFT +19 -> 20/);
      assert.equal(JSON.parse(whatIfJson(result)).after.safe.bytes, '0x18000000000');
    });

  it('a search that ends low fails though there is room in pieces; an alignment of the tree is another', async function () {
    this.timeout(120_000);
    const tree = diskTree(needKernel(this, '6.12'));
    const machine = { ...builtInMachines.get('empty')!, iomem: builtInMachines.get('crowded-top')!.iomem };
    const { before, after } = await whatIf({
      tree,
      model,
      machine,
      defines: ['SEARCH_START=0x3fff60000000', 'GFR_DEFAULT_ALIGN=(1UL<<26)'],
      allocations: parseAllocations('24x64M'),
    });
    // The ten gaps of 128 MiB take two pieces each.
    const sizes = (w: typeof before) => new Set(w.placements.map((p) => p.end - p.start + 1n));
    assert.deepEqual([sizes(before), sizes(after)], [new Set([128n << 20n]), new Set([64n << 20n])]);
    assert.equal(after.placements.length, 20);
    assert.equal(after.stopped.why, '-ERANGE');
    assert.equal(after.stopped.at, 21);
    await assert.rejects(
      whatIf({ tree, model, machine, defines: ['NO_SUCH_MACRO=1'], allocations: parseAllocations('1x1G') }),
      { code: 'R050' },
    );
    assert.throws(() => parseAllocations('8'), { code: 'R052' });
  });
});
