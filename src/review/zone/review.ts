import type { SourceTree } from '../../base/tree.ts';
import type { Loc } from '../../c/token.ts';
import type { MachineModel } from '../../model/api.ts';
import { type Budgets, executionBudget } from '../budget.ts';
import { changedFunctions, type FunctionChange } from '../changes.ts';
import type { Worlds } from '../compare.ts';
import { changedLineCoverage, type LineCoverage } from '../coverage.ts';
import { cancelled } from '../errors.ts';
import { type Execution, Executor } from '../execute.ts';
import { planFaults } from '../faults.ts';
import type { LineBook, PatchedFile } from '../lines.ts';
import type { Machines } from '../machines.ts';
import { CallGraph } from '../reach.ts';
import type { World as WorldName } from '../report.ts';
import { findEntries, type Scenario, withFailingAllocation, withFailingCall } from '../scenario.ts';
import type { World } from '../world.ts';
import { expandUnits, ZONE_STATEMENTS } from './units.ts';

/*
 * Scenarios that want more units of the tree than the patch touches (`// units: …`): those around device memory and memory
 * hotplug. They are executed in worlds of their own, which are made only where such a scenario can reach what changed. There
 * every call that can fail is made to fail, one at a time.
 */

/** Injected failures of one scenario on one machine. */
const MOST_FAULTS = 30;
const MOST_ALLOCATIONS = 12;
/** Of our library: what a bus does when a driver takes a device. */
const BIND = 'iomem_dax_bind';

export interface ZoneSide {
  readonly executor: Executor;
  readonly graph: CallGraph;
}
export type ZoneSides = Record<WorldName, ZoneSide>;

export interface ZoneInput {
  readonly scenarios: readonly Scenario[];
  readonly machines: Machines;
  readonly machine: string | undefined;
  readonly trees: Readonly<Record<WorldName, SourceTree>>;
  readonly patched: readonly PatchedFile[];
  readonly lines: LineBook;
  readonly budget: Budgets | undefined;
  readonly compile: (
    which: WorldName,
    machine: MachineModel,
    units: readonly string[],
    scenarios: readonly Scenario[],
  ) => World;
  /** One scenario executed in both worlds. */
  readonly record: (
    pair: { scenario: Scenario; machine: MachineModel; before: Execution; after: Execution },
    sides: ZoneSides,
  ) => void;
  readonly progress: (scenario: Scenario, machine: MachineModel) => void;
  readonly pause: (() => Promise<void>) | undefined;
  readonly signal: { readonly aborted: boolean } | undefined;
}
export interface ZoneResult {
  readonly scenarios: number;
  readonly coverage: readonly LineCoverage[];
  /** Calls that were made to fail, as `function() in scenario on machine`. */
  readonly failed: readonly string[];
  readonly cutOff: readonly string[];
  /** Scenarios that might have told something and could not be executed, with why. */
  readonly refused: readonly { readonly what: string; readonly why: string }[];
  /** Gives the machines back. */
  release(): void;
}

export async function reviewZones(input: ZoneInput): Promise<ZoneResult> {
  const groups = new Map<string, Group>();
  const failed: string[] = [];
  const cutOff: string[] = [];
  const refused = new Map<string, { what: string; why: string }>();
  let count = 0;
  for (const scenario of input.scenarios) {
    if (!concerns(scenario, input)) continue;
    for (const machine of input.machines.of(scenario, input.machine)) {
      const group = groupOf(groups, input, scenario, machine);
      // The reviewer's own scenario runs in any case: it was asked for.
      const usable = group.usable(scenario);
      if (!usable.yes) {
        if (usable.why !== undefined && group.concerned())
          refused.set(scenario.name, { what: `scenario ${scenario.name}`, why: usable.why });
        continue;
      }
      if (scenario.builtIn && !group.reaches(scenario)) continue;
      if (input.signal?.aborted) throw cancelled(count, input.scenarios.length);
      input.progress(scenario, machine);
      const run = (variant: Scenario): Execution => {
        const { before, after } = group.sides();
        const old = before.executor.run(variant, machine);
        const now = after.executor.run(variant, machine);
        group.cover(old, now);
        input.record({ scenario: variant, machine, before: old, after: now }, group.sides());
        count++;
        return now;
      };
      const normal = run(scenario);
      if (input.pause) await input.pause();
      const { program } = group.sides().after.executor.world.compiled;
      const { faults, left } = planFaults(program, normal.calls, MOST_FAULTS, group.tried);
      const where = `${scenario.name} on ${machine.name}`;
      const more = left + Math.max(0, normal.allocations - MOST_ALLOCATIONS);
      if (more > 0) cutOff.push(`${where}: ${more} more calls that could fail`);
      const variants = [
        ...Array.from({ length: Math.min(normal.allocations, MOST_ALLOCATIONS) }, (_, i) => ({
          what: `allocation ${i + 1}`,
          scenario: withFailingAllocation(scenario, i + 1),
        })),
        ...faults.map((f) => ({ what: `call ${f.number} of ${f.function}()`, scenario: withFailingCall(scenario, f) })),
      ];
      for (const variant of variants) {
        if (input.signal?.aborted) throw cancelled(count, input.scenarios.length);
        run(variant.scenario);
        failed.push(`${variant.what} in ${where}`);
        if (input.pause) await input.pause();
      }
    }
  }
  return {
    scenarios: count,
    coverage: [...groups.values()].flatMap((g) => g.coverage()),
    failed,
    cutOff,
    refused: [...refused.values()],
    release: () => {
      for (const group of groups.values()) group.release();
    },
  };
}

