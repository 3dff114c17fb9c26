import type { SourceTree } from '../base/tree.ts';
import type { Loc } from '../c/token.ts';
import type { MachineModel } from '../model/api.ts';
import type { ApplyResult, PatchMail } from '../patch/index.ts';
import { boundReached, compilationBounds, executionBudget, frontEndLimits } from './budget.ts';
import { changedFunctions, type FunctionChange, sameData } from './changes.ts';
import { type Claim, compare, type Worlds } from './compare.ts';
import { changedLineCoverage, type LineCoverage } from './coverage.ts';
import { cancelled } from './errors.ts';
import { type Execution, Executor } from './execute.ts';
import { Findings } from './findings.ts';
import { hex } from './format.ts';
import { exploreBoth } from './interleave/review.ts';
import { searchesText } from './interleave/text.ts';
import { KUNIT_LIBRARY } from './kunit.ts';
import { kunitClaims, kunitSuites } from './kunit-claims.ts';
import { leftOut } from './left-out.ts';
import { LineBook, type PatchedFile } from './lines.ts';
import { Machines } from './machines.ts';
import { type ModelledPatch, nothingExecuted } from './no-tree/no-tree.ts';
import { outcomeOf } from './outcome.ts';
import { fileReport, patchedFile } from './patched.ts';
import { candidates, proofSteps } from './proof.ts';
import { CallGraph } from './reach.ts';
import type {
  ChangedFunction,
  Exploration,
  Finding,
  PatchReport,
  ScenarioResult,
  World as WorldName,
} from './report.ts';
import type { ReviewInput } from './review.ts';
import { findEntries, isInjected, parseScenario, type Scenario, withFailingAllocation } from './scenario.ts';
import { searchPhase } from './search/phase.ts';
import { unexercised } from './unexercised.ts';
import { hunkVerdict, patchVerdict } from './verdict.ts';
import { compileWorld, type World } from './world.ts';
import { mergeCoverage, reviewZones } from './zone/review.ts';
import { expandUnits, ZONE_STATEMENTS } from './zone/units.ts';

/** The unit that every review executes besides those the patch touches: it defines the tree that all observe. */
const CORE_UNIT = 'kernel/resource.c';
const DEFAULT_STATEMENTS = 2_000_000;
/** Allocations of one scenario that are made to fail: later ones repeat what earlier ones showed. */
const MOST_FAILURES = 4;

/** What a failure that is injected may bring about in one world only, because the other one does not come so far. */
const noNewsOfFailures: ReadonlySet<string> = new Set([
  'expectation-failed',
  'warning-raised',
  'log-change',
  'cost-change',
]);

interface Chosen {
  readonly scenario: Scenario;
  readonly machine: MachineModel;
}
interface Side {
  readonly executor: Executor;
  readonly graph: CallGraph;
}

