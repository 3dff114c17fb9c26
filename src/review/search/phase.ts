import type { Loc } from '../../c/token.ts';
import type { MachineModel } from '../../model/api.ts';
import type { FunctionChange } from '../changes.ts';
import { compare } from '../compare.ts';
import { changedLineCoverage, type LineCoverage } from '../coverage.ts';
import { type Execution, Executor } from '../execute.ts';
import { plural } from '../format.ts';
import type { LineBook, PatchedFile } from '../lines.ts';
import { CallGraph } from '../reach.ts';
import type { SearchDifference, SearchReport } from '../report.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { plot } from './cost.ts';
import { kunitText } from './kunit-text.ts';
import { litmusText } from './litmus.ts';
import { chief } from './prove.ts';
import { DEFAULT_SEQUENCES, type SearchOptions, type SearchResult, search } from './run.ts';
import { sentence } from './sentence.ts';
import { whyUnreached } from './why-unreached.ts';

type Which = 'before' | 'after';
interface Side {
  readonly executor: Executor;
  readonly graph: CallGraph;
}

export interface SearchPhase extends SearchOptions {
  readonly compile: (which: Which, scenarios: readonly Scenario[]) => World;
  readonly worlds: Readonly<Record<Which, World>>;
  readonly changes: readonly FunctionChange[];
  readonly patched: readonly PatchedFile[];
  readonly lines: LineBook;
  readonly machine: MachineModel;
  /** Index in the input. */
  readonly patch: number;
  readonly statements: number;
  /** Takes a pair of executions into the review. */
  readonly record: (
    pair: { scenario: Scenario; machine: MachineModel; before: Execution; after: Execution },
    at: Record<Which, Side>,
  ) => ReadonlySet<string>;
  /** Explores a scenario's threads, and takes what that shows into the review. */
  readonly explore: (
    scenario: Scenario,
    machine: MachineModel,
    at: Record<Which, Side>,
    told: ReadonlySet<string>,
  ) => Promise<void>;
  readonly signal?: { readonly aborted: boolean };
  readonly progress?: (done: number, total: number) => void;
  readonly pause?: () => Promise<void>;
}

export interface SearchPhaseResult {
  readonly report: SearchReport;
  readonly coverage: readonly LineCoverage[];
  readonly scenarios: number;
  readonly release: () => void;
}

/** Searches, and lets what was found go through the review like any other scenario. */
export async function searchPhase(phase: SearchPhase): Promise<SearchPhaseResult> {
  const result = await search(phase);
  const found = [...result.proved.map((p) => p.scenario), ...result.races.map((r) => r.scenario)];
  const differences: SearchDifference[] = [];
  let release = (): void => {};
  if (found.length > 0) {
    const worlds = { before: phase.compile('before', found), after: phase.compile('after', found) };
    const budget = { budget: { statements: phase.statements } };
    const side = (which: Which): Side => ({
      executor: new Executor(worlds[which], budget),
      graph: new CallGraph(worlds[which].compiled.program),
    });
    const at = { before: side('before'), after: side('after') };
    release = () => {
      at.before.executor.release();
      at.after.executor.release();
    };
    const { machine } = phase;
    const operations = result.prepared!.surface.operations;
    for (const { scenario, found: shown } of result.proved) {
      const before = at.before.executor.run(scenario, machine);
      const after = at.after.executor.run(scenario, machine);
      const claims = compare(
        { ...worlds, lines: phase.lines },
        { scenario: scenario.path, machine: machine.name, before, after },
      );
      const claim = chief(claims, shown.difference.kind);
      if (claim) {
        const told = sentence(shown, operations, claim);
        // What was right before is what a case should expect, and what comes to its end.
        const cut = after.end !== 'ok' && before.end === 'ok';
        const wrong = claims.some((c) => c.class === 'introduced') && !claims.some((c) => c.class === 'fixed');
        const world = wrong || cut ? 'before' : 'after';
        const kunit = kunitText({
          sequence: shown.sequence,
          operations,
          title: told,
          expected: world === 'before' ? before : after,
          other: world === 'before' ? after : before,
          world,
        });
        differences.push({
          scenario: scenario.name,
          rule: claim.rule,
          class: claim.class,
          sentence: told,
          at: phase.lines.withPatchLine(claim.cause ?? claim.at),
          sequence: shown.at,
          ...(kunit === undefined ? {} : { kunit }),
        });
      }
      phase.record({ scenario, machine, before, after }, at);
    }
    for (const race of result.races) {
      const before = at.before.executor.run(race.scenario, machine);
      const after = at.after.executor.run(race.scenario, machine);
      await phase.explore(
        race.scenario,
        machine,
        at,
        phase.record({ scenario: race.scenario, machine, before, after }, at),
      );
      const told = `${race.pairing.names[0]}() and ${race.pairing.names[1]}() at the same time: ${race.message}`;
      const litmus = litmusText(
        at[race.world].executor,
        race.scenario,
        machine,
        race.schedule,
        told,
        race.rule === 'data-race',
      );
      differences.push({
        scenario: race.scenario.name,
        rule: race.rule,
        class: race.class,
        sentence: told,
        at: phase.lines.withPatchLine(race.at),
        ...(litmus === undefined ? {} : { litmus }),
      });
    }
  }
  const covered = coverageOf(phase, result);
  return {
    report: reportOf(phase, result, covered, differences),
    coverage: covered ? [covered] : [],
    scenarios: found.length,
    release,
  };
}

