import type { DebugProtocol as P } from '@vscode/debugprotocol';
import type { SourcePlace } from '../review/report.ts';
import { isModelFile } from '../review/world.ts';
import type { Debuggee } from './debuggee.ts';
import type { DebugHost, FileLine } from './host.ts';

/** How the client names files and counts lines, against how places do. */
export class Sources {
  readonly #host: DebugHost;
  /** Files that the adapter serves, by reference − 1. */
  readonly #served: string[] = [];
  /** What the client's numbers are smaller by. */
  #lines = 0;
  #columns = 0;

  constructor(host: DebugHost) {
    this.#host = host;
  }

  count({ linesStartAt1, columnsStartAt1 }: P.InitializeRequestArguments): void {
    this.#lines = linesStartAt1 === false ? 1 : 0;
    this.#columns = columnsStartAt1 === false ? 1 : 0;
  }

  /** A place as the protocol tells it. */
  at(place: SourcePlace, debuggee: Debuggee): { source: P.Source; line: number; column: number } {
    return {
      source: this.#source(place, debuggee),
      line: place.line - this.#lines,
      column: (place.column ?? 1) - this.#columns,
    };
  }

  #source(place: SourcePlace, debuggee: Debuggee): P.Source {
    const name = place.file.replace(/^.*\//, '');
    const known = this.#host.sourceOf(place, debuggee);
    const subtle = isModelFile(place.file)
      ? { presentationHint: 'deemphasize' as const, origin: 'modelled kernel' }
      : {};
    if (known) return { name, path: known.path, ...subtle };
    let index = this.#served.indexOf(place.file);
    if (index < 0) index = this.#served.push(place.file) - 1;
    return { name, path: place.file, sourceReference: index + 1, ...subtle };
  }

  /** Every file that holds code of the execution. */
  all(debuggee: Debuggee): P.Source[] {
    const { which, compiled } = debuggee.world;
    const files = [...new Set(compiled.program.functions.map((fn) => fn.file))].sort();
    return files.map((file) => this.#source({ file, line: 1, world: which }, debuggee));
  }

  /** The line of the world that a line of the client's means. */
  lineOf(source: P.Source, line: number, debuggee: Debuggee): FileLine | undefined {
    const own = line + this.#lines;
    if (source.sourceReference) {
      const file = this.#served[source.sourceReference - 1];
      return file === undefined ? undefined : { file, line: own };
    }
    return source.path === undefined ? undefined : this.#host.lineOf(source.path, own, debuggee);
  }

  /** The line of the client's source for one of the world. */
  lineIn(source: P.Source, at: FileLine, debuggee: Debuggee): number {
    const mapped =
      source.sourceReference || source.path === undefined
        ? at.line
        : (this.#host.lineIn?.(source.path, at, debuggee) ?? at.line);
    return mapped - this.#lines;
  }

  /** The text of a file that the adapter serves. */
  textOf(reference: number, { world }: Debuggee): string | undefined {
    const file = this.#served[reference - 1];
    if (file === undefined) return undefined;
    // Texts are kept under the names that locations have; of our own model they may stand without the brackets.
    return world.compiled.files.get(file) ?? world.compiled.files.get(file.replace(/^<model>\//, ''));
  }
}
