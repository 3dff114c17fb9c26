import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DebugClient } from '@vscode/debugadapter-testsupport';
import { Messages } from '../../../src/debug/messages.ts';
import { patchOf, stackOf, startClient } from './support.ts';

const tree = path.resolve('test/fixtures/seed-tree');
const resource = path.join(tree, 'kernel/resource.c');
/** Many thousand statements, none of which writes to `quiet`. */
const long = `// machine: x86_64
#include <iomem-review.h>
static u64 sum, quiet;
THREAD(a)
{
	u64 i;

	for (i = 0; i < 40000; i++) {
		sum += i;
		sum ^= 3;
	}
	quiet = sum;
	sum = 0;
}
`;

describe('debug: long, large and wrong', function () {
  this.timeout(120_000);
  let client: DebugClient;
  let stop: () => Promise<void>;
  let folder: string;
  let scenario: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'iomem-review-hostile-'));
    scenario = path.join(folder, 'long.c');
    writeFileSync(scenario, long);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    ({ client, stop } = await startClient());
  });
  afterEach(() => stop());

  const launch = async (more: object = {}) => {
    await Promise.all([client.launch({ scenario, ...more } as never), client.waitForEvent('initialized')]);
    const [stopped] = await Promise.all([client.waitForEvent('stopped'), client.configurationDoneRequest()]);
    return stopped.body as { threadId: number };
  };
  const moved = async (request: Promise<unknown>) => {
    const [stopped] = await Promise.all([client.waitForEvent('stopped'), request]);
    return stopped.body as { reason: string; threadId: number };
  };

  it('pauses while it looks for a change that does not come, and finds one that does', async () => {
    const { threadId } = await launch();
    const info = await client.customRequest('dataBreakpointInfo', { name: 'quiet' });
    await client.customRequest('setDataBreakpoints', { breakpoints: [{ dataId: info.body.dataId }] });
    await client.continueRequest({ threadId });
    const paused = await moved(client.pauseRequest({ threadId }));
    assert.equal(paused.reason, 'pause');
    const { body } = await client.customRequest('iomemStanding');
    assert.ok(body.position < body.length, `${body.position} of ${body.length}`);
    assert.equal((await moved(client.continueRequest({ threadId }))).reason, 'data breakpoint');
    assert.deepEqual(await stackOf(client, threadId), ['a long.c:13']);
    // Before it was written there is nothing: back to the beginning.
    assert.equal((await moved(client.reverseContinueRequest({ threadId }))).reason, 'entry');
    assert.deepEqual(await stackOf(client, threadId), ['a long.c:8']);
    await client.customRequest('restart', {});
    assert.deepEqual(await stackOf(client, threadId), ['a long.c:8']);
  });

  it('refuses expressions that are too large, and goes on', async () => {
    await launch();
    const refused = async (expression: string): Promise<void> => {
      await assert.rejects(client.evaluateRequest({ expression }), Error, expression.slice(0, 20));
    };
    await refused('('.repeat(100_000));
    await refused(`${'1+'.repeat(200_000)}`);
    await refused(`${'-'.repeat(50_000)}`);
    await refused('');
    await refused('sum = 1');
    await refused('sum++');
    await refused('({ sum; })');
    await refused('1 / 0');
    await client.evaluateRequest({ expression: `${'('.repeat(20)}sum + 1${')'.repeat(20)}` });
    for (const [command, args] of [
      ['readMemory', { memoryReference: 'nonsense', count: 1 }],
      ['iomemSeek', { position: 'x' }],
      ['source', { sourceReference: 99 }],
      ['no-such-request', {}],
      ['setBreakpoints', {}],
    ] as const) {
      if (command === 'iomemSeek') await moved(client.customRequest(command, args));
      else await assert.rejects(client.customRequest(command, args), command);
    }
    const { body } = await client.evaluateRequest({ expression: 'quiet' });
    assert.equal(body.result, '0');
  });

  it('prints no more messages of a log point than one can read', async () => {
    const { threadId } = await launch();
    let lines = 0;
    client.on('output', () => lines++);
    await client.setBreakpointsRequest({
      source: { path: scenario },
      breakpoints: [{ line: 9, logMessage: 'i is {i}' }],
    });
    await moved(client.continueRequest({ threadId }));
    assert.ok(lines > 100 && lines <= 2001, String(lines));
  });

  it('puts breakpoints of the file on the disk on the corresponding line of the patched text', async () => {
    const probe = path.join(folder, 'probe.c');
    const head = '// machine: x86_64\n#include <iomem-review.h>\n';
    writeFileSync(probe, `${head}THREAD(a)\n{\n\trequest_free_mem_region(&iomem_resource, 1 << 28, "a");\n}\n`);
    const { threadId } = await launch({ scenario: probe, tree, patch: patchOf('v4') });
    const disk = readFileSync(resource, 'utf8').split('\n');
    const line = disk.findIndex((text) => text.includes('find_free_mem_region(NULL, base, size, name)')) + 1;
    const { body } = await client.setBreakpointsRequest({ source: { path: resource }, breakpoints: [{ line }] });
    // Told by the numbers of the document in which it was set.
    assert.deepEqual([body.breakpoints[0]?.line, body.breakpoints[0]?.message], [line, 'reached 1 time']);
    await moved(client.continueRequest({ threadId }));
    const frame = (await client.stackTraceRequest({ threadId })).body.stackFrames[0]!;
    assert.equal(frame.name, 'request_free_mem_region');
    assert.notEqual(frame.line, line, 'the patch has moved it');
    const reference = frame.source!.sourceReference!;
    const executed = (await client.sourceRequest({ sourceReference: reference })).body.content.split('\n');
    assert.equal(executed[frame.line - 1], disk[line - 1]);
  });

  it('reads messages in pieces, several at once, and none after what is no message', () => {
    const got: unknown[] = [];
    const messages = new Messages((message) => got.push(message));
    const bytes = [...Messages.encode({ a: 'ä' }), ...Messages.encode({ b: 2 })];
    for (const byte of bytes) messages.take(new Uint8Array([byte]));
    messages.take(new Uint8Array([...Messages.encode({ c: 3 }), ...Messages.encode({ d: 4 })]));
    assert.deepEqual(got, [{ a: 'ä' }, { b: 2 }, { c: 3 }, { d: 4 }]);
    messages.take(new TextEncoder().encode('Content-Length: 99999999999\r\n\r\n'));
    messages.take(Messages.encode({ e: 5 }));
    assert.equal(got.length, 4);
  });
});