/**
 * Whether a patch may concern a built-in scenario, told without compiling anything. One inside of a driver is for patches to
 * that driver; those are for no other scenario, since nothing else calls it.
 */
function concerns({ builtIn, inside }: Scenario, { patched, scenarios }: ZoneInput): boolean {
  if (!builtIn) return true;
  const paths = patched.flatMap((file) => [file.oldPath, file.path]);
  if (inside !== undefined) return paths.some((path) => isOfDriver(path, inside));
  const drivers = scenarios.flatMap((s) => s.inside ?? []);
  return !paths.every((path) => drivers.some((unit) => isOfDriver(path, unit)));
}

/** The unit itself, or a header beside it or one directory above. */
function isOfDriver(path: string, unit: string): boolean {
  if (path === unit) return true;
  const directory = unit.slice(0, unit.lastIndexOf('/'));
  const above = directory.slice(0, directory.lastIndexOf('/') + 1);
  const slash = path.lastIndexOf('/');
  return path.endsWith('.h') && above !== '' && [directory, above.slice(0, -1)].includes(path.slice(0, slash));
}

function groupOf(groups: Map<string, Group>, input: ZoneInput, scenario: Scenario, machine: MachineModel): Group {
  // One that is part of a unit has it for itself.
  const own = scenario.inside === undefined ? '' : scenario.path;
  const key = `${machine.profile.name} ${scenario.units.join(' ')} ${own}`;
  let group = groups.get(key);
  if (!group) {
    const alike = own
      ? [scenario]
      : input.scenarios.filter((s) => !s.inside && s.units.join(' ') === scenario.units.join(' '));
    groups.set(key, (group = new Group(input, machine, scenario.units, alike)));
  }
  return group;
}

/** The worlds of scenarios that want the same units on one architecture, made as far as they are wanted. */
class Group {
  readonly #input: ZoneInput;
  readonly #machine: MachineModel;
  readonly #units: readonly string[];
  readonly #scenarios: readonly Scenario[];
  #after: ZoneSide | undefined;
  #before: ZoneSide | undefined;
  #reached: ReadonlySet<number> | undefined;
  /** Faults that were injected, by function and place. */
  readonly tried = new Map<string, number>();
  readonly #executed: Record<WorldName, Map<Loc, number>> = { before: new Map(), after: new Map() };

  constructor(input: ZoneInput, machine: MachineModel, units: readonly string[], scenarios: readonly Scenario[]) {
    this.#input = input;
    this.#machine = machine;
    this.#units = units;
    this.#scenarios = scenarios;
  }

