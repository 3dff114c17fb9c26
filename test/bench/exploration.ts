/* Measures searches through schedules; bundled by explore.bench.ts. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { defaultBounds } from '../../src/explore/explore.ts';
import { exploreScenario } from '../../src/review/interleave/scenario.ts';
import { openScenario, type ScenarioInput } from '../../src/review/open-scenario.ts';

export interface Rates {
  readonly executions: number;
  /** Milliseconds of compiling and booting, and of the first search. */
  readonly made: number;
  readonly first: number;
  /** Executions a second of the later half of the rounds: the best and the mean. */
  readonly best: number;
  readonly mean: number;
}

/** `clock`: milliseconds. */
export async function searches(
  input: ScenarioInput,
  rounds: number,
  clock: () => number,
  executions = defaultBounds.executions,
): Promise<Rates> {
  const began = clock();
  const open = await openScenario(input);
  const [machine] = open.machines;
  const executor = open.executor('after', machine!);
  const made = clock() - began;
  const times: number[] = [];
  let done = 0;
  for (let round = 0; round < rounds; round++) {
    const start = clock();
    const explored = await exploreScenario(executor, open.scenario, machine!, {
      bounds: { ...defaultBounds, executions },
    });
    done = explored.executions;
    times.push(clock() - start);
  }
  const warm = times.slice(Math.floor(rounds / 2));
  return {
    executions: done,
    made,
    first: times[0]!,
    best: (done / Math.min(...warm)) * 1000,
    mean: ((done * warm.length) / warm.reduce((sum, time) => sum + time, 0)) * 1000,
  };
}

/** Bytes in use after so many executions of one search, garbage collected. */
export async function memory(input: ScenarioInput, at: readonly number[]): Promise<readonly number[]> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const open = await openScenario(input);
  const [machine] = open.machines;
  const found: number[] = [];
  await exploreScenario(open.executor('after', machine!), open.scenario, machine!, {
    bounds: { ...defaultBounds, executions: at.at(-1)! },
    progress: (executions) => {
      if (executions < at[found.length]!) return;
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      found.push(heapUsed + arrayBuffers);
    },
  });
  return found;
}
