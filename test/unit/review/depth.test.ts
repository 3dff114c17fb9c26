import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MemoryTree } from '../../../src/base/tree.ts';
import { DiskTree } from '../../../src/disk-tree.ts';
import { review } from '../../../src/review/review.ts';
import { readModelFiles } from '../../support/model-files.ts';

const fixtures = 'test/fixtures';
const patchOf = (folder: string): string => {
  const name = readdirSync(path.join(fixtures, folder)).find((one) => one.endsWith('.patch'))!;
  return readFileSync(path.join(fixtures, folder, name), 'utf8');
};

describe('review/depth', function () {
  this.timeout(60_000);
  const model = readModelFiles();
  const tree = new DiskTree(path.join(fixtures, 'seed-tree'));

  it('first leaves the units around device memory to the full review, and says so', async () => {
    const wide = new MemoryTree(new Map([['mm/memremap.c', 'int devmap_managed_key;\n']]), tree);
    const patchText = patchOf('seed-series/v4');
    const { report, left } = await review({ patchText, patchName: 'v4', tree: wide, model, depth: 'first' });
    assert.equal(left, true);
    const [patch] = report.patches;
    assert.ok(patch!.bounds.cutOff.some((bound) => bound.startsWith('device memory and memory hotplug')));
    assert.equal(patch!.bounds.complete, false);
    assert.ok(patch!.findings.some((f) => f.class === 'fixed'));
  });

  it('leaves nothing of code that is the same', async () => {
    const patchText = readFileSync(path.join(fixtures, 'seed-patches/comment-only.patch'), 'utf8');
    const { left } = await review({ patchText, patchName: 'comment', tree, model, depth: 'first' });
    assert.equal(left, false);
  });
});
