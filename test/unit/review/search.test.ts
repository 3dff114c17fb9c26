/* Parts of the search that need no kernel: growth of costs, random numbers, C declarations, words of sequences. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CType } from '../../../src/c/types.ts';
import { declaration } from '../../../src/review/search/c-text.ts';
import { fitGrowth, type Growth } from '../../../src/review/search/growth.ts';
import { Random } from '../../../src/review/search/random.ts';
import { tidy } from '../../../src/review/search/regions.ts';
import type { Region } from '../../../src/review/search/sequence.ts';

const int: CType = { kind: 'int', size: 4, signed: true, rank: 3, name: 'int' };

describe('search', () => {
  it('finds the class of growth that made the numbers', () => {
    const sizes = [4, 8, 16, 24, 32, 48, 64];
    const laws: readonly [Growth, (n: number) => number][] = [
      ['constant', () => 40],
      ['logarithmic', (n) => Math.round(100 * Math.log2(n + 1))],
      ['linear', (n) => 7 * n + 20],
      ['quadratic', (n) => 3 * n * n + 5],
      ['quadratic', (n) => n * n + 40 * n + 9],
      ['n log n', (n) => Math.round(30 * n * Math.log2(n + 1)) + 4 * n],
      // As a search does that is linear but for its first steps.
      ['linear', (n) => 11 * n + (n > 8 ? 3 : 0)],
      ['cubic', (n) => n * n * n + 9],
    ];
    for (const [name, law] of laws)
      assert.equal(fitGrowth(sizes.map((size) => ({ size, cost: law(size) }))).growth, name);
    assert.equal(fitGrowth([]).growth, 'unclear');
    assert.equal(Math.round(fitGrowth(sizes.map((size) => ({ size, cost: 7 * size + 20 }))).perUnit), 7);
  });

  it('draws the same numbers for the same seed, others for another', () => {
    const draw = (seed: number): number[] => {
      const random = new Random(seed);
      return Array.from({ length: 50 }, () => random.below(1000));
    };
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
    assert.ok(new Set(draw(7)).size > 30);
  });

  it('writes declarations as C has them', () => {
    const resource: CType = { kind: 'struct', tag: 'resource', size: 64, align: 8, loc: 0 };
    const callback: CType = {
      kind: 'pointer',
      to: { kind: 'function', returns: int, params: [{ type: { kind: 'pointer', to: resource } }], variadic: false },
    };
    assert.equal(declaration(callback, 'f'), 'int (*f)(struct resource *)');
    assert.equal(declaration({ kind: 'array', of: int, length: 3 }, 'a'), 'int a[3]');
    assert.equal(declaration({ kind: 'pointer', to: { ...int, const: true } }, 'p'), 'const int *p');
    assert.equal(declaration({ kind: 'struct', size: 0, align: 1, loc: 0 }, 'x'), undefined);
  });

  it('makes any list of regions a tree: children inside, siblings apart and in order, parents first', () => {
    const region = fc.record({
      parent: fc.integer({ min: 0, max: 12 }),
      start: fc.bigInt({ min: 0n, max: 40n }),
      end: fc.bigInt({ min: 0n, max: 40n }),
      flags: fc.constant(0n),
      desc: fc.constant(0n),
      name: fc.constant(0),
    });
    fc.assert(
      fc.property(fc.array(region, { maxLength: 10 }), (regions: readonly Region[]) => {
        const { regions: made } = tidy({ regions, calls: [], fail: 0 }, []);
        made.forEach((r, i) => {
          assert.ok(r.start <= r.end && r.parent < 2 + i);
          const parent = r.parent >= 2 ? made[r.parent - 2]! : { start: 0n, end: (1n << 64n) - 1n };
          assert.ok(parent.start <= r.start && r.end <= parent.end);
          for (const other of made.slice(0, i)) if (other.parent === r.parent) assert.ok(other.end < r.start);
        });
      }),
      { numRuns: 300 },
    );
  });
});
