import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp } from '../support.ts';

describe('Import Machine', () => {
  const folder = () => vscode.workspace.workspaceFolders![0]!.uri;
  const written: vscode.Uri[] = [];
  const file = async (name: string, text: string) => {
    const uri = vscode.Uri.joinPath(folder(), name);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    written.push(uri);
    return uri;
  };
  after(async () => {
    await vscode.workspace
      .getConfiguration('iomemReview', folder())
      .update('machine', undefined, vscode.ConfigurationTarget.Workspace);
    for (const uri of written) await vscode.workspace.fs.delete(uri);
    await cleanUp();
  });

  it('shows what several files tell, writes a machine file and sets it', async () => {
    const iomem = await file('box.txt', '00001000-7fffffff : System RAM\n');
    const log = await file('box.log', 'ACPI: SRAT: Node 1 PXM 1 [mem 0x300000000-0x3ffffffff] hotplug\n');
    const made = await vscode.commands.executeCommand<vscode.Uri>('iomemReview.importMachine', [iomem, log], true);
    assert.ok(made);
    written.push(made);
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /box\.log \(log\): .*1 ranges of SRAT/);
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(made));
    assert.equal(JSON.parse(text).srat[0].hotplug, true);
    assert.equal(vscode.workspace.getConfiguration('iomemReview', folder()).get('machine'), 'box.machine.json');
  });

  it('writes nothing where a file holds no machine', async () => {
    const none = await file('none.txt', 'nothing here\n');
    assert.equal(await vscode.commands.executeCommand('iomemReview.importMachine', [none], true), undefined);
  });
});
