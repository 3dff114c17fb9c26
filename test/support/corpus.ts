import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { needKernel, type Version } from './kernels.ts';
import { skipOrFail } from './tools.ts';

const SHARED = join(import.meta.dirname, '../../../shared');

/** One line of the corpus' index: a patch made for a kernel, or why there is none. */
export interface CorpusEntry {
  readonly id: string;
  readonly title: string;
  readonly file: string;
  /** `do`: applies forward to the kernel as it is; `undo`: in reverse. */
  readonly direction: 'do' | 'undo' | null;
  readonly expect: string;
  readonly skipped?: string;
}
export interface Corpus {
  readonly folder: string;
  readonly entries: readonly CorpusEntry[];
  patch(id: string): string;
}

/**
 * The corpus for one kernel: real patches made by `../shared/corpus/make.mjs` into a cache that is renewed when the script
 * changes. Skips, or in CI fails, where script or kernel are absent.
 */
export function needCorpus(context: Context, version: Version): Corpus {
  const tree = needKernel(context, version);
  const script = join(SHARED, 'corpus/make.mjs');
  if (!existsSync(script)) skipOrFail(context, `no corpus script at ${script}`);
  const key = createHash('sha256').update(readFileSync(script)).update(tree).digest('hex').slice(0, 16);
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'iomem-review/corpus');
  const folder = join(cache, `${version}-${key}`);
  if (!existsSync(join(folder, 'index.json'))) {
    // Two suites may come here at once: each makes its own, the first to finish gives the name.
    const making = `${folder}.${process.pid}`;
    mkdirSync(cache, { recursive: true });
    execFileSync(process.execPath, [script, '--tree', tree, '--label', version, '--out', making], { stdio: 'pipe' });
    try {
      renameSync(making, folder);
    } catch (error) {
      rmSync(making, { recursive: true, force: true });
      if (!existsSync(join(folder, 'index.json'))) throw error;
    }
  }
  return {
    folder,
    entries: JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as CorpusEntry[],
    patch: (id) => readFileSync(join(folder, `${id}.patch`), 'utf8'),
  };
}
