import assert from 'node:assert/strict';
import { CodedError } from '../../../src/base/errors.ts';
import { type RunInput, runScenario } from '../../../src/review/run-scenario.ts';
import { readModelFiles } from '../../support/model-files.ts';

const model = readModelFiles();
const run = async (body: string, more: Partial<RunInput> = {}) =>
  (await runScenario({ scenarioName: 's.c', scenarioText: `#include <iomem-review.h>\n${body}`, model, ...more }))[0]!;
const rules = async (body: string, more: Partial<RunInput> = {}): Promise<string[]> =>
  (await run(body, more)).outcome.problems.map((p) => p.rule);

describe('running a scenario', function () {
  this.timeout(60_000);

  it('observes integers in their width, strings, booleans and error pointers', async () => {
    const { outcome } = await run(
      'CHECK { int i = -16; unsigned char c = 255; char *s = "a\\"b"; OBSERVE(i); OBSERVE(c); OBSERVE(s); OBSERVE(i < 0); OBSERVE(ERR_PTR(-EBUSY)); OBSERVE(1ULL << 63); }',
    );
    assert.deepEqual(
      outcome.observations.map((o) => o.value),
      ['0xfffffff0', '0xff', '"a\\"b"', '0x1', '-EBUSY', '0x8000000000000000'],
    );
    assert.equal(outcome.end, 'ok');
  });

  it('names the rule of what goes wrong', async () => {
    assert.deepEqual(await rules('CHECK { int *p = NULL; *p = 1; }'), ['null-dereference']);
    assert.deepEqual(await rules('CHECK { int *p = kmalloc(4, GFP_KERNEL); kfree(p); OBSERVE(*p); }'), [
      'use-after-free',
    ]);
    assert.deepEqual(await rules('CHECK { int *p = kmalloc(4, GFP_KERNEL); kfree(p); kfree(p); }'), ['double-free']);
    assert.deepEqual(await rules('CHECK { int *p = kzalloc(4, GFP_KERNEL); p[1] = 1; }'), ['out-of-bounds']);
    assert.deepEqual(await rules('CHECK { int *p = kmalloc(4, GFP_KERNEL); if (*p) OBSERVE(1); kfree(p); }'), [
      'uninitialised-read',
    ]);
    assert.deepEqual(await rules('CHECK { kmalloc(4, GFP_KERNEL); }'), ['leak']);
    assert.deepEqual(await rules('static int *kept; CHECK { kept = kmalloc(4, GFP_KERNEL); }'), []);
    assert.deepEqual(await rules('CHECK { volatile int n = 32; OBSERVE(1 << n); }'), ['shift-range']);
    assert.deepEqual(await rules('CHECK { EXPECT(1 + 1 == 3); }'), ['expectation-failed']);
    assert.deepEqual(await rules('CHECK { WARN_ON(1); }'), ['warning-raised']);
    assert.deepEqual(await rules('CHECK { BUG(); }'), ['bug-reached']);
  });

  it('tells what never ends from what was only cut off', async () => {
    const cut = (body: string) => rules(body, { budget: { statements: 20_000 } });
    assert.deepEqual(await cut('CHECK { for (;;) ; }'), ['nontermination']);
    assert.deepEqual(
      await cut(
        'struct n { struct n *next; }; CHECK { struct n a, b, *p; a.next = &b; b.next = &a; for (p = &a; p; p = p->next) ; }',
      ),
      ['nontermination'],
    );
    assert.deepEqual(await cut('CHECK { volatile u64 i; for (i = 0; i < 1000000; i++) ; }'), ['statement-budget']);
  });

  it('judges locks', async () => {
    const locked = (body: string) => rules(`static DEFINE_RWLOCK(l); static DEFINE_SPINLOCK(s);\nCHECK { ${body} }`);
    assert.deepEqual(await locked('write_lock(&l); read_lock(&l);'), ['recursive-lock']);
    assert.deepEqual(await locked('read_lock(&l); read_lock(&l); read_unlock(&l); read_unlock(&l);'), []);
    assert.deepEqual(await locked('spin_lock(&s);'), ['lock-held-at-exit']);
    assert.deepEqual(await locked('spin_unlock(&s);'), ['unlock-not-held']);
    assert.deepEqual(await locked('void *p; spin_lock(&s); p = kmalloc(1, GFP_KERNEL); spin_unlock(&s); kfree(p);'), [
      'sleep-in-atomic',
    ]);
    assert.deepEqual(
      await locked('void *p; spin_lock(&s); p = kmalloc(1, GFP_ATOMIC); spin_unlock(&s); kfree(p);'),
      [],
    );
  });

  it('says what is wrong with a scenario, and where', async () => {
    await assert.rejects(
      run('CHECK { OBSERVE(nothing); }'),
      (e) => e instanceof CodedError && e.place?.file === 's.c' && e.place.line === 2,
    );
    await assert.rejects(run('CHECK { int 3; }'), (e) => e instanceof CodedError && e.place?.line === 2);
    await assert.rejects(run('static int x;'), (e) => e instanceof CodedError && e.code === 'R005');
    await assert.rejects(run('CHECK { }', { machine: 'abacus' }), (e) => e instanceof CodedError && e.code === 'R006');
  });

  it('gives the same answer every time', async () => {
    const body = 'static long r[4];\nCHECK { OBSERVE(&r[1]); OBSERVE(kzalloc(8, GFP_KERNEL)); }';
    assert.deepEqual((await run(body)).outcome, (await run(body)).outcome);
  });
});