export async function reviewPatch(
  input: ReviewInput,
  mail: PatchMail,
  applied: ApplyResult,
  index: number,
  modelled: ModelledPatch | undefined,
  leave: () => void,
): Promise<PatchReport> {
  const patched = applied.files.map(patchedFile);
  const lines = new LineBook(patched);
  const machines = new Machines(input.machineTexts, input.defines);
  const every = allScenarios(input).filter((s) => input.builtIns !== false || !s.builtIn);
  const scenarios = every.filter((s) => s.units.length === 0);
  const touched = (which: WorldName): readonly string[] =>
    patched.map((f) => (which === 'before' ? f.oldPath : f.path));
  const suites = {
    before: kunitSuites(touched('before'), applied.before),
    after: kunitSuites(touched('after'), applied.after),
  };
  const build = (
    which: WorldName,
    machine: MachineModel,
    more: readonly string[] = [],
    own: readonly Scenario[] = scenarios,
  ): World =>
    compileWorld({
      which,
      tree: applied[which],
      model: input.model,
      profile: machine.profile,
      units: [...new Set([...unitsOf(applied[which], patched, which), ...suites[which], ...more])],
      scenarios: own,
      faults: more.length > 0,
      library: suites[which].length > 0 ? [KUNIT_LIBRARY] : [],
      limits: frontEndLimits(input.budget),
      // Of a header that is known by its hunks only, the model's stands.
      touchedHeaders: modelled ? [] : touched(which).filter((p) => p.endsWith('.h')),
      ...(modelled ? { defines: modelled.defines[which] } : {}),
    });
  // Worlds differ by architecture, not by what memory a machine has: one pair of compilations for each profile.
  const sides = new Map<string, Record<WorldName, Side>>();
  const side = (machine: MachineModel): Record<WorldName, Side> => {
    let found = sides.get(machine.profile.name);
    if (!found) {
      const make = (which: WorldName): Side => {
        const world = build(which, machine);
        const budget = executionBudget(input.budget, DEFAULT_STATEMENTS);
        return { executor: new Executor(world, { budget }), graph: new CallGraph(world.compiled.program) };
      };
      found = { before: make('before'), after: make('after') };
      sides.set(machine.profile.name, found);
    }
    return found;
  };

  const primary = side(machines.named(input.machine ?? 'x86_64'));
  const worlds: Worlds = { before: primary.before.executor.world, after: primary.after.executor.world, lines };
  const changes = changedFunctions(worlds.before, worlds.after, lines, patched);
  // The same code on the same data behaves the same: nothing needs to run but what the reviewer asked for.
  const identical = changes.length > 0 && changes.every((c) => c.equivalent) && sameData(worlds.before, worlds.after);
  const nothingChanged = changes.length === 0 && sameData(worlds.before, worlds.after);
  const chosen = choose(input, scenarios, machines, primary, changes, modelled ? [] : patched, worlds).filter(
    ({ scenario }) => !identical || !scenario.builtIn,
  );

  const findings = new Findings();
  const results: ScenarioResult[] = [];
  const executed: Record<WorldName, Map<Loc, number>> = { before: new Map(), after: new Map() };
  const stubs = new Map<string, PatchReport['stubs'][number]>();
  const cutOff = new Set<string>();
  let statements = 0;

  const record = (
    pair: { scenario: Scenario; machine: MachineModel; before: Execution; after: Execution },
    at: Record<WorldName, Side>,
  ): ReadonlySet<string> => {
    const here: Worlds = { before: at.before.executor.world, after: at.after.executor.world, lines };
    const named = { scenario: pair.scenario.path, machine: pair.machine.name, before: pair.before, after: pair.after };
    // With a failing allocation nobody promised success, and what both worlds do then is no news.
    const injected = isInjected(pair.scenario);
    const claims = compare(here, named).filter(
      (c) => !injected || (c.class !== 'existing' && !noNewsOfFailures.has(c.rule)),
    );
    const names = new Set<string>();
    for (const which of ['before', 'after'] as const) {
      statements += pair[which].statements;
      if (at === primary)
        for (const [loc, count] of pair[which].coverage)
          if (count > 0) executed[which].set(loc, (executed[which].get(loc) ?? 0) + count);
      for (const event of pair[which].events) {
        if (event.kind === 'stub') {
          names.add(event.name);
          const known = stubs.get(`${which} ${event.name}`);
          stubs.set(`${which} ${event.name}`, {
            function: event.name,
            world: which,
            calls: (known?.calls ?? 0) + 1,
            at: known?.at ?? lines.place(here[which], event.loc),
          });
        }
        const bound = boundReached(event);
        if (bound !== undefined)
          cutOff.add(`${pair.scenario.name} on ${pair.machine.name}, ${which} the patch: ${bound}`);
      }
    }
    for (const claim of claims) {
      findings.add({
        claim,
        scenario: pair.scenario.name,
        machine: pair.machine.name,
        stubs: [...names].sort(),
        // An execution without injected failures is the better proof, however long.
        cost: pair[claim.world].statements + (injected ? 1e9 : 0),
        proof: () => proofOf(claim, pair, here),
      });
    }
    if (!injected || claims.length > 0) results.push(scenarioResult(pair, here, claims));
    return new Set(claims.map((c) => `${c.class} ${c.key}`));
  };

  const allocating: (Chosen & { readonly allocations: number })[] = [];
  const explorations: Exploration[] = [];
  const explore = async (
    scenario: Scenario,
    machine: MachineModel,
    at: Record<WorldName, Side>,
    told: ReadonlySet<string>,
    progress: (executions: number) => void,
  ): Promise<void> => {
    const executors = { before: at.before.executor, after: at.after.executor };
    const explored = await exploreBoth(scenario, machine, executors, lines, told, {
      progress,
      ...(input.pause ? { pause: input.pause } : {}),
      ...(input.budget?.executions === undefined ? {} : { executions: input.budget.executions }),
      ...(input.signal ? { signal: input.signal } : {}),
      ...(input.pool ? { pool: input.pool } : {}),
    });
    for (const claim of explored.claims) findings.add(claim);
    explorations.push(...explored.explorations);
    for (const e of explored.explorations) {
      if (!e.complete)
        cutOff.add(`${scenario.name} on ${machine.name}, ${e.world} the patch: ${searchesText(e.searches)}`);
    }
    if (at !== primary) return;
    for (const which of ['before', 'after'] as const) {
      for (const coverage of explored.coverage[which])
        for (const [loc, count] of coverage)
          if (count > 0 && !executed[which].has(loc)) executed[which].set(loc, count);
    }
  };

  for (const which of ['before', 'after'] as const) {
    const wanted = new Map<Executor, Scenario[]>();
    for (const { scenario, machine } of chosen) {
      const { executor } = side(machine)[which];
      wanted.set(executor, [...(wanted.get(executor) ?? []), scenario]);
    }
    for (const [executor, own] of wanted) executor.prepare(own);
  }
  for (const [done, { scenario, machine }] of chosen.entries()) {
    if (input.signal?.aborted) throw cancelled(done, chosen.length);
    input.progress?.(done, chosen.length, `${scenario.name} on ${machine.name}`);
    const at = side(machine);
    const before = at.before.executor.run(scenario, machine);
    const after = at.after.executor.run(scenario, machine);
    const told = record({ scenario, machine, before, after }, at);
    if (threadsOf(at.after.executor.world, scenario) > 1) {
      const name = `${scenario.name} on ${machine.name}`;
      await explore(scenario, machine, at, told, (executions) =>
        input.progress?.(done, chosen.length, `${name}: ${executions} executions`),
      );
      if (input.signal?.aborted) throw cancelled(done, chosen.length);
    }
    if (at === primary && allocating.at(-1)?.scenario !== scenario)
      allocating.push({ scenario, machine, allocations: after.allocations });
    if (input.pause) await input.pause();
  }
  let injections = 0;
  if (
    !identical &&
    changedLineCoverage(worlds, patched, executed).lines.some((l) => l.world === 'after' && l.executed === 0)
  ) {
    // Lines that nothing reached are often error paths: every allocation is made to fail, one at a time.
    for (const { scenario, machine, allocations } of allocating) {
      for (let n = 1; n <= Math.min(allocations, MOST_FAILURES); n++) {
        if (input.signal?.aborted) throw cancelled(chosen.length, chosen.length);
        const failing = withFailingAllocation(scenario, n);
        const before = primary.before.executor.run(failing, machine);
        const after = primary.after.executor.run(failing, machine);
        record({ scenario: failing, machine, before, after }, primary);
        injections++;
        if (input.pause) await input.pause();
      }
    }
  }
  const wide = every.filter((s) => s.units.length > 0);
  const wantedUnits = (s: Scenario): readonly string[] =>
    expandUnits(s.units, applied.after, machines.named('empty').profile);
  const later =
    input.depth === 'first' && !wide.some((s) => wantedUnits(s).some((unit) => touched('after').includes(unit)));
  if (later && changes.length > 0 && !identical && !modelled && wide.some((s) => wantedUnits(s).length > 0)) {
    leave();
    cutOff.add('device memory and memory hotplug: left for the full review');
  }
  const zones =
    identical || modelled || later
      ? undefined
      : await reviewZones({
          scenarios: wide,
          machines,
          machine: input.machine,
          trees: { before: applied.before, after: applied.after },
          patched,
          lines,
          budget: input.budget,
          compile: build,
          record,
          progress: ({ name }, machine) => input.progress?.(chosen.length, chosen.length, `${name} on ${machine.name}`),
          pause: input.pause,
          signal: input.signal,
        });
  for (const bound of zones?.cutOff ?? []) cutOff.add(bound);
  // Where scenarios told nothing, or did not come everywhere, calls that tell are looked for.
  const silent = (): boolean =>
    !findings.list().some((f) => f.class !== 'existing' && f.rule !== 'cost-change') ||
    changedLineCoverage(worlds, patched, executed).lines.some((l) => l.executed === 0);
  if (input.depth === 'first' && changes.length > 0 && !identical && silent()) leave();
  const searched =
    input.search === undefined ||
    input.depth === 'first' ||
    identical ||
    nothingChanged ||
    (input.search.when === 'silent' && !silent())
      ? undefined
      : await searchPhase({
          ...input.search,
          patch: index,
          compile: (which, own) => build(which, machines.named('empty'), [], own),
          worlds: { before: worlds.before, after: worlds.after },
          changes,
          patched,
          lines,
          machine: machines.named('empty'),
          statements: input.budget?.statements ?? DEFAULT_STATEMENTS,
          record,
          explore: (scenario, on, at, told) => explore(scenario, on, at, told, () => {}),
          progress: (done, total) => input.progress?.(done, total, 'searching for calls that differ'),
          ...(input.pause ? { pause: input.pause } : {}),
          ...(input.signal ? { signal: input.signal } : {}),
        });
  for (const pair of sides.values())
    for (const which of ['before', 'after'] as const) {
      const { executor, graph } = pair[which];
      const errors = [...executor.world.compiled.errors, ...graph.refused.values()];
      for (const bound of compilationBounds(which, errors)) cutOff.add(bound);
    }
  const own = { before: primary.before.executor, after: primary.after.executor };
  const kunit = kunitClaims(suites, own, input.machine ?? 'x86_64', lines);
  for (const claim of kunit.claims) findings.add(claim);
  statements += kunit.statements;
  for (const which of ['before', 'after'] as const)
    for (const [loc, count] of kunit.coverage[which])
      if (count > 0) executed[which].set(loc, (executed[which].get(loc) ?? 0) + count);
  input.progress?.(chosen.length, chosen.length, 'done');

  const coverage = mergeCoverage(changedLineCoverage(worlds, patched, executed), [
    ...(zones?.coverage ?? []),
    ...(searched?.coverage ?? []),
  ]);
  const hunks = applied.files.flatMap((f) =>
    f.hunks.map(({ hunk }) => ({ patchLine: hunk.patchLine ?? 0, patchEndLine: hunk.patchEndLine ?? 0 })),
  );
  const options = worlds.after.profile.config;
  const found = [
    ...findings.list(),
    ...(identical ? [] : unexercised(coverage, changes, hunks)),
    ...(modelled ? [] : leftOut(patched, (option) => options.get(option))),
  ];
  const list = modelled ? found.map((f): Finding => ({ ...f, restsOn: 'model' })) : found;
  const verdictOf = (from: number, to: number): string =>
    identical ? 'no difference: the same code' : hunkVerdict(list, coverage, from, to);
  for (const pair of sides.values()) for (const which of ['before', 'after'] as const) pair[which].executor.release();
  zones?.release();
  searched?.release();
  return {
    input: input.patchName + (index > 0 ? `#${index + 1}` : ''),
    subject: mail.subject,
    ...(mail.series ? { series: mail.series } : {}),
    ...(mail.messageId ? { messageId: mail.messageId } : {}),
    direction: applied.direction,
    basis: modelled ? 'model' : 'tree',
    ...(modelled ? { model: modelled.basis } : {}),
    notes: [...applied.notes.map((note) => note.message), ...worlds.after.notes],
    files: applied.files.map((file) => fileReport(file, verdictOf)),
    functions: oncePerDefinition(changes.map((change) => describe(change, primary, worlds))),
    scenarios: results,
    findings: list,
    coverage: coverage.lines,
    stubs: [...stubs.values()],
    ...(searched ? { search: searched.report } : {}),
    notModelled: [...notModelled(worlds, primary, coverage, scenarios), ...(zones?.refused ?? [])],
    bounds: {
      scenarios: chosen.length + injections + (zones?.scenarios ?? 0) + (searched?.scenarios ?? 0),
      statements,
      statementBudget: input.budget?.statements ?? DEFAULT_STATEMENTS,
      ...(zones && zones.scenarios > 0 ? { zoneStatementBudget: input.budget?.statements ?? ZONE_STATEMENTS } : {}),
      threads: explorations.reduce((most, e) => Math.max(most, e.threads), 1),
      complete: cutOff.size === 0,
      cutOff: [...cutOff],
      explorations,
      failed: zones?.failed ?? [],
    },
    verdict:
      modelled && (changes.length === 0 || modelled.layoutOnly)
        ? nothingExecuted(modelled)
        : patchVerdict(list, changes, chosen.length + (zones?.scenarios ?? 0), coverage),
  };
}

