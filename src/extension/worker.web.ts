import type { FromWorker, ToWorker } from '../protocol.ts';
import { DebugServer } from './debug/server.ts';
import { performers } from './jobs.ts';
import { createWorkerBody } from './worker-body.ts';

/** The part of DedicatedWorkerGlobalScope that we use; its types would bring a second `self` into the whole program. */
interface Scope {
  postMessage(message: FromWorker): void;
  addEventListener(type: 'message', listener: (event: { readonly data: ToWorker }) => void): void;
}
const scope = globalThis as unknown as Scope;
const post = (message: FromWorker) => scope.postMessage(message);
const debugging = new DebugServer((message) => post({ type: 'dap', message }));
const body = createWorkerBody({ post }, performers(debugging), (message) => debugging.take(message));
scope.addEventListener('message', (event) => body(event.data));
