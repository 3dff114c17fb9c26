import { defaultBounds, type Granularity, type Strategy } from '../../explore/explore.ts';
import type { MachineModel } from '../../model/api.ts';
import type { Worlds } from '../compare.ts';
import { searchDoesNotFit } from '../errors.ts';
import type { Executor } from '../execute.ts';
import { type OpenScenario, openScenario, type ScenarioInput } from '../open-scenario.ts';
import { outcomeOf } from '../outcome.ts';
import { proofSteps } from '../proof.ts';
import type { Finding, Outcome, ProofStep, SourcePlace, World as WorldName } from '../report.ts';
import type { Scenario } from '../scenario.ts';
import { subjectOf } from '../search/shards.ts';
import { compareExplored, type ScheduledClaim } from './compare.ts';
import type { SearchPool } from './pool.ts';
import { exploreScenario, replayScenario, type ScenarioExploration, stubsOf } from './scenario.ts';
import type { SavedSearch } from './search.ts';

export { defaultBounds, type Strategy };

export interface ExploreInput extends ScenarioInput {
  readonly bounds?: { readonly executions?: number; readonly depth?: number };
  readonly granularity?: Granularity;
  readonly strategy?: Strategy;
  readonly signal?: { readonly aborted: boolean };
  readonly progress?: (executions: number, most: number, doing: string) => void;
  /** Awaited between tasks, so that a host can answer others. */
  readonly pause?: () => Promise<void>;
  /** Goes on with this; of the same scenario, tree, patch and options. */
  readonly resume?: SavedExploration;
  /** Given what was cancelled, or came to its bound on executions, to be gone on with. */
  readonly cancelled?: (saved: SavedExploration) => void;
  /** Other workers to share searches with. */
  readonly pool?: SearchPool;
}
/** A search that was cancelled: what came before it is searched again. Plain data. */
export interface SavedExploration {
  /** Names the texts and options that it is of. */
  readonly of: string;
  readonly machine: string;
  readonly which: WorldName;
  readonly search: SavedSearch;
}
/** An outcome as it is shown. */
export interface ShownOutcome {
  readonly outcome: Outcome;
  readonly count: number;
  readonly schedule: string;
}
export interface ShownExploration extends Omit<ScenarioExploration, 'outcomes' | 'races'> {
  readonly outcomes: readonly ShownOutcome[];
  /** Functions without body or model that were called. They answered 0 and ordered nothing. */
  readonly stubs: readonly string[];
}
export interface ExploreResult {
  readonly machine: string;
  readonly after: ShownExploration;
  readonly before?: ShownExploration;
  readonly findings: readonly (Pick<Finding, 'class' | 'severity' | 'rule' | 'message' | 'at' | 'related'> & {
    readonly schedule: string;
  })[];
}

