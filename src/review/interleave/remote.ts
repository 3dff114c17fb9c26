import type { Granularity } from '../../explore/explore.ts';
import { openScenario, type ScenarioInput } from '../open-scenario.ts';
import type { World as WorldName } from '../report.ts';
import { executeRemote, type FoundTask, type RemoteTask, SearchSide } from './search.ts';

/** Which search a worker helps with. Plain data but for the tree and the model of its {@link ScenarioInput}. */
export interface SharedSearch {
  readonly which: WorldName;
  /** The machine's name. */
  readonly machine: string;
  readonly granularity: Granularity;
}

/**
 * Prepares a worker for the tasks of one search: it compiles what the leader of the search compiled, from the same input.
 * Throws as `runScenario` does.
 */
export async function searchWorker(
  input: ScenarioInput,
  { which, machine, granularity }: SharedSearch,
): Promise<(task: RemoteTask) => FoundTask> {
  const open = await openScenario(input);
  const model = open.machines.find((m) => m.name === machine) ?? open.machines[0]!;
  const executor = open.executor(which, model);
  const side = new SearchSide(executor, executor.begin(open.scenario, model), granularity);
  return (task) => executeRemote(side, task);
}
