import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryTree } from '../../../src/base/tree.ts';
import {
  type ApplyOptions,
  applyPatch,
  applySeries,
  formatPatch,
  readPatchesSync,
  reversePatch,
  unifiedDiff,
} from '../../../src/patch/index.ts';

const treeOf = (files: Record<string, string>) => new MemoryTree(new Map(Object.entries(files)));
const filesOf = (text: string) => readPatchesSync(text, { name: 'x.patch' }).patches.flatMap((patch) => patch.files);
const apply = (text: string, files: Record<string, string>, options: ApplyOptions = {}) =>
  applyPatch(filesOf(text), treeOf(files), { name: 'x.patch', ...options });
const numbered = (n: number) => Array.from({ length: n }, (_, i) => `line ${i + 1}\n`);

const OLD = numbered(40).join('');
const NEW = OLD.replace('line 20\n', 'line twenty\nand more\n');
const PATCH = unifiedDiff(OLD, NEW, 'f.c');

describe('applying', () => {
  it('goes forward, or says that the tree has the patch already', () => {
    const forward = apply(PATCH, { 'f.c': OLD });
    assert.deepEqual(
      [forward.ok, forward.direction, forward.foundBy, forward.notes.length],
      [true, 'forward', 'tried', 0],
    );
    assert.deepEqual([forward.before.read('f.c'), forward.after.read('f.c')], [OLD, NEW]);
    const reverse = apply(PATCH, { 'f.c': NEW });
    assert.deepEqual([reverse.ok, reverse.direction, reverse.notes.map((n) => n.code)], [true, 'reverse', ['P301']]);
    assert.deepEqual([reverse.before.read('f.c'), reverse.after.read('f.c')], [OLD, NEW]);
    assert.equal(apply(PATCH, { 'f.c': NEW }, { direction: 'forward' }).ok, false);
    assert.deepEqual(apply(PATCH, { 'f.c': NEW }, { direction: 'reverse' }).notes, []);
  });

  it('prefers the direction with the smaller offsets where both would do', () => {
    // The lines to be changed stand twice, once as they were and once as they will be.
    const twice = `${'x\n'.repeat(100)}${NEW}`;
    const both = `${OLD.replace(/line (1|40)\n/g, '')}${NEW.replace(/line (1|40)\n/g, '')}`;
    assert.equal(apply(PATCH, { 'f.c': twice }).direction, 'reverse');
    assert.equal(apply(PATCH, { 'f.c': both }).direction, 'forward');
  });

  it('reports offsets as git does, against the header', () => {
    const two = unifiedDiff(OLD, NEW.replace('line 35\n', ''), 'f.c');
    const { files, ok } = apply(two, { 'f.c': `new\nnew\n${OLD}` });
    assert.ok(ok);
    assert.deepEqual(
      files[0]?.hunks.map((h) => [h.offset, h.fuzz, h.beforeStart, h.afterStart]),
      [
        [2, 0, 19, 19],
        [2, 0, 34, 35],
      ],
    );
  });

  it('reports fuzz, and wants to be asked for it', () => {
    const there = OLD.replace('line 17\n', 'line seventeen\n');
    assert.equal(apply(PATCH, { 'f.c': there }).ok, false);
    const fuzzy = apply(PATCH, { 'f.c': there }, { maxFuzz: 2 });
    assert.deepEqual([fuzzy.ok, fuzzy.files[0]?.hunks[0]?.fuzz, fuzzy.notes.map((n) => n.code)], [true, 1, ['P302']]);
    assert.equal(fuzzy.after.read('f.c'), NEW.replace('line 17\n', 'line seventeen\n'));
    assert.equal(fuzzy.files[0]?.map.oldToNew(17), 17);
    const back = apply(PATCH, { 'f.c': NEW.replace('line 22\n', '') }, { maxFuzz: 2 });
    assert.deepEqual([back.direction, back.files[0]?.hunks[0]?.fuzz], ['reverse', 2]);
  });

  it('says what was expected, what stands there, and what resembles it', () => {
    const moved = `${numbered(16).join('')}other\nother\nother\nother\n${numbered(40).slice(16).join('')}`.replace(
      'line 18\n',
      'line 18!\n',
    );
    const result = apply(PATCH, { 'f.c': moved }, { direction: 'forward' });
    assert.deepEqual([result.ok, result.files.length], [false, 0]);
    const [failure] = result.failures;
    assert.deepEqual(
      [failure?.path, failure?.patchLine, failure?.sourceLine, failure?.expected, failure?.found],
      ['f.c', 5, 17, 'line 17', 'other'],
    );
    assert.deepEqual(failure?.nearest, {
      line: 21,
      equal: 6,
      of: 7,
      sourceLine: 22,
      expected: 'line 18',
      found: 'line 18!',
      patchLine: 6,
    });
    assert.equal(
      failure.error.message,
      'x.patch:5: the hunk does not apply to f.c: line 17 should be "line 17", but there is "other" [P201]\n' +
        '     line 17\n' +
        '  The place that resembles it most is line 21: 6 of 7 lines are the same; the first difference is line 22: "line 18!".',
    );
    const cut = apply(PATCH, { 'f.c': numbered(18).join('') }, { direction: 'forward' });
    assert.equal(cut.failures[0]?.found, undefined);
    assert.match(cut.failures[0]!.error.message, /line 19 should be "line 19", but there is the end of the file/);
    assert.match(apply(PATCH, { 'f.c': 'x\n' }).failures[0]!.error.hint!, /Nothing in the file resembles it/);
  });

  it('says when a hunk fits, but not there', () => {
    const top = unifiedDiff('a\nb\nc\nd\n', 'new\na\nb\nc\nd\n', 'f.c');
    const code = (text: string, there: string) =>
      apply(text, { 'f.c': there }, { direction: 'forward' }).failures.map((f) => f.error.code);
    assert.deepEqual(code(top, 'x\na\nb\nc\nd\n'), ['P202']);
    const end = unifiedDiff('a\nb\nc\nd\n', 'a\nb\nc\nd\nnew\n', 'f.c');
    assert.deepEqual(code(end, 'a\nb\nc\nd\nx\n'), ['P202']);
    const hunk = PATCH.slice(PATCH.indexOf('@@'));
    assert.deepEqual(
      code(
        PATCH + hunk.replace('-line 20\n', ' line 20\n').replace('+line twenty\n', '').replace(',8 @@', ',8 @@'),
        OLD,
      ),
      ['P208'],
    );
    const bare = unifiedDiff('a\nb', 'a\nc', 'f.c');
    assert.deepEqual(code(bare, 'a\nb\n'), ['P207']);
    assert.deepEqual(code(unifiedDiff('a\nb\n', 'a\nc\n', 'f.c'), 'a\nb'), ['P207']);
  });

  it('takes hunks without context only where they say', () => {
    const zero = unifiedDiff(OLD, NEW.replace('line 30\n', ''), 'f.c', { context: 0 });
    const forward = apply(zero, { 'f.c': OLD });
    assert.equal(forward.after.read('f.c'), NEW.replace('line 30\n', ''));
    assert.equal(apply(zero, { 'f.c': NEW.replace('line 30\n', '') }).before.read('f.c'), OLD);
    assert.equal(apply(zero, { 'f.c': `x\n${OLD}` }).ok, false);
  });

  it('makes, deletes, renames and copies files, both ways', () => {
    const cases: [string, Record<string, string>, Record<string, string>][] = [
      [unifiedDiff(undefined, 'a\n', 'n'), {}, { n: 'a\n' }],
      [unifiedDiff('a\n', undefined, 'n'), { n: 'a\n' }, {}],
      ['diff --git a/n b/n\nnew file mode 100644\nindex 0000000..e69de29\n', {}, { n: '' }],
      [unifiedDiff('a\nb\n', 'a\nc\n', 'to', { oldPath: 'from' }), { from: 'a\nb\n' }, { to: 'a\nc\n' }],
      [
        'diff --git a/c1 b/c2\nsimilarity index 100%\ncopy from c1\ncopy to c2\n',
        { c1: 'a\n' },
        { c1: 'a\n', c2: 'a\n' },
      ],
      ['diff --git a/m b/m\nold mode 100644\nnew mode 100755\n', { m: 'a\n' }, { m: 'a\n' }],
    ];
    for (const [text, old, now] of cases) {
      const names = new Set([...Object.keys(old), ...Object.keys(now)]);
      const forward = apply(text, old, { direction: 'forward' });
      const reverse = apply(text, now, { direction: 'reverse' });
      for (const result of [forward, reverse]) {
        assert.ok(result.ok, result.failures[0]?.error.message);
        for (const name of names) {
          assert.equal(result.before.read(name), old[name], text);
          assert.equal(result.after.read(name), now[name], text);
        }
      }
    }
  });

  it('refuses what does not fit the tree', () => {
    const code = (text: string, files: Record<string, string>, direction: 'forward' | 'reverse' = 'forward') =>
      apply(text, files, { direction }).failures.map((f) => f.error.code);
    assert.deepEqual(code(PATCH, {}), ['P203']);
    assert.deepEqual(code(unifiedDiff(undefined, 'a\n', 'n'), { n: 'a\n' }), ['P204']);
    assert.deepEqual(code(unifiedDiff('a\n', undefined, 'n'), { n: 'a\n' }, 'reverse'), ['P204']);
    assert.deepEqual(
      code(
        unifiedDiff('a\nb\n', 'b\n', 'n')
          .replace('+++ b/n', '+++ /dev/null')
          .replace('--- ', 'deleted file mode 100644\n--- '),
        { n: 'a\nb\n' },
      ),
      ['P205'],
    );
    assert.deepEqual(code(unifiedDiff('a\n', 'b\n', 'to', { oldPath: 'from' }), { from: 'a\n', to: 'x\n' }), ['P204']);
  });

  it('applies all files or none', () => {
    const result = apply(PATCH + PATCH.replaceAll('f.c', 'g.c'), { 'f.c': OLD, 'g.c': 'x\n' });
    assert.equal(result.ok, false);
    assert.equal(result.after.read('f.c'), OLD);
  });

  it('names binary files, links and submodules, and applies the rest', () => {
    const text = `diff --git a/p b/p\nindex 1234567..89abcde 100644\nBinary files a/p and b/p differ\ndiff --git a/s b/s\nindex 1234567..89abcde 160000\n--- a/s\n+++ b/s\n@@ -1 +1 @@\n-Subproject commit 1\n+Subproject commit 2\n${PATCH}`;
    const result = apply(text, { 'f.c': OLD });
    assert.ok(result.ok);
    assert.deepEqual(
      result.files.map((f) => f.skipped?.code),
      ['P303', 'P304', undefined],
    );
    assert.deepEqual(
      result.notes.map((n) => n.code),
      ['P303', 'P304'],
    );
  });

  it('finds the file at another depth, and says so', () => {
    const deep = apply(PATCH.replaceAll('/f.c', '/linux/kernel/f.c'), { 'kernel/f.c': OLD });
    assert.deepEqual(
      [deep.ok, deep.files[0]?.beforePath, deep.notes.map((n) => n.code)],
      [true, 'kernel/f.c', ['P306']],
    );
    assert.equal(deep.after.read('kernel/f.c'), NEW);
  });

  it('patches a file twice where the patch does', () => {
    const last = NEW.replace('line 20', 'x').replace('and more\n', '');
    const text = PATCH + unifiedDiff(NEW, last, 'f.c');
    assert.equal(apply(text, { 'f.c': OLD }).after.read('f.c'), last);
    assert.equal(apply(text, { 'f.c': last }).before.read('f.c'), OLD);
  });

  it('leads from patch lines to source lines and back', () => {
    const { files } = apply(PATCH, { 'f.c': `x\n${OLD}` });
    const [file] = files;
    const at = PATCH.split('\n').indexOf('+and more') + 1;
    assert.deepEqual(file?.sourceLines(at), { before: undefined, after: 22 });
    assert.deepEqual(file.sourceLines(at - 2), { before: 21, after: undefined });
    assert.deepEqual(file.sourceLines(at - 3), { before: 20, after: 20 });
    assert.deepEqual(file.sourceLines(1), { before: undefined, after: undefined });
    assert.deepEqual(
      [file.patchLineOf('after', 22), file.patchLineOf('before', 21), file.patchLineOf('before', 1)],
      [at, at - 2, undefined],
    );
    const { map } = file;
    assert.deepEqual(
      [map.oldToNew(20), map.oldToNew(21), map.oldToNew(22), map.oldToNew(41), map.oldToNew(42)],
      [20, undefined, 23, 42, undefined],
    );
    assert.deepEqual(
      [map.newToOld(22), map.newToOld(23), map.newToOld(0), map.newToOld(99)],
      [undefined, 22, undefined, undefined],
    );
  });
});

