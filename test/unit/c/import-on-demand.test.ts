/* Declarations that the model headers lack, taken out of a small tree of our own. */
import assert from 'node:assert/strict';
import type { CodedError } from '../../../src/base/errors.ts';
import { MemoryTree, type SourceTree } from '../../../src/base/tree.ts';
import { checkFile } from '../../../src/review/check.ts';
import { runScenario } from '../../../src/review/run-scenario.ts';
import { readModelFiles } from '../../support/model-files.ts';

const model = readModelFiles();
type Files = Readonly<Record<string, string>>;
const UNIT = 'drivers/toy/toy.c';
const treeOf = (files: Files): SourceTree => new MemoryTree(new Map(Object.entries(files)));

/** Runs `answer()` of the unit; its value, and what stubs it went through. */
async function answer(
  files: Files,
  scenario = 'long answer(void);\nCHECK { OBSERVE((u64)answer()); }',
): Promise<{ readonly value: bigint; readonly stubs: readonly string[] }> {
  const [run] = await runScenario({
    scenarioName: 's.c',
    scenarioText: `// unit: ${UNIT}\n#include <iomem-review.h>\n${scenario}\n`,
    model,
    tree: treeOf(files),
  });
  assert.deepEqual(run!.outcome.problems, []);
  return { value: BigInt(run!.outcome.observations[0]!.value), stubs: run!.stubs };
}
const value = async (files: Files): Promise<bigint> => (await answer(files)).value;
const check = (files: Files) => checkFile({ path: UNIT, tree: treeOf(files), model, machine: 'x86_64' });

