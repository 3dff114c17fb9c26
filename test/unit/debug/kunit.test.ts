import assert from 'node:assert/strict';
import path from 'node:path';
import { MemoryTree } from '../../../src/base/tree.ts';
import { Debuggee } from '../../../src/debug/debuggee.ts';
import { DiskTree } from '../../../src/disk-tree.ts';
import type { KunitCaseInput } from '../../../src/review/kunit.ts';
import { readModelFiles } from '../../support/model-files.ts';

const suite = 'kernel/toy_kunit.c';
const text = `#include <kunit/test.h>
#include <linux/ioport.h>
static int initialised;
static int toy_init(struct kunit_suite *suite)
{
	initialised = 1;
	return 0;
}
static void adds(struct kunit *test)
{
	int sum = 2;

	sum += 2;
	KUNIT_EXPECT_EQ(test, sum, 4);
	KUNIT_EXPECT_EQ(test, initialised, 1);
}
static void crashes(struct kunit *test)
{
	struct resource *res = NULL;

	res->start = 1;
}
static const int numbers[] = { 10, 20, 30 };
static const void *number_gen_params(const void *last, char *desc)
{
	const int *next = last ? (const int *)last + 1 : numbers;

	return next < numbers + 3 ? next : NULL;
}
static void each(struct kunit *test)
{
	int value = *(const int *)test->param_value;

	KUNIT_EXPECT_NE(test, value, 20);
}
static struct kunit_case cases[] = { KUNIT_CASE(adds), KUNIT_CASE(crashes), KUNIT_CASE_PARAM(each, number_gen_params), {} };
static struct kunit_suite toy = { .name = "toy", .suite_init = toy_init, .test_cases = cases };
kunit_test_suite(toy);
`;

describe('debug/kunit', function () {
  this.timeout(60_000);
  const input = (name: string): KunitCaseInput => ({
    path: suite,
    case: name,
    world: 'after',
    model: readModelFiles(),
    tree: new MemoryTree(new Map([[suite, text]]), new DiskTree(path.resolve('test/fixtures/seed-tree'))),
  });
  const lineAt = (debuggee: Debuggee): string =>
    text.split('\n')[debuggee.place(debuggee.recording.loc(debuggee.position)).line - 1]!.trim();

  it('records one case, with what its suite does before it', async () => {
    const debuggee = await Debuggee.launch(input('toy.adds'));
    assert.equal(debuggee.execution.end, 'ok');
    assert.equal(lineAt(debuggee), 'initialised = 1;');
    const [expectation] = debuggee.lineHits(suite, 14);
    assert.ok(expectation !== undefined);
    debuggee.position = expectation;
    const values = debuggee.values();
    const [frame] = debuggee.frames(debuggee.thread);
    assert.ok(frame);
    debuggee.position = debuggee.step(debuggee.thread, 'over', -1);
    assert.equal(lineAt(debuggee), 'sum += 2;');
    assert.equal(values.machine, debuggee.machine());
    assert.deepEqual(debuggee.lineHits(suite, 20), [], 'the other cases did not run');
    assert.equal(debuggee.schedule(), '');
    assert.deepEqual(debuggee.stepPositions(), []);
  });

  it('stays where a case has ended the execution', async () => {
    const debuggee = await Debuggee.launch(input('crashes'));
    assert.equal(debuggee.execution.end, 'null-dereference');
    const [event] = debuggee.events();
    assert.ok(event);
    debuggee.position = event.position;
    assert.equal(lineAt(debuggee), 'res->start = 1;');
    debuggee.position = debuggee.recording.length;
    assert.equal(debuggee.recording.seek(debuggee.position), debuggee.machine());
    debuggee.position = debuggee.first;
    assert.equal(lineAt(debuggee), 'initialised = 1;');
  });

  it('chooses among the parameters of a case', async () => {
    assert.equal((await Debuggee.launch(input('each'))).execution.end, 'ok');
    assert.equal((await Debuggee.launch(input('toy.each 2'))).execution.end, 'the case fails');
    assert.equal((await Debuggee.launch(input('each 3'))).execution.end, 'ok');
    await assert.rejects(Debuggee.launch(input('each 4')), /no suite of kernel\/toy_kunit\.c has a case each 4/);
    await assert.rejects(Debuggee.launch(input('nothing')), /has a case nothing/);
    await assert.rejects(Debuggee.launch({ ...input('adds'), world: 'before' }), /without a patch/);
  });
});
