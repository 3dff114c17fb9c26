/*
 * The modelled kernel by execution: what lib/ and the natives promise, with the real kernel/resource.c above them. Scenarios
 * check themselves with EXPECT; what they must provoke is named here.
 */
import assert from 'node:assert/strict';
import { MemoryTree, type SourceTree } from '../../src/base/tree.ts';
import { compile } from '../../src/c/compile.ts';
import { single } from '../../src/explore/single.ts';
import { runThreads, type ScheduleResult, type Strategy } from '../../src/explore/strategy.ts';
import type { KernelNatives } from '../../src/kernel/api.ts';
import { ktap, runKunit } from '../../src/kernel/kunit.ts';
import { kernelNatives } from '../../src/kernel/natives.ts';
import { buildTree, checkTree, readTree } from '../../src/kernel/resources.ts';
import type { Machine, MachineEvent } from '../../src/machine/api.ts';
import { createStepper } from '../../src/machine/stepper.ts';
import type { MachineResource } from '../../src/model/api.ts';
import { definesOf, profileNamed } from '../../src/model/profiles.ts';
import { diskTree, needKernel, versions } from '../support/kernels.ts';
import { readModelFiles } from '../support/model-files.ts';

const model = readModelFiles();
const fromTree = ['include/linux/ioport.h', 'include/linux/resource_ext.h', 'include/linux/range.h'];

interface Built {
  readonly machine: Machine;
  readonly natives: KernelNatives;
}
function build(tree: SourceTree, text: string, more: readonly string[] = [], units = ['kernel/resource.c']): Built {
  const result = compile({
    target: { wordSize: 8, longLongAlign: 8, charSigned: false },
    units: [
      ...units.map((path) => ({ path, from: 'tree' as const })),
      { path: 'scenario.c', from: 'text', text: `#include <iomem-review.h>\n${text}` },
      ...['lib/kernel.c', ...more].map((path) => ({ path, from: 'model' as const, weak: true })),
    ],
    tree,
    model: new MemoryTree(model),
    fromTree,
    defines: definesOf(profileNamed('x86_64')!),
  });
  assert.deepEqual(result.errors.map(String), []);
  assert.deepEqual(result.missingHeaders, []);
  const natives = kernelNatives(result.program);
  const machine = createStepper(result.program, natives);
  for (const call of result.initcalls) {
    machine.spawn(call.name, result.program.functionNamed(call.name)!);
    assert.equal(runThreads(machine, single(), machine.threads.length - 1).end, 'done');
  }
  return { machine, natives };
}

function play(machine: Machine, strategy: Strategy = single()): ScheduleResult {
  const { program } = machine;
  let result: ScheduleResult = { end: 'done', choices: [], blocked: [] };
  const phase = (names: readonly string[], how: Strategy): void => {
    if (result.end !== 'done') return;
    const from = machine.threads.length;
    for (const name of names)
      machine.spawn(name.replace(/^__iomem_(thread|scenario)_/, ''), program.functionNamed(name)!);
    result = runThreads(machine, how, from);
  };
  const all = program.functions.map((f) => f.name);
  phase(
    all.filter((name) => name === '__iomem_scenario_setup'),
    single(),
  );
  phase(
    all.filter((name) => name.startsWith('__iomem_thread_')),
    strategy,
  );
  phase(
    all.filter((name) => name === '__iomem_scenario_check'),
    single(),
  );
  return result;
}

/** A schedule drawn from a seed: before each visible step there is a switch once in `every` times, 2 to 32 by seed. */
function drawn(seed: number): Strategy {
  let state = seed >>> 0;
  const every = 2 << (seed % 5);
  return {
    name: 'drawn',
    granularity: 'visible',
    next: (_machine, ready, last) => {
      const draw = (below: number): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return (state >>> 16) % below;
      };
      return last !== undefined && draw(every) > 0 ? last : ready[draw(ready.length)]!;
    },
  };
}

const problems = (events: readonly MachineEvent[]): string[] =>
  events.flatMap((e) => (e.kind === 'problem' ? [`${e.rule}: ${e.message}`] : []));
const rules = (events: readonly MachineEvent[]): string[] =>
  events.flatMap((e) => (e.kind === 'problem' ? [e.rule] : []));
