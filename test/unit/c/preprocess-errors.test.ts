import assert from 'node:assert/strict';
import { codes, expand, run, spelled } from './preprocess-support.ts';

describe('errors of the preprocessor', () => {
  const cases: readonly (readonly [code: string, text: string])[] = [
    ['C010', '#foo'],
    ['C010', '# 12x'],
    ['C011', '#define'],
    ['C011', '#define 3'],
    ['C011', '#ifdef\n#endif'],
    ['C011', '#undef "x"'],
    ['C012', '#define defined 1'],
    ['C012', '#define __VA_ARGS__ 1'],
    ['C012', '#undef defined'],
    ['C013', '#define f(a'],
    ['C013', '#define f(a, a) a'],
    ['C013', '#define f(..., a) a'],
    ['C013', '#define f(1) a'],
    ['C013', '#define f(a b) a'],
    ['C013', '#define f(__VA_ARGS__) a'],
    ['C014', '#define A ## b'],
    ['C014', '#define A b ##'],
    ['C015', '#define f(a) #b'],
    ['C015', '#define f(a) #'],
    ['C016', '#define f(...) __VA_OPT__(a'],
    ['C016', '#define f(...) __VA_OPT__(__VA_OPT__(a))'],
    ['C020', '#define f(a, b) a\nf(1)'],
    ['C020', '#define f(a) a\nf(1, 2)'],
    ['C020', '#define f() a\nf(1)'],
    ['C020', '#define f(a, b, ...) a\nf(1)'],
    ['C021', '#define f(a) a\nf(1'],
    ['C022', '#define f(a, b) a ## b\nf(+, x)'],
    ['C022', '#define f(a, b) a ## b\nf(/, /)'],
    ['C030', '#error no way'],
    ['C031', '#endif'],
    ['C031', '#else'],
    ['C031', '#elif 1'],
    ['C032', '#if 1\n#else\n#else\n#endif'],
    ['C032', '#if 0\n#else\n#elif 1\n#endif'],
    ['C033', '#if 1\n#if 0'],
    ['C034', '#if'],
    ['C034', '#if 1 +\n#endif'],
    ['C034', '#if 1.0\n#endif'],
    ['C034', '#if 1 2\n#endif'],
    ['C034', '#if (1\n#endif'],
    ['C034', '#if 1 ? 2\n#endif'],
    ['C034', '#if defined 3\n#endif'],
    ['C034', '#if 1 / 0\n#endif'],
    ['C034', '#if "a"\n#endif'],
    ['C034', '#if 08\n#endif'],
    ['C034', "#if ''\n#endif"],
    ['C034', '#if 0x10000000000000000\n#endif'],
    ['C034', '#if F(1)\n#endif'],
  ];
  for (const [code, text] of cases) {
    it(`${code}: ${JSON.stringify(text)}`, () => {
      assert.equal(codes(text)[0], code);
    });
  }

  it('say where, with the line and a caret', () => {
    const [error] = run('int a;\n\t#if  1 / 0\n#endif\n').errors;
    assert.equal(
      error!.message,
      'main.c:2:2: the condition cannot be evaluated: division by zero [C034]\n    \t#if  1 / 0\n    \t^',
    );
  });

  it('stand at the use where a macro is to blame', () => {
    const [error] = run('#define paste(a, b) a ## b\n#define outer paste(+, x)\n  outer\n').errors;
    assert.deepEqual([error!.place?.line, error!.place?.column], [3, 3]);
  });

  it('do not stop what follows', () => {
    const result = run('a\n#error one\nb\n#error two\nc');
    assert.deepEqual(spelled(result.tokens), ['a', 'b', 'c']);
    assert.deepEqual(
      result.errors.map((error) => error.what),
      ['#error one', '#error two'],
    );
  });

  it('do not come from what is skipped', () => {
    assert.equal(
      expand('#if 0\n#error x\n#foo\n#if (\n#else (\n#endif 3\n"\n#elif 1\nyes\n#elif (\n#else\nno\n#endif'),
      'yes',
    );
  });

  it('are not warnings', () => {
    assert.equal(expand('#warning careful\n#line 7\n#ident "x"\n# 1 "file" 2\n#\n#define A 1\n#define A 2\nA'), '2');
  });
});

describe('branches', () => {
  const taken = (text: string) => expand(text);
  it('are taken once', () => {
    assert.equal(taken('#if 0\na\n#elif 1\nb\n#elif 1\nc\n#else\nd\n#endif'), 'b');
    assert.equal(
      taken('#ifdef X\na\n#elifndef X\nb\n#endif\n#define X\n#ifndef X\nc\n#elifdef X\nd\n#else\ne\n#endif'),
      'b d',
    );
    assert.equal(taken('#if 1\n#if 0\na\n#else\nb\n#endif\nc\n#else\n#if 1\nd\n#endif\n#endif'), 'b c');
  });

  it('follow 64-bit arithmetic', () => {
    const yes = [
      '0xffffffffffffffff + 1 == 0',
      '-1 > 0u',
      '-1 < 0',
      '(2 || 1 / 0) == 1',
      '!(0 && 1 / 0)',
      '(1 ? 2 : 1 / 0) == 2',
      '0x7fffffffffffffff + 1 < 0',
      '(-1 ? -1 : 0u) > 0',
      '-5 / 2 == -2 && -5 % 2 == -1',
      '1 << 63 < 0 && 1u << 63 > 0 && -1 >> 63 == -1',
      "'a' == 97 && '\\n' == 10 && '\\x41' == 65 && 'ab' == 24930",
      'UNKNOWN == 0 && defined(__GNUC__) && !defined UNKNOWN',
      '(1, 2) == 2',
      '0b101 == 5 && 010 == 8 && 1ull == 1LLU',
    ];
    for (const condition of yes) assert.equal(taken(`#if ${condition}\nyes\n#endif`), 'yes', condition);
  });
});
