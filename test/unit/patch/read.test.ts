import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
import { applyPatch, type PatchSet, readPatches, readPatchesSync } from '../../../src/patch/index.ts';

const read = (text: string | Uint8Array): PatchSet => readPatchesSync(text, { name: 'p' });
const codes = (set: PatchSet) => set.problems.map((problem) => problem.code);

const DIFF = `diff --git a/kernel/x.c b/kernel/x.c
index 1234567..89abcde 100644
--- a/kernel/x.c
+++ b/kernel/x.c
@@ -1,3 +1,3 @@ int f(void)
 a
-b
+c
 d
`;
const mail = (
  subject: string,
  rest = '',
  body = `Why.\n\nSigned-off-by: A <a@x.org>\n---\n kernel/x.c | 2 +-\n\n${DIFF}-- \n2.39.5\n`,
) =>
  `From: A U Thor <a@x.org>\nDate: Fri, 26 Mar 2021 12:00:00 +1100\nSubject: ${subject}\nMessage-ID: <${subject.replace(/\W/g, '')}@x.org>\n${rest}\n${body}`;
const FROM = 'From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n';

describe('reading mails', () => {
  it('takes a mail of format-patch apart', async () => {
    const set = await readPatches(
      FROM +
        mail(
          '[RFC PATCH v5 2/3] kernel/resource: hold the\n lock',
          'In-Reply-To: <0@x.org>\nReferences: <9@x.org> <0@x.org>\n',
        ),
      { name: 'p' },
    );
    assert.deepEqual(codes(set), []);
    const [patch] = set.patches;
    assert.ok(patch);
    assert.equal(patch.subject, 'kernel/resource: hold the lock');
    assert.equal(patch.rawSubject, '[RFC PATCH v5 2/3] kernel/resource: hold the lock');
    assert.deepEqual(patch.tags, ['RFC', 'PATCH', 'v5', '2/3']);
    assert.deepEqual(patch.series, { version: 5, number: 2, of: 3 });
    assert.deepEqual(patch.author, { name: 'A U Thor', email: 'a@x.org' });
    assert.equal(patch.commit, '0123456789012345678901234567890123456789');
    assert.equal(patch.inReplyTo, '0@x.org');
    assert.deepEqual(patch.references, ['9@x.org', '0@x.org']);
    assert.equal(patch.body, 'Why.\n\nSigned-off-by: A <a@x.org>');
    assert.deepEqual(patch.trailers, [{ key: 'Signed-off-by', value: 'A <a@x.org>', patchLine: 12 }]);
    const [file] = patch.files;
    assert.equal(file?.status, 'modified');
    assert.deepEqual([file?.oldBlob, file?.newBlob, file?.oldMode], ['1234567', '89abcde', '100644']);
    const [hunk] = file!.hunks;
    assert.equal(hunk?.section, 'int f(void)');
    assert.deepEqual([hunk?.patchLine, hunk?.patchEndLine], [20, 24]);
    assert.deepEqual(
      hunk?.lines.map((l) => l.kind + l.text),
      [' a', '-b', '+c', ' d'],
    );
    assert.deepEqual(
      hunk?.lines.map((l) => l.patchLine),
      [21, 22, 23, 24],
    );
  });

  it('orders a series by number, with its cover letter, and says what is missing', () => {
    const base = 'base-commit: 0123456789012345678901234567890123456789\nprerequisite-patch-id: abcdef0123456789\n';
    const cover = mail('[PATCH v2 0/3] All of it', '', `Hello.\n\n${base}-- \n2.39\n`);
    const set = read([mail('[PATCH v2 3/3] c'), cover, mail('[PATCH v2 1/3] a')].map((m) => FROM + m).join(''));
    assert.deepEqual(
      set.patches.map((p) => p.subject),
      ['a', 'c'],
    );
    assert.equal(set.cover?.subject, 'All of it');
    assert.equal(set.cover?.baseCommit, '0123456789012345678901234567890123456789');
    assert.deepEqual(set.cover?.prerequisites, ['abcdef0123456789']);
    assert.deepEqual(
      set.series.map((s) => [s.version, s.of, s.missing]),
      [[2, 3, [2]]],
    );
    assert.deepEqual(codes(set), ['P010']);
    const versions = read(
      [mail('[PATCH v3 1/1] new'), mail('[PATCHv2] old'), mail('[PATCH] first')].map((m) => FROM + m).join(''),
    );
    assert.deepEqual(
      versions.series.map((s) => s.version),
      [2, 3],
    );
    assert.deepEqual(
      versions.patches.map((p) => p.subject),
      ['old', 'new', 'first'],
    );
    assert.deepEqual(codes(read(FROM + mail('[PATCH 1/2] a') + FROM + mail('[PATCH 1/2] b'))).sort(), ['P010', 'P011']);
  });

  it('takes revisions of one patch for versions, and patches in answers for alternatives', () => {
    const set = read(
      [mail('[PATCH] x'), mail('[PATCH v2] x'), mail('Re: [PATCH v2] x', '', `So?\n\n${DIFF}`), mail('[PATCH] y')]
        .map((m) => FROM + m)
        .join(''),
    );
    assert.deepEqual(
      set.series.map((s) => [s.version, s.patches.map((p) => p.subject)]),
      [
        [1, ['x']],
        [2, ['x']],
      ],
    );
    assert.deepEqual(
      set.patches.map((p) => p.rawSubject),
      ['[PATCH] x', '[PATCH v2] x', '[PATCH] y'],
    );
    assert.deepEqual(
      set.alternatives.map((p) => p.rawSubject),
      ['Re: [PATCH v2] x'],
    );
    assert.deepEqual(codes(set), []);
  });

  it('finds the base after the diff', () => {
    const body = `Why.\n---\n${DIFF}\nbase-commit: abcdef0123456789\n-- \n2.39\n`;
    assert.equal(read(mail('[PATCH] x', '', body)).patches[0]?.baseCommit, 'abcdef0123456789');
  });

  it('takes the author from the body where the sender is another', () => {
    const body = `From: Jörg =?UTF-8?q?M=C3=BCller?= <j@x.org>\nSubject: the real one\n\nWhy.\n---\n${DIFF}`;
    const [patch] = read(mail('[PATCH 1/2] x', '', body)).patches;
    assert.deepEqual(patch?.author, { name: 'Jörg Müller', email: 'j@x.org' });
    assert.equal(patch?.subject, 'the real one');
    assert.deepEqual(patch?.series, { version: 1, number: 1, of: 2 });
    assert.equal(patch?.body, 'Why.');
  });

  it('knows a reply that quotes a patch, and does not apply it', () => {
    const quoted = DIFF.replace(/^/gm, '> ');
    const set = read(
      mail(
        'Re: [PATCH v5 2/3] x',
        'In-Reply-To: <1@x.org>\n',
        `On Monday A wrote:\n> Why.\n>\n${quoted}\nLooks good.\n\nReviewed-by: B <b@x.org>\n`,
      ),
    );
    assert.equal(set.patches.length, 0);
    assert.equal(set.replies.length, 1);
    const [reply] = set.replies;
    assert.ok(reply?.quotesPatch);
    assert.deepEqual(reply.quotedPaths, ['kernel/x.c']);
    assert.deepEqual(
      reply.trailers.map((t) => t.key),
      ['Reviewed-by'],
    );
    assert.deepEqual(codes(set), ['P003']);
    assert.deepEqual(codes(read(quoted)), ['P003']);
    const both = read(FROM + mail('[PATCH v5 2/3] x') + FROM + mail('Re: [PATCH v5 2/3] x', '', `> Why.\n${quoted}`));
    assert.deepEqual([both.patches.length, both.replies.length, both.problems.length], [1, 1, 0]);
  });

  it('takes a patch that an answer brings, below its scissors', () => {
    const set = read(
      mail(
        'Re: [PATCH] x',
        'In-Reply-To: <1@x.org>\n',
        `> quoted\nBetter so:\n\n-- >8 --\nSubject: better\n\nReally.\n---\n${DIFF}`,
      ),
    );
    assert.equal(set.patches[0]?.isReply, true);
    assert.equal(set.patches[0]?.subject, 'better');
    assert.equal(set.patches[0]?.body, 'Really.');
  });

  it('reads attachments, also mails in mails, and leaves HTML and signatures out', () => {
    const part = (type: string, body: string, more = '') => `--b\nContent-Type: ${type}\n${more}\n${body}\n`;
    const html = part('text/html', '<p>diff --git a/evil b/evil</p>');
    const set = read(
      mail(
        'Two fixes',
        'Content-Type: multipart/mixed; boundary="b"\n',
        `preamble\n${part('text/plain', 'See below.')}${html}${part('application/octet-stream; name="1.patch"', FROM + mail('[PATCH 1/2] one'))}${part('application/octet-stream', FROM + mail('[PATCH 2/2] two'), 'Content-Disposition: attachment; filename="2.patch"\n')}${part('application/pgp-signature', 'x')}--b--\n`,
      ),
    );
    assert.deepEqual(codes(set), []);
    assert.deepEqual(
      set.patches.map((p) => p.subject),
      ['one', 'two'],
    );
    const attached = read(
      mail(
        '[PATCH] x',
        'Content-Type: multipart/mixed; boundary=b\n',
        `${part('text/plain', 'Why.')}${part('text/x-patch', DIFF)}--b--\n`,
      ),
    );
    assert.equal(attached.patches[0]?.body, 'Why.');
    assert.equal(attached.patches[0]?.files.length, 1);
    const only = read(mail('[PATCH] x', 'Content-Type: text/html\n', `<pre>${DIFF}</pre>`));
    assert.ok(codes(only).includes('P004'));
  });

  it('keeps the lines of the input in every form', () => {
    const lineOf = (text: string) => text.split('\n').findIndex((l) => l.startsWith('-b')) + 1;
    for (const text of [
      mail('[PATCH] x'),
      mail('[PATCH] x').replace(/\n/g, '\r\n'),
      FROM + mail('[PATCH 1/2] x'),
      mail('[PATCH] x', 'Content-Transfer-Encoding: quoted-printable\n', `Long =\nline\n---\n${DIFF}`),
      mail('[PATCH] x', 'Content-Type: text/plain; format=flowed\n', `Why.\n---\n${DIFF.replace(/^ /gm, '  ')}`),
      mail('[PATCH] x', 'Content-Type: multipart/mixed; boundary=b\n', `--b\n\nWhy.\n---\n${DIFF}--b--\n`),
      DIFF,
      `\n\n${DIFF}`,
    ]) {
      const [file] = read(text).patches[0]!.files;
      assert.equal(file?.hunks[0]?.lines[1]?.patchLine, lineOf(text), text);
      assert.equal(file.hunks[0].lines[1].text, 'b');
    }
    const base64 = mail(
      '[PATCH] x',
      'Content-Transfer-Encoding: base64\n',
      Buffer.from(`Why.\n---\n${DIFF}`).toString('base64'),
    );
    assert.equal(read(base64).patches[0]?.files[0]?.hunks[0]?.patchLine, undefined);
  });

  it('decodes character sets', () => {
    const latin = Buffer.from(
      mail('[PATCH] x', 'Content-Type: text/plain; charset=iso-8859-1\n', 'Größe.\n---\n' + DIFF.replace('+c', '+ü')),
      'latin1',
    );
    const [patch] = read(latin).patches;
    assert.equal(patch?.body, 'Größe.');
    assert.equal(patch.files[0]?.hunks[0]?.lines[2]?.text, 'ü');
    const utf16 = new Uint8Array([0xff, 0xfe, ...Buffer.from(DIFF, 'utf16le')]);
    assert.equal(read(utf16).patches[0]?.files[0]?.hunks[0]?.lines.length, 4);
    const unknown = read(
      mail(
        '[PATCH] x',
        'Content-Type: text/plain; charset=x-nonsense\nContent-Transfer-Encoding: base64\n',
        Buffer.from(DIFF).toString('base64'),
      ),
    );
    assert.deepEqual([unknown.patches.length, ...codes(unknown)], [1, 'P005']);
  });

  it('reads git show and git log -p', () => {
    const one = (id: string, subject: string) =>
      `commit ${id.repeat(40)}\nAuthor: A <a@x.org>\nDate:   Fri Mar 26 12:00:00 2021 +1100\n\n    ${subject}\n    \n    Why.\n    \n    Acked-by: B <b@x.org>\n\n${DIFF}`;
    const set = read(`${one('1', 'second')}\n${one('2', 'first')}`);
    assert.deepEqual(
      set.patches.map((p) => [p.subject, p.body, p.commit?.[0], p.author?.email, p.trailers.length]),
      [
        ['second', 'Why.\n\nAcked-by: B <b@x.org>', '1', 'a@x.org', 1],
        ['first', 'Why.\n\nAcked-by: B <b@x.org>', '2', 'a@x.org', 1],
      ],
    );
    assert.equal(set.patches[1]?.patchLine, 21);
  });
});