describe('import on demand', function () {
  this.timeout(60_000);

  it('takes structs, enums, macros, typedefs and inline functions, through headers that include each other', async () => {
    const files = {
      [UNIT]: `#include <linux/toy.h>
long answer(void)
{
	struct toy t = { .kind = TOY_BIG, .part = { 3, 4 } };
	toy_count n = toy_sum(&t);

	return n * TOY_SCALE + sizeof(struct toy_part);
}
`,
      'include/linux/toy.h': `#ifndef TOY_H
#define TOY_H
#include <linux/toy-part.h>
enum toy_kind { TOY_SMALL, TOY_BIG = 10 };
struct toy {
	enum toy_kind kind;
	struct toy_part part;
};
#define TOY_SCALE TOY_DOUBLE(50)
static inline toy_count toy_sum(const struct toy *toy)
{
	return toy->kind + part_sum(&toy->part);
}
#endif
`,
      'include/linux/toy-part.h': `#include <linux/toy.h>
struct toy_part {
	int a, b;
};
typedef unsigned long toy_count;
#define TOY_DOUBLE(x) ((x) + (x))
static inline int part_sum(const struct toy_part *part)
{
	return part->a + part->b;
}
`,
    };
    assert.equal(await value(files), 1708n);
    assert.deepEqual(check(files).missingHeaders, []);
  });

  it('follows the conditions around a declaration', async () => {
    const files = {
      [UNIT]: '#include <linux/toy.h>\nlong answer(void) { return toy_mode() + TOY_BITS; }\n',
      'include/linux/toy.h': `#include <linux/toy-arch.h>
#if defined(CONFIG_TOY_NEVER)
static inline int toy_mode(void) { return 1; }
#elif TOY_LEVEL > 2 && defined(CONFIG_64BIT)
static inline int toy_mode(void) { return 2; }
#else
static inline int toy_mode(void) { return 3; }
#endif
#ifndef TOY_BITS
#define TOY_BITS 8
#endif
`,
      'include/linux/toy-arch.h': '#define TOY_LEVEL (1 + 2)\n#define TOY_BITS 100\n',
    };
    assert.equal(await value(files), 102n);
  });

  it('makes a named stub of what is only declared, and of what nobody declares', async () => {
    const { value: got, stubs } = await answer({
      [UNIT]: '#include <linux/toy.h>\nlong answer(void) { return toy_far(1) + toy_nowhere("x", 2) + 7; }\n',
      'include/linux/toy.h': 'extern unsigned long toy_far(int n);\n',
    });
    assert.equal(got, 7n);
    assert.deepEqual(stubs, ['toy_far', 'toy_nowhere']);
  });

  it('prefers what is modelled to what the tree says', async () => {
    const files = {
      // Reaches the mutex through another header, as drivers do.
      [UNIT]: `#include <linux/toy.h>
static DEFINE_MUTEX(lock);
long answer(void)
{
	int held;

	mutex_lock(&lock);
	held = mutex_is_locked(&lock);
	mutex_unlock(&lock);
	return held;
}
`,
      'include/linux/toy.h': '#include <linux/mutex.h>\n',
      'include/linux/mutex.h': `struct mutex { int broken; };
#define mutex_lock(x) toy_panic()
#define DEFINE_MUTEX(x) struct mutex x = { 1 }
`,
    };
    assert.equal(await value(files), 1n);
  });

  it('gives records of the model the members that only the tree has, in every unit', async () => {
    const files = {
      [UNIT]: `#include <linux/device.h>
long answer(struct device *dev)
{
	dev->toy_spare += 40;
	return dev->toy_spare;
}
`,
      'include/linux/device.h': `struct toy_cell { long a[3]; };
struct device {
	struct device *parent;
#ifdef CONFIG_64BIT
	struct toy_cell cells;
	long toy_spare;
#endif
};
`,
    };
    // The scenario is a unit that knows nothing of the member, and has the object.
    const scenario = `long answer(struct device *dev);
static struct device devices[2];
CHECK { answer(&devices[1]); OBSERVE((u64)answer(&devices[1])); }`;
    assert.equal((await answer(files, scenario)).value, 80n);
  });

  it('finds what macros declare by pasting', async () => {
    const files = {
      [UNIT]: `#include <linux/toy.h>
long answer(void)
{
	int n = 0;

	{
		guard(toy)(&n);
		n += 5;
	}
	return n + ToyReady(&n);
}
`,
      'include/linux/toy.h': `#include <linux/cleanup.h>
#define TOY_TEST(name) static inline int Toy##name(int *p) { return *p * 10; }
TOY_TEST(Ready)
static inline void toy_enter(int *p) { *p += 1; }
static inline void toy_leave(int *p) { *p += 100; }
DEFINE_GUARD(toy, int *, toy_enter(_T), toy_leave(_T))
`,
    };
    assert.equal(await value(files), 106n + 1060n);
  });

  it('takes options out of the Makefile, and directories that it adds', async () => {
    const files = {
      [UNIT]: `#include <toy-own.h>
#ifndef CONFIG_TOY
#error never compiled
#endif
long answer(void) { return TOY_OWN; }
`,
      'drivers/toy/Makefile': 'ccflags-y += -I $(src)/include\nobj-$(CONFIG_TOY) += toy.o\n',
      'drivers/toy/include/toy-own.h': '#define TOY_OWN 9\n',
    };
    assert.equal(await value(files), 9n);
  });

  it('names the header in errors, and the reason in check', () => {
    const files = {
      [UNIT]:
        '#include <linux/toy.h>\nint good(void) { return toy_one(); }\nint bad(void) { return toy_asm() + TOY_UNKNOWN; }\n',
      'include/linux/toy.h': 'static inline int toy_one(void) { return 1; }\nint toy_asm(void);\n',
    };
    const { functions } = check(files);
    assert.deepEqual(
      functions.map((f) => [f.name, f.executable]),
      [
        ['good', true],
        ['bad', false],
      ],
    );
    assert.match(functions[1]!.reason!, /'TOY_UNKNOWN' is not declared here \(drivers\/toy\/toy\.c:3:/);
  });

  it('does not follow what has no end', () => {
    const files: Record<string, string> = {
      [UNIT]: '#include <linux/t0.h>\nint f(void) { return deep_0(); }\nint g(void) { return loop_a(); }\n',
    };
    for (let i = 0; i < 400; i++)
      files[`include/linux/t${i}.h`] =
        `#include <linux/t${i + 1}.h>\n#include <linux/t${(i * 7) % 400}.h>\nstruct deep_${i} { struct deep_${i + 1} x; };\n#define deep_${i}() deep_${i + 1}()\n`;
    files['include/linux/t400.h'] =
      '#define loop_a() loop_b()\n#define loop_b() loop_a()\nstruct deep_400 { struct deep_0 x; };\n';
    const started = performance.now();
    assert.equal(check(files).functions.length, 2);
    assert.ok(performance.now() - started < 20_000);
  });

  it('stands hostile headers', () => {
    const errors: CodedError[] = [];
    const headers = [
      '#if\n#if 1\n#else\n}}}}((((\nint x',
      'enum { A, A, A = B };\nstruct s { struct s x; };\ntypedef x x;',
      `struct big { ${'int a; '.repeat(20_000)}`,
      `${'#if X\n'.repeat(5000)}int wanted;`,
      `${'('.repeat(50_000)}`,
      '#define wanted wanted wanted\n#define wanted(x) wanted(wanted(x)(x))',
      '\0\0int wanted\0;',
    ];
    for (const header of headers) {
      const files = {
        [UNIT]: '#include <linux/toy.h>\nint f(void) { return wanted + sizeof(struct big) + A; }\n',
        'include/linux/toy.h': header,
      };
      const { functions } = check(files);
      assert.ok(functions.length <= 1, header.slice(0, 40));
    }
    assert.deepEqual(errors, []);
  });
});
