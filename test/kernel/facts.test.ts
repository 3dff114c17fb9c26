/* Facts about unmodified kernels, each a scenario with its answers, run by our front end, machine and modelled kernel. */
import assert from 'node:assert/strict';
import { runScenario } from '../../src/review/run-scenario.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { readFacts } from './facts.ts';

for (const version of versions) {
  describe(`facts about Linux ${version}`, function () {
    this.timeout(60_000);
    const model = readModelFiles();
    let folder = '';

    before(function () {
      folder = needKernel(this, version);
    });

    for (const fact of readFacts(version)) {
      it(fact.title, async () => {
        const [result, ...more] = await runScenario({
          scenarioName: `${fact.name}.c`,
          scenarioText: fact.text,
          tree: diskTree(folder),
          model,
        });
        assert.equal(more.length, 0);
        const { outcome, stubs } = result!;
        assert.deepEqual(
          outcome.observations.map((o) => `${o.expr} = ${o.value}`),
          fact.observed,
        );
        assert.deepEqual(
          outcome.problems.map((p) => p.rule),
          fact.problems,
        );
        assert.equal(outcome.end, 'ok');
        assert.deepEqual(stubs, []);
      });
    }
  });
}
