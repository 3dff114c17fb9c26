import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, diagnosticsOf, patchOf, reviewWell, ruleOf, sample, until } from './support.ts';

describe('The schedule of a finding', () => {
  const copied = sample('copied.c');
  let patch: vscode.Uri;
  before(async () => {
    patch = await patchOf('v4');
    await vscode.workspace
      .getConfiguration('iomemReview')
      .update('show', ['introduced', 'fixed', 'change', 'existing'], vscode.ConfigurationTarget.Workspace);
    await vscode.workspace.fs.writeFile(copied, new Uint8Array());
    await reviewWell(patch);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.debug.stop');
    await vscode.workspace
      .getConfiguration('iomemReview')
      .update('show', undefined, vscode.ConfigurationTarget.Workspace);
    await vscode.workspace.fs.delete(copied);
    await cleanUp();
  });

  const found = (rule: string, message: RegExp): vscode.Diagnostic => {
    const all = diagnosticsOf(patch);
    const one = all.find((each) => ruleOf(each) === rule && message.test(each.message));
    assert.ok(one, `${rule} is not among ${all.map((each) => `${ruleOf(each)} ${each.message}`).join('\n')}`);
    return one;
  };

  it('has the other thread’s line and its stack as related information of a race', () => {
    const race = found('data-race', /inspector/);
    const related = race.relatedInformation ?? [];
    const other = related.find(({ message }) => /write of 8 bytes by driver/.test(message));
    assert.match(other?.location.uri.path ?? '', /kernel\/resource\.c$/);
    for (const thread of ['driver', 'inspector']) {
      const stack = related.filter(({ message }) => message.includes(`${thread} came here`));
      assert.ok(stack.length > 0, `the stack of ${thread}`);
      assert.ok(stack.some(({ location }) => /race-search-inspect/.test(location.uri.toString())));
    }
  });

  it('opens as a table from the diagnostic, is copied as text and as a scenario, and shows the same again', async () => {
    const finding = found('expectation-failed', /desc == a->desc/);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      patch,
      finding.range,
    );
    const proof = decodeURIComponent(String(finding.relatedInformation?.at(-1)?.location.uri));
    const action = actions.find(
      ({ command }) =>
        command?.command === 'iomemReview.showSchedule' && proof.includes(String(command.arguments?.[1])),
    );
    assert.ok(
      action?.command,
      `${proof}: ${actions.map(({ title, command }) => `${title} ${command?.arguments?.[1]}`).join()}`,
    );
    await vscode.commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
    const tabs = (): readonly vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    await until('the table is open', async () =>
      tabs().some(
        ({ input }) => input instanceof vscode.TabInputWebview && /iomemReview\.schedule/.test(input.viewType),
      ),
    );

    let table: string | undefined;
    await until('the schedule is executed', async () => {
      table = await vscode.commands.executeCommand<string | undefined>('iomemReview.copyScheduleTable');
      return table !== undefined;
    });
    assert.ok(table);
    assert.match(table, /^expectation-failed: EXPECT\(desc == a->desc\)/);
    assert.match(table, /scenario race-search-inspect on empty, schedule a/);
    // Rows: who, where, with which locks, and what became of the tree.
    assert.match(
      table,
      /row \d+ a=driver .* kernel\/resource\.c:\d+ write_lock\(resource_lock\); held: resource_lock \(write\)/,
    );
    assert.match(table, /row \d+ b=inspector .* read_lock\(resource_lock\); held: resource_lock \(read\)/);
    assert.match(table, /tree \+ “a” \[0x/);
    assert.match(table, /tree ~ “a” .*: desc /);

    const scenario = await vscode.commands.executeCommand<string | undefined>('iomemReview.copyScheduledScenario');
    assert.ok(scenario);
    const schedule = /^\/\/ schedule: (\S+)\n/.exec(scenario)?.[1];
    assert.ok(table.includes(`schedule ${schedule}`));
    await vscode.workspace.fs.writeFile(copied, new TextEncoder().encode(scenario));

    // Executed anew from the copy, it comes to the same finding.
    const config = { type: 'iomem-review', request: 'launch', name: 'copied', scenario: copied.toString() };
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.equal(await vscode.debug.startDebugging(folder, { ...config, patch: patch.toString() }), true);
    await until('a session runs', async () => vscode.debug.activeDebugSession?.configuration.name === 'copied');
    const session = vscode.debug.activeDebugSession!;
    await until('it has stopped', async () => vscode.debug.activeStackItem?.session.id === session.id);
    const { threads } = await session.customRequest('threads');
    const begun = vscode.debug.activeStackItem;
    await session.customRequest('continue', { threadId: threads[0].id });
    let shown: { readonly exceptionId?: string; readonly description?: string } = {};
    await until('it stops at the problem', async () => {
      shown = await session.customRequest('exceptionInfo', { threadId: threads[0].id });
      return shown.exceptionId !== 'none';
    });
    assert.equal(shown.exceptionId, 'expectation-failed');
    assert.match(shown.description ?? '', /desc == a->desc/);
    // The editor has heard of the stop, too: while it still asks for the stack, a session cannot be ended.
    await until('the editor shows it', async () => {
      const item = vscode.debug.activeStackItem;
      return item instanceof vscode.DebugStackFrame && item !== begun;
    });
    await vscode.debug.stopDebugging(session);
    await until('the session is over', async () => vscode.debug.activeDebugSession?.id !== session.id);
  });
});