describe('reading diffs', () => {
  const files = (text: string) =>
    read(text).patches.flatMap((p) => p.files.map((f) => [f.status, f.oldPath, f.newPath]));

  it('reads what git says about files', () => {
    const text = `diff --git a/n b/n
new file mode 100755
index 0000000..e69de29
diff --git a/g b/g
deleted file mode 100644
index 89abcde..0000000
--- a/g
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/old name b/new name
similarity index 97%
rename from old name
rename to new name
--- a/old name
+++ b/new name
@@ -1 +1 @@
-x
+y
diff --git a/c1 b/c2
similarity index 100%
copy from c1
copy to c2
diff --git a/m b/m
old mode 100644
new mode 100755
diff --git a/pic.png b/pic.png
index 1234567..89abcde 100644
Binary files a/pic.png and b/pic.png differ
diff --git a/lit b/lit
index 1234567..89abcde 100644
GIT binary patch
literal 5
McmZQzG-4120000003

literal 3
KcmZQzG-4120003

diff --git "a/f\\303\\266 \\"o\\".c" "b/f\\303\\266 \\"o\\".c"
index 1234567..89abcde 100644
--- "a/f\\303\\266 \\"o\\".c"
+++ "b/f\\303\\266 \\"o\\".c"
@@ -1 +1 @@
-x
+y
`;
    assert.deepEqual(codes(read(text)), []);
    assert.deepEqual(files(text), [
      ['added', undefined, 'n'],
      ['deleted', 'g', undefined],
      ['renamed', 'old name', 'new name'],
      ['copied', 'c1', 'c2'],
      ['mode', 'm', 'm'],
      ['binary', 'pic.png', 'pic.png'],
      ['binary', 'lit', 'lit'],
      ['modified', 'fö "o".c', 'fö "o".c'],
    ]);
    assert.equal(read(text).patches[0]?.files[2]?.similarity, 97);
    assert.deepEqual(
      [read(text).patches[0]?.files[4]?.oldMode, read(text).patches[0]?.files[4]?.newMode],
      ['100644', '100755'],
    );
  });

  it('reads diff -u with time stamps, backups, and files that are not there', () => {
    const hunk = '@@ -1 +1 @@\n-x\n+y\n';
    const cases: [string, unknown[]][] = [
      [
        `--- linux.orig/kernel/x.c\t2021-03-26 12:00:00.000000000 +1100\n+++ linux/kernel/x.c\t2021-03-26 12:01:00.000000000 +1100\n${hunk}`,
        ['modified', 'kernel/x.c', 'kernel/x.c'],
      ],
      [
        `--- kernel/x.c.orig 2021-03-26 12:00:00.000000000 +1100\n+++ kernel/x.c 2021-03-26 12:01:00.000000000 +1100\n${hunk}`,
        ['modified', 'kernel/x.c', 'kernel/x.c'],
      ],
      [`--- x.c~\n+++ x.c\n${hunk}`, ['modified', 'x.c', 'x.c']],
      [
        `--- a/x.c\t1970-01-01 01:00:00.000000000 +0100\n+++ b/x.c\t2021-03-26 12:01:00.000000000 +1100\n@@ -0,0 +1 @@\n+y\n`,
        ['added', undefined, 'x.c'],
      ],
      [`--- /dev/null\n+++ b/x.c\n@@ -0,0 +1 @@\n+y\n`, ['added', undefined, 'x.c']],
      [`--- a/x.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-y\n`, ['deleted', 'x.c', undefined]],
      [
        `diff --git kernel/x.c kernel/x.c\nindex 1234567..89abcde 100644\n--- kernel/x.c\n+++ kernel/x.c\n${hunk}`,
        ['modified', 'kernel/x.c', 'kernel/x.c'],
      ],
      [
        `diff --git i/kernel/x.c w/kernel/x.c\n--- i/kernel/x.c\n+++ w/kernel/x.c\n${hunk}`,
        ['modified', 'kernel/x.c', 'kernel/x.c'],
      ],
      ['Binary files a/p.png and b/p.png differ\n', ['binary', 'p.png', 'p.png']],
    ];
    for (const [text, expected] of cases) assert.deepEqual(files(text), [expected], text);
  });

  it('takes empty context lines that lost their blank, and the signature', () => {
    const text = '--- a/x\n+++ b/x\n@@ -1,4 +1,4 @@\n a\n\n-b\n+c\n\n-- \n2.39\n';
    const set = read(text);
    assert.deepEqual(codes(set), []);
    assert.deepEqual(
      set.patches[0]?.files[0]?.hunks[0]?.lines.map((l) => l.kind + l.text),
      [' a', ' ', '-b', '+c', ' '],
    );
  });

  it('takes CR off a text whose lines all have it, and keeps it where the file has it', () => {
    const all = read(DIFF.replace(/\n/g, '\r\n')).patches[0]!.files[0]!;
    assert.deepEqual([all.crlf, all.hunks[0]?.lines[1]?.text], [true, 'b']);
    const some = read(DIFF.replace(/^([ +-]\w)$/gm, '$1\r')).patches[0]!.files[0]!;
    assert.deepEqual([some.crlf, some.hunks[0]?.lines[1]?.text], [false, 'b\r']);
    const dos = new MemoryTree(new Map([['kernel/x.c', 'a\r\nb\r\nd\r\n']]));
    const unix = new MemoryTree(new Map([['kernel/x.c', 'a\nb\nd\n']]));
    for (const patch of [all, some]) {
      assert.equal(applyPatch([patch], dos).after.read('kernel/x.c'), 'a\r\nc\r\nd\r\n');
      assert.equal(applyPatch([patch], unix).after.read('kernel/x.c'), 'a\nc\nd\n');
    }
    assert.deepEqual(
      applyPatch([all], dos).notes.map((n) => n.code),
      ['P305'],
    );
  });
});

