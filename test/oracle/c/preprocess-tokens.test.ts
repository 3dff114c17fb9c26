import assert from 'node:assert/strict';
import fc from 'fast-check';
import { preprocess } from '../../../src/c/preprocess/preprocess.ts';
import { needTool } from '../../support/tools.ts';
import { BARE, gccCases } from './gcc.ts';

/** Pieces of source that meet in every order; whole directives among them, so that lines matter. */
const piece = fc.constantFrom(
  ...[
    'a',
    'x1',
    '_',
    '$d',
    '0',
    '12',
    '0x1p-3',
    '1e+5',
    '.5',
    '.',
    '...',
    '->',
    '--',
    '-',
    '+',
    '++',
    '<',
    '<<',
    '<<=',
    '=',
  ],
  ...[
    '>',
    '>=',
    '>>=',
    '!',
    '!=',
    '&',
    '&&',
    '|',
    '||',
    '^=',
    '%',
    '/',
    '*',
    '~',
    '?',
    ':',
    ';',
    ',',
    '(',
    ')',
    '[',
    ']',
  ],
  ...[
    '"s"',
    '"a\\"b"',
    "'c'",
    "'\\''",
    'L"w"',
    "u'x'",
    'u8"y"',
    '// line\n',
    '/* block */',
    '/* two\nlines */',
    '\\\n',
  ],
  ...[' ', ' ', '\t', '\n', '\n', '\r\n', '\\ \n', '/', '{', '}', 'if', 'defined', '\f', '\v', '#'],
  ...[
    '\n#define M(x) [x]\n',
    '\n#undef M\n',
    '\nM(1)\n',
    '\n#if 0\n',
    '\n#if 1\n',
    '\n#else\n',
    '\n#endif\n',
    '\n#ifdef M\n',
  ],
  ...[
    '\n#elif 1\n',
    '\n#ifndef N\n',
    '\n#define N M(2)\n',
    'N',
    '\n#pragma once\n',
    '\n# \n',
    '\n#warning w\n',
    '\n#error e\n',
  ],
);

describe('tokens as gcc splits them', () => {
  it('splits and skips the same', function () {
    needTool(this, 'gcc');
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => `${pieces.join('')}\n`);
    const property = fc.property(fc.array(text, { minLength: 200, maxLength: 200 }), (texts) => {
      const theirs = gccCases(texts, ['M', 'N']);
      texts.forEach((source, i) => {
        const ours = preprocess({ path: 'case.c', from: 'text', text: source }, BARE);
        assert.equal(ours.errors.length > 0, theirs[i]!.failed, `${JSON.stringify(source)}\n${ours.errors.join('\n')}`);
        if (theirs[i]!.failed) return;
        const spelled = ours.tokens.slice(0, -1).map((token) => token.text);
        assert.equal(spelled.join('\n'), theirs[i]!.tokens.join('\n'), JSON.stringify(source));
      });
    });
    fc.assert(property, { numRuns: 6, endOnFailure: true });
  });
});
