import { availableParallelism } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import models from 'virtual:model';
import { DiskTree } from '../disk-tree.ts';
import type { FromWorker, ToWorker } from '../protocol.ts';
import { type FromHelper, searchHelper, type ToHelper } from '../review/interleave/remote.ts';
import { DebugServer } from './debug/server.ts';
import { performers } from './jobs.ts';
import { HELPER, helpersOn } from './search-helpers.ts';
import { createWorkerBody } from './worker-body.ts';

if (!parentPort) throw new Error('worker.js runs as a worker thread of the extension');
const port = parentPort;
if (workerData === HELPER) help();
else lead();

function lead(): void {
  const post = (message: FromWorker) => port.postMessage(message);
  const debugging = new DebugServer((message) => post({ type: 'dap', message }));
  // A worker's own threads end with it.
  const helpers = helpersOn(availableParallelism(), ({ message, exit }) => {
    const worker = new Worker(process.argv[1]!, { workerData: HELPER, name: HELPER });
    worker.on('message', (answer: FromHelper) => message(answer));
    worker.on('error', exit);
    worker.on('exit', exit);
    return { post: (to) => worker.postMessage(to), end: () => void worker.terminate() };
  });
  const body = createWorkerBody(
    { post, openDisk: (root) => new DiskTree(root) },
    performers(debugging, helpers),
    (message) => debugging.take(message),
  );
  port.on('message', (message: ToWorker) => body(message));
}

function help(): void {
  const answer = searchHelper(models);
  port.on('message', (message: ToHelper) => {
    const said = answer(message);
    if (said) port.postMessage(said satisfies FromHelper);
  });
}
