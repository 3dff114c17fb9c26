import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { diskHost } from '../../../src/cli/dap.ts';
import { DebugAdapter } from '../../../src/debug/adapter.ts';
import { Messages } from '../../../src/debug/messages.ts';
import { readModelFiles } from '../../support/model-files.ts';

/** The first patch of one revision of the series. */
export function patchOf(revision: string): string {
  const folder = path.resolve('test/fixtures/seed-series', revision);
  return path.join(folder, readdirSync(folder).find((name) => name.endsWith('.patch'))!);
}

/** A client as editors have it, talking to the adapter of the command line over a socket. */
export async function startClient(): Promise<{ readonly client: DebugClient; stop(): Promise<void> }> {
  const model = readModelFiles();
  const server = createServer((socket) => {
    const adapter = new DebugAdapter(diskHost(model, (message) => socket.write(Messages.encode(message))));
    const messages = new Messages((message) => adapter.handle(message as DebugProtocol.ProtocolMessage));
    socket.on('data', (chunk) => messages.take(chunk));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new DebugClient('node', '', 'iomem-review');
  client.defaultTimeout = 60_000;
  await client.start((server.address() as AddressInfo).port);
  return {
    client,
    async stop() {
      await client.stop().catch(() => {});
      server.close();
    },
  };
}

/** `function file:line` of the innermost frames of a thread. */
export async function stackOf(client: DebugClient, threadId: number): Promise<readonly string[]> {
  const { body } = await client.stackTraceRequest({ threadId });
  return body.stackFrames.map((f) => `${f.name} ${f.source?.name}:${f.line}`);
}

export async function variablesOf(client: DebugClient, frameId: number, scope: string) {
  const { body } = await client.scopesRequest({ frameId });
  const reference = body.scopes.find((s) => s.name === scope)?.variablesReference ?? 0;
  return (await client.variablesRequest({ variablesReference: reference })).body.variables;
}
