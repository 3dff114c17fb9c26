import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelFiles } from '../../src/review/world.ts';
import { equivalents } from './equivalents.ts';
import { diskTree } from './kernels.ts';
import { type Mutant, mutantsOf } from './mutants.ts';
import { firstDifference, openSearch } from './search.ts';
import { patchOf } from './source-edits.ts';

const FILE = 'kernel/resource.c';

/**
 * - `told`: a sequence of calls differs; `threads`: only two calls at the same time do.
 * - `same`: compiles to the same code; `equivalent`: nothing can tell it, {@link Verdict.how} says why.
 * - `missed`: it could be told, and was not.
 */
export interface Verdict {
  readonly mutant: Mutant;
  readonly kind: 'told' | 'threads' | 'same' | 'equivalent' | 'missed';
  readonly how: string;
  /** The sequence that told it. */
  readonly at?: number;
}

/** Single-token mutants of kernel/resource.c, but for boot options, which are read once, and the inode of /dev/mem. */
export function kernelMutants(folder: string): { readonly text: string; readonly mutants: readonly Mutant[] } {
  const text = readFileSync(join(folder, FILE), 'utf8');
  return {
    text,
    mutants: mutantsOf(text, (fn) => !/^(strict_|reserve_setup|iomem_fs|iomem_init|ioresources)/.test(fn.name)),
  };
}

/** Takes a mutant as a patch and looks whether the search tells it apart. */
export async function judgeMutant(
  folder: string,
  model: ModelFiles,
  text: string,
  mutant: Mutant,
  sequences: number,
): Promise<Verdict> {
  const open = await openSearch(diskTree(folder), model, patchOf(FILE, text, mutant.text, mutant.what));
  if (!open) return { mutant, kind: 'same', how: 'compiles to the same code' };
  const at = firstDifference(open, sequences);
  if (at !== undefined) return { mutant, kind: 'told', how: [...open.prepared.hunt.found.keys()][0]!, at };
  const raced = await open.raced();
  if (raced !== undefined) return { mutant, kind: 'threads', how: raced };
  const why = equivalents.find((e) => e.function === mutant.function && e.nth === mutant.nth)?.why;
  return why === undefined
    ? { mutant, kind: 'missed', how: `${open.prepared.hunt.reached} of ${sequences} sequences came there` }
    : { mutant, kind: 'equivalent', how: why };
}

/** A row for each function, with a sum: mutants that are other code, told apart, equivalent, missed. */
export function mutationTable(verdicts: readonly Verdict[]): readonly string[] {
  const rows = [
    '| function | mutants | told apart | by threads only | equivalent | missed |',
    '|---|---|---|---|---|---|',
  ];
  const row = (name: string, list: readonly Verdict[]): string => {
    const count = (kind: Verdict['kind']): number => list.filter((v) => v.kind === kind).length;
    return `| ${name} | ${list.length - count('same')} | ${count('told')} | ${count('threads')} | ${count('equivalent')} | ${count('missed')} |`;
  };
  for (const name of [...new Set(verdicts.map((v) => v.mutant.function))]) {
    const own = verdicts.filter((v) => v.mutant.function === name);
    if (own.some((v) => v.kind !== 'same')) rows.push(row(`\`${name}()\``, own));
  }
  return [...rows, row('**all**', verdicts)];
}

/** Of the mutants that are not equivalent, how many are told apart. */
export function score(verdicts: readonly Verdict[]): { readonly told: number; readonly of: number } {
  const told = verdicts.filter((v) => v.kind === 'told' || v.kind === 'threads').length;
  return { told, of: told + verdicts.filter((v) => v.kind === 'missed').length };
}
