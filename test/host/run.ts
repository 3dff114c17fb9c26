import type { Runner } from 'mocha';

export interface Result {
  passed: number;
  failed: number;
  skipped: number;
  readonly failures: string[];
  readonly skips: string[];
}

/** Counts what a run of Mocha does, and says it line by line; settles when the run is over. */
export function observe(runner: Runner): Promise<Result> {
  const result: Result = { passed: 0, failed: 0, skipped: 0, failures: [], skips: [] };
  runner.on('pass', (test) => {
    result.passed++;
    console.log(`  ok ${test.fullTitle()} (${test.duration} ms)`);
  });
  runner.on('pending', (test) => {
    result.skipped++;
    result.skips.push(test.fullTitle());
  });
  runner.on('fail', (test, error: Error) => {
    result.failed++;
    result.failures.push(`${test.fullTitle()}: ${error.stack ?? error.message}`);
    console.log(`  FAILED ${test.fullTitle()}: ${error.message}`);
  });
  return new Promise((resolve) => {
    runner.on('end', () => resolve(result));
  });
}
