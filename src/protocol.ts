/*
 * Every message between the extension, its worker and its webviews, typed once. All of them are plain data that survives
 * structured cloning.
 */
import type { ProofValues } from './debug/proof-values.ts';
import type { PackedReport } from './map/pack.ts';
import type { PackedWhatIf } from './map/what-if.ts';
import type { Budgets } from './review/budget.ts';
import type { MailFacts } from './review/facts.ts';
import type { KunitResult } from './review/kunit.ts';
import type { Report, SearchCost, SourcePlace, World } from './review/report.ts';
import type { ScheduleTimeline } from './review/timeline/timeline.ts';

/** Where the kernel tree of a review is read from. */
export type TreeSource =
  /** The worker reads below this folder of the disk itself. Only where there is a disk: the worker of the desktop. */
  | { readonly kind: 'disk'; readonly root: string }
  /** The worker asks for files (`missing`), because they can only be had asynchronously: a virtual workspace, a commit. */
  | { readonly kind: 'served' }
  /** There is none: what the patch shows is executed in our model of the rest. */
  | { readonly kind: 'none' };

/** What every job needs to know. Texts of unsaved editors lie over the tree. */
export interface JobRequest {
  readonly tree: TreeSource;
  readonly overlay: readonly TreeFile[];
  readonly budget?: Budgets;
}

/** One review, as the worker needs it. */
export interface ReviewRequest extends JobRequest {
  readonly patchText: string;
  /** As shown to the person: a file name, `working tree`, a commit. */
  readonly patchName: string;
  readonly scenarios: readonly { readonly name: string; readonly text: string }[];
  readonly machine?: string;
  /** Text of a machine that is named by its file. */
  readonly machineText?: string;
  readonly direction: 'auto' | 'forward' | 'reverse';
  /** Workers that may share one search; 0: as many as there are processors for. What is found is the same. */
  readonly searchWorkers: number;
  /** `first`: what is soon done; the rest is done by a full review afterwards. */
  readonly depth: 'first' | 'full';
}

/** One run of the KUnit suites of a file; with a patch before and after it. */
export interface KunitRequest extends JobRequest {
  /** The suite's file in the tree. */
  readonly path: string;
  readonly patch?: { readonly text: string; readonly name: string };
  readonly machine?: string;
  /** Text of a machine that is named by its file. */
  readonly machineText?: string;
}

/** Other constants, or a patch: what they cost, and where device memory lands. */
export interface WhatIfRequest extends JobRequest {
  readonly defines: readonly string[];
  /** `8x1G`. */
  readonly allocate: string;
  readonly machine: string;
  readonly machineText?: string;
  readonly patch?: { readonly text: string; readonly name: string };
}

/** One execution of a scenario, to be made again before and after one patch of a document. */
export interface TimelineRequest extends JobRequest {
  readonly patchText: string;
  readonly patchName: string;
  /** Without a tree: which patch of the text; all of them together unless told. */
  readonly patchIndex?: number;
  readonly scenario: { readonly name: string; readonly text: string };
  readonly machine: string;
  /** Text of a machine that is named by its file. */
  readonly machineText?: string;
  /** Empty: its threads take turns as the scenario says, or one after the other. */
  readonly schedule: string;
}
/** A world in which the schedule does not fit is absent. */
export type Timelines = { readonly [W in World]?: ScheduleTimeline };

/** One execution for the debugger. Once it is prepared, the worker answers the messages of the Debug Adapter Protocol. */
export interface DebugRequest extends JobRequest {
  readonly subject:
    | { readonly kind: 'scenario'; readonly name: string; readonly text: string }
    /** A case of a KUnit suite of the tree. */
    | { readonly kind: 'kunit'; readonly path: string; readonly case: string };
  readonly patch?: { readonly text: string; readonly name: string; readonly index?: number };
  readonly world: World;
  readonly machine?: string;
  /** Text of a machine that is named by its file. */
  readonly machineText?: string;
  readonly schedule?: string;
  /** What the disk has where the overlay has something else than a person's unsaved text: for lines of breakpoints. */
  readonly onDisk: readonly TreeFile[];
}

/** All that a worker can be asked to do: by its name what it is given and what it answers. */
export interface Jobs {
  readonly review: { readonly request: ReviewRequest; readonly result: ReviewResult };
  readonly kunit: { readonly request: KunitRequest; readonly result: KunitResult };
  readonly whatIf: {
    readonly request: WhatIfRequest;
    readonly result: { readonly text: string; readonly map: PackedWhatIf };
  };
  readonly timeline: { readonly request: TimelineRequest; readonly result: Timelines };
  /** What expressions had for values in that execution. */
  readonly values: { readonly request: TimelineRequest; readonly result: ProofValues };
  readonly debug: { readonly request: DebugRequest; readonly result: 'prepared' };
}
export type JobName = keyof Jobs;

/** A file of the tree by its path below the root; null where there is none. */
export interface TreeFile {
  readonly path: string;
  readonly text: string | null;
}

