import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryTree } from '../../../src/base/tree.ts';
import { applySeries, readPatchesSync, unifiedDiff } from '../../../src/patch/index.ts';

/** What a person reads when a patch is bad, or does not fit. `RESET_RESULTS=1` writes the expected text anew. */
const OLD = Array.from({ length: 30 }, (_, i) => (i % 10 === 0 ? `int f${i}(void)\n` : `\tline ${i};\n`)).join('');
const DIFF = unifiedDiff(OLD, OLD.replace('line 15', 'line fifteen').replace('\tline 16;\n', ''), 'kernel/x.c');
const MAIL = 'From: A U Thor <a@example.org>\nSubject: [PATCH 2/3] kernel: x\n\nWhy.\n---\n';
const FROM = 'From a Mon Sep 17 00:00:00 2001\n';

const INPUTS: [string, string, string?][] = [
  ['prose', 'Hello,\n'],
  ['a reply', DIFF.replace(/^/gm, '> ')],
  ['HTML', `Content-Type: text/html\n${MAIL}`],
  ['a boundary that never comes', `Content-Type: multipart/mixed; boundary="=-="\n${MAIL}${DIFF}`],
  ['base64 that is none', `Content-Transfer-Encoding: base64\n${MAIL}${DIFF}`],
  [
    'an unknown character set',
    `Content-Type: text/plain; charset=x-y\nContent-Transfer-Encoding: quoted-printable\n${MAIL}${DIFF}`,
  ],
  ['an incomplete series', FROM + MAIL + DIFF + FROM + MAIL.replace('2/3', '3/3') + DIFF],
  ['the same number twice', `${FROM}${MAIL}${DIFF}`.repeat(2)],
  ['a NUL byte', DIFF.replace('fifteen', '\0')],
  ['a hunk header of nonsense', DIFF.replace('@@ -1', '@@ -one')],
  ['a cut patch', DIFF.slice(0, DIFF.indexOf('-\tline 16'))],
  ['a wrapped line', DIFF.replace('line fifteen', 'line\nfifteen')],
  ['counts that are too large', DIFF.replace(/,8 /, ',9 ') + DIFF],
  ['counts that are too small', DIFF.replace(/,8 \+13,7/, ',5 +13,6')],
  ['a hunk without a file', DIFF.slice(DIFF.indexOf('@@'))],
  ['a file without hunks', 'diff --git a/x b/x\nindex 1234567..89abcde 100644\n'],
  ['a hunk without changes', '--- a/x\n+++ b/x\n@@ -1 +1 @@\n x\n'],
  ['a path out of the tree', DIFF.replaceAll('kernel/x.c', '../../etc/passwd')],
  ['an absolute path', DIFF.replaceAll('kernel/x.c', '/etc/passwd')],
  ['names that disagree', DIFF.replace('+++ b/kernel/x.c', '+++ b/kernel/y.c')],
  ['a name that cannot be read', 'diff --git "a/x b/x\nold mode 100644\nnew mode 100755\n'],
  ['a merge', 'diff --cc x\nindex 1,2..3\n'],
  ['another tree', DIFF, 'nothing of the kind\n'],
  ['a changed place', DIFF, OLD.replace('line 14', 'line xiv')],
  ['a place that moved and changed', DIFF, `${'// x\n'.repeat(40)}${OLD.replace('line 14', 'line xiv')}`],
  ['a file that ends before', DIFF, OLD.slice(0, OLD.indexOf('\tline 15'))],
  ['no file', DIFF.replaceAll('kernel/x.c', 'kernel/y.c'), ''],
  ['a file that is there already', unifiedDiff(undefined, 'x\n', 'kernel/x.c'), 'y\n'],
  ['a deletion that leaves something', unifiedDiff('x\n', undefined, 'kernel/x.c').replace('-1 ', '-1 '), 'x\ny\n'],
  ['a start that is none', unifiedDiff('a\nb\nc\nd\n', 'x\na\nb\nc\nd\n', 'kernel/x.c'), 'z\na\nb\nc\nd\n'],
  ['a newline at the end', unifiedDiff('a\nb', 'a\nc', 'kernel/x.c'), 'a\nb\n'],
  ['a patch that the tree has', DIFF, OLD.replace('line 15', 'line fifteen').replace('\tline 16;\n', '')],
  ['fuzz', DIFF, OLD.replace('line 12', 'line xii')],
  [
    'binary contents',
    'diff --git a/kernel/x.c b/kernel/x.c\nindex 1234567..89abcde 100644\nBinary files a/kernel/x.c and b/kernel/x.c differ\n',
    '',
  ],
  [
    'a submodule',
    'diff --git a/s b/s\nindex 1234567..89abcde 160000\n--- a/s\n+++ b/s\n@@ -1 +1 @@\n-Subproject commit 1\n+Subproject commit 2\n',
    '',
  ],
  ['other line endings', DIFF, OLD.replace(/\n/g, '\r\n')],
  ['another depth', DIFF.replaceAll('kernel/x.c', 'linux/kernel/x.c'), OLD],
];

function messages(): string {
  const out: string[] = [];
  for (const [title, text, tree] of INPUTS) {
    const set = readPatchesSync(text, { name: 'x.patch' });
    const found = set.problems.map((problem) => problem.message);
    if (tree !== undefined) {
      const fuzz = title === 'fuzz' ? 2 : 0;
      const result = applySeries(set.patches, new MemoryTree(new Map([['kernel/x.c', tree]])), {
        name: 'x.patch',
        maxFuzz: fuzz,
      });
      for (const step of result.steps)
        found.push(...step.failures.map((f) => f.error.message), ...step.notes.map((note) => note.message));
    }
    out.push(`## ${title}\n${found.join('\n')}\n`);
  }
  return out.join('\n').replaceAll('\0', '\\0').replaceAll('\r', '\\r');
}

describe('messages about patches', () => {
  it('read as expected', () => {
    const expected = join(import.meta.dirname, 'messages.txt');
    const actual = join(import.meta.dirname, 'messages.actual');
    const text = messages();
    if (process.env.RESET_RESULTS === '1') writeFileSync(expected, text);
    try {
      assert.equal(text, existsSync(expected) ? readFileSync(expected, 'utf8') : '');
      rmSync(actual, { force: true });
    } catch (error) {
      writeFileSync(actual, text);
      throw error;
    }
  });
});
