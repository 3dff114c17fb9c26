/*
 * The fast executor and the stepper give the same outcomes on real kernels: every embedded scenario, and random sequences of
 * resource calls. What the fast one gives up on is counted, and has a reason that shows in the stepper's outcome.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ResourceNode } from '../../src/kernel/resources.ts';
import type { FastMachine } from '../../src/machine/api.ts';
import { createFast } from '../../src/machine/fast.ts';
import { builtInMachines } from '../../src/model/machines.ts';
import { profileNamed } from '../../src/model/profiles.ts';
import { type Execution, Executor } from '../../src/review/execute.ts';
import { allScenarios } from '../../src/review/patch-review.ts';
import { compileWorld } from '../../src/review/world.ts';
import { minimised, OwnSequences, type Sequence, sequence, shown } from '../oracle/resource/sequences.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';

const SEQUENCES = 500;

/**
 * What may not differ. Addresses may: the two machines lay out the program at different times, and lowering appends globals
 * in between.
 */
const outcome = ({ end, events, tree, statements, coverage, loops, objects, threads, allocations }: Execution) => ({
  end,
  events,
  tree: withoutAddresses(tree),
  statements,
  coverage: [...coverage].sort((a, b) => a[0] - b[0]),
  loops: [...loops],
  objects: objects.map(({ id, size, kind, allocatedAt, allocatedIn, thread }) => ({
    id,
    size,
    kind,
    allocatedAt,
    allocatedIn,
    thread,
  })),
  threads,
  allocations,
});

const withoutAddresses = (nodes: readonly ResourceNode[]): unknown =>
  nodes.map(({ name, start, end, flags, desc, from, children }) => ({
    ...{ name, start, end, flags, desc, from },
    children: withoutAddresses(children),
  }));

for (const version of versions) {
  describe(`the fast executor on Linux ${version}`, function () {
    this.timeout(120_000);

    it('ends every scenario as the stepper does, or gives up for a reason', function () {
      const tree = diskTree(needKernel(this, version));
      const model = readModelFiles();
      const machine = builtInMachines.get('x86_64')!;
      const { profile } = machine;
      const scenarios = allScenarios({ model });
      const units = ['kernel/resource.c'];
      const world = compileWorld({ which: 'before', tree, model, profile, units, scenarios });
      const slow = new Executor(world);
      const fast = new Executor(world, { fast: true });
      let same = 0;
      const refused: string[] = [];
      for (const scenario of scenarios) {
        const expected = slow.run(scenario, machine);
        const got = fast.run(scenario, machine);
        const { refused: why } = fast.machine as FastMachine;
        if (why === undefined) {
          assert.deepEqual(outcome(got), outcome(expected), scenario.name);
          same++;
        } else refused.push(`${scenario.name}: ${why}`);
      }
      assert(same >= refused.length * 4, `${same} the same, ${refused.length} refused:\n${refused.join('\n')}`);
    });

    it(`answers ${SEQUENCES} random sequences as the stepper does`, function () {
      const tree = diskTree(needKernel(this, version));
      const profile = profileNamed('x86_64')!;
      const slow = new OwnSequences(tree, profile);
      const fast = new OwnSequences(tree, profile, createFast);
      const answer = (own: OwnSequences, seq: Sequence): string => {
        const answers = own.run(seq).join();
        return `${answers} ${own.machine.paid} ${own.machine.digest()} ${JSON.stringify(own.machine.events)}`;
      };
      const differs = (seq: Sequence): boolean => answer(slow, seq) !== answer(fast, seq);
      for (const seq of fc.sample(sequence, { numRuns: SEQUENCES, seed: 7 })) {
        if (!differs(seq)) continue;
        const least = minimised(seq, differs);
        assert.equal(answer(fast, least), answer(slow, least), shown(least));
      }
    });
  });
}
