import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { cleanUp, diagnosticsOf, patchOf, ruleOf, sample, until } from '../support.ts';

const identity = ['-c', 'user.name=Ada Linden', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false'];

describe('Review Commit and Review Working Tree Changes', () => {
  let folder = '';
  const git = (...args: string[]) => execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' });

  before(async () => {
    // A repository of its own: `git` must not find the one that the tests stand in.
    folder = mkdtempSync(path.join(tmpdir(), 'commits-'));
    cpSync(sample().fsPath, folder, { recursive: true });
    rmSync(path.join(folder, 'patches'), { recursive: true, force: true });
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '-m', 'The tree');
    git('apply', (await patchOf('v1')).fsPath);
    git('commit', '--quiet', '-a', '-m', 'Search and claim in one go');
    await vscode.workspace.getConfiguration('iomemReview').update('tree', folder, vscode.ConfigurationTarget.Workspace);
  });
  afterEach(cleanUp);
  after(async () => {
    await vscode.workspace
      .getConfiguration('iomemReview')
      .update('tree', undefined, vscode.ConfigurationTarget.Workspace);
    rmSync(folder, { recursive: true, force: true });
  });

  const virtualPatch = (authority: string) =>
    vscode.workspace.textDocuments.find((one) => one.uri.scheme === 'iomem-review' && one.uri.authority === authority);

  it('reviews a commit against its parent, whatever the working tree holds', async () => {
    const source = path.join(folder, 'kernel/resource.c');
    const text = readFileSync(source, 'utf8');
    writeFileSync(source, '/* something else */\n');
    try {
      let over = false;
      const done = Promise.resolve(vscode.commands.executeCommand('iomemReview.reviewCommit')).then(() => {
        over = true;
      });
      // The list of commits is open after a while; its first entry is the newest.
      await until('the newest commit is reviewed', async () => {
        if (!over) await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        return over;
      });
      await done;
      const document = virtualPatch('commit');
      assert.ok(document);
      assert.match(document.getText(), /Subject: \[PATCH\] Search and claim in one go/);
      assert.ok(diagnosticsOf(document.uri).some((one) => ruleOf(one) === 'recursive-lock'));
    } finally {
      writeFileSync(source, text);
    }
  });

  it('reviews what the working tree changes', async () => {
    git('reset', '--quiet', '--soft', 'HEAD^');
    await vscode.commands.executeCommand('iomemReview.reviewWorkingTree');
    const document = virtualPatch('worktree');
    assert.ok(document);
    assert.ok(diagnosticsOf(document.uri).some((one) => ruleOf(one) === 'recursive-lock'));
  });
});
