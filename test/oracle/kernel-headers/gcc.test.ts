/*
 * gcc judges the model headers: unmodified kernel files must compile with them, without a warning.
 * Nothing is linked or run. The kernel's own headers that the front end takes from the tree are laid over ours.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { needKernel, versions } from '../../support/kernels.ts';
import { needTool } from '../../support/tools.ts';

const INCLUDE = join(import.meta.dirname, '../../../src/kernel/include');
const FROM_TREE = ['ioport.h', 'resource_ext.h', 'range.h', 'memremap.h'];
const CONFIG = [
  'SPARSEMEM',
  'PROC_FS',
  'GET_FREE_REGION',
  'STRICT_DEVMEM',
  'IO_STRICT_DEVMEM',
  'MEMORY_HOTPLUG',
  'MEMORY_HOTREMOVE',
  'DEVICE_PRIVATE',
  'ZONE_DEVICE',
  'FS_DAX',
  'NUMA',
];
// Those of the kernel's own Makefile: it does not warn of pointer signs, and its callbacks leave parameters unused.
const FLAGS = [
  '-std=gnu11',
  '-fsyntax-only',
  '-nostdinc',
  '-ffreestanding',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wno-pointer-sign',
  '-Wno-unused-parameter',
  '-Wno-sign-compare',
  '-Wno-missing-field-initializers',
];

function gcc(args: readonly string[]): string {
  const run = spawnSync('gcc', args, { encoding: 'utf8' });
  if (run.error) throw run.error;
  return run.status === 0 ? '' : run.stderr;
}

function headers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.h'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

describe('model headers, judged by gcc', function () {
  this.timeout(120_000);
  let work: string;

  before(function () {
    needTool(this, 'gcc');
    work = mkdtempSync(join(tmpdir(), 'iomem-headers-'));
  });
  after(() => {
    if (work) rmSync(work, { recursive: true, force: true });
  });

  for (const version of versions) {
    describe(`Linux ${version}`, () => {
      let tree: string;
      let overlay: string;

      before(function () {
        tree = needKernel(this, version);
        overlay = join(work, version);
        mkdirSync(join(overlay, 'linux'), { recursive: true });
        for (const name of FROM_TREE) cpSync(join(tree, 'include/linux', name), join(overlay, 'linux', name));
        // mm/memremap.c includes "internal.h" of its folder; the front end treats a header it may not take as empty.
        writeFileSync(join(overlay, 'internal.h'), '');
      });

      for (const file of ['kernel/resource.c', 'kernel/resource_kunit.c', 'mm/memremap.c']) {
        for (const [bits, extra] of [
          [64, []],
          [32, ['-m32', '-DIOMEM_MAX_PHYSMEM_BITS=36']],
        ] as const) {
          it(`${file}, ${bits} bits`, () => {
            const source = join(overlay, file.replaceAll('/', '_'));
            cpSync(join(tree, file), source);
            const defines = CONFIG.map((name) => `-DCONFIG_${name}=1`);
            assert.equal(gcc([...FLAGS, ...extra, ...defines, '-I', overlay, '-I', INCLUDE, source]), '');
          });
        }
      }

      it('the library, and each header by itself', () => {
        const problems: string[] = [];
        // A header that needs another must include it; once is enough.
        const all = version === '6.12' ? headers(INCLUDE).map((name) => `#include <${name}>\n`) : [];
        const lib = join(INCLUDE, '../lib');
        const files = ['kernel.c', 'kunit/kunit.c'];
        const one = join(overlay, 'one.c');
        for (const text of all) {
          writeFileSync(one, text);
          const said = gcc([...FLAGS, '-DCONFIG_SPARSEMEM=1', '-I', overlay, '-I', INCLUDE, one]);
          if (said) problems.push(text + said);
        }
        for (const name of files) {
          const said = gcc([...FLAGS, '-DCONFIG_SPARSEMEM=1', '-I', overlay, '-I', INCLUDE, join(lib, name)]);
          if (said) problems.push(said);
        }
        assert.equal(problems.join('\n'), '');
      });

      it('the dialect of newer kernels and of scenarios', () => {
        const one = join(overlay, 'dialect.c');
        writeFileSync(one, DIALECT);
        assert.equal(gcc([...FLAGS, '-DCONFIG_SPARSEMEM=1', '-I', overlay, '-I', INCLUDE, one]), '');
      });
    });
  }
});

const DIALECT = `
#include <iomem-review.h>
#include <linux/args.h>
#include <linux/rwsem.h>
#include <linux/rculist.h>
#include <linux/xarray.h>
static DEFINE_RWLOCK(tree_lock);
static DEFINE_MUTEX(mutex_of_all);
static IOMEM_DEVICE(gpu);
DEFINE_FREE(free_region, struct resource *, if (_T) kfree(_T))
struct flexible { size_t count; u32 values[]; };
static struct resource *made;
static struct resource *work(struct resource *r)
{
	struct resource *a __free(kfree) = kzalloc_obj(*a);
	struct resource *b __free(kfree) = kzalloc_obj(struct resource, GFP_ATOMIC);
	struct resource *c __free(kvfree) = kvzalloc_objs(struct resource, 4);
	struct resource *d __free(free_region) = NULL;
	struct flexible *f __free(kfree) = kzalloc(struct_size(f, values, 3), GFP_KERNEL);
	struct resource *moved;
	guard(write_lock)(&tree_lock);
	scoped_guard(mutex, &mutex_of_all) {
		r->start++;
	}
	scoped_guard(rcu)
		r->end++;
	if (!a || !b || !f)
		return ERR_PTR(-ENOMEM);
	moved = kvrealloc(c, 64, GFP_KERNEL);
	if (moved) {
		retain_and_null_ptr(c);
		c = moved;
	}
	d = no_free_ptr(a);
	return_ptr(d);
}
SETUP { made = iomem_insert(&iomem_resource, "window", 0, SZ_1G, IORESOURCE_MEM, 0); }
THREAD(driver) { made = work(made); }
CHECK
{
	EXPECT(!IS_ERR(made));
	OBSERVE(made);
	OBSERVE(made->start);
	OBSERVE(made->name);
	OBSERVE(IS_ERR(made));
	OBSERVE(COUNT_ARGS(1, 2, 3));
	OBSERVE(REGION_MIXED);
	NOTE("%pR", made);
	iomem_device_unbind(&gpu);
}
`;
