import type { SourceTree } from '../base/tree.ts';
import { compare } from './compare.ts';
import { scenarioEmpty } from './errors.ts';
import { type Execution, Executor } from './execute.ts';
import { LineBook } from './lines.ts';
import { Machines } from './machines.ts';
import { outcomeOf } from './outcome.ts';
import { proofSteps } from './proof.ts';
import type { Finding, Outcome, ProofStep, World as WorldName } from './report.ts';
import { findEntries, parseScenario } from './scenario.ts';
import { type PatchText, patchedTrees } from './trees.ts';
import { compileWorld, type ModelFiles, type World } from './world.ts';

export interface RunInput {
  readonly scenarioName: string;
  readonly scenarioText: string;
  /** Without a tree the scenario runs alone, with the modelled library only. */
  readonly tree?: SourceTree;
  readonly model: ModelFiles;
  /** Runs after this patch; the same scenario before it tells what is introduced. */
  readonly patch?: PatchText;
  readonly machine?: string;
  readonly machineTexts?: ReadonlyMap<string, string>;
  readonly budget?: { readonly statements?: number };
  /** Steps kept for `--trace`. Default: none. */
  readonly trace?: boolean;
}
export interface RunResult {
  readonly machine: string;
  readonly outcome: Outcome;
  /** Of the world before, where a patch was given. */
  readonly before?: Outcome;
  readonly execution: Execution;
  readonly findings: readonly Pick<Finding, 'class' | 'severity' | 'rule' | 'message' | 'at'>[];
  readonly steps: readonly ProofStep[];
  readonly stubs: readonly string[];
}

/**
 * Runs one scenario on each of its machines. Throws what the front end says of a scenario that does not compile, and R005
 * for one without entry points.
 */
export async function runScenario(input: RunInput): Promise<readonly RunResult[]> {
  const { scenario, problems } = parseScenario(input.scenarioName, input.scenarioText);
  if (problems[0]) throw problems[0];
  const machines = new Machines(input.machineTexts);
  const empty: SourceTree = { read: () => undefined };
  const tree = input.tree ?? empty;
  let trees: Partial<Record<WorldName, SourceTree>> = { after: tree };
  let lines = new LineBook([]);
  let headers: string[] = [];
  if (input.patch) {
    const patched = await patchedTrees(input.patch, tree);
    trees = patched;
    lines = patched.lines;
    headers = patched.files.map((f) => f.path).filter((p) => p.endsWith('.h'));
  }
  const results: RunResult[] = [];
  const executors = new Map<string, Executor>();
  for (const machine of machines.of({
    ...scenario,
    machines: input.machine === undefined ? scenario.machines : [input.machine],
  })) {
    const executor = (which: WorldName, source: SourceTree): Executor => {
      const key = `${which} ${machine.profile.name}`;
      let found = executors.get(key);
      if (!found) {
        const units = ['kernel/resource.c', ...scenario.units].filter((path) => source.read(path) !== undefined);
        const world = compileWorld({
          which,
          tree: source,
          model: input.model,
          profile: machine.profile,
          units,
          scenarios: [scenario],
          touchedHeaders: headers,
        });
        refuse(world, scenario.path);
        found = new Executor(world, input.budget ? { budget: input.budget } : {});
        executors.set(key, found);
      }
      return found;
    };
    const after = executor('after', trees.after!);
    const before = trees.before ? executor('before', trees.before) : undefined;
    const old = before?.run(scenario, machine);
    const execution = after.run(scenario, machine);
    const worlds = { before: (before ?? after).world, after: after.world, lines };
    const claims = compare(worlds, {
      scenario: scenario.path,
      machine: machine.name,
      before: old ?? execution,
      after: execution,
    });
    const steps = input.trace
      ? proofSteps(
          after.world,
          lines,
          execution.trace().steps,
          execution.threads,
          Number.POSITIVE_INFINITY,
          Number.POSITIVE_INFINITY,
        ).steps
      : [];
    results.push({
      machine: machine.name,
      outcome: outcomeOf(after.world, lines, execution),
      ...(old && before ? { before: outcomeOf(before.world, lines, old) } : {}),
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
      stubs: [...new Set(execution.events.flatMap((e) => (e.kind === 'stub' ? [e.name] : [])))].sort(),
    });
  }
  return results;
}

/** A scenario that cannot be executed as it is written is an error of its author, with its place. */
function refuse(world: World, path: string): void {
  const { compiled } = world;
  const error = compiled.errors.find((e) => e.place?.file === path);
  if (error) throw error;
  const { setup, threads, check } = findEntries(compiled.program, path);
  const entries = [setup, ...threads.map((t) => t.func), check].filter((f) => f !== undefined);
  if (entries.length === 0) throw scenarioEmpty(path);
  for (const func of entries) compiled.program.functions[func]!.body();
}