function coverageOf(phase: SearchPhase, { prepared }: SearchResult): LineCoverage | undefined {
  if (!prepared) return undefined;
  const executed: Record<Which, ReadonlyMap<Loc, number>> = prepared.hunt.covered;
  return changedLineCoverage(prepared.worlds, phase.patched, executed);
}

function reportOf(
  phase: SearchPhase,
  result: SearchResult,
  covered: LineCoverage | undefined,
  differences: readonly SearchDifference[],
): SearchReport {
  const lines = (covered?.lines ?? []).filter((l) => l.world === 'after');
  const reached = lines.filter((l) => l.executed > 0).length;
  const { prepared, sequences, stopped, branches } = result;
  const why = (line: { readonly file: string; readonly line: number }): string =>
    result.none ??
    (prepared
      ? whyUnreached(prepared.worlds.after, prepared.hunt.covered.after, sequences, line)
      : `no sequence of ${sequences} came here`);
  const operations = prepared ? prepared.targets.map((t) => prepared.surface.operations[t]!.name) : [];
  return {
    seed: phase.seed ?? 1,
    budget: phase.sequences ?? DEFAULT_SEQUENCES,
    sequences,
    reached: result.reached,
    cutOff: result.cutOff,
    stopped,
    pairs: result.pairs.length,
    operations,
    notCalled: (prepared?.surface.left ?? []).map(({ name, why: reason }) => ({ function: name, why: reason })),
    lines: { covered: reached, of: lines.length },
    branches: { covered: branches.gone, of: branches.ways },
    unreached: [
      ...lines
        .filter((l) => l.executed === 0)
        .map(({ file, line, patchLine, world }) => ({
          at: { file, line, world, patchLine },
          why: why({ file, line }),
        })),
      ...(covered?.refused ?? []).map(({ file, line, patchLine, world, reason }) => ({
        at: { file, line, world, patchLine },
        why: reason.what,
      })),
    ],
    differences,
    costs: result.costs.map((curve) => ({ ...curve, plot: plot(curve) })),
    verdict: verdict(result, differences, reached, lines.length),
  };
}

function verdict(
  { none, sequences, reached, branches, pairs, stopped, costs }: SearchResult,
  differences: readonly SearchDifference[],
  covered: number,
  of: number,
): string {
  if (none !== undefined) return `nothing was tried: ${none}`;
  const tried = `${plural(sequences, 'sequence')} of calls (${reached} came to what changed) and ${plural(pairs.length, 'pair')} of threads`;
  const looked = `${covered} of ${plural(of, 'changed line')} and ${branches.gone} of ${plural(branches.ways, 'branch', 'branches')} in changed functions covered`;
  const early =
    stopped === 'time'
      ? '; the clock stopped it before its budget'
      : stopped === 'cancelled'
        ? '; cancelled before its budget'
        : '';
  const dear = new Set(costs.map((c) => c.operation)).size;
  const what = differences.length > 0 ? plural(differences.length, 'difference') : 'no observable difference';
  const paid = dear === 0 ? '' : `; ${plural(dear, 'call')} of other cost`;
  return `${what} in ${tried}; ${looked}${paid}${early}`;
}
