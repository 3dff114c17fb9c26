import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, lensesOf, reviewWell, sample, textOf, until } from './support.ts';

describe('A review that is repeated', () => {
  const patch = sample('patches/single/comment-only.patch');
  const source = sample('kernel/resource.c');
  // It waits for reviews, and says when they are through.
  before(() => reviewWell(patch));
  after(cleanUp);

  const replace = async (uri: vscode.Uri, content: string) => {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, new vscode.Range(0, 0, 1_000_000, 0), content);
    await vscode.workspace.applyEdit(edit);
  };
  const lens = (line: number, pattern: RegExp) =>
    until(`line ${line} has a lens ${pattern}`, async () => {
      const lenses = await lensesOf(patch);
      return lenses.some((one) => one.range.start.line === line && pattern.test(one.command?.title ?? ''));
    });

  it('follows the text of the patch', async () => {
    const text = await textOf(patch);
    const hunk = text.split('\n').findIndex((line) => line.startsWith('@@ '));
    await lens(hunk, /./);
    await replace(patch, `A line before the mail.\n${text}`);
    await lens(hunk + 1, /./);
    await replace(patch, text);
    await lens(hunk, /./);
  });

  it('tells that a patch has become no patch, and recovers', async () => {
    const text = await textOf(patch);
    await replace(patch, 'nothing here\n');
    await lens(0, /Not reviewed/);
    await replace(patch, text);
    const header = text.split('\n').findIndex((line) => line.startsWith('diff --git'));
    await lens(header, /no difference/);
  });

  it('follows unsaved changes of the source, without a save', async () => {
    const document = await vscode.workspace.openTextDocument(source);
    // A tree without the code that the patch changes: it applies no more.
    await replace(source, '/* empty */\n');
    await lens(0, /Not reviewed/);
    assert.ok(document.isDirty);
  });

  it('does not happen where the setting says no', async () => {
    const settings = vscode.workspace.getConfiguration('iomemReview');
    await settings.update('reviewOnChange', false, vscode.ConfigurationTarget.Workspace);
    try {
      await replace(patch, 'something else\n');
      await new Promise((resolve) => setTimeout(resolve, 1200));
      assert.ok((await lensesOf(patch)).some((one) => /Not reviewed.*applies/.test(one.command?.title ?? '')));
    } finally {
      await settings.update('reviewOnChange', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});