/** Built-in scenarios first, by name; then the reviewer's own, as given. */
export function allScenarios(input: Pick<ReviewInput, 'model' | 'scenarios'>): readonly Scenario[] {
  const scenarios: Scenario[] = [];
  for (const path of [...input.model.keys()].filter((p) => p.startsWith('scenarios/') && p.endsWith('.c')).sort()) {
    const name = path.slice('scenarios/'.length, -'.c'.length);
    scenarios.push(parseScenario(name, input.model.get(path)!, { path, builtIn: true }).scenario);
  }
  for (const own of input.scenarios ?? []) {
    const { scenario, problems } = parseScenario(own.name, own.text);
    if (problems[0]) throw problems[0];
    scenarios.push(scenario);
  }
  return scenarios;
}

function unitsOf(tree: SourceTree, patched: readonly PatchedFile[], which: WorldName): readonly string[] {
  const touched = patched.map((f) => (which === 'before' ? f.oldPath : f.path)).filter((p) => p.endsWith('.c'));
  return [...new Set([CORE_UNIT, ...touched])].filter((path) => tree.read(path) !== undefined);
}

/**
 * The scenarios that can reach a changed function, on their machines. All of them where the patch changes code outside of
 * functions (data, types, macros).
 */
function choose(
  input: ReviewInput,
  scenarios: readonly Scenario[],
  machines: Machines,
  sides: Record<WorldName, Side>,
  changes: readonly FunctionChange[],
  patched: readonly PatchedFile[],
  worlds: Worlds,
): readonly Chosen[] {
  // Reaching in the world after is enough: where a call to something changed is gone, its caller changed, and is reached.
  const targets = changes.flatMap((change) => change.index.after ?? []);
  const everything =
    changes.length === 0 &&
    patched.some((f) => /\.[ch]$/.test(f.path) && f.changed.after.length + f.changed.before.length > 0);
  const possible = scenarios.filter((s) => isUsable(s, worlds.after, sides.after));
  const reached = sides.after.graph.callersOf(
    targets,
    possible.flatMap((s) => entryList(worlds.after, s)),
  );
  // The reviewer's own first: what was kept of an earlier revision is asked before all else.
  const inOrder = [...possible.filter((s) => !s.builtIn), ...possible.filter((s) => s.builtIn)];
  return inOrder.flatMap((scenario) => {
    const reaches = entryList(worlds.after, scenario).some((func) => reached.has(func));
    // The reviewer's own scenario runs in any case: it was asked for.
    if (!reaches && !everything && scenario.builtIn) return [];
    if (!isUsable(scenario, worlds.before, sides.before)) return [];
    return machines.of(scenario, input.machine).map((machine) => ({ scenario, machine }));
  });
}

