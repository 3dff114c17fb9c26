import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
import { DiskTree } from '../../../src/disk-tree.ts';
import type { PatchReport } from '../../../src/review/report.ts';
import { review } from '../../../src/review/review.ts';
import { readModelFiles } from '../../support/model-files.ts';

const scenario = `// units: zones
#include <iomem-review.h>
#include <linux/pfn.h>
CHECK { OBSERVE(max_pfn != 0); }
`;
const sparse = (before: string, after: string): string => `diff --git a/mm/sparse.c b/mm/sparse.c
--- a/mm/sparse.c
+++ b/mm/sparse.c
@@ -1,5 +1,5 @@
 #include <linux/kernel.h>
 void sparse_init(void)
 {
-${before}
+${after}
 }
`;

describe('the boot of device memory and memory hotplug', function () {
  this.timeout(60_000);
  const model = readModelFiles();
  const seed = new DiskTree('test/fixtures/seed-tree');
  const reviewed = async (files: Record<string, string>, patchText: string): Promise<PatchReport> => {
    const tree = new MemoryTree(new Map(Object.entries(files)), seed);
    const { report } = await review({
      patchText,
      patchName: 'p',
      tree,
      model,
      scenarios: [{ name: 'boot.c', text: scenario }],
    });
    return report.patches[0]!;
  };

  it('is a finding where a patch breaks it', async () => {
    const good = '\tvolatile int booted = 1;';
    const bad = '\t*(volatile int *)NULL = 1;';
    const files = { 'mm/sparse.c': `#include <linux/kernel.h>\nvoid sparse_init(void)\n{\n${good}\n}\n` };
    const { findings } = await reviewed(files, sparse(good, bad));
    const found = findings.find((f) => f.rule === 'null-dereference');
    assert.equal(found?.class, 'introduced');
    assert.equal(found.at.file, 'mm/sparse.c');
    assert.equal(found.at.line, 4);
  });

  it('names the scenarios that the tree has no headers for, where the patch bears on them', async () => {
    const unit = (
      value: number,
    ): string => `struct dev_pagemap;\nvoid *memremap_pages(struct dev_pagemap *map, int nid)\n{
	return (void *)${value}UL;\n}\n`;
    const patchText = `diff --git a/mm/memremap.c b/mm/memremap.c
--- a/mm/memremap.c
+++ b/mm/memremap.c
@@ -2,4 +2,4 @@
 void *memremap_pages(struct dev_pagemap *map, int nid)
 {
-	return (void *)0UL;
+	return (void *)1UL;
 }
`;
    const { notModelled } = await reviewed({ 'mm/memremap.c': unit(0) }, patchText);
    const named = notModelled.find((n) => n.what === 'scenario zone-private');
    assert.match(named?.why ?? '', /linux\/memremap\.h|dev_pagemap/);
  });
});
