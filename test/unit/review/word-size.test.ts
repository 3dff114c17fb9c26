/* Machines whose `unsigned long` is narrower than a physical address: what is lost there, and only there. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
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
});
