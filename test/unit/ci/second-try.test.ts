import assert from 'node:assert/strict';
import { withSecondTry } from '../../../.ci/lib/second-try.mjs';
import { none } from '../../../.ci/lib/suite.mjs';

describe('A second try of in-editor tests', () => {
  type Outcome = Partial<typeof none> & { readonly output?: string };
  /** Tasks that end as told, try by try, and the order in which they began. */
  const made = (tries: Readonly<Record<string, readonly (Outcome | Error)[]>>) => {
    const began: string[] = [];
    let running = 0;
    const tasks = Object.entries(tries).map(([name, outcomes]) => {
      const left = [...outcomes];
      const run = async () => {
        began.push(`${name}${running > 0 ? ' beside others' : ''}`);
        running++;
        await new Promise((done) => setImmediate(done));
        running--;
        const outcome = left.shift();
        if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error('one try too many');
        return { ...none, output: '', ...outcome };
      };
      return { name, run };
    });
    return { began, tasks };
  };
  const well = { passed: 3, output: 'fine' };
  const badly = { passed: 2, failed: 1, failures: ['step: too late'], output: 'bad' };

  it('is not made where all is well', async () => {
    const { began, tasks } = made({ a: [well], b: [well] });
    const { output, ...result } = await withSecondTry(tasks, 2);
    assert.deepEqual(result, { ...none, passed: 6, secondTries: [] });
    assert.equal(output, 'fine\nfine');
    assert.equal(began.length, 2);
  });

  it('counts instead of the first, is made alone, after all others, and is told', async () => {
    const { began, tasks } = made({ a: [badly, well], b: [well], c: [badly, badly] });
    const result = await withSecondTry(tasks, 2);
    assert.deepEqual(began.slice(3), ['a', 'c']);
    assert.deepEqual([result.passed, result.failed, result.failures], [8, 1, badly.failures]);
    assert.deepEqual(result.secondTries, [
      { name: 'a', failures: badly.failures, passed: true },
      { name: 'c', failures: badly.failures, passed: false },
    ]);
    assert.match(result.output, /^Second try of a, alone:\nfine\nSecond try of c, alone:\nbad$/m);
  });

  it('is made, too, of what broke before it had a result', async () => {
    const { tasks } = made({ a: [new Error('no window'), { passed: 1 }], b: [new Error('no'), new Error('never')] });
    const { passed, failed, failures, secondTries } = await withSecondTry(tasks, 1);
    assert.deepEqual([passed, failed], [1, 1]);
    assert.match(failures.join(), /^b: Error: never/);
    assert.match(secondTries[0]?.failures.join() ?? '', /^a: Error: no window/);
  });
});
