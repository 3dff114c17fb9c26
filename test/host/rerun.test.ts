import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, diagnosticsOf, patchOf, review, sample, until } from './support.ts';

const lensTitles = async (patch: vscode.Uri) => {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', patch, 100);
  return lenses.map((lens) => lens.command?.title ?? '');
};

describe('A review that is repeated', () => {
  let patch: vscode.Uri;
  before(async () => {
    patch = await patchOf('v1');
  });
  afterEach(cleanUp);

  it('follows the text of the patch', async () => {
    await review(patch);
    assert.ok(diagnosticsOf(patch).length > 0);
    const first = diagnosticsOf(patch)[0]?.range.start.line ?? 0;
    const edit = new vscode.WorkspaceEdit();
    edit.insert(patch, new vscode.Position(0, 0), 'A line before the mail.\n');
    await vscode.workspace.applyEdit(edit);
    await until('a review of the new text is shown', () => {
      const now = diagnosticsOf(patch);
      return now.length > 0 && now.every((one) => one.range.start.line > first);
    });
  });

  it('tells that a patch has become no patch, and recovers', async () => {
    await review(patch);
    const document = await vscode.workspace.openTextDocument(patch);
    const text = document.getText();
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    const replace = async (content: string) => {
      const edit = new vscode.WorkspaceEdit();
      edit.replace(patch, all, content);
      await vscode.workspace.applyEdit(edit);
    };
    await replace('nothing here\n');
    for (let tries = 0; !(await lensTitles(patch))[0]?.includes('Not reviewed'); tries++) {
      assert.ok(tries < 200, 'the failure is shown');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await replace(text);
    await until('findings are shown again', () => diagnosticsOf(patch).length > 0);
  });

  it('follows unsaved changes of the source, without a save', async () => {
    await review(patch);
    const source = sample('kernel/resource.c');
    const document = await vscode.workspace.openTextDocument(source);
    const edit = new vscode.WorkspaceEdit();
    // A tree without the code that the patch changes: it applies no more.
    edit.replace(source, new vscode.Range(0, 0, document.lineCount, 0), '/* empty */\n');
    await vscode.workspace.applyEdit(edit);
    for (let tries = 0; !(await lensTitles(patch))[0]?.includes('Not reviewed'); tries++) {
      assert.ok(tries < 200, 'the failure is shown');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.ok(document.isDirty);
  });

  it('does not happen where the setting says no', async () => {
    const settings = vscode.workspace.getConfiguration('iomemReview');
    await settings.update('reviewOnChange', false, vscode.ConfigurationTarget.Workspace);
    try {
      await review(patch);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(patch, new vscode.Position(0, 0), 'x\n');
      await vscode.workspace.applyEdit(edit);
      await new Promise((resolve) => setTimeout(resolve, 1200));
      assert.ok(!(await lensTitles(patch)).some((title) => title.includes('Reviewing')));
    } finally {
      await settings.update('reviewOnChange', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});
