// `npm run build`: bundles everything that ships into dist/. `-- --tests` also bundles the tests that run inside an
// extension host, into out/.
import process from 'node:process';
import { build } from './lib/build.mjs';

const began = performance.now();
try {
  await build({ withTests: process.argv.includes('--tests') });
  console.log(`Built in ${Math.round(performance.now() - began)} ms`);
} catch (error) {
  // esbuild has printed its own messages with their places.
  if (!Array.isArray(error.errors)) console.error(error.message);
  process.exitCode = 1;
}
