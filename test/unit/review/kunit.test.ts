/* KUnit suites of a tree in memory: cases with parameters of an array, and suites that cannot be understood. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
import { runKunit } from '../../../src/review/kunit.ts';
import { readModelFiles } from '../../support/model-files.ts';

const run = (text: string) =>
  runKunit({
    path: 'lib/sum_kunit.c',
    tree: new MemoryTree(new Map([['lib/sum_kunit.c', text]])),
    model: readModelFiles(),
  });

const suite = (cases: string, before = ''): string => `#include <kunit/test.h>
struct sum { int left, right, expected; const char *name; };
static const struct sum sums[] = {
	{ 1, 2, 3, "small" }, { 40, 2, 42, "large" }, { 2, 2, 5, "wrong" },
};
static void describe(const struct sum *sum, char *text) { strscpy(text, sum->name, KUNIT_PARAM_DESC_SIZE); }
${before}
static void test_sum(struct kunit *test)
{
	const struct sum *sum = test->param_value;

	KUNIT_EXPECT_EQ(test, sum->left + sum->right, sum->expected);
}
static struct kunit_case cases[] = { ${cases} {} };
static struct kunit_suite all = { .name = "sums", .test_cases = cases };
kunit_test_suite(all);
`;

describe('KUnit suites', function () {
  this.timeout(20_000);

  for (const [what, before] of [
    ['a function that tells their names', 'KUNIT_ARRAY_PARAM(sum, sums, describe);'],
    ['no names', 'KUNIT_ARRAY_PARAM(sum, sums, NULL);'],
    ['a member that holds their names', 'KUNIT_ARRAY_PARAM_DESC(sum, sums, name);'],
  ] as const) {
    it(`run a case for each element of an array, with ${what}`, async () => {
      const { after, failed } = await run(suite('KUNIT_CASE_PARAM(test_sum, sum_gen_params),', before));
      assert.deepEqual(
        after.cases.map(({ status }) => status),
        ['ok', 'ok', 'failed'],
      );
      assert.equal(failed.length, 1);
      assert.match(after.cases[2]!.failures[0]!.message, /sum->left \+ sum->right/);
    });
  }

  it('whose cases are not understood are no empty success', async () => {
    await assert.rejects(run(suite('KUNIT_CASE_UNHEARD_OF(test_sum),')), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'R010');
      assert.match(error.message, /KUNIT_CASE_UNHEARD_OF|lib\/sum_kunit\.c:\d+/);
      return true;
    });
  });
});
