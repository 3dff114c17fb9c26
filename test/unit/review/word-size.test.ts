/* Machines whose `unsigned long` is narrower than a physical address: what is lost there, and only there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { MemoryTree } from '../../../src/base/tree.ts';
import { review } from '../../../src/review/review.ts';
import { runScenario } from '../../../src/review/run-scenario.ts';
import { readModelFiles } from '../../support/model-files.ts';

const model = readModelFiles();
const source = `#include <linux/ioport.h>
#include <linux/sizes.h>
/* Keeps an address in a long: on 32-bit machines the upper half is gone. */
unsigned long narrow(resource_size_t start)
{
	unsigned long kept = start;

	return kept;
}
resource_size_t wide(resource_size_t start)
{
	return start + SZ_4K;
}
`;
const scenario = `// unit: kernel/narrow.c
#include <iomem-review.h>
unsigned long narrow(resource_size_t start);
resource_size_t wide(resource_size_t start);
CHECK {
	OBSERVE(sizeof(unsigned long));
	OBSERVE(sizeof(resource_size_t));
	OBSERVE((u64)narrow((resource_size_t)0x123456000ULL));
	OBSERVE((u64)wide((resource_size_t)0x1fffff000ULL));
	OBSERVE(min_t(unsigned long, (resource_size_t)0x100000000ULL, 5));
}
`;

async function values(machine: string): Promise<string[]> {
  const tree = new MemoryTree(new Map([['kernel/narrow.c', source]]));
  const [run] = await runScenario({ scenarioName: 's.c', scenarioText: scenario, model, tree, machine });
  assert.equal(run?.outcome.end, 'ok');
  return run.outcome.observations.map((o) => BigInt(o.value).toString(16));
}

describe('the width of words', function () {
  this.timeout(60_000);

  it('is 64 bits on x86_64, addresses too', async () => {
    assert.deepEqual(await values('x86_64'), ['8', '8', '123456000', '200000000', '5']);
  });
  it('is 32 bits on i386 with PAE, and addresses have 64: a long loses half of one', async () => {
    assert.deepEqual(await values('i386-pae'), ['4', '8', '23456000', '200000000', '0']);
  });
  it('is 32 bits on arm, addresses too', async () => {
    assert.deepEqual(await values('arm'), ['4', '4', '23456000', '0', '0']);
  });

  it('decides what a patch does that keeps an end in a long', async () => {
    const folder = join(import.meta.dirname, '../../fixtures/seed-tree');
    const names = ['Makefile', 'kernel/resource.c', 'include/linux/ioport.h'];
    const tree = new MemoryTree(new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')])));
    const file = 'kernel/resource.c';
    const old = tree.read(file)!;
    const now = old.replace(
      /^(int region_intersects\([^{]*\{\n)\tresource_size_t end/m,
      (_all, head: string) => `${head}\tunsigned long end`,
    );
    assert.notEqual(now, old);
    const patchText = createTwoFilesPatch(`a/${file}`, `b/${file}`, old, now, undefined, undefined, { context: 3 });
    // A region above 4 GiB: what its end loses in 32 bits, decides.
    const own = `#include <iomem-review.h>
static struct resource high = { .start = 0x100000000ULL, .end = 0x1ffffffffULL, .name = "high", .flags = IORESOURCE_MEM };
CHECK {
	if (high.end > high.start && !insert_resource(&iomem_resource, &high))
		OBSERVE(region_intersects(0x180000000ULL, 0x1000, IORESOURCE_MEM, IORES_DESC_NONE));
}
`;
    const changes = async (machine: string): Promise<number> => {
      const scenarios = [{ name: 'high.c', text: `// machine: ${machine}\n${own}` }];
      const { report } = await review({ patchText, patchName: 'narrow', tree, model, machine, scenarios });
      const [patch] = report.patches;
      assert.ok(patch!.scenarios.some((s) => s.name === 'high.c' && s.machine === machine));
      return patch!.findings.filter((f) => f.rule === 'return-change' && f.cases.some((c) => c.scenario === 'high.c'))
        .length;
    };
    assert.equal(await changes('x86_64'), 0);
    assert.equal(await changes('i386-pae'), 1);
  });
});
