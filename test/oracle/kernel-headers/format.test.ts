/* Where the kernel's formats are C's, libc judges them: random conversions, printed by a program that gcc makes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type FormatHost, formatText } from '../../../src/kernel/format.ts';
import { needTool } from '../../support/tools.ts';

const host: FormatHost = {
  wordSize: 8,
  physSize: 8,
  string: (_address, max) => 'text'.slice(0, max),
  read: () => undefined,
  describe: () => '',
  resource: () => undefined,
  vaFormat: () => undefined,
  errorName: () => undefined,
};

interface Conversion {
  readonly format: string;
  readonly value: bigint;
}
const value = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  fc.constantFrom(0n, 1n, 7n, 255n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 1n << 63n, (1n << 64n) - 1n),
);
// Left out where vsprintf.c differs from C: zeros with a precision, `#` with 0, the empty text of 0 with precision 0.
const conversion: fc.Arbitrary<Conversion> = fc
  .record({
    flags: fc.uniqueArray(fc.constantFrom('-', '+', ' ', '0')),
    alternate: fc.boolean(),
    width: fc.option(fc.nat({ max: 30 })),
    precision: fc.option(fc.integer({ min: 1, max: 24 })),
    length: fc.constantFrom('', 'l', 'll', 'h', 'hh', 'z'),
    letter: fc.constantFrom('d', 'i', 'u', 'x', 'X', 'o', 's'),
    value,
  })
  .map(({ flags, alternate, width, precision, length, letter, value }) => {
    const kept = flags.filter((flag) => flag !== '0' || (precision === null && letter !== 's'));
    const number = letter !== 's';
    const hex = (letter === 'x' || letter === 'X') && BigInt.asUintN(8, value) !== 0n;
    const sharp = alternate && hex ? '#' : '';
    const dot = precision === null ? '' : `.${precision}`;
    return {
      format: `%${kept.join('')}${sharp}${width ?? ''}${dot}${number ? length : ''}${letter}`,
      value,
    };
  });

describe('formats, judged by libc', function () {
  this.timeout(60_000);
  before(function () {
    needTool(this, 'gcc');
  });

  it('2,000 conversions of integers and strings', () => {
    const sample = fc.sample(conversion, { numRuns: 2000, seed: 20_210_411 });
    const work = mkdtempSync(join(tmpdir(), 'iomem-format-'));
    try {
      const calls = sample.map(({ format, value }) =>
        format.endsWith('s')
          ? `printf("${format}\\n", "text");`
          : `printf("${format}\\n", 0x${value.toString(16)}ULL);`,
      );
      writeFileSync(join(work, 'p.c'), `#include <stdio.h>\nint main(void) { ${calls.join('\n')} return 0; }\n`);
      execFileSync('gcc', ['-w', '-O0', '-o', join(work, 'p'), join(work, 'p.c')]);
      const expected = execFileSync(join(work, 'p'), { encoding: 'utf8' }).split('\n').slice(0, -1);
      const actual = sample.map(({ format, value }) =>
        formatText(format, () => (format.endsWith('s') ? 1n : value), host),
      );
      assert.deepEqual(
        sample.map((s, i) => [s.format, s.value, actual[i]]),
        sample.map((s, i) => [s.format, s.value, expected[i]]),
      );
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
});
