import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryTree } from '../../../src/base/tree.ts';
import { applySeries, readPatchesSync, unifiedDiff } from '../../../src/patch/index.ts';

const MAIL = 'From: a <a@b.c>\nSubject: [PATCH] x\n';
const FROM = 'From a Mon Sep 17 00:00:00 2001\n';
const FILE = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n';
const HUNK = '@@ -1 +1 @@\n-a\n+b\n';
const fill = (text: string) => (size: number) => text.repeat(Math.ceil(size / text.length));
const after =
  (head: string, text: string, tail = '') =>
  (size: number) =>
    head + fill(text)(size) + tail;
const counted = (make: (i: number) => string) => (size: number) => {
  const parts: string[] = [];
  for (let i = 0, length = 0; length < size; i++) length += parts[parts.push(make(i)) - 1]!.length;
  return parts.join('');
};

/** What grows with the input, and could be done once for each of its lines too often. */
const SHAPES: Record<string, (size: number) => string> = {
  'empty lines': fill('\n'),
  'one line': fill('x'),
  'file headers': fill('diff --git a/x b/x\n'),
  'one file header': after('diff --git ', 'a ', '\n'),
  'file lines without hunks': fill('--- a\n+++ b\n'),
  'hunk headers': fill('@@ -1 +1 @@\n'),
  files: fill(FILE + HUNK),
  'different files': counted(
    (i) => `diff --git a/f${i} b/f${i}\nnew file mode 100644\n--- /dev/null\n+++ b/f${i}\n@@ -0,0 +1 @@\n+a\n`,
  ),
  hunks: after(FILE, HUNK),
  'one hunk': (size) => `${FILE}@@ -1,${size >> 1} +0,0 @@\n${'-\n'.repeat(size >> 1)}`,
  'broken hunks': fill(`${FILE}@@ -1 +1 @@\n-a\nx\n`),
  mails: fill(`${FROM}${MAIL}\n${FILE}${HUNK}`),
  'a series': counted((i) => `${FROM}Subject: [PATCH ${i}/99999] x\n\n${FILE}${HUNK}`),
  versions: counted((i) => `${FROM}Subject: [PATCH v${i % 9999} 0/1] x\n\n`),
  'header fields': after(MAIL, 'A: b\n', '\n'),
  'a folded field': after('Subject: x\n', ' =?utf-8?q?a?=\n', '\n'),
  'encoded words': after('Subject: ', '=?utf-8?q?a?= ', '\n\n'),
  brackets: after('Subject: ', '[', '\n\n'),
  addresses: after('From: ', 'a,<', '\n\n'),
  'parts of a mail': after(`${MAIL}Content-Type: multipart/mixed; boundary=b\n\n`, '--b\n\nx\n'),
  'parts in parts': counted((i) => `${i ? '' : MAIL}Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`),
  'mails in mails': after(MAIL, 'Content-Type: message/rfc822\n\n'),
  'quoted-printable': after(`${MAIL}Content-Transfer-Encoding: quoted-printable\n\n`, '=20=\n'),
  'flowed lines': after(`${MAIL}Content-Type: text/plain; format=flowed\n\n`, 'a \n'),
  quotes: fill('> '),
  'quoted files': fill('> diff --git a/x b/x\n'),
  trailers: after(`${MAIL}\n`, 'A: b\n c\n'),
  scissors: after(`${MAIL.replace('[', 'Re: [')}\n`, '-- >8 --\n'),
  commits: fill(`commit 0123456789abcdef\nAuthor: a\n\n    x\n\n${FILE}${HUNK}`),
  'binary contents': after('diff --git a/x b/x\nGIT binary patch\n', 'zabcdefg\n'),
};

const TREE = new MemoryTree(new Map([['x', 'a\n'.repeat(2000)]]));

