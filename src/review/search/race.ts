import type { Loc } from '../../c/token.ts';
import type { MachineModel } from '../../model/api.ts';
import { compare } from '../compare.ts';
import { Executor } from '../execute.ts';
import { exploreBoth } from '../interleave/review.ts';
import { exploreScenario } from '../interleave/scenario.ts';
import type { LineBook } from '../lines.ts';
import type { FindingClass, SourcePlace, World as WorldName } from '../report.ts';
import { parseScenario, type Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { scenarioText } from './scenario-text.ts';
import type { Operation } from './surface.ts';
import type { Pairing } from './threads.ts';

/** Executions of one pair in one world. */
const EXECUTIONS = 300;
/** Executions that a meeting gets to show that something is wrong with it. */
const GLANCE = 60;
const DEPTH = 5000;

export interface Race {
  readonly scenario: Scenario;
  readonly pairing: Pairing;
  /** Of the gravest claim. */
  readonly rule: string;
  readonly class: FindingClass;
  readonly message: string;
  /** The changed line that it comes from, where there is one. */
  readonly at: SourcePlace;
  /** Shows it in its world. */
  readonly schedule: string;
  readonly world: WorldName;
}

export interface RaceInput {
  readonly compile: (which: 'before' | 'after', scenarios: readonly Scenario[]) => World;
  readonly operations: readonly Operation[];
  readonly machine: MachineModel;
  readonly lines: LineBook;
  /** Whether what shows with the calls one after the other is told, too: nothing else was found. */
  readonly alone: boolean;
  /** Whether a place lies in a function that the patch changes. */
  readonly isChanged: (place: SourcePlace) => boolean;
  readonly signal?: { readonly aborted: boolean };
}

/** One thread came to its end before the other began. */
const inTurn = (schedule: string | undefined): boolean => schedule === undefined || schedule.split('-').length <= 2;

/**
 * Of many pairs those that go wrong in one world only when they are made at the same time: a data race, a deadlock, anything
 * that one call after the other does not show.
 */
export async function suspects(list: readonly Pairing[], input: RaceInput, most: number): Promise<readonly Pairing[]> {
  const { machine, lines } = input;
  const scenarios = scenariosOf(list, input, 'search-meeting');
  if (scenarios.length === 0) return [];
  const worlds = { before: input.compile('before', scenarios), after: input.compile('after', scenarios) };
  const executors = { before: new Executor(worlds.before, {}), after: new Executor(worlds.after, {}) };
  const found: Pairing[] = [];
  const told = new Set<string>();
  for (const [i, scenario] of scenarios.entries()) {
    if (found.length >= most || input.signal?.aborted) break;
    const wrong = async (which: WorldName): Promise<ReadonlySet<string>> => {
      const world = worlds[which];
      const { outcomes, races: raced } = await exploreScenario(executors[which], scenario, machine, {
        bounds: { executions: GLANCE, depth: DEPTH },
        ...(input.signal ? { signal: input.signal } : {}),
      });
      const at = (loc: Loc): string => lines.key(world, loc);
      return new Set([
        ...raced.map((r) => ['data-race', ...[r.first, r.second].map((side) => at(side.loc)).sort()].join(' ')),
        ...outcomes.flatMap(({ execution: { end, events } }) => [
          ...(end === 'ok' ? [] : [end]),
          ...events.flatMap((e) => (e.kind === 'problem' ? [`${e.rule} ${at(e.loc)}`] : [])),
        ]),
      ]);
    };
    const [before, after] = [await wrong('before'), await wrong('after')];
    const news = [...after].filter((w) => !before.has(w)).concat([...before].filter((w) => !after.has(w)));
    // The same of other calls adds nothing.
    if (news.every((w) => told.has(w))) continue;
    for (const w of news) told.add(w);
    found.push(list[i]!);
  }
  executors.before.release();
  executors.after.release();
  return found;
}

function scenariosOf(
  list: readonly Pairing[],
  { operations, machine }: Pick<RaceInput, 'operations' | 'machine'>,
  name: string,
): readonly Scenario[] {
  return list.map((pairing, i): Scenario => {
    const text = scenarioText({
      sequence: pairing.sequence,
      operations,
      title: `${pairing.names[0]} and ${pairing.names[1]} at the same time`,
      guarded: new Set(),
      threads: 2,
      machine: machine.name,
    });
    return parseScenario(`${name}-${i + 1}`, text).scenario;
  });
}

/** Explores pairs of calls under every schedule that matters, and keeps those whose outcomes differ between the worlds. */
export async function races(list: readonly Pairing[], input: RaceInput, most: number): Promise<readonly Race[]> {
  const { machine } = input;
  const scenarios = scenariosOf(list, input, 'search-race');
  if (scenarios.length === 0) return [];
  const worlds = { before: input.compile('before', scenarios), after: input.compile('after', scenarios) };
  const executors = { before: new Executor(worlds.before, {}), after: new Executor(worlds.after, {}) };
  const found: Race[] = [];
  const told = new Set<string>();
  for (const [i, scenario] of scenarios.entries()) {
    if (found.length >= most || input.signal?.aborted) break;
    // What one thread alone shows was found without a second one.
    const alone = compare(
      { ...worlds, lines: input.lines },
      {
        scenario: scenario.path,
        machine: machine.name,
        before: executors.before.run(scenario, machine),
        after: executors.after.run(scenario, machine),
      },
    );
    if (!list[i]!.waits && alone.some((c) => c.class !== 'existing' && c.rule !== 'cost-change')) continue;
    const { claims } = await exploreBoth(scenario, machine, executors, input.lines, new Set(), {
      executions: EXECUTIONS,
      ...(input.signal ? { signal: input.signal } : {}),
    });
    // Two calls that race in code that the patch does not touch race without the patch, too, only not in this scenario.
    const isOld = ({ claim }: (typeof claims)[number]): boolean =>
      claim.rule === 'data-race' && !input.isChanged(claim.at) && !claim.related.some((r) => input.isChanged(r.at));
    if (claims.some((c) => c.claim.class !== 'existing' && isOld(c))) continue;
    const news = claims.filter(
      ({ claim }) =>
        claim.class !== 'existing' &&
        (input.alone || !inTurn(claim.schedule)) &&
        !told.has(`${claim.class} ${claim.rule} ${claim.key}`),
    );
    if (news.length === 0) continue;
    for (const { claim } of news) told.add(`${claim.class} ${claim.rule} ${claim.key}`);
    const { claim } =
      news.find((n) => n.claim.severity === 'error') ?? news.find((n) => n.claim.rule !== 'data-race') ?? news[0]!;
    found.push({
      scenario,
      pairing: list[i]!,
      rule: claim.rule,
      class: claim.class,
      message: claim.message,
      at: claim.cause ?? claim.at,
      schedule: claim.schedule ?? '',
      world: claim.world,
    });
  }
  executors.before.release();
  executors.after.release();
  return found;
}
