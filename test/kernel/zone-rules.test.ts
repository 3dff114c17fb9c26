/*
 * Rules about device memory and memory hotplug, each seen to fire: a tree with defects of ours in the kernel's own functions,
 * executed beside the tree as it is, where none of them fires.
 */
import assert from 'node:assert/strict';
import { MemoryTree, type SourceTree } from '../../src/base/tree.ts';
import type { FailingCall } from '../../src/kernel/api.ts';
import type { ArchProfile, MachineModel } from '../../src/model/api.ts';
import { builtInMachines } from '../../src/model/machines.ts';
import { Executor } from '../../src/review/execute.ts';
import { formatValue } from '../../src/review/format.ts';
import { parseScenario, type Scenario, withFailingCall } from '../../src/review/scenario.ts';
import { compileWorld } from '../../src/review/world.ts';
import { expandUnits } from '../../src/review/zone/units.ts';
import { diskTree, needKernel } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { inFunction } from '../support/source-edits.ts';

const model = readModelFiles();
const machine = (name: string) => builtInMachines.get(name)!;
const scenario = (name: string): Scenario =>
  parseScenario(name, model.get(`scenarios/${name}.c`)!, { path: `scenarios/${name}.c`, builtIn: true }).scenario;

type Edit = (text: string) => string;
/** A tree with edited files. */
function edited(tree: SourceTree, edits: Readonly<Record<string, readonly Edit[]>>): SourceTree {
  const files = new Map<string, string>();
  for (const [path, list] of Object.entries(edits))
    files.set(
      path,
      list.reduce((text, edit) => edit(text), tree.read(path)!),
    );
  return new MemoryTree(files, tree);
}

