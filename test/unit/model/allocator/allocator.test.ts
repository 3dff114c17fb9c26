import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allocateResource, freeRegion } from '../../../../src/model/allocator/search.ts';
import {
  adjustResource,
  EBUSY,
  EINVAL,
  ERANGE,
  insertExpandToFit,
  insertResource,
  iomemRoot,
  MAX,
  REGION_DISJOINT,
  REGION_INTERSECTS,
  REGION_MIXED,
  type Resource,
  regionIntersects,
  releaseRegion,
  releaseResource,
  removeResource,
  requestRegion,
  requestResource,
  resource,
} from '../../../../src/model/allocator/tree.ts';

const MiB = 1n << 20n;
const GiB = 1n << 30n;
const BUSY = 0x8000_0200n;
const SYSTEM_RAM = 0x100_0200n;
const physmemEnd = (1n << 46n) - 1n;

/** What must hold after every call. */
function check(node: Resource): void {
  let last = -1n;
  for (const child of node.children) {
    assert.ok(child.start <= child.end && child.start > last, 'sorted and disjoint');
    assert.ok(child.start >= node.start && child.end <= node.end, 'inside its parent');
    assert.equal(child.parent, node);
    last = child.end;
    check(child);
  }
}
const device = (root: Resource, size: bigint, tried?: bigint[]) =>
  freeRegion({ root, base: root, size, align: 128n * MiB, name: 'dev', desc: 6, physmemEnd, mode: 'claim' }, tried);
const start = (answer: Resource | typeof ERANGE) => (answer === ERANGE ? answer : answer.start);

