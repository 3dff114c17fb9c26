/** Many small scenarios in one program: compiled and booted once, however many tests there are. */
import assert from 'node:assert/strict';
import { Exhaustive } from '../../../src/explore/exhaustive.ts';
import { exploreAll } from '../../../src/explore/explore.ts';
import { MachineTarget } from '../../../src/explore/machine-target.ts';
import { PreemptionBounded } from '../../../src/explore/preemption.ts';
import { Executor } from '../../../src/review/execute.ts';
import { compareExplored, type ScheduledClaim } from '../../../src/review/interleave/compare.ts';
import {
  type ExploreOptions,
  exploreScenario,
  replayScenario,
  type ScenarioExploration,
} from '../../../src/review/interleave/scenario.ts';
import { LineBook } from '../../../src/review/lines.ts';
import { Machines } from '../../../src/review/machines.ts';
import { parseScenario, type Scenario } from '../../../src/review/scenario.ts';
import { compileWorld } from '../../../src/review/world.ts';
import { readModelFiles } from '../../support/model-files.ts';
import { canonical } from './program.ts';

const DEPTH = 400;

export interface Explored extends ScenarioExploration {
  readonly claims: readonly ScheduledClaim[];
  /** Of the claims, each once, in order. */
  readonly rules: readonly string[];
}

/** Scenarios by name; what all of them begin with is in `head`. */
export class Together {
  readonly #executor: Executor;
  readonly #scenarios: ReadonlyMap<string, Scenario>;
  readonly #machine = new Machines().named('x86_64');

  constructor(texts: ReadonlyMap<string, string>, head: string) {
    this.#scenarios = new Map(
      [...texts].map(([name, text], i) => {
        const { scenario, problems } = parseScenario(`s${i}.c`, `${head}\n${text}`);
        assert.deepEqual(problems, [], name);
        return [name, scenario];
      }),
    );
    const world = compileWorld({
      which: 'after',
      tree: { read: () => undefined },
      model: readModelFiles(),
      profile: this.#machine.profile,
      units: ['kernel/resource.c'],
      scenarios: [...this.#scenarios.values()],
    });
    const [error] = world.compiled.errors.filter((e) => e.place?.file.startsWith('s'));
    assert.equal(error, undefined, error?.message);
    this.#executor = new Executor(world);
  }

  #named(name: string): Scenario {
    const scenario = this.#scenarios.get(name);
    assert.ok(scenario, name);
    return scenario;
  }

  async explore(name: string, more: Partial<ExploreOptions> = {}): Promise<Explored> {
    const scenario = this.#named(name);
    const options = { bounds: { executions: 50_000, depth: DEPTH }, ...more };
    const found = await exploreScenario(this.#executor, scenario, this.#machine, options);
    const { world } = this.#executor;
    const worlds = { before: world, after: world, lines: new LineBook([]) };
    const pair = { scenario: scenario.path, before: found, after: found, changedLine: () => undefined };
    const claims = compareExplored(worlds, pair);
    return { ...found, claims, rules: [...new Set(claims.map((c) => c.rule))].sort() };
  }

  /** The rules of the problems that a schedule leads to. */
  replay(name: string, schedule: string): readonly string[] {
    const { events } = replayScenario(this.#executor, this.#named(name), this.#machine, schedule);
    return events.flatMap((e) => (e.kind === 'problem' ? [e.rule] : []));
  }

  #target(name: string): MachineTarget {
    const begun = this.#executor.begin(this.#named(name), this.#machine);
    assert.equal(begun.end, 'ok', name);
    begun.machine.pauseTrace();
    return new MachineTarget(begun.machine, begun.natives, begun.first, begun.threads);
  }

  /** Executions that DPOR takes, without a look at what they end in. */
  executions(name: string): number {
    const found = exploreAll(this.#target(name), new Exhaustive(DEPTH), Number.MAX_SAFE_INTEGER);
    assert.deepEqual([found.blocked, found.complete], [0, true]);
    return found.executions;
  }

  /** Executions that DPOR takes; every schedule there is, told apart by the order of what depends on each other. */
  count(name: string, most = 20_000): { readonly executions: number; readonly traces: number } {
    const target = this.#target(name);
    const all = new Set<string>();
    const schedules = exploreAll(target, new PreemptionBounded(DEPTH, DEPTH), most, ({ steps }) => {
      all.add(canonical(steps));
      return undefined;
    });
    assert.equal(schedules.complete, true, `${name}: more than ${most} schedules`);
    const found = new Set<string>();
    const dpor = exploreAll(target, new Exhaustive(DEPTH), most, ({ steps }) => {
      found.add(canonical(steps));
      return undefined;
    });
    assert.deepEqual([dpor.blocked, dpor.complete], [0, true]);
    assert.deepEqual(found, all, 'DPOR finds the same traces');
    return { executions: dpor.executions, traces: all.size };
  }
}
