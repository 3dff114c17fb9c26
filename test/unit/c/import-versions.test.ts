/* What kernels of other versions write: a unit that is imported from a small tree of our own must run. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
import { checkFile } from '../../../src/review/check.ts';
import { runScenario } from '../../../src/review/run-scenario.ts';
import { readModelFiles } from '../../support/model-files.ts';

const model = readModelFiles();
const UNIT = 'drivers/toy/toy.c';
type Files = Readonly<Record<string, string>>;
const treeOf = (files: Files) => new MemoryTree(new Map(Object.entries(files)));

/** What `answer()` of the unit comes to, and the stubs that it went through. */
async function answer(files: Files): Promise<{ readonly value: bigint; readonly stubs: readonly string[] }> {
  const [run] = await runScenario({
    scenarioName: 's.c',
    scenarioText: `// unit: ${UNIT}\n#include <iomem-review.h>\nlong answer(void);\nCHECK { OBSERVE((u64)answer()); }\n`,
    model,
    tree: treeOf(files),
  });
  assert.deepEqual(run!.outcome.problems, []);
  return { value: BigInt(run!.outcome.observations[0]!.value), stubs: run!.stubs };
}

describe('import on demand, for other kernels', function () {
  this.timeout(60_000);

  it('takes macros whose names only `##` makes', async () => {
    const files = {
      [UNIT]: `#include <linux/toy.h>\nlong answer(void) { return TOY_GET(GREEN, SIZE) + TOY_CALL(ADD, 1); }\n`,
      'include/linux/toy.h': `#define TOY_GREEN_SIZE TOY_UNIT(20)
#define TOY_UNIT(n) ((n) * 2)
#define TOY_GET(colour, what) TOY_##colour##_##what
#define TOY_OP_ADD(n) ((n) + TOY_GREEN_SIZE)
#define TOY_CALL(op, n) TOY_OP_##op(n)
`,
    };
    assert.equal((await answer(files)).value, 81n);
  });

  it('takes enumerators and records that macros write', async () => {
    const files = {
      [UNIT]: `#include <linux/toy.h>
long answer(void) { struct toy t = { .left = TOY_WRITE_BIT }; return t.left * 10 + TOY_READ_BIT; }\n`,
      'include/linux/toy.h': `#define TOY_BIT(name, n) TOY_##name##_BIT = (n)
#define toy_struct(name) struct name
enum {
	TOY_BIT(READ, 3),
	TOY_BIT(WRITE, 4),
};
toy_struct(toy) {
	long left;
};
`,
    };
    assert.equal((await answer(files)).value, 43n);
  });

  it('takes members behind a macro that stands for padding', async () => {
    const files = {
      [UNIT]: `#include <linux/mm_types.h>
long answer(void) { struct vm_fault f = { .toy_depth = 5 }; return f.toy_depth; }\n`,
      'include/linux/mm_types.h': `#define TOY_PADDING(name) struct toy_padding name;
struct vm_fault {
	int flags;
	TOY_PADDING(_pad1_)
	/* how deep */
	int toy_depth;
};
`,
    };
    assert.equal((await answer(files)).value, 5n);
  });

  it('reads a declaration again that came before what it needs', async () => {
    const files = {
      [UNIT]: `#include <linux/toy.h>
#include <linux/completion.h>
long answer(void) { struct toy t; t.n = sizeof(struct completion); return sizeof(t) - t.n; }\n`,
      // It includes nothing, as headers do that are only read behind others.
      'include/linux/toy.h': 'struct toy {\n\tstruct completion done;\n\tlong n;\n};\n',
      'include/linux/completion.h': 'struct completion { int done; };\n',
    };
    assert.equal((await answer(files)).value, 8n);
  });

  it('makes a stub of a function that the tree declares otherwise than we do', async () => {
    const files = {
      [UNIT]: `#include <linux/memory_hotplug.h>
long answer(void) { return 7 + arch_add_memory(0, 0x1000, 0x1000, (void *)0, true); }\n`,
      'include/linux/memory_hotplug.h':
        'extern int arch_add_memory(int nid, u64 start, u64 size, void *altmap, bool want_memblock);\n',
    };
    const { value, stubs } = await answer(files);
    assert.equal(value, 7n);
    assert.deepEqual([...stubs], ['arch_add_memory (as the tree declares it)']);
  });

  it('lets the unit define a function that takes other arguments than ours', () => {
    const files = {
      [UNIT]: '#include <linux/memory_hotplug.h>\nint add_memory(int nid, u64 start, u64 size) { return toy(); }\n',
      'include/linux/memory_hotplug.h': 'int add_memory(int nid, u64 start, u64 size);\n',
    };
    const { functions, declarations } = checkFile({ path: UNIT, tree: treeOf(files), model, machine: 'x86_64' });
    assert.deepEqual(declarations, []);
    assert.deepEqual(
      functions.map(({ name, executable }) => [name, executable]),
      [['add_memory', true]],
    );
  });

  it('types a stub by a prototype for which the configuration has no use', async () => {
    const files = {
      [UNIT]: `#include <linux/toy.h>
long answer(void) { char *at = toy_find(3); return at ? 1 : 2; }\n`,
      'include/linux/toy.h': '#ifdef CONFIG_TOY_THAT_IS_OFF\nchar *toy_find(int n);\n#endif\n',
    };
    const { value, stubs } = await answer(files);
    assert.equal(value, 2n);
    assert.deepEqual([...stubs], ['toy_find']);
  });
});
