import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Node, packTree, START, samePacked } from '../../../src/map/pack.ts';
import { makeScale } from '../../../src/map/scale.ts';
import { makeLane } from '../../../src/map/scene.ts';

const top = (1n << 64n) - 1n;
/** Any trees, broken ones too: siblings overlap, children stick out. */
const forest = (depth: number): fc.Arbitrary<Node[]> =>
  fc.array(
    fc
      .record({
        name: fc.string({ maxLength: 5 }),
        start: fc.bigInt({ min: 0n, max: top }),
        size: fc.bigInt({ min: 0n, max: 1n << 63n }),
        flags: fc.bigInt({ min: 0n, max: top }),
        desc: fc.nat(9),
        line: fc.nat(1000),
        children: depth === 0 ? fc.constant([]) : forest(depth - 1),
      })
      .map(({ size, ...rest }) => ({ ...rest, end: rest.start + size > top ? top : rest.start + size })),
    { maxLength: 3 },
  );
const trees = forest(2);
const hexed = (list: readonly Node[]): Node[] =>
  list.map((n) => ({
    ...n,
    start: `0x${n.start.toString(16)}`,
    end: `0x${n.end.toString(16)}`,
    flags: `0x${n.flags.toString(16)}`,
    children: hexed(n.children),
  }));

describe('packed trees', () => {
  it('give back what went in, from numbers and from text', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const flat: Node[] = [];
        const visit = (list: readonly Node[]): void =>
          list.forEach((n) => {
            flat.push(n);
            visit(n.children);
          });
        visit(tree);
        const packed = packTree(tree);
        assert.ok(samePacked(packed, packTree(hexed(tree))));
        const lane = makeLane('after', packed, 'ok', []);
        const regions = lane.rows.flatMap((row) => [...row]).sort((a, b) => a.index - b.index);
        assert.deepEqual(regions, [...lane.regions]);
        for (const r of regions) for (const child of r.children) assert.equal(child.parent, r);
        assert.deepEqual(
          regions.map((r) => [r.name, r.start, r.end, r.flags, r.desc, r.line, r.children.length]),
          flat.map((n) => [n.name, n.start, n.end, n.flags, n.desc, n.line || undefined, n.children.length]),
        );
      }),
    );
  });

  it('make an axis that ascends, also of broken trees', () => {
    fc.assert(
      fc.property(trees, trees, (a, b) => {
        const scale = makeScale('compressed', {
          trees: [packTree(a), packTree(b)],
          extents: [],
          marks: [1n << 32n],
          end: 1n << 64n,
        });
        let before = -1;
        for (const address of [...[...a, ...b].map((n) => BigInt(n.start)), 0n, 1n << 40n].sort((x, y) =>
          x < y ? -1 : 1,
        )) {
          const at = scale.position(address);
          assert.ok(at >= before && at <= 1 + 1e-9);
          before = at;
        }
        const packed = packTree(a);
        for (const row of makeLane('after', packed, 'ok', []).rows) {
          const positions = new Float64Array(row.length);
          scale.place(packed.words, row.indices, START, positions);
          for (const [i, { start }] of [...row].entries())
            assert.ok(Math.abs(positions[i]! - scale.position(start)) < 1e-9);
        }
      }),
    );
  });
});
