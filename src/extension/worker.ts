import { parentPort } from 'node:worker_threads';
import { DiskTree } from '../disk-tree.ts';
import type { FromWorker, ToWorker } from '../protocol.ts';
import { DebugServer } from './debug/server.ts';
import { performers } from './jobs.ts';
import { createWorkerBody } from './worker-body.ts';

if (!parentPort) throw new Error('worker.js runs as a worker thread of the extension');
const port = parentPort;
const post = (message: FromWorker) => port.postMessage(message);
const debugging = new DebugServer((message) => post({ type: 'dap', message }));
const body = createWorkerBody({ post, openDisk: (root) => new DiskTree(root) }, performers(debugging), (message) =>
  debugging.take(message),
);
port.on('message', (message: ToWorker) => body(message));
