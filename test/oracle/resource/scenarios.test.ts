/*
 * Every built-in scenario on each of its machines: our front end, machine and modelled kernel against gcc's build of the
 * same unmodified kernel file. What is observed, the final tree and the problems (leaks apart) must be the same.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineResource } from '../../../src/model/api.ts';
import { builtInMachines } from '../../../src/model/machines.ts';
import { definesOf, profileNamed } from '../../../src/model/profiles.ts';
import { Executor } from '../../../src/review/execute.ts';
import { LineBook } from '../../../src/review/lines.ts';
import { outcomeOf } from '../../../src/review/outcome.ts';
import type { Outcome, TreeNode } from '../../../src/review/report.ts';
import { parseScenario, type Scenario } from '../../../src/review/scenario.ts';
import { compileWorld, type World } from '../../../src/review/world.ts';
import { diskTree, needKernel, versions } from '../../support/kernels.ts';
import { readModelFiles } from '../../support/model-files.ts';
import { needTool } from '../../support/tools.ts';
import { type NativeFact, NativeKernel, type NativeProgram, observations } from './native.ts';

const SCENARIOS = join(import.meta.dirname, '../../../src/review/scenarios');
const SEED = join(import.meta.dirname, '../../fixtures/seed-tree');

const scenarios: readonly Scenario[] = readdirSync(SCENARIOS)
  .sort()
  .map((file) => {
    const { scenario, problems } = parseScenario(
      file.replace(/\.c$/, ''),
      readFileSync(join(SCENARIOS, file), 'utf8'),
      {
        path: `scenarios/${file}`,
        builtIn: true,
      },
    );
    assert.deepEqual(problems, []);
    return scenario;
  })
  // gcc has kernel/resource.c alone here, not the units around device memory.
  .filter((scenario) => scenario.units.length === 0);

/** The machine's tree as native.c reads it. */
function iomemText(resources: readonly MachineResource[], depth = 0): string {
  return resources
    .map((r) => {
      const line = `${depth} ${r.start.toString(16)} ${r.end.toString(16)} ${r.flags.toString(16)} ${r.desc} ${r.name}\n`;
      return line + iomemText(r.children, depth + 1);
    })
    .join('');
}
function nodes(tree: readonly TreeNode[], depth = 0): string[] {
  return tree.flatMap((n) => [
    [depth, n.start, n.end, n.flags, n.desc, n.name].join(' '),
    ...nodes(n.children, depth + 1),
  ]);
}
const ours = (outcome: Outcome) => ({
  end: outcome.end,
  observed: outcome.observations.map(({ expr, value }) => {
    const plain = /^(0x[0-9a-f]+|-\w+|".*"|NULL)$/s.test(value);
    return `${expr} = ${plain ? value : 'pointer'}`;
  }),
  problems: outcome.problems.map((p) => p.rule).filter((rule) => rule !== 'leak'),
  tree: nodes(outcome.tree),
  logs: outcome.log.length,
});
const theirs = (facts: readonly NativeFact[]) => ({
  end: facts.at(-1)?.fields[0],
  observed: observations(facts),
  problems: facts.filter((f) => f.kind === 'problem').map((f) => f.fields[0]),
  tree: facts.filter((f) => f.kind === 'node').map((f) => f.fields.join(' ')),
  logs: facts.filter((f) => f.kind === 'log').length,
});

for (const name of [...versions, 'seed-tree'] as const) {
  describe(`built-in scenarios on ${name}, against gcc`, function () {
    this.timeout(60_000);
    const profile = profileNamed('x86_64')!;
    let native: NativeKernel | undefined;
    let linked: NativeProgram | undefined;
    let folder = SEED;
    let offeredNames: ReadonlySet<string> = new Set();
    let world: World | undefined;
    let executor: Executor | undefined;

    before(function () {
      needTool(this, 'gcc');
      if (name !== 'seed-tree') folder = needKernel(this, name);
      native = new NativeKernel(folder, definesOf(profile));
      const options = { which: 'after', tree: diskTree(folder), model: readModelFiles(), profile } as const;
      const units = ['kernel/resource.c'];
      const { program } = compileWorld({ ...options, units, scenarios: [] }).compiled;
      const has = (need: string) => program.functions.some((f) => f.plainName === need && f.body !== undefined);
      const offered = scenarios.filter((s) => s.needs.every(has));
      world = compileWorld({ ...options, units, scenarios: offered });
      linked = native.link(new Map(offered.map((s) => [s.name, s.text])));
      offeredNames = new Set(offered.map((s) => s.name));
      executor = new Executor(world);
    });
    after(() => native?.dispose());

    for (const scenario of scenarios) {
      it(scenario.name, () => {
        // Such a kernel does not have the functions it needs: not a lack of this machine's.
        if (!offeredNames.has(scenario.name)) return;
        for (const machineName of scenario.machines) {
          const machine = builtInMachines.get(machineName);
          assert.ok(machine, `no machine ${machineName}`);
          const outcome = outcomeOf(world!, new LineBook([]), executor!.run(scenario, machine));
          const facts = linked!.run(scenario.name, iomemText(machine.iomem));
          // The native side has one thread: where a scenario needs another one to go on, it has nothing to say.
          if (facts.at(-1)?.fields[0] === 'deadlock' && outcome.end === 'ok') continue;
          assert.deepEqual(ours(outcome), theirs(facts), machineName);
        }
      });
    }
  });
}
