/*
 * Rules about device memory and memory hotplug, each seen to fire: a tree with defects of ours in the kernel's own functions,
 * executed beside the tree as it is, where none of them fires.
 */
import assert from 'node:assert/strict';
import { MemoryTree, type SourceTree } from '../../src/base/tree.ts';
import type { FailingCall } from '../../src/kernel/api.ts';
import type { ArchProfile } from '../../src/model/api.ts';
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

const version = '6.12';
describe(`rules of device memory on Linux ${version}`, function () {
  this.timeout(120_000);
  let clean: Executor;
  let broken: Executor;
  const names = ['zone-theft', 'zone-odd', 'zone-dax', 'zone-plug', 'zone-over-ram'];
  const scenarios = new Map(names.map((name) => [name, scenario(name)]));

  function executor(tree: SourceTree, profile: ArchProfile): Executor {
    const world = compileWorld({
      which: 'after',
      tree,
      model,
      profile,
      units: expandUnits(['kernel/resource.c', 'zones'], tree, profile),
      scenarios: [...scenarios.values()],
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
  function fires(name: string, on: string, rule: RegExp, fault?: FailingCall): void {
    const found = problems(broken, name, on, fault);
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

  it('a region above what KASLR leaves of the direct map', function () {
    const tree = diskTree(needKernel(this, version));
    const { profile: plain } = machine('x86_64');
    const profile = {
      ...plain,
      name: 'x86_64 KASLR',
      config: new Map([...plain.config, ['CONFIG_RANDOMIZE_MEMORY', 'y']]),
    };
    const server = { ...machine('server'), profile };
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
    const found = [told, untold].map((source) => {
      const { events } = executor(source, profile).run(scenarios.get('zone-theft')!, server);
      return events.flatMap((e) =>
        e.kind === 'observe' ? [formatValue(e.value)] : e.kind === 'problem' ? [e.rule] : [],
      );
    });
    assert.deepEqual(found, [['0xaff80000000'], ['0x3fff80000000', 'above-direct-map', 'hotplug-range-taken']]);
  });
});
