import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SourceTree } from '../base/tree.ts';
import { DebugAdapter, type LaunchArguments } from '../debug/adapter.ts';
import { Debuggee, type DebugInput } from '../debug/debuggee.ts';
import { nothingRecorded } from '../debug/errors.ts';
import type { DebugRequest } from '../protocol.ts';
import type { ModelFiles } from '../review/world.ts';

/**
 * The worker's half of a debugging session. Sources are told by what places call them, `WORLD:FILE`; the editor's half knows
 * which documents those are.
 */
export class DebugServer {
  readonly #adapter: DebugAdapter;
  #prepared: DebugInput | undefined;

  constructor(send: (message: unknown) => void) {
    this.#adapter = new DebugAdapter({
      send,
      open: async (launch) => this.#open(launch),
      sourceOf: ({ file, world }) => ({ path: `${world}:${file}` }),
      fileOf: (path) => /^(?:before|after):(.+)$/.exec(path)?.[1],
    });
  }

  take(message: unknown): void {
    this.#adapter.handle(message as DebugProtocol.ProtocolMessage);
  }

  /** Executes once, by which all files of the tree that it needs become known. */
  async prepare(request: DebugRequest, tree: { readonly tree?: SourceTree }, model: ModelFiles): Promise<'prepared'> {
    const { scenario, patch, world, machine, machineText, schedule, statements } = request;
    const input: DebugInput = {
      scenarioName: scenario.name,
      scenarioText: scenario.text,
      model,
      world,
      ...tree,
      ...(patch === undefined ? {} : { patch }),
      ...(machine === undefined ? {} : { machine }),
      ...(machine === undefined || machineText === undefined
        ? {}
        : { machineTexts: new Map([[machine, machineText]]) }),
      ...(schedule === undefined ? {} : { schedule }),
      ...(statements === undefined ? {} : { budget: { statements } }),
    };
    if (request.tree.kind === 'served') {
      await Debuggee.launch(input);
      if (patch) await Debuggee.launch({ ...input, world: world === 'after' ? 'before' : 'after' }).catch(() => {});
    }
    this.#prepared = input;
    return 'prepared';
  }

  /** What was prepared; a restart may bring a schedule of the user's own. */
  #open({ schedule }: LaunchArguments): DebugInput {
    if (!this.#prepared) throw nothingRecorded();
    return schedule === undefined ? this.#prepared : { ...this.#prepared, schedule };
  }
}