/** A file as a patch found it and left it; undefined where it does not exist. */
export interface FileTexts {
  /** Index into the report's patches. */
  readonly patch: number;
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface ReviewResult {
  readonly report: Report;
  readonly files: readonly FileTexts[];
  /** A full review would execute more. */
  readonly left: boolean;
  /** Parts of searches that other workers did. */
  readonly helped: number;
  /** One for each patch of the report. */
  readonly mails: readonly MailFacts[];
}

/** A patch of a series that is reviewed while the others are not yet. */
export interface PatchDone {
  readonly index: number;
  readonly total: number;
  readonly subject: string;
  readonly verdict: string;
}

/** An error across the worker's border: of a {@link CodedError} all that a person needs, of others the message. */
export interface Failure {
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
  /** Where in the patch or the tree it happened; `line` is 1-based. */
  readonly file?: string;
  readonly line?: number;
}

/** Extension → worker. A worker does one job at a time; to cancel one, end the worker. */
export type ToWorker =
  | {
      [K in JobName]: {
        readonly type: 'job';
        readonly id: number;
        readonly name: K;
        readonly request: Jobs[K]['request'];
      };
    }[JobName]
  /** The answer to `missing`: every path that was asked for. */
  | { readonly type: 'files'; readonly id: number; readonly files: readonly TreeFile[] }
  /** A message of the Debug Adapter Protocol, for the execution that was prepared. */
  | { readonly type: 'dap'; readonly message: unknown };

/** Worker → extension. */
export type FromWorker =
  | {
      readonly type: 'progress';
      readonly id: number;
      readonly done: number;
      readonly total: number;
      readonly what: string;
    }
  /** One patch of a review has come to its end. */
  | { readonly type: 'patch'; readonly id: number; readonly patch: PatchDone }
  /** Files that a job on a `served` tree has come to need; it is repeated once they are there. */
  | { readonly type: 'missing'; readonly id: number; readonly paths: readonly string[] }
  | { readonly type: 'done'; readonly id: number; readonly result: Jobs[JobName]['result'] }
  | { readonly type: 'failed'; readonly id: number; readonly failure: Failure }
  | { readonly type: 'dap'; readonly message: unknown };

/** Extension → address map. */
export type ToMap =
  /** Draws a report; `finding` is the id of one to show first, once for each `wish`. */
  | {
      readonly type: 'report';
      readonly name: string;
      readonly report: PackedReport;
      readonly finding?: string;
      readonly wish?: number;
    }
  /** Draws what texts of /proc/iomem and kernel logs tell of one machine. */
  | { readonly type: 'machine'; readonly texts: readonly { readonly name: string; readonly text: string }[] }
  /** Draws memory with other constants: where device memory lands before and after, what it costs, how much fits. */
  | { readonly type: 'whatIf'; readonly whatIf: PackedWhatIf }
  /** The answer to `timeline`: how the scenario went, step by step, or why that cannot be told. */
  | { readonly type: 'timeline'; readonly key: string; readonly timelines: Timelines }
  | { readonly type: 'noTimeline'; readonly key: string; readonly reason: string }
  /** A person stands on this line of the source: the timeline goes to a step there. */
  | { readonly type: 'line'; readonly file: string; readonly line: number; readonly world?: World }
  /** A debugging session stands somewhere in this execution: so many steps have been taken. The timeline goes there. */
  | {
      readonly type: 'stand';
      readonly patch: number;
      /** Index into the patch's scenarios. */
      readonly scenario: number;
      readonly schedule: string;
      readonly world: World;
      readonly steps: number;
    };

/** Address map → extension. */
export type FromMap =
  /** The page has loaded, or was shown again after it had been hidden: it wants what it shows. */
  | { readonly type: 'ready' }
  /** Show a place of the source or the patch; `patch` is an index into the report's patches. */
  | { readonly type: 'open'; readonly patch: number; readonly place: SourcePlace }
  /** Show the proof of a finding, by its id. */
  | { readonly type: 'proof'; readonly finding: string }
  /** Show a line of the text that the machine was read from, 1-based. */
  | { readonly type: 'textLine'; readonly line: number }
  /** Replay a scenario step by step; `key` comes back with the answer. */
  | {
      readonly type: 'timeline';
      readonly key: string;
      readonly patch: number;
      readonly scenario: number;
      readonly schedule: string;
    }
  /** The timeline stands at this place: the editor marks it. Without a place: nowhere. */
  | {
      readonly type: 'step';
      readonly patch: number;
      readonly place?: SourcePlace;
      readonly text: string;
      /** How a debugging session gets there: its world, and which of the schedule's steps it is. */
      readonly world?: World;
      readonly step?: number;
    }
  /** Execute the proof of a finding in the debugger, and go to one of its steps. */
  | { readonly type: 'debug'; readonly finding: string; readonly world: World; readonly step?: number }
  /** Write a picture or data to a file that the person chooses. */
  | { readonly type: 'save'; readonly name: string; readonly content: string; readonly encoding: 'text' | 'base64' }
  /** Put a text on the clipboard. */
  | { readonly type: 'copy'; readonly text: string };

/** Extension → table of a schedule. */
export type ToSchedule =
  | { readonly type: 'waiting' }
  | { readonly type: 'failed'; readonly reason: string }
  /** `world`: the one to show first. */
  | { readonly type: 'schedule'; readonly title: string; readonly timelines: Timelines; readonly world: World };

/** Table of a schedule → extension. */
export type FromSchedule =
  | { readonly type: 'ready' }
  | { readonly type: 'open'; readonly place: SourcePlace }
  | { readonly type: 'copyText' | 'copyScenario'; readonly world: World };

/** Extension → plots of costs. They ask with `ready`. */
export interface ToCost {
  readonly type: 'costs';
  readonly title: string;
  readonly costs: readonly SearchCost[];
}
