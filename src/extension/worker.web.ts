import type { FromWorker, ToWorker } from '../protocol.ts';
import { performers } from './jobs.ts';
import { createWorkerBody } from './worker-body.ts';

/** The part of DedicatedWorkerGlobalScope that we use; its types would bring a second `self` into the whole program. */
interface Scope {
  postMessage(message: FromWorker): void;
  addEventListener(type: 'message', listener: (event: { readonly data: ToWorker }) => void): void;
}
const scope = globalThis as unknown as Scope;
const body = createWorkerBody({ post: (message) => scope.postMessage(message) }, performers);
scope.addEventListener('message', (event) => body(event.data));
