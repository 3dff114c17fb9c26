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
import { bundled } from './bundled.ts';
import { mainThread, ms, tell } from './table.ts';

const SEQUENCES = Number(process.env.SEARCH_SEQUENCES ?? 3000);
const EVERY = Number(process.env.SEARCH_MUTANTS ?? 24);
const FILE = 'kernel/resource.c';

describe('bench: the search for calls that differ', function () {
  this.timeout(3_600_000);
  const model = readModelFiles();

  it('sequences a second, both worlds, a tree of 20 regions', async function () {
    const tree = diskTree(needKernel(this, '6.12'));
    const corpus = needCorpus(this, '6.12');
    const { measureSequences } = await bundled<typeof import('./sequences.ts')>('sequences.ts');
    const { pair, step } = await measureSequences(tree, model, corpus.patch('045-conflict-under-lock'), mainThread);
    tell({
      what: 'search, sequences a second on both worlds',
      reached: String(Math.round(1e6 / pair)),
      goal: '≥ 20000',
    });
    tell({ what: 'search, steps a second (6.12 045)', reached: String(Math.round(1e6 / step)) });
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
