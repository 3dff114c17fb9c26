import type { Place } from '../base/errors.ts';
import type { Loc, Location, LocationTable } from './token.ts';

/** Numbers from here on stand for tokens made by macros; below lie the files. Both stay in V8's small-integer range. */
export const MACRO_BASE = 2 ** 29;

/** Macro uses told for one token. Deeper ones exist only where somebody makes them on purpose. */
const MAX_CHAIN = 100;

/** A file's text and where its lines start. */
export interface LocatedFile {
  readonly name: string;
  readonly text: string;
  readonly lineStarts: Int32Array;
  /** The number of its first character. */
  readonly base: Loc;
}

const NONE: Location['macros'] = [];

/** A carrier of numbers that doubles when it is full. */
class Numbers {
  #array = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#array.length) {
      const grown = new Int32Array(this.length * 2);
      grown.set(this.#array);
      this.#array = grown;
    }
    this.#array[this.length++] = value;
  }

  at(index: number): number {
    return this.#array[index]!;
  }
}

/**
 * Each file has the numbers base … base + length (its end included). A token that a macro made has two numbers behind it:
 * where it came from (the macro's body, or the argument it was passed in), and which use of the macro made it; a use in turn
 * knows the location of the macro's name. Nothing else is stored, everything is worked out when asked.
 */
export class LocationStore {
  readonly #files: LocatedFile[] = [];
  #next = 1;
  /** Of each token made by a macro: what it was copied from, the file location at the end of that line, and the use. */
  readonly #origin = new Numbers();
  readonly #spelled = new Numbers();
  readonly #use = new Numbers();
  /** Of each use: where the macro's name stands, and the file location of the outermost use around it. */
  readonly #useLoc = new Numbers();
  readonly #useOuter = new Numbers();
  readonly #useName: string[] = [];

  /** Gives a file its numbers. undefined: none are left. */
  addFile(name: string, text: string, lineStarts: Int32Array): LocatedFile | undefined {
    if (this.#next + text.length + 1 >= MACRO_BASE) return undefined;
    const file: LocatedFile = { name, text, lineStarts, base: this.#next };
    this.#next += text.length + 1;
    this.#files.push(file);
    return file;
  }

  /** What is stored: characters of files, and tokens that macros made. */
  get size(): number {
    return this.#next + this.#origin.length;
  }

  /** A use of macro `name`, whose name stands at `loc`. */
  addUse(name: string, loc: Loc): number {
    this.#useName.push(name);
    this.#useLoc.push(loc);
    this.#useOuter.push(this.outermost(loc));
    return this.#useName.length - 1;
  }

  /** A token that macro use `use` made out of the one at `origin`. */
  addToken(origin: Loc, use: number): Loc {
    this.#origin.push(origin);
    this.#spelled.push(this.#spelledAt(origin));
    this.#use.push(use);
    return MACRO_BASE + this.#origin.length - 1;
  }

  spelling(loc: Loc): Location {
    return this.#inFile(this.#spelledAt(loc), this.#chain(loc));
  }

  presumed(loc: Loc): Location {
    return this.#inFile(this.outermost(loc), this.#chain(loc));
  }

  /** The file location of the outermost macro use, or of the token itself. */
  outermost(loc: Loc): Loc {
    return loc < MACRO_BASE ? loc : this.#useOuter.at(this.#use.at(loc - MACRO_BASE));
  }

  /** The 1-based line of {@link outermost}. */
  line(loc: Loc): number {
    return this.#inFile(this.outermost(loc), NONE).line;
  }

  /** The presumed place, as errors want it. */
  place(loc: Loc): Place {
    const at = this.outermost(loc);
    const { file, line, column } = this.#inFile(at, NONE);
    const holder = at > 0 ? this.#fileOf(at) : undefined;
    const text = holder && textOfLine(holder, line);
    // A line nobody could read is left out rather than shown.
    return text === undefined || text.length > 400 ? { file, line, column } : { file, line, column, text };
  }

  /**
   * Uses around a token, innermost first. A token that came in as an argument carries the uses that made it before; those
   * that also surround the present use are not told twice.
   */
  #chain(loc: Loc): Location['macros'] {
    if (loc < MACRO_BASE) return NONE;
    let uses: number[] = [];
    const steps: number[] = [];
    for (let at = loc; at >= MACRO_BASE && steps.length < MAX_CHAIN; at = this.#origin.at(at - MACRO_BASE)) {
      steps.push(at);
    }
    for (const at of steps.reverse()) {
      const around: number[] = [];
      for (let outer = at; outer >= MACRO_BASE && around.length < MAX_CHAIN; ) {
        const use = this.#use.at(outer - MACRO_BASE);
        around.push(use);
        outer = this.#useLoc.at(use);
      }
      const known = new Set(around);
      uses = [...uses.filter((use) => !known.has(use)), ...around];
    }
    return uses.slice(0, MAX_CHAIN).map((use) => ({ name: this.#useName[use]!, loc: this.#useLoc.at(use) }));
  }

  #spelledAt(loc: Loc): Loc {
    return loc < MACRO_BASE ? loc : this.#spelled.at(loc - MACRO_BASE);
  }

  #fileOf(loc: Loc): LocatedFile | undefined {
    let low = 0;
    let high = this.#files.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#files[middle]!.base <= loc) low = middle;
      else high = middle - 1;
    }
    return this.#files[low];
  }

  #inFile(loc: Loc, macros: Location['macros']): Location {
    const file = loc > 0 ? this.#fileOf(loc) : undefined;
    if (!file) return { file: '<built-in>', line: 1, column: 1, macros };
    const offset = loc - file.base;
    const { lineStarts } = file;
    let low = 0;
    let high = lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: file.name, line: low + 1, column: offset - lineStarts[low]! + 1, macros };
  }
}

