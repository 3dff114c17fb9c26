/* What if: other constants on real kernels, the search executed, hotplug executed. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../src/base/tree.ts';
import { applyDefines, parseDefines } from '../../src/model/defines.ts';
import { builtInMachines } from '../../src/model/machines.ts';
import { pageFlagsOf } from '../../src/review/what-if/page-flags.ts';
import { whatIfJson, whatIfText } from '../../src/review/what-if/text.ts';
import { parseAllocations, whatIf } from '../../src/review/what-if/what-if.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';

const model = readModelFiles();
const server = builtInMachines.get('server')!;

describe('what if', () => {
  for (const version of versions)
    it(`${version}: one more bit, searched alone, leaves what firmware announces`, async function () {
      this.timeout(300_000);
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
      assert.equal(after.price.flags!.classic.left, before.price.flags.classic.left - 1);
      assert.deepEqual([before.safe.count, after.safe.count], [0, 3]);
      assert.equal(before.placements[0]?.end, (1n << 46n) - 1n);
      assert.equal(before.placements[0]?.eats?.node, 1);
      assert.equal(after.placements[0]?.end, (1n << 47n) - 1n);
      assert.ok(before.findings.some((f) => f.rule === 'hotplug-range-taken' && /-EEXIST/.test(f.message)));
      assert.ok(!after.findings.some((f) => f.rule === 'hotplug-range-taken'));
      assert.match(whatIfText(result), /SECTIONS_SHIFT +19 -> 20/);
      assert.equal(JSON.parse(whatIfJson(result)).after.safe.bytes, '0x18000000000');
    });

  it('classic sparse memory is executed; what kconfig refuses is said', async function () {
    this.timeout(300_000);
    const tree = diskTree(needKernel(this, '6.12'));
    const input = { tree, model, machine: server, allocations: parseAllocations('1x512G') };
    const { before, after } = await whatIf({ ...input, defines: ['CONFIG_SPARSEMEM_VMEMMAP=n'] });
    const [vmemmap, classic] = [before.price.flags!, after.price.flags!];
    assert.deepEqual([vmemmap.model, classic.model], ['vmemmap', 'classic']);
    assert.deepEqual([classic.vmemmap.sections, classic.classic.sections], [0, 19]);
    assert.equal(classic.classic.left, classic.vmemmap.left - 19);
    assert.match(
      after.findings.map((f) => f.message).join('\n'),
      /^CONFIG_ZONE_DEVICE depends on SPARSEMEM_VMEMMAP \(mm\/Kconfig:\d+\)/,
    );
    assert.ok(after.findings.some((f) => f.rule === 'hotplug-range-taken' && /-EEXIST/.test(f.message)));
  });

  for (const version of versions)
    it(`${version}: bits of page->flags are what the tree's own header says, and what it refuses`, function () {
      const tree = diskTree(needKernel(this, version));
      const { profile } = server;
      const flags = (...defines: string[]) => pageFlagsOf(applyDefines(profile, parseDefines(defines)).profile, tree)!;
      // 2^42 sections: the section takes what the flags leave, and more.
      const crowded = flags('MAX_PHYSMEM_BITS=63', 'SECTION_SIZE_BITS=21', 'CONFIG_NODES_SHIFT=10');
      assert.equal(crowded.vmemmap.refused, undefined);
      assert.equal(crowded.classic.sections, 42);
      if (version === '6.1') assert.match(crowded.classic.refused!.message, /#error "Not enough bits in page flags"/);
      else assert.deepEqual([crowded.classic.nodes, crowded.nodesShift, crowded.classic.refused], [0, 10, undefined]);
      // Which processor used a page last moves out before the node does.
      const balanced = flags('CONFIG_NUMA_BALANCING=y', 'CONFIG_NR_CPUS=8192', 'CONFIG_NODES_SHIFT=10');
      assert.deepEqual([balanced.vmemmap.lastCpupid, balanced.classic.lastCpupid, balanced.classic.nodes], [21, 0, 10]);
    });

  it('an option of --define counts in a tree that is configured', async function () {
    this.timeout(300_000);
    const disk = diskTree(needKernel(this, '6.12'));
    const config = 'CONFIG_X86_64=y\nCONFIG_SPARSEMEM_VMEMMAP=y\nCONFIG_NODES_SHIFT=8\n';
    const tree = new MemoryTree(new Map([['.config', config]]), disk);
    const machine = builtInMachines.get('empty')!;
    const { before, after } = await whatIf({
      ...{ tree, model, machine, allocations: parseAllocations('1x1G') },
      defines: ['CONFIG_NODES_SHIFT=10'],
    });
    assert.deepEqual([before.price.flags?.nodesShift, after.price.flags?.nodesShift], [8, 10]);
  });

  it('a search that ends low fails though there is room in pieces; an alignment of the tree is another', async function () {
    this.timeout(300_000);
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
