/*
 * The front end on unmodified kernel/resource.c with the model headers and the tree's own ioport.h and resource_ext.h: no
 * error, nothing missing, and every body becomes IR.
 */
import assert from 'node:assert/strict';
import { profileNamed } from '../../src/model/profiles.ts';
import { compileWorld } from '../../src/review/world.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';

describe('the front end on kernel/resource.c', function () {
  this.timeout(60_000);
  for (const version of versions) {
    it(`takes every function of ${version}`, function () {
      const tree = diskTree(needKernel(this, version));
      const { compiled } = compileWorld({
        which: 'before',
        tree,
        model: readModelFiles(),
        profile: profileNamed('x86_64')!,
        units: ['kernel/resource.c'],
        scenarios: [],
      });
      assert.deepEqual(
        compiled.errors.map((error) => error.message),
        [],
      );
      assert.deepEqual(compiled.missingHeaders, []);
      const lowered = [...compiled.program.functions].filter((fn) => fn.body() !== undefined);
      const own = lowered.filter((fn) => fn.file === 'kernel/resource.c').map((fn) => fn.plainName);
      const text = tree.read('kernel/resource.c')!;
      // Function definitions of the file start at the beginning of a line and end in `)` before a line with `{`.
      const heads = [...text.matchAll(/^(?!#|\s|\*|\/)[^;={}]*?\b(\w+)\([^;{}]*\)\s*\n\{/gm)].map((m) => m[1]!);
      assert.ok(heads.length > 60, `${heads.length} functions found in the text`);
      for (const name of heads) if (!/^[A-Z_]+$/.test(name)) assert.ok(own.includes(name), `${name} is not lowered`);
      assert.ok(compiled.exported.has('iomem_resource') && compiled.exported.has('request_resource'));
      assert.ok(compiled.setups.some((setup) => setup.option === 'reserve='));
    });
  }
});
