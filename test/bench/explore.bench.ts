/*
 * Exploration: executions a second on kernel/resource.c with three drivers that search at the same time, and on the distilled
 * race; how long the distilled race takes to be found. Run with `npx mocha test/bench/explore.bench.ts`.
 */
import { defaultBounds } from '../../src/explore/explore.ts';
import { exploreScenario } from '../../src/review/interleave/scenario.ts';
import { openScenario, type ScenarioInput } from '../../src/review/open-scenario.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { drivers } from '../unit/explore/scenarios.ts';

const ROUNDS = 30;
const model = readModelFiles();

async function measure(name: string, input: Omit<ScenarioInput, 'model'>, executions = defaultBounds.executions) {
  const open = await openScenario({ ...input, model });
  const [machine] = open.machines;
  const rates: number[] = [];
  let first = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const executor = open.executor('after', machine!);
    const start = process.cpuUsage();
    const explored = await exploreScenario(executor, open.scenario, machine!, {
      bounds: { ...defaultBounds, executions },
    });
    const { user, system } = process.cpuUsage(start);
    if (round === 0) first = (user + system) / 1000;
    rates.push((explored.executions / (user + system)) * 1e6);
  }
  const best = Math.max(...rates);
  const warm = rates.slice(ROUNDS / 2).sort((a, b) => a - b)[Math.floor(ROUNDS / 4)]!;
  console.log(
    `${name}: ${Math.round(warm)} executions a second of processor time (best ${Math.round(best)}), first search ${first.toFixed(0)} ms`,
  );
}

describe('exploration', function () {
  this.timeout(300_000);
  for (const version of versions) {
    it(`three drivers on kernel/resource.c of ${version}`, async function () {
      const tree = diskTree(needKernel(this, version));
      const scenarioText = model.get('scenarios/race-search-three.c')!;
      await measure(version, { scenarioName: 'race-search-three.c', scenarioText, tree });
    });
  }
  it('the distilled race by three drivers', async () => {
    await measure('distilled, 144', { scenarioName: 's.c', scenarioText: drivers(3, 'mutex') });
  });
  it('the distilled race by two drivers, found', async () => {
    await measure('distilled, 6', { scenarioName: 's.c', scenarioText: drivers(2, 'mutex') });
  });
  it('the distilled race by four drivers', async () => {
    await measure('distilled, 17,568', { scenarioName: 's.c', scenarioText: drivers(4, 'mutex') }, 4000);
  });
});
