/*
 * The modelled kernel by execution: what lib/ and the natives promise, with the real kernel/resource.c above them. Scenarios check themselves with EXPECT; what they
 * must provoke is named here.
 */
import assert from 'node:assert/strict';
import { MemoryTree, type SourceTree } from '../../src/base/tree.ts';
import { runKunit } from '../../src/kernel/kunit.ts';
import { buildTree, checkTree, readTree } from '../../src/kernel/resources.ts';
import type { Machine } from '../../src/machine/api.ts';
import type { MachineResource } from '../../src/model/api.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { build, drawn, observed, play, problems, rules, slabs } from '../support/modelled.ts';

describe('the modelled kernel below kernel/resource.c', function () {
  this.timeout(60_000);

  for (const version of versions) {
    describe(`with Linux ${version}`, () => {
      let tree: SourceTree;
      before(function () {
        tree = diskTree(needKernel(this, version));
      });
      const run = (text: string, iomem: readonly MachineResource[] = [], over?: SourceTree): Machine => {
        const { machine } = build(over ?? tree, text);
        buildTree(machine, iomem);
        play(machine);
        return machine;
      };
      const clean = (text: string, iomem: readonly MachineResource[] = []): Machine => {
        const machine = run(text, iomem);
        assert.deepEqual(problems(machine.events), []);
        assert.deepEqual(problems(checkTree(machine)), []);
        return machine;
      };
      const ram = (start: bigint, end: bigint, children: readonly MachineResource[] = []): MachineResource => ({
        name: 'System RAM',
        start,
        end,
        flags: 0x8100_0200n,
        desc: 0,
        children,
      });

      it('a tree that was built reads back as it was given', () => {
        const code = {
          name: 'Kernel code',
          start: 0x10_0000n,
          end: 0x1f_ffffn,
          flags: 0x8100_0200n,
          desc: 0,
          children: [],
        };
        const window = {
          name: 'CXL Window 0',
          start: 0x4_0000_0000n,
          end: 0x4_ffff_ffffn,
          flags: 0x200n,
          desc: 9,
          children: [],
        };
        const given = [ram(0n, 0xffff_ffffn, [code]), window, ram(0x5_0000_0000n, 0x5_ffff_ffffn)];
        const machine = run('CHECK { OBSERVE(iomem_resource.child->child->name); }', given);
        const plain = (nodes: readonly (MachineResource & { from?: string })[]): unknown =>
          nodes.map(({ name, start, end, flags, desc, children }) => [name, start, end, flags, desc, plain(children)]);
        assert.deepEqual(plain(readTree(machine)), plain(given));
        assert.deepEqual(observed(machine.events), ['iomem_resource.child->child->name = Kernel code']);
        assert.ok(readTree(machine).every((node) => node.from === 'machine'));
        assert.deepEqual(checkTree(machine), []);
      });

      it('regions: requested, nested, refused, released; nothing leaks', () => {
        const machine = clean(
          `
          CHECK {
            struct resource *a = request_mem_region(0x1000, 0x1000, "a"), *w;
            EXPECT(a && !strcmp(a->name, "a") && a->parent == &iomem_resource);
            EXPECT(!request_mem_region(0x1800, 0x1000, "b"));
            w = iomem_insert(&iomem_resource, "window", 0x10000, 0x10000, IORESOURCE_MEM, IORES_DESC_CXL);
            EXPECT(request_mem_region(0x11000, 0x1000, "in")->parent == w);
            EXPECT(w->child->desc == IORES_DESC_CXL);
            EXPECT(lookup_resource(&iomem_resource, 0x10000) == w);
            EXPECT(adjust_resource(w, 0x10000, 0x800) == -EBUSY && adjust_resource(w, 0x10000, 0x20000) == 0);
            release_mem_region(0x11000, 0x1000);
            release_mem_region(0x1000, 0x1000);
            EXPECT(remove_resource(w) == 0);
            kfree(w);
            EXPECT(!iomem_resource.child);
            EXPECT(request_region(0x3f8, 8, "serial"));
            release_region(0x3f8, 8);
          }`,
        );
        assert.equal(slabs(machine), 0);
      });

      it('free regions and their devices', () => {
        const machine = clean(`
          static IOMEM_DEVICE(gpu);
          CHECK {
            struct resource *a, *b;
            a = devm_request_free_mem_region(&gpu, &iomem_resource, SZ_256M);
            b = request_free_mem_region(&iomem_resource, SZ_256M, "b");
            OBSERVE(a->start); OBSERVE(a->name); OBSERVE(a->desc); OBSERVE(b->start);
            OBSERVE(request_free_mem_region(&iomem_resource, 1UL << 46, "all"));
            OBSERVE(iomem_device_unbind(&gpu));
            release_mem_region(b->start, SZ_256M);
          }`);
        assert.deepEqual(observed(machine.events), [
          'a->start = 0x3ffff0000000',
          'a->name = gpu',
          'a->desc = 0x6',
          'b->start = 0x3fffe0000000',
          'request_free_mem_region(&iomem_resource, 1UL << 46, "all") = -34',
          'iomem_device_unbind(&gpu) = 0x1',
        ]);
        assert.equal(slabs(machine), 0);
      });

      it('each allocation of a device region can fail, and nothing is lost', () => {
        const text = `
          static IOMEM_DEVICE(gpu);
          CHECK { OBSERVE(devm_request_free_mem_region(&gpu, &iomem_resource, SZ_256M)); iomem_device_unbind(&gpu); }`;
        const { machine, natives } = build(tree, text);
        const start = machine.snapshot();
        for (const n of [1, 2]) {
          machine.restore(start);
          natives.failAllocation(n);
          play(machine);
          assert.deepEqual(problems(machine.events), []);
          assert.deepEqual(observed(machine.events).length, 1);
          assert.match(observed(machine.events)[0]!, /= -12$/);
          assert.equal(slabs(machine), 0);
        }
      });

      it('walks, intersections, allocation, splitting', () => {
        clean(
          `
          static u64 seen[4]; static int n;
          static int visit(struct resource *res, void *arg) { seen[n++ % 4] = res->start; return 0; }
          static int pages(unsigned long pfn, unsigned long count, void *arg) { *(unsigned long *)arg += count; return 0; }
          CHECK {
            struct resource res = { .name = "new", .flags = IORESOURCE_MEM };
            unsigned long total = 0;
            EXPECT(walk_system_ram_res(0, -1, NULL, visit) == 0 && n == 2 && seen[1] == 0x200000000);
            EXPECT(walk_system_ram_range(0, 1UL << 40, &total, pages) == 0 && total == 0x100000 + 0x100000);
            EXPECT(region_intersects(0x1000, 0x1000, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) == REGION_INTERSECTS);
            EXPECT(region_intersects(0x100000000, 0x1000, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) == REGION_DISJOINT);
            EXPECT(page_is_ram(1) == 1 && page_is_ram(0x100000) == 0);
            EXPECT(allocate_resource(&iomem_resource, &res, SZ_1M, 0x100000000, -1, SZ_1G, NULL, NULL) == 0);
            EXPECT(res.start == 0x100000000);
            EXPECT(release_resource(&res) == 0);
            release_mem_region_adjustable(0x200000000, 0x10000000);
            EXPECT(lookup_resource(&iomem_resource, 0x210000000) != NULL);
            reserve_region_with_split(&iomem_resource, 0x1f0000000, 0x21fffffff, "split");
            EXPECT(lookup_resource(&iomem_resource, 0x1f0000000)->end == 0x20fffffff);
            EXPECT(!iomem_is_exclusive(0x300000000) && iomem_is_exclusive(0x1000));
          }`,
          [ram(0n, 0xffff_ffffn), ram(0x2_0000_0000n, 0x2_ffff_ffffn)],
        );
      });

      it('/proc/iomem', () => {
        const machine = clean(
          'CHECK { OBSERVE(iomem_proc_read("iomem", true)); OBSERVE(iomem_proc_read("none", 1)); }',
          [ram(0n, 0x9_ffffn, [{ name: 'part', start: 0x1000n, end: 0x1fffn, flags: 0x200n, desc: 0, children: [] }])],
        );
        assert.deepEqual(observed(machine.events), [
          'iomem_proc_read("iomem", true) = 00000000-0009ffff : System RAM\n  00001000-00001fff : part\n',
          'iomem_proc_read("none", 1) = NULL',
        ]);
      });

      it('a claim revokes user mappings, after the lock is dropped', () => {
        const machine = clean('CHECK { request_mem_region(SZ_4G, SZ_1M, "dev"); OBSERVE(iomem_unmap_count()); }');
        assert.deepEqual(observed(machine.events), ['iomem_unmap_count() = 0x1']);
      });

      it('muxed regions take turns; 6.1 can lose the wake-up', () => {
        const text = `
          static int turns;
          static void turn(void) {
            if (request_muxed_region(0x2e, 2, "superio")) { turns++; release_region(0x2e, 2); }
          }
          THREAD(one) { turn(); }
          THREAD(two) { turn(); }
          CHECK { EXPECT(turns == 2); }`;
        const { machine } = build(tree, text);
        const start = machine.snapshot();
        const ends = new Set<string>();
        for (let seed = 1; seed <= 300; seed++) {
          machine.restore(start);
          ends.add(play(machine, drawn(seed)).end);
          assert.deepEqual(problems(machine.events), [], `seed ${seed}`);
        }
        // The state is set after the lock is dropped there, and before it is dropped in 6.12.
        assert.deepEqual([...ends].sort(), version === '6.1' ? ['deadlock', 'done'] : ['done']);
      });

      it('a warning in the library points at its caller', () => {
        const machine = run(`static IOMEM_DEVICE(gpu);
          CHECK { devm_release_resource(&gpu, NULL); devm_release_action(&gpu, NULL, NULL); }`);
        const at = machine.events.flatMap((e) =>
          e.kind === 'problem' ? [machine.program.locations.presumed(e.loc).file] : [],
        );
        assert.deepEqual(at, ['kernel/resource.c', 'scenario.c']);
      });

      it('with the lock held, revoking takes it again', () => {
        const path = 'kernel/resource.c';
        const source = tree.read(path)!;
        const inside = source.replace(
          /(static void revoke_iomem\(struct resource \*res\)\n\{\n)/,
          '$1\twrite_lock(&resource_lock);\n',
        );
        assert.notEqual(inside, source);
        const machine = run(
          'CHECK { request_mem_region(SZ_4G, SZ_1M, "dev"); }',
          [],
          new MemoryTree(new Map([[path, inside]]), tree),
        );
        assert.deepEqual(rules(machine.events), ['recursive-lock']);
        assert.match(
          problems(machine.events)[0]!,
          /read_lock\(&resource_lock\): this thread already holds resource_lock for writing/,
        );
      });

      it('a broken tree is told', () => {
        const machine = run(`
          static struct resource low = { .start = 0, .end = 0x2fff, .flags = IORESOURCE_MEM, .name = "low" };
          static struct resource high = { .start = 0x3000, .end = 0x3fff, .flags = IORESOURCE_MEM, .name = "high" };
          CHECK {
            struct resource *gone = request_mem_region(0x8000, 0x1000, "gone");
            request_resource(&iomem_resource, &low); request_resource(&iomem_resource, &high);
            high.start = 0x1000; high.parent = &low;
            kfree(gone);
          }`);
        assert.deepEqual(
          checkTree(machine).map((e) => e.kind === 'problem' && e.message),
          [
            '"high" [mem 0x00001000-0x00003fff] stands below "PCI mem" [mem 0x00000000-0xffffffffffffffff], but its parent pointer is low',
            '"high" [mem 0x00001000-0x00003fff] overlaps its sibling "low" [mem 0x00000000-0x00002fff]',
            'below "PCI mem" [mem 0x00000000-0xffffffffffffffff]: heap#1@check (alloc_resource) (freed) was freed and is still linked',
          ],
        );
      });

      it('a cycle ends', () => {
        const machine = run(`
          static struct resource a = { .start = 0, .end = 1, .flags = IORESOURCE_MEM }, b = { .start = 2, .end = 3, .flags = IORESOURCE_MEM };
          CHECK { request_resource(&iomem_resource, &a); request_resource(&iomem_resource, &b); b.sibling = &a; }`);
        assert.equal(readTree(machine).length, 2);
        assert.match(problems(checkTree(machine)).join(), /a second time/);
      });

      it("KUnit: the kernel's own suite passes, and cleans up", () => {
        const { machine } = build(tree, '', ['lib/kunit/kunit.c'], ['kernel/resource.c', 'kernel/resource_kunit.c']);
        const suites = runKunit(machine);
        assert.deepEqual(
          suites.map((s) => [s.name, s.cases.map((c) => c.status)]),
          [['resource', version === '6.1' ? ['ok', 'ok'] : ['ok', 'ok', 'ok']]],
        );
        assert.deepEqual(readTree(machine), []);
        assert.equal(slabs(machine), 0);
      });
    });
  }
});
