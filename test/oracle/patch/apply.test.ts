import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryTree } from '../../../src/base/tree.ts';
import { type ApplyResult, applyPatch, readPatchesSync, unifiedDiff } from '../../../src/patch/index.ts';
import { type Git, haveGit, inDirectory } from './git.ts';

/** Few different lines, so that hunks fit at several places. */
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('a', 'b', 'c', '', '}', '\treturn 0;', ' x', '-y', '+z', '-- ', '@@ -1 +1 @@'),
  },
  { weight: 2, arbitrary: fc.stringMatching(/^[a-f ]{0,6}$/) },
  { weight: 1, arbitrary: fc.constantFrom('a\r', 'é', 'From here', 'diff --git a/x b/x', '--- a/x', '\\ No', '> q') },
);
const lines = fc.array(line, { maxLength: 30 });
const joined = (list: readonly string[], newline: boolean) =>
  list.length === 0 ? '' : list.join('\n') + (newline || list.at(-1) === '' ? '\n' : '');
const text = fc.tuple(lines, fc.boolean()).map(([list, newline]) => joined(list, newline));

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: readonly string[];
}
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(30),
  remove: fc.nat(3),
  insert: fc.array(line, { maxLength: 3 }),
});
const edits = (most: number) => fc.array(edit, { minLength: 0, maxLength: most });

function edited(before: string, list: readonly Edit[]): string {
  const split = before.split('\n');
  for (const { at, remove, insert } of list) split.splice(at % (split.length + 1), remove, ...insert);
  return split.join('\n');
}

const treeOf = (files: ReadonlyMap<string, string>) => new MemoryTree(files);

