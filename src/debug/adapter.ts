import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { CodedError } from '../base/errors.ts';
import type { MachineEvent } from '../machine/api.ts';
import { fileCoverage } from '../review/coverage.ts';
import { hex } from '../review/format.ts';
import type { SourcePlace } from '../review/report.ts';
import { isModelFile } from '../review/world.ts';
import { type Arrival, type Breakpoint, travel, type Watch } from './breakpoints.ts';
import { capabilities, EVERY, PARTING } from './capabilities.ts';
import { Comparison } from './comparison.ts';
import { Debuggee, type DebugInput } from './debuggee.ts';
import { badLaunch, nothingRecorded } from './errors.ts';
import { type FrameHandle, Views } from './views.ts';

/** What a launch configuration may say; a shell turns it into a {@link DebugInput}. */
export interface LaunchArguments extends P.LaunchRequestArguments {
  /** A file, or the name of a built-in scenario. */
  readonly scenario?: string;
  /** `a5-b3-a9`, as a report has it. */
  readonly schedule?: string;
  /** A built-in machine or a file. */
  readonly machine?: string;
  readonly patch?: string;
  readonly tree?: string;
  readonly world?: 'before' | 'after';
  readonly stopOnEntry?: boolean;
  /** Stops where the executions before and after the patch part; needs a patch. */
  readonly stopAtDifference?: boolean;
}

/** What the adapter needs of the shell around it. */
export interface DebugHost {
  send(message: P.ProtocolMessage): void;
  open(launch: LaunchArguments): Promise<DebugInput>;
  /** Where the client finds a file of the world; undefined: the adapter serves its text. */
  sourceOf(place: SourcePlace, debuggee: Debuggee): { readonly path: string } | undefined;
  /** The file, as places name it, that a client's source means. */
  fileOf(path: string, debuggee: Debuggee): string | undefined;
  /** Told wherever the execution comes to stand. */
  moved?(state: { readonly position: number; readonly length: number; readonly place: SourcePlace | undefined }): void;
}

type Handler = (args: never, request: P.Request) => unknown;

/**
 * The Debug Adapter Protocol (https://microsoft.github.io/debug-adapter-protocol) for one recorded execution. One message at a
 * time, in order of arrival. Lines and columns count from 1 unless the client says otherwise.
 */
export class DebugAdapter {
  readonly #host: DebugHost;
  #sequence = 1;
  #queue: Promise<void> = Promise.resolve();
  #debuggee: Debuggee | undefined;
  #views: Views | undefined;
  #launch: LaunchArguments = {};
  #input: DebugInput | undefined;
  #arrival: Arrival | undefined;
  /** The same scenario in the other world; undefined where there is none. */
  #comparison: Comparison | undefined;
  #nextId = 1;
  readonly #lines = new Map<string, readonly P.SourceBreakpoint[]>();
  readonly #lineIds = new Map<string, readonly number[]>();
  #functions: readonly P.FunctionBreakpoint[] = [];
  #functionIds: readonly number[] = [];
  #watches: readonly Watch[] = [];
  #filters: ReadonlySet<string> = new Set([EVERY]);
  #configured = false;
  #started = false;
  /** Files that the adapter serves, by reference − 1. */
  readonly #served: string[] = [];
  #offset = { line: 0, column: 0 };

  constructor(host: DebugHost) {
    this.#host = host;
  }

  get debuggee(): Debuggee | undefined {
    return this.#debuggee;
  }

  /** Takes a message of the client. Whatever goes wrong is its answer. */
  handle(message: P.ProtocolMessage): void {
    if (message.type !== 'request') return;
    const request = message as P.Request;
    this.#queue = this.#queue.then(() => this.#perform(request));
  }

