import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, sample, until } from './support.ts';

interface Frame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly source?: { readonly path?: string };
}

describe('Debugging', () => {
  const file = sample('debugged.c');
  const text = `// machine: x86_64
#include <iomem-review.h>
THREAD(driver)
{
	struct resource *res = request_mem_region(SZ_1G, SZ_1M, "driver");

	OBSERVE(res != NULL);
}
`;
  before(() => vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text)));
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.debug.stop');
    await vscode.workspace.fs.delete(file);
    await cleanUp();
  });

  /** Starts a session and waits until it has stopped the first time. */
  async function begin(more: object): Promise<{ readonly session: vscode.DebugSession; readonly threadId: number }> {
    const folder = vscode.workspace.workspaceFolders?.[0];
    const config = { type: 'iomem-review', request: 'launch', name: 'test', ...more };
    assert.equal(await vscode.debug.startDebugging(folder, config), true);
    await until('a session runs', async () => vscode.debug.activeDebugSession?.type === 'iomem-review');
    const session = vscode.debug.activeDebugSession!;
    // The editor has heard of the stop, too: a session that still begins cannot be ended.
    await until('it has stopped', async () => vscode.debug.activeStackItem?.session.id === session.id);
    const { threads } = await session.customRequest('threads');
    return { session, threadId: threads[0].id };
  }
  async function stackOf(session: vscode.DebugSession, threadId: number): Promise<readonly Frame[]> {
    return (await session.customRequest('stackTrace', { threadId })).stackFrames;
  }
  async function end(session: vscode.DebugSession): Promise<void> {
    await vscode.debug.stopDebugging(session);
    await until('the session is over', async () => vscode.debug.activeDebugSession === undefined);
  }

  it('steps through a scenario, in and back', async () => {
    const { session, threadId } = await begin({ scenario: file.toString() });
    const [first] = await stackOf(session, threadId);
    assert.equal(first?.name, 'driver');
    assert.equal(first.line, 5);
    assert.match(first.source?.path ?? '', /debugged\.c$/);
    await session.customRequest('stepIn', { threadId });
    await until('it is inside', async () => (await stackOf(session, threadId)).length > 1);
    const inside = await stackOf(session, threadId);
    assert.match(inside[0]?.source?.path ?? '', /kernel\/resource\.c$/);
    const { result } = await session.customRequest('evaluate', { expression: 'n', frameId: inside[0]?.id });
    assert.match(result, /^0x100000 /);
    await session.customRequest('stepBack', { threadId });
    await until('it is outside again', async () => (await stackOf(session, threadId)).length === 1);
    await end(session);
  });

  it('steps through a KUnit case', async () => {
    const { session, threadId } = await begin({ kunit: 'kernel/resource_toy_kunit.c', case: 'toy_test_wrong' });
    const frames = await stackOf(session, threadId);
    assert.equal(frames[0]?.name, 'toy_test_wrong');
    assert.match(frames[0].source?.path ?? '', /resource_toy_kunit\.c$/);
    await end(session);
  });
});
