import path from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { cachedProgram, cacheFolder } from '../code-cache.ts';

/** Milliseconds of a processor: what did less has not called enough for its code to be worth keeping. */
const WORTH = 500;

const program = cachedProgram(path.join(__dirname, 'cli-main.js'), cacheFolder());
if (isMainThread && !program.found)
  process.on('exit', () => {
    if (process.cpuUsage().user > 1000 * WORTH) program.keep();
  });
program.run();
