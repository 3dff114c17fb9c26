import { CodedError } from '../base/errors.ts';
import { compare } from './compare.ts';
import type { Execution, Executor } from './execute.ts';
import { replayScenario } from './interleave/scenario.ts';
import { openScenario, type ScenarioInput } from './open-scenario.ts';
import { outcomeOf } from './outcome.ts';
import { proofSteps } from './proof.ts';
import type { Finding, Outcome, ProofStep, World } from './report.ts';
import { type ScheduleTimeline, scheduleTimeline } from './timeline/timeline.ts';

export interface RunInput extends ScenarioInput {
  /** Steps kept for `--trace`. Default: none. */
  readonly trace?: boolean;
  /** Threads run as this says; default: as the scenario's head says, else one after the other. */
  readonly schedule?: string;
}
export interface RunResult {
  readonly machine: string;
  readonly outcome: Outcome;
  /** Of the world before, where a patch was given. */
  readonly before?: Outcome;
  /** The world that the schedule does not fit: `outcome` is that of the other one. */
  readonly missing?: World;
  readonly execution: Execution;
  readonly findings: readonly Pick<Finding, 'class' | 'severity' | 'rule' | 'message' | 'at'>[];
  readonly steps: readonly ProofStep[];
  readonly stubs: readonly string[];
  /** With `trace`, where the threads ran as a schedule says. */
  readonly timeline?: ScheduleTimeline;
}

/**
 * Runs one scenario on each of its machines. Throws what the front end says of a scenario that does not compile, R005
 * for one without entry points, E001 and E002 for a schedule that is none or does not fit.
 */
export async function runScenario(input: RunInput): Promise<readonly RunResult[]> {
  const open = await openScenario(input);
  const { scenario, lines } = open;
  const schedule = input.schedule ?? scenario.schedule;
  const results: RunResult[] = [];
  for (const machine of open.machines) {
    const after = open.executor('after', machine);
    const before = open.hasBefore ? open.executor('before', machine) : undefined;
    const run = (executor: Executor): Execution =>
      schedule === undefined ? executor.run(scenario, machine) : replayScenario(executor, scenario, machine, schedule);
    const old = before && fitting(() => run(before));
    const now = old ? fitting(() => run(after)) : run(after);
    const execution = now ?? old!;
    // A schedule may fit one of the worlds only: what happens there is told, and compared with nothing.
    const [from, to] = now ? [old ? before! : after, after] : [before!, before!];
    const claims = compare(
      { before: from.world, after: to.world, lines },
      { scenario: scenario.path, machine: machine.name, before: old ?? execution, after: execution },
    );
    const missing = before && !old ? 'before' : now ? undefined : 'after';
    const steps = input.trace
      ? proofSteps(
          to.world,
          lines,
          execution.trace().steps,
          execution.threads,
          Number.POSITIVE_INFINITY,
          Number.POSITIVE_INFINITY,
        ).steps
      : [];
    const outcomes = {
      outcome: outcomeOf(to.world, lines, execution),
      ...(old && now && before ? { before: outcomeOf(before.world, lines, old) } : {}),
    };
    const timeline =
      input.trace && schedule !== undefined ? scheduleTimeline(to, lines, scenario, machine, schedule) : undefined;
    results.push({
      machine: machine.name,
      ...outcomes,
      ...(missing === undefined ? {} : { missing }),
      execution,
      findings: claims.map(({ class: cls, severity, rule, message, at }) => ({
        class: cls,
        // What a run on the tree as it is shows is an error, though not one of a patch.
        severity: input.patch || severity !== 'warning' ? severity : 'error',
        rule,
        message,
        at,
      })),
      steps,
      ...(timeline ? { timeline } : {}),
      stubs: [...new Set(execution.events.flatMap((e) => (e.kind === 'stub' ? [e.name] : [])))].sort(),
    });
  }
  return results;
}

/** undefined where the schedule does not fit. */
function fitting(run: () => Execution): Execution | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof CodedError && error.code === 'E002') return undefined;
    throw error;
  }
}