/** CPU milliseconds: other work on the machine does not count. The best of two. */
function cost(text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 2; i++) {
    const start = process.cpuUsage();
    const set = readPatchesSync(text, { name: 'p' });
    applySeries(set.patches.slice(0, 100), TREE);
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

describe('hostile input', function () {
  this.timeout(120_000);

  for (const [name, shape] of Object.entries(SHAPES)) {
    it(`costs in proportion: ${name}`, () => {
      const small = cost(shape(50_000));
      const large = cost(shape(400_000));
      // Eight times the input; a quadratic reader would take 64 times as long.
      assert.ok(large < 24 * Math.max(small, 10), `${small.toFixed(1)} ms, then ${large.toFixed(1)} ms`);
    });
  }

  it('reads 20 MB, and finds the lines in them', () => {
    const lines = Array.from({ length: 400_000 }, (_, i) => `+line ${i} of a patch that is far too long to be read\n`);
    const text = `--- /dev/null\n+++ b/x\n@@ -0,0 +1,${lines.length} @@\n${lines.join('')}`;
    assert.ok(text.length > 20e6);
    const [file] = readPatchesSync(text, { name: 'p' }).patches[0]!.files;
    assert.equal(file?.hunks[0]?.lines.at(-1)?.patchLine, 400_003);
  });

  it('gives a search up that a repetitive file would make endless', () => {
    // Nearly the whole hunk fits at every other line, so every place costs as much as the hunk is long.
    const file = 'x\ny\n'.repeat(30_000);
    const hunk = `--- a/f\n+++ b/f\n@@ -9,20003 +9,20003 @@\n${' x\n y\n'.repeat(10_000)} x\n-x\n+z\n x\n`;
    const start = process.cpuUsage();
    const { patches } = readPatchesSync(hunk, { name: 'p' });
    const [step] = applySeries(patches, new MemoryTree(new Map([['f', file]]))).steps;
    assert.deepEqual(
      step?.failures.map((failure) => failure.error.code),
      ['P206'],
    );
    assert.ok(process.cpuUsage(start).user < 20e6);
  });

  it('never throws for what stands in a patch', () => {
    const old = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('');
    const diff = unifiedDiff(old, old.replace('line 3\n', 'a\n').replace('line 20\n', ''), 'x');
    const seeds = [
      `${FROM}${MAIL}\nWhy.\n\nA-b: c\n---\n${diff}-- \n2\n`.repeat(2),
      `${MAIL}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: text/x-patch\nContent-Transfer-Encoding: quoted-printable\n\n${diff}\n--b--\n`,
      `${MAIL}Content-Transfer-Encoding: base64\n\n${Buffer.from(diff).toString('base64')}\n`,
      `commit 0123456789\nAuthor: a <b@c>\n\n    x\n\n${diff}rename from x\nrename to y\nGIT binary patch\nliteral 3\nzabc\n\n`,
      diff.replace(/^/gm, '> '),
    ];
    const bit = fc.oneof(
      fc.constantFrom(
        '\n',
        '\r\n',
        '\0',
        '"',
        '\\',
        '@@ -1 +1 @@\n',
        '--- a/x\n+++ b/x\n',
        '=',
        '\\ No newline\n',
        'diff --git a/x b/x\n',
        '\uD800',
        '9999999',
        FROM,
        '--b\n',
        '> ',
      ),
      fc.string({ maxLength: 5 }),
    );
    const change = fc.tuple(fc.nat(), fc.nat(20), bit);
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        (seed, changes, bytes) => {
          let text = seed;
          for (const [at, gone, put] of changes) {
            const i = at % (text.length + 1);
            text = text.slice(0, i) + put + text.slice(i + gone);
          }
          const set = readPatchesSync(bytes ? Buffer.from(text, 'latin1') : text, { name: 'p' });
          const lines = text.split('\n').length;
          for (const problem of set.problems) assert.ok(problem.place!.line >= 1 && problem.place!.line <= lines + 1);
          applySeries(set.patches, new MemoryTree(new Map([['x', old]])), { maxFuzz: 2 });
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('keeps no unsafe path, also of a file that is broken in another way', () => {
    for (const path of ['../../etc/passwd', 'x/../../y', '.git/config', 'a//b', 'C:/x']) {
      // The hunk is cut off before the path is looked at.
      const text = `--- a/${path}\n+++ b/${path}\n@@ -1,9 +1,9 @@\n a\n`;
      const files = readPatchesSync(text, { name: 'p' }).patches.flatMap((mail) => mail.files);
      assert.equal(files.length, 1);
      assert.ok(files[0]!.broken && files[0]!.broken.code !== 'P107');
      for (const name of [files[0]!.oldPath, files[0]!.newPath, files[0]!.rawOldPath, files[0]!.rawNewPath])
        assert.equal(name, undefined);
    }
  });
});