describe('bad input', () => {
  const at = (text: string) => read(text).problems.map((p) => [p.code, p.place?.line]);
  const cases: [string, string, [string, number][]][] = [
    ['nothing', '', [['P002', 1]]],
    ['prose', 'Hello,\nhow are you?\n', [['P002', 1]]],
    ['a patch mail without a patch', mail('[PATCH] x', '', 'Oops.\n'), [['P002', 1]]],
    ['a cut hunk', DIFF.split('\n').slice(0, 7).join('\n'), [['P102', 7]]],
    ['a cut hunk before the signature', DIFF.replace(' d\n', '-- \n2.39\n'), [['P102', 9]]],
    ['counts too large', DIFF.replace('-1,3 +1,3', '-1,9 +1,9') + DIFF, [['P104', 10]]],
    ['counts too small', DIFF.replace('-1,3 +1,3', '-1,2 +1,2'), [['P103', 9]]],
    ['more removed than counted', DIFF.replace('-1,3 +1,3', '-1,1 +1,3'), [['P102', 7]]],
    ['a damaged line', DIFF.replace('+c', 'c'), [['P102', 8]]],
    ['a damaged hunk header', DIFF.replace('@@ -1,3', '@@ -1x'), [['P101', 5]]],
    ['a count beyond all files', DIFF.replace('-1,3', '-1,9999999999'), [['P101', 5]]],
    [
      'a second file in a hunk',
      '--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n+c\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-x\n+y\n',
      [['P104', 7]],
    ],
    [
      'a second file that fits the counts',
      '--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n+c\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-x\n+y\n'.replace(
        '-1,3 +1,3',
        '-1,3 +1,3',
      ),
      [['P104', 7]],
    ],
    ['a hunk without a file', '@@ -1 +1 @@\n-x\n+y\n', [['P105', 1]]],
    ['a hunk without a file behind prose', 'See:\n\n@@ -1 +1 @@\n-x\n+y\n', [['P105', 3]]],
    ['a file without a hunk', 'diff --git a/x b/x\nindex 1234567..89abcde 100644\n', [['P106', 1]]],
    ['a hunk without a change', '--- a/x\n+++ b/x\n@@ -1 +1 @@\n x\n', [['P111', 3]]],
    ['a NUL byte', DIFF.replace('+c', '+c\0'), [['P013', 8]]],
    ['a path up', DIFF.replaceAll('kernel/x.c', '../../etc/passwd'), [['P107', 1]]],
    ['a path up, quoted', '--- "a/\\056./x"\n+++ "b/\\056./x"\n@@ -1 +1 @@\n-x\n+y\n', [['P107', 1]]],
    ['an absolute path', '--- /etc/passwd\n+++ /etc/passwd\n@@ -1 +1 @@\n-x\n+y\n', [['P107', 1]]],
    ['an absolute path behind the prefix', DIFF.replaceAll('kernel/x.c', '/etc/passwd'), [['P107', 1]]],
    ['a drive', DIFF.replaceAll('a/kernel/x.c', 'a/C:/x').replaceAll('b/kernel/x.c', 'b/C:/x'), [['P107', 1]]],
    ['a path into .git', DIFF.replaceAll('kernel/x.c', '.git/hooks/x'), [['P107', 1]]],
    [
      'a rename out of the tree',
      'diff --git a/x b/x\nsimilarity index 100%\nrename from x\nrename to ../x\n',
      [['P107', 1]],
    ],
    ['names that disagree', DIFF.replace('+++ b/kernel/x.c', '+++ b/kernel/y.c'), [['P110', 1]]],
    [
      'a combined diff',
      'diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n',
      [['P109', 1]],
    ],
    ['a boundary that never comes', mail('[PATCH] x', 'Content-Type: multipart/mixed; boundary=zzz\n'), [['P007', 7]]],
  ];
  for (const [name, text, expected] of cases) {
    it(`has a code and a line for ${name}`, () => {
      const found = at(text);
      for (const one of expected)
        assert.ok(
          found.some(([code, line]) => code === one[0] && line === one[1]),
          JSON.stringify(found),
        );
      const set = read(text);
      for (const patch of set.patches) {
        const tree = { read: (path: string) => assert.fail(`reads ${path}`) };
        const broken = patch.files.filter((file) => file.broken);
        for (const file of broken) assert.equal(applyPatch([file], tree).failures[0]?.error, file.broken);
      }
    });
  }

  it('goes on behind a broken file', () => {
    const set = read(DIFF.replace('+c', 'c') + DIFF.replaceAll('x.c', 'y.c'));
    assert.deepEqual(
      set.patches[0]?.files.map((f) => [f.newPath, f.broken?.code]),
      [
        ['kernel/x.c', 'P102'],
        ['kernel/y.c', undefined],
      ],
    );
  });

  it('keeps the list of problems short', () => {
    const set = read('@@ -1 +1 @@\n-x\n+y\n'.repeat(5000).replace(/^/, DIFF));
    assert.ok(set.problems.length <= 201);
    const files = read(DIFF.replace('+c', 'c').repeat(3000));
    assert.equal(files.problems.at(-1)?.code, 'P012');
    assert.equal(files.problems.length, 201);
  });

  it('names the limit of an input that is too large', () => {
    const huge = { length: 2 ** 30 } as unknown as string;
    assert.deepEqual(codes(read(huge)), ['P001']);
  });
});
