import { existsSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugAdapter } from '../debug/adapter.ts';
import type { Debuggee } from '../debug/debuggee.ts';
import { badLaunch } from '../debug/errors.ts';
import type { DebugHost } from '../debug/host.ts';
import { Messages } from '../debug/messages.ts';
import { correspondingLine } from '../review/line-map.ts';
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
  /** The text of a file of the disk, and that of the world, where they are not the same. */
  const differing = (path: string, file: string, { world }: Debuggee): readonly [string, string] | undefined => {
    const text = world.compiled.files.get(file);
    if (text === undefined || !existsSync(path)) return undefined;
    const disk = readText(path);
    return disk === text ? undefined : [disk, text];
  };
  const fileOf = (path: string): string => {
    const full = resolve(path);
    if (full === scenario.path) return scenario.name;
    const base = root === undefined ? undefined : resolve(root);
    return base !== undefined && full.startsWith(`${base}${sep}`)
      ? full.slice(base.length + 1).replaceAll(sep, '/')
      : // A file that we serve is known to the client by the name that we gave it.
        path;
  };
  return {
    send,
    rest: () => new Promise((settled) => setImmediate(settled)),
    async open(launch) {
      const { machine } = launch;
      const tree = treeOption(launch.tree);
      root = launch.tree === undefined ? (tree ? '.' : undefined) : launch.tree;
      const common = {
        model,
        world: launch.world ?? 'after',
        ...(launch.patch === undefined ? {} : { patch: { text: readInput(launch.patch), name: launch.patch } }),
        ...(machine === undefined ? {} : { machine }),
      };
      if (launch.kunit !== undefined) {
        if (!tree) throw badLaunch('a KUnit case needs a “tree”');
        if (launch.case === undefined) throw badLaunch('“case” is missing: which case of the suite');
        const machines = machineTexts(machine === undefined ? [] : [machine], []);
        return { ...common, path: launch.kunit, case: launch.case, tree, machineTexts: machines };
      }
      if (launch.scenario === undefined)
        throw badLaunch('“scenario” is missing: a file, or the name of a built-in one');
      const builtIn = model.get(`scenarios/${launch.scenario}.c`);
      const name = builtIn === undefined ? launch.scenario : `scenarios/${launch.scenario}.c`;
      const text = builtIn ?? readText(launch.scenario);
      scenario = { name, path: builtIn === undefined ? resolve(launch.scenario) : '' };
      return {
        ...common,
        scenarioName: name,
        scenarioText: text,
        machineTexts: machineTexts(machine === undefined ? [] : [machine], [{ path: launch.scenario, text }]),
        ...(tree ? { tree } : {}),
        ...(launch.schedule === undefined ? {} : { schedule: launch.schedule }),
      };
    },
    sourceOf({ file }, debuggee) {
      if (file === scenario.name) return scenario.path === '' ? undefined : { path: scenario.path };
      if (root === undefined || file.startsWith('<')) return undefined;
      const path = resolve(root, file);
      // What the patch changes stands in no file: the adapter serves it, unless the disk has the very text.
      return existsSync(path) && !differing(path, file, debuggee) ? { path } : undefined;
    },
    lineOf(path, line, debuggee) {
      const file = fileOf(path);
      const texts = differing(resolve(path), file, debuggee);
      return { file, line: texts ? correspondingLine(...texts, line - 1) + 1 : line };
    },
    lineIn(path, { file, line }, debuggee) {
      const texts = differing(resolve(path), file, debuggee);
      return texts ? correspondingLine(texts[1], texts[0], line - 1) + 1 : line;
    },
  };
}
