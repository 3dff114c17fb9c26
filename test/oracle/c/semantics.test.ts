/*
 * The front end against gcc on the programs of `programs/`; each file defines `void test_*(void)` functions.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needTool } from '../../support/tools.ts';
import { assertSame, gccValues, ourValues, testsOf } from './judge.ts';

const PROGRAMS = join(import.meta.dirname, 'programs');

describe('C semantics against gcc', function () {
  this.timeout(120_000);
  const texts = new Map(
    readdirSync(PROGRAMS)
      .filter((name) => name.endsWith('.c'))
      .sort()
      .map((name) => [name, readFileSync(join(PROGRAMS, name), 'utf8')]),
  );
  let expected: ReadonlyMap<string, readonly string[]>;
  before(function () {
    needTool(this, 'gcc');
    expected = gccValues(texts);
  });
  for (const [name, text] of texts) {
    for (const test of testsOf(text)) {
      it(`${name}: ${test}`, () => {
        assertSame(ourValues(text, test), expected.get(test));
      });
    }
  }
});
