import type { SourceTree } from '../../base/tree.ts';

/**
 * A tree whose files come later: it knows the ones it has been given and records the paths of the others that were asked
 * for. Reviewing over it is repeated until nothing is missing.
 */
export class RecordingTree implements SourceTree {
  readonly #known = new Map<string, string | null>();
  readonly #missing = new Set<string>();

  read(path: string): string | undefined {
    const text = this.#known.get(path);
    if (text === undefined) this.#missing.add(path);
    return text ?? undefined;
  }

  /** Paths that were read and not known, in the order of the first reading. */
  get missing(): readonly string[] {
    return [...this.#missing];
  }

  /** Adds a file; null says that there is none. */
  add(path: string, text: string | null): void {
    this.#known.set(path, text);
    this.#missing.delete(path);
  }
}
