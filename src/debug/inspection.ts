import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { hex } from '../review/format.ts';
import { isModelFile } from '../review/world.ts';
import type { Debuggee } from './debuggee.ts';
import type { Sources } from './sources.ts';
import type { FrameHandle, Views } from './views.ts';

/** Bytes of memory that one request may read. */
const MEMORY = 65_536;

/** An execution that has been recorded, and what is shown of it. */
export interface Running {
  readonly debuggee: Debuggee;
  readonly views: Views;
}
export type Handler = (args: never, request: P.Request) => unknown;

/** The requests that only look: frames, scopes, variables, expressions, memory, sources. */
export function inspectionHandlers(running: () => Running, sources: Sources): readonly (readonly [string, Handler])[] {
  const frame = (id: number | undefined): FrameHandle | undefined => running().views.frame(id);
  const handlers: [string, Handler][] = [
    [
      'stackTrace',
      (args: P.StackTraceArguments): P.StackTraceResponse['body'] => {
        const { debuggee, views } = running();
        const thread = args.threadId - 1;
        const all = debuggee.frames(thread);
        const from = args.startFrame ?? 0;
        const frames = all.slice(from, args.levels ? from + args.levels : undefined);
        const { functions } = debuggee.world.compiled.program;
        return {
          totalFrames: all.length,
          stackFrames: frames.map((one): P.StackFrame => {
            const place = debuggee.place(one.loc);
            return {
              id: views.frameId({ thread, frame: one }),
              name: functions[one.func]?.plainName.replace(/^__iomem_(thread|scenario)_/, '') ?? '?',
              ...sources.at(place, debuggee),
              ...(isModelFile(place.file) ? { presentationHint: 'subtle' as const } : {}),
            };
          }),
        };
      },
    ],
    [
      'scopes',
      (args: P.ScopesArguments): P.ScopesResponse['body'] => {
        const of = frame(args.frameId);
        return { scopes: of ? running().views.scopes(of) : [] };
      },
    ],
    [
      'variables',
      (args: P.VariablesArguments): P.VariablesResponse['body'] => ({
        variables: running().views.variables(args.variablesReference, args.start, args.count),
      }),
    ],
    [
      'evaluate',
      (args: P.EvaluateArguments): P.EvaluateResponse['body'] => {
        const { views } = running();
        const { expression } = args;
        const { value, ...rest } = views.value(views.evaluate(expression, frame(args.frameId)), expression);
        return { result: value, ...rest };
      },
    ],
    ['readMemory', (args: P.ReadMemoryArguments) => memoryAt(running().debuggee, args)],
    [
      'source',
      (args: P.SourceArguments): P.SourceResponse['body'] => {
        const content = sources.textOf(args.source?.sourceReference ?? args.sourceReference, running().debuggee);
        if (content === undefined) throw new Error('There is no such source');
        return { content, mimeType: 'text/x-c' };
      },
    ],
    ['loadedSources', (): P.LoadedSourcesResponse['body'] => ({ sources: sources.all(running().debuggee) })],
  ];
  return handlers;
}

function memoryAt(debuggee: Debuggee, args: P.ReadMemoryArguments): P.ReadMemoryResponse['body'] {
  const { memory } = debuggee.machine();
  if (!/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(args.memoryReference)) throw new Error('This is no place in memory');
  const start = BigInt(args.memoryReference) + BigInt(Math.trunc(args.offset ?? 0));
  const bytes: number[] = [];
  const count = Math.max(0, Math.min(args.count, MEMORY));
  while (bytes.length < count) {
    const at = start + BigInt(bytes.length);
    const byte = memory.objectAt(at) && memory.read(at, 1);
    if (byte === undefined) break;
    bytes.push(Number(byte));
  }
  return { address: hex(start), data: base64(bytes), unreadableBytes: count - bytes.length };
}

const base64 = (bytes: readonly number[]): string => {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
};
