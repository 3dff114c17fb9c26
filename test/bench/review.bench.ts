/*
 * A review of corpus patch 010-step-by-align on 6.1: cold in a fresh process of the command line, warm in one process, with
 * the same patch again and with an edited one. `first` is what an editor shows first; `full` adds the units around device
 * memory. Least of several rounds, since other work on the machine only adds.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryTree } from '../../src/base/tree.ts';
import { profileNamed } from '../../src/model/profiles.ts';
import { applySeries, readPatches } from '../../src/patch/index.ts';
import { Executor } from '../../src/review/execute.ts';
import { allScenarios } from '../../src/review/patch-review.ts';
import { review } from '../../src/review/review.ts';
import { compileWorld } from '../../src/review/world.ts';
import { needCorpus } from '../support/corpus.ts';
import { diskTree, needKernel } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { skipOrFail } from '../support/tools.ts';
import { bundledProgram } from './bundled.ts';
import { mainThread, ms, tell } from './table.ts';

const PATCH = '010-step-by-align';
const CLI = join(import.meta.dirname, '../../dist/cli.js');
const COLD_ROUNDS = 5;
const WARM_ROUNDS = { first: 12, full: 5 } as const;
const PHASE_ROUNDS = 12;

/** Tells at exit, on the last line of standard error, what the process used. */
const TELL_USE = `data:text/javascript,${encodeURIComponent(
  "import { readFileSync, writeSync } from 'node:fs'; process.on('exit', () => { const { user, system } = process.cpuUsage();" +
    " let main = user + system; try { main = Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0]) / 1e3; } catch {}" +
    " writeSync(2, '\\n' + JSON.stringify({ all: (user + system) / 1000, main: main / 1000 })); });",
)}`;

interface Use {
  readonly all: number;
  readonly main: number;
  readonly wall: number;
}

/** What a fresh Node process uses for these arguments. */
function fresh(args: readonly string[]): Use {
  const start = performance.now();
  const { stderr } = spawnSync(process.execPath, ['--import', TELL_USE, ...args], { encoding: 'utf8' });
  const wall = performance.now() - start;
  const last = stderr.trimEnd().split('\n').at(-1)!;
  return { ...(JSON.parse(last) as { all: number; main: number }), wall };
}

function least(uses: readonly Use[]): Use {
  const of = (key: keyof Use): number => Math.min(...uses.map((use) => use[key]));
  return { all: of('all'), main: of('main'), wall: of('wall') };
}

const shown = ({ all, main, wall }: Use): string => `${ms(main)} main thread, ${ms(all)} all threads, ${ms(wall)} wall`;

describe('bench: a review', function () {
  this.timeout(300_000);

  it('cold', function () {
    const folder = needKernel(this, '6.1');
    const corpus = needCorpus(this, '6.1');
    if (!existsSync(CLI)) skipOrFail(this, 'dist/cli.js is not built');
    const patch = join(corpus.folder, `${PATCH}.patch`);
    const args = [CLI, 'review', patch, '--tree', folder, '--format', 'json', '--out', '/dev/null'];
    const uses: Use[] = [];
    const starts: Use[] = [];
    for (let round = 0; round < COLD_ROUNDS; round++) {
      uses.push(fresh(args));
      starts.push(fresh([CLI, '--version']));
    }
    const use = least(uses);
    const start = least(starts);
    console.log(`      ${shown(use)}; of these the start of Node and the program: ${shown(start)}`);
    tell({
      what: `review ${PATCH}, cold process, main thread`,
      reached: ms(use.main),
      goal: '≤ 300 ms',
      ratio: `${(use.main / start.main).toFixed(1)} × start of the program (${ms(start.main)})`,
    });
    tell({ what: '  wall as measured', reached: ms(use.wall) });
  });

  it('cold, first result', async function () {
    const folder = needKernel(this, '6.1');
    const patch = join(needCorpus(this, '6.1').folder, `${PATCH}.patch`);
    const program = await bundledProgram('first-result.ts');
    const use = least(Array.from({ length: COLD_ROUNDS }, () => fresh([program, patch, folder])));
    console.log(`      ${shown(use)}`);
    tell({ what: `review ${PATCH}, first result, cold process, main thread`, reached: ms(use.main), goal: '≤ 300 ms' });
  });

  const ways = (['first', 'full'] as const).flatMap((depth) => [false, true].map((edited) => ({ depth, edited })));
  for (const { depth, edited } of ways) {
    it(`warm, ${depth}, ${edited ? 'the patch edited' : 'the same patch'}`, async function () {
      const tree = diskTree(needKernel(this, '6.1'));
      const text = needCorpus(this, '6.1').patch(PATCH);
      const model = readModelFiles();
      const uses: Use[] = [];
      for (let round = 0; round < WARM_ROUNDS[depth]; round++) {
        const patchText = edited ? editedPatch(text, round + (depth === 'full' ? 50 : 0)) : text;
        const start = { all: process.cpuUsage(), main: mainThread(), wall: performance.now() };
        await review({ patchText, patchName: 'bench', tree, model, depth });
        const { user, system } = process.cpuUsage(start.all);
        uses.push({
          all: (user + system) / 1000,
          main: mainThread() - start.main,
          wall: performance.now() - start.wall,
        });
      }
      const use = least(uses);
      console.log(`      ${shown(use)}; first ${shown(uses[0]!)}`);
      tell({
        what: `review ${PATCH}, ${depth}, warm, ${edited ? 'edited' : 'the same'}, main thread`,
        reached: ms(use.main),
        goal: '≤ 100 ms',
      });
    });
  }

  it('its phases, warm, the patch edited', async function () {
    const tree = diskTree(needKernel(this, '6.1'));
    const text = needCorpus(this, '6.1').patch(PATCH);
    const model = readModelFiles();
    const profile = profileNamed('x86_64')!;
    const phases = new Map<string, number>();
    for (let round = 0; round < PHASE_ROUNDS; round++) {
      let at = performance.now();
      const ended = (phase: string): void => {
        const now = performance.now();
        phases.set(phase, Math.min(phases.get(phase) ?? Number.POSITIVE_INFINITY, now - at));
        at = performance.now();
      };
      const patchText = editedPatch(text, 100 + round);
      const [applied] = applySeries((await readPatches(patchText, { name: 'bench' })).patches, tree).steps;
      ended('patch: read and apply');
      const scenarios = allScenarios({ model });
      const after = new MemoryTree(
        new Map([['kernel/resource.c', applied!.after.read('kernel/resource.c') ?? '']]),
        tree,
      );
      const world = compileWorld({
        which: 'after',
        tree: after,
        model,
        profile,
        units: ['kernel/resource.c'],
        scenarios,
      });
      ended('front end: preprocess, parse and link one world');
      for (const fn of world.compiled.program.functions) if (fn.file === 'kernel/resource.c') fn.body();
      ended('lower: bodies of kernel/resource.c');
      const executor = new Executor(world);
      ended('boot: code and init calls');
      executor.restart();
      ended('restore the booted machine');
    }
    for (const [phase, time] of phases) tell({ what: `  phase ${phase}`, reached: ms(time) });
  });
});

/** The patch with another comment in its first added line: the function is a new text to us each time. */
function editedPatch(text: string, round: number): string {
  return text.replace(/^\+(?!\+\+)(.*)$/m, `+$1 /* ${round} */`);
}
