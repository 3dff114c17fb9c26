import type { Loc } from '../../c/token.ts';
import type { MachineModel } from '../../model/api.ts';
import type { Worlds } from '../compare.ts';
import type { Executor } from '../execute.ts';
import type { ProvedClaim } from '../findings.ts';
import type { LineBook } from '../lines.ts';
import type { Exploration, World as WorldName } from '../report.ts';
import type { Scenario } from '../scenario.ts';
import { compareExplored } from './compare.ts';
import type { SearchPool } from './pool.ts';
import { changedLines, scheduledSteps } from './run.ts';
import { exploreScenario, type ScenarioExploration, stubsOf } from './scenario.ts';
import type { PlannedSearch } from './search.ts';

/** Executions of one scenario on one machine in one world, in a review. */
export const REVIEW_EXECUTIONS = 2000;
const REVIEW_DEPTH = 5000;

/**
 * What is searched where the exhaustive search has not come to its end: schedules with few preemptions, then drawn ones that
 * reach further. Both are the same in every review.
 */
const otherwise = (executions: number): readonly PlannedSearch[] => [
  { strategy: { name: 'preemption', preemptions: 2 }, executions: Math.ceil(executions / 2) },
  { strategy: { name: 'pct', seed: 1, changes: 2 }, executions: Math.ceil(executions / 4) },
];

/** A proof by one thread alone is shown rather than one that needs a schedule. */
const SCHEDULE_COST = 1_000_000_000;

export interface ExploredScenario {
  readonly claims: readonly ProvedClaim[];
  readonly explorations: readonly Exploration[];
  /** What the executions that ended differently ran. */
  readonly coverage: Readonly<Record<WorldName, readonly ReadonlyMap<Loc, number>[]>>;
}

/** Explores a concurrent scenario before and after; what the threads one after the other showed already is in `known`. */
export async function exploreBoth(
  scenario: Scenario,
  machine: MachineModel,
  executors: Record<WorldName, Executor>,
  lines: LineBook,
  known: ReadonlySet<string>,
  options: {
    readonly executions?: number;
    readonly signal?: { readonly aborted: boolean };
    readonly pause?: () => Promise<void>;
    readonly progress?: (executions: number, most: number) => void;
    readonly pool?: SearchPool;
  } = {},
): Promise<ExploredScenario> {
  const bounds = { executions: options.executions ?? REVIEW_EXECUTIONS, depth: REVIEW_DEPTH };
  const { executions: _bound, ...hooks } = options;
  const explore = (which: WorldName): Promise<ScenarioExploration> =>
    exploreScenario(executors[which], scenario, machine, { bounds, otherwise: otherwise(bounds.executions), ...hooks });
  const pair = { before: await explore('before'), after: await explore('after') };
  const worlds: Worlds = { before: executors.before.world, after: executors.after.world, lines };
  const claims = compareExplored(worlds, {
    scenario: scenario.path,
    ...pair,
    changedLine: changedLines(worlds, executors, scenario, machine),
  });
  const stubs = (which: WorldName): readonly string[] =>
    [...stubsOf(pair[which].outcomes.flatMap((o) => o.execution.events))].sort();
  return {
    claims: claims
      .filter((c) => !known.has(`${c.class} ${c.plainKey ?? c.key}`))
      .map((claim) => ({
        claim,
        scenario: scenario.name,
        machine: machine.name,
        stubs: stubs(claim.world),
        cost: SCHEDULE_COST + claim.schedule.length,
        proof: () => ({
          scenario: scenario.name,
          machine: machine.name,
          world: claim.world,
          schedule: claim.schedule,
          ...scheduledSteps(executors[claim.world], worlds, scenario, machine, claim.schedule),
        }),
      })),
    explorations: (['before', 'after'] as const).map((world) => {
      const { executions, blocked, complete, cutOff, threads, steps, preemptions, watched, searches } = pair[world];
      return {
        scenario: scenario.name,
        machine: machine.name,
        world,
        threads,
        executions,
        outcomes: pair[world].outcomes.length,
        blocked,
        steps,
        preemptions,
        watched,
        complete,
        ...(cutOff ? { cutOff } : {}),
        searches,
      };
    }),
    coverage: {
      before: pair.before.outcomes.map((o) => o.execution.coverage),
      after: pair.after.outcomes.map((o) => o.execution.coverage),
    },
  };
}
