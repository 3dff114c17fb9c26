/**
 * A read-only tree of text files, by path relative to its root (`kernel/resource.c`), `/`-separated, without `..`.
 * Reading is synchronous. A host that can only read asynchronously (a virtual workspace) wraps its files in a
 * {@link RecordingTree} and repeats the work until nothing is missing.
 */
export interface SourceTree {
  /** The text, or undefined where there is no such file. Never throws for a missing file. */
  read(path: string): string | undefined;
}

/** Reads each file of another tree once. */
export class CachedTree implements SourceTree {
  readonly #tree: SourceTree;
  readonly #files = new Map<string, string | undefined>();

  constructor(tree: SourceTree) {
    this.#tree = tree;
  }

  read(path: string): string | undefined {
    if (!this.#files.has(path)) this.#files.set(path, this.#tree.read(path));
    return this.#files.get(path);
  }

  /** What has been read so far, in the order of the first reading; undefined where there is no such file. */
  get files(): ReadonlyMap<string, string | undefined> {
    return this.#files;
  }
}

/** A tree held in memory; also an overlay on another tree. A value of `null` hides the file below. */
export class MemoryTree implements SourceTree {
  readonly #files: ReadonlyMap<string, string | null>;
  readonly #below: SourceTree | undefined;

  constructor(files: ReadonlyMap<string, string | null>, below?: SourceTree) {
    this.#files = files;
    this.#below = below;
  }

  read(path: string): string | undefined {
    const own = this.#files.get(path);
    if (own !== undefined) return own ?? undefined;
    return this.#below?.read(path);
  }
}
