import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CodedError } from '../../../src/base/errors.ts';
import { MemoryTree } from '../../../src/base/tree.ts';
import { Interner } from '../../../src/c/intern.ts';
import { preprocess } from '../../../src/c/preprocess/preprocess.ts';
import type { PreprocessResult } from '../../../src/c/preprocess/types.ts';
import { Tok } from '../../../src/c/token.ts';
import { tokenize } from '../../../src/c/tokenize.ts';
import { readModelFiles } from '../../support/model-files.ts';

/** Mutated sources never do anything but give tokens that have places, or end in a coded error; within bounds. */

const model = readModelFiles();
const headers = [...model].filter(([path]) => path.endsWith('.h'));
const RUNS = Number(process.env.FUZZ_RUNS ?? 300);
const LIMITS = { tokens: 200_000, lineLength: 100_000, sourceBytes: 4_000_000 };

function attempt(text: string): PreprocessResult | undefined {
  try {
    return preprocess(
      { path: 'fuzzed.c', from: 'text', text },
      {
        tree: new MemoryTree(new Map()),
        model: new MemoryTree(model),
        fromTree: [],
        defines: new Map([['CONFIG_X', '1']]),
        target: { wordSize: 8, longLongAlign: 8, charSigned: true },
        limits: LIMITS,
      },
    );
  } catch (error) {
    assert.ok(error instanceof CodedError, error instanceof Error ? error.stack : String(error));
    assert.match(error.code, /^C\d{3}$/);
    return undefined;
  }
}

/** Each location leads to a line and column that exist, and the spelling of an untouched token stands there. */
function checkPlaces(result: PreprocessResult): void {
  const { tokens, locations } = result;
  assert.equal(tokens.at(-1)!.kind, Tok.Eof);
  assert.ok(tokens.length <= LIMITS.tokens + 1);
  for (const token of tokens) {
    for (const place of [locations.presumed(token.loc), locations.spelling(token.loc)]) {
      const line = locations.lineText(place.file, place.line);
      assert.ok(line !== undefined && place.column >= 1 && place.column <= line.length + 2, JSON.stringify(place));
    }
    const { file, line, column, macros } = locations.spelling(token.loc);
    if (macros.length > 0 || token.kind !== Tok.Ident) continue;
    const text = locations.lineText(file, line)!.slice(column - 1);
    assert.ok(
      text.startsWith(token.text) || text.includes('\\'),
      `${token.text} at ${file}:${line}:${column}: ${text}`,
    );
  }
}

const scrap = fc.constantFrom(
  ...[
    '#',
    '##',
    '(',
    ')',
    ',',
    '"',
    "'",
    '\\\n',
    '\n',
    '/*',
    '*/',
    '//',
    '<',
    '>',
    '...',
    '__VA_ARGS__',
    '__VA_OPT__(',
  ],
  ...[
    '\n#define A(x) x A\n',
    '\n#if ',
    '\n#endif\n',
    '\n#else\n',
    '\n#include ',
    '\n#undef ',
    'defined',
    '__COUNTER__',
    '0x',
  ],
  ...[
    '\0',
    '\r',
    '\u2028',
    '\ud800',
    '💥',
    '_Pragma(',
    '__LINE__',
    '__has_include(',
    '\n#pragma once\n',
    '??/',
    'L"',
    '1e+',
  ],
);
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  insert: fc.oneof(scrap, fc.string({ maxLength: 8 }), fc.constant('')),
  from: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
});

describe('preprocessor, fuzzed', () => {
  it('survives mutated headers', () => {
    const property = fc.property(fc.nat(), fc.array(mutation, { minLength: 1, maxLength: 12 }), (which, mutations) => {
      let text = headers[which % headers.length]![1];
      for (const { at, length, insert, from } of mutations) {
        const start = Math.floor(at * text.length);
        const other =
          from === null ? '' : text.slice(Math.floor(from * text.length), Math.floor(from * text.length) + length);
        text = text.slice(0, start) + insert + other + text.slice(start + (from === null ? length : 0));
      }
      const result = attempt(text);
      if (result) checkPlaces(result);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('survives scraps in any order', () => {
    const word = fc.constantFrom(
      'A',
      'B',
      'F',
      'x',
      '1',
      ' ',
      ' ',
      '\n#define F(x, y...) x ## y #x F(y)\n',
      '\n#define A F(B',
      'F(',
    );
    const property = fc.property(fc.array(fc.oneof(scrap, word), { maxLength: 60 }), (parts) => {
      const result = attempt(parts.join(''));
      if (result) checkPlaces(result);
    });
    fc.assert(property, { numRuns: RUNS * 5 });
  });

  it('gives the same tokens, errors and places every time', () => {
    const property = fc.property(fc.array(fc.oneof(scrap, fc.constantFrom('A', 'x')), { maxLength: 40 }), (parts) => {
      const show = (result: PreprocessResult | undefined) =>
        result && [
          result.tokens.map((token) => `${token.text}@${token.loc}`),
          result.errors.map((error) => error.message),
        ];
      assert.deepEqual(show(attempt(parts.join(''))), show(attempt(parts.join(''))));
    });
    fc.assert(property, { numRuns: RUNS });
  });
});

describe('tokenizer, fuzzed', () => {
  it('loses nothing: tokens follow each other and spell what stands there', () => {
    const property = fc.property(
      fc.oneof(
        fc.string({ maxLength: 60 }),
        fc.array(scrap).map((parts) => parts.join('')),
      ),
      (text) => {
        const file = tokenize(text, new Interner());
        let end = 0;
        for (let i = 0; i < file.count; i++) {
          assert.ok(file.start[i]! >= end, `token ${i} overlaps`);
          end = file.start[i]! + 1;
          const spelled = file.texts[i]!;
          const there = text.slice(file.start[i]!, file.start[i]! + spelled.length);
          assert.ok(
            there === spelled || /\\|[<%:]/.test(text),
            `${JSON.stringify(spelled)} for ${JSON.stringify(there)}`,
          );
        }
      },
    );
    fc.assert(property, { numRuns: RUNS * 5 });
  });
});
