import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { HOSTILE_PATH, hostileMail } from '../support/hostile.ts';
import { cleanUp, diagnosticsOf, lensesOf, review, reviewWell, ruleOf, sample, until } from './support.ts';

/** A mail that adds a file, with a stranger's words everywhere. */
const text = `${hostileMail().split('\ndiff --git')[0]}
diff --git a/${HOSTILE_PATH} b/${HOSTILE_PATH}
new file mode 100644
--- /dev/null
+++ b/${HOSTILE_PATH}
@@ -0,0 +1 @@
+int q(void) { return 2; }
`;

describe('Patches of strangers', () => {
  const folder = sample('hostile');
  const patch = vscode.Uri.joinPath(folder, '$(touch x)<img src=x onerror=1>.patch');
  before(async () => {
    await vscode.workspace.fs.writeFile(patch, new TextEncoder().encode(text));
  });
  after(async () => {
    await cleanUp();
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });

  it('are reviewed and shown as text, and touch nothing', async () => {
    const names = async () => (await vscode.workspace.fs.readDirectory(sample())).map(([name]) => name).sort();
    const had = await names();
    await reviewWell(patch);
    const lenses = await lensesOf(patch);
    assert.ok(lenses.length > 0);
    for (const { message } of diagnosticsOf(patch))
      assert.ok(!/[\p{Cc}\p{Bidi_Control}]/u.test(message.replaceAll('\n', '')), JSON.stringify(message));
    const lines = (await vscode.workspace.openTextDocument(patch)).lineCount;
    for (let line = 0; line < lines; line++) {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        patch,
        new vscode.Position(line, 1),
      );
      for (const content of hovers.flatMap((hover) => hover.contents)) {
        if (typeof content === 'string' || !('value' in content)) continue;
        const markdown = content as vscode.MarkdownString;
        assert.ok(markdown.isTrusted !== true && markdown.supportHtml !== true);
        const prose = markdown.value.replace(/```[\s\S]*?```/g, '');
        assert.ok(!/(^|[^\\])<img/.test(prose) && !/(^|[^\\])\]\(command:x/.test(prose), prose);
      }
    }
    assert.deepEqual(await names(), had, 'no file was made');
  });

  it('cannot name a file outside of the tree', async () => {
    const out = vscode.Uri.joinPath(folder, 'out.patch');
    const text = '--- a/../../../../etc/passwd\n+++ b/../../../../etc/passwd\n@@ -1 +1 @@\n-root\n+toor\n';
    await vscode.workspace.fs.writeFile(out, new TextEncoder().encode(text));
    await review(out);
    const [lens] = await lensesOf(out);
    assert.match(lens?.command?.title ?? '', /Not reviewed/);
    for (const [uri] of vscode.languages.getDiagnostics()) assert.ok(!uri.path.includes('passwd'));
  });
});

describe('A review that fails', () => {
  after(cleanUp);

  it('takes the findings of the one before it away', async () => {
    const patch = sample('patches/v1.mbox');
    await reviewWell(patch);
    const isLock = (one: vscode.Diagnostic) => ruleOf(one) === 'recursive-lock';
    assert.ok(diagnosticsOf(patch).some(isLock) && diagnosticsOf(sample('kernel/resource.c')).some(isLock));
    const document = await vscode.workspace.openTextDocument(patch);
    const editor = await vscode.window.showTextDocument(document);
    // No hunk of it fits any more.
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    await editor.edit((edit) => edit.replace(whole, document.getText().replace(/^ (\t.*)$/gm, ' $1 /* not there */')));
    await review(patch);
    // The change of the text starts a review, too: the later of the two has the last word.
    await until('it has failed', async () =>
      (await lensesOf(patch)).some((lens) => lens.command?.title.includes('Not reviewed')),
    );
    await until('its findings are gone from the patch', async () => !diagnosticsOf(patch).some(isLock));
    const source = sample('kernel/resource.c');
    await until('its findings are gone from the source', async () => !diagnosticsOf(source).some(isLock));
  });
});

describe('Accessibility Help', () => {
  after(cleanUp);
  it('is a document that the keyboard reaches, and tells the keys', async () => {
    await vscode.commands.executeCommand('iomemReview.accessibilityHelp');
    const { document } = vscode.window.activeTextEditor ?? assert.fail('no editor');
    assert.ok(!document.isDirty);
    assert.match(document.getText(), /Alt\+\]/);
    assert.match(document.getText(), /^## /m);
  });
});
