// `npm test [suite…]`: installs what the tests need, runs the suites, ends with `N passed, N failed, N skipped`.
// In CI (CI=true) a skipped test is a failure.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { ensureDependencies } from './lib/dependencies.mjs';
import { isCi } from './lib/paths.mjs';

await ensureDependencies();
// Only now: these import packages.
const { broken, longestFirst, none, runMocha, testFiles } = await import('./lib/suite.mjs');
const { withSecondTry } = await import('./lib/second-try.mjs');
const { install } = await import('./lib/debian.mjs');
const { ensureKernels, kernelsRoot } = await import('./lib/kernels.mjs');
const { onPath, root } = await import('./lib/paths.mjs');
const { runHostTests } = await import('./lib/host.mjs');
const { ensureChromium } = await import('./lib/browser.mjs');
const { ensureServer } = await import('./lib/vscode-server.mjs');
const { build } = await import('./lib/build.mjs');
const { makeVsix } = await import('./lib/vsix.mjs');

/** Pictures of failures, which an earlier run left. */
function removeOldPictures() {
  const folder = path.join(root, 'test-results');
  for (const name of existsSync(folder) ? readdirSync(folder) : [])
    if (/^(failed-.*|host-\w+-timeout)\.png$/.test(name)) rmSync(path.join(folder, name), { force: true });
}

/** Files of Mocha suites are run this many at a time; an editor with its browser wants more than a core. */
const jobs = Math.max(1, availableParallelism());
const editors = Math.min(2, jobs);

/** `files`: shared out, those of all such suites together. `run`: one after another, when those are done. */
const suites = [
  { name: 'unit', needs: [], files: testFiles('unit') },
  { name: 'golden', needs: [], files: testFiles('golden') },
  { name: 'oracle', needs: ['gcc', 'kernels'], files: testFiles('oracle') },
  { name: 'kernel', needs: ['gcc', 'kernels'], files: testFiles('kernel') },
  { name: 'host', needs: ['editor'], files: testFiles('host'), run: () => runHostTests({ prepare: async () => {} }) },
  {
    name: 'e2e',
    needs: ['editor'],
    files: testFiles('e2e'),
    run: async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'iomem-review-'));
      try {
        // What ships, as a person gets it, for all processes.
        const { packagePath } = await makeVsix(path.join(folder, 'iomem-review.vsix'), { prepare: async () => {} });
        // Each file in a process of its own: one that hangs takes no other with it.
        const env = { IOMEM_REVIEW_VSIX: packagePath };
        const tasks = longestFirst(testFiles('e2e')).map((file) => ({
          name: file,
          run: () => runMocha(file, [file], { env, minutes: 30 }),
        }));
        return await withSecondTry(tasks, editors);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
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
function tell(names, result, seconds) {
  results.push({ name: names, ...result, seconds });
  console.log(`\n=== ${names} ===\n${result.output.trimEnd()}`);
  for (const { name, failures, passed } of result.secondTries ?? []) {
    console.log(`Second try of ${name}: ${passed ? 'passed' : 'failed again'}. The first one had failed:`);
    for (const failure of failures) console.log(failure.replace(/^/gm, '  '));
  }
  for (const failure of result.failures) console.log(`FAILED ${failure}`);
  for (const skip of result.skips) console.log(`SKIPPED ${skip}`);
  for (const [name, { passed, failed, skipped }] of Object.entries(result.suites ?? {}))
    console.log(`${name}: ${passed} passed / ${failed} failed / ${skipped} skipped`);
  console.log(
    `${names}: ${seconds.toFixed(1)} s (${result.passed} passed / ${result.failed} failed / ${result.skipped} skipped)`,
  );
}
async function perform(names, run) {
  const start = performance.now();
  let result;
  try {
    result = await run();
  } catch (error) {
    result = { ...broken(`${names}: ${error.stack ?? error}`), output: '' };
  }
  tell(names, result, (performance.now() - start) / 1000);
}

for (const { name, files } of chosen)
  if (files.length === 0)
    tell(name, { ...none, ...(isCi ? broken(`${name}: no test files`) : {}), output: 'No test files.\n' }, 0);
const shared = chosen.filter((suite) => !suite.run && suite.files.length > 0);
if (shared.length > 0) {
  const files = ['kernel', 'oracle', 'unit', 'golden'].flatMap(
    (name) => shared.find((suite) => suite.name === name)?.files ?? [],
  );
  const env = { IOMEM_REVIEW_KERNELS: kernelsRoot() };
  await perform(shared.map((suite) => suite.name).join(', '), () =>
    runMocha('tests', files, { jobs, env, minutes: 25 }),
  );
}
const inEditor = chosen.filter((suite) => suite.run && suite.files.length > 0);
if (lacking.has('editor'))
  for (const { name } of inEditor) {
    // Nothing in these suites can run without an editor.
    tell(name, { ...none, skipped: 1, skips: [`${name}: ${lacking.get('editor')}`], output: '' }, 0);
  }
else if (inEditor.length > 0) {
  removeOldPictures();
  await build({ withTests: true });
  for (const { name, run } of inEditor) await perform(name, run);
}

const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log('\nTimes:');
for (const { name, seconds } of results) console.log(`  ${seconds.toFixed(1).padStart(6)} s  ${name}`);
console.log(`  ${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  together`);
const again = results.flatMap(({ secondTries = [] }) => secondTries);
if (again.length > 0)
  console.log(
    `Needed a second try: ${again.map(({ name, passed }) => `${name}${passed ? '' : ' (failed again)'}`).join(', ')}`,
  );
if (sum('skipped') > 0 && isCi) console.log('A skipped test fails the run here (CI=true).');
const bad = sum('failed') > 0 || (isCi && sum('skipped') > 0);
// Only when all is written: a pipe takes it bit by bit. No handle that a suite forgot keeps us longer.
process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`, () => {
  process.exit(bad ? 1 : 0);
});
