import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Report } from '../../../src/review/report.ts';
import { review } from '../../../src/review/review.ts';
import { reportText } from '../../../src/review/text.ts';
import { diskTree } from '../../support/kernels.ts';
import { readModelFiles } from '../../support/model-files.ts';

/** What a reviewer reads of our own fixtures. `RESET_RESULTS=1` writes the expected texts anew; a failure leaves `.actual`. */
const fixtures = join(import.meta.dirname, '../../fixtures');
const tree = diskTree(join(fixtures, 'seed-tree'));
const model = readModelFiles();
const inputs = [
  ...['v1', 'v2', 'v3', 'v4', 'v5', 'v6'].map((v) => `seed-series/${v}.mbox`),
  ...['comment-only', 'rename-locals', 'whitespace', 'refactor', 'unexercised'].map((p) => `seed-patches/${p}.patch`),
];

const reviewed = async (path: string): Promise<Report> => {
  const patchText = readFileSync(join(fixtures, path));
  return (await review({ patchText, patchName: path, tree, model, toolVersion: 'test' })).report;
};

describe('reviews of the fixtures', function () {
  this.timeout(120_000);
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../../src/review/report.schema.json'), 'utf8'));
  const validate = new Ajv2020({ allErrors: true }).compile(schema);

  for (const path of inputs) {
    it(path, async () => {
      const report = await reviewed(path);
      assert.ok(validate(JSON.parse(JSON.stringify(report))), JSON.stringify(validate.errors));
      const expected = join(import.meta.dirname, `${path.split('/')[1]!.split('.')[0]}.txt`);
      const text = reportText(report, { verbose: false });
      if (process.env.RESET_RESULTS) writeFileSync(expected, text);
      if (existsSync(expected) && readFileSync(expected, 'utf8') === text)
        rmSync(`${expected}.actual`, { force: true });
      else writeFileSync(`${expected}.actual`, text);
      assert.equal(text, readFileSync(expected, 'utf8'));
    });
  }

  it('are byte-identical for identical input', async () => {
    const [a, b] = [await reviewed('seed-series/v1.mbox'), await reviewed('seed-series/v1.mbox')];
    assert.equal(JSON.stringify(a), JSON.stringify(b));
  });
});
