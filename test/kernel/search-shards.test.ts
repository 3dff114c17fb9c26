/*
 * A search in parts: whoever does which part, and however often it was ended and went on, what it comes to is the same.
 * What its sequences are made of: failing allocations, and calls that meet.
 */
import assert from 'node:assert/strict';
import { searchJobs } from '../../src/cli/search-jobs.ts';
import { review } from '../../src/review/review.ts';
import type { Hunt, SavedHunt } from '../../src/review/search/hunt.ts';
import { readSaved, type SavedSearch, type ShardTask, savedText } from '../../src/review/search/shards.ts';
import { type SweepInput, searchShard, sweep } from '../../src/review/search/sweep.ts';
import { pairings } from '../../src/review/search/threads.ts';
import { needCorpus } from '../support/corpus.ts';
import { diskTree, needKernel } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { type OpenSearch, openSearch } from '../support/search.ts';

/** Small shards: four of them, the last one not whole. */
const SIZE = 40;
const SEQUENCES = 150;

describe('search in shards, on Linux 6.12', function () {
  this.timeout(900_000);
  let open: OpenSearch;
  let other: OpenSearch;
  let folder = '';
  let patchText = '';
  const input: SweepInput = { sequences: SEQUENCES, seed: 1, size: SIZE, subject: ['036'] };
  const told = (hunt: Hunt): string => savedText(new Map([[0, { subject: '', shards: [hunt.save(false)] }]]));
  const plain = (hunt: SavedHunt): unknown =>
    JSON.parse(JSON.stringify(hunt, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)));
  let whole = '';

  before(async function () {
    folder = needKernel(this, '6.12');
    patchText = needCorpus(this, '6.12').patch('036-ascending-from-zero');
    const opened = async (): Promise<OpenSearch> =>
      (await openSearch(diskTree(folder), readModelFiles(), patchText)) ?? assert.fail('the worlds are the same');
    open = await opened();
    other = await opened();
    const { hunt, stopped } = await sweep(open.prepared, input);
    assert.equal(stopped, 'budget');
    assert.equal(hunt.sequences, SEQUENCES);
    assert.ok(hunt.found.size > 0);
    whole = told(hunt);
  });

  it('comes to the same by others, whoever is done first', async () => {
    const tasks: ShardTask[] = [];
    let turn = Promise.resolve();
    const { hunt } = await sweep(open.prepared, {
      ...input,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      pool: {
        size: 2,
        run: (_, task): Promise<SavedHunt> => {
          tasks.push(task);
          const result = turn.then(() => searchShard(other.prepared, task, input));
          turn = result.then(() => {});
          // As between threads.
          return result.then((saved) => structuredClone(saved));
        },
      },
    });
    assert.ok(tasks.length >= 2);
    assert.equal(told(hunt), whole);
  });

  it('comes to the same by threads', async () => {
    const job = { input: { patchText, patchName: '036.patch' }, seed: 1, tree: { dir: folder, config: undefined } };
    const pool = searchJobs(new URL('../support/search-worker.mjs', import.meta.url), 1, job);
    try {
      let kept: SavedSearch | undefined;
      await review({
        ...job.input,
        tree: diskTree(folder),
        model: readModelFiles(),
        builtIns: false,
        search: { when: 'always', sequences: SIZE, keep: (_, saved) => (kept = saved) },
      });
      const { subject, shards } = kept ?? assert.fail('nothing was searched');
      const task: ShardTask = { subject, shard: 0, sequences: SIZE };
      const early = await pool.run(0, { ...task, milliseconds: 0 });
      assert.ok(early.going && early.sequences < SIZE, 'the clock had run out');
      const there = await pool.run(0, { ...task, from: early });
      assert.deepEqual(plain(there), plain(shards[0]!));
      await assert.rejects(pool.run(0, { ...task, subject: 'another' }), /R061|something else/);
    } finally {
      pool.close();
    }
  });

  it('goes on where a budget, the clock or a person ended it, through text', async () => {
    let file = '';
    const keep = (_: number, saved: SavedSearch): void => {
      file = savedText(new Map([[0, saved]]));
    };
    const saved = (): SavedSearch | undefined => (file === '' ? undefined : readSaved(file, 'file').get(0));
    const first = await sweep(open.prepared, { ...input, sequences: 55, keep });
    assert.equal(first.hunt.sequences, 55);
    let asked = 0;
    const clocked = await sweep(other.prepared, {
      ...input,
      keep,
      saved,
      milliseconds: 4,
      clock: () => asked++,
    });
    assert.equal(clocked.stopped, 'time');
    assert.ok(clocked.hunt.sequences > 55 && clocked.hunt.sequences < SEQUENCES, String(clocked.hunt.sequences));
    const signal = { aborted: false };
    const progress = (): void => {
      signal.aborted = true;
    };
    const cancelled = await sweep(open.prepared, { ...input, keep, saved, signal, progress });
    assert.equal(cancelled.stopped, 'cancelled');
    assert.ok(cancelled.hunt.sequences < SEQUENCES);
    const last = await sweep(other.prepared, { ...input, keep, saved });
    assert.equal(told(last.hunt), whole);
    assert.equal(told((await sweep(open.prepared, { ...input, saved })).hunt), whole, 'nothing was left to do');
  });

  it('refuses what is no search, or of something else, or was changed', async () => {
    let kept: SavedSearch | undefined;
    await sweep(open.prepared, {
      ...input,
      sequences: 20,
      keep: (_, saved) => {
        kept = saved;
      },
    });
    assert.ok(kept);
    const code = (expected: string) => (error: unknown) => (error as { code?: string }).code === expected;
    for (const text of ['', 'null', '[]', '{"format":"iomem-review-search","version":2,"patches":[]}'])
      assert.throws(() => readSaved(text, 'file'), code('R060'));
    await assert.rejects(sweep(open.prepared, { ...input, seed: 2, saved: () => kept }), code('R061'));
    const text = savedText(new Map([[0, kept]]));
    const changes: readonly [RegExp, string][] = [
      [/"op":\d+/, '"op":99999'],
      [/"parent":0/, '"parent":77'],
      [/"seen":\[/, '"seen":[1,'],
      [/"random":\[/, '"random":["x",'],
      [/"args":\["\d+n"/, '"args":["999999n"'],
    ];
    for (const [from, to] of changes) {
      const changed = text.replace(from, to);
      assert.notEqual(changed, text, String(from));
      await assert.rejects(
        sweep(open.prepared, { ...input, saved: () => readSaved(changed, 'file').get(0) }),
        code('R061'),
        String(from),
      );
    }
  });

  it('makes allocations fail, and offers calls that touch the same data to the interleaving search', async () => {
    const { prepared } = open;
    const hunt = prepared.shard(7);
    let failing = 0;
    let failed = 0;
    const { after } = prepared.runners;
    const run = after.run.bind(after);
    after.run = (sequence) => {
      const outcome = run(sequence);
      if (sequence.fail > 0) {
        failing++;
        if (outcome.allocations >= sequence.fail) failed++;
      }
      return outcome;
    };
    while (hunt.sequences < 150) hunt.step();
    after.run = run;
    assert.ok(failing > 5 && failed > 0, `${failing} sequences with failing allocations, ${failed} came to them`);
    const pairs = pairings(hunt, after, prepared.surface.operations);
    assert.ok(pairs.length > 0);
    const targets = new Set(prepared.targets);
    for (const { sequence, names } of pairs) {
      const [a, b] = sequence.calls.slice(-2);
      assert.deepEqual(
        [a, b].map((call) => prepared.surface.operations[call!.op]!.name),
        names,
      );
      assert.ok(targets.has(a!.op), `${names[0]}() does not lead to what changed`);
      const there = run(sequence);
      const back = run({ ...sequence, calls: [...sequence.calls.slice(0, -2), b!, a!] });
      const results = (outcome: typeof there): string => String(outcome.results.slice(-2));
      assert.ok(
        there.end !== 'ok' ||
          results(there) !== String(back.results.slice(-2).reverse()) ||
          there.effects.at(-1) !== back.effects.at(-2),
        `${names.join('() and ')}() do the same in either order`,
      );
    }
  });
});
