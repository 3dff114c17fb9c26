import type { ProofValues, Sample, Series, WorldValues } from '../debug/proof-values.ts';
import type { ReviewResult } from '../protocol.ts';
import type { ScenarioResult } from '../review/report.ts';
import { Owner } from './disposable.ts';
import { askValues } from './map/timeline-request.ts';
import type { Review } from './reviews.ts';
import { CancelledError, type WorkerClient } from './worker-client.ts';

/** Executions of one review whose values are kept. */
const MOST = 12;

/** What expressions had for values in executions of reviewed scenarios: executed when somebody asks, and kept with the review. */
export class ExecutionValues extends Owner {
  readonly #worker: WorkerClient;
  readonly #known = new WeakMap<ReviewResult, Map<string, Promise<ProofValues | undefined>>>();
  readonly #controller = new AbortController();

  constructor(worker: WorkerClient) {
    super();
    this.#worker = worker;
    this.own({ dispose: () => this.#controller.abort() });
  }

  /** undefined: the scenario cannot be executed so. Failures are no news: the proof's own views tell them. */
  of(review: Review, patch: number, shown: ScenarioResult, schedule: string): Promise<ProofValues | undefined> {
    const { result } = review;
    if (!result) return Promise.resolve(undefined);
    const known = this.#known.get(result) ?? new Map<string, Promise<ProofValues | undefined>>();
    this.#known.set(result, known);
    const key = [patch, shown.name, shown.machine, schedule].join('\0');
    let found = known.get(key);
    if (!found) {
      found = askValues(this.#worker, review, patch, shown, schedule, this.#controller.signal).catch((error) => {
        // What was given up may be asked for again.
        if (error instanceof CancelledError) known.delete(key);
        return undefined;
      });
      known.set(key, found);
      for (const old of [...known.keys()].slice(0, Math.max(0, known.size - MOST))) known.delete(old);
    }
    return found;
  }
}

/** First line of a patch in its document, from 0: what lines of an execution's patch are counted from. */
export const patchOffset = ({ tree, result }: Review, patch: number): number =>
  tree?.source.kind === 'none' ? 0 : Math.max(0, (result?.mails[patch]?.patchLine ?? 1) - 1);

/** `1 → 2 → 3`, with what was left out of many values. */
export function seriesText({ count, first, last }: Series): string {
  const all = [...first, ...last];
  if (count > 1 && count === all.length && all.every((one) => one === all[0])) return `${all[0]} (${count}×)`;
  if (count <= first.length + last.length) return all.join(' → ');
  return `${first.join(' → ')} → … → ${last.join(' → ')} (${count}×)`;
}

/** What lines show when an execution stands at a step: values of the calls that its thread is in, the newest of each line. */
export function valuesAtStep(values: WorldValues, step: number): readonly Sample[] {
  const at = values.steps[step];
  if (!at) return [];
  const inside = new Set(at.calls);
  const newest = new Map<string, Sample>();
  for (const sample of values.samples.slice(0, at.samples)) {
    if (!inside.has(sample.call)) continue;
    const key = `${sample.file}:${sample.line}`;
    // A line of several statements: what any of them told.
    const before = newest.get(key);
    const known = new Map(before?.call === sample.call ? before.values.map((one) => [one.text, one]) : []);
    for (const one of sample.values) known.set(one.text, one);
    newest.set(key, { ...sample, values: [...known.values()] });
  }
  return [...newest.values()];
}
