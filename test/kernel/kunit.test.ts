/* The kernel's own suite, kernel/resource_kunit.c, unmodified: on the kernel as it is, and with a patch that it should fail. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { MemoryTree, type SourceTree } from '../../src/base/tree.ts';
import { compile } from '../../src/c/compile.ts';
import { kunitCommand } from '../../src/cli/kunit.ts';
import { type KunitCase, runKunit } from '../../src/kernel/kunit.ts';
import { kernelNatives } from '../../src/kernel/natives.ts';
import { createStepper } from '../../src/machine/stepper.ts';
import { definesOf, profileNamed } from '../../src/model/profiles.ts';
import { applySeries, readPatches } from '../../src/patch/index.ts';
import { runKunit as runFile } from '../../src/review/kunit.ts';
import { review } from '../../src/review/review.ts';
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

/** `iomem-review kunit`: its exit status and what it prints. */
async function command(args: readonly string[]): Promise<{ readonly status: number; readonly text: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'iomem-review-kunit-'));
  try {
    const out = join(folder, 'ktap');
    const status = await kunitCommand([...args, '--out', out], readModelFiles());
    return { status, text: readFileSync(out, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The result lines of the cases, in each KTAP document of a text. */
const results = (text: string): string[][] =>
  text
    .split(/^(?=KTAP version 1$)/m)
    .map((document) => [...document.matchAll(/^ {4}((?:not )?ok \d+ \w+)$/gm)].map((m) => m[1]!));

describe('iomem-review kunit', function () {
  this.timeout(60_000);
  const suite = 'kernel/resource_kunit.c';

  it('prints KTAP and answers 0 where all cases pass', async function () {
    const { status, text } = await command([suite, '--tree', needKernel(this, '6.12')]);
    assert.equal(status, 0);
    assert.match(text, /^KTAP version 1\n# kernel\/resource_kunit\.c of Linux 6\.12\.\d+ on x86_64\n1\.\.1\n/);
    assert.deepEqual(results(text), [
      ['ok 1 resource_test_union', 'ok 2 resource_test_intersection', 'ok 3 resource_test_region_intersects'],
    ]);
    assert.match(text, /\nok 1 resource\n$/);
  });
  it('prints both worlds and answers 1 where a patch makes a case fail', async function () {
    const patch = join(needCorpus(this, '6.12').folder, '015-top-level-only.patch');
    const { status, text } = await command([suite, '--tree', needKernel(this, '6.12'), '--patch', patch]);
    assert.equal(status, 1);
    const [before, after] = results(text);
    assert.equal(before?.[2], 'ok 3 resource_test_region_intersects');
    assert.equal(after?.[2], 'not ok 3 resource_test_region_intersects');
    assert.deepEqual(
      [...text.matchAll(/^# (before|after) the patch: /gm)].map((m) => m[1]),
      ['before', 'after'],
    );
    assert.equal(text.match(/EXPECTATION FAILED/g)?.length, 5);
  });
  it('answers 0 for a patch that the suite does not notice', async function () {
    const patch = join(needCorpus(this, '6.12').folder, '010-step-by-align.patch');
    assert.equal((await command([suite, '--tree', needKernel(this, '6.12'), '--patch', patch])).status, 0);
  });
  it('tells each case, its failures with their places, and the lines that were executed', async function () {
    const text = needCorpus(this, '6.12').patch('015-top-level-only');
    const { before, after, failed } = await runFile({
      path: suite,
      tree: diskTree(needKernel(this, '6.12')),
      model: readModelFiles(),
      patch: { text, name: '015' },
    });
    assert.deepEqual(failed, ['resource.resource_test_region_intersects']);
    const it = after.cases[2]!;
    assert.equal(it.at?.file, suite);
    assert.deepEqual(
      it.failures.map((f) => [f.at.file, f.at.line]),
      [271, 275, 279, 282, 286].map((line) => [suite, line]),
    );
    assert.match(it.failures[1]!.message, /^Expected REGION_INTERSECTS == region_intersects\(/);
    for (const run of [before!, after]) {
      assert.deepEqual(
        run.coverage.map((f) => f.path),
        ['kernel/resource.c', suite],
      );
      const own = run.coverage[1]!.lines;
      assert.ok(own.filter((l) => l.count > 0).length > own.length * 0.9);
      const core = run.coverage[0]!.lines;
      assert.ok(core.some((l) => l.count > 0) && core.some((l) => l.count === 0));
    }
  });
  it('is part of a review: cases that differ are findings, with the changed line that led there', async function () {
    const text = needCorpus(this, '6.12').patch('015-top-level-only');
    const tree = diskTree(needKernel(this, '6.12'));
    const findings = async (patchText: string, over: typeof tree) => {
      const depth = 'first' as const;
      const input = { patchText, patchName: '015', tree: over, model: readModelFiles(), machine: 'x86_64', depth };
      const { report } = await review(input);
      return report.patches[0]!.findings.filter((f) => f.rule === 'kunit-failed');
    };
    const [introduced, ...more] = await findings(text, tree);
    assert.deepEqual(more, []);
    assert.equal(introduced?.class, 'introduced');
    assert.equal(introduced.severity, 'error');
    assert.equal(introduced.at.line, 271);
    assert.deepEqual(
      introduced.related.slice(0, 4).map((r) => r.at.line),
      [275, 279, 282, 286],
    );
    assert.ok(introduced.patchLine !== undefined && introduced.proof.steps.length > 0);
    assert.equal(introduced.proof.steps.at(-1)?.at.line, 271);

    const { patches } = await readPatches(text, { name: '015' });
    const [step] = applySeries(patches, tree, { direction: 'forward', name: '015' }).steps;
    assert.ok(step?.ok);
    const file = 'kernel/resource.c';
    const [old, now] = [step.after.read(file)!, step.before.read(file)!];
    const back = createTwoFilesPatch(`a/${file}`, `b/${file}`, old, now, undefined, undefined, { context: 3 });
    const [fixed] = await findings(back, step.after);
    assert.equal(fixed?.class, 'fixed');
    assert.equal(fixed.severity, 'info');
  });
  it('refuses a file that is not there or registers no suite', async function () {
    const tree = needKernel(this, '6.12');
    await assert.rejects(command(['kernel/absent.c', '--tree', tree]), /R009/);
    await assert.rejects(command(['kernel/resource.c', '--tree', tree]), /R010/);
  });
});
