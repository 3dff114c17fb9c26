import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { MachineEvent } from '../machine/api.ts';
import { fileCoverage } from '../review/coverage.ts';
import { hex } from '../review/format.ts';
import type { Arrival, Breakpoint, Travel, Watch } from './breakpoints.ts';
import { travel } from './breakpoints.ts';
import { EVERY, PARTING } from './capabilities.ts';
import type { Debuggee } from './debuggee.ts';
import type { FileLine } from './host.ts';
import type { Sources } from './sources.ts';
import type { FrameHandle, Views } from './views.ts';

/** Bytes that a data breakpoint may watch. */
const WATCHED = 4096;
/** Children among which a data breakpoint's variable is looked for. */
const SIBLINGS = 10_000;

interface LinesOfSource {
  readonly source: P.Source;
  readonly wanted: readonly P.SourceBreakpoint[];
  readonly ids: readonly number[];
}

/** What the client wants to stop at: lines, functions, memory, problems. Kept from one execution to the next. */
export class Stops {
  readonly #sources: Sources;
  #nextId = 1;
  /** By the client's name of the source: two documents may show one file. */
  readonly #lines = new Map<string, LinesOfSource>();
  #functions: readonly P.FunctionBreakpoint[] = [];
  #functionIds: readonly number[] = [];
  #watches: readonly Watch[] = [];
  #filters: ReadonlySet<string> = new Set([EVERY]);

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  get stopsAtParting(): boolean {
    return this.#filters.has(PARTING);
  }

