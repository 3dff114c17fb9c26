import { workspace } from 'vscode';
import type { Timelines } from '../../protocol.ts';
import type { ScenarioResult } from '../../review/report.ts';
import type { Review } from '../reviews.ts';
import { unsavedFiles } from '../tree.ts';
import type { WorkerClient } from '../worker-client.ts';

/** Replays a schedule of a reviewed scenario before and after one patch. undefined: there is nothing to replay it on. */
export async function askTimelines(
  worker: WorkerClient,
  review: Review,
  patch: number,
  shown: Pick<ScenarioResult, 'name' | 'source' | 'machine'>,
  schedule: string,
  signal: AbortSignal,
): Promise<Timelines | undefined> {
  const { tree, result } = review;
  if (!tree || !result) return undefined;
  const seconds = workspace.getConfiguration('iomemReview', review.patch).get<number>('budget.seconds', 120);
  const document = await workspace.openTextDocument(review.patch);
  // Earlier patches of a series have done their work when this one comes.
  const earlier = result.files.filter((file) => file.patch < patch);
  const request = {
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
  return worker.perform('timeline', request, {
    signal,
    timeout: seconds * 1000,
    progress: () => {},
    readFiles: (paths) => tree.readFiles(paths),
  });
}

/** The lines of one patch of a document, by the first line of its mail and of the next one, 1-based. */
function patchPart(text: string, from: number | undefined, next: number | undefined): string {
  if (from === undefined || (from <= 1 && next === undefined)) return text;
  const lines = text.split('\n');
  return lines.slice(from - 1, next === undefined ? undefined : next - 1).join('\n');
}