describe('the reference allocator', () => {
  it('answers the lowest conflict, or the parent for what does not fit', () => {
    const root = resource('root', 0x1000n, 0x8fffn);
    const low = resource('low', 0x2000n, 0x2fffn);
    const high = resource('high', 0x4000n, 0x4fffn);
    assert.equal(requestResource(root, high), undefined);
    assert.equal(requestResource(root, low), undefined);
    assert.equal(requestResource(root, resource('both', 0x2800n, 0x4800n)), low);
    assert.equal(requestResource(root, resource('out', 0n, 0x1fffn)), root);
    assert.equal(requestResource(root, resource('turned', 0x3000n, 0x2000n)), root);
    check(root);
  });

  it('inserts over what lies inside, and over a resident of the same range', () => {
    const root = iomemRoot();
    const window = resource('CXL Window 0', 0n, GiB - 1n);
    insertResource(root, window);
    const reserved = resource('Soft Reserved', 0n, GiB - 1n);
    assert.equal(insertResource(root, reserved), undefined);
    assert.deepEqual(reserved.children, [window]);
    const torn = resource('torn', GiB / 2n, 2n * GiB);
    assert.equal(insertResource(root, torn), reserved);
    assert.equal(insertExpandToFit(root, torn), true);
    assert.deepEqual([torn.start, torn.end, torn.children], [0n, 2n * GiB, [reserved]]);
    check(root);
  });

  it('nests claims into windows and inherits their type and desc', () => {
    const root = iomemRoot();
    insertResource(root, resource('virtio0', 0n, GiB - 1n, { flags: SYSTEM_RAM, desc: 4 }));
    const claim = requestRegion(root, MiB, MiB, 'RAM');
    assert.equal(claim?.parent?.name, 'virtio0');
    assert.deepEqual([claim.flags, claim.desc], [SYSTEM_RAM | 0x8000_0000n, 4]);
    assert.equal(requestRegion(root, MiB, 2n * MiB, 'again'), undefined);
    assert.equal(releaseRegion(root, MiB, 2n * MiB), false);
    assert.equal(releaseRegion(root, MiB, MiB), true);
    assert.equal(releaseResource(claim), EINVAL);
  });

  it('removes a parent and keeps its children; releases it with them', () => {
    const root = iomemRoot();
    const parent = resource('parent', 0n, 0xffffn);
    const child = resource('child', 0n, 0xfffn);
    insertResource(root, parent);
    insertResource(root, child);
    removeResource(parent);
    assert.deepEqual([root.children, child.parent], [[child], root]);
    insertResource(root, parent);
    releaseResource(parent);
    assert.deepEqual(root.children, []);
  });

  it('adjusts within parent, siblings and children', () => {
    const root = resource('root', 0n, 0xffffn);
    const [a, b] = [resource('a', 0x1000n, 0x2fffn), resource('b', 0x4000n, 0x4fffn)];
    requestResource(root, a);
    requestResource(root, b);
    insertResource(root, resource('child', 0x1800n, 0x1fffn));
    assert.equal(adjustResource(a, 0x1000n, 0x3001n), EBUSY);
    assert.equal(adjustResource(a, 0x1900n, 0x1000n), EBUSY);
    assert.equal(adjustResource(b, 0x4000n, 0x10000n), EBUSY);
    assert.equal(adjustResource(a, 0x1000n, 0x3000n), 0);
    assert.equal(a.end, 0x3fffn);
    check(root);
  });

  it('looks below containers for what is wanted, as 6.12 does', () => {
    const root = iomemRoot();
    const at = 4n * GiB;
    const busyRam = { flags: SYSTEM_RAM | 0x8000_0000n };
    insertResource(root, resource('CXL Window 0', at, at + 2n * GiB - 1n, { desc: 9 }));
    insertResource(root, resource('region0', at, at + GiB - 1n));
    const kmem = resource('System RAM (kmem)', at, at + GiB - 1n, busyRam);
    requestResource(root.children[0]!.children[0]!, kmem);
    const ram = (from: bigint, size: bigint) => regionIntersects(root, from, size, SYSTEM_RAM, 0);
    assert.equal(ram(at, 4096n), REGION_INTERSECTS);
    assert.equal(ram(at, 2n * GiB), REGION_MIXED);
    assert.equal(ram(at + GiB, 4096n), REGION_DISJOINT);
    assert.equal(regionIntersects(root, at - GiB, GiB, 0n, 0), REGION_DISJOINT);
    insertResource(root, resource('Soft Reserved', at, at + 2n * GiB - 1n, { desc: 8 }));
    assert.equal(regionIntersects(root, at, 4096n, 0x200n, 9), REGION_INTERSECTS);
  });

  it('finds free device memory where the kernel was measured to find it', () => {
    const crowded = iomemRoot();
    for (let i = 0n; i < 10n; i++) {
      const from = (1n << 46n) - (i + 1n) * 256n * MiB + 128n * MiB;
      requestResource(crowded, resource(`busy${i}`, from, from + 128n * MiB - 1n, { flags: BUSY }));
    }
    const tried: bigint[] = [];
    assert.equal(start(device(crowded, GiB, tried)), 0x3fff_2800_0000n);
    assert.equal(tried.length, 20);

    const empty = iomemRoot();
    assert.equal(start(device(empty, 256n * MiB)), 0x3fff_f000_0000n);
    assert.equal(start(device(empty, 256n * MiB)), 0x3fff_e000_0000n);

    const bar = iomemRoot();
    requestResource(bar, resource('BAR', 0x3fff_ff00_0000n, 0x3fff_ffff_ffffn, { flags: BUSY }));
    assert.equal(start(device(bar, 64n * GiB)), 0x3fef_f800_0000n);

    assert.equal(device(iomemRoot(), 1n << 47n), ERANGE, 'larger than the space');
    assert.equal(device(iomemRoot(), 1n << 46n), ERANGE, 'all of the space');
  });

  it('fills a fragmented window from the bottom up', () => {
    const root = iomemRoot();
    const window = resource('CXL Window 0', 4n * GiB, 6n * GiB - 1n, { desc: 9 });
    insertResource(root, window);
    for (const at of [0n, 1280n * MiB])
      insertResource(window, resource('region', window.start + at, window.start + at + 256n * MiB - 1n));
    const got = freeRegion({ root, base: window, size: GiB, align: 256n * MiB, name: 'r', physmemEnd, mode: 'insert' });
    assert.equal(start(got), window.start + 256n * MiB);
    const low = freeRegion({
      root,
      base: root,
      size: 7n * MiB,
      align: MiB,
      name: 'low',
      physmemEnd,
      mode: 'insert',
    });
    assert.equal(start(low), 0x10_0000n);
  });

  it('allocates the lowest gap within bounds and alignment', () => {
    const root = resource('root', 0x1000n, 0xffffn);
    requestResource(root, resource('a', 0x1000n, 0x2fffn));
    requestResource(root, resource('b', 0x5000n, 0xffffn));
    const fresh = resource('c', 0n, 0n);
    const bounds = { size: 0x1000n, min: 0n, max: MAX, align: 0x4000n };
    assert.equal(allocateResource(root, fresh, bounds), 0);
    assert.equal(fresh.start, 0x4000n);
    assert.equal(allocateResource(root, resource('d', 0n, 0n), { ...bounds, size: 0x2000n }), EBUSY);
    check(root);
  });

  it('keeps its tree whole under any calls', () => {
    const range = fc.record({ at: fc.nat(63), size: fc.integer({ min: 1, max: 24 }), call: fc.nat(6) });
    fc.assert(
      fc.property(fc.array(range, { maxLength: 60 }), (calls) => {
        const root = resource('root', 0n, 63n);
        const all: Resource[] = [];
        for (const { at, size, call } of calls) {
          const [from, length] = [BigInt(at), BigInt(size)];
          const fresh = resource('r', from, from + length - 1n, call % 2 ? { flags: BUSY } : {});
          const old = all[at % (all.length || 1)];
          if (call === 0) requestResource(root, fresh);
          else if (call === 1) insertResource(root, fresh);
          else if (call === 2) requestRegion(root, from, length, 'claim');
          else if (call === 3) releaseRegion(root, from, length);
          else if (call === 4 && old?.parent) adjustResource(old, from, length);
          else if (call === 5 && old?.parent) removeResource(old);
          else if (call === 6) allocateResource(root, fresh, { size: length, min: from, max: 63n, align: 4n });
          if (fresh.parent) all.push(fresh);
          check(root);
        }
      }),
      { numRuns: 300 },
    );
  });
});
