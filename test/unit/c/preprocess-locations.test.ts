import assert from 'node:assert/strict';
import type { PreprocessResult } from '../../../src/c/preprocess/types.ts';
import type { Location, Token } from '../../../src/c/token.ts';
import { find, run } from './preprocess-support.ts';

const show = ({ file, line, column }: Location) => `${file}:${line}:${column}`;
const spelling = (result: PreprocessResult, token: Token) => show(result.locations.spelling(token.loc));
const presumed = (result: PreprocessResult, token: Token) => show(result.locations.presumed(token.loc));
/** `NAME@line:column` of each use around a token, innermost first. */
const uses = (result: PreprocessResult, token: Token) =>
  result.locations.spelling(token.loc).macros.map(({ name, loc }) => {
    const at = result.locations.presumed(loc);
    const spelled = result.locations.spelling(loc);
    return `${name}@${spelled.line}:${spelled.column}${at.line === spelled.line ? '' : ` in ${at.line}`}`;
  });

describe('locations', () => {
  it('of tokens that no macro made are their own', () => {
    const result = run('a\n  b');
    assert.equal(spelling(result, find(result, 'b')), 'main.c:2:3');
    assert.equal(presumed(result, find(result, 'b')), 'main.c:2:3');
    assert.deepEqual(uses(result, find(result, 'b')), []);
  });

  it('of a body are in the body, presumed at the use', () => {
    const result = run('#define M(x) lock(x)\nfoo();\n  M(l);');
    assert.equal(spelling(result, find(result, 'lock')), 'main.c:1:14');
    assert.equal(presumed(result, find(result, 'lock')), 'main.c:3:3');
    assert.deepEqual(uses(result, find(result, 'lock')), ['M@3:3']);
  });

  it('of an argument are in the argument, presumed at the use', () => {
    const result = run('#define M(x) lock(x)\n  M(\n    l);');
    assert.equal(spelling(result, find(result, 'l')), 'main.c:3:5');
    assert.equal(presumed(result, find(result, 'l')), 'main.c:2:3');
    assert.deepEqual(uses(result, find(result, 'l')), ['M@2:3']);
  });

  it('tell the chain of uses, innermost first', () => {
    const result = run('#define A inner\n#define B(x) x A\n#define C(y) B(y z)\nC(w A)');
    assert.deepEqual(uses(result, find(result, 'inner', 1)), ['A@2:16 in 4', 'B@3:14 in 4', 'C@4:1']);
    assert.deepEqual(uses(result, find(result, 'inner', 0)), ['A@4:5', 'B@3:14 in 4', 'C@4:1']);
    assert.deepEqual(uses(result, find(result, 'z')), ['B@3:14 in 4', 'C@4:1']);
    assert.deepEqual(uses(result, find(result, 'w')), ['B@3:14 in 4', 'C@4:1']);
    for (const token of result.tokens.slice(0, -1)) assert.equal(presumed(result, token), 'main.c:4:1');
  });

  it('give each token of a macro a number of its own', () => {
    const result = run('#define TWICE(x) x x\nTWICE(a b) TWICE(a b)');
    const locs = result.tokens.map((token) => token.loc);
    assert.equal(new Set(locs).size, locs.length);
  });

  it('tell files apart, and ours from the tree', () => {
    const result = run('', {
      path: 'kernel/x.c',
      tree: { 'kernel/x.c': '#include <linux/a.h>\n#include "y.h"\nx', 'kernel/y.h': '\ny\n' },
      model: { 'include/linux/a.h': 'a' },
    });
    assert.deepEqual(
      ['a', 'y', 'x'].map((text) => spelling(result, find(result, text))),
      ['<model>/include/linux/a.h:1:1', 'kernel/y.h:2:1', 'kernel/x.c:3:1'],
    );
    assert.equal(result.locations.lineText('kernel/y.h', 2), 'y');
    assert.equal(result.locations.lineText('kernel/y.h', 9), undefined);
    assert.equal(result.locations.lineText('none', 1), undefined);
    assert.equal(result.preprocessor.files().get('<model>/include/linux/a.h'), 'a');
  });

  it('of pasted and stringized tokens lie in the body', () => {
    const result = run('#define P(x) pre_##x #x\nP(a)');
    assert.equal(spelling(result, find(result, 'pre_a')), 'main.c:1:14');
    assert.equal(spelling(result, find(result, '"a"')), 'main.c:1:22');
  });

  it('know columns after tabs, and lines with CRLF', () => {
    const result = run('\tx\r\n\ty\r\n');
    assert.equal(spelling(result, find(result, 'y')), 'main.c:2:2');
    assert.equal(result.locations.lineText('main.c', 2), '\ty');
  });

  it('of 0 is nowhere', () => {
    const { locations } = run('');
    assert.deepEqual(locations.presumed(0), { file: '<built-in>', line: 1, column: 1, macros: [] });
  });

  it('of built-in macros lie in built-in text', () => {
    const result = run('__INT_MAX__ GIVEN', { defines: { GIVEN: 'given' } });
    assert.equal(result.locations.spelling(find(result, 'given').loc).file, '<built-in>');
    assert.equal(presumed(result, find(result, 'given')), 'main.c:1:13');
  });
});
