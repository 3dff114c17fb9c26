import assert from 'node:assert/strict';
import { runScenario } from '../../../src/review/run-scenario.ts';
import { readModelFiles } from '../../support/model-files.ts';

const model = readModelFiles();

/**
 * Programs that want all the time or memory there is. With the default budgets each ends, and is told by the name of what it
 * used up. Most would not end within the suite's time limit if natives' work were not paid for.
 */
const PROGRAMS: readonly (readonly [what: string, body: string, rules: readonly string[]])[] = [
  ['an endless loop', 'CHECK { for (;;) ; }', ['nontermination']],
  ['an endless loop that counts', 'CHECK { volatile u64 i = 0; for (;;) i++; }', ['statement-budget']],
  ['recursion', 'static int deep(int n) { return deep(n + 1) + 1; }\nCHECK { deep(0); }', ['stack-overflow']],
  [
    'recursion that branches',
    'static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }\nCHECK { fib(90); }',
    ['statement-budget'],
  ],
  [
    'recursion with large variables',
    'static int deep(int n) { char a[8192]; memset(a, n, sizeof(a)); return deep(n + 1) + a[n & 4095]; }\nCHECK { deep(0); }',
    ['stack-overflow'],
  ],
  ['kmalloc() of all there is', 'CHECK { while (kmalloc(1 << 16, GFP_KERNEL)) ; }', ['memory-budget']],
  ['kmalloc() of little', 'CHECK { for (;;) kmalloc(8, GFP_KERNEL); }', ['memory-budget', 'statement-budget']],
  ['kmalloc() and kfree()', 'CHECK { for (;;) kfree(kzalloc(1 << 20, GFP_KERNEL)); }', ['memory-budget']],
  ['one object that is too large', 'CHECK { vmalloc(1UL << 39); }', ['memory-budget']],
  [
    'krealloc() that grows',
    'CHECK { char *p = NULL; size_t n = 1; for (;;) p = krealloc(p, n++ * 64, GFP_KERNEL); }',
    ['memory-budget'],
  ],
  ['kasprintf()', 'CHECK { for (;;) kasprintf(GFP_KERNEL, "%4096d", 1); }', ['memory-budget']],
  ['a flood of messages', 'CHECK { for (;;) pr_info("%*d%*d\\n", 4096, 1, 4096, 2); }', ['nontermination']],
  ['a flood of short messages', 'CHECK { u64 i = 0; for (;;) pr_info("%llu\\n", i++); }', ['statement-budget']],
  ['a flood of warnings', 'CHECK { volatile u64 i = 0; for (;;) WARN(1, "%llu", i++); }', ['statement-budget']],
  [
    'a flood of warnings from deep down',
    'static void f(int n) { if (n) f(n - 1); else for (;;) WARN_ON(1); }\nCHECK { f(150); }',
    ['nontermination'],
  ],
  ['a flood of observations', 'CHECK { u64 i = 0; for (;;) { i++; OBSERVE(i); } }', ['statement-budget']],
  [
    'observations of one object of many',
    'CHECK { void *p; int i; for (i = 0; i < 200000; i++) p = kmalloc(8, GFP_KERNEL); for (i = 0; ; i++) { OBSERVE(p); } }',
    ['statement-budget'],
  ],
  ['memset() of 64 KiB', 'static char a[1 << 16];\nCHECK { for (;;) memset(a, 1, sizeof(a)); }', ['nontermination']],
  [
    'memset() of 8 MiB',
    'static char a[1 << 23];\nCHECK { int i; for (i = 0; ; i++) memset(a, i, sizeof(a)); }',
    ['statement-budget'],
  ],
  [
    'memset() without a loop',
    `static char a[1 << 23];\nCHECK { ${'memset(a, 1, sizeof(a));'.repeat(3000)} }`,
    ['statement-budget'],
  ],
  [
    'memcpy() of 4 MiB',
    'static char a[1 << 22], b[1 << 22];\nCHECK { for (;;) { memcpy(a, b, sizeof(a)); memmove(b, a, sizeof(a)); } }',
    ['nontermination', 'statement-budget'],
  ],
  [
    'memcmp() of 4 MiB',
    'static char a[1 << 22], b[1 << 22];\nCHECK { volatile u64 i; for (i = 0; ; i++) memcmp(a, b, sizeof(a)); }',
    ['statement-budget'],
  ],
  [
    'a last byte of much memory that changes',
    'static char a[1 << 23];\nCHECK { for (;;) a[sizeof(a) - 1]++; }',
    ['nontermination', 'statement-budget'],
  ],
  [
    'locks taken and given back',
    'static DEFINE_SPINLOCK(l);\nCHECK { for (;;) { spin_lock(&l); spin_unlock(&l); } }',
    ['nontermination'],
  ],
];

describe('hostile programs', function () {
  this.timeout(100_000);
  for (const [what, body, rules] of PROGRAMS) {
    it(`${what}: ${rules.join(' or ')}`, async () => {
      const [ran] = await runScenario({
        scenarioName: 's.c',
        scenarioText: `#include <iomem-review.h>\n${body}`,
        model,
      });
      const { end, problems } = ran!.outcome;
      assert.ok(rules.includes(end), `${end}: ${problems.at(-1)?.message}`);
    });
  }
});
