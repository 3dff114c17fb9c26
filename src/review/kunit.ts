import type { SourceTree } from '../base/tree.ts';
import type { Loc } from '../c/token.ts';
import { type KunitCase as Case, ktap, runKunitCase as runCase, runKunit as runSuites } from '../kernel/kunit.ts';
import { buildTree } from '../kernel/resources.ts';
import type { Machine, MachineEvent } from '../machine/api.ts';
import type { MachineModel } from '../model/api.ts';
import { type Budgets, executionBudget, frontEndLimits } from './budget.ts';
import { problemPlace } from './compare.ts';
import { fileCoverage } from './coverage.ts';
import { noKunitCase, noKunitSuite, noSuchFile } from './errors.ts';
import { Executor } from './execute.ts';
import { LineBook } from './lines.ts';
import { Machines } from './machines.ts';
import type { SourcePlace, World as WorldName } from './report.ts';
import { type PatchText, patchedTrees } from './trees.ts';
import { compileWorld, kernelVersion, type ModelFiles, type World } from './world.ts';

/** The unit of our library that runs the cases. */
export const KUNIT_LIBRARY = 'lib/kunit/kunit.c';
/** The unit whose suite this tool runs first of all, and what a suite of it needs. */
const CORE_UNIT = 'kernel/resource.c';

export interface KunitInput {
  /** The suite's file in the tree. */
  readonly path: string;
  readonly tree: SourceTree;
  readonly model: ModelFiles;
  /** Runs before and after this patch. */
  readonly patch?: PatchText;
  /** Default: x86_64 with an empty tree. */
  readonly machine?: string;
  readonly machineTexts?: ReadonlyMap<string, string>;
  readonly budget?: Budgets;
}
export interface KunitCaseResult {
  readonly suite: string;
  readonly name: string;
  readonly status: Case['status'];
  /** Why it was skipped. */
  readonly comment: string;
  /** The function that is the case. */
  readonly at?: SourcePlace;
  /** Expectations that do not hold, and what the machine found, in order. */
  readonly failures: readonly { readonly message: string; readonly at: SourcePlace }[];
  readonly log: readonly string[];
}
export interface KunitRun {
  readonly world: WorldName;
  readonly cases: readonly KunitCaseResult[];
  /** The whole result as KTAP, version 1. */
  readonly ktap: string;
  /** Of the files under test and the suite itself: how often each line that holds code was executed. */
  readonly coverage: readonly FileCoverage[];
  /** Functions without body or model that were called. */
  readonly stubs: readonly string[];
}
export interface FileCoverage {
  readonly path: string;
  /** Ascending. */
  readonly lines: readonly { readonly line: number; readonly count: number }[];
}
export interface KunitResult {
  /** With a patch: the world without it. */
  readonly before?: KunitRun;
  readonly after: KunitRun;
  /** `suite.case` of those that fail after and did not fail before; without a patch of all that fail. */
  readonly failed: readonly string[];
}

/**
 * Runs the KUnit suites that one file of the tree registers, with a patch before and after it. Throws R002 and R003 for the
 * patch, R006 for an unknown machine, R009 where the tree has no such file, R010 where it registers no suite.
 */
export async function runKunit(input: KunitInput): Promise<KunitResult> {
  const machine = new Machines(input.machineTexts).named(input.machine ?? 'x86_64');
  const trees = input.patch ? await patchedTrees(input.patch, input.tree) : undefined;
  const lines = trees?.lines ?? new LineBook([]);
  const run = (world: WorldName, tree: SourceTree): KunitRun => {
    const touched = trees?.files.map((f) => (world === 'before' ? f.oldPath : f.path)) ?? [];
    return runWorld({ ...input, tree, machine, world, touched, lines, patched: trees !== undefined });
  };
  if (!trees) {
    const after = run('after', input.tree);
    return { after, failed: after.cases.filter((c) => c.status === 'failed').map(caseName) };
  }
  const before = run('before', trees.before);
  const after = run('after', trees.after);
  const failedBefore = new Set(before.cases.filter((c) => c.status === 'failed').map(caseName));
  return {
    before,
    after,
    failed: after.cases
      .filter((c) => c.status === 'failed')
      .map(caseName)
      .filter((name) => !failedBefore.has(name)),
  };
}

export const caseName = (it: Pick<KunitCaseResult, 'suite' | 'name'>): string => `${it.suite}.${it.name}`;

interface WorldRun extends Omit<KunitInput, 'machine' | 'patch'> {
  readonly machine: MachineModel;
  readonly world: WorldName;
  /** Files that the patch touches, as this world names them. */
  readonly touched: readonly string[];
  readonly lines: LineBook;
  readonly patched: boolean;
}