/** It compiles in this world, and what it needs is there. */
function isUsable(scenario: Scenario, world: World, side: Side): boolean {
  const { program } = world.compiled;
  const has = (name: string): boolean => {
    const func = program.functionNamed(name);
    const fn = func === undefined ? undefined : program.functions[func]!;
    return fn ? fn.loc !== fn.endLoc : program.globalNamed(name) !== undefined;
  };
  if (!scenario.needs.every(has)) return false;
  const entries = entryList(world, scenario);
  for (const func of entries) side.graph.callees(func);
  return entries.length > 0 && !entries.some((func) => side.graph.refused.has(func));
}

const threadsOf = (world: World, scenario: Scenario): number =>
  findEntries(world.compiled.program, scenario.path).threads.length;

/** Where a scenario enters the code: by calling it, and by what it needs, which the kernel may have been handed at boot. */
function entryList(world: World, scenario: Scenario): readonly number[] {
  const { program } = world.compiled;
  const { setup, threads, check } = findEntries(program, scenario.path);
  return [
    ...(setup === undefined ? [] : [setup]),
    ...threads.map((t) => t.func),
    ...(check === undefined ? [] : [check]),
    ...scenario.needs.flatMap((name) => {
      const func = program.functionNamed(name);
      if (func !== undefined) return [func];
      // A table of operations.
      const { relocations = [] } = program.globals[program.globalNamed(name) ?? -1] ?? {};
      return relocations.flatMap(({ target }) => (target.kind === 'func' ? [target.index] : []));
    }),
  ];
}

