/*
 * The search for calls that differ: sequences a second on both worlds together, the first difference of each corpus patch,
 * and how many single-token mutants of kernel/resource.c are told apart. SEARCH_MUTANTS=1 takes all of them instead of
 * every 24th, SEARCH_SEQUENCES another bound than 3000.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needCorpus } from '../support/corpus.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { mutantsOf } from '../support/mutants.ts';
import { firstDifference, openSearch } from '../support/search.ts';
import { patchOf } from '../support/source-edits.ts';
import { ms, tell } from './table.ts';

const SEQUENCES = Number(process.env.SEARCH_SEQUENCES ?? 3000);
const EVERY = Number(process.env.SEARCH_MUTANTS ?? 24);
const FILE = 'kernel/resource.c';

describe('bench: the search for calls that differ', function () {
  this.timeout(3_600_000);
  const model = readModelFiles();

  it('sequences a second, both worlds, a tree of 20 regions', async function () {
    const tree = diskTree(needKernel(this, '6.12'));
    const corpus = needCorpus(this, '6.12');
    const open = await openSearch(tree, model, corpus.patch('045-conflict-under-lock'));
    if (!open) throw new Error('the worlds are the same');
    const { runners, surface } = open.prepared;
    const op = (name: string): number => surface.operations.findIndex((o) => o.name === name);
    const sequence = {
      regions: Array.from({ length: 20 }, (_, i) => ({
        parent: 0,
        start: BigInt(i) << 20n,
        end: (BigInt(i) << 20n) + 0xfffffn,
        flags: 0x80000200n,
        desc: 0n,
        name: i % 4,
      })),
      calls: [
        { op: op('__request_region'), args: [0n, 0x2000000n, 0x1000n, 0n, 0n] },
        { op: op('region_intersects'), args: [0x100000n, 0x200000n, 0x200n, 0n] },
        { op: op('__release_region'), args: [0n, 0x2000000n, 0x1000n] },
      ],
      fail: 0,
    };
    const round = (count: number): number => {
      const start = performance.now();
      for (let i = 0; i < count; i++) {
        runners.before.run(sequence);
        runners.after.run(sequence);
      }
      return (performance.now() - start) / count;
    };
    round(500);
    const least = Math.min(...Array.from({ length: 8 }, () => round(500)));
    tell({
      what: 'search, sequences a second on both worlds',
      reached: String(Math.round(1000 / least)),
      goal: '≥ 20000',
    });
  });

  for (const version of versions) {
    it(`first difference of each corpus patch, ${version}, one thread`, async function () {
      const tree = diskTree(needKernel(this, version));
      const corpus = needCorpus(this, version);
      for (const { id, skipped } of corpus.entries) {
        if (skipped !== undefined) continue;
        let shown: string;
        try {
          const open = await openSearch(tree, model, corpus.patch(id));
          const start = performance.now();
          const at = open && open.prepared.targets.length > 0 ? firstDifference(open, SEQUENCES) : undefined;
          if (open?.prepared.targets.length === 0) shown = 'nothing to call leads there';
          else shown = at === undefined ? `none in ${SEQUENCES}` : `sequence ${at}, ${ms(performance.now() - start)}`;
        } catch (error) {
          shown = error instanceof Error ? error.message : String(error);
        }
        tell({ what: `search, ${version} ${id}`, reached: shown });
      }
    });
  }

  it('mutants', async function () {
    const folder = needKernel(this, '6.12');
    const text = readFileSync(join(folder, FILE), 'utf8');
    // Boot options, /proc and the inode of /dev/mem are not called.
    const all = mutantsOf(text, (fn) => !/^(r_|strict_|reserve_setup|iomem_fs|iomem_init|ioresources)/.test(fn.name));
    const kinds = new Map<string, { told: number; of: number }>();
    for (const mutant of all.filter((_, i) => i % EVERY === 0)) {
      const open = await openSearch(diskTree(folder), model, patchOf(FILE, text, mutant.text, mutant.what));
      // The same code is no mutant.
      if (!open) continue;
      const count = kinds.get(mutant.kind) ?? { told: 0, of: 0 };
      kinds.set(mutant.kind, count);
      count.of++;
      if (firstDifference(open, SEQUENCES) !== undefined) count.told++;
      else console.log(`    not told apart: ${mutant.function}():${mutant.line}: ${mutant.what}`);
    }
    for (const [kind, { told, of }] of kinds)
      tell({
        what: `search, mutants (${kind}), equivalent ones among them`,
        reached: `${told} of ${of} told apart`,
        goal: '≥ 95 % of the others',
      });
  });
});
