/*
 * Random sequences of resource calls, at the edges of the 64-bit space too: what our front end, machine and modelled kernel
 * answer, and the tree after each call, is what gcc's build of the same unmodified file gives.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { definesOf, profileNamed } from '../../../src/model/profiles.ts';
import { diskTree, needKernel, versions } from '../../support/kernels.ts';
import { needTool } from '../../support/tools.ts';
import { NativeKernel } from './native.ts';
import { minimised, NativeSequences, OwnSequences, type Sequence, sequence, shown } from './sequences.ts';

/** IOMEM_REVIEW_SEQUENCES and IOMEM_REVIEW_SEED make longer runs of other sequences. */
const COUNT = Number(process.env.IOMEM_REVIEW_SEQUENCES ?? 20_000);
const SEED = Number(process.env.IOMEM_REVIEW_SEED ?? 1);

for (const version of versions) {
  describe(`random sequences on Linux ${version}, against gcc`, function () {
    this.timeout(3_600_000);

    it(`${COUNT} sequences answer the same`, function () {
      needTool(this, 'gcc');
      const folder = needKernel(this, version);
      const profile = profileNamed('x86_64')!;
      const kernel = new NativeKernel(folder, definesOf(profile));
      try {
        const native = new NativeSequences(kernel);
        const own = new OwnSequences(diskTree(folder), profile);
        const sequences = fc.sample(sequence, { numRuns: COUNT, seed: SEED });
        const judged = native.run(sequences);
        const answer = (seq: Sequence): string => {
          try {
            return own.run(seq).join();
          } catch (error) {
            return String(error);
          }
        };
        sequences.forEach((seq, i) => {
          if (answer(seq) === judged[i]?.join()) return;
          const least = minimised(seq, (s) => answer(s) !== native.run([s])[0]?.join());
          assert.equal(
            answer(least),
            native.run([least])[0]?.join(),
            `sequence ${i} of seed ${SEED}:\n${shown(least)}`,
          );
        });
      } finally {
        kernel.dispose();
      }
    });
  });
}
