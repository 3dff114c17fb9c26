import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { applyPatch as applyJs, parsePatch, reversePatch as reverseJs } from 'diff';
import { MemoryTree, type SourceTree } from '../../../src/base/tree.ts';
import { type AppliedFile, applyPatch, formatPatch, readPatches, reversePatch } from '../../../src/patch/index.ts';
import { haveGit, inDirectory } from './git.ts';

const cache = join(homedir(), '.cache', 'iomem-review');
const kernels = process.env.IOMEM_REVIEW_KERNELS ?? cache;
const make = resolve(import.meta.dirname, '../../../../shared/corpus/make.mjs');

/** The corpus of a kernel, made where it is not there yet. */
function corpus(
  label: string,
): { tree: SourceTree; patches: { id: string; text: string; direction: string }[] } | string {
  const root = join(kernels, `linux-${label}`);
  if (!existsSync(join(root, 'kernel/resource.c'))) return `no kernel sources at ${root}`;
  if (!existsSync(make)) return `no ${make}`;
  const out = join(cache, `corpus-${label}`);
  if (!existsSync(join(out, 'index.json'))) {
    mkdirSync(out, { recursive: true });
    execFileSync(process.execPath, [make, '--tree', root, '--label', label, '--out', out]);
  }
  const index = JSON.parse(readFileSync(join(out, 'index.json'), 'utf8')) as {
    id: string;
    direction: string;
    skipped?: string;
  }[];
  const made = readdirSync(out);
  const patches = index
    .filter((entry) => made.includes(`${entry.id}.patch`))
    .map(({ id, direction }) => ({ id, direction, text: readFileSync(join(out, `${id}.patch`), 'utf8') }));
  const read = (path: string) => {
    const full = join(root, path);
    return existsSync(full) ? readFileSync(full, 'utf8') : undefined;
  };
  return { tree: { read }, patches };
}

/** Every line that both worlds share maps to its equal, and back; every other line maps nowhere. */
function checkMap(file: AppliedFile): void {
  const before = file.before!.split('\n').slice(0, -1);
  const after = file.after!.split('\n').slice(0, -1);
  const count = (map: (line: number) => number | undefined, from: string[], to: string[], back: typeof map) => {
    let gone = 0;
    from.forEach((line, i) => {
      const there = map(i + 1);
      if (there === undefined) gone++;
      else {
        assert.equal(to[there - 1], line);
        assert.equal(back(there), i + 1);
      }
    });
    return gone;
  };
  const { map, patch } = file;
  const removed = count(map.oldToNew, before, after, map.newToOld);
  const added = count(map.newToOld, after, before, map.oldToNew);
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  assert.equal(removed, lines.filter((line) => line.kind === '-').length);
  assert.equal(added, lines.filter((line) => line.kind === '+').length);
}

describe('the corpus', function () {
  this.timeout(60_000);
  for (const label of ['6.1', '6.12']) {
    it(`applies to ${label} both ways, as git and jsdiff do it`, async function () {
      const found = corpus(label);
      if (typeof found === 'string' || !haveGit) {
        const why = typeof found === 'string' ? found : 'git is not on the PATH';
        if (process.env.CI === 'true') throw new Error(why);
        console.log(`        skipped: ${why}`);
        return this.skip();
      }
      assert.ok(found.patches.length >= 11);
      for (const { id, text, direction } of found.patches) {
        const set = await readPatches(text, { name: id });
        assert.deepEqual(set.problems, [], id);
        const [mail] = set.patches;
        const result = applyPatch(mail!.files, found.tree, { name: id });
        assert.ok(result.ok, `${id}: ${result.failures[0]?.error.message}`);
        assert.equal(result.direction, direction === 'undo' ? 'reverse' : 'forward', id);
        assert.equal(
          result.notes.some((note) => note.code === 'P301'),
          direction === 'undo',
          id,
        );

        // jsdiff stumbles over the signature, so it gets the diff alone.
        const js = parsePatch(text.slice(text.indexOf('diff --git'), text.lastIndexOf('\n-- \n') + 1));
        for (const [i, file] of result.files.entries()) {
          const path = file.patch.newPath!;
          const given: ReadonlyMap<string, string> = new Map([[path, found.tree.read(path)!]]);
          const git: ReadonlyMap<string, string> | undefined = inDirectory(given, (g) =>
            g.apply(text, ...(result.direction === 'reverse' ? ['-R'] : [])),
          );
          const other: string | undefined = result.direction === 'reverse' ? file.before : file.after;
          assert.equal(other, git?.get(path), id);
          assert.equal(
            other,
            applyJs(given.get(path)!, result.direction === 'reverse' ? reverseJs(js[i]!) : js[i]!),
            id,
          );
          checkMap(file);
          for (const line of file.patch.hunks.flatMap((hunk) => hunk.lines)) {
            assert.equal(text.split('\n')[line.patchLine! - 1], line.kind + line.text);
            const at = file.sourceLines(line.patchLine!);
            for (const world of ['before', 'after'] as const) {
              if (at[world] === undefined) continue;
              assert.equal(file[world]!.split('\n')[at[world] - 1], line.text);
              assert.equal(file.patchLineOf(world, at[world]), line.patchLine);
            }
          }
        }

        // The other way round from the other world, and through text.
        const back = direction === 'undo' ? result.before : result.after;
        const again = applyPatch(mail!.files, back, { name: id });
        assert.ok(again.ok && again.direction !== result.direction, id);
        const [reread] = (await readPatches(formatPatch(reversePatch(mail!.files)), { name: id })).patches;
        const undone = applyPatch(reread!.files, back, { direction: direction === 'undo' ? 'reverse' : 'forward' });
        const path = mail!.files[0]!.newPath!;
        const world = direction === 'undo' ? undone.before : undone.after;
        assert.equal(world.read(path), found.tree.read(path), id);
      }
    });
  }

  it('gives a place, what was expected and what is there for the wrong kernel', async function () {
    const six = corpus('6.1');
    const twelve = corpus('6.12');
    if (typeof six === 'string' || typeof twelve === 'string') {
      if (process.env.CI === 'true') throw new Error('no kernel sources');
      return this.skip();
    }
    const text = twelve.patches.find((patch) => patch.id === '015-top-level-only')!.text;
    const set = await readPatches(text, { name: '015.patch' });
    const result = applyPatch(set.patches[0]!.files, new MemoryTree(new Map(), six.tree), { name: '015.patch' });
    for (const { error, patchLine, sourceLine, expected, found } of result.failures) {
      assert.equal(error.place?.file, '015.patch');
      assert.equal(text.split('\n')[patchLine! - 1]?.slice(1), expected);
      assert.equal(six.tree.read('kernel/resource.c')?.split('\n')[sourceLine! - 1], found);
    }
  });
});