/** Explores one scenario on each of its machines. Throws as `runScenario` does, and R061 for a search of something else. */
export async function exploreRun(input: ExploreInput): Promise<readonly ExploreResult[]> {
  const open = await openScenario(input);
  const options = {
    bounds: { ...defaultBounds, ...input.bounds },
    ...(input.granularity ? { granularity: input.granularity } : {}),
    ...(input.strategy ? { strategy: input.strategy } : {}),
    ...(input.signal ? { signal: input.signal } : {}),
    ...(input.pause ? { pause: input.pause } : {}),
    ...(input.pool ? { pool: input.pool } : {}),
  };
  const results: ExploreResult[] = [];
  let told = false;
  let resumed = false;
  for (const machine of open.machines) {
    const explored = (which: WorldName): Promise<ScenarioExploration> => {
      const executor = open.executor(which, machine);
      const of = nameOf(input, executor);
      const resume = input.resume?.machine === machine.name && input.resume.which === which ? input.resume : undefined;
      if (resume && resume.of !== of) throw searchDoesNotFit('it is of another scenario, tree, patch or strategy');
      resumed ||= resume !== undefined;
      return exploreScenario(executor, open.scenario, machine, {
        ...options,
        ...(resume ? { resume: resume.search } : {}),
        cancelled: (search) => {
          if (!told) input.cancelled?.({ of, machine: machine.name, which, search });
          told = true;
        },
        progress: (executions, most) => input.progress?.(executions, most, `on ${machine.name}, ${which}`),
      });
    };
    const before = open.hasBefore ? await explored('before') : undefined;
    const after = await explored('after');
    const shown = (which: WorldName, { outcomes, races: _races, ...rest }: ScenarioExploration): ShownExploration => ({
      ...rest,
      stubs: [...stubsOf(outcomes.flatMap((o) => o.execution.events))].sort(),
      outcomes: outcomes.map(({ execution, count, schedule }) => ({
        outcome: outcomeOf(open.executor(which, machine).world, open.lines, execution),
        count,
        schedule,
      })),
    });
    results.push({
      machine: machine.name,
      after: shown('after', after),
      ...(before ? { before: shown('before', before) } : {}),
      findings: claimsOf(open, machine, before, after).map((c) => ({
        class: c.class,
        // What is found in the tree as it is is an error, though not one of a patch.
        severity: input.patch || c.severity !== 'warning' || c.unsure ? c.severity : 'error',
        rule: c.rule,
        message: c.message,
        at: c.at,
        related: c.related,
        schedule: c.schedule,
      })),
    });
  }
  if (input.resume && !resumed) throw searchDoesNotFit(`it is of the machine ${input.resume.machine}`);
  return results;
}

/** Of what a search follows from, bounds on executions left out. */
function nameOf({ scenarioText, strategy, granularity }: ExploreInput, { world }: Executor): string {
  const files = [...world.files].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([path, text]) => [path, text ?? '']);
  return subjectOf([scenarioText, JSON.stringify([strategy, granularity]), ...files]);
}

function claimsOf(
  open: OpenScenario,
  machine: MachineModel,
  before: ScenarioExploration | undefined,
  after: ScenarioExploration,
): readonly ScheduledClaim[] {
  const now = open.executor('after', machine);
  const executors = { after: now, before: before ? open.executor('before', machine) : now };
  const worlds: Worlds = { before: executors.before.world, after: now.world, lines: open.lines };
  return compareExplored(worlds, {
    scenario: open.scenario.path,
    before: before ?? after,
    after,
    changedLine: changedLines(worlds, executors, open.scenario, machine),
  });
}

/** For each world and schedule, the changed line that was executed last; where none was, the first that the patch has. */
export function changedLines(
  worlds: Worlds,
  executors: Record<WorldName, Executor>,
  scenario: Scenario,
  machine: MachineModel,
): (which: WorldName, schedule: string) => SourcePlace | undefined {
  const known = new Map<string, SourcePlace | undefined>();
  return (which, schedule) => {
    const key = `${which} ${schedule}`;
    if (!known.has(key)) known.set(key, find(which, schedule));
    return known.get(key);
  };
  function find(which: WorldName, schedule: string): SourcePlace | undefined {
    const { steps } = replayScenario(executors[which], scenario, machine, schedule).trace();
    for (let i = steps.length - 1; i >= 0; i--) {
      const step = steps[i]!;
      if (step.kind !== 'stmt') continue;
      const place = worlds.lines.place(worlds[which], step.loc);
      if (worlds.lines.isChanged(place)) return place;
    }
    return worlds.lines.firstChanged(which);
  }
}

/** The steps of one schedule, for the text of a proof. */
export function scheduledSteps(
  executor: Executor,
  worlds: Worlds,
  scenario: Scenario,
  machine: MachineModel,
  schedule: string,
): { readonly steps: readonly ProofStep[]; readonly skipped: number } {
  const execution = replayScenario(executor, scenario, machine, schedule);
  return proofSteps(executor.world, worlds.lines, execution.trace().steps, execution.threads, Number.POSITIVE_INFINITY);
}
