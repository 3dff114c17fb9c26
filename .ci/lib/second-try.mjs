// In-editor tests get a second try. An editor, its server, a browser and an extension host are four programs of others on a
// machine that may be ten times slower than ours: what fails there once need not be ours. So a file that fails is run again,
// alone, when all others are done. If it fails again, it has failed; if not, its second result counts and the output tells of the
// first one, so that nobody mistakes it for a test that always passes. Suites without an editor are deterministic: none of them
// is tried twice.
import { broken, none } from './suite.mjs';

/** Adds up results. */
function sumOf(results) {
  const sum = { ...none, failures: [], skips: [] };
  for (const result of results) {
    for (const key of ['passed', 'failed', 'skipped']) sum[key] += result[key];
    sum.failures.push(...result.failures);
    sum.skips.push(...result.skips);
  }
  return sum;
}

/**
 * Runs tasks (`name`, `run`: settles with a result), `jobs` at a time, then those that failed once more, one after another.
 * Settles with the sum of the results that count, all that was written, and `secondTries`: of each, whether it passed and how the
 * first one had failed.
 */
export async function withSecondTry(tasks, jobs = tasks.length) {
  const perform = async ({ name, run }) => {
    try {
      return await run();
    } catch (error) {
      return { ...broken(`${name}: ${error.stack ?? error}`), output: '' };
    }
  };
  const results = new Map();
  const outputs = [];
  const waiting = [...tasks];
  const worker = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) {
      results.set(task, await perform(task));
      outputs.push(results.get(task).output);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, tasks.length)) }, worker));
  const secondTries = [];
  for (const task of tasks) {
    const { failed, failures } = results.get(task);
    if (failed === 0) continue;
    const second = await perform(task);
    results.set(task, second);
    outputs.push(`Second try of ${task.name}, alone:\n${second.output}`);
    secondTries.push({ name: task.name, failures, passed: second.failed === 0 });
  }
  const output = outputs.map((text) => text.trimEnd()).join('\n');
  return { ...sumOf(tasks.map((task) => results.get(task))), output, secondTries };
}
