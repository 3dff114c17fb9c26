import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { review } from '../../../src/review/review.ts';
import { reportText } from '../../../src/review/text.ts';
import { readModelFiles } from '../../support/model-files.ts';

/** What a reviewer reads of a mail that was opened alone. `RESET_RESULTS=1` writes the expected texts anew. */
const fixtures = join(import.meta.dirname, '../../fixtures/seed-patches');
const model = readModelFiles();

describe('reviews of the fixtures without a tree', function () {
  this.timeout(120_000);
  for (const name of ['rename-locals', 'refactor', 'unexercised', 'comment-only']) {
    it(name, async () => {
      const patchText = readFileSync(join(fixtures, `${name}.patch`));
      const { report } = await review({ patchText, patchName: name, model, toolVersion: 'test' });
      const expected = join(import.meta.dirname, `no-tree-${name}.txt`);
      if (process.env.RESET_RESULTS) writeFileSync(expected, reportText(report));
      assert.equal(reportText(report), readFileSync(expected, 'utf8'));
    });
  }
});