function proofOf(
  claim: Claim,
  pair: { scenario: Scenario; machine: MachineModel; before: Execution; after: Execution },
  worlds: Worlds,
) {
  const execution = pair[claim.world];
  const { steps, skipped } = proofSteps(
    worlds[claim.world],
    worlds.lines,
    execution.trace().steps,
    execution.threads,
    claim.until,
  );
  return { scenario: pair.scenario.name, machine: pair.machine.name, world: claim.world, steps, skipped };
}

function scenarioResult(
  pair: { scenario: Scenario; machine: MachineModel; before: Execution; after: Execution },
  worlds: Worlds,
  claims: readonly Claim[],
): ScenarioResult {
  const same = claims.every((c) => c.class === 'existing');
  const before = outcomeOf(worlds.before, worlds.lines, pair.before);
  const { profile } = pair.machine;
  return {
    name: pair.scenario.name,
    title: pair.scenario.title,
    machine: pair.machine.name,
    source: pair.scenario.text,
    same,
    before,
    after: outcomeOf(worlds.after, worlds.lines, pair.after),
    // Tries are shown where something differs; elsewhere they would only fill the report.
    candidates: same
      ? { before: [], after: [] }
      : {
          before: candidates(worlds.before, pair.before),
          after: candidates(worlds.after, pair.after),
        },
    limits: [
      { name: `MAX_PHYSMEM_BITS ${profile.maxPhysmemBits}`, at: hex(1n << BigInt(profile.maxPhysmemBits)) },
      { name: 'direct map end', at: hex(profile.physmemEnd) },
    ],
    srat: pair.machine.srat.map((r) => ({ node: r.node, start: hex(r.start), end: hex(r.end), hotplug: r.hotplug })),
    memory: { pageShift: profile.pageShift, sectionSizeBits: profile.sectionSizeBits },
  };
}

