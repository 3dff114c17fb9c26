import type { SourceManager } from '../source.ts';
import type { TokenizedFile } from '../tokenize.ts';
import { type Entry, type HeaderIndex, headerIndex } from './header-index.ts';
import { archDirectory, normalise } from './includes.ts';
import { includeDirectories, makefilesOf } from './makefiles.ts';

/** Files and characters of one unit's graph. The largest units of Linux 7 reach 1,200 headers with 9 million characters. */
const MAX_FILES = 3000;
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** A header that the unit reaches in its own tree. */
export interface GraphFile {
  readonly path: string;
  /** `model`: ours stands in for it, or it comes from the tree whole (`fromTree`): it is read as one; `tree`: piece by piece. */
  readonly how: 'model' | 'whole' | 'tree';
  readonly index: HeaderIndex;
}
export interface Candidate {
  readonly file: GraphFile;
  readonly entry: Entry;
}
type Kind = 'macros' | 'names' | 'tags' | 'uses';

/**
 * What a unit would see if it were compiled in its tree: the headers reached from its `#include`s, nearest first, whatever
 * conditions stand around them. Trees are only read by path, so that this also works where nothing can be listed.
 */
export class HeaderGraph {
  #sources: SourceManager;
  readonly #fromTree: ReadonlySet<string>;
  readonly #directories: readonly string[];
  #files: readonly GraphFile[] | undefined;
  /** Names in `#include`s for which there is a file. */
  readonly #reached = new Set<string>();
  readonly #peeked = new Map<string, TokenizedFile | undefined>();
  readonly #maps = new Map<Kind, Map<string, Candidate[]>>();

  readonly unit: string;

  constructor(
    unit: string,
    sources: SourceManager,
    context: { readonly fromTree: readonly string[]; readonly defines: ReadonlyMap<string, string> },
  ) {
    this.unit = unit;
    this.#sources = sources;
    this.#fromTree = new Set(context.fromTree);
    const arch = archDirectory(context.defines);
    const own = this.#ownDirectories();
    const archDirectories = arch === undefined ? [] : [`arch/${arch}/include`];
    const uapi = arch === undefined ? [] : [`arch/${arch}/include/uapi`];
    this.#directories = [...archDirectories, 'include', ...uapi, 'include/uapi', ...own];
  }

  /** Whether this compilation reads the same headers; then the graph reads the rest through it. */
  holdsFor(sources: SourceManager): boolean {
    for (const [key, tokens] of this.#peeked) {
      const colon = key.indexOf(':');
      if (sources.peek(key.slice(0, colon) as 'tree' | 'model', key.slice(colon + 1)) !== tokens) return false;
    }
    this.#sources = sources;
    return true;
  }

  /** Where something of that name stands, nearest first; what is read whole before what is taken in pieces. */
  find(kind: Kind, name: string): readonly Candidate[] {
    let map = this.#maps.get(kind);
    if (!map) this.#maps.set(kind, (map = this.#collect(kind)));
    return map.get(name) ?? [];
  }

  reaches(include: string): boolean {
    return this.#reached.has(include);
  }

  /** The tokens of a header of the tree that was reached. */
  tokens(path: string): TokenizedFile | undefined {
    return this.#peek('tree', path);
  }

  #collect(kind: Kind): Map<string, Candidate[]> {
    this.#files ??= this.#reach();
    const map = new Map<string, Candidate[]>();
    for (const pieces of [false, true]) {
      for (const file of this.#files) {
        if ((file.how === 'tree') !== pieces) continue;
        for (const [name, entries] of file.index[kind]) {
          const list = map.get(name) ?? [];
          for (const entry of entries) list.push({ file, entry });
          map.set(name, list);
        }
      }
    }
    return map;
  }

  #reach(): readonly GraphFile[] {
    const files: GraphFile[] = [];
    const queue: string[] = [this.unit];
    const seen = new Set(queue);
    let characters = 0;
    for (let next = 0; next < queue.length; next++) {
      const path = queue[next]!;
      const tokens = this.#peek('tree', path);
      const model = this.#peek('model', path);
      const read = tokens ?? model;
      if (!read) continue;
      characters += read.text.length;
      for (const { name, quoted } of headerIndex(read).includes) {
        const found = this.#resolve(name, quoted, path, seen);
        if (found !== undefined && queue.length < MAX_FILES && characters < MAX_CHARACTERS) queue.push(found);
      }
      if (path === this.unit) continue;
      const whole = this.#fromTree.has(path);
      if (tokens && whole) files.push({ path, how: 'whole', index: headerIndex(tokens) });
      else {
        if (model) files.push({ path, how: 'model', index: headerIndex(model) });
        // What our header lacks may still be had from the tree's.
        if (tokens) files.push({ path, how: 'tree', index: headerIndex(tokens) });
      }
    }
    return files;
  }

  /** The path of an include that was not met before. */
  #resolve(name: string, quoted: boolean, from: string, seen: Set<string>): string | undefined {
    const candidates: (string | undefined)[] = [];
    if (quoted) candidates.push(normalise(`${from.slice(0, from.lastIndexOf('/') + 1)}${name}`));
    for (const directory of this.#directories) candidates.push(normalise(`${directory}/${name}`));
    if (name.startsWith('asm/')) {
      candidates.push(
        normalise(`include/asm-generic/${name.slice(4)}`),
        normalise(`include/uapi/asm-generic/${name.slice(4)}`),
      );
    }
    for (const path of candidates) {
      if (path === undefined) continue;
      if (seen.has(path)) {
        this.#reached.add(name);
        return undefined;
      }
      if (this.#peek('tree', path) || this.#peek('model', path)) {
        seen.add(path);
        this.#reached.add(name);
        return path;
      }
    }
    return undefined;
  }

  #peek(origin: 'tree' | 'model', path: string): TokenizedFile | undefined {
    const key = `${origin}:${path}`;
    if (!this.#peeked.has(key)) this.#peeked.set(key, this.#sources.peek(origin, path));
    return this.#peeked.get(key);
  }

  /** Directories that the unit's Makefile adds with `-I`. */
  #ownDirectories(): readonly string[] {
    const found: string[] = [];
    const read = (path: string): string | undefined => this.#peek('tree', path)?.text;
    for (const makefile of makefilesOf(this.unit, read))
      for (const path of includeDirectories(makefile)) if (found.length < 16 && !found.includes(path)) found.push(path);
    return found;
  }
}
