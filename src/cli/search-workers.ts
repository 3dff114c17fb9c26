import { parentPort, Worker, workerData } from 'node:worker_threads';
import { HelperPool } from '../review/interleave/pool.ts';
import { type FromHelper, searchHelper, type ToHelper } from '../review/interleave/remote.ts';
import type { ModelFiles } from '../review/world.ts';

const ROLE = 'iomem-review search';

/** Worker threads that share searches. `program`: a file that calls {@link actAsWorker}. */
export const searchWorkers = (program: string | URL, count: number): HelperPool =>
  new HelperPool(count, ({ message, exit }) => {
    const worker = new Worker(program, { workerData: ROLE, name: ROLE });
    worker.on('message', (answer: FromHelper) => message(answer));
    worker.on('error', exit);
    worker.on('exit', exit);
    return { post: (to) => worker.postMessage(to), end: () => void worker.terminate() };
  });

/** Does what a worker does; false where this is not one. */
export function actAsWorker(model: ModelFiles): boolean {
  if (!parentPort || workerData !== ROLE) return false;
  const port = parentPort;
  const answer = searchHelper(model);
  port.on('message', (message: ToHelper) => {
    const said = answer(message);
    if (said) port.postMessage(said satisfies FromHelper);
  });
  return true;
}
