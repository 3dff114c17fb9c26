import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryTree } from '../../../src/base/tree.ts';
import { preprocess } from '../../../src/c/preprocess/preprocess.ts';
import type { PreprocessContext, PreprocessResult } from '../../../src/c/preprocess/types.ts';
import { diskTree, needKernel, versions } from '../../support/kernels.ts';
import { readModelFiles } from '../../support/model-files.ts';
import { needTool } from '../../support/tools.ts';
import { BARE, gccPreprocess, spellings } from './gcc.ts';

/** Real kernel files, preprocessed by gcc and by us with the same headers: token for token the same. */

const FROM_TREE = ['include/linux/ioport.h', 'include/linux/resource_ext.h', 'include/linux/range.h'];
const DEFINES = new Map([
  ['__x86_64__', '1'],
  ['CONFIG_64BIT', '1'],
  ['CONFIG_PROC_FS', '1'],
  ['CONFIG_GET_FREE_REGION', '1'],
  ['CONFIG_IO_STRICT_DEVMEM', '1'],
  ['CONFIG_SPARSEMEM', '1'],
  ['CONFIG_DEVICE_PRIVATE', '1'],
]);

/** The same macros on gcc's command line, Kbuild's among them. */
function flags(path: string): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1, -2);
  const kbuild = new Map([
    ['__KERNEL__', '1'],
    ['KBUILD_BASENAME', `"${name}"`],
    ['KBUILD_MODNAME', `"${name}"`],
    ['KBUILD_MODFILE', `"${path.slice(0, -2)}"`],
    ['__KBUILD_MODNAME', `kmod_${name}`],
  ]);
  // What our front end does not have is taken from gcc too.
  const without = ['-U__linux__', '-U__SIZEOF_INT128__', '-D__builtin_isdigit=no', '-D__IOMEM_REVIEW__=1'];
  return [...without, ...[...DEFINES, ...kbuild].map(([macro, body]) => `-D${macro}=${body}`)];
}

function assertSame(ours: PreprocessResult, gccText: string): void {
  const mine = ours.tokens.slice(0, -1).map((token) => token.text);
  const theirs = spellings(gccText);
  for (let i = 0; i < Math.max(mine.length, theirs.length); i++) {
    if (mine[i] === theirs[i]) continue;
    const at = ours.locations.presumed(ours.tokens[Math.min(i, mine.length)]!.loc);
    const near = (list: readonly string[]) => list.slice(Math.max(0, i - 10), i + 10).join(' ');
    assert.fail(`token ${i}, ${at.file}:${at.line}\nours: ${near(mine)}\ngcc:  ${near(theirs)}`);
  }
}

function emptyHeaders(result: PreprocessResult): [string, string][] {
  return result.missingHeaders.map(({ name }) => [`include/${name}`, '']);
}

for (const version of versions) {
  describe(`files of Linux ${version} as gcc preprocesses them`, () => {
    for (const path of ['kernel/resource.c', 'mm/memremap.c', 'mm/sparse.c', 'drivers/dax/kmem.c']) {
      for (const withModel of [false, true]) {
        it(`${path}, ${withModel ? 'with the model headers' : 'all other headers empty'}`, function () {
          needTool(this, 'gcc');
          const tree = diskTree(needKernel(this, version));
          const model = withModel ? readModelFiles() : new Map<string, string>();
          const context: PreprocessContext = {
            ...BARE,
            tree,
            model: new MemoryTree(model),
            fromTree: FROM_TREE,
            defines: DEFINES,
          };
          const ours = preprocess({ path, from: 'tree' }, context);
          const files = new Map([...model, ...emptyHeaders(ours)]);
          // What was read of the tree, unless the model stood in.
          for (const [name, text] of ours.preprocessor.files()) if (!name.startsWith('<')) files.set(name, text);
          const forced = ['linux/kconfig.h', 'linux/compiler_types.h'].filter((name) => model.has(`include/${name}`));
          const gcc = gccPreprocess(files, path, [
            ...flags(path),
            '-Iinclude',
            '-Iinclude/uapi',
            ...forced.flatMap((name) => ['-include', `include/${name}`]),
          ]);
          assertSame(ours, gcc.text);
          assert.equal(ours.errors.length > 0, / error: /.test(gcc.stderr), gcc.stderr);
        });
      }
    }

    it('kernel/resource.c with every header of the tree', function () {
      needTool(this, 'gcc');
      this.timeout(120_000);
      const folder = needKernel(this, version);
      const directories = ['arch/x86/include', 'include', 'arch/x86/include/uapi', 'include/uapi'];
      const fromTree: string[] = [];
      for (const directory of ['arch/x86/include', 'include']) {
        for (const entry of readdirSync(join(folder, directory), { recursive: true, withFileTypes: true })) {
          if (entry.isFile()) fromTree.push(join(entry.parentPath, entry.name).slice(folder.length + 1));
        }
      }
      const context: PreprocessContext = { ...BARE, tree: diskTree(folder), fromTree, defines: DEFINES };
      const path = 'kernel/resource.c';
      const ours = preprocess({ path, from: 'tree' }, context);
      const forced = ['linux/kconfig.h', 'linux/compiler_types.h'].flatMap((name) => ['-include', `include/${name}`]);
      const gcc = gccPreprocess(
        new Map(emptyHeaders(ours)),
        path,
        [...flags(path), ...directories.map((directory) => `-I${directory}`), ...forced],
        folder,
      );
      assert.ok(ours.tokens.length > 100_000, `${ours.tokens.length} tokens`);
      assertSame(ours, gcc.text);
    });
  });
}
