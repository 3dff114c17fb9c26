// Mocha's `spec` on the terminal, and the counts in a file (IOMEM_REVIEW_RESULT), written when the run is really over: a
// suite that dies in the middle leaves no file and counts as failed.
const { writeFileSync } = require('node:fs');
const path = require('node:path');
const Mocha = require('mocha');

/** The folder of `test/` that a test stands in. */
const suiteOf = (file) => /[\\/]test[\\/](\w+)[\\/]/.exec(file ?? '')?.[1] ?? 'other';

module.exports = class ResultReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const result = { passed: 0, failed: 0, skipped: 0, failures: [], skips: [], suites: {}, files: {} };
    const note = (test, key) => {
      const file = test.file ?? test.parent?.file;
      const suite = (result.suites[suiteOf(file)] ??= { passed: 0, failed: 0, skipped: 0 });
      result[key]++;
      suite[key]++;
      if (!file) return;
      const name = path.relative(process.cwd(), file).split(path.sep).join('/');
      result.files[name] = (result.files[name] ?? 0) + (test.duration ?? 0);
    };
    runner.on('pass', (test) => note(test, 'passed'));
    runner.on('pending', (test) => {
      note(test, 'skipped');
      result.skips.push(test.fullTitle());
    });
    // A failing hook is a failure too, and is reported through the same event.
    runner.on('fail', (test, error) => {
      note(test, 'failed');
      result.failures.push(`${test.fullTitle()}: ${error?.stack ?? error}`);
    });
    runner.on('end', () => {
      const file = process.env.IOMEM_REVIEW_RESULT;
      if (file) writeFileSync(file, JSON.stringify(result));
    });
  }
};
