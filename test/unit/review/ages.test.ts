/* Code in the idioms of kernels older and newer than those at hand, in trees of our own: it runs, and does what it says. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
import { checkFile } from '../../../src/review/check.ts';
import { runScenario } from '../../../src/review/run-scenario.ts';
import { readModelFiles } from '../../support/model-files.ts';

const model = readModelFiles();
const makefile = (version: number, level: number) => `VERSION = ${version}\nPATCHLEVEL = ${level}\nSUBLEVEL = 0\n`;
const record = `struct resource {
	resource_size_t start, end;
	const char *name;
	unsigned long flags, desc;
	struct resource *parent, *sibling, *child;
};
#define IORESOURCE_MEM 0x200
#define IORESOURCE_BUSY 0x80000000
#define IORES_DESC_NONE 0
extern struct resource iomem_resource;
static inline resource_size_t resource_size(const struct resource *res)
{
	return res->end - res->start + 1;
}
`;

/** Runs a unit with the scenario's observations as answer; what goes wrong is listed in their place. */
async function run(files: Readonly<Record<string, string>>, scenario: string): Promise<string[]> {
  const tree = new MemoryTree(new Map(Object.entries(files)));
  const path = 'kernel/unit.c';
  const { functions, declarations } = checkFile({ path, tree, model, machine: 'x86_64' });
  assert.deepEqual([...functions.filter((f) => !f.executable).map((f) => f.reason), ...declarations], []);
  const text = `// unit: ${path}\n#include <iomem-review.h>\n${scenario}`;
  const [result] = await runScenario({ scenarioName: 's.c', scenarioText: text, model, tree });
  const { outcome, stubs } = result!;
  return [...outcome.problems.map((p) => p.message), ...stubs, ...outcome.observations.map((o) => o.value)];
}

