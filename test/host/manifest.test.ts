import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId } from './support.ts';

describe('The manifest', () => {
  const extension = () => {
    const found = vscode.extensions.getExtension(extensionId);
    assert.ok(found);
    return found;
  };

  it('names exactly the commands that are registered', async () => {
    await extension().activate();
    const declared = (extension().packageJSON.contributes.commands as { command: string }[]).map((one) => one.command);
    const registered = (await vscode.commands.getCommands(true)).filter((name) => name.startsWith('iomemReview.'));
    assert.deepEqual([...new Set(registered)].filter((name) => declared.includes(name)).sort(), declared.sort());
  });

  it('has a text for every placeholder', () => {
    const json = JSON.stringify(extension().packageJSON);
    assert.deepEqual(json.match(/"%[\w.]+%"/g), null);
  });

  it('knows texts of machines by their names or first lines, and nothing else for one', async () => {
    const language = async (name: string) => {
      const uri = vscode.Uri.from({ scheme: 'untitled', path: `/machines/${name}` });
      return (await vscode.workspace.openTextDocument(uri)).languageId;
    };
    for (const name of ['iomem', 'laptop.iomem', 'server-iomem-2.txt'])
      assert.equal(await language(name), 'iomem', name);
    for (const name of ['dmesg', 'dmesg.txt', 'old-dmesg.log']) assert.equal(await language(name), 'dmesg', name);
    for (const name of ['iomem.c', 'notes.txt', 'iomem.json'])
      assert.ok(!['iomem', 'dmesg'].includes(await language(name)), name);
  });

  it('does not start with the editor', () => {
    const events = extension().packageJSON.activationEvents as string[];
    assert.ok(!events.includes('*') && !events.includes('onStartupFinished'));
    assert.ok(!events.includes('onLanguage:plaintext'), 'nor with every text');
  });
});
