/* The kernel's own suite, kernel/resource_kunit.c, unmodified: on the kernel as it is, and with a patch that it should fail. */
import assert from 'node:assert/strict';
import { MemoryTree, type SourceTree } from '../../src/base/tree.ts';
import { compile } from '../../src/c/compile.ts';
import { type KunitCase, runKunit } from '../../src/kernel/kunit.ts';
import { kernelNatives } from '../../src/kernel/natives.ts';
import { createStepper } from '../../src/machine/stepper.ts';
import { definesOf, profileNamed } from '../../src/model/profiles.ts';
import { applySeries, readPatches } from '../../src/patch/index.ts';
import { needCorpus } from '../support/corpus.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';

function cases(tree: SourceTree): readonly KunitCase[] {
  const { program, errors } = compile({
    target: { wordSize: 8, longLongAlign: 8, charSigned: false },
    units: [
      { path: 'kernel/resource.c', from: 'tree' },
      { path: 'kernel/resource_kunit.c', from: 'tree' },
      { path: 'lib/kernel.c', from: 'model', weak: true },
      { path: 'lib/kunit/kunit.c', from: 'model', weak: true },
    ],
    tree,
    model: new MemoryTree(readModelFiles()),
    fromTree: ['include/linux/ioport.h', 'include/linux/resource_ext.h', 'include/linux/range.h'],
    defines: definesOf(profileNamed('x86_64')!),
  });
  assert.deepEqual(errors.map(String), []);
  const suites = runKunit(createStepper(program, kernelNatives(program)));
  assert.deepEqual(
    suites.map((s) => s.name),
    ['resource'],
  );
  return suites[0]!.cases;
}

describe("the kernel's own KUnit suite", function () {
  this.timeout(60_000);

  for (const version of versions) {
    it(`passes on Linux ${version}`, function () {
      const run = cases(diskTree(needKernel(this, version)));
      assert.deepEqual(
        run.map((c) => [c.name, c.status, ...c.diagnostics]),
        ['resource_test_union', 'resource_test_intersection', 'resource_test_region_intersects']
          .slice(0, version === '6.1' ? 2 : 3)
          .map((name) => [name, 'ok']),
      );
    });
  }
  it('fails in five expectations where region_intersects() looks at the top level only', async function () {
    const tree = diskTree(needKernel(this, '6.12'));
    const { patches } = await readPatches(needCorpus(this, '6.12').patch('015-top-level-only'), { name: '015' });
    const { steps } = applySeries(patches, tree, { direction: 'forward', name: '015' });
    const [step] = steps;
    assert.ok(step?.ok);
    const run = cases(step.after);
    assert.deepEqual(
      run.map((c) => c.status),
      ['ok', 'ok', 'failed'],
    );
    const text = run[2]!.diagnostics.join('\n');
    const lines = [...text.matchAll(/EXPECTATION FAILED at \S*resource_kunit\.c:(\d+)/g)].map((m) => Number(m[1]));
    assert.deepEqual(lines, [271, 275, 279, 282, 286], text);
  });
});
