// `npm test [suite…]`: installs what the tests need, runs the suites, ends with `N passed, N failed, N skipped`.
// In CI (CI=true) a skipped test is a failure.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ensureDependencies } from './lib/dependencies.mjs';
import { isCi, root } from './lib/paths.mjs';

await ensureDependencies();
// Only now: these import packages.
const { broken, none, runMocha } = await import('./lib/suite.mjs');
const { install } = await import('./lib/debian.mjs');
const { ensureKernels, kernelsRoot } = await import('./lib/kernels.mjs');
const { onPath } = await import('./lib/paths.mjs');
const { runHostTests } = await import('./lib/host.mjs');
const { ensureChromium } = await import('./lib/browser.mjs');
const { ensureServer } = await import('./lib/vscode-server.mjs');

const mocha = (name, options) => () => runMocha(name, `test/${name}/**/*.test.ts`, options);
const kernels = () => ({ env: { IOMEM_REVIEW_KERNELS: kernelsRoot() } });
/** `lane`: suites of one lane run one after another, the two lanes side by side; `alone` after both, with all cores. */
const suites = [
  { name: 'unit', lane: 0, needs: [], run: mocha('unit') },
  { name: 'golden', lane: 0, needs: [], run: mocha('golden', kernels()) },
  { name: 'oracle', lane: 1, needs: ['gcc', 'kernels'], run: mocha('oracle', kernels()) },
  { name: 'kernel', lane: 1, needs: ['gcc', 'kernels'], run: mocha('kernel', kernels()) },
  { name: 'host', lane: 'alone', needs: ['editor'], run: runHostTests },
  { name: 'e2e', lane: 'alone', needs: ['editor'], run: mocha('e2e') },
];
const provide = {
  gcc: async () => {
    const missing = ['gcc', 'git'].filter((tool) => onPath(tool) === undefined);
    if (missing.length > 0) await install([...missing, 'libc6-dev'], `The oracles need ${missing.join(' and ')}`);
  },
  kernels: async () => {
    const problems = await ensureKernels();
    if (problems.length > 0) throw new Error(problems.join('\n'));
  },
  editor: async () => {
    await ensureChromium();
    await ensureServer();
  },
};

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const unknown = asked.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`No such suite: ${unknown.join(', ')}. There are ${suites.map((suite) => suite.name).join(', ')}.`);
  process.exit(2);
}
const chosen = suites.filter((suite) => asked.length === 0 || asked.includes(suite.name));

/** Need → the reason why it is not there. A suite still runs without: its tests say which of them are skipped. */
const lacking = new Map();
for (const need of new Set(chosen.flatMap((suite) => suite.needs))) {
  try {
    await provide[need]();
  } catch (error) {
    lacking.set(need, error.message);
    console.error(`\n${error.message}\n`);
  }
}

const began = performance.now();
const results = [];
async function perform(suite) {
  const hasFiles = readdirSync(path.join(root, 'test', suite.name), { recursive: true }).some((file) =>
    file.endsWith('.test.ts'),
  );
  let result;
  if (!hasFiles) {
    result = {
      ...none,
      ...(isCi ? broken(`${suite.name}: no test files`) : {}),
      output: 'No test files.\n',
      seconds: 0,
    };
  } else if (suite.needs.includes('editor') && lacking.has('editor')) {
    // Nothing in these suites can run without an editor.
    result = { ...none, skipped: 1, skips: [`${suite.name}: ${lacking.get('editor')}`], output: '', seconds: 0 };
  } else {
    const start = performance.now();
    try {
      result = await suite.run();
    } catch (error) {
      result = { ...broken(`${suite.name}: ${error.stack ?? error}`), output: '' };
    }
    result.seconds = (performance.now() - start) / 1000;
  }
  results.push({ suite, ...result });
  console.log(`\n=== ${suite.name} ===\n${result.output.trimEnd()}`);
  for (const failure of result.failures) console.log(`FAILED ${failure}`);
  for (const skip of result.skips) console.log(`SKIPPED ${skip}`);
  console.log(
    `${suite.name}: ${result.seconds.toFixed(1)} s (${result.passed} passed / ${result.failed} failed / ${result.skipped} skipped)`,
  );
}
async function lane(which) {
  for (const suite of chosen) if (suite.lane === which) await perform(suite);
}
await Promise.all([lane(0), lane(1)]);
await lane('alone');

const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log('\nTimes:');
for (const { suite, seconds } of results) console.log(`  ${suite.name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s`);
console.log(`  ${'together'.padEnd(8)} ${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`);
if (sum('skipped') > 0 && isCi) console.log('A skipped test fails the run here (CI=true).');
const bad = sum('failed') > 0 || (isCi && sum('skipped') > 0);
// Only when all is written: a pipe takes it bit by bit. No handle that a suite forgot keeps us longer.
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`, () => {
  process.exit(bad ? 1 : 0);
});
