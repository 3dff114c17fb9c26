import type { CodedError } from '../base/errors.ts';
import { CodedError as Coded } from '../base/errors.ts';
import type { Compile, CompileInput, CompileResult, FrontEndLimits, Unit } from './api.ts';
import { Imports, type Room } from './import-on-demand.ts';
import { withDefaults } from './limits.ts';
import { LinkedProgram } from './link.ts';
import { lacksDeclarations } from './missing.ts';
import { Parser } from './parse/parser.ts';
import { Scope, type UnitSymbols } from './parse/scope.ts';
import { parseUnit } from './parse/top.ts';
import { Preprocessor } from './preprocess/preprocess.ts';
import type { PreprocessorMark } from './preprocess/types.ts';
import { type Done, type KnownUnit, type Records, type Session, sessionFor } from './session.ts';
import { SourceManager } from './source.ts';
import type { Token } from './token.ts';
import type { CType, RecordType } from './types.ts';
import { isRecord, type Types } from './types-ops.ts';

/** How far into a unit comments may reach before its first directive. */
const HEAD = 65_536;

/** The header of an `#include <…>` before which nothing but comments stands. */
function firstInclude(text: string): string | undefined {
  const head = text.slice(0, HEAD);
  const blank = /\s+|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//y;
  let at = 0;
  while (blank.test(head)) at = blank.lastIndex;
  const include = /#[ \t]*include[ \t]*<([^>\n]+)>/y;
  include.lastIndex = at;
  return include.exec(head)?.[1];
}

/** Rounds in which units learn how large records are for others. */
const MAX_ROUNDS = 3;

/** Preprocesses, parses and links. Never throws a CodedError: what is wrong with a unit is in `errors`. */
export const compile: Compile = (input): CompileResult => {
  const front = new FrontEnd(input);
  let room: Room = new Map();
  let units = front.units(room);
  for (let round = 1; round < MAX_ROUNDS; round++) {
    const wanted = roomFor(units);
    if (units.every((unit) => hasRoom(unit, wanted))) break;
    room = wanted;
    units = front.units(room, units);
  }
  const shareable = front.errors.length === 0;
  const same = shareable ? front.session.programOf(units) : undefined;
  if (same) return same;
  const program = new LinkedProgram(units, front.types, input.target, front.preprocessor.locations);
  const { missingHeaders } = front.preprocessor;
  const entered = new Set(input.units.flatMap(({ path, inside }) => (inside ? [path] : [])));
  const result: CompileResult = {
    program,
    errors: [...front.errors, ...units.flatMap((unit) => unit.errors), ...program.errors],
    missingHeaders: missingHeaders.filter(({ name }) => !units.some((unit) => unit.imports?.reaches(name))),
    files: front.preprocessor.sources.locations.texts(),
    exported: new Set(units.flatMap((unit) => [...unit.symbols.exported])),
    initcalls: units.flatMap((unit) => (entered.has(unit.symbols.path) ? [] : unit.symbols.initcalls)),
    setups: units.flatMap((unit) => unit.symbols.setups),
  };
  if (shareable) front.session.keepProgram(units, result);
  return result;
};

/** What the records need that some unit extended. */
function roomFor(units: readonly Done[]): Room {
  const room = new Map<string, { size: number; align: number }>();
  for (const { records } of units) {
    for (const [name, { size, align }] of records?.extended ?? []) {
      const known = room.get(name);
      room.set(name, { size: Math.max(size, known?.size ?? 0), align: Math.max(align, known?.align ?? 1) });
    }
  }
  return room;
}

function hasRoom({ symbols, records }: Done, room: Room): boolean {
  for (const [name, { size }] of room) {
    const own = records ? records.all.get(name) : complete(symbols.scope.findTag(name.replace(/^\w+ /, '')));
    if (own && own.size < size) return false;
  }
  return true;
}

function recordsOf({ scope }: UnitSymbols, imports: Imports): Records {
  const all = new Map<string, { size: number; align: number }>();
  for (const [tag, type] of scope.tags) {
    const record = complete(type);
    if (record) all.set(`${record.kind} ${tag}`, { size: record.size, align: record.align });
  }
  return { all, extended: new Map([...all].filter(([name]) => imports.extended.has(name))) };
}

const complete = (type: CType | undefined): (RecordType & { readonly members: object }) | undefined =>
  type && isRecord(type) && type.members !== undefined ? (type as never) : undefined;

class FrontEnd {
  readonly session: Session;
  readonly types: Types;
  readonly preprocessor: Preprocessor;
  /** Of units of which nothing could be read. */
  readonly errors: CodedError[] = [];
  readonly #input: CompileInput;
  readonly #limits: FrontEndLimits;
  readonly #sources: SourceManager;
  #preludes = new Map<string, KnownUnit | undefined>();
  #done: Done[] = [];
  #room: Room = new Map();

