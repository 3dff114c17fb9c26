// `npm run lint`: types (all code; core rooms without VS Code, Node or DOM), format and lint rules, import rules, dead code.
// Runs every check even when one fails.
import process from 'node:process';
import { root } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

const checks = [
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['types of the core rooms', 'tsc', '-p', 'src/tsconfig.core.json'],
  ['format', 'biome', 'ci', '--colors=off', '--error-on-warnings', '--max-diagnostics=30', '.'],
  ['imports', 'depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'media', 'test'],
  ['dead code', 'knip', '--no-progress'],
];
const failed = [];
for (const [name, tool, ...args] of checks) {
  const began = performance.now();
  try {
    await run(`node_modules/.bin/${tool}`, args, { cwd: root, quiet: true, shell: process.platform === 'win32' });
    console.log(`${name}: ok (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed.push(name);
    console.error(`${name}: failed\n${error.message}\n`);
  }
}
if (failed.length > 0) {
  console.error(`Lint failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
