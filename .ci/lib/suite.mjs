// Suites of Mocha: one run in a process of its own, whose files are shared out to as many processes as are wanted. Its output is
// kept until it ends, its counts are read from the reporter's file.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './paths.mjs';

/** @type {{ passed: number, failed: number, skipped: number, failures: string[], skips: string[], suites: Record<string, object> }} */
export const none = { passed: 0, failed: 0, skipped: 0, failures: [], skips: [], suites: {} };
const reporter = path.join(root, '.ci/lib/reporter.cjs');
/** How long each file took when it ran last here, in milliseconds. */
const times = path.join(root, 'node_modules/.cache/iomem-review/test-times.json');

/** A result that says only that the suite could not be run to its end. */
export const broken = (why) => ({ ...none, failed: 1, failures: [why] });

/** Reads the reporter's file; a suite that left none has not finished, whatever its exit code. */
export function readResult(file, why) {
  if (!existsSync(file)) return broken(why);
  return { ...none, ...JSON.parse(readFileSync(file, 'utf8')) };
}

/** The test files of a suite, as paths from the root. */
export function testFiles(suite) {
  const folder = path.join(root, 'test', suite);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${suite}/${file.split(path.sep).join('/')}`)
    .sort();
}

function readTimes() {
  try {
    return JSON.parse(readFileSync(times, 'utf8'));
  } catch {
    return {};
  }
}

/** The longest first, so that none is left over at the end; those that never ran before them, in their order. */
export function longestFirst(files) {
  const known = readTimes();
  const of = (file) => known[file] ?? Number.POSITIVE_INFINITY;
  return [...files].sort((a, b) => (of(a) === of(b) ? 0 : of(b) - of(a)));
}

function keepTimes(files) {
  mkdirSync(path.dirname(times), { recursive: true });
  writeFileSync(times, JSON.stringify({ ...readTimes(), ...files }));
}

function endGroup(pid) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Runs test files, `jobs` at a time. */
export async function runMocha(name, files, { jobs = 1, env = {}, minutes = 10 } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'iomem-review-'));
  const file = path.join(folder, 'result.json');
  const args = [
    path.join(root, 'node_modules/mocha/bin/mocha.js'),
    ...['--import=tsx', '--reporter', reporter, '--forbid-only', '--timeout', '60000'],
    ...(jobs > 1 ? ['--parallel', '--jobs', String(jobs)] : []),
    ...longestFirst(files),
  ];
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Mocha starts a second process, and tests start compilers.
    detached: true,
    env: { ...process.env, ...env, IOMEM_REVIEW_RESULT: file, FORCE_COLOR: '0' },
  });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  const timer = setTimeout(() => endGroup(child.pid), minutes * 60_000);
  const code = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (status, signal) => resolve(signal ?? status));
  });
  clearTimeout(timer);
  let result = readResult(file, `${name}: Mocha ended (${code}) before its last test`);
  if (result.files) keepTimes(result.files);
  // Mocha's exit code is the number of failures; an error outside any test must not pass as success.
  if (code !== 0 && result.failed === 0)
    result = {
      ...result,
      ...broken(`${name}: Mocha ended with ${code}`),
      passed: result.passed,
      suites: result.suites,
    };
  rmSync(folder, { recursive: true, force: true });
  return { ...result, output: Buffer.concat(chunks).toString('utf8'), seconds: (performance.now() - began) / 1000 };
}
