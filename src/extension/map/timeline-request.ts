import { workspace } from 'vscode';
import type { ProofValues } from '../../debug/proof-values.ts';
import type { TimelineRequest, Timelines } from '../../protocol.ts';
import type { ScenarioResult } from '../../review/report.ts';
import { budgetsOf } from '../budgets.ts';
import { machineTextOf } from '../import-machine.ts';
import { onePatch, scenarioOf } from '../one-patch.ts';
import type { Review } from '../reviews.ts';
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
  const one = await onePatch(review, patch);
  return (
    one && {
      tree: one.tree.source,
      overlay: one.overlay,
      patchText: one.text,
      ...(one.index === undefined ? {} : { patchIndex: one.index }),
      patchName: review.name,
      scenario: scenarioOf(shown),
      machine: shown.machine,
      ...(await machineTextOf(shown.machine, review.patch)),
      schedule,
    }
  );
}
