import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DiskTree } from '../../../src/disk-tree.ts';
import { review } from '../../../src/review/review.ts';
import { readModelFiles } from '../../support/model-files.ts';

describe('a patch to a header', function () {
  this.timeout(60_000);
  const folder = 'test/fixtures/seed-tree';

  it('names an inline function once, though several units include it', async () => {
    const header = 'include/linux/ioport.h';
    const lines = readFileSync(`${folder}/${header}`, 'utf8').split('\n');
    const at = lines.findIndex((line) => line.includes('return res->end - res->start + 1;'));
    // It also touches a driver, so that two units are executed.
    const driver = readFileSync(`${folder}/drivers/gpu/toygpu.c`, 'utf8').split('\n');
    const patchText = [
      `--- a/${header}`,
      `+++ b/${header}`,
      `@@ -${at},3 +${at},3 @@`,
      ` ${lines[at - 1]}`,
      `-${lines[at]}`,
      '+\treturn res->end - res->start;',
      ` ${lines[at + 1]}`,
      '--- a/drivers/gpu/toygpu.c',
      '+++ b/drivers/gpu/toygpu.c',
      '@@ -1,1 +1,2 @@',
      '+/* touched */',
      ` ${driver[0]}`,
      '',
    ].join('\n');
    const text = '#include <iomem-review.h>\nCHECK { OBSERVE(resource_size(&iomem_resource)); }\n';
    const { report } = await review({
      patchText,
      patchName: 'p',
      tree: new DiskTree(folder),
      model: readModelFiles(),
      builtIns: false,
      scenarios: [{ name: 'size.c', text }],
    });
    const sizes = report.patches[0]!.functions.filter((f) => f.name === 'resource_size');
    assert.equal(sizes.length, 1);
    assert.equal(sizes[0]!.file, header);
    assert.ok(sizes[0]!.reachedFrom.length > 0);
  });
});
