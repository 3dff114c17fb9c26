// `virtual:model`: every file that the product carries as text (model headers and library in C, built-in scenarios), as
// one module. src/model-files.d.ts declares it; test/support/model-files.ts reads the same from disk.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** Folder in the repository → folder in the model. */
const modelFolders = [
  { from: 'src/kernel/include', to: 'include', ends: '' },
  { from: 'src/kernel/lib', to: 'lib', ends: '' },
  { from: 'src/kernel/mm', to: 'mm', ends: '' },
  { from: 'src/kernel/drivers', to: 'drivers', ends: '' },
  { from: 'src/review/scenarios', to: 'scenarios', ends: '.c' },
];

/**
 * All model files, sorted by name, so that the bundle is the same everywhere.
 * @returns {ReadonlyMap<string, string>}
 */
export function readModelFiles(base = root) {
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const { from, to, ends } of modelFolders) {
    const folder = path.join(base, from);
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(ends)) continue;
      const file = path.join(entry.parentPath, entry.name);
      files.set(`${to}/${path.relative(folder, file).split(path.sep).join('/')}`, readFileSync(file, 'utf8'));
    }
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const modelPlugin = {
  name: 'model',
  setup(build) {
    build.onResolve({ filter: /^virtual:model$/ }, () => ({ path: 'model', namespace: 'model' }));
    build.onLoad({ filter: /.*/, namespace: 'model' }, () => ({
      contents: `export default new Map(${JSON.stringify([...readModelFiles()])});`,
      loader: 'js',
      watchDirs: modelFolders.map(({ from }) => path.join(root, from)).filter((folder) => existsSync(folder)),
    }));
  },
};
