import { CodedError } from '../../base/errors.ts';
import { type FunctionBody, type IrFunction, successors } from '../../c/ir.ts';
import type { Loc } from '../../c/token.ts';
import { plural } from '../format.ts';
import type { World } from '../world.ts';

/**
 * Why nothing came to a line of code: the last line on the way there that was executed, or that its function was never called.
 * `executed`: how often each statement was, over all sequences that brought something new.
 */
export function whyUnreached(
  world: World,
  executed: ReadonlyMap<Loc, number>,
  sequences: number,
  { file, line }: { readonly file: string; readonly line: number },
): string {
  const tried = `no sequence of ${sequences} came here`;
  for (const fn of world.compiled.program.functions) {
    if (fn.file !== file || fn.loc === fn.endLoc) continue;
    if (line < world.place(fn.loc).line || world.place(fn.endLoc).line < line) continue;
    const body = bodyOf(fn);
    if (!body) return tried;
    const last = lastExecuted(world, body, executed, line);
    if (last === undefined) return `${tried}: ${fn.plainName}() was never called`;
    const at = world.place(last.loc);
    const text = (world.compiled.program.locations.lineText(at.file, at.line) ?? '').trim();
    const times = plural(executed.get(last.loc) ?? 0, 'time');
    return last.ended
      ? `${tried}: all ended at line ${at.line}, “${text}” (${times})`
      : `${tried}: line ${at.line}, “${text}”, never went on to it (${times})`;
  }
  return tried;
}

function bodyOf(fn: IrFunction): FunctionBody | undefined {
  try {
    return fn.body();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return undefined;
  }
}

/** The nearest executed statement from which a way leads to a line; `ended`: it has no other way, so nothing went on from it. */
function lastExecuted(
  world: World,
  { blocks }: FunctionBody,
  executed: ReadonlyMap<Loc, number>,
  line: number,
): { readonly loc: Loc; readonly ended: boolean } | undefined {
  const into = blocks.map((): number[] => []);
  for (const [index, block] of blocks.entries()) for (const to of successors(block.end)) into[to]!.push(index);
  const queue: number[] = [];
  for (const [index, { instrs, end }] of blocks.entries()) {
    const here = instrs.findIndex((i) => i.loc !== 0 && world.place(i.loc).line === line);
    const ends = end.op !== 'jump' && end.loc !== 0 && world.place(end.loc).line === line;
    if (here < 0 && !ends) continue;
    // A statement before it in the same block: only what ends an execution comes between the two.
    const before = instrs
      .slice(0, here < 0 ? instrs.length : here)
      .findLast((i) => i.op === 'stmt' && world.place(i.loc).line !== line && executed.has(i.loc));
    if (before) return { loc: before.loc, ended: true };
    queue.push(index);
  }
  const seen = new Set(queue);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const from of into[next]!) {
      if (seen.has(from)) continue;
      seen.add(from);
      const block = blocks[from]!;
      const stmt = block.instrs.findLast((i) => i.op === 'stmt' && (executed.get(i.loc) ?? 0) > 0);
      if (stmt) return { loc: stmt.loc, ended: successors(block.end).length < 2 };
      queue.push(from);
    }
  }
  return undefined;
}
