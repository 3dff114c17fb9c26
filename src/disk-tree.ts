import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { SourceTree } from './base/tree.ts';

/** No source file of a kernel comes near; generated register headers reach 20 MB. */
const largestFile = 64 * 1024 * 1024;

/** Absent on Windows: there every path is resolved. */
const noFollow: number | undefined = constants.O_NOFOLLOW;

/**
 * The files below one folder of the disk. A path that leads out of it, by `..` or through a symbolic link, has no file:
 * a patch chooses the paths, and it may be hostile.
 */
export class DiskTree implements SourceTree {
  readonly #root: string;
  /** Where folders really are, below the root; undefined for those that are not there or lead out of it. */
  readonly #folders = new Map<string, string | undefined>();

  /** Throws where there is no such folder. */
  constructor(root: string) {
    this.#root = realpathSync(root);
  }

  read(name: string): string | undefined {
    if (name.includes('\0') || path.isAbsolute(name)) return undefined;
    const full = path.join(this.#root, name);
    const folder = this.#folder(path.dirname(full));
    if (folder === undefined) return undefined;
    const file = path.join(folder, path.basename(full));
    const text = noFollow === undefined ? 'link' : readRegularFile(file);
    if (text !== 'link') return text?.text;
    const target = this.#inside(file);
    const read = target === undefined ? undefined : readRegularFile(target);
    return typeof read === 'object' ? read.text : undefined;
  }

  #folder(full: string): string | undefined {
    if (!this.#folders.has(full)) this.#folders.set(full, full === this.#root ? full : this.#inside(full));
    return this.#folders.get(full);
  }

  /** The real path, where that is below the root. */
  #inside(full: string): string | undefined {
    try {
      const real = realpathSync(full);
      const below = path.relative(this.#root, real);
      return below === '' || below.startsWith('..') || path.isAbsolute(below) ? undefined : real;
    } catch {
      return undefined;
    }
  }
}

/** The text of a regular file; `link` where the path ends in a symbolic link, which nobody has followed. */
function readRegularFile(file: string): { readonly text: string } | 'link' | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | (noFollow ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Linux says ELOOP, BSD EMLINK.
    return code === 'ELOOP' || code === 'EMLINK' ? 'link' : undefined;
  }
  try {
    const stat = fstatSync(descriptor);
    return stat.isFile() && stat.size <= largestFile ? { text: readFileSync(descriptor, 'utf8') } : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
