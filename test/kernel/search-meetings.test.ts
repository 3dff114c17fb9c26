/* What the search makes of patches to the locking of Linux 6.12, and of functions that only the patch has. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PatchReport } from '../../src/review/report.ts';
import { review } from '../../src/review/review.ts';
import { diskTree, needKernel } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { patchOf } from '../support/source-edits.ts';

const FILE = 'kernel/resource.c';

describe('search: calls that meet, functions that are added', function () {
  this.timeout(240_000);
  const model = readModelFiles();
  let folder = '';
  let text = '';

  before(function () {
    folder = needKernel(this, '6.12');
    text = readFileSync(join(folder, FILE), 'utf8');
  });

  it('tells a race where a lock for writing becomes one for reading', async () => {
    const changed = text.replace(
      /(\nint adjust_resource\([^)]*\)\s*\{[^}]*?)write_lock([^}]*?)write_unlock/,
      '$1read_lock$2read_unlock',
    );
    const { findings, search } = await searched(changed);
    const race = findings.find((f) => f.rule === 'data-race' && f.class === 'introduced');
    assert.match(race?.message ?? '', /__adjust_resource\(\)/);
    assert.ok(race?.related.some((r) => r.at.patchLine !== undefined));
    assert.ok(search!.pairs > 20);
  });

  it('calls a function that the patch adds: nothing is wrong with one, another keeps its lock', async () => {
    const counts = (unlock: string): string => `
unsigned int resource_children(struct resource *root)
{
	struct resource *p;
	unsigned int count = 0;

	read_lock(&resource_lock);
	for (p = root->child; p; p = p->sibling)
		count++;
	${unlock}
	return count;
}
`;
    const right = await searched(withFunction(counts('read_unlock(&resource_lock);')));
    assert.deepEqual(
      right.findings.filter((f) => f.class !== 'existing').map((f) => f.message),
      [],
    );
    assert.deepEqual(
      right.coverage.filter((l) => l.executed === 0).map((l) => l.line),
      [],
    );
    const wrong = await searched(withFunction(counts('if (count > 1)\n\t\tread_unlock(&resource_lock);')));
    const told = wrong.findings.filter((f) => f.class === 'introduced');
    assert.ok(told.length > 0);
    for (const { rule } of told) assert.match(rule, /^(?:lock-held-at-exit|recursive-lock|sleep-in-atomic)$/);
    assert.equal(wrong.search!.differences.length, 1);
    assert.ok(wrong.search!.differences.some((d) => d.sentence.includes('resource_children(')));
  });

  const withFunction = (added: string): string => text.replace('\nstatic int __adjust_resource(', `${added}$&`);

  async function searched(after: string): Promise<PatchReport> {
    assert.notEqual(after, text);
    const { report } = await review({
      patchText: patchOf(FILE, text, after, 'edit'),
      patchName: 'test.patch',
      tree: diskTree(folder),
      model,
      builtIns: false,
      search: { when: 'always', sequences: 250 },
    });
    return report.patches[0]!;
  }
});
