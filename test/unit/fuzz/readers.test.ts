/* A short slice of `npm run fuzz`: the same inputs every time. */
import assert from 'node:assert/strict';
import { failureOf, inputOf, minimised, signatureOf } from '../../fuzz/run.ts';
import { targets } from '../../fuzz/targets.ts';

/** Runs of targets that take a millisecond and more each; of the others many times as many. */
const FEW = 40;
const RUNS: ReadonlyMap<string, number> = new Map([
  ['parser', FEW],
  ['unit', FEW / 4],
  ['execution', FEW],
  ['scenario-code', FEW / 2],
  ['preprocessor', 4 * FEW],
]);

describe('readers under mutated inputs', function () {
  this.timeout(60_000);

  for (const target of targets.values()) {
    const runs = RUNS.get(target.name) ?? 8 * FEW;
    it(`${target.name}: ${runs} runs`, () => {
      const seeds = target.seeds();
      assert.ok(seeds.length > 0);
      for (let run = 0; run < runs; run++) {
        const input = inputOf(target, seeds, 20_260_722, run);
        const failure = failureOf(target, input);
        assert.equal(failure, undefined, `run ${run}: ${failure?.stack}\n${JSON.stringify(input.slice(0, 2000))}`);
      }
    });
  }

  it('makes the same input from the same numbers, and others from others', () => {
    const target = targets.get('diff')!;
    const seeds = target.seeds();
    const inputs = Array.from({ length: 50 }, (_, run) => inputOf(target, seeds, 1, run));
    assert.deepEqual(
      inputs,
      inputs.map((_, run) => inputOf(target, seeds, 1, run)),
    );
    assert.ok(new Set(inputs).size > 45);
  });

  it('makes what fails small, and tells failures apart by where they come from', () => {
    const input = `${'one line\n'.repeat(500)}the (bad) one\n${'another\n'.repeat(500)}`;
    assert.equal(
      minimised(input, (text) => text.includes('(bad)')),
      '(bad)',
    );
    const at = (name: string, line: number) =>
      Object.assign(new TypeError(`no ${line}`), {
        stack: `TypeError\n    at ${name} (/x/src/c/lower.ts:${line}:3)\n`,
      });
    assert.equal(signatureOf(at('call', 10)), signatureOf(at('call', 20)));
    assert.notEqual(signatureOf(at('call', 10)), signatureOf(at('load', 10)));
  });
});
