// The development dependencies of a fresh clone. Uses nothing but Node.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { run } from './run.mjs';

export async function ensureDependencies() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new Error(`Node ${process.versions.node} is too old: install Node 20 or later.`);
  // npm writes this file last: a folder without it was interrupted.
  if (existsSync(path.join(root, 'node_modules/.package-lock.json'))) return;
  console.log('Installing development dependencies (npm ci)…');
  try {
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      shell: process.platform === 'win32',
    });
  } catch (error) {
    throw new Error(`npm ci failed: ${error.message}\nIt needs the npm registry once.`);
  }
}
