import { FileType, l10n, Uri, window, workspace } from 'vscode';
import type { ReviewRequest } from '../../protocol.ts';
import { subjectOf } from '../../review/search/shards.ts';

/** Below the workspace's folder. Nothing is written there that nobody asked for. */
const FOLDER = '.iomem-review';
const MOST = 1000;

const folderOf = (patch: Uri): Uri | undefined =>
  (workspace.getWorkspaceFolder(patch) ?? workspace.workspaceFolders?.[0])?.uri;

/** Writes a scenario into the workspace, named after what it holds, so that each is kept once. It runs first from then on. */
export async function keepScenario(patch: Uri, scenario: string, source: string): Promise<Uri | undefined> {
  const folder = folderOf(patch);
  if (!folder) {
    window.showInformationMessage(l10n.t('Open a folder first: scenarios are kept in it.'));
    return undefined;
  }
  const plain = scenario
    .replace(/^.*\//, '')
    .replace(/\.c$/, '')
    .replace(/[^\w-]/g, '_')
    .slice(0, 60);
  // A scenario that was kept already has its hash in its name.
  const hash = subjectOf([source]);
  const target = Uri.joinPath(folder, FOLDER, plain.endsWith(hash) ? `${plain}.c` : `${plain}-${hash}.c`);
  await workspace.fs.writeFile(target, new TextEncoder().encode(source));
  window.showInformationMessage(
    l10n.t(
      'Kept as {0}: it runs first when this patch, or another one, is reviewed.',
      workspace.asRelativePath(target),
    ),
  );
  return target;
}

/** The scenarios that were kept, by name. */
export async function keptScenarios(patch: Uri): Promise<ReviewRequest['scenarios']> {
  const folder = folderOf(patch);
  if (!folder) return [];
  const kept = Uri.joinPath(folder, FOLDER);
  let names: readonly string[] = [];
  try {
    const entries = await workspace.fs.readDirectory(kept);
    names = entries.flatMap(([name, type]) => (type & FileType.File && name.endsWith('.c') ? [name] : [])).sort();
  } catch {
    // There is no such folder: nothing was kept.
  }
  return Promise.all(
    names.slice(0, MOST).map(async (name) => ({
      name: `${FOLDER}/${name}`,
      text: new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(kept, name))),
    })),
  );
}
