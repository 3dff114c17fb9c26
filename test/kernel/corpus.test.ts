/*
 * Real patches on real kernels: what the review of each says, without hints. The patches are made from recipes of small
 * edits (../shared/corpus); those that need two threads are not judged here.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, PatchReport } from '../../src/review/report.ts';
import { review } from '../../src/review/review.ts';
import { runScenario } from '../../src/review/run-scenario.ts';
import { type Corpus, needCorpus } from '../support/corpus.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';

/** Findings of one class in words: `rule: message`. Lines that nothing executed are a finding about the review, not the patch. */
const of = (patch: PatchReport, cls: Finding['class']): string[] =>
  patch.findings
    .filter((f) => f.class === cls && f.rule !== 'unexercised-change')
    .map((f) => [f.rule, f.message, ...f.cases.map((c) => c.message)].join(': '));
const some = (texts: readonly string[], pattern: RegExp): void =>
  assert.ok(
    texts.some((text) => pattern.test(text)),
    `${pattern} is not among:\n${texts.join('\n')}`,
  );

for (const version of versions) {
  describe(`corpus on Linux ${version}`, function () {
    this.timeout(120_000);
    const model = readModelFiles();
    let folder = '';
    let corpus: Corpus | undefined;

    before(function () {
      folder = needKernel(this, version);
      corpus = needCorpus(this, version);
    });
    async function reviewed(id: string): Promise<PatchReport> {
      const { report } = await review({
        patchText: corpus!.patch(id),
        patchName: `${id}.patch`,
        tree: diskTree(folder),
        model,
      });
      const [patch] = report.patches;
      assert.ok(patch);
      const entry = corpus!.entries.find((e) => e.id === id);
      assert.equal(patch.direction, entry?.direction === 'do' ? 'forward' : 'reverse');
      assert.deepEqual(patch.stubs, []);
      assert.deepEqual(patch.notModelled, []);
      return patch;
    }

    it('010-step-by-align: placement changes, a fragmented window gives a region, the search takes more steps', async () => {
      const patch = await reviewed('010-step-by-align');
      assert.deepEqual(of(patch, 'introduced'), []);
      const change = of(patch, 'change');
      some(change, /^placement-change: .*0x3fe000000000.*0x3feff8000000/);
      some(change, /-ERANGE.*res->start = 0x100010000000/);
      some(change, /^cost-change: .*get_free_mem_region/);
    });
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
    it('034-sysram-only-release: RAM below containers is released', async () => {
      const patch = await reviewed('034-sysram-only-release');
      assert.deepEqual(of(patch, 'introduced'), []);
      some(of(patch, 'change'), /region\.child == NULL is 0x0 before and 0x1 after/);
      // With dax/kmem and memory hotplug of the tree: what was RAM once can be RAM again.
      const cases = patch.findings.flatMap((f) => f.cases).filter((c) => c.scenario === 'zone-kmem');
      for (const machine of ['cxl-window', 'pmem']) {
        const told = cases.filter((c) => c.machine === machine).map((c) => c.message);
        some(told, /^empty is 0x0 before and 0x1 after/);
        some(told, /second\) is -EBUSY before and NULL after/);
        some(told, /no longer prints “dax9\.0: mapping0: .* could not reserve region”/);
      }
    });
    it('061-untrack-on-error: page attributes are untracked where the range is refused', async () => {
      const patch = await reviewed('061-untrack-on-error');
      assert.deepEqual(of(patch, 'introduced'), []);
      const fixed = patch.findings.filter((f) => f.class === 'fixed');
      assert.deepEqual(
        fixed.map((f) => f.rule),
        ['unbalanced'],
      );
      assert.match(fixed[0]!.message, /^the tracking of page attributes .*untrack_pfn\(\) is missing/);
      assert.equal(fixed[0]!.at.file, 'mm/memremap.c');
      assert.ok(fixed[0]!.patchLine);
      // Where a machine has no such addresses, and wherever the check is made to fail.
      const scenarios = fixed[0]!.cases.map((c) => c.scenario);
      for (const name of ['zone-beyond', 'zone-private+fail-mhp_range_allowed#1', 'zone-dax+fail-mhp_range_allowed#1'])
        assert.ok(scenarios.includes(name), `${name} is not among ${scenarios}`);
      some(patch.bounds.failed, /^call 1 of mhp_range_allowed\(\) in zone-private on x86_64$/);
      for (const { world, line, executed } of patch.coverage) assert.ok(executed > 0, `${world}:${line}`);
    });
    it('036-ascending-from-zero: the lowest region is found', async () => {
      const patch = await reviewed('036-ascending-from-zero');
      assert.deepEqual(of(patch, 'introduced'), []);
      some(of(patch, 'change'), /one = -ERANGE.*one->start = 0x100000/);
      // Where the search steps by size (6.1), its guard still refuses 7 MiB at 1 MiB: both patches are needed.
      if (version === '6.12') some(of(patch, 'change'), /res = -ERANGE.*res->start = 0x100000, res->end = 0x7fffff/);
    });
    it('040-false-warning: one line of the log, nothing else', async () => {
      const patch = await reviewed('040-false-warning');
      assert.deepEqual(of(patch, 'introduced'), []);
      assert.deepEqual(of(patch, 'change'), []);
      const fixed = of(patch, 'fixed');
      assert.ok(fixed.length > 0);
      for (const text of fixed) assert.match(text, /^warning-raised: .*Unaddressable device/);
    });
    it('015-top-level-only: nested RAM is no longer seen', async () => {
      const patch = await reviewed('015-top-level-only');
      some(
        of(patch, 'change'),
        /region_intersects\(BASE, SZ_4K, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE\) is 0x0 before and 0x1 after/,
      );
      // memremap_pages() over RAM of dax/kmem is no longer refused where it asks; sections that are there stop it later.
      some(of(patch, 'change'), /over_ram\)\) is -ENXIO before and -EEXIST after/);
      some(of(patch, 'change'), /^warning-raised: attempted on ram region .* \(not raised now\)/);
      some(of(patch, 'introduced'), /^warning-raised: WARN_ON_ONCE\(ret\)/);
    });
    it('seed-0-check-then-claim: the claim that others make in between is lost no more', async () => {
      const patch = await reviewed('seed-0-check-then-claim');
      assert.deepEqual(of(patch, 'introduced'), []);
      const fixed = of(patch, 'fixed');
      some(
        fixed,
        /^outcome-vanished: .*can fail with -ERANGE although [\d.]+ TiB are free \(in \d+ of \d+ executions\); after: never/,
      );
      // One thread alone never saw it.
      for (const f of patch.findings) if (f.class === 'fixed') assert.ok(f.proof.schedule, f.id);
    });
    it('seed-4-desc-after-unlock: the desc is set where nothing orders it', async () => {
      const patch = await reviewed('seed-4-desc-after-unlock');
      some(of(patch, 'introduced'), /^data-race: .*get_free_mem_region/);
    });
    it('seed-2-revoke-under-lock: the lock is taken twice', async () => {
      const introduced = of(await reviewed('seed-2-revoke-under-lock'), 'introduced');
      some(introduced, /^recursive-lock: .*resource_lock/);
    });
    it('seed-3-devres-leak: a leak where the devm variant fails', async () => {
      const introduced = of(await reviewed('seed-3-devres-leak'), 'introduced');
      assert.equal(introduced.length, 1);
      some(introduced, /^leak: /);
    });
    it('seed-5-inverted-check: success is -ERANGE, and the next call reads freed memory', async () => {
      const patch = await reviewed('seed-5-inverted-check');
      some(of(patch, 'introduced'), /^use-after-free: read of 8 bytes/);
      some(of(patch, 'change'), /-ERANGE/);
    });
  });
}
