import { dropping, taking } from '../../kernel/locks.ts';
import type { FunctionChange } from '../changes.ts';
import { CallGraph } from '../reach.ts';
import type { World } from '../world.ts';

/** Whether a function that the patch changes takes or drops locks itself, before or after; by a guard, too. */
export function changesLocking(
  worlds: Readonly<Record<'before' | 'after', World>>,
  changes: readonly FunctionChange[],
): boolean {
  const names = new Set(changes.flatMap((c) => (c.equivalent ? [] : [c.name])));
  return (['before', 'after'] as const).some((which) => {
    const world = worlds[which];
    const { program } = world.compiled;
    const graph = new CallGraph(program);
    const locks = (func: number, guards: boolean): boolean => {
      for (const callee of graph.callees(func)) {
        const { plainName, file } = program.functions[callee]!;
        if (taking.has(plainName) || dropping.has(plainName)) return true;
        // The constructor and the destructor of a guard are functions of a header.
        if (guards && file.endsWith('.h') && locks(callee, false)) return true;
      }
      return false;
    };
    return program.functions.some(
      (fn, index) => names.has(fn.plainName) && world.isUnderReview(fn.file) && locks(index, true),
    );
  });
}
