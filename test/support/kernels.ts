import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, normalize, sep } from 'node:path';
import type { Context } from 'mocha';
import type { SourceTree } from '../../src/base/tree.ts';
import { skipOrFail } from './tools.ts';

/** The kernels that tests run on: Debian's linux-source packages, unpacked. */
export const versions = ['6.1', '6.12'] as const;
export type Version = (typeof versions)[number];

/** Where `linux-6.1` and `linux-6.12` are: IOMEM_REVIEW_KERNELS, else the cache that the set-up of `npm test` fills. */
export const kernelsFolder = (): string => process.env.IOMEM_REVIEW_KERNELS ?? join(homedir(), '.cache/iomem-review');

/** The folder of one kernel; skips, or in CI fails, where it is not unpacked. */
export function needKernel(context: Context, version: Version): string {
  const folder = join(kernelsFolder(), `linux-${version}`);
  if (!existsSync(join(folder, 'kernel/resource.c'))) skipOrFail(context, `no kernel sources in ${folder}`);
  return folder;
}

/** Reads files of a folder, and nothing outside it. */
export function diskTree(folder: string): SourceTree {
  return {
    read(path) {
      const full = normalize(join(folder, path));
      if (!full.startsWith(folder + sep)) return undefined;
      if (!statSync(full, { throwIfNoEntry: false })?.isFile()) return undefined;
      return readFileSync(full, 'utf8');
    },
  };
}
