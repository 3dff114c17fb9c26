import type { CodedError } from '../base/errors.ts';
import type { CompileInput, CompileResult, Unit } from './api.ts';
import type { Imports, Room } from './import-on-demand.ts';
import type { ParsedUnit } from './link.ts';
import type { Locations } from './locations.ts';
import { HeaderGraph } from './preprocess/header-graph.ts';
import type { PreprocessorMark } from './preprocess/types.ts';
import { type Reads, SharedSources, type SourceManager } from './source.ts';
import { Types } from './types-ops.ts';

/*
 * What compilations share. The two worlds of a review differ in a file or two, and so does one review from the next: a unit
 * that reads the same texts under the same options is parsed once. Bodies may bring in declarations from the tree later: such a
 * unit is shared where all headers that it reaches are the same. What a declaration says does not depend on who asked first.
 */

/** A unit as far as it is parsed, with what was wrong with it. */
export interface Done extends ParsedUnit {
  readonly errors: readonly CodedError[];
  /** Where the tree supplied what our headers lack. */
  readonly imports: Imports | undefined;
  /** The records of such a unit before its bodies were looked at: other units make room for them. */
  readonly records: Records | undefined;
}

/** Complete records by `struct tag`. */
export interface Records {
  readonly all: Room;
  /** Those of ours that were given more members. */
  readonly extended: Room;
}

/** A unit with what reading it took. It holds for every compilation in which its reads give the same files. */
export interface KnownUnit {
  readonly done: Done;
  readonly reads: Reads;
  /** The prelude that it was read after. */
  readonly prelude: KnownUnit | undefined;
  /** The headers that were not there. */
  readonly missing: CompileResult['missingHeaders'];
  /** For a prelude: the preprocessor's state at its end. */
  readonly mark: PreprocessorMark | undefined;
  /** What its bodies may still bring in, and where that is located then. */
  readonly later: { readonly graph: HeaderGraph; readonly locations: Locations } | undefined;
}

/** Sessions that are kept, by options: architectures and sets of headers in turn. */
const MOST_SESSIONS = 4;
/** Variants of one unit: those of the worlds and of a few edits. */
const MOST_VARIANTS = 4;
const MOST_PROGRAMS = 4;
/**
 * Tokens of all units that are kept: a unit of ten lines may include twenty thousand. With what is parsed and lowered of
 * them, a token takes about 200 bytes.
 */
const MOST_TOKENS = 1_000_000;
/** Characters of source and tokens made by macros, after which a session begins anew. */
const SESSION_SIZE = 24_000_000;

export class Session {
  readonly sources = new SharedSources();
  readonly types: Types;
  /** The one used last at the end. */
  readonly #units = new Map<string, KnownUnit[]>();
  #tokens = 0;
  readonly #graphs = new Map<string, HeaderGraph[]>();
  readonly #programs: { readonly units: readonly ParsedUnit[]; readonly result: CompileResult }[] = [];

  constructor(input: CompileInput) {
    this.types = new Types(input.target);
  }

  /** The headers that a unit reaches, worked out anew only where one of them is another. */
  graphOf(unit: string, sources: SourceManager, input: CompileInput): HeaderGraph {
    const known = this.#graphs.get(unit) ?? [];
    const same = known.find((graph) => graph.holdsFor(sources));
    const graph = same ?? new HeaderGraph(unit, sources, input);
    this.#graphs.set(unit, [graph, ...known.filter((one) => one !== graph)].slice(0, 2));
    return graph;
  }

  get isFull(): boolean {
    return this.sources.locations.size > SESSION_SIZE;
  }

  /** The unit as an earlier compilation read it, if this one would read the same. */
  find(unit: Unit, room: Room, prelude: KnownUnit | undefined, sources: SourceManager): KnownUnit | undefined {
    const key = keyOf(unit, room);
    const variants = this.#units.get(key);
    if (!variants) return undefined;
    this.#units.delete(key);
    this.#units.set(key, variants);
    return variants.find(
      ({ prelude: before, reads, later }) =>
        before === prelude && sources.readsSame(reads) && (!later || later.graph.holdsFor(sources)),
    );
  }

  keep(unit: Unit, room: Room, known: KnownUnit): void {
    const key = keyOf(unit, room);
    const before = this.#units.get(key) ?? [];
    const after = [known, ...before].slice(0, MOST_VARIANTS);
    this.#units.delete(key);
    this.#units.set(key, after);
    this.#tokens += tokensOf(after) - tokensOf(before);
    for (const [old, variants] of this.#units) {
      if (this.#tokens <= MOST_TOKENS || old === key) break;
      this.#units.delete(old);
      this.#tokens -= tokensOf(variants);
    }
  }

  /** The program that was linked of these very units. */
  programOf(units: readonly ParsedUnit[]): CompileResult | undefined {
    const at = this.#programs.findIndex(
      (p) => p.units.length === units.length && p.units.every((u, i) => u === units[i]),
    );
    if (at < 0) return undefined;
    const [found] = this.#programs.splice(at, 1);
    this.#programs.unshift(found!);
    return found!.result;
  }

  keepProgram(units: readonly ParsedUnit[], result: CompileResult): void {
    this.#programs.unshift({ units, result });
    this.#programs.length = Math.min(this.#programs.length, MOST_PROGRAMS);
  }
}

const tokensOf = (units: readonly KnownUnit[]): number =>
  units.reduce((sum, { done }) => sum + done.symbols.tokens.length, 0);

const sessions = new Map<string, Session>();

/** The session of compilations with these options, the one used last at the end. */
export function sessionFor(input: CompileInput): Session {
  const { target, fromTree, defines, limits } = input;
  const key = JSON.stringify([target, fromTree, [...defines], limits ?? {}]);
  let session = sessions.get(key);
  sessions.delete(key);
  if (!session || session.isFull) session = new Session(input);
  sessions.set(key, session);
  for (const old of sessions.keys()) {
    if (sessions.size <= MOST_SESSIONS) break;
    sessions.delete(old);
  }
  return session;
}

function keyOf({ path, from, text, weak, private: own, inside }: Unit, room: Room): string {
  const records = room.size === 0 ? '' : ` ${JSON.stringify([...room])}`;
  return `${from}${records}${weak ? ' weak' : ''}${own ? ' private' : ''} ${path}\0${text ?? ''}${inside ? `\0${inside.path}\0${inside.text}` : ''}`;
}
