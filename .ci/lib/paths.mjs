// Where things are: the repository, and the cache that lives outside it (big downloads, shared by all clones).
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
export const cacheRoot =
  process.env.IOMEM_REVIEW_CACHE ??
  path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'iomem-review');
export const isCi = process.env.CI === 'true' || process.env.CI === '1';

/** The first existing file called `name` in the folders of PATH, or undefined. */
export function onPath(name) {
  for (const dir of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(dir, name);
    if (dir !== '' && existsSync(file)) return file;
  }
  return undefined;
}
