import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { cachedProgram, cacheFolder } from '../code-cache.ts';

/** Milliseconds of work: after less, too little has been called for its code to be worth keeping. */
const WORTH = 1000;
/** How often that is looked at, in milliseconds. */
const EVERY = 10_000;

const program = cachedProgram(path.join(__dirname, 'worker-main.js'), cacheFolder());
program.run();
if (!program.found) {
  const timer = setInterval(() => {
    if (performance.eventLoopUtilization().active < WORTH) return;
    clearInterval(timer);
    program.keep();
  }, EVERY);
  timer.unref();
}
