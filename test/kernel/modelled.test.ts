/*
 * The modelled kernel by execution: what lib/ and the natives promise. Scenarios check themselves with EXPECT; what they
 * must provoke is named here.
 */
import assert from 'node:assert/strict';
import type { SourceTree } from '../../src/base/tree.ts';
import type { Strategy } from '../../src/explore/strategy.ts';
import { ktap, runKunit } from '../../src/kernel/kunit.ts';
import type { Machine } from '../../src/machine/api.ts';
import { build, drawn, observed, play, problems, rules, slabs } from '../support/modelled.ts';

describe('the modelled kernel, without a tree', function () {
  this.timeout(60_000);

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
