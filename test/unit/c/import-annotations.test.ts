/* Annotations of locks behind a function's parameters, in a unit that takes declarations from its tree. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
import { runScenario } from '../../../src/review/run-scenario.ts';
import { readModelFiles } from '../../support/model-files.ts';

const UNIT = 'drivers/toy/toy.c';

describe('annotations of functions', function () {
  this.timeout(60_000);

  it('are no functions of their own where a header of the tree is wanted, too', async () => {
    const tree = new MemoryTree(
      new Map([
        [
          UNIT,
          `#include <linux/toy.h>
static DEFINE_SPINLOCK(toy_lock);

static int toy_start(int n)
	__acquires(toy_lock)
{
	spin_lock(&toy_lock);
	return n + TOY_STEP;
}
static void toy_stop(void) __releases(toy_lock)
{
	spin_unlock(&toy_lock);
}
long answer(void)
{
	int n = toy_start(1);

	toy_stop();
	return n;
}
`,
        ],
        ['include/linux/toy.h', '#include <linux/spinlock.h>\n#define TOY_STEP 41\n'],
      ]),
    );
    const [run] = await runScenario({
      scenarioName: 's.c',
      scenarioText: `// unit: ${UNIT}\n#include <iomem-review.h>\nlong answer(void);\nCHECK { OBSERVE((u64)answer()); }\n`,
      model: readModelFiles(),
      tree,
    });
    assert.deepEqual(run!.outcome.problems, []);
    assert.equal(BigInt(run!.outcome.observations[0]!.value), 42n);
  });
});
