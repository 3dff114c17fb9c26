/*
 * The search for calls that tell a patch's two worlds apart, on real kernels: single-token mutants are told apart, what was
 * only written in another way is not. npm run bench takes all mutants and the whole corpus.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runKunit } from '../../src/review/kunit.ts';
import type { PatchReport } from '../../src/review/report.ts';
import { review } from '../../src/review/review.ts';
import { needCorpus } from '../support/corpus.ts';
import { diskTree, needKernel } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { mutantsOf } from '../support/mutants.ts';
import { refactoringsOf } from '../support/refactorings.ts';
import { firstDifference, openSearch } from '../support/search.ts';
import { patchOf } from '../support/source-edits.ts';

const FILE = 'kernel/resource.c';
const SUITE = 'kernel/resource_kunit.c';

describe('search on Linux 6.12', function () {
  this.timeout(900_000);
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

  it('gives the same report for the same seed', async function () {
    const corpus = needCorpus(this, '6.12');
    const report = await searched(corpus.patch('036-ascending-from-zero'));
    known.clear();
    const again = await searched(corpus.patch('036-ascending-from-zero'));
    assert.equal(JSON.stringify(again), JSON.stringify(report));
    const { search } = report;
    assert.equal(search?.stopped, 'budget');
    assert.equal(search.lines.covered, search.lines.of);
    const [first] = search.differences;
    assert.match(first?.sentence ?? '', /^alloc_free_mem_region\(.*before.*after/);
    assert.equal(first?.at.file, FILE);
    assert.ok(first.at.patchLine);
  });

  it('exports KUnit cases that, among the cases of the tree, pass in one world and fail in the other', async function () {
    const corpus = needCorpus(this, '6.12');
    const tried: string[] = [];
    const ids = ['036-ascending-from-zero', '034-sysram-only-release'];
    for (const id of ids) {
      const text = corpus.patch(id);
      for (const { kunit, sentence } of (await searched(text)).search?.differences ?? []) {
        if (kunit === undefined) continue;
        const name = /static void (\w+)\(struct kunit/.exec(kunit)![1]!;
        const base = diskTree(folder);
        const suite = base
          .read(SUITE)!
          .replace(/^static struct kunit_case \w+\[\] = \{\n/m, (list) => `${kunit}\n${list}\tKUNIT_CASE(${name}),\n`);
        const result = await runKunit({
          path: SUITE,
          tree: { read: (path) => (path === SUITE ? suite : base.read(path)) },
          model,
          machine: 'empty',
          patch: { text, name: `${id}.patch` },
        });
        const status = (run: typeof result.after | undefined) => run?.cases.find((c) => c.name === name);
        const [expected, other] = /what happens after the patch/.test(kunit)
          ? [result.after, result.before]
          : [result.before, result.after];
        assert.deepEqual(
          status(expected)?.failures.map((f) => f.message),
          [],
          sentence,
        );
        assert.equal(status(expected)?.status, 'ok');
        assert.equal(status(other)?.status, 'failed', `${id}: ${sentence}`);
        tried.push(id);
        break;
      }
    }
    assert.deepEqual(tried, ids);
  });

  const known = new Map<string, PatchReport>();
  async function searched(patchText: string): Promise<PatchReport> {
    const had = known.get(patchText);
    if (had) return had;
    const { report } = await review({
      patchText,
      patchName: 'test.patch',
      tree: diskTree(folder),
      model,
      builtIns: false,
      search: { when: 'always', sequences: 20 },
    });
    known.set(patchText, report.patches[0]!);
    return report.patches[0]!;
  }
});
