import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SourceTree } from '../../base/tree.ts';
import { DebugAdapter } from '../../debug/adapter.ts';
import { Debuggee, type DebugInput } from '../../debug/debuggee.ts';
import { badLaunch, nothingRecorded } from '../../debug/errors.ts';
import type { LaunchArguments } from '../../debug/host.ts';
import type { DebugRequest } from '../../protocol.ts';
import { correspondingLine } from '../../review/line-map.ts';
import type { ModelFiles } from '../../review/world.ts';

/** `before`, `after`: the text of that world; `disk`: that of the tree, whatever the patch makes of it. */
const named = /^(before|after|disk):(.+)$/s;

/**
 * The worker's half of a debugging session. Sources are told by what places call them, `WORLD:FILE`; the editor's half knows
 * which documents those are.
 */
export class DebugServer {
  readonly #adapter: DebugAdapter;
  #prepared: DebugInput | undefined;
  #onDisk: ReadonlyMap<string, string | null> = new Map();

  constructor(send: (message: unknown) => void) {
    this.#adapter = new DebugAdapter({
      send,
      rest: () => new Promise((settled) => setTimeout(settled)),
      open: async (launch) => this.#open(launch),
      sourceOf: ({ file, world }) => ({ path: `${world}:${file}` }),
      lineOf: (path, line, debuggee) => {
        const [, , file] = named.exec(path) ?? [];
        if (file === undefined) return undefined;
        const texts = this.#differing(path, debuggee);
        return { file, line: texts ? correspondingLine(...texts, line - 1) + 1 : line };
      },
      lineIn: (path, { line }, debuggee) => {
        const texts = this.#differing(path, debuggee);
        return texts ? correspondingLine(texts[1], texts[0], line - 1) + 1 : line;
      },
    });
  }

  /** The text of a document and that of the world that is executed, where those differ. */
  #differing(path: string, { world, lines }: Debuggee): readonly [string, string] | undefined {
    const [, which, file] = named.exec(path) ?? [];
    if (file === undefined || which === world.which) return undefined;
    const executed = world.compiled.files.get(file);
    const shown =
      which === 'disk'
        ? (this.#onDisk.get(file) ?? this.#prepared?.tree?.read(file))
        : lines.file(file)?.[which === 'before' ? 'before' : 'after'];
    return executed === undefined || typeof shown !== 'string' || shown === executed ? undefined : [shown, executed];
  }

  take(message: unknown): void {
    this.#adapter.handle(message as DebugProtocol.ProtocolMessage);
  }

  /** Executes once, by which all files of the tree that it needs become known. */
  async prepare(
    request: DebugRequest,
    { tree }: { readonly tree?: SourceTree },
    model: ModelFiles,
  ): Promise<'prepared'> {
    const { subject, patch, world, machine, machineText, schedule, budget } = request;
    const common = {
      model,
      world,
      ...(patch === undefined ? {} : { patch }),
      ...(machine === undefined ? {} : { machine }),
      ...(machine === undefined || machineText === undefined
        ? {}
        : { machineTexts: new Map([[machine, machineText]]) }),
      ...(budget ? { budget } : {}),
    };
    let input: DebugInput;
    if (subject.kind === 'scenario')
      input = {
        ...common,
        scenarioName: subject.name,
        scenarioText: subject.text,
        ...(tree ? { tree } : {}),
        ...(schedule === undefined ? {} : { schedule }),
      };
    else {
      if (!tree) throw badLaunch('a KUnit case is executed on its tree: there is none');
      input = { ...common, path: subject.path, case: subject.case, tree };
    }
    this.#onDisk = new Map(request.onDisk.map(({ path, text }) => [path, text]));
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
    return schedule === undefined || 'case' in this.#prepared ? this.#prepared : { ...this.#prepared, schedule };
  }
}
