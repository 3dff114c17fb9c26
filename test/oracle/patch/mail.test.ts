import assert from 'node:assert/strict';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { MemoryTree } from '../../../src/base/tree.ts';
import { applyPatch, readPatches, readPatchesSync } from '../../../src/patch/index.ts';
import { type Git, haveGit, inDirectory } from './git.ts';

interface Commit {
  readonly subject: string;
  readonly body: readonly string[];
  readonly author: string;
  readonly lines: readonly string[];
}
const word = fc.constantFrom(
  'resource:',
  'fix',
  'lock',
  'größe',
  '漢字',
  'the',
  'a',
  '--- x',
  'From',
  '>From here',
  '[x]',
  '=?',
  'é',
);
const sentence = fc.array(word, { minLength: 1, maxLength: 14 }).map((list) => list.join(' '));
const bodyLine = fc.oneof(
  sentence.map((s) => `It ${s}`),
  fc.constantFrom(
    '',
    'From here on it is bad',
    '>From there',
    '>>From there',
    'diff of the two',
    ' indented',
    '-----',
    '. dot',
    '=20 =3D',
  ),
);
const commit: fc.Arbitrary<Commit> = fc.record({
  subject: sentence.map((s) => `mm: ${s}`),
  body: fc.array(bodyLine, { maxLength: 6 }),
  author: fc.constantFrom(
    'A U Thor <author@example.org>',
    'Jörg Müller <j@example.org>',
    '"Last, First" <l@example.org>',
    '漢字 太郎 <k@example.org>',
  ),
  lines: fc.array(
    fc.constantFrom('int a;', '', '\tx = 1;', 'größe', '漢字', 'From now', '-- ', 'a = b', `${'x'.repeat(120)}`),
    { minLength: 1, maxLength: 12 },
  ),
});

/** Commits one file's successive contents; the texts of all states. */
function history(git: Git, commits: readonly Commit[]): string[] {
  git.must('init', '-q');
  git.write('d/f.c', 'start\n');
  git.must('add', '-A');
  git.must('commit', '-q', '-m', 'start');
  const states = ['start\n'];
  commits.forEach((one, i) => {
    const text = `${one.lines.join('\n')}\n${i}\n`;
    git.write('d/f.c', text);
    git.must('add', '-A');
    git.must(
      'commit',
      '-q',
      '--cleanup=verbatim',
      `--author=${one.author}`,
      '-m',
      [one.subject, '', ...one.body].join('\n'),
    );
    states.push(text);
  });
  return states;
}

/** What git makes of each mail. */
function mailinfo(
  git: Git,
  mbox: string | Uint8Array,
): { subject: string; author: string; email: string; body: string; patch: string }[] {
  git.run(['mailsplit', '-o.git', '--keep-cr'], mbox);
  const mails: ReturnType<typeof mailinfo> = [];
  for (let n = 1; ; n++) {
    const mail = git.read(`.git/${String(n).padStart(4, '0')}`);
    if (mail === undefined) return mails;
    const made = git.run(['mailinfo', '.git/msg', '.git/patch'], mail);
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(made.stdout)?.[1] ?? '';
    const body = (git.read('.git/msg') ?? '').trim();
    mails.push({
      subject: field('Subject'),
      author: field('Author'),
      email: field('Email'),
      body,
      patch: git.read('.git/patch') ?? '',
    });
  }
}

const plain = (text: string) => text.replace(/[ \t]+$/gm, '').trim();

