import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugAdapter, type DebugHost } from '../debug/adapter.ts';
import { badLaunch } from '../debug/errors.ts';
import { Messages } from '../debug/messages.ts';
import type { ModelFiles } from '../review/world.ts';
import { machineTexts, readInput, readText, treeOption } from './files.ts';

/** The Debug Adapter Protocol over standard input and output, for editors of all kinds. Ends when its input does. */
export async function dapCommand(model: ModelFiles): Promise<number> {
  const adapter = new DebugAdapter(diskHost(model, (message) => process.stdout.write(Messages.encode(message))));
  const messages = new Messages((message) => adapter.handle(message as DebugProtocol.ProtocolMessage));
  for await (const chunk of process.stdin) messages.take(chunk as Uint8Array);
  await adapter.idle();
  return 0;
}

/** Files of the disk, as launch configurations name them. */
export function diskHost(model: ModelFiles, send: DebugHost['send']): DebugHost {
  let root: string | undefined;
  let scenario = { name: '', path: '' };
  return {
    send,
    async open(launch) {
      const { machine } = launch;
      if (launch.scenario === undefined)
        throw badLaunch('“scenario” is missing: a file, or the name of a built-in one');
      const builtIn = model.get(`scenarios/${launch.scenario}.c`);
      const name = builtIn === undefined ? launch.scenario : `scenarios/${launch.scenario}.c`;
      const text = builtIn ?? readText(launch.scenario);
      const tree = treeOption(launch.tree);
      root = launch.tree === undefined ? (tree ? '.' : undefined) : launch.tree;
      scenario = { name, path: builtIn === undefined ? resolve(launch.scenario) : '' };
      return {
        scenarioName: name,
        scenarioText: text,
        model,
        world: launch.world ?? 'after',
        machineTexts: machineTexts(machine === undefined ? [] : [machine], [{ path: launch.scenario, text }]),
        ...(tree ? { tree } : {}),
        ...(launch.patch === undefined ? {} : { patch: { text: readInput(launch.patch), name: launch.patch } }),
        ...(machine === undefined ? {} : { machine }),
        ...(launch.schedule === undefined ? {} : { schedule: launch.schedule }),
      };
    },
    sourceOf({ file }, debuggee) {
      if (file === scenario.name) return scenario.path === '' ? undefined : { path: scenario.path };
      if (root === undefined || file.startsWith('<')) return undefined;
      const path = resolve(root, file);
      // What the patch changes stands in no file: the adapter serves it, unless the disk has the very text.
      const shown = debuggee.world.compiled.files.get(file);
      return existsSync(path) && (shown === undefined || readText(path) === shown) ? { path } : undefined;
    },
    fileOf(path) {
      const full = resolve(path);
      if (full === scenario.path) return scenario.name;
      const base = root === undefined ? undefined : resolve(root);
      if (base !== undefined && full.startsWith(`${base}/`)) return full.slice(base.length + 1);
      // A file that we serve is known to the client by the name that we gave it.
      return path;
    },
  };
}
