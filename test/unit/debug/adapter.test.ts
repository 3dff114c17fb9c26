import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DebugClient } from '@vscode/debugadapter-testsupport';
import { patchOf, stackOf, startClient, variablesOf } from './support.ts';

const tree = path.resolve('test/fixtures/seed-tree');
const resource = path.join(tree, 'kernel/resource.c');
const source = readFileSync(resource, 'utf8').split('\n');
/** 1-based line of the first line that holds a text. */
const lineOf = (text: string): number => {
  const index = source.findIndex((line) => line.includes(text));
  assert.ok(index >= 0, `no line has ${text}`);
  return index + 1;
};
const scenarioText = `// machine: x86_64
#include <iomem-review.h>
#include <linux/ioport.h>
#include <linux/err.h>
THREAD(a)
{
	struct resource *res = request_free_mem_region(&iomem_resource, 0x10000000, "a");
	OBSERVE(PTR_ERR_OR_ZERO(res));
}
THREAD(b)
{
	struct resource *res = request_free_mem_region(&iomem_resource, 0x10000000, "b");
	OBSERVE(PTR_ERR_OR_ZERO(res));
}
`;

describe('debug/adapter', function () {
  this.timeout(60_000);
  let client: DebugClient;
  let stop: () => Promise<void>;
  let folder: string;
  let scenario: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'iomem-review-debug-'));
    scenario = path.join(folder, 'two.c');
    writeFileSync(scenario, scenarioText);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    ({ client, stop } = await startClient());
  });
  afterEach(() => stop());

  const launch = async (more: object = {}): Promise<void> => {
    await Promise.all([client.launch({ scenario, tree, ...more } as never), client.waitForEvent('initialized')]);
  };
  /** Tells that all breakpoints are set, and waits for the first stop. */
  const begin = async () => {
    const [stopped] = await Promise.all([client.waitForEvent('stopped'), client.configurationDoneRequest()]);
    return stopped.body as { reason: string; threadId: number; text?: string };
  };
  const moved = async (request: Promise<unknown>) => {
    const [stopped] = await Promise.all([client.waitForEvent('stopped'), request]);
    return stopped.body as { reason: string; threadId: number; text?: string };
  };

  it('stops at the first statement, steps in, over, out and back', async () => {
    await launch();
    const { reason, threadId } = await begin();
    assert.equal(reason, 'entry');
    assert.deepEqual(await stackOf(client, threadId), ['a two.c:7']);
    await moved(client.stepInRequest({ threadId }));
    const inside = await stackOf(client, threadId);
    assert.equal(inside.length, 2);
    assert.match(inside[0]!, /^request_free_mem_region resource\.c:/);
    await moved(client.stepInRequest({ threadId }));
    assert.match((await stackOf(client, threadId))[0]!, /^find_free_mem_region resource\.c:/);
    const line = (await stackOf(client, threadId))[0]!;
    await moved(client.nextRequest({ threadId }));
    const next = (await stackOf(client, threadId))[0]!;
    assert.notEqual(next, line);
    await moved(client.stepBackRequest({ threadId }));
    assert.equal((await stackOf(client, threadId))[0], line);
    await moved(client.stepOutRequest({ threadId }));
    // Out of both: the caller had nothing left to do.
    assert.deepEqual(await stackOf(client, threadId), ['a two.c:8']);
    await moved(client.stepBackRequest({ threadId }));
    assert.deepEqual(await stackOf(client, threadId), ['a two.c:7']);
  });

  it('stops at breakpoints on lines and functions, forward and back, and ends where one can still look', async () => {
    await launch();
    const at = lineOf('region_intersects(addr');
    const { body } = await client.setBreakpointsRequest({ source: { path: resource }, breakpoints: [{ line: at }] });
    assert.deepEqual(
      body.breakpoints.map((b) => [b.verified, b.line]),
      [[true, at]],
    );
    await client.setFunctionBreakpointsRequest({ breakpoints: [{ name: '__request_region' }] });
    const { threadId } = await begin();
    const first = await moved(client.continueRequest({ threadId }));
    assert.equal(first.reason, 'breakpoint');
    assert.equal((await stackOf(client, threadId))[0], `find_free_mem_region resource.c:${at}`);
    const second = await moved(client.continueRequest({ threadId }));
    assert.equal(second.reason, 'function breakpoint');
    assert.match((await stackOf(client, second.threadId))[0]!, /^__request_region resource\.c/);
    const back = await moved(client.reverseContinueRequest({ threadId }));
    assert.equal(back.reason, 'breakpoint');
    assert.equal((await stackOf(client, back.threadId))[0], `find_free_mem_region resource.c:${at}`);
    let last = back;
    for (let i = 0; i < 20 && last.reason !== 'pause'; i++) last = await moved(client.continueRequest({ threadId }));
    assert.match(last.text ?? '', /The execution has ended: ok/);
    assert.equal((await moved(client.reverseContinueRequest({ threadId }))).reason, 'function breakpoint');
  });

  it('obeys conditions and hit counts, and prints log messages', async () => {
    await launch();
    const at = lineOf('region_intersects(addr');
    const output: string[] = [];
    client.on('output', (event) => output.push(event.body.output));
    await client.setBreakpointsRequest({
      source: { path: resource },
      breakpoints: [{ line: at, condition: 'name[0] == 98 && size == 0x10000000' }],
    });
    await client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'find_free_mem_region', hitCondition: '3' }] });
    const { threadId } = await begin();
    const stopped = await moved(client.continueRequest({ threadId }));
    const { body } = await client.stackTraceRequest({ threadId: stopped.threadId });
    const of = (expression: string) => client.evaluateRequest({ expression, frameId: body.stackFrames[0]!.id });
    assert.equal((await of('name')).body.result.endsWith('"b"'), true);
    assert.equal((await of('size >> 20')).body.result, '256');
    assert.equal((await of('&iomem_resource == base')).body.result, '1');
    assert.equal((await of('IORESOURCE_MEM')).body.result, '512');
    assert.equal((await of('iomem_resource.child->sibling')).body.result, 'NULL');
    assert.match((await of('*iomem_resource.child')).body.result, /^\[mem 0x[0-9a-f]+-0x[0-9a-f]+.*\] a$/);
    await assert.rejects(of('size = 1'), /would change the execution/);
    await assert.rejects(of('nothing_such'), /not declared/);
    await client.setBreakpointsRequest({
      source: { path: resource },
      breakpoints: [{ line: at, logMessage: 'tries {addr} for {name}' }],
    });
    await moved(client.reverseContinueRequest({ threadId }));
    await moved(client.continueRequest({ threadId }));
    assert.equal(output.filter((text) => /^tries 0x[0-9a-f]+ \(\d+\) for .*"[ab]"\n$/.test(text)).length >= 2, true);
  });

  it('shows arguments, locals, locks held, the resource tree and allocations', async () => {
    await launch();
    await client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'link_child' }] });
    const { threadId } = await begin();
    const stopped = await moved(client.continueRequest({ threadId }));
    const { body } = await client.stackTraceRequest({ threadId: stopped.threadId });
    const [frame] = body.stackFrames;
    const args = await variablesOf(client, frame!.id, 'Arguments');
    const node = args.find((v) => v.type === 'struct resource *' && /\] a$/.test(v.value));
    assert.ok(node, args.map((v) => `${v.name} = ${v.value}`).join('\n'));
    const members = (await client.variablesRequest({ variablesReference: node.variablesReference })).body.variables;
    assert.deepEqual(members.map((m) => m.name).slice(0, 4), ['start', 'end', 'name', 'flags']);
    assert.equal(members[0]!.evaluateName, `${node.name}->start`);
    const locks = await variablesOf(client, frame!.id, 'Locks held');
    assert.deepEqual(
      locks.map((l) => [l.name, l.value.replace(/ at .*/, '')]),
      [['resource_lock', 'write, by write_lock()']],
    );
    const allocations = await variablesOf(client, frame!.id, 'Allocations alive');
    assert.ok(allocations.some((a) => /^64 bytes, from kernel\/resource\.c:\d+$/.test(a.value)));
    const memory = await client.customRequest('readMemory', { memoryReference: node.memoryReference, count: 8 });
    const start = Buffer.from(memory.body.data, 'base64').readBigUInt64LE();
    assert.ok(members[0]!.value.includes(`0x${start.toString(16)}`));
    // Thread a has put its node in when b comes here.
    const second = await moved(client.continueRequest({ threadId }));
    const again = (await client.stackTraceRequest({ threadId: second.threadId })).body.stackFrames[0]!;
    const nodes = await variablesOf(client, again.id, 'Resource tree');
    assert.deepEqual(
      nodes.map((n) => n.value),
      ['a'],
    );
  });

  it('has a stack where the very last statement changes memory, and then ends', async () => {
    const one = path.join(folder, 'last.c');
    writeFileSync(
      one,
      '// machine: x86_64\n#include <iomem-review.h>\nstatic int last;\nTHREAD(a)\n{\n\tlast = 1;\n\tlast = 2;\n}\n',
    );
    await launch({ scenario: one });
    const { threadId } = await begin();
    const { body } = await client.stackTraceRequest({ threadId });
    const info = await client.customRequest('dataBreakpointInfo', { name: 'last', frameId: body.stackFrames[0]!.id });
    await client.customRequest('setDataBreakpoints', { breakpoints: [{ dataId: info.body.dataId }] });
    for (const line of [7, 7]) {
      const changed = await moved(client.continueRequest({ threadId }));
      assert.equal(changed.reason, 'data breakpoint');
      const { stackFrames } = (await client.stackTraceRequest({ threadId: changed.threadId })).body;
      assert.equal(stackFrames[0]?.line, line);
    }
    const end = await moved(client.continueRequest({ threadId }));
    assert.equal(end.reason, 'pause');
  });

  it('stops where memory changes, also backwards', async () => {
    await launch();
    const { threadId } = await begin();
    const { body } = await client.stackTraceRequest({ threadId });
    const info = await client.customRequest('dataBreakpointInfo', {
      name: 'iomem_resource.child',
      frameId: body.stackFrames[0]!.id,
    });
    assert.match(info.body.description, /8 bytes at iomem_resource\+/);
    await client.customRequest('setDataBreakpoints', { breakpoints: [{ dataId: info.body.dataId }] });
    const changed = await moved(client.continueRequest({ threadId }));
    assert.equal(changed.reason, 'data breakpoint');
    const frame = (await client.stackTraceRequest({ threadId: changed.threadId })).body.stackFrames[0]!;
    const value = async (id: number) =>
      (await client.evaluateRequest({ expression: 'iomem_resource.child', frameId: id })).body.result;
    assert.match(await value(frame.id), /\] a$/);
    // b claims a lower place: it becomes the first child.
    const second = await moved(client.continueRequest({ threadId }));
    assert.equal(second.reason, 'data breakpoint');
    const back = await moved(client.reverseContinueRequest({ threadId }));
    assert.equal(back.reason, 'data breakpoint');
    const there = (await client.stackTraceRequest({ threadId: back.threadId })).body.stackFrames[0]!;
    assert.match(await value(there.id), /\] a$/);
  });

  it('stops at what is wrong, tells why, and serves the text that the patch made', async () => {
    await launch({ patch: patchOf('v1'), stopOnEntry: false });
    const stopped = await begin();
    assert.equal(stopped.reason, 'exception');
    assert.match(stopped.text ?? '', /recursive-lock: read_lock\(&resource_lock\)/);
    const info = await client.customRequest('exceptionInfo', { threadId: stopped.threadId });
    assert.equal(info.body.exceptionId, 'recursive-lock');
    const { body } = await client.stackTraceRequest({ threadId: stopped.threadId });
    const patched = body.stackFrames.find((f) => f.source?.name === 'resource.c')!;
    assert.ok(patched.source?.sourceReference, 'what the patch changed is no file of the disk');
    const text = (await client.sourceRequest({ sourceReference: patched.source.sourceReference })).body.content;
    assert.notEqual(text, source.join('\n'));
    assert.match(text, /region_intersects/);
    // To the moment at which the lock was taken the first time.
    const locks = await variablesOf(client, patched.id, 'Locks held');
    assert.match(locks[0]!.value, /^write, by write_lock\(\) at kernel\/resource\.c:\d+$/);
  });

  it('makes a schedule of the steps that the user chooses, which replays', async () => {
    await launch({ world: 'after' });
    const claim = lineOf('__request_region(');
    const { threadId } = await begin();
    const threads = (await client.threadsRequest()).body.threads;
    assert.deepEqual(
      threads.map((t) => t.name),
      ['a', 'b'],
    );
    const [a, b] = threads;
    assert.equal(threadId, a!.id);
    // a looks for a place; before it claims it, b runs to its end.
    await client.setFunctionBreakpointsRequest({ breakpoints: [{ name: '__request_region' }] });
    await moved(client.continueRequest({ threadId }));
    assert.ok(claim > 0);
    for (let i = 0; i < 200; i++) {
      const { body } = await client.threadsRequest();
      if (!body.threads.some((t) => t.id === b!.id)) break;
      await moved(client.nextRequest({ threadId: b!.id }));
      const on = (await client.stackTraceRequest({ threadId: b!.id })).body.stackFrames[0];
      if (on === undefined) break;
    }
    const { schedule } = (await client.customRequest('iomemSchedule')).body;
    assert.match(schedule, /^a\d+(\.\d+)?-b\d+(\.\d+)?-a\d+/);
    await client.setFunctionBreakpointsRequest({ breakpoints: [] });
    const output: string[] = [];
    client.on('output', (event) => output.push(event.body.output));
    await Promise.all([
      client.customRequest('restart', { arguments: { scenario, tree, schedule } }),
      client.waitForEvent('stopped'),
    ]);
    assert.ok(
      output.some((text) => text.includes(`schedule ${schedule}`)),
      output.join(''),
    );
  });

  it('stops where before and after part, and marks the variables that differ', async () => {
    const one = path.join(folder, 'one.c');
    writeFileSync(one, scenarioText.slice(0, scenarioText.indexOf('THREAD(b)')));
    await launch({ scenario: one, patch: patchOf('v4'), stopAtDifference: true });
    const stopped = await begin();
    assert.equal(stopped.text, 'Before and after part here');
    const after = await stackOf(client, stopped.threadId);
    await Promise.all([
      client.customRequest('restart', {
        arguments: { scenario: one, tree, patch: patchOf('v4'), stopAtDifference: true, world: 'before' },
      }),
      client.waitForEvent('stopped'),
    ]);
    const before = await stackOf(client, stopped.threadId);
    // The same function called both; what they do there differs.
    assert.equal(before.at(-1), after.at(-1));
    assert.notEqual(before[0], after[0]);
  });

  it('explains what cannot be launched', async () => {
    await assert.rejects(client.launch({} as never), /“scenario” is missing/);
    await assert.rejects(client.launch({ scenario: 'no-such-file.c' } as never), /no-such-file\.c/);
    await assert.rejects(client.launch({ scenario, tree, schedule: 'a1-z9' } as never), /z/);
    await assert.rejects(client.launch({ scenario, tree, world: 'before' } as never), /without a patch/);
    await assert.rejects(
      client.threadsRequest().then(() => client.stackTraceRequest({ threadId: 1 })),
      /nothing was executed/,
    );
  });
});
