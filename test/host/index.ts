import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { observe } from './run.ts';

/** Called by VS Code in its Node extension host (`extensionTestsPath`). */
export async function run(): Promise<void> {
  const mocha = new Mocha({ timeout: 600_000, ui: 'bdd' });
  // To look at a few tests only.
  if (process.env.IOMEM_REVIEW_GREP) mocha.grep(process.env.IOMEM_REVIEW_GREP);
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await import('./shared.ts');
  await import('./node/commits.test.ts');
  await import('./node/archive.test.ts');
  await import('./node/machine.test.ts');
  await import('./node/desk.test.ts');
  const result = await observe(mocha.run());
  const file = process.env.IOMEM_REVIEW_RESULT;
  if (file) writeFileSync(file, JSON.stringify(result));
  if (result.failed > 0) throw new Error(`${result.failed} tests failed`);
}