  /** Settles when all that was asked so far is done. */
  async idle(): Promise<void> {
    let last: Promise<void> | undefined;
    while (last !== this.#queue) await (last = this.#queue);
  }

  async #perform(request: P.Request): Promise<void> {
    const handler = this.#handlers.get(request.command);
    try {
      if (!handler) throw new Error(`The request “${request.command}” is not known here`);
      const body = await handler((request.arguments ?? {}) as never, request);
      this.#respond(request, { success: true, ...(body === undefined ? {} : { body }) });
      this.#after(request.command);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const body = {
        error: {
          id: 1,
          format: text.replaceAll('{', '(').replaceAll('}', ')'),
          showUser: request.command === 'launch',
        },
      };
      this.#respond(request, { success: false, message: error instanceof CodedError ? error.what : text, body });
    }
  }

  #respond(request: P.Request, rest: object): void {
    this.#host.send({
      seq: this.#sequence++,
      type: 'response',
      request_seq: request.seq,
      command: request.command,
      ...rest,
    } as never);
  }
  #event(event: string, body: object = {}): void {
    this.#host.send({ seq: this.#sequence++, type: 'event', event, body } as never);
  }
  #output(text: string, place?: SourcePlace, category = 'console'): void {
    this.#event('output', {
      category,
      output: `${text}\n`,
      ...(place ? { ...this.#sourceAt(place), line: place.line - this.#offset.line } : {}),
    });
  }

  /** What follows an answer: events must not come before it. */
  #after(command: string): void {
    if (command === 'initialize') return;
    if (command === 'launch') this.#event('initialized');
    if (
      (command === 'launch' || command === 'configurationDone') &&
      this.#debuggee &&
      this.#configured &&
      !this.#started
    ) {
      this.#started = true;
      this.#begin();
    }
  }

  get #running(): { readonly debuggee: Debuggee; readonly views: Views } {
    if (!this.#debuggee || !this.#views) throw nothingRecorded();
    return { debuggee: this.#debuggee, views: this.#views };
  }

  /** Tells what was executed, and stops at its first statement or the first breakpoint. */
  #begin(): void {
    const { debuggee } = this.#running;
    const { execution, recording, world } = debuggee;
    const schedule = debuggee.schedule();
    this.#output(
      `${debuggee.input.scenarioName} ${world.which === 'before' ? 'before' : 'after'} the patch: ${execution.end === 'ok' ? 'ends well' : execution.end}, ${execution.statements} statements${schedule === '' ? '' : `, schedule ${schedule}`}`,
    );
    if (recording.cutOff) this.#output('The recording is cut off: the execution has more steps than are kept.');
    debuggee.position = debuggee.first;
    const parting = this.#launch.stopAtDifference ? this.#comparison?.parting : undefined;
    if (parting !== undefined) this.#arrive({ position: parting, reason: 'difference', ids: [] });
    else if (this.#launch.stopOnEntry === false) this.#arrive(this.#travel(1));
    else this.#stop('entry');
  }

  #stop(reason: string, more: Partial<P.StoppedEvent['body']> = {}): void {
    const { debuggee, views } = this.#running;
    views.clear();
    this.#event('stopped', { reason, threadId: debuggee.thread + 1, allThreadsStopped: true, ...more });
    this.#host.moved?.({ position: debuggee.position, length: debuggee.recording.length, place: this.#placeNow() });
  }
  #placeNow(): SourcePlace | undefined {
    const { debuggee } = this.#running;
    const [frame] = debuggee.frames(debuggee.thread);
    return frame && debuggee.place(frame.loc);
  }

  #arrive(arrival: Arrival): void {
    const { debuggee } = this.#running;
    this.#arrival = arrival;
    debuggee.position = arrival.position;
    if (arrival.reason === 'end') {
      // One can still look, and go back.
      this.#stop('pause', {
        description: 'The execution has ended',
        text: `The execution has ended: ${debuggee.execution.end}`,
      });
    } else if (arrival.reason === 'exception') {
      const event = debuggee.events()[arrival.event ?? -1]?.event;
      const text = event?.kind === 'problem' ? `${event.rule}: ${event.message}` : '';
      this.#stop('exception', { description: text, text });
    } else if (arrival.reason === 'difference') {
      const text = 'Before and after part here';
      this.#stop('exception', { description: text, text });
    } else this.#stop(arrival.reason, arrival.ids.length > 0 ? { hitBreakpointIds: [...arrival.ids] } : {});
  }

  #travel(by: 1 | -1): Arrival {
    const { debuggee, views } = this.#running;
    const breakpoints: Breakpoint[] = [];
    for (const [file, list] of this.#lines) {
      list.forEach((one, i) => {
        const line = this.#codeLine(file, one.line + this.#offset.line);
        if (line === undefined) return;
        breakpoints.push({
          id: this.#lineIds.get(file)![i]!,
          reason: 'breakpoint',
          hits: debuggee.lineHits(file, line),
          ...pick(one),
        });
      });
    }
    this.#functions.forEach((one, i) => {
      breakpoints.push({
        id: this.#functionIds[i]!,
        reason: 'function breakpoint',
        hits: debuggee.functionHits(one.name),
        ...pick(one),
      });
    });
    const parting = this.#filters.has(PARTING) ? this.#comparison?.parting : undefined;
    const events = debuggee
      .events()
      .flatMap(({ position, event }, index) => (this.#stopsFor(event) ? [{ index, position }] : []));
    return travel(
      {
        debuggee,
        views,
        breakpoints,
        watches: this.#watches,
        events,
        ...(parting === undefined ? {} : { parting }),
        log: (text, position) => this.#output(text, debuggee.place(debuggee.recording.loc(position)), 'stdout'),
        complain: (text) => this.#output(text, undefined, 'stderr'),
      },
      by,
    );
  }

  #stopsFor(event: MachineEvent): boolean {
    return event.kind === 'problem' && (this.#filters.has(EVERY) || this.#filters.has(event.rule));
  }

  /** The first line from this one on that holds a statement; undefined where the rest of the file holds none. */
  #codeLine(file: string, line: number): number | undefined {
    const { debuggee } = this.#running;
    return fileCoverage(debuggee.world, file, new Map()).find((l) => l.line >= line)?.line;
  }

  #sourceAt(place: SourcePlace): { source: P.Source } {
    const { debuggee } = this.#running;
    const name = place.file.replace(/^.*\//, '');
    const known = this.#host.sourceOf(place, debuggee);
    const subtle = isModelFile(place.file)
      ? { presentationHint: 'deemphasize' as const, origin: 'modelled kernel' }
      : {};
    if (known) return { source: { name, path: known.path, ...subtle } };
    let index = this.#served.indexOf(place.file);
    if (index < 0) index = this.#served.push(place.file) - 1;
    return { source: { name, path: place.file, sourceReference: index + 1, ...subtle } };
  }

  #step(
    args: { readonly threadId: number; readonly granularity?: P.SteppingGranularity },
    kind: 'over' | 'in' | 'out',
    by: 1 | -1,
  ): void {
    const { debuggee } = this.#running;
    const thread = args.threadId - 1;
    const how = args.granularity === 'instruction' ? 'instruction' : kind;
    if (by > 0 && !debuggee.ended && !debuggee.goesOn(thread) && debuggee.threads().some((t) => t.id === thread)) {
      debuggee.branch(thread);
      this.#output(`A schedule of your own from here on: ${debuggee.schedule() || 'one thread only'}`);
      this.#event('invalidated', { areas: ['all'] });
    }
    debuggee.position = debuggee.step(thread, how, by);
    this.#arrival = undefined;
  }

  #stepped(): void {
    const { debuggee } = this.#running;
    if (debuggee.ended) this.#arrive({ position: debuggee.recording.length, reason: 'end', ids: [] });
    else this.#stop('step');
  }

  /** Handlers that stop somewhere answer first: the client wants to know that it goes on before it hears that it stopped. */
  #moving(work: () => void): unknown {
    this.#queue = this.#queue.then(() => {
      try {
        work();
      } catch (error) {
        this.#output(error instanceof Error ? error.message : String(error), undefined, 'stderr');
        this.#stop('pause');
      }
    });
    return { allThreadsContinued: true };
  }

  #frame(id: number | undefined): FrameHandle | undefined {
    return this.#running.views.frame(id);
  }

  async #launchWith(args: LaunchArguments): Promise<void> {
    this.#launch = args;
    this.#input = await this.#host.open(args);
    await this.#execute();
  }
  async #execute(): Promise<void> {
    if (!this.#input) throw badLaunch('nothing to launch');
    const debuggee = await Debuggee.launch(this.#input);
    const comparison = this.#input.patch ? new Comparison(debuggee) : undefined;
    this.#debuggee = debuggee;
    this.#comparison = comparison;
    this.#views = new Views(debuggee, (of, name) => comparison?.elsewhere(of, name));
    this.#arrival = undefined;
    if (this.#launch.stopAtDifference) await this.#compare();
  }

  async #compare(): Promise<void> {
    const problem = this.#comparison ? await this.#comparison.compare() : 'there is no patch';
    if (problem !== undefined) this.#output(`Before and after are not compared: ${problem}`, undefined, 'stderr');
    else if (this.#comparison?.parting === undefined)
      this.#output('Before and after go the same way, statement by statement.');
  }

  readonly #handlers = new Map<string, Handler>([
    [
      'initialize',
      (args: P.InitializeRequestArguments) => {
        this.#offset = { line: args.linesStartAt1 === false ? 1 : 0, column: args.columnsStartAt1 === false ? 1 : 0 };
        return capabilities;
      },
    ],
    ['launch', (args: LaunchArguments) => this.#launchWith(args)],
    [
      'configurationDone',
      () => {
        this.#configured = true;
      },
    ],
    [
      'restart',
      async (args: { readonly arguments?: LaunchArguments }) => {
        if (args.arguments) await this.#launchWith(args.arguments);
        else await this.#execute();
        this.#moving(() => this.#begin());
      },
    ],
    ['disconnect', () => this.#end()],
    ['terminate', () => this.#end()],
    [
      'setBreakpoints',
      (args: P.SetBreakpointsArguments) => {
        const { debuggee } = this.#running;
        const wanted = args.breakpoints ?? [];
        const file = this.#fileOf(args.source);
        if (file === undefined)
          return {
            breakpoints: wanted.map(() => ({ verified: false, message: 'This file is no part of the execution' })),
          };
        this.#lines.set(file, wanted);
        const ids = wanted.map(() => this.#nextId++);
        this.#lineIds.set(file, ids);
        return {
          breakpoints: wanted.map((one, i) => {
            const line = this.#codeLine(file, one.line + this.#offset.line);
            if (line === undefined) return { id: ids[i], verified: false, message: 'No statement from this line on' };
            const hits = debuggee.lineHits(file, line).length;
            return {
              id: ids[i],
              verified: true,
              line: line - this.#offset.line,
              message: `reached ${hits} ${hits === 1 ? 'time' : 'times'}`,
            };
          }),
        };
      },
    ],
    [
      'breakpointLocations',
      (args: P.BreakpointLocationsArguments) => {
        const file = this.#fileOf(args.source);
        const from = args.line + this.#offset.line;
        const to = (args.endLine ?? args.line) + this.#offset.line;
        const lines = file === undefined ? [] : fileCoverage(this.#running.debuggee.world, file, new Map());
        return {
          breakpoints: lines
            .filter((l) => l.line >= from && l.line <= to)
            .map((l) => ({ line: l.line - this.#offset.line })),
        };
      },
    ],
    [
      'setFunctionBreakpoints',
      (args: P.SetFunctionBreakpointsArguments) => {
        const { functions } = this.#running.debuggee.world.compiled.program;
        this.#functions = args.breakpoints;
        this.#functionIds = args.breakpoints.map(() => this.#nextId++);
        return {
          breakpoints: args.breakpoints.map(({ name }, i) => ({
            id: this.#functionIds[i],
            verified: functions.some((fn) => fn.plainName === name),
            ...(functions.some((fn) => fn.plainName === name) ? {} : { message: `There is no function ${name}` }),
          })),
        };
      },
    ],
    [
      'setExceptionBreakpoints',
      async (args: P.SetExceptionBreakpointsArguments) => {
        this.#filters = new Set(args.filters);
        if (this.#filters.has(PARTING)) await this.#compare();
      },
    ],
    [
      'dataBreakpointInfo',
      (args: P.DataBreakpointInfoArguments) => {
        const { debuggee, views } = this.#running;
        const variable =
          args.variablesReference === undefined
            ? undefined
            : views.variables(args.variablesReference, 0, 10_000).find((v) => v.name === args.name);
        const text = variable?.evaluateName ?? args.name;
        const value = views.evaluate(text, this.#frame(args.frameId));
        if (value.address === undefined)
          return { dataId: null, description: `${args.name} is in a register: watch something in memory` };
        const size = Math.min(4096, Math.max(1, debuggee.types.sizeOf(value.type)));
        return {
          dataId: `${hex(value.address)}/${size}`,
          description: `${text}, ${size} bytes at ${debuggee.machine().memory.describe(value.address)}`,
          accessTypes: ['write'],
        };
      },
    ],
    [
      'setDataBreakpoints',
      (args: P.SetDataBreakpointsArguments) => {
        const watches: Watch[] = [];
        const breakpoints = args.breakpoints.map(({ dataId }) => {
          const match = /^(0x[0-9a-f]{1,16})\/(\d{1,4})$/.exec(dataId);
          if (!match) return { verified: false, message: 'This cannot be watched' };
          const id = this.#nextId++;
          watches.push({ id, address: BigInt(match[1]!), size: Number(match[2]) });
          return { id, verified: true };
        });
        this.#watches = watches;
        return { breakpoints };
      },
    ],
    [
      'threads',
      () => ({
        threads: (this.#debuggee?.threads() ?? []).map(({ id, name, status }) => ({
          id: id + 1,
          name: status === 'blocked' ? `${name} (waits)` : name,
        })),
      }),
    ],
    [
      'stackTrace',
      (args: P.StackTraceArguments) => {
        const { debuggee, views } = this.#running;
        const thread = args.threadId - 1;
        const all = debuggee.frames(thread);
        const from = args.startFrame ?? 0;
        const frames = all.slice(from, args.levels ? from + args.levels : undefined);
        return {
          totalFrames: all.length,
          stackFrames: frames.map((frame): P.StackFrame => {
            const place = debuggee.place(frame.loc);
            return {
              id: views.frameId({ thread, frame }),
              name:
                debuggee.world.compiled.program.functions[frame.func]?.plainName.replace(
                  /^__iomem_(thread|scenario)_/,
                  '',
                ) ?? '?',
              ...this.#sourceAt(place),
              line: place.line - this.#offset.line,
              column: (place.column ?? 1) - this.#offset.column,
              ...(isModelFile(place.file) ? { presentationHint: 'subtle' as const } : {}),
            };
          }),
        };
      },
    ],
    [
      'scopes',
      (args: P.ScopesArguments) => {
        const of = this.#frame(args.frameId);
        return { scopes: of ? this.#running.views.scopes(of) : [] };
      },
    ],
    [
      'variables',
      (args: P.VariablesArguments) => ({
        variables: this.#running.views.variables(args.variablesReference, args.start, args.count),
      }),
    ],
    [
      'evaluate',
      (args: P.EvaluateArguments) => {
        const { views } = this.#running;
        const { value, ...rest } = views.value(
          views.evaluate(args.expression, this.#frame(args.frameId)),
          args.expression,
        );
        return { result: value, ...rest };
      },
    ],
    [
      'readMemory',
      (args: P.ReadMemoryArguments) => {
        const { memory } = this.#running.debuggee.machine();
        const start = BigInt(args.memoryReference) + BigInt(args.offset ?? 0);
        const bytes: number[] = [];
        const count = Math.min(args.count, 65_536);
        while (bytes.length < count) {
          const byte = memory.objectAt(start + BigInt(bytes.length)) && memory.read(start + BigInt(bytes.length), 1);
          if (byte === undefined) break;
          bytes.push(Number(byte));
        }
        return { address: hex(start), data: base64(bytes), unreadableBytes: count - bytes.length };
      },
    ],
    ['continue', () => this.#moving(() => this.#arrive(this.#travel(1)))],
    ['reverseContinue', () => this.#moving(() => this.#arrive(this.#travel(-1)))],
    [
      'next',
      (args: P.NextArguments) =>
        this.#moving(() => {
          this.#step(args, 'over', 1);
          this.#stepped();
        }),
    ],
    [
      'stepIn',
      (args: P.StepInArguments) =>
        this.#moving(() => {
          this.#step(args, 'in', 1);
          this.#stepped();
        }),
    ],
    [
      'stepOut',
      (args: P.StepOutArguments) =>
        this.#moving(() => {
          this.#step(args, 'out', 1);
          this.#stepped();
        }),
    ],
    [
      'stepBack',
      (args: P.StepBackArguments) =>
        this.#moving(() => {
          this.#step(args, 'over', -1);
          this.#stepped();
        }),
    ],
    ['pause', () => this.#moving(() => this.#stop('pause'))],
    [
      'gotoTargets',
      (args: P.GotoTargetsArguments) => {
        const { debuggee } = this.#running;
        const file = this.#fileOf(args.source);
        const line = file === undefined ? undefined : this.#codeLine(file, args.line + this.#offset.line);
        const hits = line === undefined ? [] : debuggee.lineHits(file!, line);
        return {
          targets: hits.slice(0, 200).map((position, i) => ({
            id: position,
            label: `time ${i + 1} of ${hits.length} here`,
            line: line! - this.#offset.line,
          })),
        };
      },
    ],
    [
      'goto',
      (args: P.GotoArguments) =>
        this.#moving(() => {
          this.#running.debuggee.position = args.targetId;
          this.#stop('goto');
        }),
    ],
    [
      'exceptionInfo',
      () => {
        const event = this.#running.debuggee.events()[this.#arrival?.event ?? -1]?.event;
        if (event?.kind !== 'problem') return { exceptionId: 'none', breakMode: 'always' };
        const related = event.related.map((r) => {
          const at = this.#running.debuggee.place(r.loc);
          return `${r.message} (${at.file}:${at.line})`;
        });
        return {
          exceptionId: event.rule,
          description: event.message,
          breakMode: 'always',
          details: { message: [event.message, ...related].join('\n'), typeName: event.rule },
        };
      },
    ],
    [
      'source',
      (args: P.SourceArguments) => {
        const { compiled } = this.#running.debuggee.world;
        const file = this.#served[(args.source?.sourceReference ?? args.sourceReference) - 1];
        const content = file === undefined ? undefined : textOf(compiled.files, file);
        if (content === undefined) throw new Error('There is no such source');
        return { content, mimeType: 'text/x-c' };
      },
    ],
    [
      'loadedSources',
      () => {
        const { debuggee } = this.#running;
        const files = [...new Set(debuggee.world.compiled.program.functions.map((fn) => fn.file))].sort();
        return { sources: files.map((file) => this.#sourceAt({ file, line: 1, world: debuggee.world.which }).source) };
      },
    ],
    // Our own: what the editor's map and commands ask.
    ['iomemSchedule', () => ({ schedule: this.#running.debuggee.schedule() })],
    [
      'iomemPosition',
      () => ({ position: this.#running.debuggee.position, length: this.#running.debuggee.recording.length }),
    ],
    [
      'iomemSeek',
      (args: { readonly position: number }) =>
        this.#moving(() => {
          this.#running.debuggee.position = args.position;
          this.#stop('goto');
        }),
    ],
  ] as [string, Handler][]);

  #end(): void {
    this.#debuggee = undefined;
    this.#views = undefined;
    this.#event('terminated');
  }

  #fileOf(source: P.Source): string | undefined {
    if (source.sourceReference) return this.#served[source.sourceReference - 1];
    return source.path === undefined ? undefined : this.#host.fileOf(source.path, this.#running.debuggee);
  }
}

const pick = (
  one: P.SourceBreakpoint | P.FunctionBreakpoint,
): Pick<Breakpoint, 'condition' | 'hitCondition' | 'logMessage'> => ({
  ...(one.condition === undefined ? {} : { condition: one.condition }),
  ...(one.hitCondition === undefined ? {} : { hitCondition: one.hitCondition }),
  ...('logMessage' in one && one.logMessage !== undefined ? { logMessage: one.logMessage } : {}),
});

/** Texts are kept under the names that locations have; of our own model they may stand without the brackets. */
const textOf = (files: ReadonlyMap<string, string>, file: string): string | undefined =>
  files.get(file) ?? files.get(file.replace(/^<model>\//, ''));

const base64 = (bytes: readonly number[]): string => {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
};