/** The locations of one compilation: its own files by name, in a store that compilations share. */
export class Locations implements LocationTable {
  readonly store: LocationStore;
  readonly #byName = new Map<string, LocatedFile>();
  readonly #others = new Set<Locations>();

  constructor(store: LocationStore = new LocationStore()) {
    this.store = store;
  }

  /** Makes a file of the store one of this compilation. */
  use(file: LocatedFile): void {
    if (!this.#byName.has(file.name)) this.#byName.set(file.name, file);
  }
  /** Units of another compilation belong to this one: what they still read is known there. */
  readsLinesOf(other: Locations): void {
    if (other !== this) this.#others.add(other);
  }
  addUse(name: string, loc: Loc): number {
    return this.store.addUse(name, loc);
  }
  addToken(origin: Loc, use: number): Loc {
    return this.store.addToken(origin, use);
  }
  spelling(loc: Loc): Location {
    return this.store.spelling(loc);
  }
  presumed(loc: Loc): Location {
    return this.store.presumed(loc);
  }
  outermost(loc: Loc): Loc {
    return this.store.outermost(loc);
  }
  line(loc: Loc): number {
    return this.store.line(loc);
  }
  place(loc: Loc): Place {
    return this.store.place(loc);
  }
  lineText(file: string, line: number): string | undefined {
    let found = this.#byName.get(file);
    for (const other of this.#others) found ??= other.#byName.get(file);
    return found && textOfLine(found, line);
  }
  /** Every file, first of each name. */
  texts(): ReadonlyMap<string, string> {
    return new Map([...this.#byName].map(([name, file]) => [name, file.text]));
  }
}

function textOfLine(file: LocatedFile, line: number): string | undefined {
  const start = file.lineStarts[line - 1];
  if (start === undefined) return undefined;
  const next = file.lineStarts[line];
  const end = next === undefined ? file.text.length : next - 1;
  return file.text.slice(start, end > start && file.text.charCodeAt(end - 1) === 13 ? end - 1 : end);
}
