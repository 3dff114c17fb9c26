import type { CodedError } from '../base/errors.ts';
import type { SourceTree } from '../base/tree.ts';
import { DefinedTree } from '../review/defined-tree.ts';
import { nothingDefines } from '../review/errors.ts';
import { combinedMachine, splitDefines } from '../review/machines.ts';
import { machineTexts } from './files.ts';
import { UsageError } from './usage.ts';

/** What `--machine` says: a name that is built in, a file, or several files that together tell of one machine. */
export function machineOption(
  given: readonly string[] | undefined,
  scenarios: readonly { readonly path: string; readonly text: string }[],
): { readonly name: string | undefined; readonly texts: Map<string, string> } {
  const texts = machineTexts(given ?? [], scenarios);
  if (given === undefined || given.length < 2) {
    const text = given?.[0] === undefined ? undefined : texts.get(given[0]);
    if (text !== undefined) warn(combinedMachine([{ name: given![0]!, text }]).problems);
    return { name: given?.[0], texts };
  }
  const parts = given.map((name) => {
    const text = texts.get(name);
    if (text === undefined)
      throw new UsageError(`--machine ${name}: there is no such file; only files can be put together`);
    return { name, text };
  });
  const { name, text, problems } = combinedMachine(parts);
  warn(problems);
  texts.set(name, text);
  return { name, texts };
}

/** Lines that could not be read are told beside what was made of the others. */
function warn(problems: readonly CodedError[]): void {
  for (const problem of problems) process.stderr.write(`iomem-review: ${problem.message}\n`);
}

/** What `--define` says. */
export interface Defined {
  /** The tree, its macros under other values. */
  readonly tree: SourceTree | undefined;
  /** Constants of every machine. */
  readonly defines: ReadonlyMap<string, string>;
  /** All of it, for the report. */
  readonly told: readonly string[];
  /** Afterwards: throws R050 where a macro was defined in nothing that was read. */
  readonly assertFound: () => void;
}

/** Throws D023 for what is no definition, R050 for a macro where there is no tree. */
export function defined(tree: SourceTree | undefined, given: readonly string[] | undefined): Defined {
  const { constants, macros } = splitDefines(given ?? []);
  const told = [...constants, ...macros].map(([name, value]) => `${name}=${value}`);
  const [macro] = macros.keys();
  if (macro === undefined) return { tree, defines: constants, told, assertFound: () => {} };
  if (!tree) throw nothingDefines(macro);
  const other = new DefinedTree(tree, macros);
  return { tree: other, defines: constants, told, assertFound: () => other.assertFound() };
}
