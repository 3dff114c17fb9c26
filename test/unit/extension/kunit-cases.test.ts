import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { findKunitCases } from '../../../src/extension/kunit-cases.ts';

describe('extension/kunit-cases', () => {
  it('lists the cases of a suite with the lines of their functions', () => {
    const text = readFileSync('test/fixtures/seed-suite/resource_toy_kunit.c', 'utf8');
    const lines = text.split('\n');
    const cases = findKunitCases(text);
    assert.deepEqual(
      cases.map(({ name }) => name),
      ['toy_test_request', 'toy_test_insert', 'toy_test_free_region', 'toy_test_wrong'],
    );
    for (const { name, line } of cases) assert.equal(lines[line], `static void ${name}(struct kunit *test)`);
  });

  it('finds nothing where no suite is registered, or only in a comment', () => {
    assert.deepEqual(findKunitCases('static struct kunit_case cases[] = { KUNIT_CASE(one), {} };'), []);
    const commented =
      '/* KUNIT_CASE(one)\n*/ // KUNIT_CASE(two)\nKUNIT_CASE_SLOW( three ), KUNIT_CASE(three)\nkunit_test_suites(&a);';
    assert.deepEqual(findKunitCases(commented), [{ name: 'three', line: 2 }]);
  });

  it('takes time in proportion to the text, also of a comment that never ends', () => {
    assert.deepEqual(findKunitCases(`kunit_test_suite(a);${'/*'.repeat(500_000)}`), []);
    assert.deepEqual(
      findKunitCases(`kunit_test_suite(a);${'KUNIT_CASE ('.repeat(200_000).replaceAll('(K', '( ,K')}`),
      [],
    );
  });
});
