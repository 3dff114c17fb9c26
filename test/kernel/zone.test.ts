/*
 * Device memory and memory hotplug of real kernels: mm/memremap.c, mm/memory_hotplug.c, mm/sparse*.c, drivers/dax/kmem.c
 * and arch/x86/mm/init_64.c, unmodified, on machines that real kernel logs describe.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineModel } from '../../src/model/api.ts';
import { machineOfDmesg } from '../../src/model/dmesg-machine.ts';
import { builtInMachines } from '../../src/model/machines.ts';
import { type Execution, Executor } from '../../src/review/execute.ts';
import { formatValue } from '../../src/review/format.ts';
import { parseScenario, type Scenario } from '../../src/review/scenario.ts';
import { compileWorld, type World } from '../../src/review/world.ts';
import { expandUnits } from '../../src/review/zone/units.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { skipOrFail } from '../support/tools.ts';

const DMESG = join(import.meta.dirname, '../../../shared/dmesg');
const model = readModelFiles();
const machineOf = (name: string): MachineModel =>
  machineOfDmesg(readFileSync(join(DMESG, `${name}.txt`), 'utf8'), name);

/** The search ends where the report of a theft on Hyper-V says that it should. */
const BOUND = 0xfffffffffn;
const bounded = `// units: zones
#include <iomem-review.h>
static struct resource *res;
SETUP
{
	iomem_resource.end = ${BOUND};
}
THREAD(nouveau)
{
	res = request_free_mem_region(&iomem_resource, SZ_2G, "nouveau");
	OBSERVE(res->start);
}
`;
/** A driver whose region and pagemap stay: what the end of an execution is judged by. */
const own = `// units: zones
#include <iomem-review.h>
#include <iomem-review/zone.h>
#include <linux/memremap.h>
IOMEM_PAGEMAP(map, MEMORY_DEVICE_PRIVATE);
static struct resource *res;
static struct page *first, *last;
THREAD(gpu)
{
	unsigned long before = max_pfn;

	res = request_free_mem_region(&iomem_resource, SZ_256M, "gpu");
	iomem_pagemap_at(&map, res->start, SZ_256M);
	OBSERVE(IS_ERR(memremap_pages(&map, 0)));
	first = pfn_to_page(PHYS_PFN(res->start));
	last = pfn_to_page(PHYS_PFN(res->end));
	OBSERVE(last - first);
	OBSERVE(page_to_pfn(last) == PHYS_PFN(res->end));
	OBSERVE(page_to_pfn(pfn_to_page(0x123456789UL)) == 0x123456789UL);
	OBSERVE(pfn_to_page(0x3ff000000UL) - pfn_to_page(0x1000UL));
	zone_device_page_init(last);
	OBSERVE(last->pgmap == &map);
	OBSERVE(is_zone_device_page(last));
	OBSERVE(max_pfn == before);
	OBSERVE(pfn_to_online_page(PHYS_PFN(res->start)) == NULL);
	OBSERVE(pfn_to_online_page(0x100) != NULL);
}
`;

