import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../unit/c/build.ts';

/*
 * gcc as judge: a program calls `check(value)`, and gcc's build and ours must pass the same values in the same order. Ours is
 * run by the test interpreter, so that a difference is the front end's and not the machine's.
 */

/** Signed overflow wraps, as in the kernel's build. */
const GCC_FLAGS = ['-std=gnu11', '-O1', '-w', '-fwrapv', '-fno-strict-aliasing', '-fsigned-char', '-fms-extensions'];

/** Runs gcc's build of the C texts; answers the values that each `test_*` function checks. */
export function gccValues(texts: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'iomem-review-gcc-'));
  try {
    const tests = [...texts.values()].flatMap(testsOf);
    const main = `#include <stdio.h>
void check(long long v) { printf("%lld\\n", v); }
${tests.map((name) => `void ${name}(void);`).join('\n')}
int main(void) {
${tests.map((name) => `  printf("= ${name}\\n"); ${name}();`).join('\n')}
  return 0;
}
`;
    const files = [...texts].map(([name, text]) => {
      writeFileSync(join(directory, name), text);
      return name;
    });
    writeFileSync(join(directory, 'main.c'), main);
    const build = spawnSync('gcc', [...GCC_FLAGS, '-o', 'program', 'main.c', ...files], {
      cwd: directory,
      encoding: 'utf8',
    });
    assert.equal(build.status, 0, build.stderr);
    const ran = spawnSync(join(directory, 'program'), [], { encoding: 'utf8', maxBuffer: 1 << 28 });
    assert.equal(ran.status, 0, ran.stderr);
    return byTest(ran.stdout);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function testsOf(text: string): string[] {
  return [...text.matchAll(/^void (test_\w+)\(void\)$/gm)].map((m) => m[1]!);
}

function byTest(output: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of output.trimEnd().split('\n')) {
    if (line.startsWith('= ')) {
      current = [];
      values.set(line.slice(2), current);
    } else current.push(line);
  }
  return values;
}

/** The values that our build of one text checks in one test. */
export function ourValues(text: string, test: string): string[] {
  const values: string[] = [];
  const machine = run(text, {
    check: ([value]) => {
      values.push(`${BigInt.asIntN(64, value!)}`);
      return undefined;
    },
  });
  machine.call(test);
  return values;
}

/** Our values are gcc's. */
export function assertSame(ours: readonly string[], wanted: readonly string[] | undefined): void {
  assert.ok(wanted, 'gcc ran the test');
  const at = ours.findIndex((value, i) => value !== wanted[i]);
  const before = wanted.slice(Math.max(0, at - 6), at).join(' ');
  assert.equal(at, -1, `value ${at}: ${ours[at]}, gcc says ${wanted[at]} (after ${before})`);
  assert.equal(ours.length, wanted.length);
}
