import * as vscode from 'vscode';

export const extensionId = 'iomem-review.iomem-review';

/** The folder of the window: the sample tree, with the series in `patches`. */
export function sample(path = ''): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('The window has no folder');
  return path === '' ? folder.uri : vscode.Uri.joinPath(folder.uri, path);
}

/** The patch file of one revision of the series. */
export async function patchOf(revision: string): Promise<vscode.Uri> {
  const folder = sample(`patches/${revision}`);
  const names = (await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name).sort();
  const name = names.find((one) => one.endsWith('.patch'));
  if (name === undefined) throw new Error(`No patch in ${folder.path}: ${names.join(', ')}`);
  return vscode.Uri.joinPath(folder, name);
}

/**
 * Waits until a condition holds: what the editor does on its own has no end one could await. The limit is one that a machine several
 * times slower than an idle one does not reach.
 */
export async function until(what: string, condition: () => Promise<boolean>, seconds = 180): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The lenses on a patch. */
export const lensesOf = (patch: vscode.Uri) =>
  vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', patch, 100);

/** Reviews a patch, or without one the active editor. A review that fails tells why in its lens, not by throwing. */
export const review = (uri?: vscode.Uri) => vscode.commands.executeCommand('iomemReview.reviewPatch', uri);

/** The same, where the review must come to its end. */
export async function reviewWell(patch: vscode.Uri): Promise<void> {
  await review(patch);
  const titles = (await lensesOf(patch)).map((lens) => lens.command?.title ?? '');
  const failure = titles.find((title) => title.includes('Not reviewed'));
  if (failure !== undefined) throw new Error(failure);
}
export const diagnosticsOf = (uri: vscode.Uri) =>
  vscode.languages.getDiagnostics(uri).filter((one) => one.source === 'Iomem Review');
export const ruleOf = (diagnostic: vscode.Diagnostic) =>
  typeof diagnostic.code === 'object' ? String(diagnostic.code.value) : String(diagnostic.code);
export const textOf = async (uri: vscode.Uri) => (await vscode.workspace.openTextDocument(uri)).getText();

/** Forgets all reviews and closes all editors without saving. */
export async function cleanUp(): Promise<void> {
  await vscode.commands.executeCommand('iomemReview.clear');
  for (const document of vscode.workspace.textDocuments) {
    if (document.isDirty) {
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
