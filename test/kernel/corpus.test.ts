/*
 * Real patches on real kernels: what the review of each says, without hints. The patches are made from recipes of small
 * edits (../shared/corpus), whose table says what each does; corpus-table.ts has it as sentences of a report.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, PatchReport } from '../../src/review/report.ts';
import { type ReviewInput, review } from '../../src/review/review.ts';
import { runScenario } from '../../src/review/run-scenario.ts';
import { type Corpus, needCorpus } from '../support/corpus.ts';
import { diskTree, needKernel, type Version, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { type Row, searched, table } from './corpus-table.ts';

/** Findings of one class in words: `rule: message`. Lines that nothing executed are a finding about the review, not the patch. */
const of = (
  patch: PatchReport,
  cls: Finding['class'],
): readonly { readonly finding: Finding; readonly text: string }[] =>
  patch.findings
    .filter((f) => f.class === cls && f.rule !== 'unexercised-change')
    .map((f) => ({ finding: f, text: [f.rule, f.message, ...f.cases.map((c) => c.message)].join(': ') }));

/** Says so, for every sentence of the row that this kernel has. */
function assertRow(patch: PatchReport, { says, nothingElse }: Row, version: Version): void {
  for (const { class: cls, says: pattern, on, file, threads } of says) {
    if (on !== undefined && on !== version) continue;
    const all = of(patch, cls);
    const told = all.filter(({ text }) => pattern.test(text)).map(({ finding }) => finding);
    assert.ok(told.length > 0, `${cls}: ${pattern} is not among:\n${all.map(({ text }) => text).join('\n')}`);
    for (const finding of told) {
      if (file !== undefined) assert.equal(finding.at.file, file);
      if (threads) assert.ok(finding.proof.schedule, finding.id);
      if (cls !== 'existing') assert.ok(finding.patchLine, `${finding.id} is on no line of the patch`);
    }
  }
  for (const cls of nothingElse) {
    const own = says.filter((b) => b.class === cls);
    const other = of(patch, cls).filter(({ text }) => !own.some((b) => b.says.test(text)));
    assert.deepEqual(
      other.map(({ text }) => text),
      [],
    );
  }
}

for (const version of versions) {
  describe(`corpus on Linux ${version}`, function () {
    // What is slow fails nobody: a machine may be shared by many.
    this.timeout(900_000);
    const model = readModelFiles();
    let folder = '';
    let corpus: Corpus | undefined;

    before(function () {
      folder = needKernel(this, version);
      corpus = needCorpus(this, version);
    });
    async function reviewed(id: string, more: Pick<ReviewInput, 'builtIns' | 'search'> = {}): Promise<PatchReport> {
      const { report } = await review({
        patchText: corpus!.patch(id),
        patchName: `${id}.patch`,
        tree: diskTree(folder),
        model,
        ...more,
      });
      const [patch] = report.patches;
      assert.ok(patch);
      const entry = corpus!.entries.find((e) => e.id === id);
      assert.equal(patch.direction, entry?.direction === 'do' ? 'forward' : 'reverse');
      assert.deepEqual(patch.stubs, []);
      assert.deepEqual(patch.notModelled, []);
      return patch;
    }

    it('has a row for each patch of the corpus, which says something on this kernel', () => {
      const made = corpus!.entries.filter((e) => e.skipped === undefined).map((e) => e.id);
      assert.deepEqual(
        made.filter((id) => !table[id]?.says.some(({ on }) => on === undefined || on === version)),
        [],
      );
      const all = corpus!.entries.map((e) => e.id);
      assert.deepEqual(
        Object.keys(table).filter((id) => !all.includes(id)),
        [],
      );
    });
    for (const [id, row] of Object.entries(table))
      it(`${id} is told`, async () => {
        const { skipped } = corpus!.entries.find((e) => e.id === id)!;
        if (skipped !== undefined) {
          // The corpus has a reason why there is none for this kernel.
          assert.match(skipped, /\w/);
          return;
        }
        const patch = await reviewed(id);
        assertRow(patch, row, version);
        special[id]?.(patch);
      });
    /** What sentences do not say. */
    const special: Readonly<Record<string, (patch: PatchReport) => void>> = {
      '034-sysram-only-release': (patch) => {
        const cases = patch.findings.flatMap((f) => f.cases).filter((c) => c.scenario === 'zone-kmem');
        for (const machine of ['cxl-window', 'pmem'])
          assert.ok(cases.some((c) => c.machine === machine && /^empty is 0x0 before and 0x1 after/.test(c.message)));
      },
      '061-untrack-on-error': (patch) => {
        // Where a machine has no such addresses, and where the check is made to fail.
        const scenarios = patch.findings.find((f) => f.class === 'fixed')!.cases.map((c) => c.scenario);
        for (const name of [
          'zone-beyond',
          'zone-coherent+fail-mhp_range_allowed#1',
          'zone-dax+fail-mhp_range_allowed#1',
        ])
          assert.ok(scenarios.includes(name), `${name} is not among ${scenarios}`);
        assert.ok(patch.bounds.failed.some((f) => /^call 1 of mhp_range_allowed\(\) in zone-dax on \w+$/.test(f)));
        for (const { world, line, executed } of patch.coverage) assert.ok(executed > 0, `${world}:${line}`);
      },
    };

    it('010-step-by-align: the crowded top of the address space', async () => {
      const [result] = await runScenario({
        scenarioName: 'crowded-top.c',
        scenarioText: readFileSync(join(import.meta.dirname, 'facts/crowded-top.c'), 'utf8'),
        tree: diskTree(folder),
        model,
        patch: { text: corpus!.patch('010-step-by-align'), name: '010-step-by-align.patch' },
      });
      assert.equal(result?.before?.observations[0]?.value, '0x3fff00000000');
      assert.equal(result?.outcome.observations[0]?.value, '0x3fff28000000');
      const rounds = (o: typeof result.outcome) =>
        o.loops.find((l) => l.function === 'get_free_mem_region')?.count ?? 0;
      assert.ok(rounds(result.outcome) > rounds(result.before), 'the smaller step takes more of them');
    });

    // The search has no scenarios to begin with. What is found early keeps this short.
    if (version === '6.12')
      for (const [id, pattern] of Object.entries(searched))
        it(`${id} is told by the search alone`, async () => {
          const { search } = await reviewed(id, { builtIns: false, search: { when: 'always', sequences: 150 } });
          const sentences = search?.differences.map((d) => d.sentence) ?? [];
          assert.ok(
            sentences.some((s) => pattern.test(s)),
            sentences.join('\n'),
          );
        });
  });
}
