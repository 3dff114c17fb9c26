/*
 * The search for calls that tell a patch's two worlds apart, on real kernels: single-token mutants are told apart, what was
 * only written in another way is not. npm run bench takes all mutants and the whole corpus.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runKunit } from '../../src/review/kunit.ts';
import { review } from '../../src/review/review.ts';
import { needCorpus } from '../support/corpus.ts';
import { diskTree, needKernel } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { mutantsOf } from '../support/mutants.ts';
import { refactoringsOf } from '../support/refactorings.ts';
import { firstDifference, openSearch } from '../support/search.ts';
import { patchOf } from '../support/source-edits.ts';

const FILE = 'kernel/resource.c';

describe('search on Linux 6.12', function () {
  this.timeout(120_000);
  const model = readModelFiles();
  let folder = '';
  let text = '';

  before(function () {
    folder = needKernel(this, '6.12');
    text = readFileSync(join(folder, FILE), 'utf8');
  });

  it('tells mutants apart: a bound, an operator, a constant, a lock that is not taken', async () => {
    const all = mutantsOf(text, (fn) =>
      /^(__request_resource|__adjust_resource|__insert_resource|release_resource)$/.test(fn.name),
    );
    for (const kind of ['bound', 'operator', 'constant', 'lock'] as const) {
      const mutant = all.find((m) => m.kind === kind);
      assert.ok(mutant, kind);
      const open = await openSearch(diskTree(folder), model, patchOf(FILE, text, mutant.text, mutant.what));
      assert.ok(open, `${mutant.what} in ${mutant.function}() compiles to the same code`);
      assert.ok(firstDifference(open, 1500) !== undefined, `${mutant.function}():${mutant.line}: ${mutant.what}`);
    }
  });

  it('finds no difference where code was only written in another way', async () => {
    const list = refactoringsOf(text, 40, /^(r_|strict|iomem_fs|iomem_init|ioresources)/);
    // One of each kind that is not the same code to begin with.
    for (const kind of ['extract', 'invert', 'reorder', 'loop'] as const) {
      const made = list.find((r) => r.kind === kind);
      assert.ok(made, kind);
      const open = await openSearch(diskTree(folder), model, patchOf(FILE, text, made.text, kind));
      if (!open) continue;
      const { hunt } = open.prepared;
      assert.equal(
        firstDifference(open, 300),
        undefined,
        `${kind} in ${made.function}(): ${[...hunt.found.keys()].join('; ')}`,
      );
      assert.ok(hunt.reached > 0, `${made.function}() was never reached`);
    }
  });

  it('gives the same report for the same seed, and a KUnit case that passes after and fails before', async function () {
    const corpus = needCorpus(this, '6.12');
    const run = async () =>
      await review({
        patchText: corpus.patch('036-ascending-from-zero'),
        patchName: '036.patch',
        tree: diskTree(folder),
        model,
        builtIns: false,
        search: { when: 'always', sequences: 80 },
      });
    const { report } = await run();
    assert.equal(JSON.stringify((await run()).report), JSON.stringify(report));
    const { search } = report.patches[0]!;
    assert.equal(search?.stopped, 'budget');
    assert.equal(search.lines.covered, search.lines.of);
    const [first] = search.differences;
    assert.match(first?.sentence ?? '', /^alloc_free_mem_region\(.*before.*after/);
    const { kunit } = first!;
    assert.ok(kunit);
    const name = /static void (\w+)\(struct kunit/.exec(kunit)![1]!;
    const suite = `#include <kunit/test.h>\n#include <linux/ioport.h>\n#include <linux/slab.h>\n${kunit}
static struct kunit_case cases[] = { KUNIT_CASE(${name}), {} };
static struct kunit_suite suite = { .name = "search", .test_cases = cases };
kunit_test_suite(suite);\n`;
    const base = diskTree(folder);
    const result = await runKunit({
      path: 'kernel/search_kunit.c',
      tree: { read: (path) => (path === 'kernel/search_kunit.c' ? suite : base.read(path)) },
      model,
      machine: 'empty',
      patch: { text: corpus.patch('036-ascending-from-zero'), name: '036.patch' },
    });
    const status = (run: typeof result.after | undefined): unknown =>
      run?.cases.map((c) => [c.status, c.failures.map((f) => f.message)]);
    assert.deepEqual(status(result.after), [['ok', []]]);
    assert.equal(result.before?.cases[0]?.status, 'failed', JSON.stringify(status(result.before)));
  });
});
