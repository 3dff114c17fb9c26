/* The facts of test/kernel, natively: what they claim is what gcc's build of the unmodified file does, without a sanitizer's report. */
import assert from 'node:assert/strict';
import { definesOf, profileNamed } from '../../../src/model/profiles.ts';
import { readFacts } from '../../kernel/facts.ts';
import { needKernel, versions } from '../../support/kernels.ts';
import { needTool } from '../../support/tools.ts';
import { NativeKernel, type NativeProgram, observations } from './native.ts';

for (const version of versions) {
  describe(`facts about Linux ${version}, natively`, function () {
    this.timeout(60_000);
    let kernel: NativeKernel | undefined;
    let program: NativeProgram | undefined;
    const facts = readFacts(version);

    before(function () {
      needTool(this, 'gcc');
      const tree = needKernel(this, version);
      kernel = new NativeKernel(tree, definesOf(profileNamed('x86_64')!), { sanitize: true });
      program = kernel.link(new Map(facts.map((fact) => [fact.name, fact.text])));
    });
    after(() => kernel?.dispose());

    for (const fact of facts) {
      it(fact.title, () => {
        const said = program!.run(fact.name);
        assert.deepEqual(observations(said), fact.observed);
        assert.deepEqual(
          said.filter((f) => f.kind === 'problem').map((f) => f.fields[0]),
          // The sanitizer's own search for leaks needs what a container may not do; our machine finds them.
          fact.problems.filter((rule) => rule !== 'leak'),
        );
        assert.deepEqual(said.at(-1), { kind: 'end', fields: ['ok'] });
      });
    }
  });
}
