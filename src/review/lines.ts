import type { Loc } from '../c/token.ts';
import type { SourcePlace, World as WorldName } from './report.ts';
import type { World } from './world.ts';

/** What the review needs to know of one patched file: its two texts, and how lines of the three texts belong together. */
export interface PatchedFile {
  readonly path: string;
  readonly oldPath: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** The line of the other world that this line became (or was); undefined for a line that only one world has. */
  counterpart(world: WorldName, line: number): number | undefined;
  /** 1-based line of the patch text that shows this source line. */
  patchLine(world: WorldName, line: number): number | undefined;
  /** Lines that only this world has, ascending, with their patch lines. */
  readonly changed: Readonly<Record<WorldName, readonly { readonly line: number; readonly patchLine: number }[]>>;
}

/** A changed line's patch line as places have it: none where the patch shows none (an encoded part). */
export const shownAt = (patchLine: number): { readonly patchLine?: number } => (patchLine > 0 ? { patchLine } : {});

/** The two worlds' locations made comparable: equal keys for a line that both have. */
export class LineBook {
  readonly #files = new Map<string, PatchedFile>();
  readonly #keys: Record<WorldName, Map<Loc, string>> = { before: new Map(), after: new Map() };

  constructor(files: readonly PatchedFile[]) {
    for (const file of files) {
      this.#files.set(file.path, file);
      this.#files.set(file.oldPath, file);
    }
  }

  /** Each file once. */
  files(): ReadonlySet<PatchedFile> {
    return new Set(this.#files.values());
  }

  file(path: string): PatchedFile | undefined {
    return this.#files.get(path);
  }

  /** The place with its patch line, if the patch shows it. */
  withPatchLine(place: SourcePlace): SourcePlace {
    const patchLine = this.#files.get(place.file)?.patchLine(place.world, place.line);
    return patchLine === undefined ? place : { ...place, patchLine };
  }

  place(world: World, loc: Loc): SourcePlace {
    return this.withPatchLine(world.place(loc));
  }

  /** The first line that only this world has, or where it has none, that only the other one has. */
  firstChanged(which: WorldName): SourcePlace | undefined {
    for (const world of [which, which === 'after' ? 'before' : 'after'] as const) {
      for (const file of this.#files.values()) {
        const [first] = file.changed[world];
        if (first)
          return {
            file: world === 'after' ? file.path : file.oldPath,
            world,
            line: first.line,
            ...shownAt(first.patchLine),
          };
      }
    }
    return undefined;
  }

  /** The first line of a header that only the world after has, else that only the one before has. */
  changedInHeader(): SourcePlace | undefined {
    for (const world of ['after', 'before'] as const)
      for (const file of this.#files.values()) {
        const [first] = file.path.endsWith('.h') ? file.changed[world] : [];
        if (first)
          return {
            file: world === 'after' ? file.path : file.oldPath,
            world,
            line: first.line,
            ...shownAt(first.patchLine),
          };
      }
    return undefined;
  }

  isChanged(place: SourcePlace): boolean {
    const file = this.#files.get(place.file);
    return file !== undefined && file.counterpart(place.world, place.line) === undefined;
  }

  /**
   * A name for the line that is the same in both worlds: the line's number after the patch. A line of one world only is
   * named after that world. Columns are left out: a patch may indent.
   */
  key(world: World, loc: Loc): string {
    const cache = this.#keys[world.which];
    let key = cache.get(loc);
    if (key === undefined) {
      key = this.lineKey(world.place(loc));
      cache.set(loc, key);
    }
    return key;
  }

  lineKey(place: SourcePlace): string {
    const file = this.#files.get(place.file);
    if (!file) return `${place.file}:${place.line}`;
    const other = file.counterpart(place.world, place.line);
    if (other === undefined) return `${place.file}:${place.world}:${place.line}`;
    return `${file.path}:${place.world === 'after' ? place.line : other}`;
  }
}
