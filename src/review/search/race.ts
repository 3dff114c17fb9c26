import type { MachineModel } from '../../model/api.ts';
import { Executor } from '../execute.ts';
import { exploreBoth } from '../explore-review.ts';
import type { LineBook } from '../lines.ts';
import { parseScenario, type Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { scenarioText } from './scenario-text.ts';
import type { Operation } from './surface.ts';
import type { Pairing } from './threads.ts';

/** Executions of one pair in one world. */
const EXECUTIONS = 300;

export interface Race {
  readonly scenario: Scenario;
  readonly pairing: Pairing;
}

export interface RaceInput {
  readonly compile: (which: 'before' | 'after', scenarios: readonly Scenario[]) => World;
  readonly operations: readonly Operation[];
  readonly machine: MachineModel;
  readonly lines: LineBook;
  readonly signal?: { readonly aborted: boolean };
}

/** Explores pairs of calls under every schedule that matters, and keeps those whose outcomes differ between the worlds. */
export async function races(list: readonly Pairing[], input: RaceInput, most: number): Promise<readonly Race[]> {
  const { machine, operations } = input;
  const scenarios = list.map((pairing, i): Scenario => {
    const text = scenarioText({
      sequence: pairing.sequence,
      operations,
      title: `${pairing.names[0]} and ${pairing.names[1]} at the same time`,
      guarded: new Set(),
      threads: 2,
      machine: machine.name,
    });
    return parseScenario(`search-race-${i + 1}`, text).scenario;
  });
  if (scenarios.length === 0) return [];
  const worlds = { before: input.compile('before', scenarios), after: input.compile('after', scenarios) };
  const executors = { before: new Executor(worlds.before, {}), after: new Executor(worlds.after, {}) };
  const found: Race[] = [];
  const told = new Set<string>();
  for (const [i, scenario] of scenarios.entries()) {
    if (found.length >= most || input.signal?.aborted) break;
    const { claims } = await exploreBoth(scenario, machine, executors, input.lines, new Set(), {
      executions: EXECUTIONS,
      ...(input.signal ? { signal: input.signal } : {}),
    });
    const news = claims.filter(({ claim }) => claim.class !== 'existing' && !told.has(`${claim.class} ${claim.rule} ${claim.key}`));
    if (news.length === 0) continue;
    for (const { claim } of news) told.add(`${claim.class} ${claim.rule} ${claim.key}`);
    found.push({ scenario, pairing: list[i]! });
  }
  executors.before.release();
  executors.after.release();
  return found;
}
