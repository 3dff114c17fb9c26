import { FileSystemError, FileType, l10n, Uri, type WorkspaceFolder, workspace } from 'vscode';
import type { TreeFile, TreeSource } from '../protocol.ts';
import { readAddress } from './addresses.ts';
import type { Git } from './git.ts';
import type { Platform } from './platform.ts';

/** The kernel tree that one patch is reviewed against. */
export interface Tree {
  /** The folder, for opening its files; undefined for the tree of a commit, which no folder holds, and where there is none. */
  readonly root: Uri | undefined;
  readonly source: TreeSource;
  /** Files that the worker cannot read itself. */
  readFiles(paths: readonly string[]): Promise<readonly TreeFile[]>;
}

/** The tree that was named is none; the person can choose another. */
export class NoTreeError extends Error {
  override readonly name = 'NoTreeError';
}

/** What makes a folder a kernel tree to us. */
const mark = 'kernel/resource.c';
const utf8 = new TextDecoder();

/** A mail that was opened alone: what it shows is executed in our model of the rest. */
const noTree: Tree = {
  root: undefined,
  source: { kind: 'none' },
  readFiles: (paths) => Promise.resolve(paths.map((path) => ({ path, text: null }))),
};

/** Finds the tree for a patch: that of its commit, the configured one, a workspace folder, a folder around the patch. */
export async function findTree(patch: Uri, platform: Platform, git: Git): Promise<Tree> {
  const address = readAddress(patch);
  if (address?.kind === 'commit') return commitTree(address.root, `${address.revision}^`, git);
  if (address?.kind === 'range') return commitTree(address.root, address.from, git);
  if (address?.kind === 'worktree') return commitTree(address.root, 'HEAD', git);
  const root = await findRoot(patch);
  return root ? folderTree(root, platform) : noTree;
}

/** The folder of the tree for a patch that stands in a file. Throws {@link NoTreeError} where the setting names none. */
async function findRoot(patch: Uri): Promise<Uri | undefined> {
  const configured = workspace.getConfiguration('iomemReview', patch).get<string>('tree', '').trim();
  if (configured !== '') {
    const root = configuredRoot(configured, workspace.getWorkspaceFolder(patch) ?? workspace.workspaceFolders?.[0]);
    if (await isFolder(root)) return root;
    throw new NoTreeError(l10n.t('The kernel tree {0} (setting iomemReview.tree) is not a folder.', configured));
  }
  const own = workspace.getWorkspaceFolder(patch);
  const folders = [...(own ? [own] : []), ...(workspace.workspaceFolders ?? []).filter((folder) => folder !== own)];
  for (const folder of folders) if (await isKernelTree(folder.uri)) return folder.uri;
  for (const folder of foldersAround(patch)) if (await isKernelTree(folder)) return folder;
  return undefined;
}

/** Texts of editors that are not saved yet, of files in the tree. */
export function unsavedFiles(root: Uri | undefined): readonly TreeFile[] {
  if (!root) return [];
  const files: TreeFile[] = [];
  for (const document of workspace.textDocuments) {
    const path = document.isDirty ? pathBelow(root, document.uri) : undefined;
    if (path !== undefined) files.push({ path, text: document.getText() });
  }
  return files;
}

/** The path of a file relative to the tree's root; undefined for one outside of it. */
export function pathBelow(root: Uri, uri: Uri): string | undefined {
  if (uri.scheme !== root.scheme || uri.authority !== root.authority) return undefined;
  const start = root.path.endsWith('/') ? root.path : `${root.path}/`;
  return uri.path.startsWith(start) ? uri.path.slice(start.length) : undefined;
}

/** A folder as a tree. */
export function folderTree(root: Uri, platform: Platform): Tree {
  return {
    root,
    source: platform.hasDisk && root.scheme === 'file' ? { kind: 'disk', root: root.fsPath } : { kind: 'served' },
    readFiles: (paths) => Promise.all(paths.map((path) => readFile(root, path))),
  };
}

function commitTree(root: Uri, revision: string, git: Git): Tree {
  return {
    root: undefined,
    source: { kind: 'served' },
    readFiles: (paths) => git.readFiles(root, revision, paths),
  };
}

async function readFile(root: Uri, path: string): Promise<TreeFile> {
  // The paths come from the patch and from includes: none may lead out of the tree.
  const inside = !path.startsWith('/') && !/[\0\\]/.test(path) && path.split('/').every((part) => part !== '..');
  if (!inside) return { path, text: null };
  try {
    return { path, text: utf8.decode(await workspace.fs.readFile(Uri.joinPath(root, path))) };
  } catch (error) {
    if (error instanceof FileSystemError && error.code !== 'Unavailable' && error.code !== 'NoPermissions')
      return { path, text: null };
    throw error;
  }
}

function configuredRoot(configured: string, folder: WorkspaceFolder | undefined): Uri {
  const home = globalThis.process?.env?.HOME ?? globalThis.process?.env?.USERPROFILE;
  if (configured.startsWith('~/') && home) return Uri.joinPath(Uri.file(home), configured.slice(2));
  const absolute = configured.startsWith('/') || /^[A-Za-z]:[\\/]/.test(configured);
  if (!absolute) return folder ? Uri.joinPath(folder.uri, configured) : Uri.file(configured);
  // In a remote or virtual workspace an absolute path is one of that machine.
  return folder && folder.uri.scheme !== 'file' ? folder.uri.with({ path: configured }) : Uri.file(configured);
}

/** Whether a folder holds a kernel tree. */
export const isKernelTree = (folder: Uri): Promise<boolean> => isFile(Uri.joinPath(folder, mark));

function foldersAround(patch: Uri): readonly Uri[] {
  if (patch.scheme === 'untitled') return [];
  const folders: Uri[] = [];
  for (let folder = Uri.joinPath(patch, '..'); folder.path.length > 1; folder = Uri.joinPath(folder, '..'))
    folders.push(folder);
  return folders;
}

const typeOf = async (uri: Uri): Promise<FileType> => {
  try {
    return (await workspace.fs.stat(uri)).type;
  } catch {
    return FileType.Unknown;
  }
};
const isFile = async (uri: Uri): Promise<boolean> => ((await typeOf(uri)) & FileType.File) !== 0;
const isFolder = async (uri: Uri): Promise<boolean> => ((await typeOf(uri)) & FileType.Directory) !== 0;
