import type { MachineModel } from '../../model/api.ts';
import { type Claim, compare } from '../compare.ts';
import { Executor } from '../execute.ts';
import type { LineBook } from '../lines.ts';
import { parseScenario, type Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import type { Difference } from './difference.ts';
import type { Found } from './hunt.ts';
import type { Runner } from './runner.ts';
import { scenarioText } from './scenario-text.ts';
import type { Operation } from './surface.ts';
import { isNested } from './variant.ts';

export interface Proved {
  readonly found: Found;
  readonly scenario: Scenario;
  readonly claims: readonly Claim[];
}

export interface ProveInput {
  readonly compile: (which: 'before' | 'after', scenarios: readonly Scenario[]) => World;
  readonly runners: Readonly<Record<'before' | 'after', Runner>>;
  readonly operations: readonly Operation[];
  readonly machine: MachineModel;
  readonly lines: LineBook;
  readonly statements?: number;
}

/**
 * Executes differences as scenarios, the way everything else that a review claims is executed, and keeps those that show
 * there, too: one for each kind of claim and changed line.
 */
export function prove(list: readonly Found[], input: ProveInput, most: number): readonly Proved[] {
  const { machine, runners, operations } = input;
  const scenarios = list.map((found, i): Scenario => {
    const skips = (which: 'before' | 'after'): readonly boolean[] =>
      runners[which].run(found.sequence).results.map(isSkipped);
    const [a, b] = [skips('before'), skips('after')];
    const guarded = new Set(found.sequence.calls.flatMap((_, k) => (a[k] !== b[k] || a[k] ? [k] : [])));
    const name = `search-${i + 1}`;
    const text = scenarioText({
      sequence: found.sequence,
      operations,
      title: found.sequence.calls.map((c) => operations[c.op]!.name).join(', '),
      guarded,
      ...(found.difference.kind === 'tree' || found.difference.kind === 'loose'
        ? { ending: found.difference.kind }
        : {}),
      machine: machine.name,
    });
    return parseScenario(name, text).scenario;
  });
  if (scenarios.length === 0) return [];
  const worlds = { before: input.compile('before', scenarios), after: input.compile('after', scenarios) };
  const budget = input.statements === undefined ? {} : { budget: { statements: input.statements } };
  const executors = { before: new Executor(worlds.before, budget), after: new Executor(worlds.after, budget) };
  const proved: Proved[] = [];
  const told = new Set<string>();
  for (const [i, scenario] of scenarios.entries()) {
    if (proved.length >= most) break;
    const before = executors.before.run(scenario, machine);
    const after = executors.after.run(scenario, machine);
    const claims = compare(
      { ...worlds, lines: input.lines },
      { scenario: scenario.path, machine: machine.name, before, after },
    ).filter((c) => c.class !== 'existing');
    const worth = claims.filter(isWorth);
    const keys = worth.map((c) => `${isNested(list[i]!.difference) ? 'nested ' : ''}${keyOf(c)}`);
    if (keys.every((key) => told.has(key))) continue;
    for (const key of keys) told.add(key);
    proved.push({ found: list[i]!, scenario, claims });
  }
  executors.before.release();
  executors.after.release();
  return proved;
}

/** What comes of a changed line is one claim of each rule; a problem is one where it happens, however the calls came there. */
const keyOf = (c: Claim): string => {
  const valued = c.before !== undefined || c.after !== undefined;
  const where = valued && c.cause ? c.cause : c.at;
  return `${c.class} ${c.rule} ${where.file}:${where.world}:${where.line}`;
};

/** Numbers of turns alone are told where they are measured; that one world does not end is told here. */
export const isWorth = (c: Claim): boolean =>
  c.class !== 'existing' && (c.rule !== 'cost-change' || isOverrun(c)) && !/ \((?:not )?seen now[;:]/.test(c.message);
const isOverrun = (c: Claim): boolean => c.rule === 'cost-change' && c.key.startsWith('budget');

/** The claim that says most of a difference. */
export function chief(claims: readonly Claim[], kind: Difference['kind']): Claim | undefined {
  // What the call answers says more than what its answer leads to.
  const answers = kind === 'error' || kind === 'result';
  return (
    claims.find((c) => answers && (c.rule === 'return-change' || c.rule === 'placement-change')) ?? claims.find(isWorth)
  );
}

const isSkipped = (result: bigint): boolean => result === 0x5349505045440000n;
