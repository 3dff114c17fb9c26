import { CachedTree, type SourceTree } from '../base/tree.ts';
import { type ApplyResult, applySeries, type PatchMail, readPatches } from '../patch/index.ts';
import type { Budgets } from './budget.ts';
import { noPatchInInput, patchDoesNotApply } from './errors.ts';
import type { SearchPool } from './interleave/pool.ts';
import { Machines } from './machines.ts';
import { type ModelledPatch, withoutTree } from './no-tree/no-tree.ts';
import { reviewPatch } from './patch-review.ts';
import type { Finding, PatchReport, Report } from './report.ts';
import type { SearchOptions } from './search/run.ts';
import { seriesReport } from './series.ts';
import { newest } from './trees.ts';
import { kernelVersion, type ModelFiles } from './world.ts';

export interface ReviewInput {
  readonly patchText: string | Uint8Array;
  /** For messages: the file's name, or `<stdin>`. */
  readonly patchName: string;
  /** Without one, what the patch shows is executed in our model of the rest. */
  readonly tree?: SourceTree;
  readonly model: ModelFiles;
  /** The reviewer's own scenarios, besides the built-in ones. */
  readonly scenarios?: readonly { readonly name: string; readonly text: string }[];
  /** A built-in machine, or a key of `machineTexts`: replaces the machines that built-in scenarios name. */
  readonly machine?: string;
  /** Texts of /proc/iomem and dmesg, by the paths that scenarios use for them. */
  readonly machineTexts?: ReadonlyMap<string, string>;
  /** Constants of every machine under other values, before and after. */
  readonly defines?: ReadonlyMap<string, string>;
  /** All definitions under other values, those of the tree too, as the report tells them: `NAME=VALUE`. */
  readonly defined?: readonly string[];
  readonly budget?: Budgets;
  /** Looks for calls that tell the worlds apart; `silent`: only where the scenarios tell nothing or leave changed lines out. */
  readonly search?: SearchOptions & { readonly when: 'always' | 'silent' };
  /** false: none of the built-in scenarios runs. */
  readonly builtIns?: boolean;
  /**
   * `first`: what is soon done. The units around device memory run only where the patch touches them, and calls that differ
   * are not looked for. What that left is told by {@link ReviewOutput.left}. Default: `full`.
   */
  readonly depth?: 'first' | 'full';
  readonly direction?: 'auto' | 'forward' | 'reverse';
  readonly maxFuzz?: number;
  readonly signal?: { readonly aborted: boolean };
  readonly progress?: (done: number, total: number, what: string) => void;
  /** Awaited between executions, so that a host can answer other events. */
  readonly pause?: () => Promise<void>;
  /** Other workers to share long searches with. The report is the same with them and without. */
  readonly pool?: SearchPool;
  readonly toolVersion?: string;
  /** Which patches are executed, by their index in the input; all unless told. The others are applied only. */
  readonly select?: (index: number) => boolean;
  /** Called with each patch as soon as it is reviewed. `total` is the number of patches of the input. */
  readonly onPatch?: (patch: PatchReport, index: number, total: number) => void;
}
export interface ReviewOutput {
  readonly report: Report;
  /** Patches of the input, whether they were selected or not. */
  readonly total: number;
  /** With depth `first`: a full review would execute more. */
  readonly left: boolean;
  /** The texts of each patched file, for diff views. `patch` is an index into `report.patches`. */
  readonly files: readonly {
    readonly patch: number;
    readonly path: string;
    readonly before: string | undefined;
    readonly after: string | undefined;
  }[];
}

/**
 * Reviews every patch of the input: executes the tree's code before and after it and reports what differs, with proofs.
 * Throws CodedError where the input holds no patch, where one does not apply, and when cancelled.
 */
export async function review(wish: ReviewInput): Promise<ReviewOutput> {
  // Two worlds read nearly the same files.
  const input = wish.tree ? { ...wish, tree: new CachedTree(wish.tree) } : wish;
  const set = await readPatches(input.patchText, { name: input.patchName });
  const mails = newest(set);
  if (mails.length === 0) throw set.problems[0] ?? noPatchInInput(input.patchName);
  const { steps, modelled } = input.tree
    ? { steps: applied(input, mails, input.tree), modelled: undefined }
    : shown(input, mails);
  const patches: PatchReport[] = [];
  let left = false;
  const files: ReviewOutput['files'][number][] = [];
  // Before anything is executed: it is known at once.
  for (const [index, { ok, failures }] of steps.entries())
    if (!ok)
      throw patchDoesNotApply(
        mails[index]!.subject || input.patchName,
        failures.map(({ error }) => error),
      );
  for (const [index, result] of steps.entries()) {
    const mail = mails[index]!;
    if (input.select && !input.select(index)) continue;
    const reviewed = await reviewPatch(input, mail, result, index, modelled?.[index], () => {
      left = true;
    });
    // What was wrong with the input as a whole is told with its first patch.
    const noted =
      index === 0 ? { ...reviewed, notes: [...set.problems.map((p) => p.message), ...reviewed.notes] } : reviewed;
    const patch = steps.length > 1 ? { ...noted, findings: noted.findings.map(ofPatch(index)) } : noted;
    patches.push(patch);
    input.onPatch?.(patch, index, steps.length);
    for (const file of result.files)
      files.push({
        patch: patches.length - 1,
        path: file.afterPath ?? file.beforePath ?? '',
        before: file.before,
        after: file.after,
      });
  }
  const kernel = input.tree && kernelVersion(input.tree)?.text;
  const series = seriesReport(patches);
  const report: Report = {
    format: 'iomem-review-report',
    version: 1,
    tool: { name: 'iomem-review', version: input.toolVersion ?? '0.0.0' },
    tree: { ...(kernel === undefined ? {} : { kernel }), ...(input.defined ? { defines: input.defined } : {}) },
    patches,
    summary: summaryOf(patches),
    ...(series && !input.select ? { series } : {}),
  };
  return { report, total: steps.length, left, files };
}

/** Patches of a series meet the same findings at the same places: an id says whose it is. */
const ofPatch =
  (index: number) =>
  (finding: Finding): Finding => ({ ...finding, id: `${finding.id}@${index + 1}` });

function applied(input: ReviewInput, mails: readonly PatchMail[], tree: SourceTree): readonly ApplyResult[] {
  const { steps } = applySeries(mails, tree, {
    direction: input.direction ?? 'auto',
    name: input.patchName,
    ...(input.maxFuzz === undefined ? {} : { maxFuzz: input.maxFuzz }),
  });
  return steps;
}

function shown(
  input: ReviewInput,
  mails: readonly PatchMail[],
): { readonly steps: readonly ApplyResult[]; readonly modelled: readonly ModelledPatch[] } {
  const machine = new Machines(input.machineTexts, input.defines).named(input.machine ?? 'x86_64');
  const modelled = withoutTree(mails, input.model, machine);
  return { steps: modelled.map((patch) => patch.applied), modelled };
}

/** How many findings of each class there are. */
export function summaryOf(patches: readonly PatchReport[]): Report['summary'] {
  const summary = { introduced: 0, fixed: 0, existing: 0, change: 0 };
  for (const patch of patches) for (const finding of patch.findings) summary[finding.class]++;
  return summary;
}