/** The search goes one bit further than there are pages, and in steps of a page. */
const search: readonly Edit[] = [
  (text) => inFunction(text, 'gfr_start', 'PHYSMEM_END', '(1ULL << (MAX_PHYSMEM_BITS + 1)) - 1'),
  (text) => text.replace(/(#define GFR_DEFAULT_ALIGN\s+).*/, '$1PAGE_SIZE'),
];
/** It stands in one of two files, or in both. */
const present: Edit = (text) =>
  text.includes('fill_subsection_map') ? inFunction(text, 'fill_subsection_map', 'rc = -EEXIST', 'rc = 0') : text;
const defects: Readonly<Record<string, readonly Edit[]>> = {
  'kernel/resource.c': search,
  // Pages of devices count as memory.
  'arch/x86/mm/init_64.c': [(text) => inFunction(text, 'add_pages', '!params->pgmap', 'true')],
  // Sections that are taken already are taken again.
  'mm/sparse.c': [present],
  'mm/sparse-vmemmap.c': [present],
  'mm/memremap.c': [
    (text) => inFunction(text, 'pagemap_range', 'return -ENOMEM;', ''),
    (text) => inFunction(text, 'pagemap_range', 'return -ENOMEM;', ''),
    (text) => inFunction(text, 'pagemap_range', 'mem_hotplug_done();', ';'),
    (text) => inFunction(text, 'pagemap_range', 'if (!is_private)', 'if (false)'),
    (text) => inFunction(text, 'pagemap_range', 'pgmap_array_delete(range);', ''),
    (text) => inFunction(text, 'memunmap_pages', 'percpu_ref_exit(&pgmap->ref);', ''),
  ],
  'mm/memory_hotplug.c': [
    (text) => inFunction(text, 'add_memory_resource', 'arch_remove_memory(start, size, params.altmap', '((void)0'),
  ],
};

/** Who holds a page is not waited for; what was taken stays. */
const careless: Readonly<Record<string, readonly Edit[]>> = {
  'mm/memremap.c': [(text) => inFunction(text, 'memunmap_pages', 'wait_for_completion(&pgmap->done);', ';')],
  'mm/memory_hotplug.c': [
    (text) => inFunction(text, 'try_remove_memory', 'remove_memory_block_devices(start, size);', ';'),
    (text) => inFunction(text, '__add_memory', 'release_memory_resource(res);', ';'),
  ],
  'drivers/dax/kmem.c': [
    (text) => inFunction(text, 'dev_dax_kmem_probe', 'memory_group_unregister(data->mgid);', ';'),
    (text) => inFunction(text, 'dev_dax_kmem_probe', 'clear_node_memory_type(numa_node, mtype);', ';'),
  ],
};
const outlived = `// units: zones
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>
IOMEM_PAGEMAP(map, MEMORY_DEVICE_PRIVATE);
THREAD(gpu)
{
	struct resource *res = request_free_mem_region(&iomem_resource, SZ_256M, "gpu");

	iomem_pagemap_at(&map, res->start, SZ_256M);
	memremap_pages(&map, 0);
	release_mem_region(res->start, SZ_256M);
}
`;

const version = '6.12';
describe(`rules of device memory on Linux ${version}`, function () {
  this.timeout(600_000);
  let clean: Executor;
  let broken: Executor;
  let forgetful: Executor;
  const names = ['zone-theft', 'zone-odd', 'zone-dax', 'zone-plug', 'zone-over-ram', 'zone-shared', 'zone-kmem'];
  const scenarios = new Map(names.map((name) => [name, scenario(name)]));
  scenarios.set('outlived', parseScenario('outlived.c', outlived).scenario);

  function executor(tree: SourceTree, profile: ArchProfile, more: readonly Scenario[] = []): Executor {
    const world = compileWorld({
      which: 'after',
      tree,
      model,
      profile,
      units: expandUnits(['kernel/resource.c', 'zones'], tree, profile),
      scenarios: [...scenarios.values(), ...more],
      faults: true,
    });
    assert.deepEqual(world.compiled.errors, []);
    return new Executor(world, { budget: { statements: 64_000_000 } });
  }
  before(function () {
    const tree = diskTree(needKernel(this, version));
    const { profile } = machine('x86_64');
    clean = executor(tree, profile);
    broken = executor(edited(tree, defects), profile);
    forgetful = executor(edited(tree, careless), profile);
  });

  /** Problems of one execution, without what the kernel itself warns of, as `rule: message (file)`. */
  function problems(on: Executor, name: string, on2: string, fault?: FailingCall): readonly string[] {
    const plain = scenarios.get(name)!;
    const { events } = on.run(fault ? withFailingCall(plain, fault) : plain, machine(on2));
    return events.flatMap((e) =>
      e.kind === 'problem' && !['warning-raised', 'expectation-failed'].includes(e.rule)
        ? [`${e.rule}: ${e.message} (${on.world.place(e.loc).file})`]
        : [],
    );
  }
  function fires(name: string, on: string, rule: RegExp, fault?: FailingCall, where = broken): void {
    const found = problems(where, name, on, fault);
    assert.ok(
      found.some((p) => rule.test(p)),
      `${rule} is not among:\n${found.join('\n')}`,
    );
    const before = problems(clean, name, on, fault);
    assert.ok(!before.some((p) => rule.test(p)), before.join('\n'));
  }

  it('a region beyond struct page, and one of no whole subsections', () => {
    fires('zone-theft', 'x86_64', /^unreachable-pfn: “nouveau” .*MAX_PHYSMEM_BITS 46.*\(kernel\/resource\.c\)$/);
    fires('zone-odd', 'x86_64', /^misaligned-region: “odd” .*not aligned to 0x200000/);
  });
  it('two pagemaps of the same frames', () => {
    fires('zone-dax', 'server', /^pagemap-overlap: the pagemap of \[0x301fe00000-0x30201fffff\] holds frames/);
  });
  it('max_pfn that device memory raises, whether or not it is there at the end', () => {
    fires('zone-dax', 'server', /^max-pfn-raised: max_pfn is 0x30\w+ and was 0x2080000/);
  });
  it('what is left behind: a reference count, a shadow, an entry of pgmap_array', () => {
    fires('zone-dax', 'server', /^unbalanced: a percpu_ref .*percpu_ref_exit\(\) is missing.*\(mm\/memremap\.c\)$/);
    const refused = { function: 'add_pages', number: 1 };
    fires('zone-dax', 'server', /^unbalanced: the KASAN shadow of \[0x3000000000-/, refused);
    fires('zone-dax', 'server', /^unbalanced: the entry of \[0x3000000000-0x301fdfffff\] in pgmap_array/, refused);
  });
  it('the lock of memory hotplug, and memory that is lost', () => {
    const shadow = { function: 'kasan_add_zero_shadow', number: 1 };
    fires('zone-dax', 'server', /^recursive-lock: .*mem_hotplug_lock/, shadow);
    const blocks = { function: '__iomem_create_memory_blocks', number: 1 };
    fires('zone-plug', 'server', /^unbalanced: the memmap of a section .*the memory is lost/, blocks);
  });

  it('a pagemap that does not wait for who holds it, and one that outlives its region', () => {
    fires(
      'zone-shared',
      'server',
      /^api-misuse: percpu_ref_put\(\) on .* left by percpu_ref_exit/,
      undefined,
      forgetful,
    );
    const [told, ...more] = problems(clean, 'outlived', 'x86_64');
    assert.match(told ?? '', /^unbalanced: the pagemap of \[0x3ffff0000000-.* though its addresses were given back/);
    assert.deepEqual(more, []);
  });
  it('blocks, memory in the tree, groups and types of memory that nobody takes back', () => {
    const refused = { function: 'arch_add_memory', number: 1 };
    const added = { function: 'add_memory_driver_managed', number: 1 };
    fires('zone-plug', 'server', /^unbalanced: a memory block of \[0x.* its memory is gone/, undefined, forgetful);
    fires('zone-plug', 'server', /^unbalanced: “System RAM” \[0x.* no memory block is of it/, refused, forgetful);
    fires('zone-kmem', 'cxl-window', /^unbalanced: memory group 0, .*memory_group_unregister/, added, forgetful);
    fires('zone-kmem', 'cxl-window', /^unbalanced: the memory type of node 1, .*clear_node/, added, forgetful);
  });

  it('a region above what KASLR leaves of the direct map', function () {
    const tree = diskTree(needKernel(this, version));
    const { profile } = machine('kaslr');
    const server = { ...machine('server'), profile };
    const inside = scenario('zone-kaslr');
    // Once ZONE_DEVICE made no difference: 130 GiB of memory leave 1 + 10 TiB.
    const trimmed = {
      'arch/x86/mm/kaslr.c': [(text: string) => text.replace('!IS_ENABLED(CONFIG_ZONE_DEVICE) &&', '')],
    };
    const told = edited(tree, trimmed);
    const untold = edited(tree, {
      ...trimmed,
      'kernel/resource.c': [
        (text) => inFunction(text, 'gfr_start', 'PHYSMEM_END', '(1ULL << MAX_PHYSMEM_BITS) - 1'),
        (text) => inFunction(text, 'gfr_continue', 'PHYSMEM_END', '(1ULL << MAX_PHYSMEM_BITS) - 1'),
      ],
    });
    const [first, second] = [told, untold].map((source) => executor(source, profile, [inside]));
    const seen = (on: Executor, what: Scenario, where: MachineModel): readonly string[] =>
      on
        .run(what, where)
        .events.flatMap((e) => (e.kind === 'observe' ? [formatValue(e.value)] : e.kind === 'problem' ? [e.rule] : []));
    const found = [first!, second!].map((on) => seen(on, scenarios.get('zone-theft')!, server));
    // Where the direct map ends, memory cannot be plugged; the kernel's own regions come one after the other.
    const regions = ['0xffff888000000000', '0xb', '0xffff938040000000', '0x20', '0xffffb38080000000', '0x1'];
    assert.deepEqual(seen(first!, inside, machine('kaslr')), ['0xaffffffffff', '0xaffffffffff', '-E2BIG', ...regions]);
    assert.deepEqual(found, [['0xaff80000000'], ['0x3fff80000000', 'above-direct-map', 'hotplug-range-taken']]);
  });
});
