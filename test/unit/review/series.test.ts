/* What the patches of a series do to each other, and one revision to the next. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applySeries, readPatchesSync, unifiedDiff } from '../../../src/patch/index.ts';
import { inShard, mergeShards } from '../../../src/review/merge.ts';
import type { Report } from '../../../src/review/report.ts';
import { type ReviewInput, review } from '../../../src/review/review.ts';
import { compareRevisions, matchPatches, revisionLines } from '../../../src/review/revisions.ts';
import { seriesLines } from '../../../src/review/series.ts';
import { reportText } from '../../../src/review/text.ts';
import { diskTree } from '../../support/kernels.ts';
import { readModelFiles } from '../../support/model-files.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const tree = diskTree(join(FIXTURES, 'seed-tree'));
const text = (version: string): string => readFileSync(join(FIXTURES, `seed-series/${version}.mbox`), 'utf8');
const mailsOf = (mbox: string) => readPatchesSync(mbox, { name: 'test' }).patches;

const reviewed = async (patchText: string, more: Partial<ReviewInput> = {}): Promise<Report> =>
  (await review({ patchText, patchName: 'series.mbox', tree, model: readModelFiles(), ...more })).report;

/** v5, whose 3/3 brings a use after free, and a fourth patch that makes of it what v6 is. */
function mended(): string {
  const [v5, v6] = ['v5', 'v6'].map((version) => applySeries(mailsOf(text(version)), tree).steps.at(-1)!.after);
  const paths = [...new Set(mailsOf(text('v6')).flatMap((mail) => mail.files.map((file) => file.newPath!)))];
  const diff = paths.map((path) => unifiedDiff(v5!.read(path), v6!.read(path), path)).join('');
  const mails = text('v5').replace(/\[PATCH v5 (\d)\/3\]/g, '[PATCH v5 $1/4]');
  return `${mails}\nFrom 0000000000000000000000000000000000000004 Mon Sep 17 00:00:00 2001
From: Ada Linden <ada@example.org>
Date: Mon, 19 Apr 2021 11:00:00 +0000
Subject: [PATCH v5 4/4] kernel/resource: mend the check
Message-ID: <20210419110000-4-ada@example.org>

Mend it.
---
${diff}-- \n2.40\n`;
}

