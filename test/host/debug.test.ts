import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, extensionId, sample, until } from './support.ts';

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

describe('Launch configurations', () => {
  const folder = () => vscode.workspace.workspaceFolders![0]!;
  const launch = sample('.vscode/launch.json');
  const scenario = sample('launched.c');
  const write = (uri: vscode.Uri, text: string) => vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  before(() => write(scenario, two));
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.debug.stop');
    await vscode.workspace.fs.delete(launch);
    await vscode.workspace.fs.delete(scenario);
    await cleanUp();
  });
  const two = `// machine: empty
#include <iomem-review.h>
static DEFINE_SPINLOCK(lock);
static int order;
THREAD(first)
{
	spin_lock(&lock);
	order = 1;
	spin_unlock(&lock);
}
THREAD(second)
{
	spin_lock(&lock);
	order = 2;
	spin_unlock(&lock);
}
CHECK { OBSERVE(order); }
`;

  interface Snippet {
    readonly label: string;
    readonly body: { readonly name: string };
  }
  /** The configuration that a snippet leaves where nothing is typed into its places. */
  async function filled({ body }: Snippet): Promise<vscode.DebugConfiguration> {
    // A value that begins with ^ goes into the file as it stands.
    const text = JSON.stringify(body, null, 1).replaceAll(/"\^((?:[^"\\]|\\.)*)"/g, (_, raw) => JSON.parse(`"${raw}"`));
    const document = await vscode.workspace.openTextDocument({ language: 'plaintext', content: '' });
    const editor = await vscode.window.showTextDocument(document);
    await editor.insertSnippet(new vscode.SnippetString(text));
    return JSON.parse(document.getText()) as vscode.DebugConfiguration;
  }

  for (const [name, more, first] of [
    ['Scenario', {}, 'first'],
    ['Schedule', { schedule: 'b2-a2' }, 'first'],
    ['KUnit case', { kunit: 'kernel/resource_toy_kunit.c', case: 'toy_test_request' }, 'toy_test_request'],
  ] as const) {
    it(`start from the snippet “${name}” in launch.json`, async () => {
      const { contributes } = vscode.extensions.getExtension(extensionId)!.packageJSON;
      const snippets = contributes.debuggers[0].configurationSnippets as readonly Snippet[];
      const configurations = await Promise.all(
        snippets.filter(({ body }) => body.name.includes(`:${name}}`)).map(filled),
      );
      assert.equal(configurations.length, 1);
      await write(launch, JSON.stringify({ version: '0.2.0', configurations: [{ ...configurations[0], ...more }] }));
      // Of a configuration with ${file}, this is the file.
      await vscode.window.showTextDocument(scenario);
      // The editor reads the file again in its own time, and asks about a name that it does not know.
      await until('the editor has read launch.json', async () =>
        vscode.workspace
          .getConfiguration('launch', folder())
          .get<readonly { readonly name: string }[]>('configurations', [])
          .some((one) => one.name === name),
      );
      assert.equal(await vscode.debug.startDebugging(folder(), name), true);
      await until('a session runs', async () => vscode.debug.activeDebugSession?.configuration.name === name);
      const session = vscode.debug.activeDebugSession!;
      await until('it has stopped', async () => vscode.debug.activeStackItem?.session.id === session.id);
      const item = vscode.debug.activeStackItem!;
      const { stackFrames } = await session.customRequest('stackTrace', { threadId: item.threadId });
      assert.equal((stackFrames as readonly Frame[])[0]?.name, first);
      if (name === 'Schedule') assert.equal((await session.customRequest('iomemSchedule')).schedule, more.schedule);
      await vscode.debug.stopDebugging(session);
      await until('the session is over', async () => vscode.debug.activeDebugSession === undefined);
    });
  }
});
