/*
 * A schedule row by row: locks, places, and what became of the tree.
 */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/base/tree.ts';
import {
  changeText,
  nodeNames,
  type ScheduleTimeline,
  timelineLines,
  timelineOf,
  treeAfter,
} from '../../../src/review/timeline/timeline.ts';
import { readModelFiles } from '../../support/model-files.ts';

const model = readModelFiles();
const tree = new MemoryTree(
  new Map([
    [
      'kernel/resource.c',
      '#include <linux/ioport.h>\nstruct resource iomem_resource = { .name = "PCI mem", .end = -1 };\n',
    ],
  ]),
);
const timeline = (scenarioText: string, schedule: string): Promise<ScheduleTimeline> =>
  timelineOf({ scenarioName: 's.c', scenarioText, model, tree, machine: 'empty', schedule, world: 'after' });

const linking = `#include <iomem-review.h>
#include <linux/ioport.h>
static DEFINE_RWLOCK(lock);
static struct resource low = { .name = "low", .start = 0x1000, .end = 0x1fff };
static struct resource high = { .name = "high", .start = 0x3000, .end = 0x3fff };
static int busy;
THREAD(first)
{
	write_lock(&lock);
	low.parent = &iomem_resource;
	iomem_resource.child = &low;
	low.desc = 7;
	write_unlock(&lock);
	busy = 1;
}
THREAD(second)
{
	write_lock(&lock);
	high.parent = &iomem_resource;
	if (low.parent)
		low.sibling = &high;
	else
		iomem_resource.child = &high;
	write_unlock(&lock);
	OBSERVE(busy);
}
`;

describe('the rows of a schedule', function () {
  this.timeout(20_000);

  it('name thread, function, line, the locks held, and what changed in the tree', async () => {
    const t = await timeline(linking, 'a2-b2');
    assert.deepEqual(t.threads, [
      { letter: 'a', name: 'first' },
      { letter: 'b', name: 'second' },
    ]);
    const names = nodeNames(t);
    const shown = t.rows
      .filter((row) => row.kind === 'operation' || row.changes.length > 0)
      .map((row) => [
        row.thread,
        row.function,
        row.at.line,
        row.held.map((h) => `${h.name} ${h.mode} since ${h.at.line}`).join(),
        row.changes.map((c) => changeText(c, names)).join(),
      ]);
    assert.deepEqual(shown, [
      ['a', 'first', 9, 'lock write since 9', ''],
      ['a', 'first', 11, 'lock write since 9', '+ “low” [0x1000-0x1fff] in iomem_resource'],
      ['a', 'first', 12, 'lock write since 9', '~ “low” [0x1000-0x1fff]: desc 0 → 7'],
      ['a', 'first', 13, '', ''],
      ['b', 'second', 18, 'lock write since 18', ''],
      ['b', 'second', 21, 'lock write since 18', '+ “high” [0x3000-0x3fff] in iomem_resource'],
      ['b', 'second', 24, '', ''],
    ]);
    assert.ok(t.rows.some((row) => row.events.some((e) => e.kind === 'observe' && e.text === 'busy = 0x1')));
    assert.equal(t.rows[0]?.source, 'write_lock(&lock);');
    assert.ok(timelineLines(t).some((line) => /^ {4}tree \+ “low”/.test(line)));
  });

  it('gives the tree as it stands after each row', async () => {
    const t = await timeline(linking, 'b2-a2');
    assert.deepEqual(treeAfter(t, -1), t.start);
    const last = treeAfter(t, t.rows.length - 1).map(({ name, desc, parent }) => [name, desc, parent]);
    // The second one was overwritten by the first, which did not look.
    assert.deepEqual(last, [['low', 7, 'iomem_resource']]);
    const removed = t.rows.flatMap((row) => row.changes).filter((c) => c.kind === 'removed');
    assert.deepEqual(
      removed.map((c) => c.node.name),
      ['high'],
    );
  });

  it('tells for what threads wait at a deadlock, and which sections they are inside of', async () => {
    const t = await timeline(
      `#include <iomem-review.h>
static DEFINE_SPINLOCK(l); static DEFINE_SPINLOCK(m);
THREAD(a) { rcu_read_lock(); spin_lock(&l); spin_lock(&m); spin_unlock(&m); spin_unlock(&l); rcu_read_unlock(); }
THREAD(b) { spin_lock(&m); spin_lock(&l); spin_unlock(&l); spin_unlock(&m); }`,
      'a2-b1',
    );
    assert.equal(t.outcome.end, 'deadlock');
    const waits = t.rows.filter((row) => row.kind === 'wait');
    assert.deepEqual(
      waits.map((row) => [row.thread, row.held.map((h) => `${h.name} ${h.mode}`)]),
      [
        ['a', ['l write', 'RCU section']],
        ['b', ['m write']],
      ],
    );
    assert.match(waits[0]?.what ?? '', /^waits for spin_lock\(&m\), held /);
  });

  it('has a row for each range that is looked at, with what the look came to', async () => {
    const looks = new MemoryTree(
      new Map([
        [
          'kernel/resource.c',
          `#include <linux/ioport.h>
struct resource iomem_resource = { .name = "PCI mem", .end = -1 };
int look(resource_size_t start, resource_size_t size)
{
	return iomem_resource.child == NULL && size < 0x2000;
}
`,
        ],
      ]),
    );
    const scenarioText = `#include <iomem-review.h>
#include <linux/ioport.h>
int look(resource_size_t start, resource_size_t size);
static int found;
THREAD(search) { found = look(0x5000, 0x2000) || look(0x1000, 0x1000); }
`;
    const input = { scenarioName: 's.c', scenarioText, model, machine: 'empty', schedule: '', world: 'after' as const };
    const t = await timelineOf({ ...input, tree: looks });
    assert.deepEqual(t.candidates, [
      { start: '0x5000', end: '0x6fff', function: 'look', result: '0' },
      { start: '0x1000', end: '0x1fff', function: 'look', result: '1' },
    ]);
    const rows = t.rows.filter((row) => row.tried !== undefined);
    assert.deepEqual(
      rows.map((row) => [row.tried, row.function, row.at.line]),
      [
        [1, 'look', 5],
        [2, 'look', 5],
      ],
    );
  });
});
