import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';

/** Skips a test or suite, saying why; in CI, where nothing may be missing, fails instead. */
export function skipOrFail(context: Context, why: string): never {
  if (process.env.CI === 'true') throw new Error(`${why}; in CI nothing is skipped`);
  console.log(`    skipped: ${why}`);
  context.skip();
}

/** For tests that need a program: returns only where `name --version` runs. */
export function needTool(context: Context, name: string): void {
  if (spawnSync(name, ['--version']).status !== 0) skipOrFail(context, `${name} is not installed`);
}
