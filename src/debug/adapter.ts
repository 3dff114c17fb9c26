import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { CodedError } from '../base/errors.ts';
import type { SourcePlace } from '../review/report.ts';
import { type Arrival, countBelow } from './breakpoints.ts';
import { capabilities, PARTING } from './capabilities.ts';
import { Comparison } from './comparison.ts';
import { Debuggee, type DebugInput } from './debuggee.ts';
import { badLaunch, noSuchPosition, nothingRecorded } from './errors.ts';
import type { DebugHost, LaunchArguments, Standing } from './host.ts';
import { type Handler, inspectionHandlers, type Running } from './inspection.ts';
import { Sources } from './sources.ts';
import { Stops } from './stops.ts';
import { Views } from './views.ts';

const PARTS_HERE = 'Before and after part here';

/**
 * The Debug Adapter Protocol (https://microsoft.github.io/debug-adapter-protocol) for one recorded execution. One message at a
 * time, in order of arrival; only `pause` overtakes, because it ends what is under way. Lines and columns count from 1 unless
 * the client says otherwise.
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
  readonly #sources: Sources;
  readonly #stops: Stops;
  readonly #handlers: ReadonlyMap<string, Handler>;
  #configured = false;
  #started = false;
  /** A movement is under way, which a `pause` ends. */
  #moves = false;
  #pauseAsked = false;

  constructor(host: DebugHost) {
    this.#host = host;
    this.#sources = new Sources(host);
    this.#stops = new Stops(this.#sources);
    this.#handlers = new Map<string, Handler>([
      ...this.#lifeHandlers(),
      ...this.#stopHandlers(),
      ...inspectionHandlers(() => this.#running, this.#sources),
      ...this.#moveHandlers(),
      ...this.#ownHandlers(),
    ]);
  }

  /** Takes a message of the client. Whatever goes wrong is its answer. */
  handle(message: P.ProtocolMessage): void {
    if (message?.type !== 'request') return;
    const request = message as P.Request;
    if (request.command === 'pause' && this.#moves) {
      this.#pauseAsked = true;
      this.#respond(request, { success: true });
      return;
    }
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
      ...(place ? this.#sources.at(place, this.#running.debuggee) : {}),
    });
  }

  /** What follows an answer: events must not come before it. */
  #after(command: string): void {
    if (command === 'initialize') return;
    if (command === 'launch') this.#event('initialized');
    if (command === 'disconnect' || command === 'terminate') this.#event('terminated');
    if (
      (command === 'launch' || command === 'configurationDone') &&
      this.#debuggee &&
      this.#configured &&
      !this.#started
    ) {
      this.#started = true;
      this.#moving(() => this.#begin());
    }
  }

  get #running(): Running {
    if (!this.#debuggee || !this.#views) throw nothingRecorded();
    return { debuggee: this.#debuggee, views: this.#views };
  }

  /** Tells what was executed, and stops at its first statement or the first breakpoint. */
  async #begin(): Promise<void> {
    const { debuggee } = this.#running;
    const { execution, recording, world } = debuggee;
    const schedule = debuggee.schedule();
    this.#output(
      `${debuggee.title}${debuggee.input.patch ? ` ${world.which} the patch` : ''}: ${execution.end === 'ok' ? 'ends well' : execution.end}, ${execution.statements} statements${schedule === '' ? '' : `, schedule ${schedule}`}`,
    );
    if (recording.cutOff) this.#output('The recording is cut off: the execution has more steps than are kept.');
    debuggee.position = debuggee.first;
    const parting = this.#launch.stopAtDifference ? this.#comparison?.parting : undefined;
    if (parting !== undefined) this.#arrive({ position: parting, reason: 'difference', ids: [] });
    else if (this.#launch.stopOnEntry === false) await this.#go(1);
    else this.#stop('entry');
  }

  #stop(reason: string, more: Partial<P.StoppedEvent['body']> = {}): void {
    const { debuggee, views } = this.#running;
    views.clear();
    // For a session of the other world that stands beside this one.
    const compared = this.#comparison?.isMade ? { iomemPosition: debuggee.position } : {};
    this.#event('stopped', {
      reason,
      threadId: debuggee.thread + 1,
      allThreadsStopped: true,
      ...more,
      ...compared,
    });
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
      this.#stop('exception', { description: PARTS_HERE, text: PARTS_HERE });
    } else this.#stop(arrival.reason, arrival.ids.length > 0 ? { hitBreakpointIds: [...arrival.ids] } : {});
  }

  /** On, or back, to the next place that stops, or to where a `pause` comes. */
  async #go(by: 1 | -1): Promise<void> {
    const { debuggee, views } = this.#running;
    const parting = this.#stops.stopsAtParting ? this.#comparison?.parting : undefined;
    const journey = this.#stops.travel(
      {
        debuggee,
        views,
        ...(parting === undefined ? {} : { parting }),
        log: (text, position) => this.#output(text, debuggee.place(debuggee.recording.loc(position)), 'stdout'),
        complain: (text) => this.#output(text, undefined, 'stderr'),
      },
      by,
    );
    for (;;) {
      const { done, value } = journey.next();
      if (done) {
        this.#arrive(value);
        return;
      }
      await this.#host.rest();
      if (this.#pauseAsked) {
        debuggee.position = value;
        this.#stop('pause');
        return;
      }
    }
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
  #moving(work: () => void | Promise<void>): unknown {
    this.#moves = true;
    this.#pauseAsked = false;
    this.#queue = this.#queue.then(async () => {
      try {
        await work();
      } catch (error) {
        this.#output(error instanceof Error ? error.message : String(error), undefined, 'stderr');
        if (this.#debuggee) this.#stop('pause');
      } finally {
        this.#moves = false;
      }
    });
    return { allThreadsContinued: true };
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

  #lifeHandlers(): [string, Handler][] {
    return [
      [
        'initialize',
        (args: P.InitializeRequestArguments) => {
          this.#sources.count(args);
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
        'threads',
        (): P.ThreadsResponse['body'] => ({
          threads: (this.#debuggee?.threads() ?? []).map(({ id, name, status }) => ({
            id: id + 1,
            name: status === 'blocked' ? `${name} (waits)` : name,
          })),
        }),
      ],
    ];
  }

  #stopHandlers(): [string, Handler][] {
    const stops = this.#stops;
    const debuggee = (): Debuggee => this.#running.debuggee;
    return [
      ['setBreakpoints', (args: P.SetBreakpointsArguments) => ({ breakpoints: stops.setLines(args, debuggee()) })],
      [
        'breakpointLocations',
        (args: P.BreakpointLocationsArguments) => ({ breakpoints: stops.locations(args, debuggee()) }),
      ],
      [
        'setFunctionBreakpoints',
        (args: P.SetFunctionBreakpointsArguments) => ({ breakpoints: stops.setFunctions(args, debuggee()) }),
      ],
      [
        'setExceptionBreakpoints',
        async (args: P.SetExceptionBreakpointsArguments) => {
          stops.setProblems(args);
          if (args.filters.includes(PARTING)) await this.#compare();
        },
      ],
      [
        'dataBreakpointInfo',
        (args: P.DataBreakpointInfoArguments) => {
          const { views } = this.#running;
          return stops.dataInfo(args, views.frame(args.frameId), debuggee(), views);
        },
      ],
      ['setDataBreakpoints', (args: P.SetDataBreakpointsArguments) => ({ breakpoints: stops.setData(args) })],
      ['exceptionInfo', () => this.#exceptionInfo()],
    ];
  }

  #moveHandlers(): [string, Handler][] {
    type StepArguments = P.NextArguments;
    const step = (kind: 'over' | 'in' | 'out', by: 1 | -1) => (args: StepArguments) =>
      this.#moving(() => {
        this.#step(args, kind, by);
        this.#stepped();
      });
    return [
      ['continue', () => this.#moving(() => this.#go(1))],
      ['reverseContinue', () => this.#moving(() => this.#go(-1))],
      ['next', step('over', 1)],
      ['stepIn', step('in', 1)],
      ['stepOut', step('out', 1)],
      ['stepBack', step('over', -1)],
      ['pause', () => this.#moving(() => this.#stop('pause'))],
      [
        'gotoTargets',
        (args: P.GotoTargetsArguments) => ({ targets: this.#stops.targets(args, this.#running.debuggee) }),
      ],
      ['goto', (args: P.GotoArguments) => this.#moving(() => this.#goTo(args.targetId))],
    ];
  }

  /** Our own requests: what the editor's map and commands ask. */
  #ownHandlers(): [string, Handler][] {
    return [
      ['iomemSchedule', () => ({ schedule: this.#running.debuggee.schedule() })],
      ['iomemStanding', () => this.#standing()],
      [
        'iomemBeside',
        ({ position }: { readonly position: number }) => {
          this.#comparison?.standBeside(position);
        },
      ],
      [
        'iomemSeek',
        ({ position, step }: { readonly position?: number; readonly step?: number }) =>
          this.#moving(() => {
            const { debuggee } = this.#running;
            const at = step === undefined ? undefined : debuggee.stepPositions()[step];
            if (at !== undefined) this.#goTo(at + 1, debuggee.recording.thread(at));
            else this.#goTo(position ?? debuggee.first);
          }),
      ],
    ];
  }

  #goTo(position: number, thread?: number): void {
    if (!Number.isSafeInteger(position)) throw noSuchPosition(position, this.#running.debuggee.recording.length);
    this.#running.debuggee.position = position;
    this.#arrival = undefined;
    // One that has ended is not shown any more.
    const shown = this.#running.debuggee.threads().some(({ id }) => id === thread);
    this.#stop('goto', shown && thread !== undefined ? { threadId: thread + 1 } : {});
  }

  #standing(): Standing {
    const { debuggee } = this.#running;
    const { position } = debuggee;
    const steps = debuggee.stepPositions();
    const [frame] = debuggee.frames(debuggee.thread);
    return {
      position,
      length: debuggee.recording.length,
      steps: countBelow(steps, position),
      schedule: debuggee.schedule(),
      world: debuggee.world.which,
      place: frame && debuggee.place(frame.loc),
    };
  }

  #exceptionInfo(): P.ExceptionInfoResponse['body'] {
    const { debuggee } = this.#running;
    if (this.#arrival?.reason === 'difference')
      return { exceptionId: PARTING, description: PARTS_HERE, breakMode: 'always' };
    const event = debuggee.events()[this.#arrival?.event ?? -1]?.event;
    if (event?.kind !== 'problem') return { exceptionId: 'none', breakMode: 'always' };
    const related = event.related.map((r) => {
      const at = debuggee.place(r.loc);
      return `${r.message} (${at.file}:${at.line})`;
    });
    return {
      exceptionId: event.rule,
      description: event.message,
      breakMode: 'always',
      details: { message: [event.message, ...related].join('\n'), typeName: event.rule },
    };
  }

  #end(): void {
    this.#debuggee = undefined;
    this.#views = undefined;
  }
}