describe('git mailinfo agrees', function () {
  this.timeout(110_000);
  before(function () {
    if (haveGit) return;
    if (process.env.CI === 'true') throw new Error('git is missing');
    console.log('        skipped: git is not on the PATH');
    this.skip();
  });

  const options = fc.constantFrom(
    [],
    ['--attach'],
    ['--inline'],
    ['-v3'],
    ['--no-signature'],
    ['-p'],
    ['--from=Sender <s@example.org>'],
  );

  it('on series of format-patch in all its forms', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commit, { minLength: 1, maxLength: 3 }), options, async (commits, how) => {
        const { states, mbox, theirs } = inDirectory(new Map(), (git) => {
          const made = history(git, commits);
          const text = git.must('format-patch', '--stdout', '--no-renames', ...how, `-${commits.length}`);
          return { states: made, mbox: text, theirs: mailinfo(git, text) };
        });
        const set = await readPatches(mbox, { name: 'mbox' });
        assert.deepEqual(set.problems, []);
        assert.equal(set.patches.length, commits.length);
        let tree = new MemoryTree(new Map([['d/f.c', 'start\n']]));
        for (const [i, patch] of set.patches.entries()) {
          assert.equal(patch.author?.name, theirs[i]!.author);
          assert.equal(patch.author?.email, theirs[i]!.email);
          // git unfolds neither more nor less, but takes off only the tags in front.
          assert.equal(
            patch.rawSubject.replace(/^\[[^\]]*\]\s*/, '').replace(/\s+/g, ' '),
            theirs[i]!.subject.replace(/^\[[^\]]*\]\s*/, '').replace(/\s+/g, ' '),
          );
          assert.equal(
            plain(patch.body).replace(/^>+From /gm, 'From '),
            plain(theirs[i]!.body).replace(/^>+From /gm, 'From '),
          );
          const result = applyPatch(patch.files, tree, { direction: 'forward' });
          assert.ok(result.ok, result.failures[0]?.error.message);
          assert.equal(result.after.read('d/f.c'), states[i + 1]);
          for (const line of patch.files.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines))) {
            assert.equal(mbox.split('\n')[line.patchLine! - 1], line.kind + line.text);
          }
          tree = new MemoryTree(new Map([['d/f.c', states[i + 1]!]]));
        }
      }),
      { numRuns: 20, seed: 6 },
    );
  });

  const qp = (text: string) =>
    [...new TextEncoder().encode(text)]
      .map((b) =>
        b === 10
          ? '\n'
          : b === 61 || b > 126 || b < 32
            ? `=${b.toString(16).toUpperCase().padStart(2, '0')}`
            : String.fromCharCode(b),
      )
      .join('')
      .split('\n')
      .map((l) => (l.endsWith(' ') ? `${l.slice(0, -1)}=20` : l).replace(/(.{60}[^=]{0,2})(?=...)/g, '$1=\n'))
      .join('\n');
  const b64 = (text: string) => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n');

  it('on the same mail in every encoding', async () => {
    const encoding = fc.constantFrom<[string, string, (text: string) => string | Uint8Array]>(
      ['quoted-printable', 'utf-8', qp],
      ['base64', 'utf-8', b64],
      ['8bit', 'utf-8', (text) => text],
      ['8bit', 'utf-8', (text) => text.replace(/\n/g, '\r\n')],
      ['quoted-printable', 'UTF-8', (text) => qp(text).replace(/\n/g, '\r\n')],
    );
    await fc.assert(
      fc.asyncProperty(commit, encoding, async (one, [cte, charset, encode]) => {
        const { states, mail } = inDirectory(new Map(), (git) => {
          const made = history(git, [one]);
          return { states: made, mail: git.must('format-patch', '--stdout', '-1') };
        });
        const [, subject = ''] = /^(Subject: [\s\S]*?\n)(?=\S|\n)/m.exec(mail) ?? [];
        const body = mail.slice(mail.indexOf('\n\n') + 2);
        const head = `From: ${one.author.replace(/[^ -~]/g, 'x')}\n${subject}MIME-Version: 1.0\nContent-Type: text/plain; charset="${charset}"\nContent-Transfer-Encoding: ${cte}\n\n`;
        const encoded = encode(body);
        const text =
          (typeof encoded === 'string' && encoded.includes('\r') ? head.replace(/\n/g, '\r\n') : head) + encoded;
        const set = await readPatches(text, { name: 'mail.eml' });
        assert.deepEqual(set.problems, []);
        const result = applyPatch(set.patches[0]!.files, new MemoryTree(new Map([['d/f.c', 'start\n']])));
        assert.ok(result.ok, result.failures[0]?.error.message);
        assert.equal(result.after.read('d/f.c'), states[1]);
        const theirs = await PostalMime.parse(text);
        assert.equal(set.patches[0]!.rawSubject, theirs.subject);
        assert.equal(plain(theirs.text ?? '').startsWith(plain(set.patches[0]!.body)), true);
        // Lines lead back to lines of the encoded text; base64 has none.
        const raw = text.split('\n');
        for (const line of set.patches[0]!.files[0]!.hunks[0]!.lines) {
          if (cte === 'base64') assert.equal(line.patchLine, undefined);
          else
            assert.ok(
              raw[line.patchLine! - 1]!.startsWith(line.kind) ||
                raw[line.patchLine! - 1]!.startsWith('=20') ||
                raw[line.patchLine! - 1] === '',
              raw[line.patchLine! - 1],
            );
        }
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  it('on mailboxes of both kinds, with quoted From lines', () => {
    fc.assert(
      fc.property(fc.array(commit, { minLength: 1, maxLength: 3 }), (commits) => {
        const { rd, states } = inDirectory(new Map(), (git) => {
          const made = history(git, commits);
          return { states: made, rd: git.must('format-patch', '--stdout', '--pretty=mboxrd', `-${commits.length}`) };
        });
        const theirs = inDirectory(new Map([['x', '']]), (git) => {
          git.run(['mailsplit', '-o.', '--mboxrd'], rd);
          return commits.map((_, i) => git.read(String(i + 1).padStart(4, '0')) ?? '');
        });
        const set = readPatchesSync(rd, { name: 'mbox' });
        assert.equal(set.patches.length, commits.length);
        set.patches.forEach((patch, i) => {
          const unquoted = plain(theirs[i]!.slice(theirs[i]!.indexOf('\n\n')));
          assert.ok(unquoted.startsWith(plain(patch.body)), `${patch.body}\n---\n${unquoted}`);
          assert.equal(
            applyPatch(patch.files, new MemoryTree(new Map([['d/f.c', states[i]!]]))).after.read('d/f.c'),
            states[i + 1],
          );
        });
      }),
      { numRuns: 10, seed: 8 },
    );
  });
});