function runWorld(input: WorldRun): KunitRun {
  const { path, tree, machine, world: which, lines } = input;
  const version = kernelVersion(tree);
  const comments = [
    `${input.patched ? `${which} the patch: ` : ''}${path}${version ? ` of Linux ${version.text}` : ''} on ${machine.name}`,
  ];
  if (tree.read(path) === undefined) {
    // A suite that the patch adds or removes: one of the worlds has none.
    if (!input.patched) throw noSuchFile(path);
    comments.push(`there is no ${path} ${which} the patch`);
    return { world: which, cases: [], ktap: ktap([], comments), coverage: [], stubs: [] };
  }
  const { world, running, units } = open(input);
  const executed = new Map<Loc, number>();
  const cover = (): void => {
    for (const [loc, count] of running.coverage()) executed.set(loc, Math.max(count, executed.get(loc) ?? 0));
  };
  // What a case that ends the execution has covered is undone with it: noted before.
  const suites = runSuites(running, (_suite, it) => {
    if (it.status === 'failed') cover();
  });
  cover();
  for (const error of world.compiled.errors)
    if (error.place?.file === path) comments.push(`${path}:${error.place.line}: not understood: ${error.what}`);
  // Cases that were not understood are no cases that pass.
  if (suites.every((suite) => suite.cases.length === 0)) throw noKunitSuite(path, comments.slice(1));
  const events = suites.flatMap((suite) => suite.cases.flatMap((it) => it.events));
  const stubs = [...new Set(events.flatMap((e) => (e.kind === 'stub' ? [e.name] : [])))].sort();
  for (const stub of stubs) comments.push(`${stub}() has neither body nor model: it answers 0`);
  const place = (event: MachineEvent): SourcePlace => problemPlace(world, lines, event);
  return {
    world: which,
    cases: suites.flatMap((suite) =>
      suite.cases.map((it): KunitCaseResult => {
        const fn = it.func === undefined ? undefined : world.compiled.program.functions[it.func];
        return {
          suite: suite.name,
          name: it.name,
          status: it.status,
          comment: it.comment,
          ...(fn ? { at: lines.place(world, fn.loc) } : {}),
          failures: it.events.flatMap((e) =>
            e.kind === 'problem' ? [{ message: failureText(e.message), at: place(e) }] : [],
          ),
          log: it.events.flatMap((e) => (e.kind === 'log' ? [e.text.trimEnd()] : [])),
        };
      }),
    ),
    ktap: ktap(suites, comments),
    coverage: [...new Set([...input.touched, ...units])]
      .map((file) => ({ path: file, lines: fileCoverage(world, file, executed) }))
      .filter((file) => file.lines.length > 0)
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    stubs,
  };
}

/** The units of a suite in one world, compiled and booted. */
function open(
  input: Omit<WorldRun, 'lines' | 'patched'>,
  observe?: (machine: Machine) => Machine,
): { readonly world: World; readonly running: Machine; readonly units: readonly string[] } {
  const { path, tree, model, machine, world: which, touched } = input;
  const units = [...new Set([CORE_UNIT, ...touched.filter((p) => p.endsWith('.c')), path])].filter(
    (unit) => tree.read(unit) !== undefined,
  );
  const world = compileWorld({
    which,
    tree,
    model,
    profile: machine.profile,
    units,
    scenarios: [],
    library: [KUNIT_LIBRARY],
    touchedHeaders: touched.filter((p) => p.endsWith('.h')),
    limits: frontEndLimits(input.budget),
  });
  const executor = new Executor(world, {
    budget: executionBudget(input.budget),
    ...(observe ? { observe } : {}),
  });
  const running = executor.restart();
  buildTree(running, machine.iomem);
  return { world, running, units };
}

export interface KunitCaseInput extends KunitInput {
  /** `suite.case` or `case`, of a parametrised one with a blank and its number. */
  readonly case: string;
  readonly world: WorldName;
  /** See `ExecutorOptions.observe`. */
  readonly observe?: (machine: Machine) => Machine;
}
export interface OpenKunitCase {
  readonly world: World;
  readonly lines: LineBook;
  /** Runs the case, once. Throws R012 where no suite of the file has it. */
  run(): { readonly end: string; readonly statements: number };
}

/** Prepares one case in one world. Throws as {@link runKunit} does, R009 also where only the other world has the file. */
export async function openKunitCase(input: KunitCaseInput): Promise<OpenKunitCase> {
  const { path } = input;
  const machine = new Machines(input.machineTexts).named(input.machine ?? 'x86_64');
  const trees = input.patch ? await patchedTrees(input.patch, input.tree) : undefined;
  const tree = trees?.[input.world] ?? input.tree;
  if (tree.read(path) === undefined) throw noSuchFile(path);
  const touched = trees?.files.map((f) => (input.world === 'before' ? f.oldPath : f.path)) ?? [];
  const { world, running } = open({ ...input, tree, machine, touched }, input.observe);
  return {
    world,
    lines: trees?.lines ?? new LineBook([]),
    run() {
      const from = running.statements;
      const ran = runCase(running, input.case);
      if (!ran) throw noKunitCase(path, input.case);
      const fatal = ran.events.find((e) => e.kind === 'problem' && e.fatal);
      const failed = fatal?.kind === 'problem' ? fatal.rule : 'the case fails';
      return { end: ran.status === 'failed' ? failed : ran.status, statements: running.statements - from };
    },
  };
}

/** What is told of a failed expectation, in one line, without the place that its first line names. */
export function failureText(message: string): string {
  const [head, ...more] = message.split('\n').map((line) => line.trim());
  if (!/^(EXPECTATION|ASSERTION) FAILED at /.test(head!) || more.length === 0) return [head, ...more].join('; ');
  // “Expected a == b, but”, then the values of a and b.
  return `${more[0]} ${more.slice(1).join(', ')}`.trim();
}
