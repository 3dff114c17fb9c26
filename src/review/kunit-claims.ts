import type { SourceTree } from '../base/tree.ts';
import type { Loc } from '../c/token.ts';
import { type KunitCase, runKunit } from '../kernel/kunit.ts';
import type { MachineEvent, TraceStep } from '../machine/api.ts';
import { problemPlace } from './compare.ts';
import { type Divergence, findDivergence } from './diverge.ts';
import type { Executor } from './execute.ts';
import type { ProvedClaim } from './findings.ts';
import { plural } from './format.ts';
import { failureText } from './kunit.ts';
import type { LineBook } from './lines.ts';
import { proofSteps } from './proof.ts';
import type { FindingClass, SourcePlace, World as WorldName } from './report.ts';

/** The kernel's own suites by the unit that they test, where the tree has them. */
const suiteOf: ReadonlyMap<string, string> = new Map([['kernel/resource.c', 'kernel/resource_kunit.c']]);

/** Suites to run for a patch: of the units that it touches, and those that it touches themselves. */
export function kunitSuites(touched: readonly string[], tree: SourceTree): readonly string[] {
  const suites = [...suiteOf].flatMap(([unit, suite]) =>
    touched.includes(unit) || touched.includes(suite) ? [suite] : [],
  );
  return suites.filter((path) => tree.read(path) !== undefined);
}

export interface KunitClaims {
  readonly claims: readonly ProvedClaim[];
  /** Executions by statement, of the suites. */
  readonly coverage: Readonly<Record<WorldName, ReadonlyMap<Loc, number>>>;
  readonly statements: number;
}

interface Ran {
  readonly cases: ReadonlyMap<string, KunitCase>;
  readonly coverage: Map<Loc, number>;
  readonly statements: number;
}
type Problem = Extract<MachineEvent, { kind: 'problem' }>;

const none: Readonly<Record<WorldName, ReadonlyMap<Loc, number>>> = { before: new Map(), after: new Map() };

/**
 * Runs the suites that both worlds have been compiled with; a case that fails is a claim: introduced, fixed, or there
 * before.
 */
export function kunitClaims(
  suites: Readonly<Record<WorldName, readonly string[]>>,
  executors: Readonly<Record<WorldName, Executor>>,
  machine: string,
  lines: LineBook,
): KunitClaims {
  if (suites.before.length + suites.after.length === 0) return { claims: [], coverage: none, statements: 0 };
  const ran = { before: runSuites(executors.before), after: runSuites(executors.after) };
  const classes = new Map<string, FindingClass>();
  for (const name of new Set([...ran.before.cases.keys(), ...ran.after.cases.keys()])) {
    const [old, now] = [ran.before.cases.get(name)?.status, ran.after.cases.get(name)?.status];
    if (now === 'failed') classes.set(name, old === 'failed' ? 'existing' : 'introduced');
    else if (old === 'failed' && now !== undefined) classes.set(name, 'fixed');
  }
  const claims: ProvedClaim[] = [];
  if (classes.size > 0) {
    // The steps of a case are gone when the next one ends the execution, or the machine is used again: taken in a second run.
    const steps = { before: new Map<string, TraceStep[]>(), after: new Map<string, TraceStep[]>() };
    for (const which of ['before', 'after'] as const) {
      runSuites(executors[which], (name, it) => {
        if (classes.has(name)) steps[which].set(name, stepsOf(executors[which], it));
      });
    }
    for (const [name, cls] of classes) {
      const world = cls === 'fixed' ? 'before' : 'after';
      const traces = { before: steps.before.get(name) ?? [], after: steps.after.get(name) ?? [] };
      const divergence =
        cls === 'existing' || traces.before.length === 0
          ? undefined
          : findDivergence(
              lines,
              { world: executors.before.world, steps: traces.before },
              { world: executors.after.world, steps: traces.after },
            );
      claims.push(claimOf(name, cls, world, ran, traces[world], executors[world], machine, lines, divergence));
    }
  }
  return {
    claims,
    coverage: { before: ran.before.coverage, after: ran.after.coverage },
    statements: ran.before.statements + ran.after.statements,
  };
}

function runSuites(executor: Executor, ended: (name: string, it: KunitCase) => void = () => {}): Ran {
  const machine = executor.restart();
  const from = machine.statements;
  const cases = new Map<string, KunitCase>();
  const coverage = new Map<Loc, number>();
  const cover = (): void => {
    for (const [loc, count] of machine.coverage()) coverage.set(loc, Math.max(count, coverage.get(loc) ?? 0));
  };
  runKunit(machine, (suite, it) => {
    cases.set(`${suite}.${it.name}`, it);
    if (it.status === 'failed') cover();
    ended(`${suite}.${it.name}`, it);
  });
  cover();
  return { cases, coverage, statements: machine.statements - from };
}

/** The steps of the thread that ran the case. */
function stepsOf(executor: Executor, it: KunitCase): TraceStep[] {
  const { steps } = executor.machine.trace();
  const thread = steps.findLast((step) => step.kind === 'call' && step.func === it.func)?.thread;
  return steps.filter((step) => step.thread === thread);
}

function claimOf(
  name: string,
  cls: FindingClass,
  which: WorldName,
  ran: Readonly<Record<WorldName, Ran>>,
  steps: readonly TraceStep[],
  executor: Executor,
  machine: string,
  lines: LineBook,
  divergence: Divergence | undefined,
): ProvedClaim {
  const { world } = executor;
  const it = ran[which].cases.get(name)!;
  const fn = it.func === undefined ? undefined : world.compiled.program.functions[it.func];
  const suite = fn?.file ?? '';
  const problems = it.events.filter((e): e is Problem => e.kind === 'problem');
  const placed = problems.map((e) => ({ message: failureText(e.message), at: problemPlace(world, lines, e) }));
  const [first, ...more] = placed;
  const at: SourcePlace = first?.at ?? (fn ? lines.place(world, fn.loc) : { file: suite, line: 1, world: which });
  const when = { introduced: 'fails after the patch', fixed: 'failed before the patch', existing: 'fails', change: '' };
  const count = placed.length > 1 ? ` (${plural(placed.length, 'failure')})` : '';
  const cause = divergence?.cause;
  const status = (other: WorldName): string => ran[other].cases.get(name)?.status ?? 'absent';
  const until = steps
    .filter((step) => step.kind === 'stmt')
    .findIndex((step) => {
      const place = world.place(step.loc);
      return place.line === at.line && place.file === at.file;
    });
  const proof = {
    scenario: suite,
    kunit: name,
    machine,
    world: which,
    ...proofSteps(
      world,
      lines,
      steps,
      executor.machine.threads.map(() => it.name),
      until < 0 ? Number.POSITIVE_INFINITY : until,
    ),
  };
  return {
    claim: {
      class: cls,
      severity: cls === 'introduced' ? 'error' : cls === 'existing' ? 'warning' : 'info',
      rule: 'kunit-failed',
      message: `the kernel's own test ${name} ${when[cls]}${count}: ${first?.message ?? 'its status says so'}`,
      at,
      ...(cause ? { cause } : {}),
      before: status('before'),
      after: status('after'),
      related: more,
      world: which,
      key: `kunit-failed ${name}`,
      until,
    },
    scenario: suite,
    machine,
    stubs: [...new Set(it.events.flatMap((e) => (e.kind === 'stub' ? [e.name] : [])))].sort(),
    cost: steps.length,
    proof: () => proof,
  };
}
