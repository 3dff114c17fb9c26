/*
 * The front end on kernel/resource.c with its headers: preprocess, parse and link, then lower every body of the file, then of
 * all headers. Medians of warm rounds. Run with `npx mocha test/bench/front-end.bench.ts`.
 */
import { profileNamed } from '../../src/model/profiles.ts';
import { compileWorld } from '../../src/review/world.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';
import { ms, tell } from './table.ts';

const ROUNDS = 40;

function median(times: readonly number[]): number {
  const warm = times.slice(times.length >> 1).sort((a, b) => a - b);
  return warm[warm.length >> 1]!;
}

describe('front end of kernel/resource.c', function () {
  this.timeout(120_000);
  for (const version of versions) {
    it(version, function () {
      const disk = diskTree(needKernel(this, version));
      const texts = new Map<string, string | undefined>();
      const tree = {
        read(path: string) {
          if (!texts.has(path)) texts.set(path, disk.read(path));
          return texts.get(path);
        },
      };
      const headers = new Map([...readModelFiles()].filter(([path]) => path.startsWith('include/')));
      const profile = profileNamed('x86_64')!;
      const [units, own, all]: [number[], number[], number[]] = [[], [], []];
      const source = disk.read('kernel/resource.c')!;
      for (let round = 0; round < ROUNDS; round++) {
        // Another text each time: what was compiled before is kept.
        texts.set('kernel/resource.c', `${source}/* ${round} */\n`);
        const start = performance.now();
        const { compiled } = compileWorld({
          which: 'before',
          tree,
          model: headers,
          profile,
          units: ['kernel/resource.c'],
          scenarios: [],
        });
        const linked = performance.now();
        const functions = [...compiled.program.functions];
        for (const fn of functions) if (fn.file === 'kernel/resource.c') fn.body();
        const lowered = performance.now();
        for (const fn of functions) fn.body();
        units.push(linked - start);
        own.push(lowered - linked);
        all.push(performance.now() - lowered);
      }
      console.log(
        `      cold ${(units[0]! + own[0]!).toFixed(0)} ms; warm: to the linked program ${ms(median(units))}, bodies of the file ${ms(median(own))}, of its headers ${ms(median(all))}`,
      );
      tell({
        what: `front end, kernel/resource.c of ${version} with headers`,
        reached: ms(median(units) + median(own)),
        goal: '≤ 60 ms',
        ratio: `${((units[0]! + own[0]!) / (median(units) + median(own))).toFixed(1)} × when cold`,
      });
    });
  }
});
