import { CodedError } from '../base/errors.ts';
import type { Node } from '../c/ast.ts';
import { parseExpressionIn } from '../c/parse/expression.ts';
import type { Loc } from '../c/token.ts';
import type { FrameView } from '../machine/api.ts';
import type { LineBook, PatchedFile } from '../review/lines.ts';
import type { World } from '../review/report.ts';
import { Debuggee, type ScenarioDebugInput } from './debuggee.ts';
import { evaluate } from './evaluate.ts';
import { variablesOf } from './frames.ts';
import { type SourceExpression, SourceExpressions } from './source-expressions.ts';
import { Values } from './values.ts';

/*
 * What expressions of the source had for values while one execution went on: each is evaluated where the execution came to its
 * statement, what the statement assigns to when it is over. Nothing is guessed: what could not be read has no value.
 */

/** Of both worlds, of one execution each. Plain data. */
export interface ProofValues {
  readonly groups: readonly ChangedGroup[];
  /** A world in which the scenario cannot be executed is absent. */
  readonly worlds: { readonly [W in World]?: WorldValues };
}
/** Changed lines that stand together in a patch: what is taken out and what is put in there. */
export interface ChangedGroup {
  readonly path: string;
  readonly oldPath: string;
  readonly lines: readonly ChangedPlace[];
  readonly rows: readonly ValueRow[];
}
/** A line that only one world has; 1-based, in its file and in the patch's text. */
export interface ChangedPlace {
  readonly world: World;
  readonly line: number;
  readonly patchLine: number;
}
/** An expression of changed lines, and what it had for values in each world, where it was reached. */
export interface ValueRow {
  readonly text: string;
  /** Where it stands among the changed lines. In a world whose lines do not have it, it was read where they begin. */
  readonly at: readonly Stretch[];
  readonly values: { readonly [W in World]?: Series };
}
/** Lines and columns are 1-based, `endColumn` is exclusive. */
export interface Stretch {
  readonly world: World;
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
  readonly endColumn: number;
}
/** Values in the order of time: all of them, or the first and the last ones. */
export interface Series {
  readonly count: number;
  readonly first: readonly string[];
  readonly last: readonly string[];
}
export interface WorldValues {
  /** In the order of time. */
  readonly samples: readonly Sample[];
  /** Some in the middle were left out. */
  readonly cut: boolean;
  /** For each step that a schedule counts: samples before it, and the calls that its thread is in. */
  readonly steps: readonly { readonly samples: number; readonly calls: readonly number[] }[];
}
/** A statement that was executed. */
export interface Sample {
  readonly file: string;
  readonly line: number;
  /** 1-based line of the patch's text that shows it. */
  readonly patchLine?: number;
  /** Which call of its function it belongs to: a number of that call. */
  readonly call: number;
  readonly values: readonly { readonly text: string; readonly line: number; readonly value: string }[];
}

/** Statements of one execution whose values are kept: as many at its beginning as at its end. */
const MOST_SAMPLES = 3000;
/** The same for the statements of one group of changed lines. */
const MOST_HITS = 64;
const MOST_GROUPS = 400;
/** Values of one series, at either end. */
const SHOWN = 3;
const PER_SAMPLE = 5;
/** Characters of one value. */
const LONGEST = 120;
/** Steps of a schedule that are matched with samples. */
const MOST_STEPS = 20_000;
/** Lines after an insertion within which its place in the other world is looked for. */
const NEAR = 10;

/** Executes a scenario in both worlds of a patch and reads the values. Throws what {@link Debuggee.launch} throws of both. */
export async function proofValues(input: Omit<ScenarioDebugInput, 'world'>): Promise<ProofValues> {
  const readers: { [W in World]?: Reader } = {};
  let failure: unknown;
  for (const world of ['before', 'after'] as const) {
    try {
      readers[world] = new Reader(await Debuggee.launch({ ...input, world }));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      failure = error;
    }
  }
  const lines = (readers.after ?? readers.before)?.lines;
  if (!lines) throw failure;
  const groups = groupsOf(lines).slice(0, MOST_GROUPS);
  const watched = groups.map((group) => new WatchedGroup(group, readers));
  const worlds: { [W in World]?: WorldValues } = {};
  for (const world of ['before', 'after'] as const) {
    const reader = readers[world];
    if (reader) worlds[world] = reader.read(watched.map((group) => group.wanted(world)));
  }
  return { groups: watched.map((group) => group.result()), worlds };
}

