import { parentPort, Worker, workerData } from 'node:worker_threads';
import { type ReviewInput, review } from '../review/review.ts';
import type { SavedHunt } from '../review/search/hunt.ts';
import type { ShardPool, ShardTask } from '../review/search/shards.ts';
import type { ModelFiles } from '../review/world.ts';
import { treeOption } from './files.ts';

/** What a worker needs to search the same: a tree itself cannot be sent. */
export interface SearchJob {
  readonly role: 'iomem-review search of calls';
  readonly input: Pick<ReviewInput, 'patchText' | 'patchName' | 'machineTexts' | 'machine' | 'direction'>;
  readonly seed: number;
  readonly tree: { readonly dir: string | undefined; readonly config: string | undefined };
}
interface Asked {
  readonly patch: number;
  readonly task: ShardTask;
  /** By the clock that all threads have; undefined: no end. */
  readonly until: number | undefined;
}
type Answer = { readonly saved: SavedHunt } | { readonly error: string };

/** Worker threads that do shards. `program`: a file that calls {@link actAsSearchJob}. */
export function searchJobs(
  program: string | URL,
  count: number,
  job: Omit<SearchJob, 'role'>,
): ShardPool & { close(): void } {
  const data: SearchJob = { role: 'iomem-review search of calls', ...job };
  const workers = Array.from({ length: count }, () => new Worker(program, { workerData: data, name: data.role }));
  const free = [...workers];
  return {
    size: count,
    run: (patch, task) => {
      const worker = free.pop();
      if (!worker) throw new Error('more shards at once than workers');
      return new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          worker.off('message', message).off('error', reject).off('exit', exit);
          free.push(worker);
          act();
        };
        const message = (answer: Answer): void =>
          settle(() => ('saved' in answer ? resolve(answer.saved) : reject(new Error(answer.error))));
        const exit = (): void => settle(() => reject(new Error('a worker of the search ended')));
        worker.on('message', message).on('error', reject).on('exit', exit);
        const until = task.milliseconds === undefined ? undefined : Date.now() + task.milliseconds;
        worker.postMessage({ patch, task, until } satisfies Asked);
      });
    },
    close: () => {
      for (const worker of workers) void worker.terminate();
    },
  };
}

/** Does what a worker does; false where this is not one. */
export function actAsSearchJob(model: ModelFiles): boolean {
  const job = workerData as SearchJob | null;
  if (!parentPort || job?.role !== 'iomem-review search of calls') return false;
  const port = parentPort;
  const asked: Asked[] = [];
  let wake = (): void => {};
  port.on('message', (message: Asked) => {
    asked.push(message);
    wake();
  });
  const tree = treeOption(job.tree.dir, { file: job.tree.config, machine: job.input.machine });
  review({
    ...job.input,
    ...(tree ? { tree } : {}),
    model,
    builtIns: false,
    search: {
      when: 'always',
      seed: job.seed,
      clock: () => performance.now(),
      serve: async (patch, run) => {
        for (;;) {
          while (asked.length === 0)
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          const { task, until, patch: wanted } = asked[0]!;
          // A later patch: this one is done.
          if (wanted !== patch) return;
          asked.shift();
          const left = until === undefined ? {} : { milliseconds: Math.max(0, until - Date.now()) };
          port.postMessage({ saved: await run({ ...task, ...left }) } satisfies Answer);
        }
      },
    },
  }).catch((error: unknown) => port.postMessage({ error: String(error) } satisfies Answer));
  return true;
}
