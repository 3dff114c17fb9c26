/*
 * Exploration: executions a second on kernel/resource.c with three drivers that search at the same time, and on the distilled
 * race; how long the distilled race takes to be found by a process that has done nothing before; whether memory grows with
 * the executions. Bundled as the product is. Run with `npx mocha test/bench/explore.bench.ts`.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { ScenarioInput } from '../../src/review/open-scenario.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { drivers } from '../unit/explore/scenarios.ts';
import { bundled } from './bundled.ts';
import type { Rates } from './exploration.ts';
import { mainThread, ms, tell } from './table.ts';

const ROUNDS = 60;
/** Of a search of thousands. */
const FEW = 6;
const COLD = 5;
const ROOT = join(import.meta.dirname, '../..');

const distilled = (threads: number): Omit<ScenarioInput, 'model'> => ({
  scenarioName: 's.c',
  scenarioText: drivers(threads, 'mutex'),
});

/** One search of the distilled race by two drivers, in a process of its own. */
const coldSearch = `
  const [program, models, text] = process.argv.slice(1);
  const { searches } = await import(program);
  const { readModelFiles } = await import(models);
  const clock = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
  const input = { scenarioName: 's.c', scenarioText: text, model: readModelFiles() };
  console.log(JSON.stringify(await searches(input, 1, clock)));
`;

describe('bench: exploration', function () {
  this.timeout(600_000);
  const model = readModelFiles();
  const load = () => bundled<typeof import('./exploration.ts')>('exploration.ts');
  const measure = async (name: string, input: Omit<ScenarioInput, 'model'>, goal?: string, executions?: number) => {
    const rounds = executions === undefined ? ROUNDS : FEW;
    const { searches } = await load();
    const { best, mean, executions: done } = await searches({ ...input, model }, rounds, mainThread, executions);
    tell({
      what: `exploration, ${name} (${done} executions), executions a second`,
      reached: `${Math.round(mean)} (best ${Math.round(best)})`,
      ...(goal ? { goal } : {}),
    });
  };

  for (const version of versions) {
    it(`three drivers on kernel/resource.c of ${version}`, async function () {
      const tree = diskTree(needKernel(this, version));
      const scenarioText = model.get('scenarios/race-search-three.c')!;
      await measure(
        `kernel/resource.c of ${version}, three drivers`,
        { scenarioName: 'race-search-three.c', scenarioText, tree },
        '≥ 5000',
      );
    });
  }
  it('the distilled race by three and by four drivers', async () => {
    await measure('distilled, three drivers', distilled(3));
    await measure('distilled, four drivers', distilled(4), undefined, 4000);
  });

  it('the distilled race by two drivers, found by a new process', async () => {
    await load();
    const runs = Array.from({ length: COLD }, () => {
      const files = [join(ROOT, 'out/bench/exploration.mjs'), join(ROOT, '.ci/lib/model-files.mjs')];
      const args = ['--input-type=module', '-e', coldSearch, ...files, distilled(2).scenarioText];
      return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Rates;
    });
    const told = (times: readonly number[]): string =>
      `${ms(times.reduce((sum, time) => sum + time, 0) / times.length)} (best ${ms(Math.min(...times))})`;
    tell({
      what: 'exploration, distilled race found, first search',
      reached: told(runs.map((r) => r.first)),
      goal: '≤ 70 ms',
    });
    tell({
      what: 'exploration, distilled race, compiling and booting before it',
      reached: told(runs.map((r) => r.made)),
    });
  });

  it('memory does not grow with the executions', async () => {
    const { memory } = await load();
    const [early, late] = await memory({ ...distilled(4), model }, [2000, 17_568]);
    assert.ok(early !== undefined && late !== undefined);
    const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
    tell({
      what: 'exploration, memory after 2000 and after 17568 executions',
      reached: `${mb(early)}, ${mb(late)}`,
      ratio: (late / early).toFixed(2),
    });
  });
});
