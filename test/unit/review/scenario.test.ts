import assert from 'node:assert/strict';
import { parseScenario } from '../../../src/review/scenario.ts';

describe('the head of a scenario', () => {
  it('names machines, needs and title', () => {
    const { scenario, problems } = parseScenario(
      'own.c',
      '// title: Two drivers\n// machine: laptop, server   (a remark)\n// needs: request_resource\n#include <iomem-review.h>\n// machine: empty\n',
    );
    assert.deepEqual(problems, []);
    assert.equal(scenario.title, 'Two drivers');
    assert.deepEqual(scenario.machines, ['laptop', 'server']);
    assert.deepEqual(scenario.needs, ['request_resource']);
    assert.equal(scenario.builtIn, false);
  });

  it('may be missing', () => {
    const { scenario } = parseScenario('own.c', '#include <iomem-review.h>\nCHECK { }\n');
    assert.equal(scenario.title, 'own.c');
    assert.deepEqual(scenario.machines, []);
  });

  it('refuses a misspelt key with its place, and takes other comments as comments', () => {
    const { problems } = parseScenario(
      'own.c',
      '// SPDX-License-Identifier: MIT\n// note: anything\n// machin: laptop\n',
    );
    assert.equal(problems.length, 1);
    assert.equal(problems[0]!.code, 'R004');
    assert.equal(problems[0]!.place?.line, 3);
  });
});
