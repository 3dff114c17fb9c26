// Mocha's `spec` on the terminal, and the counts in a file (IOMEM_REVIEW_RESULT), written when the run is really over: a
// suite that dies in the middle leaves no file and counts as failed.
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

module.exports = class ResultReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const result = { passed: 0, failed: 0, skipped: 0, failures: [], skips: [] };
    runner.on('pass', () => result.passed++);
    runner.on('pending', (test) => {
      result.skipped++;
      result.skips.push(test.fullTitle());
    });
    // A failing hook is a failure too, and is reported through the same event.
    runner.on('fail', (test, error) => {
      result.failed++;
      result.failures.push(`${test.fullTitle()}: ${error?.stack ?? error}`);
    });
    runner.on('end', () => {
      const file = process.env.IOMEM_REVIEW_RESULT;
      if (file) writeFileSync(file, JSON.stringify(result));
    });
  }
};
