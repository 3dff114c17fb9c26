import { spawn } from 'node:child_process';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FromWorker } from '../protocol.ts';
import type { Platform, RunGit } from './platform.ts';

/** A diff larger than this is no patch that a person reviews. */
const mostOutput = 256 * 1024 * 1024;

const runGit: RunGit = (git, folder, args, input) =>
  new Promise((resolve, reject) => {
    const child = spawn(git, args, {
      cwd: folder,
      // No prompts, no hooks of the person's pager or external diff program.
      env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    });
    const out: Buffer[] = [];
    let size = 0;
    let problem = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostOutput) child.kill();
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      problem = (problem + chunk.toString('utf8')).slice(-4000);
    });
    child.on('error', (error) => reject(new Error(`${git} could not be started: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out));
      else reject(new Error(`git ${args[0] ?? ''} failed: ${problem.trim() || `it ended with ${code}`}`));
    });
    // It may end before it has read everything; `close` tells why.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
  });

export const nodePlatform: Platform = {
  hasDisk: true,
  runGit,
  startWorker: (extensionUri) => (events) => {
    const worker = new Worker(path.join(extensionUri.fsPath, 'dist/worker.js'), { name: 'iomem-review' });
    worker.on('message', (message: FromWorker) => events.message(message));
    let reason = '';
    worker.on('error', (error) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    worker.on('exit', (code) => events.exit(reason || `exit code ${code}`));
    return {
      post: (message) => worker.postMessage(message),
      end: () => void worker.terminate(),
    };
  },
};