describe('a series', () => {
  const states = [OLD];
  for (const n of [5, 6, 20, 35]) states.push(states.at(-1)!.replace(`line ${n}\n`, `changed ${n}\nadded\n`));
  const patches = states.slice(1).map((state, i) => ({ files: filesOf(unifiedDiff(states[i]!, state, 'f.c')) }));

  it('goes on from wherever the tree stands', () => {
    states.forEach((state, held) => {
      const result = applySeries(patches, treeOf({ 'f.c': state }));
      assert.ok(result.ok, `${held}`);
      assert.equal(result.held, held);
      result.steps.forEach((step, k) => {
        assert.equal(step.before.read('f.c'), states[k]);
        assert.equal(step.after.read('f.c'), states[k + 1]);
        assert.equal(step.direction, k < held ? 'reverse' : 'forward');
      });
    });
  });

  it('stops where a patch fails', () => {
    const result = applySeries(
      [patches[0]!, patches[3]!, patches[2]!, patches[1]!],
      treeOf({ 'f.c': OLD.replace('line 19\n', '') }),
      { direction: 'forward' },
    );
    assert.deepEqual([result.ok, result.steps.length, result.steps.at(-1)?.ok], [false, 3, false]);
  });
});

describe('writing', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '', ' c', '-d', '+e'), { maxLength: 20 })
    .chain((list) => fc.constantFrom(list.join('\n'), `${list.join('\n')}\n`));

  it('reverses and prints patches that read the same again', () => {
    fc.assert(
      fc.property(text, text, fc.nat(3), (old, now, context) => {
        fc.pre(old !== now);
        const files = filesOf(unifiedDiff(old, now, 'd/é "q".c', { context: context + 1 }));
        const tree = treeOf({ 'd/é "q".c': now });
        assert.equal(applyPatch(reversePatch(files), tree, { direction: 'forward' }).after.read('d/é "q".c'), old);
        const again = filesOf(formatPatch(reversePatch(reversePatch(files))));
        const shape = (list: typeof files) =>
          list.map((f) =>
            f.hunks.map((h) => [h.oldStart, h.newStart, h.lines.map((l) => [l.kind, l.text, l.noNewline])]),
          );
        assert.deepEqual(shape(again), shape(files));
      }),
      { numRuns: 300 },
    );
  });

  it('gives up looking for likeness in texts that have none', () => {
    const old = Array.from({ length: 4000 }, (_, i) => `a${i}\n`).join('');
    const now = Array.from({ length: 4000 }, (_, i) => `b${i}`).join('\n');
    assert.equal(apply(unifiedDiff(old, now, 'f'), { f: old }).after.read('f'), now);
  });

  it('is empty where nothing differs', () => assert.equal(unifiedDiff('a', 'a', 'f'), ''));
});
