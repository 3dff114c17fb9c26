import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compressedScale, type Extent, linearScale, logScale, type Scale } from '../../../src/map/scale.ts';
import { ticksOf } from '../../../src/map/ticks.ts';

const TOP = 1n << 64n;
const page = 4096n;
const extent = fc
  .record({ start: fc.bigInt({ min: 0n, max: TOP - 1n }), bits: fc.nat(63), leaf: fc.boolean() })
  .map(({ start, bits, leaf }): Extent => {
    const end = start + (1n << BigInt(bits)) - 1n;
    return { start, end: end < TOP ? end : TOP - 1n, leaf };
  });
const scales = fc.oneof(
  fc.constant(linearScale(TOP)),
  fc.constant(logScale(TOP)),
  fc.array(extent, { maxLength: 30 }).map((extents) => compressedScale(extents, [1n << 32n], TOP)),
);
const segmentsOf = (scale: Scale) => Array.from({ length: scale.count }, (_, i) => scale.segment(i));
const address = fc.bigInt({ min: 0n, max: TOP });

describe('scales of the address map', () => {
  it('hold the whole space without overlap', () => {
    fc.assert(
      fc.property(scales, (scale) => {
        assert.equal(segmentsOf(scale)[0]?.start, 0n);
        assert.equal(segmentsOf(scale).at(-1)?.end, TOP);
        segmentsOf(scale).forEach((segment, i) => {
          const next = segmentsOf(scale)[i + 1];
          assert.ok(segment.end > segment.start && segment.length > 0);
          if (next) assert.equal(next.start, segment.end);
        });
        const total = segmentsOf(scale).reduce((sum, { length }) => sum + length, 0);
        assert.ok(Math.abs(total - 1) < 1e-9);
      }),
    );
  });

  it('never turn the order of addresses round', () => {
    fc.assert(
      fc.property(scales, address, address, (scale, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        assert.ok(scale.position(low) <= scale.position(high) + 1e-12);
        assert.ok(scale.between(low, high) >= 0);
        assert.equal(scale.between(high, low) + scale.between(low, high), 0);
      }),
    );
  });

  it('come back to the address that they moved from', () => {
    fc.assert(
      fc.property(scales, address, address, (scale, from, to) => {
        const there = scale.move(from, scale.between(from, to));
        // As exact as a double can be about the distance inside one piece.
        const piece = scale.segment(scale.indexOf(to));
        const slack = ((piece.end - piece.start) >> 40n) + (to > from ? to - from : (from - to) >> 44n) + 1n;
        const off = there > to ? there - to : to - there;
        assert.ok(off <= slack || Math.abs(scale.between(there, to)) < 1e-11, `${there} is not ${to}`);
      }),
    );
  });

  it('are exact for a page at the top of the 64-bit space', () => {
    for (const scale of [linearScale(TOP), logScale(TOP)]) {
      const at = TOP - 16n * page;
      const one = scale.between(at, at + page);
      assert.ok(one > 0);
      assert.equal(scale.between(at + page, at + 2n * page), one);
      assert.equal(scale.move(at, one), at + page);
      assert.equal(scale.move(at, one / 4096), at + 1n);
    }
  });

  it('fold what is empty and keep what is alike in proportion', () => {
    const G = 1n << 30n;
    const extents = [
      { start: 0n, end: G - 1n, leaf: true },
      { start: 2n * G, end: 4n * G - 1n, leaf: true },
      { start: 1n << 45n, end: (1n << 45n) + G - 1n, leaf: true },
    ];
    const scale = compressedScale(extents, [], 1n << 46n);
    const width = (start: bigint, end: bigint) => scale.between(start, end);
    assert.ok(Math.abs(width(2n * G, 4n * G) / width(0n, G) - 2) < 1e-9, 'neighbours of like size are linear');
    assert.ok(Math.abs(width(G, 2n * G) / width(0n, G) - 1) < 1e-9, 'a small gap between them too');
    assert.ok(width(4n * G, 1n << 45n) < width(0n, G), '32 TiB of nothing take less than 1 GiB of something');
    assert.deepEqual(
      segmentsOf(scale)
        .filter((s) => s.folded)
        .map((s) => [s.start, s.end]),
      [
        [4n * G, 1n << 45n],
        [(1n << 45n) + G, 1n << 46n],
      ],
    );
  });

  it('fold inside a window too', () => {
    const scale = compressedScale(
      [
        { start: 0n, end: (1n << 40n) - 1n, leaf: false },
        { start: 0n, end: 4095n, leaf: true },
      ],
      [],
      1n << 46n,
    );
    assert.equal(scale.segment(scale.indexOf(1n << 39n)).folded, true);
    assert.equal(scale.segment(scale.indexOf(100n)).folded, false);
  });

  it('stay fast with a hundred thousand regions', () => {
    const extents = Array.from({ length: 100_000 }, (_, i) => {
      const start = BigInt(i) * (1n << 28n);
      return { start, end: start + (1n << 27n) - 1n, leaf: true };
    });
    const began = performance.now();
    const scale = compressedScale(extents, [], 1n << 46n);
    assert.ok(scale.position(1n << 45n) > 0);
    assert.ok(performance.now() - began < 3000);
  });
});

describe('ticks', () => {
  const axis = (scale: Scale, width: number) => ({
    width,
    left: 0n,
    right: scale.end,
    x: (a: bigint) => scale.position(a) * width,
    at: (x: number) => scale.move(0n, x / width),
    measure: (label: string) => label.length * 7,
  });

  it('do not touch each other and hold both ends', () => {
    fc.assert(
      fc.property(scales, fc.integer({ min: 200, max: 3000 }), (scale, width) => {
        const ticks = ticksOf(scale, axis(scale, width));
        assert.equal(ticks[0]?.label, '0x0');
        let last = -1;
        for (const { label, x } of ticks) {
          const from = Math.max(0, Math.min(x - label.length * 3.5, width - label.length * 7));
          assert.ok(from > last, `${label} at ${x}`);
          last = from + label.length * 7;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('prefer what is asked for', () => {
    const scale = linearScale(1n << 46n);
    const ticks = ticksOf(scale, axis(scale, 600), [0x3000_2800_0000n]);
    assert.ok(ticks.some((tick) => tick.label === '0x3000_2800_0000'));
  });
});
