// One suite: Mocha in a process of its own, its output kept until it ends, its counts read from the reporter's file.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './paths.mjs';

export const none = { passed: 0, failed: 0, skipped: 0, failures: [], skips: [] };
const reporter = path.join(root, '.ci/lib/reporter.cjs');

/** A result that says only that the suite could not be run to its end. */
export const broken = (why) => ({ ...none, failed: 1, failures: [why] });

/** Reads the reporter's file; a suite that left none has not finished, whatever its exit code. */
export function readResult(file, why) {
  if (!existsSync(file)) return broken(why);
  return JSON.parse(readFileSync(file, 'utf8'));
}

function endGroup(pid) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

export async function runMocha(name, pattern, { jobs = 1, env = {}, minutes = 10 } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'iomem-review-'));
  const file = path.join(folder, 'result.json');
  const args = [
    path.join(root, 'node_modules/mocha/bin/mocha.js'),
    ...['--import=tsx', '--reporter', reporter, '--forbid-only', '--timeout', '60000'],
    ...(jobs > 1 ? ['--parallel', '--jobs', String(jobs)] : []),
    pattern,
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
  // Mocha's exit code is the number of failures; an error outside any test must not pass as success.
  if (code !== 0 && result.failed === 0)
    result = { ...result, ...broken(`${name}: Mocha ended with ${code}`), passed: result.passed };
  rmSync(folder, { recursive: true, force: true });
  return { ...result, output: Buffer.concat(chunks).toString('utf8'), seconds: (performance.now() - began) / 1000 };
}
