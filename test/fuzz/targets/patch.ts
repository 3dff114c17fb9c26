import assert from 'node:assert/strict';
import { DiskTree } from '../../../src/disk-tree.ts';
import { applySeries, formatPatch, readPatchesSync } from '../../../src/patch/index.ts';
import type { FilePatch, PatchSet } from '../../../src/patch/types.ts';
import { binary, bytesOf, corpusTexts, mailTexts, mboxTexts, patchTexts, treeFolder } from '../seeds.ts';
import type { Target } from '../target.ts';

const tree = new DiskTree(treeFolder);

/** Components that lead elsewhere. */
const FORBIDDEN = /^(?:\.{0,2}|\.git)$/i;

/** What other rooms rely on, whatever was read. */
function checkSet(set: PatchSet): void {
  for (const mail of set.patches) for (const file of mail.files) checkFile(file);
  assert.ok(set.problems.every((problem) => /^P\d{3}$/.test(problem.code)));
}
function checkFile(file: FilePatch): void {
  for (const path of [file.oldPath, file.newPath, file.rawOldPath, file.rawNewPath]) {
    if (path === undefined) continue;
    const bad =
      path.includes('\0') || /^[a-z]:/i.test(path) || path.split(/[/\\]/).some((part) => FORBIDDEN.test(part));
    assert.ok(!bad, `unsafe path: ${JSON.stringify(path)}`);
  }
  for (const hunk of file.broken ? [] : file.hunks) {
    const count = (kind: string): number => hunk.lines.filter((line) => line.kind !== kind).length;
    assert.deepEqual([count('+'), count('-')], [hunk.oldLines, hunk.newLines], 'a hunk is as long as it says');
  }
}
/** Applying never throws, and leaves the given tree as it was. */
function apply(set: PatchSet): void {
  const before = tree.read('kernel/resource.c');
  const result = applySeries(set.patches.slice(0, 6), tree, { maxFuzz: 2 });
  for (const step of result.steps) for (const failure of step.failures) assert.match(failure.error.code, /^P\d{3}$/);
  assert.equal(tree.read('kernel/resource.c'), before);
}
function readMails(input: string): void {
  // As text, and as the bytes of a file: what they hold decides which.
  const set = readPatchesSync(input.length % 2 === 0 ? bytesOf(input) : input, { name: '<fuzz>' });
  checkSet(set);
  apply(set);
}
/** Well-formed patches survive being written and read. */
function readDiff(input: string): void {
  const set = readPatchesSync(input, { name: '<fuzz>' });
  checkSet(set);
  apply(set);
  const files = set.patches.flatMap((mail) => mail.files).filter((file) => !file.broken && file.hunks.length > 0);
  // A line that holds a CR is a line's end to readers of mail.
  if (files.length === 0 || set.problems.length > 0 || /[\r\0]/.test(input)) return;
  const written = formatPatch(files);
  const again = readPatchesSync(written, { name: '<again>' }).patches.flatMap((mail) => mail.files);
  const lines = (list: readonly FilePatch[]) =>
    list.map((file) => [file.oldPath, file.newPath, file.hunks.map((h) => h.lines.map((l) => l.kind + l.text))]);
  assert.deepEqual(lines(again), lines(files), `what is written reads as it was:\n${written.slice(0, 2000)}`);
}

const mailWords = [
  ...['From ', 'From: ', 'Subject: [PATCH v2 3/7] ', 'Re: ', 'Fwd: ', '=?utf-8?b?', '=?iso-8859-1?q?=20?=', '?='],
  ...['Content-Type: multipart/mixed; boundary="b"\n', '--b\n', '--b--\n', 'Content-Transfer-Encoding: base64\n'],
  ...['Content-Transfer-Encoding: quoted-printable\n', 'text/plain; charset=utf-16', 'format=flowed; delsp=yes'],
  ...[
    'message/rfc822',
    '=\n',
    '=3D',
    '> ',
    '-- \n',
    '---\n',
    '-- >8 --\n',
    'Signed-off-by: ',
    'base-commit: ',
    '>From ',
  ],
  ...['In-Reply-To: <a@b>\n', 'References: <a@b> <c@d>\n', 'filename="../../x"', 'charset=nonsense'],
];
const diffWords = [
  ...['diff --git a/x b/x\n', '--- a/x\n', '+++ b/x\n', '--- /dev/null\n', '+++ /dev/null\n', '@@ -1,3 +1,4 @@', '@@'],
  ...[
    '-0,0',
    '\\ No newline at end of file\n',
    'new file mode 100644\n',
    'deleted file mode 100644\n',
    'rename from x\n',
  ],
  ...[
    'rename to y\n',
    'copy from x\n',
    'similarity index 90%\n',
    'Binary files a/x and b/x differ\n',
    'index 0..1 100644\n',
  ],
  ...[
    'GIT binary patch\n',
    '"a/\\303\\244"',
    '../',
    'a/../../etc/passwd',
    '/etc/passwd',
    '.git/config',
    '\t2021-01-01\n',
  ],
  ...['old mode 100644\n', '+', '-', ' ', 'Index: x\n', '=======\n', 'a\\b', 'C:/x', '\n+', '\n-', '\n '],
];

export const patchTargets: readonly Target[] = [
  {
    name: 'mail',
    seeds: () => [...mailTexts(), ...corpusTexts()].map(binary),
    shape: { words: [...mailWords, ...diffWords] },
    read: readMails,
  },
  {
    name: 'mbox',
    seeds: () => mboxTexts().map(binary),
    shape: { words: [...mailWords, ...diffWords] },
    read: readMails,
  },
  {
    name: 'diff',
    seeds: () => [...patchTexts(), ...mailTexts().map((text) => text.slice(text.indexOf('diff --git')))],
    shape: { words: diffWords },
    read: readDiff,
  },
];
