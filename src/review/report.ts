/*
 * The report: what every output format and every view is made from. Plain JSON data; 64-bit values are `"0x…"` strings;
 * no time, no path of this machine, nothing that differs between two runs on the same input. `report.schema.json` is its
 * JSON Schema and a test holds the two together.
 */

export type FindingClass = 'introduced' | 'fixed' | 'existing' | 'change';
export type Severity = 'error' | 'warning' | 'info';
export type World = 'before' | 'after';
/** `0x` and lower-case hex digits. */
export type Hex = `0x${string}`;

export interface Report {
  readonly format: 'iomem-review-report';
  readonly version: 1;
  readonly tool: { readonly name: 'iomem-review'; readonly version: string };
  readonly tree: {
    /** `kernelversion` of the tree's Makefile, when there is one. */
    readonly kernel?: string;
    /** What was given other values in both worlds, `NAME=VALUE`: the review is not of the tree as it is. */
    readonly defines?: readonly string[];
  };
  readonly patches: readonly PatchReport[];
  readonly summary: Record<FindingClass, number>;
  /** Of several patches: what one of them brought and a later one took back. */
  readonly series?: SeriesReport;
  /** What has changed since an earlier revision, where one was given. */
  readonly since?: RevisionReport;
  /** This is a part of a review, to be joined with the others: which patches it holds (indices into the input, from 0). */
  readonly shard?: {
    readonly index: number;
    readonly of: number;
    readonly total: number;
    readonly holds: readonly number[];
  };
}
export interface SeriesReport {
  readonly patches: number;
  readonly lives: readonly SeriesLife[];
}
/** A problem that a patch of the series introduces (or a change that a later one undoes), from there to its end. */
export interface SeriesLife {
  readonly kind: 'defect' | 'change';
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** Indices into the report's patches, and ids of findings of these. */
  readonly from: { readonly patch: number; readonly finding: string };
  /** Absent: still there after the last patch. */
  readonly to?: { readonly patch: number; readonly finding: string };
}
/** One revision of a series against an earlier one. */
export interface RevisionReport {
  /** The name of the earlier input. */
  readonly previous: string;
  readonly patches: readonly RevisionMatch[];
  readonly findings: readonly RevisionFinding[];
}
/** A patch of both revisions, or of one: indices into the earlier and the later report's patches. */
export interface RevisionMatch {
  readonly previous?: number;
  readonly current?: number;
  /** `same`: the same diff but for line numbers and white space (git's patch-id). */
  readonly change: 'same' | 'changed' | 'added' | 'removed';
  /** Per cent of the lines of the two diffs that both have. */
  readonly similarity: number;
  /** What differs between the two diffs, as a diff of diffs; empty for `same`, and for patches that only one has. */
  readonly diff: readonly string[];
  readonly subject: string;
  /** Of one `added` or `removed`: the patch of the other revision that has most of its lines, by its place there (from 0). */
  readonly within?: number;
}
export interface RevisionFinding {
  /**
   * `fixed`: the earlier revision introduced it, this one does not; `vanished`: a change or a repair of the earlier one that
   * this one does not make; `unknown`: the earlier one had it, and nothing that ran now could have shown it.
   */
  readonly state: 'fixed' | 'still' | 'new' | 'vanished' | 'unknown';
  readonly class: FindingClass;
  readonly severity: Severity;
  readonly rule: string;
  readonly message: string;
  readonly previous?: { readonly patch: number; readonly finding: string };
  readonly current?: { readonly patch: number; readonly finding: string };
}
export interface PatchReport {
  /** Index in the input, from 0; `input` says which file or mail it was. */
  readonly input: string;
  readonly subject: string;
  readonly series?: { readonly version: number; readonly number: number; readonly of: number };
  readonly messageId?: string;
  /** `reverse`: the tree already holds the patch; before is the tree without it. */
  readonly direction: 'forward' | 'reverse';
  /** `model`: no tree was at hand. What the patch shows completely was executed, and our model of the rest stood in for it. */
  readonly basis: 'tree' | 'model';
  /** With basis `model`: what was executed, what was not, and on which assumptions. */
  readonly model?: ModelBasis;
  /** What a reader should know of how it was read and applied: fuzz, another depth, skipped binaries, missing mails. */
  readonly notes: readonly string[];
  readonly files: readonly FileReport[];
  readonly functions: readonly ChangedFunction[];
  readonly scenarios: readonly ScenarioResult[];
  readonly findings: readonly Finding[];
  /** Changed lines that hold code, and whether any scenario reached them. */
  readonly coverage: readonly ChangedLine[];
  readonly stubs: readonly {
    readonly function: string;
    readonly calls: number;
    readonly world: World;
    readonly at: SourcePlace;
  }[];
  /** The search for calls that tell the worlds apart, where one was asked for. */
  readonly search?: SearchReport;
  /** What could not be executed, each with its reason: functions, headers, configuration. */
  readonly notModelled: readonly { readonly what: string; readonly why: string; readonly at?: SourcePlace }[];
  /** Bounds of the search, and what of them was used. */
  readonly bounds: {
    readonly scenarios: number;
    readonly statements: number;
    /** The most that one run may execute. */
    readonly statementBudget: number;
    /** That of scenarios around device memory and memory hotplug, where such ran. */
    readonly zoneStatementBudget?: number;
    readonly threads: number;
    readonly complete: boolean;
    readonly cutOff: readonly string[];
    /** Scenarios with several threads, each executed under every schedule that can make a difference. */
    readonly explorations: readonly Exploration[];
    /** What was made to fail besides, one at a time: `call 1 of add_pages() in zone-private on x86_64`. */
    readonly failed: readonly string[];
  };
  readonly verdict: string;
}
/**
 * One search through the schedules of a scenario. Threads are switched at synchronising operations and at accesses to memory
 * that data races were found on; memory is sequentially consistent.
 */