/** A function of a header is in each unit that includes it: one line, reached from wherever one of them is. */
function oncePerDefinition(functions: readonly ChangedFunction[]): readonly ChangedFunction[] {
  const merged = new Map<string, ChangedFunction>();
  for (const each of functions) {
    const key = `${each.file}:${each.line} ${each.name} ${each.change}`;
    const known = merged.get(key);
    const reachedFrom = [...new Set([...(known?.reachedFrom ?? []), ...each.reachedFrom])].sort();
    merged.set(key, { ...each, equivalent: each.equivalent && (known?.equivalent ?? true), reachedFrom });
  }
  return [...merged.values()];
}

function describe(change: FunctionChange, sides: Record<WorldName, Side>, worlds: Worlds): ChangedFunction {
  const which = change.index.after !== undefined ? 'after' : 'before';
  const world = worlds[which];
  const { program, exported } = world.compiled;
  const entries = program.functions.flatMap((fn, func) =>
    exported.has(fn.plainName) && world.isUnderReview(fn.file) ? [func] : [],
  );
  const callers = sides[which].graph.callersOf([change.index[which]!], entries);
  const reachedFrom = entries
    .filter((func) => callers.has(func))
    .map((func) => program.functions[func]!.plainName)
    .sort();
  const { name, file, line, equivalent } = change;
  return { name, file, line, change: change.change, equivalent, reachedFrom };
}

function notModelled(
  worlds: Worlds,
  sides: Record<WorldName, Side>,
  coverage: LineCoverage,
  scenarios: readonly Scenario[],
): PatchReport['notModelled'] {
  const list: PatchReport['notModelled'][number][] = [];
  const world = worlds.after;
  const own = new Set(scenarios.filter((s) => !s.builtIn).map((s) => s.path));
  for (const error of world.compiled.errors) {
    const at = error.place;
    if (!at || !(world.isUnderReview(at.file) || own.has(at.file))) continue;
    list.push({
      what: `declaration at ${at.file}:${at.line}`,
      why: error.what,
      at: { file: at.file, line: at.line, world: 'after' },
    });
  }
  // Functions that a scenario could reach, or that the patch changes: others do not bear on this review.
  const entries = scenarios.flatMap((s) => entryList(world, s));
  const within = sides.after.graph.reachable(entries);
  for (const [func, reason] of sides.after.graph.refused) {
    const fn = world.compiled.program.functions[func]!;
    if (!(within.has(func) && world.isUnderReview(fn.file)) && !own.has(fn.file)) continue;
    list.push({ what: `${fn.plainName}()`, why: reason.what, at: worlds.lines.place(world, fn.loc) });
  }
  const named = new Set(list.map((l) => l.what));
  for (const { function: name, reason, file, line, world: which } of coverage.refused) {
    if (named.has(`${name}()`)) continue;
    named.add(`${name}()`);
    list.push({ what: `${name}()`, why: reason.what, at: worlds.lines.withPatchLine({ file, line, world: which }) });
  }
  return list;
}
