import { openSearch } from '../support/search.ts';

/**
 * Microseconds that one sequence of three calls on a tree of 20 regions takes in both worlds, the best of a few rounds;
 * and one step of a search of that patch, which makes sequences up, looks at coverage and compares. `clock`: milliseconds.
 */
export async function measureSequences(
  tree: Parameters<typeof openSearch>[0],
  model: Parameters<typeof openSearch>[1],
  patch: string,
  clock: () => number,
): Promise<{ readonly pair: number; readonly step: number }> {
  const open = await openSearch(tree, model, patch);
  if (!open) throw new Error('the worlds are the same');
  const { runners, surface, hunt } = open.prepared;
  const op = (name: string): number => surface.operations.findIndex((o) => o.name === name);
  const sequence = {
    regions: Array.from({ length: 20 }, (_, i) => ({
      parent: 0,
      start: BigInt(i) << 20n,
      end: (BigInt(i) << 20n) + 0xfffffn,
      flags: 0x80000200n,
      desc: 0n,
      name: i % 4,
    })),
    calls: [
      { op: op('__request_region'), args: [0n, 0x2000000n, 0x1000n, 0n, 0n] },
      { op: op('region_intersects'), args: [0x100000n, 0x200000n, 0x200n, 0n] },
      { op: op('__release_region'), args: [0n, 0x2000000n, 0x1000n] },
    ],
    fail: 0,
  };
  const round = (count: number): number => {
    const start = clock();
    for (let i = 0; i < count; i++) {
      // As a search has it: each sequence is another one.
      const fresh = { ...sequence };
      runners.before.run(fresh);
      runners.after.run(fresh);
    }
    return (1000 * (clock() - start)) / count;
  };
  round(2000);
  const pair = Math.min(...Array.from({ length: 6 }, () => round(2000)));
  const steps = (count: number): number => {
    const start = clock();
    for (let i = 0; i < count; i++) hunt.step();
    return (1000 * (clock() - start)) / count;
  };
  steps(2000);
  const step = Math.min(...Array.from({ length: 4 }, () => steps(1000)));
  return { pair, step };
}
