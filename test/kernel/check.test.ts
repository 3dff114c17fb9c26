/* What of the real files can be executed, function by function. */
import assert from 'node:assert/strict';
import { checkFile } from '../../src/review/check.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';

const whole = [
  'kernel/resource.c',
  'kernel/resource_kunit.c',
  'mm/memremap.c',
  'mm/sparse.c',
  'mm/memory_hotplug.c',
  'drivers/dax/kmem.c',
  'lib/test_hmm.c',
  'drivers/gpu/drm/nouveau/nouveau_dmem.c',
];

describe('check on real files', function () {
  this.timeout(120_000);
  const model = readModelFiles();
  const check = (folder: string, path: string, machine = 'x86_64') =>
    checkFile({ path, tree: diskTree(folder), model, machine });

  for (const version of versions) {
    for (const path of whole) {
      it(`${path} of Linux ${version}: every function`, function () {
        const { functions, declarations } = check(needKernel(this, version), path);
        assert.ok(functions.length >= 4);
        assert.deepEqual(
          functions.filter((f) => !f.executable).map((f) => `${f.name}: ${f.reason}`),
          [],
        );
        assert.deepEqual(declarations, []);
      });
    }
    for (const machine of ['i386-pae', 'arm', 'arm64-64k', 's390x']) {
      it(`kernel/resource.c of Linux ${version} on ${machine}: every function`, function () {
        const { functions } = check(needKernel(this, version), 'kernel/resource.c', machine);
        assert.deepEqual(
          functions.filter((f) => !f.executable).map((f) => f.name),
          [],
        );
      });
    }
  }
});
