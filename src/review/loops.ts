import type { FunctionBody } from '../c/ir.ts';
import type { Loc } from '../c/token.ts';
import type { Execution } from './execute.ts';
import type { LineBook } from './lines.ts';
import type { SourcePlace } from './report.ts';
import type { World } from './world.ts';

export interface LoopCount {
  readonly function: string;
  readonly at: SourcePlace;
  readonly count: number;
}

/** Heads of a function's loops, by loop number. */
function loopHeads(body: FunctionBody): readonly Loc[] {
  const heads: Loc[] = [];
  for (const block of body.blocks)
    for (const instr of block.instrs) if (instr.op === 'loop') heads[instr.loop] = instr.loc;
  return heads;
}

/**
 * How often each executed loop went around, keyed so that loops of the two worlds can be compared: by function and number
 * among the function's loops.
 */
export function loopCounts(world: World, lines: LineBook, execution: Execution): ReadonlyMap<string, LoopCount> {
  const { program } = world.compiled;
  const counts = new Map<string, LoopCount>();
  for (const [func, numbers] of execution.loops) {
    const fn = program.functions[func];
    if (!fn || numbers.every((n) => n === 0)) continue;
    const body = fn.body();
    if (!body) continue;
    const heads = loopHeads(body);
    numbers.forEach((count, loop) => {
      const head = heads[loop];
      if (count === 0 || head === undefined) return;
      counts.set(`${fn.name}/${heads.length}/${loop}`, { function: fn.plainName, at: lines.place(world, head), count });
    });
  }
  return counts;
}
