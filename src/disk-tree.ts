import { closeSync, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { SourceTree } from './base/tree.ts';

/** No source file of a kernel comes near; generated register headers reach 20 MB. */
const largestFile = 64 * 1024 * 1024;

/**
 * The files below one folder of the disk. A path that leads out of it, by `..` or through a symbolic link, has no file:
 * a patch chooses the paths, and it may be hostile.
 */
export class DiskTree implements SourceTree {
  readonly #root: string;

  /** Throws where there is no such folder. */
  constructor(root: string) {
    this.#root = realpathSync(root);
  }

  read(name: string): string | undefined {
    if (name.includes('\0') || path.isAbsolute(name)) return undefined;
    let file: string;
    try {
      file = realpathSync(path.join(this.#root, name));
    } catch {
      return undefined;
    }
    const below = path.relative(this.#root, file);
    if (below === '' || below.startsWith('..') || path.isAbsolute(below)) return undefined;
    return readRegularFile(file);
  }
}

function readRegularFile(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(descriptor);
    return stat.isFile() && stat.size <= largestFile ? readFileSync(descriptor, 'utf8') : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
