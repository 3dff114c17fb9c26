import type { SourceTree } from '../base/tree.ts';
import { unitNotFound } from '../c/errors.ts';
import type { Machine } from '../machine/api.ts';
import type { MachineModel } from '../model/api.ts';
import { type Budgets, executionBudget, frontEndLimits } from './budget.ts';
import { scenarioEmpty } from './errors.ts';
import { Executor } from './execute.ts';
import { LineBook } from './lines.ts';
import { Machines } from './machines.ts';
import type { World as WorldName } from './report.ts';
import { findEntries, parseScenario, type Scenario } from './scenario.ts';
import { modelledTrees, type PatchText, patchedTrees } from './trees.ts';
import { compileWorld, type ModelFiles, type World } from './world.ts';
import { expandUnits, ZONE_STATEMENTS, ZONES } from './zone/units.ts';

/** What a scenario is executed on. */
export interface ScenarioInput {
  readonly scenarioName: string;
  readonly scenarioText: string;
  /** Without a tree the scenario runs alone, with the modelled library only. */
  readonly tree?: SourceTree;
  readonly model: ModelFiles;
  /** Runs after this patch; the same scenario before it tells what is introduced. */
  readonly patch?: PatchText;
  readonly machine?: string;
  readonly machineTexts?: ReadonlyMap<string, string>;
  /** Constants of every machine under other values. */
  readonly defines?: ReadonlyMap<string, string>;
  readonly budget?: Budgets;
  /** See {@link ExecutorOptions.observe}. */
  readonly observe?: (machine: Machine) => Machine;
}
export interface OpenScenario {
  readonly scenario: Scenario;
  readonly lines: LineBook;
  readonly machines: readonly MachineModel[];
  /** Made when first asked for, one for each architecture. `before` only where there is a patch. */
  executor(which: WorldName, machine: MachineModel): Executor;
  readonly hasBefore: boolean;
}

/**
 * Prepares one scenario for its machines. Throws what the front end says of a scenario that does not compile, and R005
 * for one without entry points.
 */
export async function openScenario(input: ScenarioInput): Promise<OpenScenario> {
  const { scenario, problems } = parseScenario(input.scenarioName, input.scenarioText);
  if (problems[0]) throw problems[0];
  const machines = new Machines(input.machineTexts, input.defines);
  const tree = input.tree ?? { read: () => undefined };
  const modelled = input.patch && !input.tree;
  const named = input.machine ?? scenario.machines[0] ?? 'x86_64';
  const patched = !input.patch
    ? undefined
    : modelled
      ? await modelledTrees(input.patch, input.model, machines.named(named))
      : await patchedTrees(input.patch, tree);
  const trees: Record<WorldName, SourceTree> = patched ?? { before: tree, after: tree };
  const touched = (patched?.files ?? []).map((f) => f.path);
  const headers = modelled ? [] : touched.filter((p) => p.endsWith('.h'));
  // As in a review of the patch, so that its schedules lead to the same places here.
  const units = [...new Set(['kernel/resource.c', ...touched.filter((p) => p.endsWith('.c')), ...scenario.units])];
  const executors = new Map<string, Executor>();
  return {
    scenario,
    lines: patched?.lines ?? new LineBook([]),
    hasBefore: patched !== undefined,
    machines: machines.of({ ...scenario, machines: input.machine === undefined ? scenario.machines : [input.machine] }),
    executor(which, machine) {
      const key = `${which} ${machine.profile.name}`;
      let found = executors.get(key);
      if (!found) {
        const source = trees[which];
        if (scenario.inside !== undefined && source.read(scenario.inside) === undefined)
          throw unitNotFound(scenario.inside, 'kernel tree');
        const world = compileWorld({
          which,
          tree: source,
          model: input.model,
          profile: machine.profile,
          units: expandUnits(units, source, machine.profile),
          faults: scenario.failCall !== undefined,
          scenarios: [scenario],
          touchedHeaders: headers,
          limits: frontEndLimits(input.budget),
          ...(patched?.defines ? { defines: patched.defines[which] } : {}),
        });
        refuse(world, scenario.path);
        found = new Executor(world, {
          budget: executionBudget(input.budget, scenario.units.includes(ZONES) ? ZONE_STATEMENTS : undefined),
          ...(input.observe ? { observe: input.observe } : {}),
        });
        executors.set(key, found);
      }
      return found;
    },
  };
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
