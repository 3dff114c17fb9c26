/*
 * The fixture series in what two threads can see: what each revision breaks or mends is found without hints, with a schedule.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, PatchReport } from '../../../src/review/report.ts';
import { review } from '../../../src/review/review.ts';
import { diskTree } from '../../support/kernels.ts';
import { readModelFiles } from '../../support/model-files.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');
const model = readModelFiles();

async function reviewed(revision: string): Promise<readonly PatchReport[]> {
  const { report } = await review({
    patchText: readFileSync(join(fixtures, `seed-series/${revision}.mbox`), 'utf8'),
    patchName: `${revision}.mbox`,
    tree: diskTree(join(fixtures, 'seed-tree')),
    model,
  });
  for (const patch of report.patches)
    for (const e of patch.bounds.explorations) assert.deepEqual([e.complete, e.blocked], [true, 0], e.scenario);
  return report.patches;
}
/** Findings of concurrent scenarios. */
const concurrent = (patch: PatchReport, cls: Finding['class']): readonly Finding[] =>
  patch.findings.filter((f) => f.class === cls && f.cases.some((c) => c.schedule !== undefined));
const rules = (findings: readonly Finding[]): string[] => [...new Set(findings.map((f) => f.rule))].sort();

describe('the fixture series, explored', function () {
  this.timeout(120_000);

  it('v4 introduces the field that is set after the unlock: a race, and a claim with the wrong desc', async () => {
    const [patch] = await reviewed('v4');
    assert.ok(patch);
    // The old code has this race as well, in another place: what v4 brings is its own.
    const text = concurrent(patch, 'introduced').map((f) => `${f.rule} ${f.message}`);
    const existing = concurrent(patch, 'existing').map((f) => `${f.rule} ${f.message}`);
    const told = [...text, ...existing].join('\n');
    assert.match(told, /data-race .*find_free_mem_region/);
    assert.match(told, /expectation-failed EXPECT\(desc == a->desc\)/);
    // The claim that was lost between search and claim is mended all the same.
    assert.ok(rules(concurrent(patch, 'fixed')).includes('outcome-vanished'));
  });

  it('v5 3/3 frees a region that others still walk', async () => {
    const last = (await reviewed('v5')).at(-1);
    assert.ok(last);
    const introduced = concurrent(last, 'introduced');
    assert.ok(rules(introduced).includes('use-after-free'));
    assert.ok(introduced.every((f) => f.proof.schedule !== undefined || f.proof.steps.length > 0));
  });

  it('v6 changes nothing in its first two, and in the third only mends', async () => {
    const [first, second, third] = await reviewed('v6');
    for (const patch of [first, second]) {
      assert.ok(patch);
      for (const cls of ['introduced', 'fixed', 'change'] as const) assert.deepEqual(rules(concurrent(patch, cls)), []);
    }
    assert.ok(third);
    assert.deepEqual(rules(concurrent(third, 'introduced')), []);
    assert.deepEqual(rules(concurrent(third, 'fixed')), ['data-race', 'expectation-failed', 'outcome-vanished']);
    const messages = concurrent(third, 'fixed').flatMap((f) => f.cases.map((c) => c.message));
    assert.ok(
      messages.some((m) =>
        /^before: a can fail with -ENOMEM although 6\d.* TiB are free \(in \d+ of \d+ executions\); after: never, in all \d+ executions$/.test(
          m,
        ),
      ),
      messages.join('\n'),
    );
  });
});
