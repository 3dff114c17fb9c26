import type { IrFunction, Program } from '../c/ir.ts';

/*
 * Functions of the tree in whose place ours are executed, because they take page tables apart or ask the processor: the
 * library calls them `__iomem_instead_NAME` (src/kernel/lib/kernel/zone.c, listed in src/kernel/README.md).
 */

const PREFIX = '__iomem_instead_';
const done = new WeakSet<Program>();

/** Gives functions of the tree the bodies that the library has instead. Programs are shared: it happens once to each. */
export function replaceBodies(program: Program): void {
  if (done.has(program)) return;
  done.add(program);
  const functions = program.functions as IrFunction[];
  const twins = new Map<string, IrFunction>();
  for (const fn of functions) if (fn.plainName.startsWith(PREFIX)) twins.set(fn.plainName.slice(PREFIX.length), fn);
  for (const [index, fn] of functions.entries()) {
    const twin = fn.file.startsWith('<') ? undefined : twins.get(fn.plainName);
    if (!twin || fn.loc === fn.endLoc || fn.signature.params.length !== twin.signature.params.length) continue;
    functions[index] = { ...fn, body: () => twin.body() };
  }
}
