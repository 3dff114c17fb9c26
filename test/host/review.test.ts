import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  cleanUp,
  diagnosticsOf,
  lensesOf,
  patchOf,
  review,
  reviewWell,
  ruleOf,
  sample,
  textOf,
  until,
} from './support.ts';

const slowScenario = `// machine: x86_64
#include <iomem-review.h>
static u64 sum;
CHECK
{
	u64 i;

	for (i = 0; i < 100000000000ull; i++)
		sum += i;
	OBSERVE(sum);
}
`;

describe('Review Patch', () => {
  let patch: vscode.Uri;
  let source: Uint8Array;
  before(async () => {
    patch = await patchOf('v1');
    source = await vscode.workspace.fs.readFile(sample('kernel/resource.c'));
    await reviewWell(patch);
  });
  after(cleanUp);

  it('shows the deadlock of v1 on the line of the patch, with the way to its cause and its proof', async () => {
    const found = diagnosticsOf(patch).find((one) => ruleOf(one) === 'recursive-lock');
    assert.ok(found, JSON.stringify(diagnosticsOf(patch)));
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
    const line = (await vscode.workspace.openTextDocument(patch)).lineAt(found.range.start.line).text;
    assert.match(line, /^[+ -]/, 'it is a line of the diff');
    const related = found.relatedInformation ?? [];
    assert.ok(related.length >= 2);
    const proof = related.at(-1)?.location.uri;
    assert.ok(proof);
    assert.match(await textOf(proof), /recursive-lock/);
    assert.match(related[0]?.location.uri.path ?? '', /kernel\/resource\.c$/);
    assert.equal(found.code && typeof found.code === 'object' ? found.code.target.scheme : '', 'iomem-review');
  });

  it('shows findings on the source line of the tree, too', () => {
    const found = diagnosticsOf(sample('kernel/resource.c')).find((one) => ruleOf(one) === 'recursive-lock');
    assert.ok(found);
    assert.ok(found.relatedInformation?.some((one) => one.location.uri.toString() === patch.toString()));
  });

  it('never writes to the tree', async () => {
    assert.deepEqual(await vscode.workspace.fs.readFile(sample('kernel/resource.c')), source);
    assert.ok(vscode.workspace.textDocuments.every((document) => !document.isDirty));
  });

  it('has a lens with the verdict on each hunk, and one for the whole patch', async () => {
    const lenses = await lensesOf(patch);
    const lines = (await textOf(patch)).split('\n');
    const hunks = lines.flatMap((text, line) => (text.startsWith('@@ ') ? [line] : []));
    assert.ok(hunks.length > 1);
    for (const line of hunks) {
      const here = lenses.filter((lens) => lens.range.start.line === line).map((lens) => lens.command);
      assert.ok(
        here.some((command) => command?.command === 'iomemReview.showProof' && command.title !== ''),
        `${line}`,
      );
    }
    assert.ok(lenses.some((lens) => lens.command?.command === 'iomemReview.showMap'));
  });

  it('tells on hover whether a changed line was executed', async () => {
    const lines = (await textOf(patch)).split('\n');
    const added = lines.findIndex((text) => text.startsWith('+') && text.includes('write_lock(&resource_lock);'));
    assert.ok(added > 0);
    const at = new vscode.Position(added, 3);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', patch, at);
    const texts = hovers.flatMap((hover) => hover.contents.map((one) => (typeof one === 'string' ? one : one.value)));
    assert.match(texts.join('\n'), /Executed|No scenario executed/);
  });

  it('shows only the classes of the setting', async () => {
    const settings = vscode.workspace.getConfiguration('iomemReview');
    await settings.update('show', [], vscode.ConfigurationTarget.Workspace);
    try {
      assert.deepEqual(diagnosticsOf(patch), []);
    } finally {
      await settings.update('show', undefined, vscode.ConfigurationTarget.Workspace);
    }
    assert.ok(diagnosticsOf(patch).length > 0);
  });

  it('opens the built-in diff editor on a file before and after, with the findings', async () => {
    await vscode.commands.executeCommand('iomemReview.openBeforeAfter', patch, { path: 'kernel/resource.c' });
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.equal(await textOf(input.original), await textOf(sample('kernel/resource.c')));
    const after = await textOf(input.modified);
    assert.match(after, /__region_intersects/);
    assert.ok(diagnosticsOf(input.modified).length > 0);
    // Where no review knows the patch, the document says so instead of being empty.
    const unknown = input.modified.with({ query: input.modified.query.replaceAll('v1', 'v0') });
    assert.match(await textOf(unknown), /review the patch again/);
  });

  it('links the steps of a proof to the source', async () => {
    const proof = diagnosticsOf(patch)[0]?.relatedInformation?.at(-1)?.location.uri;
    assert.ok(proof);
    // Only documents that are open have links.
    assert.match(await textOf(proof), /kernel\/resource\.c:/);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', proof);
    const target = links.find((one) => one.target?.path.endsWith('kernel/resource.c'))?.target;
    assert.ok(target, `${proof}: ${links.map((one) => one.target).join()}`);
    assert.match(await textOf(target.with({ fragment: '' })), /resource_lock/);
  });

  it('explains each rule on a page of its own', async () => {
    for (const { code } of diagnosticsOf(patch)) {
      assert.ok(typeof code === 'object');
      assert.match(await textOf(code.target), new RegExp(`^# ${String(code.value)}\n`));
    }
  });

  it('opens the address map beside the editor', async () => {
    await vscode.commands.executeCommand('iomemReview.showMap', patch);
    await until('a webview is open', async () => {
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      return tabs.some((tab) => tab.input instanceof vscode.TabInputWebview);
    });
  });

  it('takes everything away with Clear Results, and offers a review again', async () => {
    await vscode.commands.executeCommand('iomemReview.clear');
    assert.deepEqual(diagnosticsOf(patch), []);
    assert.deepEqual(diagnosticsOf(sample('kernel/resource.c')), []);
    const offered = (await lensesOf(patch)).map((lens) => lens.command?.command);
    assert.deepEqual(offered, ['iomemReview.reviewPatch']);
  });

  it('gives a running review up with Clear Results, and finds no difference in a patch to comments', async () => {
    // With a scenario that takes longer than anybody waits, it cannot be done before we look.
    const slow = sample('slow.c');
    const settings = vscode.workspace.getConfiguration('iomemReview');
    const set = async (scenarios: readonly string[] | undefined, statements: number | undefined) => {
      await settings.update('scenarios', scenarios, vscode.ConfigurationTarget.Workspace);
      await settings.update('budget.statements', statements, vscode.ConfigurationTarget.Workspace);
    };
    await vscode.workspace.fs.writeFile(slow, new TextEncoder().encode(slowScenario));
    await set(['slow.c'], 1_000_000_000);
    try {
      const running = review(patch);
      await until('it has begun', async () =>
        (await lensesOf(patch)).some((lens) => lens.command?.title.includes('Reviewing')),
      );
      await vscode.commands.executeCommand('iomemReview.clear');
      await running;
      assert.deepEqual(diagnosticsOf(patch), []);
    } finally {
      await set(undefined, undefined);
      await vscode.workspace.fs.delete(slow);
    }
    const comments = sample('patches/single/comment-only.patch');
    await reviewWell(comments);
    assert.ok((await lensesOf(comments)).some((lens) => lens.command?.title.includes('no difference')));
  });

  it('reviews a series mail by mail', async () => {
    const series = sample('patches/v5.mbox');
    await reviewWell(series);
    const lines = (await textOf(series)).split('\n');
    const last = lines.findLastIndex((line) => line.startsWith('diff --git'));
    const found = diagnosticsOf(series).filter((one) => one.severity === vscode.DiagnosticSeverity.Error);
    assert.ok(found.some((one) => ruleOf(one) === 'use-after-free'));
    // 1/3 and 2/3 are right; each mail has its own verdict.
    assert.ok(found.every((one) => one.range.start.line > last));
    const verdicts = (await lensesOf(series)).filter((lens) => lens.command?.command === 'iomemReview.showMap');
    assert.equal(verdicts.length, 3);
    // What is told about the source is told about lines that the file on the disk has.
    const source = await vscode.workspace.openTextDocument(sample('kernel/resource.c'));
    assert.ok(diagnosticsOf(source.uri).every((one) => one.range.start.line < source.lineCount));
    for (const [uri, shown] of vscode.languages.getDiagnostics()) {
      if (uri.scheme === source.uri.scheme && shown.length > 0) await vscode.workspace.fs.stat(uri);
    }
  });

  it('shows the files of the modelled kernel', async () => {
    const uri = vscode.Uri.from({
      scheme: 'iomem-review',
      authority: 'model',
      path: '/include/iomem-review.h',
      query: JSON.stringify({ path: 'include/iomem-review.h' }),
    });
    assert.match(await textOf(uri), /OBSERVE/);
  });

  it('says so where a text is no patch', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'diff', content: 'no patch\nat all\n' });
    await vscode.window.showTextDocument(document);
    // Without an argument it is about the active editor.
    await review();
    assert.match((await lensesOf(document.uri))[0]?.command?.title ?? '', /Not reviewed/);
  });
});