const observed = (events: readonly MachineEvent[]): string[] =>
  events.flatMap((e) =>
    e.kind === 'observe'
      ? [`${e.expr} = ${typeof e.value.value === 'bigint' ? `0x${e.value.value.toString(16)}` : e.value.value}`]
      : [],
  );
const slabs = (machine: Machine): number => machine.liveObjects().filter((o) => o.kind === 'slab').length;

describe('the modelled kernel', function () {
  this.timeout(60_000);

  describe('without a tree', () => {
    const nothing: SourceTree = { read: () => undefined };
    const run = (text: string, strategy?: Strategy): Machine => {
      const { machine } = build(nothing, text, [], []);
      play(machine, strategy);
      return machine;
    };
    const clean = (text: string, strategy?: Strategy): Machine => {
      const machine = run(text, strategy);
      assert.deepEqual(problems(machine.events), []);
      return machine;
    };
    const provokes = (text: string, ...expected: string[]): Machine => {
      const machine = run(text);
      assert.deepEqual(rules(machine.events), expected);
      return machine;
    };

    it('observations of every kind', () => {
      const machine = clean(`
        enum colour { red, green };
        static char text[] = "mine";
        CHECK {
          OBSERVE(-1); OBSERVE((u8)-1); OBSERVE(true); OBSERVE(green); OBSERVE((s64)-2); OBSERVE("lit"); OBSERVE(text);
          OBSERVE((char *)NULL); OBSERVE((void *)0); OBSERVE(ERR_PTR(-EBUSY)); OBSERVE(&iomem_unmap_count);
          OBSERVE(text + 1 == &text[1]);
        }`);
      assert.deepEqual(observed(machine.events), [
        '-1 = 0xffffffff',
        '(u8)-1 = 0xff',
        'true = 0x1',
        'green = 0x1',
        '(s64)-2 = 0xfffffffffffffffe',
        '"lit" = lit',
        'text = mine',
        '(char *)NULL = NULL',
        '(void *)0 = NULL',
        'ERR_PTR(-EBUSY) = -16',
        '&iomem_unmap_count = iomem_unmap_count',
        'text + 1 == &text[1] = 0x1',
      ]);
    });

    it('strings and numbers', () => {
      clean(`
        #include <linux/bitmap.h>
        static char buffer[32];
        CHECK {
          char line[] = " a b\\n", *at = line, *word;
          char *numbers = "0x10,20-3";
          int n;
          unsigned int u;
          EXPECT(strlen("abc") == 3 && strnlen("abc", 2) == 2);
          EXPECT(strcmp("a", "b") < 0 && strcmp("b", "a") > 0 && !strcmp("", ""));
          EXPECT(!strncmp("abc", "abd", 2) && !strcasecmp("ABC", "abc"));
          EXPECT(!strcmp(strstr("relaxed,strict", "strict"), "strict") && !strstr("relax", "relaxed"));
          EXPECT(!strcmp(strchr("a:b", ':'), ":b") && !strchr("ab", 'c') && *strchr("ab", 0) == 0);
          EXPECT(!strcmp(strrchr("a/b/c", '/'), "/c"));
          EXPECT(strscpy(buffer, "0123456789", 5) == -E2BIG && !strcmp(buffer, "0123"));
          EXPECT(strscpy(buffer, "ok") == 2 && strlcat(buffer, "ay", sizeof(buffer)) == 4 && !strcmp(buffer, "okay"));
          EXPECT(!strcmp(strim(at), "a b"));
          at = strim(line);
          word = strsep(&at, " ");
          EXPECT(!strcmp(word, "a") && !strcmp(at, "b"));
          EXPECT(get_option(&numbers, &n) == 2 && n == 16);
          EXPECT(get_option(&numbers, &n) == 3 && n == 20);
          numbers++;
          EXPECT(get_option(&numbers, &n) == 1 && n == 3);
          EXPECT(get_option(&numbers, &n) == 0);
          EXPECT(memparse("2M", &at) == SZ_2M && !*at);
          EXPECT(kstrtouint("12\\n", 0, &u) == 0 && u == 12);
          EXPECT(kstrtouint("4294967296", 10, &u) == -ERANGE && kstrtouint("x", 10, &u) == -EINVAL);
          EXPECT(kstrtoint("-5", 10, &n) == 0 && n == -5);
          EXPECT(!memchr_inv("aaaa", 'a', 4) && *(char *)memchr_inv("aab", 'a', 3) == 'b');
          EXPECT(scnprintf(buffer, 4, "%d", 12345) == 3 && !strcmp(buffer, "123"));
          EXPECT(match_string((const char *[]){ "x", "y" }, 2, "y") == 1);
          {
            DECLARE_BITMAP(map, 100);
            bitmap_zero(map, 100);
            bitmap_set(map, 60, 10);
            EXPECT(find_first_bit(map, 100) == 60 && find_next_zero_bit(map, 100, 60) == 70 && !bitmap_empty(map, 100));
          }
          {
            char *made = kasprintf(GFP_KERNEL, "%s-%llx", "n", 0x1234567890ULL);
            EXPECT(!strcmp(made, "n-1234567890"));
            kfree(made);
          }
        }`);
    });

    it('managed resources: the last first, groups, actions; memory is freed', () => {
      const machine = clean(`
        static IOMEM_DEVICE(gpu);
        static int order[8], count;
        static void released(struct device *dev, void *res) { order[count++] = *(int *)res; }
        static void acted(void *data) { order[count++] = (int)(long)data; }
        static int same(struct device *dev, void *res, void *data) { return *(int *)res == *(int *)data; }
        static void add(int value)
        {
          int *res = devres_alloc(released, sizeof(*res), GFP_KERNEL);
          *res = value;
          devres_add(&gpu, res);
        }
        CHECK {
          int two = 2;
          void *group;
          add(1); add(2); add(3);
          EXPECT(devm_add_action_or_reset(&gpu, acted, (void *)4L) == 0);
          EXPECT(iomem_device_resources(&gpu) == 4);
          EXPECT(*(int *)devres_find(&gpu, released, same, &two) == 2);
          EXPECT(devres_destroy(&gpu, released, same, &two) == 0 && count == 0);
          EXPECT(devres_release(&gpu, released, same, &two) == -ENOENT);
          group = devres_open_group(&gpu, NULL, GFP_KERNEL);
          add(5);
          devres_close_group(&gpu, group);
          add(6);
          EXPECT(devres_release_group(&gpu, group) == 1 && count == 1 && order[0] == 5);
          devm_release_action(&gpu, acted, (void *)4L);
          EXPECT(count == 2 && order[1] == 4);
          EXPECT(devm_kzalloc(&gpu, 16, GFP_KERNEL));
          EXPECT(iomem_device_unbind(&gpu) == 4);
          EXPECT(count == 5 && order[2] == 6 && order[3] == 3 && order[4] == 1);
        }`);
      assert.equal(slabs(machine), 0);
    });

    it('freeing the payload of a managed resource is an error', () => {
      provokes(
        `static void released(struct device *dev, void *res) { }
         CHECK { kfree(devres_alloc(released, 8, GFP_KERNEL)); }`,
        'invalid-free',
      );
    });

    it('cleanup: guards and freed variables on every way out', () => {
      const machine = clean(`
        static DEFINE_RWLOCK(lock);
        static DEFINE_MUTEX(m);
        static int work(int way)
        {
          int *p __free(kfree) = kzalloc_obj(*p);
          guard(write_lock)(&lock);
          if (way == 1)
            return 1;
          scoped_guard(rcu) {
            if (way == 2)
              return 2;
          }
          while (1) {
            int *q __free(kfree) = kmalloc(8, GFP_ATOMIC);
            if (way == 3)
              break;
            return 4;
          }
          return 3;
        }
        static int *keep(void)
        {
          int *p __free(kfree) = kzalloc_obj(int);
          scoped_guard(mutex, &m)
            *p = 7;
          return_ptr(p);
        }
        CHECK {
          int i, *kept;
          for (i = 1; i <= 4; i++)
            EXPECT(work(i) == i);
          kept = keep();
          EXPECT(*kept == 7 && write_trylock(&lock));
          write_unlock(&lock);
          kfree(kept);
        }`);
      assert.equal(slabs(machine), 0);
    });

    it('percpu references', () => {
      const machine = clean(`
        #include <linux/percpu-refcount.h>
        static struct percpu_ref ref;
        static DECLARE_COMPLETION(done);
        static void gone(struct percpu_ref *r) { complete(&done); }
        CHECK {
          EXPECT(percpu_ref_init(&ref, gone, 0, GFP_KERNEL) == 0);
          percpu_ref_get_many(&ref, 3);
          EXPECT(percpu_ref_tryget_live(&ref));
          percpu_ref_kill(&ref);
          EXPECT(!percpu_ref_tryget_live(&ref) && percpu_ref_tryget(&ref));
          percpu_ref_put_many(&ref, 5);
          wait_for_completion(&done);
          EXPECT(percpu_ref_is_zero(&ref));
          percpu_ref_exit(&ref);
        }`);
      assert.equal(slabs(machine), 0);
      provokes(
        `#include <linux/percpu-refcount.h>
         static struct percpu_ref ref;
         static void gone(struct percpu_ref *r) { }
         CHECK { percpu_ref_init(&ref, gone, 0, GFP_KERNEL); percpu_ref_exit(&ref); percpu_ref_get(&ref); }`,
        'api-misuse',
      );
    });

    it('xarrays of ranges', () => {
      const machine = clean(`
        #include <linux/xarray.h>
        static DEFINE_XARRAY(pages);
        static int a, b;
        CHECK {
          EXPECT(!xa_err(xa_store_range(&pages, 10, 29, &a, GFP_KERNEL)));
          EXPECT(xa_load(&pages, 10) == &a && xa_load(&pages, 29) == &a && !xa_load(&pages, 9) && !xa_load(&pages, 30));
          xa_store_range(&pages, 15, 19, &b, GFP_KERNEL);
          EXPECT(xa_load(&pages, 14) == &a && xa_load(&pages, 15) == &b && xa_load(&pages, 20) == &a);
          xa_store_range(&pages, 12, 16, NULL, GFP_KERNEL);
          EXPECT(xa_load(&pages, 11) == &a && !xa_load(&pages, 12) && xa_load(&pages, 17) == &b);
          EXPECT(xa_store(&pages, 5, &b, GFP_KERNEL) == NULL && xa_erase(&pages, 5) == &b);
          xa_destroy(&pages);
          EXPECT(xa_empty(&pages));
        }`);
      assert.equal(slabs(machine), 0);
    });

    it('waiting and waking under many schedules', () => {
      const text = `
        static DECLARE_WAIT_QUEUE_HEAD(queue);
        static DECLARE_COMPLETION(started);
        static DEFINE_SPINLOCK(lock);
        static int ready, seen, total;
        THREAD(sleeper) {
          wait_for_completion(&started);
          wait_event(queue, READ_ONCE(ready));
          seen = ready;
          spin_lock(&lock); total++; spin_unlock(&lock);
        }
        THREAD(waker) {
          complete(&started);
          WRITE_ONCE(ready, 7);
          wake_up(&queue);
          spin_lock(&lock); total++; spin_unlock(&lock);
        }
        CHECK { EXPECT(seen == 7 && total == 2); }`;
      const { machine } = build(nothing, text, [], []);
      const start = machine.snapshot();
      for (let seed = 1; seed <= 100; seed++) {
        machine.restore(start);
        const { end } = play(machine, drawn(seed));
        assert.deepEqual([end, problems(machine.events)], ['done', []], `seed ${seed}`);
      }
    });

    it('a wake-up between the look and the sleep is lost in some schedules', () => {
      const text = `
        static DECLARE_WAIT_QUEUE_HEAD(queue);
        static int ready;
        THREAD(sleeper) {
          DECLARE_WAITQUEUE(wait, current);
          if (!READ_ONCE(ready)) {
            add_wait_queue(&queue, &wait);
            set_current_state(TASK_UNINTERRUPTIBLE);
            schedule();
            remove_wait_queue(&queue, &wait);
          }
        }
        THREAD(waker) { WRITE_ONCE(ready, 1); wake_up(&queue); }`;
      const { machine } = build(nothing, text, [], []);
      const start = machine.snapshot();
      const ends = new Set<string>();
      for (let seed = 1; seed <= 100; seed++) {
        machine.restore(start);
        ends.add(play(machine, drawn(seed)).end);
      }
      assert.deepEqual([...ends].sort(), ['deadlock', 'done']);
    });

    it('atomic counters lose nothing, plain ones do', () => {
      const text = `
        static atomic_t sure; static int plain;
        THREAD(a) { atomic_inc(&sure); plain++; atomic_inc(&sure); plain++; }
        THREAD(b) { atomic_inc(&sure); plain++; atomic_inc(&sure); plain++; }
        CHECK { OBSERVE(plain); EXPECT(atomic_read(&sure) == 4); }`;
      const { machine } = build(nothing, text, [], []);
      const start = machine.snapshot();
      const outcomes = new Set<string>();
      for (let seed = 1; seed <= 60; seed++) {
        machine.restore(start);
        play(machine, drawn(seed));
        assert.deepEqual(problems(machine.events), []);
        outcomes.add(observed(machine.events)[0]!);
      }
      assert.ok(outcomes.has('plain = 0x4') && outcomes.size > 1, [...outcomes].join());
    });

    it('synchronize_rcu() waits for readers; what was to be freed then is freed', () => {
      const text = `
        #include <linux/rcupdate.h>
        struct item { int value; struct rcu_head rcu; };
        static struct item *shared;
        SETUP { shared = kzalloc_obj(*shared); shared->value = 5; }
        THREAD(reader) {
          struct item *it;
          rcu_read_lock();
          it = rcu_dereference(shared);
          if (it)
            EXPECT(it->value == 5);
          rcu_read_unlock();
        }
        THREAD(writer) {
          struct item *old = rcu_replace_pointer(shared, NULL, 1);
          synchronize_rcu();
          kfree(old);
          old = kzalloc_obj(*old);
          kfree_rcu(old, rcu);
          rcu_barrier();
        }`;
      const { machine } = build(nothing, text, [], []);
      const start = machine.snapshot();
      for (let seed = 1; seed <= 60; seed++) {
        machine.restore(start);
        const { end } = play(machine, drawn(seed));
        assert.deepEqual([end, problems(machine.events), slabs(machine)], ['done', [], 0], `seed ${seed}`);
      }
    });

    it('what must not be is reported', () => {
      provokes(
        'static DEFINE_SPINLOCK(l); CHECK { spin_lock(&l); kfree(kmalloc(8, GFP_KERNEL)); spin_unlock(&l); }',
        'sleep-in-atomic',
      );
      provokes('static DEFINE_SPINLOCK(l); CHECK { spin_lock(&l); kfree(kmalloc(8, GFP_ATOMIC)); spin_unlock(&l); }');
      provokes('static DEFINE_RWLOCK(l); CHECK { read_lock(&l); write_lock(&l); }', 'recursive-lock');
      provokes('static DEFINE_RWLOCK(l); CHECK { read_lock(&l); }', 'lock-held-at-exit');
      provokes('static DEFINE_RWLOCK(l); CHECK { write_unlock(&l); }', 'unlock-not-held');
      provokes('CHECK { might_sleep(); rcu_read_lock(); might_sleep(); rcu_read_unlock(); }', 'sleep-in-atomic');
      provokes(
        'CHECK { WARN_ON(1 == 1); WARN(1, "n %d", 3); int i; for (i = 0; i < 3; i++) WARN_ON_ONCE(i); }',
        'warning-raised',
        'warning-raised',
        'warning-raised',
      );
      provokes('CHECK { BUG_ON(1); EXPECT(0); }', 'bug-reached');
      provokes('CHECK { EXPECT(1); EXPECT(0); }', 'expectation-failed');
      provokes('CHECK { kfree(vmalloc(8)); }', 'invalid-free');
      provokes('CHECK { char *p = kmalloc(8, GFP_KERNEL); kfree(p); kfree(p); }', 'double-free');
      provokes('CHECK { char *p = kmalloc(8, GFP_KERNEL); memset(p, 0, 9); }', 'out-of-bounds');
      provokes('CHECK { char *p = kmalloc(8, GFP_KERNEL); kfree(p); pr_info("%s", p); }', 'use-after-free');
      provokes(
        'static struct { spinlock_t l; } *s; CHECK { s = kzalloc_obj(*s); kfree(s); spin_lock(&s->l); }',
        'use-after-free',
      );
    });

    it('allocations fail where they are told to', () => {
      const { machine, natives } = build(
        nothing,
        'CHECK { void *a = kmalloc(8, GFP_KERNEL), *b = kzalloc(8, GFP_KERNEL); OBSERVE(!a); OBSERVE(!b); kfree(a); kfree(b); }',
        [],
        [],
      );
      natives.failAllocation(2);
      play(machine);
      assert.deepEqual(observed(machine.events), ['!a = 0x0', '!b = 0x1']);
    });

    it('log lines, with formats', () => {
      const machine = clean(`
        #undef pr_fmt
        #define pr_fmt(f) KBUILD_MODNAME ": " f
        static IOMEM_DEVICE(gpu);
        CHECK {
          struct resource r = { .start = 0x100000, .end = 0x1fffff, .flags = IORESOURCE_MEM };
          struct va_format unused;
          phys_addr_t at = 0x1234;
          (void)unused;
          pr_info("%pR at %pa, %pe, %ps\\n", &r, &at, ERR_PTR(-ENOMEM), kfree);
          dev_err(&gpu, "%d%%\\n", 5);
          pr_debug("not seen\\n");
          printk(KERN_DEBUG "%pr\\n", &r);
        }`);
      assert.deepEqual(
        machine.events.flatMap((e) => (e.kind === 'log' ? [`${e.level} ${e.text}`] : [])),
        [
          '6 scenario: [mem 0x00100000-0x001fffff] at 0x0000000000001234, -ENOMEM, kfree',
          '3 gpu: 5%',
          '7 [mem 0x00100000-0x001fffff flags 0x200]',
        ],
      );
    });
  });

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

  it('KUnit: failed expectations, assertions, skips, crashes', () => {
    const text = `
      #include <kunit/test.h>
      static int cleaned;
      static void clean(void *context) { cleaned++; }
      static void expects(struct kunit *test) { int three = 3; KUNIT_EXPECT_EQ(test, 2, three); KUNIT_EXPECT_TRUE_MSG(test, three == 4, "but %d", three); }
      static void asserts(struct kunit *test) { kunit_add_action(test, clean, NULL); KUNIT_ASSERT_NOT_NULL(test, (void *)NULL); cleaned = 100; }
      static void skips(struct kunit *test) { kunit_skip(test, "not %s", "here"); }
      static void crashes(struct kunit *test) { *(int *)0 = 1; }
      static void passes(struct kunit *test) { KUNIT_EXPECT_EQ(test, cleaned, 1); KUNIT_EXPECT_STREQ(test, "a", "a"); }
      static struct kunit_case cases[] = { KUNIT_CASE(expects), KUNIT_CASE(asserts), KUNIT_CASE(skips), KUNIT_CASE(crashes), KUNIT_CASE(passes), {} };
      static struct kunit_suite suite = { .name = "own", .test_cases = cases };
      kunit_test_suite(suite);`;
    const { machine } = build({ read: () => undefined }, text, ['lib/kunit/kunit.c'], []);
    assert.equal(
      ktap(runKunit(machine)),
      `KTAP version 1
1..1
    KTAP version 1
    # Subtest: own
    1..5
    # expects: EXPECTATION FAILED at scenario.c:6
        Expected 2 == three, but
            three == 3 (0x3)
    # expects: EXPECTATION FAILED at scenario.c:6
        Expected three == 4 to be true, but is false
        but 3
    not ok 1 expects
    # asserts: ASSERTION FAILED at scenario.c:7
        Expected (void *)NULL not to be NULL, but is
    not ok 2 asserts
    ok 3 skips # SKIP not here
    # crashes: null-dereference: write of 4 bytes at NULL
    not ok 4 crashes
    ok 5 passes
# own: pass:1 fail:3 skip:1 total:5
# Totals: pass:1 fail:3 skip:1 total:5
not ok 1 own
`,
    );
  });
});
