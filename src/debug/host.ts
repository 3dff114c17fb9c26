import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { SourcePlace, World } from '../review/report.ts';
import type { Debuggee, DebugInput } from './debuggee.ts';

/** What a launch configuration may say; a shell turns it into a {@link DebugInput}. */
export interface LaunchArguments extends P.LaunchRequestArguments {
  /** A file, or the name of a built-in scenario. */
  readonly scenario?: string;
  /** In place of a scenario: a KUnit suite of the tree, by its path there, and one of its cases. */
  readonly kunit?: string;
  readonly case?: string;
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

/** A line of a file, 1-based. */
export interface FileLine {
  readonly file: string;
  readonly line: number;
}

/** Where a debugging session stands: the answer to `iomemStanding`. */
export interface Standing {
  /** Of `length` positions. */
  readonly position: number;
  readonly length: number;
  /** How many steps that others can notice the threads have taken: rows of a schedule's timeline name theirs. */
  readonly steps: number;
  readonly schedule: string;
  readonly world: World;
  readonly place: SourcePlace | undefined;
}

/** What the adapter needs of the shell around it. */
export interface DebugHost {
  send(message: P.ProtocolMessage): void;
  open(launch: LaunchArguments): Promise<DebugInput>;
  /** Where the client finds a file of the world; undefined: the adapter serves its text. */
  sourceOf(place: SourcePlace, debuggee: Debuggee): { readonly path: string } | undefined;
  /** The line of the world that a line of a client's source means; undefined for a file that is no part of it. */
  lineOf(path: string, line: number, debuggee: Debuggee): FileLine | undefined;
  /** The other way round: the line of a client's source for one of the world. Where absent they are the same. */
  lineIn?(path: string, at: FileLine, debuggee: Debuggee): number;
  /** Lets messages come in during long work. */
  rest(): Promise<void>;
}