export interface Exploration {
  readonly scenario: string;
  readonly machine: string;
  readonly world: World;
  readonly threads: number;
  readonly executions: number;
  readonly outcomes: number;
  /** Executions that were given up because what was left of them was known. */
  readonly blocked: number;
  /** Of the longest execution. */
  readonly steps: number;
  /** Of the execution with the most: a thread that could go on was left for another. */
  readonly preemptions: number;
  /** Bytes of memory that data races were found on. */
  readonly watched: number;
  readonly complete: boolean;
  /** The bound that ended the search. */
  readonly cutOff?: string;
  /** What each strategy did, in turn: the next one goes on where the first has not come to its end. */
  readonly searches: readonly {
    /** `dpor`: every schedule that can make a difference, once. */
    readonly strategy: 'dpor' | 'preemption' | 'random' | 'pct' | 'single';
    readonly executions: number;
    readonly blocked: number;
    readonly bound?: { readonly preemptions: number };
    readonly seed?: number;
    /** Nothing is left that it has to try. */
    readonly exhausted: boolean;
  }[];
}
/** What of a patch is known without a tree. */
export interface ModelBasis {
  /** Functions that are shown completely and were put in the place of the model's, or beside them. */
  readonly executed: readonly { readonly function: string; readonly file: string; readonly worlds: readonly World[] }[];
  /** Functions that the patch changes, or shows, and that were not executed. */
  readonly incomplete: readonly {
    readonly function: string;
    readonly file: string;
    /** The world whose lines are told. */
    readonly world: World;
    readonly why: string;
    /** Lines that are not shown, 1-based and inclusive; without `from` or `to`: nobody knows where the function begins or ends. */
    readonly missing: readonly { readonly from?: number; readonly to?: number }[];
    /** The model has a function of that name, which was executed in both worlds. */
    readonly standIn: boolean;
  }[];
  /** Names that only the tree explains, and what they were taken for. */
  readonly assumed: readonly {
    readonly name: string;
    readonly model: string;
    /** `means`: it is taken for the model's, or as `why` says. `stands-for`: the model calls it in the place of its own. */
    readonly kind: 'means' | 'stands-for';
    readonly why: string;
  }[];
  /** Headers that the patch changes: the model's were used as they are. */
  readonly headers: readonly string[];
  /** Files of which patches of the series show the same line differently; what they show was not joined. */
  readonly disagree: readonly string[];
}
/** How far a search for calls that tell the worlds apart has looked, and what it found. The same for the same seed and budget. */
export interface SearchReport {
  readonly seed: number;
  /** Sequences asked for, tried, and of these that came to a changed function. */
  readonly budget: number;
  readonly sequences: number;
  readonly reached: number;
  /** Sequences that were cut off in one of the worlds: they prove nothing. */
  readonly cutOff: number;
  /** `time`: the clock ended it before its budget, so that another run may look further. */
  readonly stopped: 'budget' | 'time' | 'cancelled' | 'nothing to call';
  /** Pairs of calls that were explored as two threads. */
  readonly pairs: number;
  /** Functions it called that lead to what changed. */
  readonly operations: readonly string[];
  /** Functions that others can call and the search cannot. */
  readonly notCalled: readonly { readonly function: string; readonly why: string }[];
  /** Changed lines with code that its sequences executed, and ways out of conditions in changed functions that were gone. */
  readonly lines: { readonly covered: number; readonly of: number };
  readonly branches: { readonly covered: number; readonly of: number };
  readonly unreached: readonly { readonly at: SourcePlace; readonly why: string }[];
  readonly differences: readonly SearchDifference[];
  /** Calls that cost another number of statements, or hold a lock for another number, on trees of growing size. */
  readonly costs: readonly SearchCost[];
  /** One line for people: what was found, or how far it looked. */
  readonly verdict: string;
}
export interface SearchCost {
  readonly operation: string;
  readonly shape: string;
  readonly measure: string;
  readonly before: readonly { readonly size: number; readonly cost: number }[];
  readonly after: readonly { readonly size: number; readonly cost: number }[];
  readonly growth: { readonly before: string; readonly after: string };
  /** Both curves as lines of text. */
  readonly plot: readonly string[];
}
export interface SearchDifference {
  /** The scenario that shows it, as it stands in `scenarios` and in cases of findings. */
  readonly scenario: string;
  readonly rule: string;
  readonly class: FindingClass;
  readonly sentence: string;
  /** The changed line at which the two executions part; where there is none, where it shows. */
  readonly at: SourcePlace;
  /** The sequence that showed it first, from 1; absent for what threads show. */
  readonly sequence?: number;
  /** The same as a KUnit case, where a case can do it. */
  readonly kunit?: string;
  /** Of what threads show: their path as a program of plain C11. */
  readonly litmus?: string;
}
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly world: World;
  /** 1-based line in the patch text that shows this source line, when one does. */
  readonly patchLine?: number;
}
export interface FileReport {
  readonly path: string;
  readonly oldPath?: string;
  readonly status: 'modified' | 'added' | 'deleted' | 'renamed' | 'copied' | 'mode' | 'binary';
  readonly hunks: readonly HunkReport[];
}
export interface HunkReport {
  /** 1-based line of its `@@` in the patch text. */
  readonly patchLine: number;
  /** Last line of the hunk in the patch text. */
  readonly patchEndLine: number;
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly offset: number;
  readonly fuzz: number;
  /** One line for the CodeLens: `2 introduced · 1 change · 4 of 5 changed lines executed`. */
  readonly verdict: string;
}
export interface ChangedFunction {
  readonly name: string;
  readonly file: string;
  readonly change: 'modified' | 'added' | 'removed' | 'layout';
  /** Exported functions (or scenario entry points) from which it can be reached, in order. */
  readonly reachedFrom: readonly string[];
  /** Same code after lowering: comments, names of locals, layout. */
  readonly equivalent: boolean;
  readonly line: number;
}
export interface ChangedLine {
  readonly world: World;
  readonly file: string;
  readonly line: number;
  readonly patchLine: number;
  readonly executed: number;
}
export interface Outcome {
  /** `ok`, or the rule of the problem that ended it. */
  readonly end: string;
  readonly observations: readonly { readonly expr: string; readonly value: string }[];
  readonly problems: readonly { readonly rule: string; readonly message: string; readonly at: SourcePlace }[];
  readonly log: readonly string[];
  readonly tree: readonly TreeNode[];
  readonly statements: number;
  readonly loops: readonly { readonly function: string; readonly line: number; readonly count: number }[];
}
export interface TreeNode {
  readonly name: string;
  readonly start: Hex;
  readonly end: Hex;
  readonly flags: Hex;
  readonly desc: number;
  /** `scenario`: made while it ran; `machine`: there from the beginning. */
  readonly from: 'machine' | 'scenario';
  /** Call stack that made it, innermost first, for nodes of the scenario. */
  readonly madeAt?: readonly SourcePlace[];
  readonly children: readonly TreeNode[];
}
export interface ScenarioResult {
  /** `free-region-crowded`; a path for the reviewer's own. */
  readonly name: string;
  readonly title: string;
  readonly machine: string;
  /** Complete C text of the scenario, so that a report alone can be replayed. */
  readonly source: string;
  readonly same: boolean;
  readonly before: Outcome;
  readonly after: Outcome;
  /** Ranges that the search looked at, in order (calls that take a start and a size), for the map. */
  readonly candidates: Record<World, readonly Candidate[]>;
  readonly limits: readonly { readonly name: string; readonly at: Hex }[];
  readonly srat: readonly {
    readonly node: number;
    readonly start: Hex;
    readonly end: Hex;
    readonly hotplug: boolean;
  }[];
  /** How the machine divides its memory. */
  readonly memory: { readonly pageShift: number; readonly sectionSizeBits: number };
}
export interface Candidate {
  readonly start: Hex;
  readonly end: Hex;
  readonly function: string;
  readonly result: string;
}
export interface Finding {
  /** Stable across runs: rule and place, and in a series the patch: `placement-change:kernel/resource.c:1850@2`. */
  readonly id: string;
  readonly class: FindingClass;
  readonly severity: Severity;
  readonly rule: string;
  readonly message: string;
  readonly at: SourcePlace;
  /** The line of the patch a reader should look at: the line itself if the patch shows it, else the changed line that led there. */
  readonly patchLine?: number;
  readonly before?: string;
  readonly after?: string;
  readonly related: readonly { readonly message: string; readonly at: SourcePlace }[];
  readonly proof: Proof;
  /** Stubs that the proving execution went through. Empty: it depends on none. */
  readonly dependsOn: readonly string[];
  /** The rest of the kernel was our model of it: the patch's own tree was not at hand. */
  readonly restsOn?: 'model';
  /** Every execution that shows it, the proving one among them. */
  readonly cases: readonly FindingCase[];
}
export interface FindingCase {
  readonly scenario: string;
  readonly machine: string;
  readonly before?: string;
  readonly after?: string;
  readonly message: string;
  /** How the threads took turns, where that matters. */
  readonly schedule?: string;
}
export interface Proof {
  readonly scenario: string;
  /** Where `scenario` is a KUnit suite of the tree: the case that shows it, as `suite.case`. */
  readonly kunit?: string;
  readonly machine: string;
  readonly world: World;
  readonly schedule?: string;
  /** The last steps before the finding, oldest first, and how many came before them. */
  readonly steps: readonly ProofStep[];
  readonly skipped: number;
}
export interface ProofStep {
  readonly thread: string;
  readonly function: string;
  readonly at: SourcePlace;
  readonly text: string;
}
