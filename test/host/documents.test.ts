import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, diagnosticsOf, patchOf, review, sample, textOf, until } from './support.ts';

describe('Before, after, proof, map', () => {
  let patch: vscode.Uri;
  before(async () => {
    patch = await patchOf('v1');
  });
  beforeEach(() => review(patch));
  afterEach(cleanUp);

  const activeInput = () => vscode.window.tabGroups.activeTabGroup.activeTab?.input;

  it('opens the built-in diff editor on a file before and after', async () => {
    await vscode.commands.executeCommand('iomemReview.openBeforeAfter', patch, { path: 'kernel/resource.c' });
    const input = await until('the diff editor is open', () => {
      const one = activeInput();
      return one instanceof vscode.TabInputTextDiff && one;
    });
    assert.equal(await textOf(input.original), await textOf(sample('kernel/resource.c')));
    const after = await textOf(input.modified);
    assert.match(after, /__region_intersects/);
    assert.notEqual(after, await textOf(input.original));
  });

  it('shows findings in the document after the patch while it is open', async () => {
    await vscode.commands.executeCommand('iomemReview.openBeforeAfter', patch, { path: 'kernel/resource.c' });
    await until('the after document has diagnostics', () => {
      const after = vscode.workspace.textDocuments.find(
        (one) => one.uri.scheme === 'iomem-review' && one.uri.authority === 'after',
      );
      return after && diagnosticsOf(after.uri).length > 0;
    });
  });

  it('links the steps of a proof to the source', async () => {
    const related = diagnosticsOf(patch)[0]?.relatedInformation?.at(-1);
    assert.ok(related);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      related.location.uri,
    );
    assert.ok(links.length > 0);
    const target = links.find((one) => one.target?.path.endsWith('kernel/resource.c'))?.target;
    assert.ok(target);
    assert.ok((await textOf(target.with({ fragment: '' }))).length > 0);
  });

  it('explains each rule on a page of its own', async () => {
    for (const { code } of diagnosticsOf(patch)) {
      assert.ok(typeof code === 'object');
      assert.match(await textOf(code.target), new RegExp(`^# ${String(code.value)}\n`));
    }
  });

  it('opens the address map beside the editor', async () => {
    await vscode.commands.executeCommand('iomemReview.showMap', patch);
    await until('a webview is open', () =>
      vscode.window.tabGroups.all.some((group) =>
        group.tabs.some((tab) => tab.input instanceof vscode.TabInputWebview),
      ),
    );
  });

  it('says what it is when its review is gone', async () => {
    await vscode.commands.executeCommand('iomemReview.openBeforeAfter', patch, { path: 'kernel/resource.c' });
    const input = await until('the diff editor is open', () => {
      const one = activeInput();
      return one instanceof vscode.TabInputTextDiff && one;
    });
    await cleanUp();
    // The editor may keep a closed document for a while.
    const fresh = input.modified.with({ query: input.modified.query.replace('"}', ' "}') });
    assert.match(await textOf(fresh), /review the patch again/);
  });
});
