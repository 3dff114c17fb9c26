import { parentPort } from 'node:worker_threads';
import { DiskTree } from '../disk-tree.ts';
import type { ToWorker } from '../protocol.ts';
import { performers } from './jobs.ts';
import { createWorkerBody } from './worker-body.ts';

if (!parentPort) throw new Error('worker.js runs as a worker thread of the extension');
const port = parentPort;
const body = createWorkerBody(
  { post: (message) => port.postMessage(message), openDisk: (root) => new DiskTree(root) },
  performers,
);
port.on('message', (message: ToWorker) => body(message));