for (const version of versions) {
  describe(`device memory and memory hotplug of Linux ${version}`, function () {
    this.timeout(600_000);
    let world: World;
    const scenarios = new Map<string, Scenario>();
    const executors = new Map<string, Executor>();

    let folder = '';

    before(function () {
      folder = needKernel(this, version);
      const tree = diskTree(folder);
      for (const [path, text] of model)
        if (path.startsWith('scenarios/zone-')) {
          const name = path.slice('scenarios/'.length, -'.c'.length);
          const { scenario } = parseScenario(name, text, { path, builtIn: true });
          // Those in zone-drivers.test.ts have worlds of their own.
          if (!scenario.inside) scenarios.set(name, scenario);
        }
      scenarios.set('own', parseScenario('own.c', own).scenario);
      scenarios.set('bounded', parseScenario('bounded.c', bounded).scenario);
      const { profile } = builtInMachines.get('x86_64')!;
      world = compileWorld({
        which: 'after',
        tree,
        model,
        profile,
        units: expandUnits(['kernel/resource.c', 'zones'], tree, profile),
        scenarios: [...scenarios.values()],
        faults: true,
      });
    });
    function run(name: string, machine: MachineModel): Execution {
      const key = machine.profile.physmemEnd.toString(16);
      let executor = executors.get(key);
      if (!executor) executors.set(key, (executor = new Executor(world, { budget: { statements: 200_000_000 } })));
      return executor.run(scenarios.get(name)!, machine);
    }
    const problems = (execution: Execution): string[] =>
      execution.events.flatMap((e) => (e.kind === 'problem' ? [`${e.rule}: ${e.message}`] : []));
    const observed = (execution: Execution): Record<string, string> =>
      Object.fromEntries(
        execution.events.flatMap((e) => (e.kind === 'observe' ? [[e.expr, formatValue(e.value)]] : [])),
      );
    const stubs = (execution: Execution): string[] =>
      execution.events.flatMap((e) => (e.kind === 'stub' ? [e.name] : []));

    it('every built-in scenario runs to its end, keeps its promises and calls no stub', () => {
      for (const [name, scenario] of scenarios) {
        for (const machine of scenario.machines) {
          const execution = run(name, builtInMachines.get(machine)!);
          const what = `${name} on ${machine}`;
          assert.equal(execution.end, 'ok', what);
          assert.deepEqual(stubs(execution), [], what);
          for (const problem of problems(execution))
            assert.match(problem, /^(warning-raised|hotplug-range-taken): /, what);
        }
      }
    });
    it('pages are where arithmetic puts them, and those of a device can be written', () => {
      const execution = run('own', builtInMachines.get('x86_64')!);
      assert.deepEqual(problems(execution), []);
      assert.deepEqual(observed(execution), {
        'IS_ERR(memremap_pages(&map, 0))': '0x0',
        'last - first': '0xffff',
        'page_to_pfn(last) == PHYS_PFN(res->end)': '0x1',
        'page_to_pfn(pfn_to_page(0x123456789UL)) == 0x123456789UL': '0x1',
        'pfn_to_page(0x3ff000000UL) - pfn_to_page(0x1000UL)': '0x3fefff000',
        'last->pgmap == &map': '0x1',
        'is_zone_device_page(last)': '0x1',
        'max_pfn == before': '0x1',
        'pfn_to_online_page(PHYS_PFN(res->start)) == NULL': '0x1',
        'pfn_to_online_page(0x100) != NULL': '0x1',
      });
    });
    it('the same errors as a kernel: taken, beyond the addresses, crooked', () => {
      const plug = observed(run('zone-plug', builtInMachines.get('server')!));
      assert.deepEqual(plug, {
        'ERR_PTR(added)': 'NULL',
        'ERR_PTR(twice)': '-EEXIST',
        'ERR_PTR(across)': '-EINVAL',
        'ERR_PTR(removed)': 'NULL',
        'ERR_PTR(back)': 'NULL',
      });
      const beyond = Object.values(observed(run('zone-beyond', builtInMachines.get('x86_64')!)));
      assert.deepEqual(beyond, ['-EINVAL', '-E2BIG']);
      const dax = Object.values(observed(run('zone-dax', builtInMachines.get('server')!)));
      assert.deepEqual(dax, ['-ENOMEM', '-EINVAL', '-EINVAL']);
      const ram = Object.values(observed(run('zone-over-ram', builtInMachines.get('cxl-window')!)));
      assert.deepEqual(ram, ['-ENXIO', 'NULL']);
      const virtio = Object.values(observed(run('zone-virtio-mem', builtInMachines.get('server')!)));
      assert.deepEqual(virtio, ['-EEXIST', 'NULL']);
    });

    describe('memory that SRAT announces', () => {
      before(function () {
        if (!existsSync(DMESG)) skipOrFail(this, `no kernel logs in ${DMESG}`);
      });
      /** Who took it, which DIMM fails and with what, which bound would have helped; then the same with that bound. */
      function stolen(
        scenario: string,
        log: string,
      ): { readonly dimm: string; readonly holder: string; readonly bound: string } {
        const machine = machineOf(log);
        const execution = run(scenario, machine);
        assert.equal(execution.end, 'ok');
        const [told, ...more] = problems(execution).filter((p) => p.startsWith('hotplug-range-taken: '));
        assert.ok(told, problems(execution).join('\n'));
        assert.deepEqual(more, []);
        const match =
          /plugging (.+? at 0x[0-9a-f]+) .*fails with -EEXIST because “(.+?)” holds .*; without it add_memory\(\) succeeds; (?:a search that ends at (0x[0-9a-f]+) takes|whatever is free above 4 GiB is announced for hotplug: a search that begins at (0x[0-9a-f]+) finds nothing)/.exec(
            told,
          );
        assert.ok(match, told);
        return { dimm: match[1]!, holder: match[2]!, bound: match[3] ? `up to ${match[3]}` : `from ${match[4]}` };
      }
      it('Hyper-V to 2^52: the first region takes it', () => {
        const log = 'hyperv-guest-srat-hotplug-to-52bit';
        const found = stolen('zone-theft', log);
        assert.deepEqual(found, { dimm: '32 GiB at 0x3ff800000000', holder: 'nouveau', bound: 'up to 0xfffffffff' });
        // With the end of the search there, the region lies elsewhere and nothing is taken.
        const elsewhere = run('bounded', machineOf(log));
        assert.equal(observed(elsewhere)['res->start'], '0xf80000000');
        assert.deepEqual(problems(elsewhere), []);
      });
      for (const [name, log, dimm, bound] of [
        ['Hyper-V to 2^42', 'hyperv-guest-srat-hotplug-to-42bit', '32 GiB at 0x3f800000000', 'from 0x40000000000'],
        ['QEMU with maxmem', 'qemu-maxmem-node0-hotplug', '11 GiB at 0x140000000', 'from 0x400000000'],
        ['QEMU, 3 nodes', 'qemu-3node-hotplug-node2-hildenbrand', '10 GiB at 0x280000000', 'from 0x500000000'],
        ['QEMU, CXL', 'qemu-cxl-soft-reserved-srat-hotplug-lizhijian', '15 GiB at 0x200000000', 'from 0x5c0000000'],
        [
          'a server with 4 nodes',
          'quanta-qssc-s4r-4node-128g-hotplug-v3.14',
          '32 GiB at 0x11900000000',
          'up to 0x20ffffffff',
        ],
      ] as const) {
        it(`${name}: a region above it while there is room, then it`, () => {
          const first = run('zone-theft', machineOf(log));
          assert.ok(BigInt(observed(first)['res->start']!) >= 0x3fff00000000n);
          assert.deepEqual(problems(first), []);
          assert.deepEqual(stolen('zone-fill', log), { dimm, holder: 'nouveau', bound });
        });
      }
      it('a CXL host that has it reserved for software: the search goes around', () => {
        const machine = machineOf('intel-cxl-host-srat-hotplug-fragment');
        for (const name of ['zone-theft', 'zone-fill']) assert.deepEqual(problems(run(name, machine)), []);
      });
    });
  });
}
