/*
 * Drivers that make device memory, executed: the functions of the tree that request the region, in scenarios that are part of
 * the driver's unit; and a patch to such a driver, before and after.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryTree } from '../../src/base/tree.ts';
import { builtInMachines } from '../../src/model/machines.ts';
import { Executor } from '../../src/review/execute.ts';
import { formatValue } from '../../src/review/format.ts';
import { review } from '../../src/review/review.ts';
import { parseScenario, type Scenario } from '../../src/review/scenario.ts';
import { compileWorld } from '../../src/review/world.ts';
import { expandUnits } from '../../src/review/zone/units.ts';
import { diskTree, needKernel, type Version, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { inFunction, patchOf } from '../support/source-edits.ts';
import { skipOrFail } from '../support/tools.ts';

const model = readModelFiles();
const AMDGPU = 'drivers/gpu/drm/amd/amdgpu/amdgpu.h';

const both = {
  // 2 MiB, which the search rounds up to a section; the page is the last of them. Buffer objects and pins are given back.
  'zone-nouveau': ['0x3ffff8000000', '0x7e00', 'NULL', '0x0', '0x0'],
  // 512 MiB of MEMORY_DEVICE_PRIVATE; unbinding releases two resources.
  'zone-amdkfd': ['NULL', '0x3fffe0000000', '0x1', '0x2'],
  // Two blocks of 2 GiB; of two more the device has one, the other it refuses.
  'zone-virtio-mem-driver': ['0x2', '0x100000000', '0x2', 'NULL', '-EAGAIN', '0x1', '0x3'],
};
/** What each observes where nothing fails. Flows of one version are of different units, and so of one world. */
const flows: Readonly<Record<Version, Readonly<Record<string, readonly string[]>>>> = {
  '6.1': {
    ...both,
    // The last page of the range that it was told of comes first.
    'zone-hmm-coherent': ['0x300ffff000', 'NULL'],
    'zone-cxl-hpa': ['-EINVAL', 'NULL', '0x3040000000'],
  },
  '6.12': {
    ...both,
    // Two devices of 256 MiB, the second below the first.
    'zone-hmm': ['0x3ffff0000000', '0x3fffe0000000', 'NULL'],
    // Since 6.3 a region that firmware has set up is found.
    'zone-cxl-auto': ['0x3000000000', '0x40000000', 'NULL', '0x1'],
  },
};

for (const version of versions)
  describe(`drivers of device memory of Linux ${version}`, function () {
    this.timeout(600_000);
    const scenarios = new Map<string, Scenario>();
    let executor: Executor;
    before(function () {
      const folder = needKernel(this, version);
      const tree = diskTree(folder);
      for (const name of Object.keys(flows[version])) {
        const path = `scenarios/${name}.c`;
        const { scenario } = parseScenario(name, model.get(path)!, { path, builtIn: true });
        // Of amdgpu, which an older cache of the sources has not.
        if (name !== 'zone-amdkfd' || existsSync(join(folder, AMDGPU))) scenarios.set(name, scenario);
      }
      const { profile } = builtInMachines.get('x86_64')!;
      const units = ['kernel/resource.c', ...[...scenarios.values()].flatMap((s) => s.units)];
      const world = compileWorld({
        which: 'after',
        tree,
        model,
        profile,
        units: expandUnits(units, tree, profile),
        scenarios: [...scenarios.values()],
        faults: true,
      });
      executor = new Executor(world, { budget: { statements: 64_000_000 } });
    });
    for (const [name, expected] of Object.entries(flows[version]))
      it(name, function () {
        const scenario = scenarios.get(name);
        if (!scenario) skipOrFail(this, `no ${AMDGPU} among the sources of ${version}`);
        const execution = executor.run(scenario, builtInMachines.get(scenario.machines[0]!)!);
        assert.equal(execution.end, 'ok');
        assert.deepEqual(
          execution.events.flatMap((e) =>
            e.kind === 'problem' ? [`${e.rule}: ${e.message}`] : e.kind === 'stub' ? [e.name] : [],
          ),
          [],
        );
        assert.deepEqual(
          execution.events.flatMap((e) => (e.kind === 'observe' ? [formatValue(e.value)] : [])),
          expected,
        );
        // The driver's code, not a copy of its calls; each of its calls can be made to fail.
        const ran = [...execution.coverage.keys()].some((loc) => executor.world.place(loc).file === scenario.inside);
        assert.ok(ran);
        assert.ok(execution.calls.length > 4);
      });
  });

describe('a patch to a driver of device memory', function () {
  this.timeout(600_000);
  it('CXL: the region of one that goes away is freed, and stays in the tree', async function () {
    const folder = needKernel(this, '6.12');
    const path = 'drivers/cxl/core/region.c';
    const tree = diskTree(folder);
    const text = tree.read(path)!;
    const changed = inFunction(text, 'cxl_region_iomem_release', 'remove_resource(p->res);', ';');
    const { report } = await review({
      patchText: patchOf(path, text, changed, 'cxl/region: keep it'),
      patchName: 'cxl.patch',
      tree,
      model,
    });
    const [patch] = report.patches;
    const found = patch!.findings.map((f) => `${f.class} ${f.rule} ${f.patchLine !== undefined} ${f.message}`);
    for (const wanted of [
      /^introduced tree-invariant true below "CXL Window 9" .*was freed and is still linked/,
      /^change tree-change true “System RAM” \[0x3000000000-0x303fffffff\] is in the tree only before the patch/,
    ])
      assert.ok(
        found.some((text) => wanted.test(text)),
        `${wanted} is not among:\n${found.join('\n')}`,
      );
    // Only its own scenarios are compiled for it.
    assert.deepEqual([...new Set(patch!.scenarios.map((s) => s.name.split('+')[0]))].sort(), [
      'zone-cxl-auto',
      'zone-cxl-hpa',
    ]);
    assert.deepEqual(patch!.stubs, []);
  });

  it('a scenario inside of a unit that the tree has not is an error', async () => {
    const { runScenario } = await import('../../src/review/run-scenario.ts');
    const scenarioText = '// title: a\n// inside: lib/absent.c\n#include <iomem-review.h>\nTHREAD(a) { }\n';
    const tree = new MemoryTree(new Map([['kernel/resource.c', 'int x;\n']]));
    await assert.rejects(runScenario({ scenarioName: 'a.c', scenarioText, tree, model }), { code: 'C042' });
  });
});
