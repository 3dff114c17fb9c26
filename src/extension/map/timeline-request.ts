import { workspace } from 'vscode';
import type { ProofValues } from '../../debug/proof-values.ts';
import type { TimelineRequest, Timelines } from '../../protocol.ts';
import type { ScenarioResult } from '../../review/report.ts';
import { budgetsOf } from '../budgets.ts';
import type { Review } from '../reviews.ts';
import { unsavedFiles } from '../tree.ts';
import type { WorkerClient } from '../worker-client.ts';

type Shown = Pick<ScenarioResult, 'name' | 'source' | 'machine'>;

/** Replays a schedule of a reviewed scenario before and after one patch. undefined: there is nothing to replay it on. */
export async function askTimelines(
  worker: WorkerClient,
  review: Review,
  patch: number,
  shown: Shown,
  schedule: string,
  signal: AbortSignal,
): Promise<Timelines | undefined> {
  const request = await requestOf(review, patch, shown, schedule);
  return request && worker.perform('timeline', request, optionsOf(review, signal));
}

/** What expressions had for values in such an execution. undefined: there is nothing to execute it on. */
export async function askValues(
  worker: WorkerClient,
  review: Review,
  patch: number,
  shown: Shown,
  schedule: string,
  signal: AbortSignal,
): Promise<ProofValues | undefined> {
  const request = await requestOf(review, patch, shown, schedule);
  return request && worker.perform('values', { ...request, ...budgetsOf(review.patch) }, optionsOf(review, signal));
}

const optionsOf = ({ patch, tree }: Review, signal: AbortSignal) => ({
  signal,
  timeout: workspace.getConfiguration('iomemReview', patch).get<number>('budget.seconds', 120) * 1000,
  progress: () => {},
  readFiles: async (paths: readonly string[]) => (await tree?.readFiles(paths)) ?? [],
});

async function requestOf(
  review: Review,
  patch: number,
  shown: Shown,
  schedule: string,
): Promise<TimelineRequest | undefined> {
  const { tree, result } = review;
  if (!tree || !result) return undefined;
  const document = await workspace.openTextDocument(review.patch);
  // Earlier patches of a series have done their work when this one comes.
  const earlier = result.files.filter((file) => file.patch < patch);
  return {
    tree: tree.source,
    overlay: [...unsavedFiles(tree.root), ...earlier.map(({ path, after }) => ({ path, text: after ?? null }))],
    // Without a tree, what the patches of a series show together makes the worlds.
    ...(tree.source.kind === 'none'
      ? { patchText: document.getText(), patchIndex: patch }
      : {
          patchText: patchPart(document.getText(), result.mails[patch]?.patchLine, result.mails[patch + 1]?.patchLine),
        }),
    patchName: review.name,
    scenario: { name: shown.name.endsWith('.c') ? shown.name : `scenarios/${shown.name}.c`, text: shown.source },
    machine: shown.machine,
    schedule,
  };
}

/** The lines of one patch of a document, by the first line of its mail and of the next one, 1-based. */
function patchPart(text: string, from: number | undefined, next: number | undefined): string {
  if (from === undefined || (from <= 1 && next === undefined)) return text;
  const lines = text.split('\n');
  return lines.slice(from - 1, next === undefined ? undefined : next - 1).join('\n');
}
