import type { CodedError } from '../base/errors.ts';
import type { SourceTree } from '../base/tree.ts';
import type { FrontEndLimits } from './api.ts';
import { Limit, limitReached, openComment } from './errors.ts';
import { Interner } from './intern.ts';
import { type LocatedFile, LocationStore, Locations } from './locations.ts';
import type { Loc } from './token.ts';
import { type TokenizedFile, tokenize } from './tokenize.ts';

/** Where a file's text came from. */
export type Origin = 'tree' | 'model' | 'text' | 'built-in';

export interface SourceFile {
  /** As locations and views name it: the path, with `<model>/` before it for what is ours and not the tree's. */
  readonly name: string;
  /** Path inside its tree. */
  readonly path: string;
  readonly origin: Origin;
  /** The location of its first character. */
  readonly base: Loc;
  readonly tokens: TokenizedFile;
}

/** Characters of source kept tokenised between compilations. */
const CACHE_CHARACTERS = 48 * 1024 * 1024;
/** Names kept between compilations. */
const CACHE_NAMES = 1_000_000;

/**
 * Tokenised files by content, so that the two compilations of a review, and those of the next review, share their headers.
 * When it is full it starts again from nothing.
 */
export class TokenCache {
  #generation: Generation = newGeneration();

  /** What one compilation uses from its beginning to its end. */
  open(): Generation {
    if (this.#generation.characters > CACHE_CHARACTERS || this.#generation.interner.size > CACHE_NAMES) {
      this.#generation = newGeneration();
    }
    return this.#generation;
  }
}

interface Generation {
  readonly interner: Interner;
  readonly files: Map<string, TokenizedFile>;
  characters: number;
}

function newGeneration(): Generation {
  return { interner: new Interner(), files: new Map(), characters: 0 };
}

const sharedCache = new TokenCache();

/** What compilations with the same options share: a file of the same name and text is the same file, with the same locations. */
export class SharedSources {
  readonly generation: Generation;
  readonly locations = new LocationStore();
  readonly #files = new Map<string, Map<string, Located>>();

  constructor(cache: TokenCache = sharedCache) {
    this.generation = cache.open();
  }

  /** The file, with its numbers; undefined where none are left. */
  file(name: string, path: string, origin: Origin, tokens: TokenizedFile): Located | undefined {
    const key = `${origin}:${name}`;
    let byText = this.#files.get(key);
    if (!byText) this.#files.set(key, (byText = new Map()));
    let found = byText.get(tokens.text);
    if (!found) {
      const located = this.locations.addFile(name, tokens.text, tokens.lineStarts);
      if (!located) return undefined;
      found = { file: { name, path, origin, base: located.base, tokens }, located };
      byText.set(tokens.text, found);
    }
    return found;
  }
}

interface Located {
  readonly file: SourceFile;
  readonly located: LocatedFile;
}

/** Which files a piece of work asked for, and what it got. */
export type Reads = ReadonlyMap<string, SourceFile | undefined>;

/** The files of one compilation, all units together. */
export class SourceManager {
  readonly locations: Locations;
  readonly errors: CodedError[] = [];
  readonly #trees: { readonly tree: SourceTree; readonly model: SourceTree };
  readonly #limits: FrontEndLimits;
  readonly #shared: SharedSources;
  readonly #cache: Generation;
  readonly #files = new Map<string, SourceFile | undefined>();
  /** Units reach the same headers. */
  readonly #peeked = {
    tree: new Map<string, TokenizedFile | undefined>(),
    model: new Map<string, TokenizedFile | undefined>(),
  };
  #characters = 0;
  #reads = new Map<string, SourceFile | undefined>();

  constructor(
    tree: SourceTree,
    model: SourceTree,
    limits: FrontEndLimits,
    shared: SharedSources = new SharedSources(),
  ) {
    this.#trees = { tree, model };
    this.#limits = limits;
    this.#shared = shared;
    this.#cache = shared.generation;
    this.locations = new Locations(shared.locations);
  }

  get interner(): Interner {
    return this.#cache.interner;
  }

  /** The file at `path`, read once in a compilation; undefined where there is none. */
  load(origin: 'tree' | 'model', path: string): SourceFile | undefined {
    const key = `${origin}:${path}`;
    if (this.#files.has(key)) {
      const known = this.#files.get(key);
      this.#reads.set(key, known);
      return known;
    }
    const text = this.#trees[origin].read(path);
    const file =
      text === undefined ? undefined : this.add(origin === 'model' ? `<model>/${path}` : path, path, origin, text);
    this.#files.set(key, file);
    this.#reads.set(key, file);
    return file;
  }

  /** Notes from here on what is read; {@link reads} tells it. */
  startReads(): void {
    this.#reads = new Map();
  }
  get reads(): Reads {
    return this.#reads;
  }

  /** Whether reading gives the same files in this compilation. */
  readsSame(reads: Reads): boolean {
    for (const [key, file] of reads) {
      const colon = key.indexOf(':');
      if (this.load(key.slice(0, colon) as 'tree' | 'model', key.slice(colon + 1)) !== file) return false;
    }
    return true;
  }

  /** The tokens of a file without making it part of the compilation; undefined where there is none, or too large a one. */
  peek(origin: 'tree' | 'model', path: string): TokenizedFile | undefined {
    const known = this.#peeked[origin];
    if (known.has(path)) return known.get(path);
    const text = this.#trees[origin].read(path);
    const tokens = text === undefined || text.length > this.#limits.sourceBytes ? undefined : this.#tokens(text);
    known.set(path, tokens);
    return tokens;
  }

  /** A file whose text is given. */
  add(name: string, path: string, origin: Origin, text: string): SourceFile {
    this.#characters += text.length;
    if (this.#characters > this.#limits.sourceBytes) {
      throw limitReached(Limit.sourceBytes, 'sourceBytes', this.#limits.sourceBytes, 'characters of source', {
        file: name,
        line: 1,
      });
    }
    const tokens = this.#tokens(text);
    if (tokens.longestLine > this.#limits.lineLength) {
      const line = longLine(tokens, this.#limits.lineLength);
      throw limitReached(Limit.lineLength, 'lineLength', this.#limits.lineLength, 'characters in one line', {
        file: name,
        line,
      });
    }
    const found = this.#shared.file(name, path, origin, tokens);
    if (!found) {
      throw limitReached(
        Limit.locations,
        'sourceBytes',
        this.#limits.sourceBytes,
        'characters that locations can name',
      );
    }
    if (tokens.openComment !== undefined) {
      this.errors.push(openComment(this.locations.place(found.file.base + tokens.openComment)));
    }
    this.locations.use(found.located);
    return found.file;
  }

  #tokens(text: string): TokenizedFile {
    const cache = this.#cache;
    let tokens = cache.files.get(text);
    if (!tokens) {
      tokens = tokenize(text, cache.interner);
      cache.files.set(text, tokens);
      cache.characters += text.length;
    }
    return tokens;
  }
}

function longLine(tokens: TokenizedFile, bound: number): number {
  const { lineStarts, text } = tokens;
  for (let i = 0; i < lineStarts.length; i++) {
    if ((lineStarts[i + 1] ?? text.length + 1) - lineStarts[i]! - 1 > bound) return i + 1;
  }
  return 1;
}