describe('idioms of other kernels', function () {
  this.timeout(60_000);

  it('7.x: guards, scoped guards, __free, classes and allocation by type undo themselves on every way out', async () => {
    const unit = `#include <linux/cleanup.h>
#include <linux/ioport.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static DEFINE_RWLOCK(table_lock);
static DEFINE_SPINLOCK(order);
static int trail;
static void note(int what)
{
	trail = trail * 10 + what;
}
DEFINE_FREE(note_end, int *, if (_T) note(*_T))
DEFINE_CLASS(mark, int, note(_T), (note(9), mark), int mark)

int take_trail(void)
{
	int taken = trail;

	trail = 0;
	return taken;
}
int held(void)
{
	return spin_is_locked(&order);
}
int early(int way)
{
	static int one = 1, two = 2;
	int *a __free(note_end) = &one;
	int *b __free(note_end) = &two;

	guard(read_lock)(&table_lock);
	if (way == 1)
		return 1;
	scoped_guard(spinlock, &order) {
		if (way == 2)
			return held() ? 2 : 0;
		if (way == 3)
			break;
		note(5);
	}
	if (way == 4)
		goto out;
	{
		CLASS(mark, m)(7);

		note(m == 7 ? 6 : 0);
	}
	a = NULL;
out:
	return 4;
}
struct resource *made(bool keep)
{
	struct resource *res __free(kfree) = kzalloc_obj(*res);
	struct resource *many __free(kfree) = kzalloc_objs(struct resource, 3, GFP_KERNEL);

	if (!res || !many)
		return NULL;
	many[2].start = 5;
	res->start = many[2].start;
	if (!keep)
		return NULL;
	return_ptr(res);
}
`;
    const values = await run(
      {
        Makefile: makefile(7, 1),
        'kernel/unit.c': unit,
        'include/linux/ioport.h': `#include <linux/types.h>\n${record}`,
      },
      `struct resource;
int early(int way);
int take_trail(void);
int held(void);
struct resource *made(bool keep);
CHECK {
	struct resource *res;

	for (int way = 0; way < 5; way++) {
		OBSERVE(early(way));
		OBSERVE((long)take_trail());
		EXPECT(!held());
	}
	made(false);
	res = made(true);
	OBSERVE(res->start);
	kfree(res);
}
`,
    );
    const trails = [59672, 21, 21, 9672, 521].map(hex);
    assert.deepEqual(values, [
      ...['0x4', '0x1', '0x2', '0x4', '0x4'].flatMap((answer, way) => [answer, trails[way]]),
      '0x5',
    ]);
  });

  it('6.13 and later: resources by as many arguments as one likes, and a walk that ends at its root', async () => {
    const ioport = `#include <linux/args.h>
#include <linux/types.h>
${record}
#define DEFINE_RES_NAMED_DESC(_start, _size, _name, _flags, _desc) \\
	(struct resource) { .start = (_start), .end = (_start) + (_size) - 1, .name = (_name), .flags = (_flags), .desc = (_desc) }
#define __DEFINE_RES0() DEFINE_RES_NAMED_DESC(0, 0, NULL, 0, IORES_DESC_NONE)
#define __DEFINE_RES3(_start, _size, _flags) DEFINE_RES_NAMED_DESC(_start, _size, NULL, _flags, IORES_DESC_NONE)
#define DEFINE_RES(...) CONCATENATE(__DEFINE_RES, COUNT_ARGS(__VA_ARGS__))(__VA_ARGS__)
#define DEFINE_RES_MEM(_start, _size) DEFINE_RES(_start, _size, IORESOURCE_MEM)
`;
    const unit = `#include <linux/ioport.h>
struct resource iomem_resource = { .end = -1, .name = "PCI mem", .flags = IORESOURCE_MEM };
static struct resource *next_of(struct resource *p, bool skip_children, struct resource *root)
{
	if (!skip_children && p->child)
		return p->child;
	while (!p->sibling && p->parent) {
		p = p->parent;
		if (p == root)
			return NULL;
	}
	return p->sibling;
}
#define for_each_resource(_root, _p, _skip_children) \\
	for (typeof(_root) __root = (_root), __p = _p = __root->child; \\
	     __p && _p; _p = next_of(_p, _skip_children, __root))
static struct resource inner = DEFINE_RES_MEM(0x2000, 0x100);
static struct resource outer = DEFINE_RES(0x1000, 0x4000, IORESOURCE_MEM);
static struct resource later = DEFINE_RES_MEM(0x8000, 0x10);
unsigned long walk(struct resource *root)
{
	struct resource *p;
	unsigned long sum = 0;

	outer.child = &inner;
	outer.parent = later.parent = &iomem_resource;
	inner.parent = &outer;
	outer.sibling = &later;
	iomem_resource.child = &outer;
	for_each_resource(root ?: &outer, p, false)
		sum += resource_size(p);
	return sum;
}
struct resource empty(void)
{
	return DEFINE_RES();
}
`;
    const values = await run(
      { Makefile: makefile(6, 18), 'kernel/unit.c': unit, 'include/linux/ioport.h': ioport },
      `unsigned long walk(struct resource *root);
CHECK { OBSERVE(walk(NULL)); OBSERVE(walk(&iomem_resource)); iomem_resource.child = NULL; }
`,
    );
    assert.deepEqual(values, ['0x100', '0x4110']);
  });

  it('before 6.12 and 5.17: kvrealloc with both sizes, PDE_DATA', async () => {
    const unit = `#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
int grown(void)
{
	char *text = kvmalloc(4, GFP_KERNEL), *more;
	int length;

	if (!text)
		return -ENOMEM;
	strcpy(text, "abc");
	more = kvrealloc(text, 4, 16, GFP_KERNEL);
	if (!more)
		return -ENOMEM;
	strcat(more, "defg");
	length = strlen(more);
	kvfree(more);
	return length;
}
void *data_of(const struct inode *inode)
{
	return PDE_DATA(inode);
}
`;
    const values = await run(
      {
        Makefile: makefile(4, 18),
        'kernel/unit.c': unit,
        'include/linux/ioport.h': `#include <linux/types.h>\n${record}`,
      },
      'int grown(void);\nCHECK { OBSERVE(grown()); }\n',
    );
    assert.deepEqual(values, ['0x7']);
  });

  it('what the model has never heard of is taken from that kernel', async () => {
    const unit = `#include <linux/future.h>
#include <linux/mutex.h>
static DEFINE_MUTEX(order);
int future(void)
{
	int slots[4] = { };

	with_index(i, 4)
		slots[i] = FUTURE_WEIGHT * i;
	return future_total(slots, ARRAY_SIZE(slots)) + (future_try(&order) ? 1 : 0);
}
`;
    const header = `#ifndef FUTURE_H
#define FUTURE_H
#include <linux/cleanup.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
enum { FUTURE_WEIGHT = BIT(3) };
#define with_index(_i, _n) for (typeof(_n) _i = 0; _i < (_n); _i++)
static __always_inline int future_total(const int *slots, size_t n)
{
	int total = 0;

	with_index(i, n)
		total += slots[i];
	return total;
}
DEFINE_GUARD(future, struct mutex *, mutex_lock(_T), mutex_unlock(_T))
static inline bool future_try(struct mutex *lock)
{
	scoped_guard(future, lock)
		return mutex_is_locked(lock);
	return false;
}
#endif
`;
    const values = await run(
      { Makefile: makefile(7, 9), 'kernel/unit.c': unit, 'include/linux/future.h': header },
      'int future(void);\nCHECK { OBSERVE(future()); }\n',
    );
    assert.deepEqual(values, [hex(8 * 6 + 1)]);
  });
});

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