type Group = Omit<ChangedGroup, 'rows'>;

const linesIn = (group: Group, world: World): readonly number[] =>
  group.lines.filter((one) => one.world === world).map(({ line }) => line);

/** Runs of changed lines of the patches' text, in its order. */
function groupsOf(lines: LineBook): readonly Group[] {
  const groups: Group[] = [];
  for (const file of lines.files()) {
    const all = (['before', 'after'] as const)
      .flatMap((world) => file.changed[world].map((one) => ({ world, ...one })))
      .sort((a, b) => a.patchLine - b.patchLine);
    let last = Number.NaN;
    for (const { world, line, patchLine } of all) {
      if (patchLine !== last + 1) groups.push({ path: file.path, oldPath: file.oldPath, lines: [] });
      (groups.at(-1)!.lines as ChangedPlace[]).push({ world, line, patchLine });
      last = patchLine;
    }
  }
  return groups;
}

/** Statements at which expressions of one group are read in one world. */
interface Wanted {
  readonly statements: ReadonlyMap<Loc, readonly SourceExpression[]>;
  take(text: string, value: string): void;
}

/** What becomes known of one group of changed lines while both executions are read. */
class WatchedGroup {
  readonly #group: Group;
  readonly #texts = new Map<string, Stretch[]>();
  readonly #wanted: { [W in World]?: Wanted } = {};
  readonly #values: Record<World, Map<string, SeriesMaker>> = { before: new Map(), after: new Map() };

  constructor(group: Group, readers: { readonly [W in World]?: Reader }) {
    this.#group = group;
    const own: Record<World, ReadonlyMap<Loc, readonly SourceExpression[]>> = {
      before: readers.before?.statementsOn(group.oldPath, linesIn(group, 'before')) ?? new Map(),
      after: readers.after?.statementsOn(group.path, linesIn(group, 'after')) ?? new Map(),
    };
    for (const world of ['before', 'after'] as const)
      for (const { text, line, endLine, column, endColumn } of [...own[world].values()].flat())
        this.#texts.set(text, [...(this.#texts.get(text) ?? []), { world, line, endLine, column, endColumn }]);
    for (const world of ['before', 'after'] as const) {
      const reader = readers[world];
      if (!reader) continue;
      const statements = new Map(own[world]);
      // What only the other world's text has is read where the group begins in this one.
      const other = world === 'before' ? 'after' : 'before';
      const ownTexts = new Set([...own[world].values()].flat().map(({ text }) => text));
      const foreign = new Map<string, SourceExpression>();
      for (const one of [...own[other].values()].flat())
        if (!ownTexts.has(one.text) && !one.assigned) foreign.set(one.text, one);
      const anchor = [...statements.keys()][0] ?? reader.standIn(group, world);
      if (anchor !== undefined && foreign.size > 0)
        statements.set(anchor, [...(statements.get(anchor) ?? []), ...foreign.values()]);
      const values = this.#values[world];
      this.#wanted[world] = {
        statements,
        take: (text, value) => {
          const maker = values.get(text) ?? new SeriesMaker();
          values.set(text, maker);
          maker.add(value);
        },
      };
    }
  }

  wanted(world: World): Wanted | undefined {
    return this.#wanted[world];
  }

  result(): ChangedGroup {
    const rows = [...this.#texts].map(([text, at]): ValueRow => {
      const [before, after] = [this.#values.before.get(text)?.series, this.#values.after.get(text)?.series];
      return { text, at, values: { ...(before ? { before } : {}), ...(after ? { after } : {}) } };
    });
    return { ...this.#group, rows: rows.filter(({ values }) => values.before || values.after) };
  }
}

class SeriesMaker {
  #count = 0;
  readonly #first: string[] = [];
  readonly #last: string[] = [];