/** The files of a world as a map, for comparison with a directory. */
function filesOf(
  result: ApplyResult,
  world: 'before' | 'after',
  given: ReadonlyMap<string, string>,
): Map<string, string> {
  const names = new Set([...given.keys()]);
  for (const file of result.files) {
    for (const path of [file.beforePath, file.afterPath]) if (path !== undefined) names.add(path);
  }
  const entries = [...names].sort().map((path) => [path, result[world].read(path)] as const);
  return new Map(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Both tools on the same directory and patch. Returns whether it applied. */
function compare(files: ReadonlyMap<string, string>, patch: string, direction: 'forward' | 'reverse'): boolean {
  const theirs = inDirectory(files, (git: Git) => git.apply(patch, ...(direction === 'reverse' ? ['-R'] : [])));
  const set = readPatchesSync(patch, { name: 'p' });
  const result = applyPatch(set.patches[0]?.files ?? [], treeOf(files), { direction });
  const why = [...set.problems, ...result.failures.map((f) => f.error)].map((e) => e.message).join('\n');
  if (theirs === undefined) {
    assert.ok(!result.ok || set.problems.length > 0, `git refuses what we take:\n${patch}`);
    return false;
  }
  // git compares context marked `\\ No newline` as a prefix, so it fits a line that has one, and glues two lines together.
  if (!result.ok && patch.includes('\n\\ No newline')) return false;
  assert.ok(result.ok && set.problems.length === 0, `git takes what we refuse: ${why}\n${patch}`);
  assert.deepEqual(filesOf(result, direction === 'forward' ? 'after' : 'before', files), theirs);
  return true;
}

describe('git apply agrees', function () {
  this.timeout(110_000);
  before(function () {
    if (haveGit) return;
    if (process.env.CI === 'true') throw new Error('git is missing');
    console.log('        skipped: git is not on the PATH');
    this.skip();
  });

  it('on diffs of generated texts, on the text itself, in both directions', () => {
    fc.assert(
      fc.property(text, edits(4), fc.integer({ min: 1, max: 4 }), (old, list, context) => {
        const now = edited(old, list);
        fc.pre(now !== old);
        const patch = unifiedDiff(old, now, 'd/f.c', { context });
        assert.ok(compare(new Map([['d/f.c', old]]), patch, 'forward'), 'forward');
        assert.ok(compare(new Map([['d/f.c', now]]), patch, 'reverse'), 'reverse');
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('on trees that have moved on: the same place, or the same refusal', () => {
    let took = 0;
    fc.assert(
      fc.property(text, edits(3), edits(3), fc.integer({ min: 1, max: 3 }), (old, list, drift, context) => {
        const now = edited(old, list);
        fc.pre(now !== old);
        const patch = unifiedDiff(old, now, 'f', { context });
        const there = edited(old, drift);
        if (compare(new Map([['f', there]]), patch, 'forward')) took++;
        compare(new Map([['f', edited(now, drift)]]), patch, 'reverse');
      }),
      { numRuns: 400, seed: 2 },
    );
    assert.ok(took > 40, `only ${took} applied: the trees drift too far to tell anything`);
  });

  it('on several files: changed, made, deleted, renamed, copied', () => {
    const file = fc.record({ old: fc.option(text), list: edits(3), gone: fc.boolean() });
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 5 }), fc.boolean(), (list, similar) => {
        const before = new Map<string, string>();
        const after = new Map<string, string>();
        list.forEach(({ old, list: changes, gone }, i) => {
          if (old !== null) before.set(`d${i}/f`, old);
          if (!gone) after.set(similar && old !== null ? `e${i}/g` : `d${i}/f`, edited(old ?? 'x\n', changes));
        });
        const patch = inDirectory(before, (git) => {
          git.must('init', '-q');
          git.must('add', '-A');
          git.must('commit', '-q', '--allow-empty', '-m', 'one');
          for (const path of before.keys()) git.must('rm', '-q', '--cached', path);
          return inDirectory(after, (other) => {
            return (
              git.must('--work-tree', other.directory, 'add', '-A') +
              git.must('diff', '--cached', '-M', '-C', '--full-index')
            );
          });
        });
        fc.pre(patch !== '');
        assert.ok(compare(before, patch, 'forward'), 'forward');
        const set = readPatchesSync(patch, { name: 'p' });
        const back = applyPatch(set.patches[0]!.files, treeOf(after), { direction: 'reverse' });
        assert.ok(back.ok, back.failures[0]?.error.message);
        for (const one of back.files)
          if (one.beforePath) assert.equal(back.before.read(one.beforePath), before.get(one.beforePath));
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it('on hunks in any order, and on hunks that touch', () => {
    fc.assert(
      fc.property(text, edits(5), fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), (old, list, order) => {
        const now = edited(old, list);
        fc.pre(now !== old);
        const patch = unifiedDiff(old, now, 'f', { context: 1 });
        const [head, ...hunks] = patch.split(/^(?=@@ -)/m);
        fc.pre(!/^[ +-]@@ -/m.test(patch) && hunks.length > 1);
        const shuffled = hunks.map((hunk, i) => [order[i % 8]!, hunk] as const).toSorted((a, b) => a[0] - b[0]);
        compare(new Map([['f', old]]), head + shuffled.map(([, hunk]) => hunk).join(''), 'forward');
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it('on damaged patches: nothing that git refuses is applied', () => {
    const damage = fc.record({ at: fc.nat(), how: fc.constantFrom('drop', 'double', 'swap', 'count', 'char') });
    fc.assert(
      fc.property(text, edits(3), damage, (old, list, { at, how }) => {
        const now = edited(old, list);
        fc.pre(now !== old);
        const split = unifiedDiff(old, now, 'f').split('\n');
        const i = at % split.length;
        if (how === 'drop') split.splice(i, 1);
        else if (how === 'double') split.splice(i, 0, split[i]!);
        else if (how === 'swap') split.splice(i, 2, split[i + 1] ?? '', split[i]!);
        else if (how === 'char') split[i] = `x${split[i]!.slice(1)}`;
        else split[i] = split[i]!.replace(/\d+/, (n) => String(Number(n) + 1));
        // git wants the last newline; we do without, since pasted text often has none.
        const patch = `${split.join('\n').trimEnd()}\n`;
        const files = new Map([['f', old]]);
        const theirs = inDirectory(files, (git) => git.apply(patch));
        const set = readPatchesSync(patch, { name: 'p' });
        const result = applyPatch(set.patches[0]?.files ?? [], treeOf(files), { direction: 'forward' });
        const ours = result.ok && set.problems.length === 0 ? filesOf(result, 'after', files) : undefined;
        // We refuse more: git drops lines that a hunk does not count without a word.
        if (ours) assert.deepEqual(ours, theirs, patch);
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});
