import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
import { budgetOption, UsageError } from '../../../src/cli/usage.ts';
import { type Budgets, budgetRanges } from '../../../src/review/budget.ts';
import { review } from '../../../src/review/review.ts';
import { readModelFiles } from '../../support/model-files.ts';

const model = readModelFiles();
const patchText = `From: A <a@example.org>
Subject: [PATCH] resource: a sum

---
diff --git a/kernel/resource.c b/kernel/resource.c
--- a/kernel/resource.c
+++ b/kernel/resource.c
@@ -1,2 +1,2 @@
 int sum_of(int a, int b)
-{ return a + b; }
+{ return b + a; }
`;
const tree = new MemoryTree(new Map([['kernel/resource.c', 'int sum_of(int a, int b)\n{ return a + b; }\n']]));
const scenario = (body: string) => ({
  name: 'own.c',
  text: `#include <iomem-review.h>\nint sum_of(int a, int b);\n${body}`,
});
const cutOff = async (body: string, budget: Budgets) => {
  const { report } = await review({
    patchText,
    patchName: 'p.patch',
    tree,
    model,
    builtIns: false,
    scenarios: [scenario(body)],
    budget,
  });
  const [patch] = report.patches;
  return { text: patch!.bounds.cutOff.join('\n'), statementBudget: patch!.bounds.statementBudget };
};

describe('budgets', function () {
  this.timeout(60_000);

  for (const [bound, body, budget] of [
    [
      'statement-budget',
      'CHECK { volatile int i; for (i = 0; i < 50000; i++) ; OBSERVE(sum_of(i, 1)); }',
      { statements: 20_000 },
    ],
    [
      'memory-budget',
      'static void *p[8]; CHECK { int i; for (i = 0; i < 8; i++) p[i] = kmalloc(1 << 18, GFP_KERNEL); OBSERVE(sum_of(i, 1)); }',
      { heap: 1 << 20 },
    ],
    [
      'stack-overflow',
      'static int deep(int n) { return n ? deep(n - 1) + 1 : 0; } CHECK { OBSERVE(sum_of(deep(150), 1)); }',
      { depth: 100 },
    ],
    ['events', 'CHECK { int i; for (i = 0; i < 2000; i++) OBSERVE(sum_of(i, 1)); }', { events: 1000 }],
  ] as const) {
    it(`${Object.keys(budget).join()}: an execution that it cuts off is told by the name ${bound}`, async () => {
      const tight = await cutOff(body, budget);
      assert.match(
        tight.text,
        new RegExp(`own on .*, before the patch: ${bound}\n.*own on .*, after the patch: ${bound}|${bound}`),
      );
      assert.equal((await cutOff(body, {})).text, '');
      assert.equal(tight.statementBudget, 'statements' in budget ? budget.statements : 2_000_000);
    });
  }

  for (const [name, budget] of [
    ['tokens', { tokens: 1000 }],
    ['sourceBytes', { source: 1000 }],
    ['nesting', { nesting: 8 }],
  ] as const) {
    it(`${name}: a compilation that it ends is told by its name`, async () => {
      const nested = `CHECK { OBSERVE(sum_of(${'('.repeat(20)}1${')'.repeat(20)}, 2)); }`;
      const { text } = await cutOff(nested, budget);
      assert.match(text, new RegExp(`compiling .*, after the patch: .*[\`']${name}[\`']`));
      assert.equal((await cutOff(nested, {})).text, '');
    });
  }

  it('are read from the command line, each in its range', () => {
    assert.deepEqual(budgetOption(undefined), {});
    assert.deepEqual(budgetOption('5000'), { budget: { statements: 5000 } });
    assert.deepEqual(budgetOption('heap=1048576,depth=50,seconds=9'), {
      budget: { heap: 1048576, depth: 50 },
      seconds: 9,
    });
    for (const wrong of [
      '',
      'x',
      'heap',
      'heap=',
      'heap=-1',
      'heap=1',
      'depth=1e9',
      'toString=1',
      '__proto__=1',
      'seconds=0',
    ])
      assert.throws(() => budgetOption(wrong), UsageError, wrong);
    for (const [name, [least, most]] of Object.entries(budgetRanges)) {
      for (const fits of [least, most]) assert.deepEqual(budgetOption(`${name}=${fits}`), { budget: { [name]: fits } });
      for (const not of [least - 1, most + 1]) assert.throws(() => budgetOption(`${name}=${not}`), UsageError);
    }
  });
});
