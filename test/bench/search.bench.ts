/*
 * The search for calls that differ: sequences a second on both worlds together, the first difference of each corpus patch,
 * and how many single-token mutants of kernel/resource.c are told apart. SEARCH_MUTANTS=1 takes all of them instead of
 * every 24th, SEARCH_SEQUENCES another bound than 3000.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needCorpus } from '../support/corpus.ts';
import { judgeRefactoring } from '../support/equivalence.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { judgeMutant, kernelMutants, mutationTable, score, type Verdict } from '../support/mutation.ts';
import { refactoringsOf } from '../support/refactorings.ts';
import { firstDifference, openSearch } from '../support/search.ts';
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
          else if (at !== undefined) shown = `sequence ${at}, ${ms(performance.now() - start)}`;
          else {
            // What one thread does not show, two may.
            const race = await open?.raced();
            const took = ms(performance.now() - start);
            shown = race === undefined ? `none in ${SEQUENCES}, ${took}` : `threads: ${race}, ${took}`;
          }
        } catch (error) {
          shown = error instanceof Error ? error.message : String(error);
        }
        tell({ what: `search, ${version} ${id}`, reached: shown });
      }
    });
  }

  it('mutants', async function () {
    const folder = needKernel(this, '6.12');
    const { text, mutants } = kernelMutants(folder);
    const verdicts: Verdict[] = [];
    for (const mutant of mutants.filter((_, i) => i % EVERY === 0)) {
      const verdict = await judgeMutant(folder, model, text, mutant, SEQUENCES);
      verdicts.push(verdict);
      if (verdict.kind === 'missed' || verdict.kind === 'equivalent')
        console.log(`    ${verdict.kind}: ${mutant.function}():${mutant.line}: ${mutant.what}: ${verdict.how}`);
    }
    for (const row of mutationTable(verdicts)) console.log(`    ${row}`);
    const { told, of } = score(verdicts);
    tell({
      what: `search, mutants told apart, of those that are not equivalent${EVERY > 1 ? ` (each ${EVERY}th)` : ''}`,
      reached: `${told} of ${of}: ${((100 * told) / Math.max(1, of)).toFixed(1)} %`,
      goal: '≥ 95 %',
    });
  });

  it('refactorings', async function () {
    const folder = needKernel(this, '6.12');
    const text = readFileSync(join(folder, FILE), 'utf8');
    const list = refactoringsOf(text, 60, /^(strict|iomem_fs|iomem_init|ioresources|reserve_setup)/);
    let alarms = 0;
    let other = 0;
    for (const made of list.filter((_, i) => i % Math.ceil(EVERY / 4) === 0)) {
      const { same, alarm, reached, branches } = await judgeRefactoring(folder, model, text, made, 1000);
      if (same) continue;
      other++;
      if (alarm !== undefined) alarms++;
      console.log(
        `    ${made.function}(), ${made.kind}: ${alarm ?? 'no difference'}; ${reached} sequences came there, ${branches.covered} of ${branches.of} branches`,
      );
    }
    tell({ what: 'search, refactorings taken for something else', reached: `${alarms} of ${other}`, goal: '0' });
  });
});
