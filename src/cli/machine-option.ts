import type { SourceTree } from '../base/tree.ts';
import { DefinedTree } from '../review/defined-tree.ts';
import { combinedMachine, splitDefines } from '../review/machines.ts';
import { machineTexts } from './files.ts';
import { UsageError } from './usage.ts';

/** What `--machine` says: a name that is built in, a file, or several files that together tell of one machine. */
export function machineOption(
  given: readonly string[] | undefined,
  scenarios: readonly { readonly path: string; readonly text: string }[],
): { readonly name: string | undefined; readonly texts: Map<string, string> } {
  const texts = machineTexts(given ?? [], scenarios);
  if (given === undefined || given.length < 2) return { name: given?.[0], texts };
  const parts = given.map((name) => {
    const text = texts.get(name);
    if (text === undefined)
      throw new UsageError(`--machine ${name}: there is no such file; only files can be put together`);
    return { name, text };
  });
  const { name, text, problems } = combinedMachine(parts);
  for (const problem of problems) process.stderr.write(`iomem-review: ${problem.message}\n`);
  texts.set(name, text);
  return { name, texts };
}

/** What `--define` says: constants for every machine, and a tree whose macros have other values. */
export function defined(
  tree: SourceTree | undefined,
  given: readonly string[] | undefined,
): { readonly tree: SourceTree | undefined; readonly defines: ReadonlyMap<string, string> } {
  const { constants, macros } = splitDefines(given ?? []);
  return { tree: tree && macros.size > 0 ? new DefinedTree(tree, macros) : tree, defines: constants };
}