  #make(which: WorldName): ZoneSide {
    const { trees, compile } = this.#input;
    const units = expandUnits(this.#units, trees[which], this.#machine.profile);
    const world = compile(which, this.#machine, units, this.#scenarios);
    const budget = executionBudget(this.#input.budget, ZONE_STATEMENTS);
    return { executor: new Executor(world, { budget }), graph: new CallGraph(world.compiled.program) };
  }

  sides(): ZoneSides {
    this.#after ??= this.#make('after');
    this.#before ??= this.#make('before');
    return { before: this.#before, after: this.#after };
  }

  /** Whether a scenario compiles, and has what it needs, in both worlds. */
  usable(scenario: Scenario): Usable {
    const { trees } = this.#input;
    const { profile } = this.#machine;
    for (const which of ['before', 'after'] as const)
      if (expandUnits(this.#units, trees[which], profile).length === 0) return { yes: false };
    const { after, before } = this.sides();
    for (const side of [after, before]) {
      const usable = usableIn(side, scenario);
      if (!usable.yes) return usable;
    }
    return { yes: true };
  }

  /** Whether the patch changes anything that these units execute. */
  concerned(): boolean {
    return this.#callers().size > 0;
  }

  /** Whether what the patch changes can be reached from it. */
  reaches(scenario: Scenario): boolean {
    const { after } = this.sides();
    const callers = this.#callers();
    const entries = entriesOf(after.executor.world, scenario);
    if (entries.some((func) => callers.has(func))) return true;
    // Binding a device calls what a driver has registered.
    const bind = after.executor.world.compiled.program.functionNamed(BIND);
    return (
      bind !== undefined &&
      this.#initcalls(after).some((func) => callers.has(func)) &&
      after.graph.reachable(entries).has(bind)
    );
  }

  /** What the patch changes, and all that leads there. */
  #callers(): ReadonlySet<number> {
    const { patched, lines } = this.#input;
    const { after, before } = this.sides();
    if (!this.#reached) {
      const worlds: Worlds = { before: before.executor.world, after: after.executor.world, lines };
      const changes = changedFunctions(worlds.before, worlds.after, lines, patched).filter(
        (c: FunctionChange) => !c.equivalent,
      );
      this.#reached = after.graph.callersOf(
        changes.flatMap((c) => c.index.after ?? []),
        [...this.#scenarios.flatMap((s) => entriesOf(after.executor.world, s)), ...this.#initcalls(after)],
      );
    }
    return this.#reached;
  }

  #initcalls({ executor }: ZoneSide): readonly number[] {
    const { program, initcalls } = executor.world.compiled;
    return initcalls.flatMap(({ name }) => program.functionNamed(name) ?? []);
  }

  cover(before: Execution, after: Execution): void {
    for (const [which, execution] of [
      ['before', before],
      ['after', after],
    ] as const)
      for (const [loc, times] of execution.coverage)
        if (times > 0) this.#executed[which].set(loc, (this.#executed[which].get(loc) ?? 0) + times);
  }

  coverage(): readonly LineCoverage[] {
    if (!this.#before || !this.#after) return [];
    const worlds = { before: this.#before.executor.world, after: this.#after.executor.world };
    return [changedLineCoverage(worlds, this.#input.patched, this.#executed)];
  }

  release(): void {
    for (const side of [this.#before, this.#after]) side?.executor.release();
  }
}

function entriesOf(world: World, scenario: Scenario): readonly number[] {
  const { setup, threads, check } = findEntries(world.compiled.program, scenario.path);
  return [setup, ...threads.map((t) => t.func), check].filter((f) => f !== undefined);
}

/** No more is said of a scenario that is about what a tree does not have. */
type Usable = { readonly yes: true } | { readonly yes: false; readonly why?: string };

/** It compiles in this world, and what it needs is there. */
function usableIn({ executor, graph }: ZoneSide, scenario: Scenario): Usable {
  const { program } = executor.world.compiled;
  const has = (name: string): boolean => {
    const func = program.functionNamed(name);
    const fn = func === undefined ? undefined : program.functions[func]!;
    return fn ? fn.loc !== fn.endLoc : program.globalNamed(name) !== undefined;
  };
  if (!scenario.needs.every(has)) return { yes: false };
  const entries = entriesOf(executor.world, scenario);
  // Of its data: it would run with other values.
  const broken = executor.world.compiled.errors.find((error) => error.place?.file === scenario.path);
  if (broken) return { yes: false, why: broken.what };
  for (const func of entries) graph.callees(func);
  const why = entries.map((func) => graph.refused.get(func)).find((error) => error !== undefined)?.what;
  if (why !== undefined) return { yes: false, why };
  return entries.length > 0 ? { yes: true } : { yes: false, why: firstError(executor.world, scenario.path) };
}

function firstError({ compiled }: World, path: string): string {
  return compiled.errors.find((error) => error.place?.file === path)?.what ?? 'it does not compile here';
}

/** The coverage of changed lines over several worlds: the most that one of them has. */
export function mergeCoverage(first: LineCoverage, others: readonly LineCoverage[]): LineCoverage {
  if (others.length === 0) return first;
  const key = (l: { world: string; file: string; line: number }): string => `${l.world} ${l.file}:${l.line}`;
  // A line may hold code in the configuration of another world only.
  const most = new Map(first.lines.map((line) => [key(line), line]));
  for (const { lines } of others)
    for (const line of lines) {
      const known = most.get(key(line));
      if (!known || line.executed > known.executed) most.set(key(line), line);
    }
  return {
    refused: first.refused.filter((line) => !most.has(key(line))),
    lines: [...most.values()],
  };
}
