/* The fixture series and single patches, reviewed: test/fixtures/README.md says what must come out. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, PatchReport } from '../../../src/review/report.ts';
import { review } from '../../../src/review/review.ts';
import { diskTree } from '../../support/kernels.ts';
import { readModelFiles } from '../../support/model-files.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

async function reviewed(path: string): Promise<readonly PatchReport[]> {
  const { report } = await review({
    patchText: readFileSync(join(FIXTURES, path)),
    patchName: path,
    tree: diskTree(join(FIXTURES, 'seed-tree')),
    model: readModelFiles(),
  });
  for (const patch of report.patches) {
    assert.equal(patch.direction, 'forward');
    assert.deepEqual(patch.stubs, []);
    assert.deepEqual(patch.notModelled, []);
  }
  return report.patches;
}
/** Findings about the patch, as `class rule`; lines that nothing executed are about the review. */
const rules = (patch: PatchReport): string[] => [
  ...new Set(
    patch.findings
      .filter((f) => f.rule !== 'unexercised-change' && f.class !== 'existing')
      .map((f) => `${f.class} ${f.rule}`),
  ),
];
const introduced = (patch: PatchReport): string[] => [
  ...new Set(patch.findings.filter((f) => f.class === 'introduced').map((f) => f.rule)),
];
const finding = (patch: PatchReport, cls: Finding['class'], rule: string): Finding => {
  const found = patch.findings.find((f) => f.class === cls && f.rule === rule);
  assert.ok(found, `no ${cls} ${rule} among ${rules(patch).join(', ')}`);
  return found;
};

describe('review of the fixture series', function () {
  this.timeout(120_000);

  for (const revision of ['v1', 'v2']) {
    it(`${revision}: the lock is taken again under itself`, async () => {
      const [patch, ...more] = await reviewed(`seed-series/${revision}.mbox`);
      assert.ok(patch);
      assert.equal(more.length, 0);
      const found = finding(patch, 'introduced', 'recursive-lock');
      assert.equal(found.severity, 'error');
      assert.match(found.message, /resource_lock/);
      assert.ok(found.patchLine !== undefined);
      assert.deepEqual(introduced(patch), ['recursive-lock']);
      finding(patch, 'change', 'return-change');
    });
  }
  it('v3: the devres entry leaks where nothing is found', async () => {
    const [patch] = await reviewed('seed-series/v3.mbox');
    assert.ok(patch);
    const found = finding(patch, 'introduced', 'leak');
    const line = readFileSync(join(FIXTURES, 'seed-series/v3.mbox'), 'utf8').split('\n')[found.patchLine! - 1];
    assert.match(line ?? '', /devres_alloc/);
    assert.deepEqual(introduced(patch), ['leak']);
    finding(patch, 'change', 'return-change');
  });
  it('v4: one thread sees nothing wrong', async () => {
    const [patch] = await reviewed('seed-series/v4.mbox');
    assert.ok(patch);
    assert.deepEqual(
      patch.findings.filter((f) => f.class === 'introduced' && f.proof.schedule === undefined),
      [],
    );
  });
  it('v5: two patches without a difference, the third frees what is linked', async () => {
    const [walk, claim, search, ...more] = await reviewed('seed-series/v5.mbox');
    assert.ok(walk && claim && search);
    assert.equal(more.length, 0);
    assert.deepEqual(rules(walk), []);
    assert.deepEqual(rules(claim), []);
    finding(search, 'introduced', 'use-after-free');
    assert.match(finding(search, 'change', 'return-change').after ?? '', /-ERANGE/);
  });
  it('v6: nothing is introduced', async () => {
    for (const patch of await reviewed('seed-series/v6.mbox')) {
      assert.deepEqual(
        patch.findings.filter((f) => f.class === 'introduced'),
        [],
      );
    }
  });
});

describe('review of the fixture patches', function () {
  this.timeout(120_000);

  for (const name of ['comment-only', 'rename-locals', 'whitespace']) {
    it(`${name}: the same code`, async () => {
      const [patch] = await reviewed(`seed-patches/${name}.patch`);
      assert.ok(patch);
      assert.deepEqual(rules(patch), []);
      assert.match(patch.verdict, /^no difference/);
      for (const fn of patch.functions) assert.ok(fn.equivalent, fn.name);
    });
  }
  it('refactor: other code that does the same', async () => {
    const [patch] = await reviewed('seed-patches/refactor.patch');
    assert.ok(patch);
    assert.deepEqual(rules(patch), []);
    assert.match(patch.verdict, /^no difference/);
    assert.ok(patch.functions.some((fn) => !fn.equivalent));
  });
  it('unexercised: changed lines that nothing executed are named', async () => {
    const [patch] = await reviewed('seed-patches/unexercised.patch');
    assert.ok(patch);
    const lines = patch.coverage.filter((c) => c.world === 'after').map((c) => c.executed);
    assert.ok(lines.length > 0);
    assert.ok(lines.every((n) => n === 0));
    finding(patch, 'change', 'unexercised-change');
  });
});