  constructor(input: CompileInput) {
    this.#input = input;
    this.#limits = withDefaults(input.limits);
    this.session = sessionFor(input);
    this.types = this.session.types;
    this.#sources = new SourceManager(input.tree, input.model, this.#limits, this.session.sources);
    this.preprocessor = new Preprocessor(input, this.#sources);
  }

  /** The units, parsed; those of `before` are kept that have room enough. */
  units(room: Room, before: readonly Done[] = []): readonly Done[] {
    this.#room = room;
    this.#preludes = new Map();
    this.#done = [];
    this.errors.length = 0;
    const kept = new Map(before.filter((unit) => unit.imports && hasRoom(unit, room)).map((u) => [u.symbols.path, u]));
    for (const unit of this.#input.units) {
      const old = kept.get(unit.path);
      if (old) {
        this.#done.push(old);
        continue;
      }
      try {
        this.#unit(unit);
      } catch (error) {
        if (!(error instanceof Coded)) throw error;
        this.errors.push(error);
      }
    }
    return this.#done;
  }

  #unit(unit: Unit): void {
    const header = unit.private && unit.text !== undefined ? firstInclude(unit.text) : undefined;
    const prelude = header === undefined ? undefined : this.#prelude(header);
    this.#known(unit, prelude, () => {
      if (prelude?.mark) {
        const { mark, done } = prelude;
        this.preprocessor.resume(mark);
        this.#parse(unit, () => this.preprocessor.continueWith(unit), new Scope(done.symbols.scope, 'file'));
      } else if (unit.from === 'tree') this.#code(unit);
      else this.#parse(unit, () => this.preprocessor.unit(unit), new Scope(undefined, 'file'));
      return undefined;
    });
  }

  /** The unit as an earlier compilation read it, where this one would read the same; else as `work` reads it now. */
  #known(unit: Unit, prelude: KnownUnit | undefined, work: () => PreprocessorMark | undefined): KnownUnit {
    const sources = this.#sources;
    const before = this.session.find(unit, this.#room, prelude, sources);
    if (before) {
      if (unit.text !== undefined) sources.add(unit.path, unit.path, 'text', unit.text);
      this.preprocessor.inside(unit);
      this.preprocessor.repeatMissing(before.missing);
      if (before.later) sources.locations.readsLinesOf(before.later.locations);
      this.#done.push(before.done);
      return before;
    }
    sources.startReads();
    const mark = work();
    const done = this.#done.at(-1)!;
    const known: KnownUnit = {
      done,
      // A copy: bodies that are parsed later read on.
      reads: new Map(sources.reads),
      prelude,
      missing: this.preprocessor.missingOfUnit,
      mark,
      later: done.imports && { graph: done.imports.graph, locations: sources.locations },
    };
    this.session.keep(unit, this.#room, known);
    return known;
  }

  /**
   * What private units that begin with the same `#include <…>` share: the header is preprocessed and parsed once for all of
   * them, as compilers do with precompiled headers. Sixty scenarios cost little more than one. Undefined where it cannot be
   * read, so that each unit says so for itself.
   */
  #prelude(header: string): KnownUnit | undefined {
    if (this.#preludes.has(header)) return this.#preludes.get(header);
    let prelude: KnownUnit | undefined;
    try {
      const unit: Unit = {
        path: `<${header}>`,
        from: 'text',
        text: `#include <${header}>\n`,
        private: true,
        weak: true,
      };
      prelude = this.#known(unit, undefined, () => {
        let mark: PreprocessorMark | undefined;
        const read = () => {
          const tokens = this.preprocessor.unit(unit);
          mark = this.preprocessor.mark();
          return tokens;
        };
        this.#parse(unit, read, new Scope(undefined, 'prelude'));
        return mark;
      });
    } catch (error) {
      if (!(error instanceof Coded)) throw error;
    }
    this.#preludes.set(header, prelude);
    return prelude;
  }

  /**
   * A unit of the tree. What it needs is nearly always declared by our headers; where it is not, it is read a second time,
   * with what is missing taken from the tree.
   */
  #code(unit: Unit): void {
    const { preprocessor } = this;
    let codeStart = Number.POSITIVE_INFINITY;
    const read = () =>
      preprocessor.unit(unit, () => {
        codeStart = preprocessor.emitted;
      });
    this.#parse(unit, read, new Scope(undefined, 'file'));
    const first = this.#done.at(-1)!;
    if (first.errors.length === 0 && !lacksDeclarations(first.parser, codeStart)) return;
    this.#done.pop();
    const inside = preprocessor.inside(unit);
    const code = [...preprocessor.unitState().read].filter((file) => preprocessor.isCode(file) || file === inside);
    const imports = new Imports(preprocessor, this.session.graphOf(unit.path, preprocessor.sources, this.#input), code);
    const again = () => preprocessor.unit(unit, () => imports.prepare(code));
    this.#parse(unit, again, new Scope(undefined, 'file'), imports);
  }

  #parse(unit: Unit, read: () => readonly Token[], scope: Scope, imports?: Imports): void {
    const known = this.preprocessor.errors.length;
    const tokens = read();
    const errors: CodedError[] = this.preprocessor.errors.splice(known);
    const symbols = emptySymbols(unit, tokens, scope);
    const parser = new Parser(symbols, this.types, this.preprocessor.locations, this.#limits);
    parser.room = this.#room;
    imports?.attach(parser);
    parseUnit(parser, errors);
    const { weak = false, private: isPrivate = false } = unit;
    const { functions, globals } = symbols;
    this.#done.push({
      parser,
      symbols,
      weak,
      private: isPrivate,
      functions: functions.length,
      globals: globals.length,
      errors,
      imports,
      records: imports && recordsOf(symbols, imports),
    });
  }
}

function emptySymbols(unit: Unit, tokens: readonly Token[], scope: Scope): UnitSymbols {
  return {
    path: unit.path,
    tokens,
    scope,
    functions: [],
    globals: [],
    linkage: new Map(),
    strings: new Map(),
    exported: new Set(),
    initcalls: [],
    setups: [],
    dataBytes: 0,
    initItems: 0,
  };
}
