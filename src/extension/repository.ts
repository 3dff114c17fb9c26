import { l10n, Uri, window, workspace } from 'vscode';
import type { Git } from './git.ts';

/** The root of the repository to ask git about: of the chosen tree, else of the open file, else of the workspace. */
export async function repositoryRoot(git: Git): Promise<Uri> {
  const active = window.activeTextEditor?.document.uri;
  const configured = workspace.getConfiguration('iomemReview').get<string>('tree', '');
  const candidates = [
    ...(configured.startsWith('/') ? [Uri.file(configured)] : []),
    ...(active?.scheme === 'file' ? [workspace.getWorkspaceFolder(active)?.uri] : []),
    ...(workspace.workspaceFolders ?? []).map((folder) => folder.uri),
  ];
  let problem: unknown;
  for (const folder of candidates) {
    if (folder?.scheme !== 'file') continue;
    try {
      return Uri.file(await git.topLevel(folder));
    } catch (error) {
      problem = error;
    }
  }
  throw problem ?? new Error(l10n.t('Open a folder that is a git working tree first.'));
}
