import path from 'node:path';
import { cachedProgram, cacheFolder } from '../../src/code-cache.ts';

/** Starts it as the product starts its programs. */
const program = cachedProgram(path.join(__dirname, 'first-result.js'), cacheFolder());
if (!program.found) process.on('exit', () => program.keep());
program.run();
