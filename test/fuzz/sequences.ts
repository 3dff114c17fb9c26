import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { definesOf, profileNamed } from '../../src/model/profiles.ts';
import { NativeKernel } from '../oracle/resource/native.ts';
import {
  minimised,
  NativeSequences,
  OwnSequences,
  type Sequence,
  sequence,
  shown,
} from '../oracle/resource/sequences.ts';
import { diskTree, kernelsFolder, versions } from '../support/kernels.ts';

/** Sequences that gcc's process answers at once. */
const BATCH = 5000;

/**
 * Random sequences of resource calls for `minutes`, our machine against gcc's build of the same file, on each kernel that is
 * there in turn. Prints one line for each batch. Answers 1 after a difference, 2 where there is no kernel.
 */
export function fuzzSequences(minutes: number, seed: number): number {
  const profile = profileNamed('x86_64')!;
  const kernels = versions
    .map((version) => ({ version, folder: join(kernelsFolder(), `linux-${version}`) }))
    .filter(({ folder }) => existsSync(join(folder, 'kernel/resource.c')))
    .map(({ version, folder }) => {
      const kernel = new NativeKernel(folder, definesOf(profile));
      return { version, kernel, native: new NativeSequences(kernel), own: new OwnSequences(diskTree(folder), profile) };
    });
  if (kernels.length === 0) {
    console.error(`No kernel sources in ${kernelsFolder()}: \`npm test oracle\` fetches them.`);
    return 2;
  }
  const end = performance.now() + minutes * 60_000;
  try {
    for (let batch = seed; performance.now() < end; batch++) {
      for (const { version, native, own } of kernels) {
        const sequences = fc.sample(sequence, { numRuns: BATCH, seed: batch });
        const judged = native.run(sequences);
        const answer = (seq: Sequence): string => {
          try {
            return own.run(seq).join();
          } catch (error) {
            return String(error);
          }
        };
        const differs = (seq: Sequence): boolean => answer(seq) !== native.run([seq])[0]?.join();
        const at = sequences.findIndex((seq, i) => answer(seq) !== judged[i]?.join());
        if (at >= 0) {
          console.log(
            `Linux ${version}, seed ${batch}, sequence ${at} differs:\n${shown(minimised(sequences[at]!, differs))}`,
          );
          return 1;
        }
        console.log(`Linux ${version}, seed ${batch}: ${BATCH} sequences answer as gcc's build does`);
      }
    }
  } finally {
    for (const { kernel } of kernels) kernel.dispose();
  }
  return 0;
}