  setLines({ source, breakpoints: wanted = [] }: P.SetBreakpointsArguments, debuggee: Debuggee): P.Breakpoint[] {
    const ids = wanted.map(() => this.#nextId++);
    this.#lines.set(source.sourceReference ? String(source.sourceReference) : (source.path ?? ''), {
      source,
      wanted,
      ids,
    });
    return wanted.map((one, i): P.Breakpoint => {
      const id = ids[i]!;
      const asked = this.#sources.lineOf(source, one.line, debuggee);
      if (!asked) return { id, verified: false, message: 'This file is no part of the execution' };
      const at = codeLine(debuggee, asked);
      if (!at) return { id, verified: false, message: 'No statement from this line on' };
      const hits = debuggee.lineHits(at.file, at.line).length;
      return {
        id,
        verified: true,
        line: this.#sources.lineIn(source, at, debuggee),
        message: `reached ${hits} ${hits === 1 ? 'time' : 'times'}`,
      };
    });
  }

  /** Lines of a stretch at which one can stop. */
  locations({ source, line, endLine }: P.BreakpointLocationsArguments, debuggee: Debuggee): P.BreakpointLocation[] {
    const from = this.#sources.lineOf(source, line, debuggee);
    const to = this.#sources.lineOf(source, endLine ?? line, debuggee);
    if (!from || !to) return [];
    return codeLines(debuggee, from.file)
      .filter((l) => l >= from.line && l <= to.line)
      .map((l) => ({ line: this.#sources.lineIn(source, { file: from.file, line: l }, debuggee) }));
  }

  /** The times at which a line is reached, as places to go to. */
  targets({ source, line }: P.GotoTargetsArguments, debuggee: Debuggee): P.GotoTarget[] {
    const asked = this.#sources.lineOf(source, line, debuggee);
    const at = asked && codeLine(debuggee, asked);
    if (!at) return [];
    const hits = debuggee.lineHits(at.file, at.line);
    const shown = this.#sources.lineIn(source, at, debuggee);
    return hits.slice(0, 200).map((position, i) => ({
      id: position,
      label: `time ${i + 1} of ${hits.length} here`,
      line: shown,
    }));
  }

  setFunctions({ breakpoints }: P.SetFunctionBreakpointsArguments, debuggee: Debuggee): P.Breakpoint[] {
    const known = new Set(debuggee.world.compiled.program.functions.map((fn) => fn.plainName));
    this.#functions = breakpoints;
    this.#functionIds = breakpoints.map(() => this.#nextId++);
    return breakpoints.map(({ name }, i) => ({
      id: this.#functionIds[i]!,
      verified: known.has(name),
      ...(known.has(name) ? {} : { message: `There is no function ${name}` }),
    }));
  }

  setProblems({ filters }: P.SetExceptionBreakpointsArguments): void {
    this.#filters = new Set(filters);
  }

  /** What of memory an expression or a variable names. */
  dataInfo(
    { name, variablesReference }: P.DataBreakpointInfoArguments,
    of: FrameHandle | undefined,
    debuggee: Debuggee,
    views: Views,
  ): P.DataBreakpointInfoResponse['body'] {
    const variable =
      variablesReference === undefined
        ? undefined
        : views.variables(variablesReference, 0, SIBLINGS).find((v) => v.name === name);
    const text = variable?.evaluateName ?? name;
    const value = views.evaluate(text, of);
    if (value.address === undefined)
      return { dataId: null, description: `${name} is in a register: watch something in memory` };
    const size = Math.min(WATCHED, Math.max(1, debuggee.types.sizeOf(value.type)));
    return {
      dataId: `${hex(value.address)}/${size}`,
      description: `${text}, ${size} bytes at ${debuggee.machine().memory.describe(value.address)}`,
      accessTypes: ['write'],
    };
  }

  setData({ breakpoints }: P.SetDataBreakpointsArguments): P.Breakpoint[] {
    const watches: Watch[] = [];
    const set = breakpoints.map(({ dataId }): P.Breakpoint => {
      const match = /^(0x[0-9a-f]{1,16})\/(\d{1,4})$/.exec(dataId);
      const size = Number(match?.[2]);
      if (!match || size < 1 || size > WATCHED) return { verified: false, message: 'This cannot be watched' };
      const id = this.#nextId++;
      watches.push({ id, address: BigInt(match[1]!), size });
      return { id, verified: true };
    });
    this.#watches = watches;
    return set;
  }

  /** From where the debuggee stands to the next place that stops; see {@link travel}. */
  travel(how: Omit<Travel, 'breakpoints' | 'watches' | 'events'>, by: 1 | -1): Generator<number, Arrival> {
    const { debuggee } = how;
    const breakpoints: Breakpoint[] = [];
    for (const { source, wanted, ids } of this.#lines.values()) {
      wanted.forEach((one, i) => {
        const asked = this.#sources.lineOf(source, one.line, debuggee);
        const at = asked && codeLine(debuggee, asked);
        if (!at) return;
        const hits = debuggee.lineHits(at.file, at.line);
        breakpoints.push({ id: ids[i]!, reason: 'breakpoint', hits, ...pick(one) });
      });
    }
    this.#functions.forEach((one, i) => {
      const hits = debuggee.functionHits(one.name);
      breakpoints.push({ id: this.#functionIds[i]!, reason: 'function breakpoint', hits, ...pick(one) });
    });
    const events = debuggee
      .events()
      .flatMap(({ position, event }, index) => (this.#stopsFor(event) ? [{ index, position }] : []));
    return travel({ ...how, breakpoints, watches: this.#watches, events }, by);
  }

  #stopsFor(event: MachineEvent): boolean {
    return event.kind === 'problem' && (this.#filters.has(EVERY) || this.#filters.has(event.rule));
  }
}

const codeLines = ({ world }: Debuggee, file: string): readonly number[] =>
  fileCoverage(world, file, new Map()).map(({ line }) => line);

/** The first line from this one on that holds a statement; undefined where the rest of the file holds none. */
function codeLine(debuggee: Debuggee, { file, line }: FileLine): FileLine | undefined {
  const found = codeLines(debuggee, file).find((l) => l >= line);
  return found === undefined ? undefined : { file, line: found };
}

const pick = (
  one: P.SourceBreakpoint | P.FunctionBreakpoint,
): Pick<Breakpoint, 'condition' | 'hitCondition' | 'logMessage'> => ({
  ...(one.condition === undefined ? {} : { condition: one.condition }),
  ...(one.hitCondition === undefined ? {} : { hitCondition: one.hitCondition }),
  ...('logMessage' in one && one.logMessage !== undefined ? { logMessage: one.logMessage } : {}),
});
