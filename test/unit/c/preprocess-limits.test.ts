import assert from 'node:assert/strict';
import { CodedError } from '../../../src/base/errors.ts';
import { expand, run, type Surroundings } from './preprocess-support.ts';

/** Runs, expects that it ends in the error `code`, which names `bound`, and soon. */
function bounded(code: string, bound: string, text: string, around: Surroundings = {}): void {
  const start = performance.now();
  assert.throws(
    () => run(text, { limits: { tokens: 500_000 }, ...around }),
    (error: unknown) => {
      assert.ok(error instanceof CodedError, String(error));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, new RegExp(`\`${bound}\``));
      return true;
    },
  );
  assert.ok(performance.now() - start < 20_000, 'it took too long');
}

const LEVELS = Array.from({ length: 40 }, (_, i) => i);

describe('bounds of the preprocessor', () => {
  it('hold for macros that double', () => {
    const text = `${LEVELS.map((i) => `#define A${i + 1} A${i} A${i}\n`).join('')}A40`;
    bounded('C100', 'tokens', text);
  });

  it('hold for arguments that double', () => {
    const text = `#define D(x) x x\n${'D('.repeat(100)}1${')'.repeat(100)}`;
    bounded('C100', 'tokens', text);
  });

  it('hold for bodies and arguments that are both long', () => {
    bounded('C100', 'tokens', `#define D(x) ${'x '.repeat(10_000)}\nD(${'1 '.repeat(10_000)})`);
  });

  it('hold for doubling nothings', () => {
    bounded('C100', 'tokens', `#define A0\n${LEVELS.map((i) => `#define A${i + 1} A${i} A${i}\n`).join('')}A40`);
  });

  it('hold for strings that double', () => {
    const quoting = LEVELS.map((i) => `#define Q${i + 1}(x) Q${i}(#x)\n`).join('');
    bounded('C100', 'tokens', `#define Q0(x) x\n${quoting}Q40("\\\\")`, { limits: { tokens: 100_000 } });
  });

  it('hold for names that double', () => {
    const pasting = LEVELS.map((i) => `#define P${i + 1}(x) P${i}(x##x)\n`).join('');
    bounded('C100', 'tokens', `#define P0(x) x\n${pasting}P40(a)`, { limits: { tokens: 100_000 } });
  });

  it('hold for macros inside macros', () => {
    const chain = Array.from({ length: 5000 }, (_, i) => `#define A${i} A${i + 1}\n`).join('');
    bounded('C102', 'macroDepth', `${chain}A0`);
  });

  it('hold for arguments inside arguments', () => {
    bounded('C102', 'macroDepth', `#define I(x) x\n${'I('.repeat(400)}1${')'.repeat(400)}`);
  });

  it('hold for nesting, of conditions and of groups', () => {
    bounded('C103', 'nesting', `#if ${'('.repeat(100_000)}1${')'.repeat(100_000)}\n#endif`);
    bounded('C103', 'nesting', `#if ${'!'.repeat(100_000)}1\n#endif`);
    bounded('C103', 'nesting', `#if ${'1 ? '.repeat(100_000)}1${': 0'.repeat(100_000)}\n#endif`);
    bounded('C103', 'nesting', '#if 1\n'.repeat(100_000));
  });

  it('hold for files that include each other', () => {
    bounded('C101', 'includeDepth', '#include <a.h>', {
      model: { 'include/a.h': '#include <b.h>\n', 'include/b.h': '#include <a.h>\n' },
    });
  });

  it('hold for trees of includes', () => {
    const model = Object.fromEntries(
      LEVELS.map((i) => [`include/${i}.h`, i === 0 ? '' : `#include <${i - 1}.h>\n#include <${i - 1}.h>\n`]),
    );
    bounded('C100', 'tokens', '#include <39.h>', { model });
  });

  it('hold for large sources and long lines', () => {
    bounded('C104', 'sourceBytes', ' \n'.repeat(6000), { limits: { sourceBytes: 10_000 } });
    bounded('C105', 'lineLength', `a\n${'b'.repeat(2000)}\n`, { limits: { lineLength: 1000 } });
    bounded('C104', 'sourceBytes', '#include <a.h>', {
      model: { 'include/a.h': 'x '.repeat(10_000) },
      limits: { sourceBytes: 20_000 },
    });
  });

  it('hold for errors', () => {
    assert.throws(() => run('#error x\n'.repeat(300)), { code: 'C106' });
  });

  it('leave large but honest sources alone', () => {
    assert.equal(expand(`#define F(x) (x)\n${'F(1) '.repeat(100_000)}`).length, 600_000 - 1);
    const skipped = `#if 0\n${"#if 1\n'\n#endif\n".repeat(100_000)}#endif\nend`;
    assert.equal(expand(skipped), 'end');
  });

  it('are linear: splices, comments, quotes and backslashes in great numbers', () => {
    const start = performance.now();
    for (const piece of [
      '\\\n',
      '/**/',
      '/*',
      '"\\',
      "'",
      '\\ ',
      '\\\\ \n',
      '#',
      '##',
      '<',
      '#include <',
      '0x',
      'é',
      '<:',
    ]) {
      const text = piece.repeat(200_000);
      try {
        run(`${text}\n#if 0\n${text}\n`, { limits: { lineLength: 10_000_000 } });
      } catch (error) {
        assert.ok(error instanceof CodedError, String(error));
      }
    }
    assert.ok(performance.now() - start < 20_000, 'it took too long');
  });
});
