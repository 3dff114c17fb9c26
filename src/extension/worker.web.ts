import models from 'virtual:model';
import type { FromWorker, ToWorker } from '../protocol.ts';
import { type FromHelper, searchHelper, type ToHelper } from '../review/interleave/remote.ts';
import { DebugServer } from './debug/server.ts';
import { performers } from './jobs.ts';
import { HELPER, helpersOn } from './search-helpers.ts';
import { createWorkerBody } from './worker-body.ts';

/** The part of DedicatedWorkerGlobalScope that we use; its types would bring a second `self` into the whole program. */
interface Scope {
  readonly name: string;
  readonly location: { readonly href: string };
  readonly navigator: { readonly hardwareConcurrency?: number };
  postMessage(message: FromWorker | FromHelper): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}
const scope = globalThis as unknown as Scope;
if (scope.name === HELPER) help();
else lead();

function lead(): void {
  const post = (message: FromWorker) => scope.postMessage(message);
  const debugging = new DebugServer((message) => post({ type: 'dap', message }));
  // A worker's own workers end with it. Where a host has none inside workers, it searches alone.
  const helpers = helpersOn(scope.navigator.hardwareConcurrency ?? 1, ({ message, exit }) => {
    const worker = new Worker(scope.location.href, { name: HELPER });
    worker.addEventListener('message', (event: MessageEvent<FromHelper>) => message(event.data));
    worker.addEventListener('error', exit);
    return { post: (to) => worker.postMessage(to), end: () => worker.terminate() };
  });
  const body = createWorkerBody({ post }, performers(debugging, helpers), (message) => debugging.take(message));
  scope.addEventListener('message', (event) => body(event.data as ToWorker));
}

function help(): void {
  const answer = searchHelper(models);
  scope.addEventListener('message', (event) => {
    const said = answer(event.data as ToHelper);
    if (said) scope.postMessage(said satisfies FromHelper);
  });
}
