import type { FunctionBody } from '../../c/ir.ts';
import type { Loc } from '../../c/token.ts';

/** Ways out of the conditions of one function: how many there are, and how many were gone. */
export interface BranchCount {
  readonly ways: number;
  readonly gone: number;
}

/**
 * Counts the two ways of each condition from how often statements were executed. A way that leads where others lead, too,
 * was gone where the condition was evaluated more often than its other way was taken.
 */
export function branchCount(body: FunctionBody, executed: ReadonlyMap<Loc, number>): BranchCount {
  const predecessors = new Map<number, number>();
  const arrive = (block: number): void => void predecessors.set(block, (predecessors.get(block) ?? 0) + 1);
  for (const { end } of body.blocks) {
    if (end.op === 'jump') arrive(end.to);
    else if (end.op === 'branch') {
      arrive(end.then);
      arrive(end.else);
    } else if (end.op === 'switch') {
      for (const c of end.cases) arrive(c.to);
      arrive(end.default);
    }
  }
  const first = (block: number): Loc | undefined => {
    for (let at = block, steps = 0; steps < 8; steps++) {
      const { instrs, end } = body.blocks[at]!;
      const stmt = instrs.find((i) => i.op === 'stmt');
      if (stmt) return stmt.loc;
      if (end.op !== 'jump' || predecessors.get(end.to) !== 1) return undefined;
      at = end.to;
    }
    return undefined;
  };
  let ways = 0;
  let gone = 0;
  for (const block of body.blocks) {
    const { end } = block;
    const stmt = block.instrs.findLast((i) => i.op === 'stmt');
    if (end.op !== 'branch' || !stmt) continue;
    const evaluated = executed.get(stmt.loc) ?? 0;
    const sides = [end.then, end.else].map((to) => {
      const loc = predecessors.get(to) === 1 ? first(to) : undefined;
      return loc === undefined ? undefined : Math.min(evaluated, executed.get(loc) ?? 0);
    });
    const [a, b] = sides;
    ways += 2;
    if ((a ?? evaluated - (b ?? 0)) > 0) gone++;
    if ((b ?? evaluated - (a ?? 0)) > 0) gone++;
  }
  return { ways, gone };
}
