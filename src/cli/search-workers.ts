import { parentPort, Worker, workerData } from 'node:worker_threads';
import { type SharedSearch, searchWorker } from '../review/interleave/remote.ts';
import type { FoundTask, RemoteTask, SearchPool } from '../review/interleave/search.ts';
import type { ScenarioInput } from '../review/open-scenario.ts';
import type { ModelFiles } from '../review/world.ts';
import { treeOption } from './files.ts';

/** What a worker needs to make its own tree: a tree itself cannot be sent. */
interface Sent {
  readonly kind: 'iomem-review-search';
  readonly input: Omit<ScenarioInput, 'tree' | 'model'>;
  readonly tree: { readonly dir: string | undefined; readonly config: string | undefined };
  readonly search: SharedSearch;
}
type Answer = { readonly found: FoundTask } | { readonly error: string };

/** Worker threads that share one search. `program`: the file of this program. */
export async function searchWorkers(
  program: string | URL,
  count: number,
  { tree: _tree, model: _model, ...input }: ScenarioInput,
  tree: Sent['tree'],
  search: SharedSearch,
): Promise<SearchPool & { close(): void }> {
  const sent: Sent = { kind: 'iomem-review-search', input, tree, search };
  const workers = Array.from({ length: count }, () => new Worker(program, { workerData: sent }));
  const free = [...workers];
  const ask = (worker: Worker, task: RemoteTask): Promise<FoundTask> =>
    new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        worker.off('message', message).off('error', reject).off('exit', exit);
        act();
      };
      const message = (answer: Answer): void =>
        settle(() => ('found' in answer ? resolve(answer.found) : reject(new Error(answer.error))));
      const exit = (): void => settle(() => reject(new Error('a worker of the search ended')));
      worker.on('message', message).on('error', reject).on('exit', exit);
      worker.postMessage(task);
    });
  return {
    size: count,
    run: async (tasks) => {
      const found: FoundTask[] = [];
      let next = 0;
      const work = async (): Promise<void> => {
        const worker = free.pop();
        if (!worker) return;
        for (let i = next++; i < tasks.length; i = next++) found[i] = await ask(worker, tasks[i]!);
        free.push(worker);
      };
      await Promise.all(Array.from({ length: count }, work));
      return found;
    },
    close: () => {
      for (const worker of workers) void worker.terminate();
    },
  };
}

/** Does what a worker does; false where this is not one. */
export function actAsWorker(model: ModelFiles): boolean {
  const sent = workerData as Sent | null;
  if (!parentPort || sent?.kind !== 'iomem-review-search') return false;
  const port = parentPort;
  const tree = treeOption(sent.tree.dir, { file: sent.tree.config, machine: sent.input.machine });
  const ready = searchWorker({ ...sent.input, model, ...(tree ? { tree } : {}) }, sent.search);
  port.on('message', (task: RemoteTask) => {
    ready.then(
      (execute) => port.postMessage({ found: execute(task) } satisfies Answer),
      (error: unknown) => port.postMessage({ error: String(error) } satisfies Answer),
    );
  });
  return true;
}
