/*
 * Sizes and alignments for 32-bit x86 against `gcc -m32`, which needs no 32-bit library for that: it checks static
 * assertions that state our answers. The types are those of `programs/layout.c`.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needTool } from '../../support/tools.ts';
import { build, ILP32 } from '../../unit/c/build.ts';

const TEXT = readFileSync(join(import.meta.dirname, 'programs/layout.c'), 'utf8')
  .split('/* Every bit-field')[0]!
  .replace('long b : 33', 'long b : 29');

describe('layout for 32 bits', () => {
  before(function () {
    needTool(this, 'gcc');
  });

  it('is that of gcc -m32', () => {
    const asked = [
      ...[...TEXT.matchAll(/SIZE\((\w+ ?\w+)\);/g)].flatMap((m) => [`sizeof(${m[1]})`, `__alignof__(${m[1]})`]),
      ...[...TEXT.matchAll(/OFF\(([^;]*)\)\);/g)].map((m) => `__builtin_offsetof(${m[1]})`),
      ...['long', 'long long', 'void *', 'int[3]', 'short'].map((type) => `sizeof(${type})`),
    ];
    assert.ok(asked.length > 90);
    const { program, errors } = build(`${TEXT}\nint answers[] = { ${asked.join(', ')} };`, { target: ILP32 });
    assert.deepEqual(errors, []);
    const { bytes } = program.globals[program.globalNamed('answers')!]!;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const directory = mkdtempSync(join(tmpdir(), 'iomem-review-gcc-'));
    try {
      const claims = asked.map((text, i) => `_Static_assert(${text} == ${view.getInt32(i * 4, true)}, "${text}");`);
      writeFileSync(join(directory, 'layout.c'), `${TEXT}\n${claims.join('\n')}\n`);
      const run = spawnSync('gcc', ['-m32', '-std=gnu11', '-w', '-fsyntax-only', 'layout.c'], {
        cwd: directory,
        encoding: 'utf8',
      });
      assert.equal(run.stderr, '');
      assert.equal(run.status, 0);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
