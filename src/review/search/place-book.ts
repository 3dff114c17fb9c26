import { CodedError } from '../../base/errors.ts';
import type { Loc } from '../../c/token.ts';
import type { World } from '../world.ts';

/**
 * The statements under review of one world, numbered so that every compilation of the same texts comes to the same numbers:
 * by file and name of their functions, then as they are lowered. Locations do not: they depend on what was compiled before.
 */
export class PlaceBook {
  readonly locs: readonly Loc[];
  readonly numbers: ReadonlyMap<Loc, number>;

  constructor(world: World) {
    const functions = world.compiled.program.functions
      .filter((fn) => world.isUnderReview(fn.file))
      .map((fn) => ({ fn, key: `${fn.file}\n${fn.plainName}` }))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    const locs = new Set<Loc>();
    for (const { fn } of functions) {
      try {
        for (const block of fn.body()?.blocks ?? [])
          for (const instr of block.instrs) if (instr.op === 'stmt') locs.add(instr.loc);
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
      }
    }
    this.locs = [...locs];
    this.numbers = new Map(this.locs.map((loc, i) => [loc, i]));
  }

  /** Counts by location as pairs of number and count, in order; what is not under review is left out. */
  numbered(counts: ReadonlyMap<Loc, number>): readonly (readonly [number, number])[] {
    const pairs: [number, number][] = [];
    for (const [loc, count] of counts) {
      const number = this.numbers.get(loc);
      if (number !== undefined) pairs.push([number, count]);
    }
    return pairs.sort((a, b) => a[0] - b[0]);
  }
}
