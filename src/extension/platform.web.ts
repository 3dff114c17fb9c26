import { Uri, workspace } from 'vscode';
import type { FromWorker } from '../protocol.ts';
import type { Platform } from './platform.ts';

export const webPlatform: Platform = {
  hasDisk: false,
  startWorker: (extensionUri) => async (events) => {
    // A worker's script must have the page's origin; the extension's files have another, or no address at all.
    const script = await workspace.fs.readFile(Uri.joinPath(extensionUri, 'dist/web/worker.js'));
    const address = URL.createObjectURL(new Blob([new Uint8Array(script)], { type: 'text/javascript' }));
    const worker = new Worker(address, { name: 'iomem-review' });
    let ended = false;
    const end = (reason: string) => {
      if (ended) return;
      ended = true;
      worker.terminate();
      URL.revokeObjectURL(address);
      events.exit(reason);
    };
    worker.addEventListener('message', (event: MessageEvent<FromWorker>) => events.message(event.data));
    worker.addEventListener('error', (event) => end(event.message || 'an error in the worker'));
    return { post: (message) => worker.postMessage(message), end: () => end('ended') };
  },
};
