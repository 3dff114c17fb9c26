import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
import { withConfig } from '../../../src/review/config.ts';
import { runScenario } from '../../../src/review/run-scenario.ts';
import { readModelFiles } from '../../support/model-files.ts';

const model = readModelFiles();
const source = `#include <linux/ioport.h>
int feature(void)
{
#if defined(CONFIG_FEATURE)
	return IS_ENABLED(CONFIG_OTHER) ? 2 : 1;
#else
	return 0;
#endif
}
`;
const tree = (config?: string) =>
  new MemoryTree(
    new Map([['kernel/feature.c', source], ...(config === undefined ? [] : [['.config', config] as const])]),
  );
const scenario = `// unit: kernel/feature.c
#include <iomem-review.h>
int feature(void);
CHECK { OBSERVE(feature()); }
`;
const answer = async (over: ReturnType<typeof tree>, machine?: string): Promise<string | undefined> => {
  const [run] = await runScenario({
    scenarioName: 's.c',
    scenarioText: scenario,
    model,
    tree: over,
    ...(machine === undefined ? {} : { machine }),
  });
  return run?.outcome.observations[0]?.value;
};

describe('the configuration of a review', function () {
  this.timeout(60_000);

  it('is that of the machine, of the .config in the tree, or the one that is given', async () => {
    assert.equal(await answer(tree()), '0x0');
    assert.equal(await answer(tree('CONFIG_FEATURE=y\n')), '0x1');
    assert.equal(await answer(tree('CONFIG_FEATURE=y\nCONFIG_OTHER=m\n')), '0x2');
    const given = withConfig(tree('CONFIG_FEATURE=y\n'), { text: '# CONFIG_FEATURE is not set\n', name: 'given' });
    assert.equal(await answer(given as ReturnType<typeof tree>), '0x0');
  });

  it('is not that of another architecture', async () => {
    assert.equal(await answer(tree('CONFIG_ARM64=y\nCONFIG_FEATURE=y\n')), '0x0');
    assert.equal(await answer(tree('CONFIG_ARM64=y\nCONFIG_FEATURE=y\n'), 'arm64-4k'), '0x1');
    assert.throws(() => withConfig(tree(), { text: 'CONFIG_ARM64=y\n', name: 'given' }), /R011/);
    withConfig(tree(), { text: 'CONFIG_ARM64=y\n', name: 'given' }, 'arm64-4k');
  });

  it('that cannot be read is an error with its line', async () => {
    await assert.rejects(answer(tree('CONFIG_FEATURE=y\nnonsense\n')), /\.config:2: .*\[D010\]/);
  });
});