describe('A series executed patch by patch', function () {
  this.timeout(120_000);
  let whole: Report;
  before(async () => {
    whole = await reviewed(mended());
  });

  it('tells a defect that one patch brings and a later one mends, with both ends', () => {
    assert.equal(whole.patches.length, 4);
    const lives = whole.series?.lives.filter((life) => life.kind === 'defect') ?? [];
    const life = lives.find((one) => one.rule === 'use-after-free');
    assert.ok(life, JSON.stringify(whole.series));
    assert.equal(life.from.patch, 2);
    assert.equal(life.to?.patch, 3);
    const fixed = whole.patches[3]?.findings.find((one) => one.id === life.to?.finding);
    assert.equal(fixed?.class, 'fixed');
    const lines = reportText(whole);
    assert.match(
      lines,
      /series: use-after-free: .*introduced by 3\/4 “.*”, fixed by 4\/4 “kernel\/resource: mend the check”/,
    );
    assert.match(
      seriesLines(whole.series!, whole.patches)[0] ?? '',
      /4 patches.*[1-9] defects introduced and fixed inside/,
    );
    assert.ok(
      lives.every((one) => one.to || one.severity !== 'error'),
      'no error is left',
    );
  });

  it('names each finding so that it is known from those of other patches', () => {
    const ids = whole.patches.flatMap((patch) => patch.findings.map((one) => one.id));
    assert.equal(new Set(ids).size, ids.length, ids.join('\n'));
    for (const { from, to } of whole.series?.lives ?? [])
      for (const end of to ? [from, to] : [from])
        assert.ok(whole.patches[end.patch]?.findings.some((one) => one.id === end.finding));
  });

  it('tells a change that a later patch takes back', () => {
    const back = whole.series?.lives.find((life) => life.kind === 'change' && life.rule === 'return-change');
    assert.ok(back, JSON.stringify(whole.series?.lives));
    assert.deepEqual([back.from.patch, back.to?.patch], [2, 3]);
  });

  it('is shared by several machines, and joined byte for byte', async () => {
    const parts: { name: string; report: Report }[] = [];
    for (const index of [1, 2, 3]) {
      const shard = { index, of: 3 };
      const holds: number[] = [];
      const report = await reviewed(mended(), {
        select: (patch) => inShard(patch, shard),
        onPatch: (_patch, at) => holds.push(at),
      });
      assert.equal(report.series, undefined);
      parts.push({ name: `part ${index}`, report: { ...report, shard: { ...shard, total: 4, holds } } });
    }
    assert.deepEqual(parts[0]?.report.shard?.holds, [0, 3]);
    assert.equal(JSON.stringify(mergeShards(parts.toReversed())), JSON.stringify(whole));
    assert.throws(() => mergeShards(parts.slice(1)), /R040|part 1 of 3 is missing/);
    assert.throws(() => mergeShards([parts[0]!, parts[0]!]), /too/);
    assert.throws(() => mergeShards([{ name: 'x', report: whole }]), /no part/);
  });

  it('compares revisions in text and in behaviour', async () => {
    // The first three patches are v5.
    const v5 = { ...whole, patches: whole.patches.slice(0, 3) };
    const v6 = await reviewed(text('v6'));
    const since = compareRevisions(
      { name: 'v5.mbox', report: v5, mails: mailsOf(text('v5')) },
      { report: v6, mails: mailsOf(text('v6')) },
    );
    assert.deepEqual(
      since.patches.map(({ previous, current }) => [previous, current]),
      [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    );
    assert.ok(since.patches.some((match) => match.change === 'changed' && match.diff.length > 0));
    const fixed = since.findings.filter((one) => one.state === 'fixed').map((one) => one.rule);
    assert.ok(fixed.includes('use-after-free'), JSON.stringify(since.findings));
    assert.ok(!since.findings.some((one) => one.state === 'still' && one.class === 'introduced'));
    assert.match(revisionLines(since).join('\n'), /since: reported then, fixed now: introduced use-after-free/);
  });
});

describe('Patches of two revisions', () => {
  const patch = (subject: string, ...lines: string[]) => {
    const body = lines.map((line) => `+${line}\n`).join('');
    const diff = `diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1,0 +2,${lines.length} @@\n${body}`;
    return { subject, files: readPatchesSync(diff, { name: 't' }).patches[0]!.files };
  };
  const brief = (a: readonly ReturnType<typeof patch>[], b: readonly ReturnType<typeof patch>[]) =>
    matchPatches(a, b).map((match) => `${match.previous ?? '-'}>${match.current ?? '-'} ${match.change}`);

  it('are matched by their contents, wherever they went in the series', () => {
    const [one, two, three] = [patch('one', 'a', 'b', 'c'), patch('two', 'd', 'e', 'f'), patch('three', 'x', 'y')];
    assert.deepEqual(brief([one, two], [two, three, one]), ['1>0 same', '->1 added', '0>2 same']);
    assert.deepEqual(brief([one, two, three], [three]), ['2>0 same', '0>- removed', '1>- removed']);
  });
  it('are matched by likeness where they changed; white space does not count', () => {
    const one = patch('one', 'int a;', 'int b;', 'int c;', 'int d;');
    assert.deepEqual(brief([one], [patch('one renamed', 'int a;', 'int b;', 'int c;', 'int z;')]), ['0>0 changed']);
    assert.deepEqual(brief([one], [patch('one', 'int  a;', 'int b; ', 'int c;', 'int d;')]), ['0>0 same']);
    assert.deepEqual(brief([one], [patch('other', 'nothing', 'of', 'this')]), ['->0 added', '0>- removed']);
  });
  it('are told as moved, split off, or gone into another', () => {
    const told = (a: readonly ReturnType<typeof patch>[], b: readonly ReturnType<typeof patch>[]) =>
      revisionLines({ previous: 'v1', patches: matchPatches(a, b), findings: [] }).slice(1);
    const [one, two, three] = [patch('one', 'a', 'b', 'c'), patch('two', 'd', 'e', 'f'), patch('three', 'x', 'y')];
    assert.deepEqual(told([one, two, three], [one, two, three]), []);
    // Two keep their order, so it is the third that moved.
    assert.deepEqual(told([one, two, three], [three, one, two]), ['since: 1/3 “three” the same, was 3/3']);
    const whole = patch('whole', 'a', 'b', 'c', 'x', 'y');
    assert.deepEqual(told([whole], [one, three]), [
      'since: 1/2 “one” changed, 75% the same lines',
      'since: 2/2 “three” added: its lines were in 1/1',
    ]);
    assert.deepEqual(told([one, three], [whole]), [
      'since: 1/1 “whole” changed, 75% the same lines',
      'since: 2/2 “three” removed: its lines are in 1/1 now',
    ]);
    assert.deepEqual(told([one, two], [one]), ['since: 2/2 “two” removed']);
  });
  it('are matched in time that grows with their size', () => {
    const many = (from: number) =>
      Array.from({ length: 100 }, (_, k) =>
        patch(`patch ${k}`, ...Array.from({ length: 100 }, (__, n) => `line ${k} ${n + from}`)),
      );
    const found = matchPatches(many(0), many(20));
    assert.ok(found.every((match) => match.previous === match.current && match.change === 'changed'));
  });
});