  add(value: string): void {
    this.#count++;
    if (this.#first.length < SHOWN) this.#first.push(value);
    else this.#last.push(value);
    if (this.#last.length > SHOWN) this.#last.shift();
  }

  get series(): Series {
    return { count: this.#count, first: this.#first, last: this.#last };
  }
}

/** A statement as the source has it. */
interface Statement {
  readonly file: string;
  readonly line: number;
  readonly patchLine?: number;
  readonly expressions: readonly SourceExpression[];
}

/** Reads values of one execution. */
class Reader {
  readonly #debuggee: Debuggee;
  readonly #texts = new Map<string, SourceExpressions | undefined>();
  readonly #statements = new Map<Loc, Statement>();
  readonly #parsed = new Map<string, Node | undefined>();
  /** How often each statement was reached. */
  readonly #hits = new Map<Loc, number>();

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
    const { recording } = debuggee;
    for (let q = 0; q < recording.length; q++) {
      if (!debuggee.isStop(q)) continue;
      const loc = recording.loc(q);
      this.#hits.set(loc, (this.#hits.get(loc) ?? 0) + 1);
    }
  }

  get lines(): LineBook {
    return this.#debuggee.lines;
  }

  #statement(loc: Loc): Statement {
    let known = this.#statements.get(loc);
    if (!known) {
      const { file, line, column, patchLine } = this.#debuggee.place(loc);
      let text = this.#texts.get(file);
      if (!text && !this.#texts.has(file)) {
        const source = this.#debuggee.world.compiled.files.get(file);
        text = source === undefined ? undefined : new SourceExpressions(source);
        this.#texts.set(file, text);
      }
      const expressions = text?.statementAt(line, column ?? 1) ?? [];
      known = { file, line, expressions, ...(patchLine === undefined ? {} : { patchLine }) };
      this.#statements.set(loc, known);
    }
    return known;
  }

  /** Executed statements with expressions on some lines of a file, in the order of the file. */
  statementsOn(file: string, lines: readonly number[]): ReadonlyMap<Loc, readonly SourceExpression[]> {
    const wanted = new Set(lines);
    const found: [Loc, readonly SourceExpression[]][] = [];
    for (const loc of this.#hits.keys()) {
      const statement = this.#statement(loc);
      if (statement.file !== file) continue;
      const here = statement.expressions.filter((one) => {
        if (!isTelling(one)) return false;
        for (let at = one.line; at <= one.endLine; at++) if (wanted.has(at)) return true;
        return false;
      });
      if (here.length > 0 || wanted.has(statement.line)) found.push([loc, here]);
    }
    return new Map(found.sort(([a], [b]) => a - b));
  }

  /** The first executed statement at or soon after the place of a group that this world does not have. */
  standIn(group: Group, world: World): Loc | undefined {
    const path = world === 'before' ? group.oldPath : group.path;
    const file = this.lines.file(path);
    const at = file && insertion(file, group, world);
    if (at === undefined) return undefined;
    let best: { readonly loc: Loc; readonly line: number } | undefined;
    for (const loc of this.#hits.keys()) {
      const { file: where, line } = this.#statement(loc);
      if (where !== path || line < at || line > at + NEAR) continue;
      if (!best || line < best.line || (line === best.line && loc < best.loc)) best = { loc, line };
    }
    return best?.loc;
  }

  /** Goes through the execution once. */
  read(wanted: readonly (Wanted | undefined)[]): WorldValues {
    const debuggee = this.#debuggee;
    const { recording } = debuggee;
    const takers = new Map<Loc, { readonly of: Wanted; readonly expressions: readonly SourceExpression[] }[]>();
    for (const of of wanted)
      for (const [loc, expressions] of of?.statements ?? [])
        takers.set(loc, [...(takers.get(loc) ?? []), { of: of!, expressions }]);
    let total = 0;
    for (const count of this.#hits.values()) total += count;
    const half = MOST_SAMPLES / 2;
    const stepAt = new Set(debuggee.stepPositions().slice(0, MOST_STEPS));
    const steps: WorldValues['steps'][number][] = [];
    const samples: Sample[] = [];
    const calls = new Calls();
    /** By call, what is read when its statement is over. */
    const pending = new Map<number, (frame: FrameView) => void>();
    const seen = new Map<Loc, number>();
    let stops = 0;
    recording.seek(recording.length, {
      from: 0,
      at: (q) => {
        const thread = recording.thread(q);
        const call = calls.at(thread, recording.depth(q));
        if (stepAt.has(q)) steps.push({ samples: samples.length, calls: calls.of(thread) });
        const over = recording.isStatement(q) ? pending.get(call) : undefined;
        if (over) {
          pending.delete(call);
          const frame = recording.machine.frames?.(thread)[0];
          if (frame) over(frame);
        }
        if (!debuggee.isStop(q)) return false;
        const index = stops++;
        const loc = recording.loc(q);
        const nth = seen.get(loc) ?? 0;
        seen.set(loc, nth + 1);
        const of = this.#hits.get(loc) ?? 0;
        const sampled = index < half || index >= total - half;
        const taking = nth < MOST_HITS / 2 || nth >= of - MOST_HITS / 2 ? takers.get(loc) : undefined;
        if (!sampled && !taking) return false;
        const frame = recording.machine.frames?.(thread)[0];
        if (!frame) return false;
        const statement = this.#statement(loc);
        const values: { text: string; line: number; value: string }[] = [];
        if (sampled) {
          const { expressions: _, ...place } = statement;
          samples.push({ ...place, call, values });
        }
        const shown = sampled
          ? statement.expressions.filter((one) => one.kind === 'path' && isTelling(one)).slice(0, PER_SAMPLE)
          : [];
        const readAll = (assigned: boolean, at: FrameView): void => {
          for (const { text, line } of shown.filter((one) => one.assigned === assigned)) {
            const value = this.#value(at, loc, text);
            // A whole struct has no room behind a line.
            if (value !== undefined && !value.startsWith('{')) values.push({ text, line, value });
          }
          for (const { of: group, expressions } of taking ?? [])
            for (const { text } of expressions.filter((one) => one.assigned === assigned)) {
              const value = this.#value(at, loc, text);
              if (value !== undefined) group.take(text, value);
            }
        };
        readAll(false, frame);
        const assigned = [...shown, ...(taking ?? []).flatMap(({ expressions }) => expressions)].some(
          (e) => e.assigned,
        );
        if (assigned) pending.set(call, (at) => readAll(true, at));
        return false;
      },
    });
    return { samples, cut: total > MOST_SAMPLES, steps };
  }

  /** undefined: it has none that could be read. */
  #value(frame: FrameView, loc: Loc, text: string): string | undefined {
    const { compiled } = this.#debuggee.world;
    const { machine } = this.#debuggee.recording;
    try {
      const known = variablesOf(machine, frame);
      const key = `${frame.func} ${loc} ${text}`;
      if (!this.#parsed.has(key)) {
        // A name that no parser can make out is not tried at every pass of a loop.
        this.#parsed.set(key, undefined);
        const variables = known.map((one) => ({ name: one.name, type: one.value.type }));
        this.#parsed.set(
          key,
          parseExpressionIn({ program: compiled.program, func: frame.func, text, variables, files: compiled.files }),
        );
      }
      const node = this.#parsed.get(key);
      if (!node) return undefined;
      const values = new Values(machine, this.#debuggee.types);
      const find = (name: string) => known.findLast((one) => one.name === name)?.value;
      const value = evaluate(values, compiled.program, find, node);
      if (value.type.kind === 'function' || value.type.kind === 'void') return undefined;
      // An address is read in hexadecimal: its digits in tens only make a line longer.
      const shown = values.text(value).replace(/^(0x[0-9a-f]+) \(-?\d+\)$/, '$1');
      if (shown.startsWith('<')) return undefined;
      return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
    } catch (error) {
      if (error instanceof CodedError) return undefined;
      throw error;
    }
  }
}

/** Constants, and addresses of what has a name, tell their value themselves. */
const isTelling = ({ text }: SourceExpression): boolean =>
  /[a-z]/.test(text) && text !== 'true' && text !== 'false' && !/^& ?\w+$/.test(text);

/** The line of a world in whose place a group stands that it does not have. */
function insertion(file: PatchedFile, group: Group, world: World): number | undefined {
  const other = world === 'before' ? 'after' : 'before';
  const last = linesIn(group, other).at(-1);
  if (last === undefined) return undefined;
  for (let line = last + 1; line <= last + NEAR; line++) {
    const here = file.counterpart(other, line);
    if (here !== undefined) return here;
  }
  return undefined;
}

/** Calls by number, as depths of threads tell them. */
class Calls {
  readonly #stacks = new Map<number, number[]>();
  #next = 1;

  /** The call that a thread is in at a depth. */
  at(thread: number, depth: number): number {
    const stack = this.#stacks.get(thread) ?? [];
    this.#stacks.set(thread, stack);
    if (stack.length > depth) stack.length = depth;
    while (stack.length < depth) stack.push(this.#next++);
    return stack.at(-1) ?? 0;
  }

  of(thread: number): readonly number[] {
    return [...(this.#stacks.get(thread) ?? [])];
  }
}
