import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cleanUp, diagnosticsOf, patchOf, review, ruleOf, sample, textOf } from './support.ts';

describe('Review Patch', () => {
  let patch: vscode.Uri;
  before(async () => {
    patch = await patchOf('v1');
  });
  afterEach(cleanUp);

  it('shows the deadlock of v1 on the line of the patch, with the way to its cause and its proof', async () => {
    await review(patch);
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
    const source = related[0]?.location;
    assert.match(source?.uri.path ?? '', /kernel\/resource\.c$/);
    assert.equal(found.code && typeof found.code === 'object' ? found.code.target.scheme : '', 'iomem-review');
  });

  it('shows findings on the source line of the tree, too', async () => {
    await review(patch);
    const found = diagnosticsOf(sample('kernel/resource.c')).find((one) => ruleOf(one) === 'recursive-lock');
    assert.ok(found);
    assert.ok(found.relatedInformation?.some((one) => one.location.uri.toString() === patch.toString()));
  });

  it('reviews the active editor when it is called without a file', async () => {
    await vscode.window.showTextDocument(patch);
    await vscode.commands.executeCommand('iomemReview.reviewPatch');
    assert.ok(diagnosticsOf(patch).length > 0);
  });

  it('never writes to the tree', async () => {
    const before = await vscode.workspace.fs.readFile(sample('kernel/resource.c'));
    await review(patch);
    assert.deepEqual(await vscode.workspace.fs.readFile(sample('kernel/resource.c')), before);
    assert.ok(vscode.workspace.textDocuments.every((document) => !document.isDirty));
  });

  it('has a lens with the verdict on each hunk, and one for the whole patch', async () => {
    await review(patch);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      patch,
      100,
    );
    const document = await vscode.workspace.openTextDocument(patch);
    const hunks = document
      .getText()
      .split('\n')
      .flatMap((text, line) => (text.startsWith('@@ ') ? [line] : []));
    for (const line of hunks) {
      const here = lenses.filter((lens) => lens.range.start.line === line);
      assert.ok(
        here.some((lens) => /changed lines? executed|introduced|no difference/.test(lens.command?.title ?? '')),
        `line ${line}`,
      );
    }
    assert.ok(lenses.some((lens) => lens.command?.command === 'iomemReview.showMap'));
  });

  it('offers a review of a patch that has none yet', async () => {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      patch,
      100,
    );
    assert.deepEqual(
      lenses.map((lens) => lens.command?.command),
      ['iomemReview.reviewPatch'],
    );
  });

  it('tells on hover whether a changed line was executed', async () => {
    await review(patch);
    const document = await vscode.workspace.openTextDocument(patch);
    const added = document
      .getText()
      .split('\n')
      .findIndex((text) => text.includes('revoke_iomem(res);') && text.startsWith('+'));
    assert.ok(added > 0);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      patch,
      new vscode.Position(added, 3),
    );
    const text = hovers
      .flatMap((hover) => hover.contents.map((one) => (typeof one === 'string' ? one : one.value)))
      .join('\n');
    assert.match(text, /Executed|No scenario executed/);
  });

  it('takes the diagnostics away with Clear Results', async () => {
    await review(patch);
    await vscode.commands.executeCommand('iomemReview.clear');
    assert.deepEqual(diagnosticsOf(patch), []);
    assert.deepEqual(diagnosticsOf(sample('kernel/resource.c')), []);
  });

  it('shows only the classes of the setting', async () => {
    await review(patch);
    const settings = vscode.workspace.getConfiguration('iomemReview');
    await settings.update('show', [], vscode.ConfigurationTarget.Workspace);
    try {
      assert.deepEqual(diagnosticsOf(patch), []);
    } finally {
      await settings.update('show', undefined, vscode.ConfigurationTarget.Workspace);
    }
    assert.ok(diagnosticsOf(patch).length > 0);
  });

  it('says where a text is no patch', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'diff', content: 'no patch\nat all\n' });
    await review(document.uri);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      100,
    );
    assert.match(lenses[0]?.command?.title ?? '', /Not reviewed/);
  });
});
