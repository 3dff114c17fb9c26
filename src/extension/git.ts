import { extensions, l10n, type Uri, workspace } from 'vscode';
import type { TreeFile } from '../protocol.ts';
import { splitBatch } from './git-batch.ts';
import type { RunGit } from './platform.ts';

/** One line of the list of commits. */
export interface Commit {
  readonly hash: string;
  readonly subject: string;
  readonly author: string;
  readonly date: string;
}

/** The part of the built-in git extension's API that we use. */
interface GitExtension {
  getAPI(version: 1): { readonly git: { readonly path: string } };
}

const utf8 = new TextDecoder();
/** Patches as the reader of patches wants them, whatever the person's git configuration says. */
const plain = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-signature'];

/** Questions to the `git` of this machine. Only for folders on the disk, in a trusted workspace. */
export class Git {
  readonly #run: RunGit | undefined;
  #path: string | undefined;

  constructor(run: RunGit | undefined) {
    this.#run = run;
  }

  /** Whether there is a git to ask at all. */
  get canRun(): boolean {
    return this.#run !== undefined;
  }

  /** The root of the working tree that holds a folder. */
  async topLevel(folder: Uri): Promise<string> {
    return (await this.#text(folder, ['rev-parse', '--show-toplevel'])).trimEnd();
  }

  /** The newest commits that `from` reaches. */
  async commits(root: Uri, count: number, from = 'HEAD'): Promise<readonly Commit[]> {
    const format = '--format=%H%x00%s%x00%an%x00%ad%x00';
    const text = await this.#text(root, ['log', `--max-count=${count}`, format, '--date=short', from, '--']);
    const fields = text.split('\0');
    const commits: Commit[] = [];
    for (let i = 0; i + 3 < fields.length; i += 4) {
      const [hash = '', subject = '', author = '', date = ''] = fields.slice(i, i + 4);
      commits.push({ hash: hash.trim(), subject, author, date });
    }
    return commits;
  }

  /** The commit that a revision names. Rejects for what names none. */
  async resolve(root: Uri, revision: string): Promise<Commit> {
    const hash = await this.#text(root, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${revision}^{commit}`,
    ]).catch(() => {
      throw new Error(l10n.t('“{0}” names no commit of {1}.', revision, root.fsPath));
    });
    const [commit] = await this.commits(root, 1, hash.trim());
    if (!commit) throw new Error(l10n.t('“{0}” names no commit of {1}.', revision, root.fsPath));
    return commit;
  }

  /** A commit as a mail; for a merge, what it brought to its first parent. */
  async commitPatch(root: Uri, hash: string): Promise<string> {
    checkHash(hash);
    const mail = await this.#text(root, ['format-patch', '-1', '--stdout', '--no-stat', ...plain, hash]);
    if (mail !== '') return mail;
    return this.#text(root, ['diff', '--find-renames', ...plain.slice(0, 3), `${hash}^1`, hash]);
  }

  /** What `A..B` or a branch (since it left HEAD) means, as hashes. */
  async range(root: Uri, text: string): Promise<{ readonly from: string; readonly to: string }> {
    const dots = text.indexOf('..');
    const to = await this.resolve(root, dots < 0 ? text : text.slice(dots).replace(/^\.+/, '') || 'HEAD');
    const start = dots < 0 ? 'HEAD' : text.slice(0, dots) || 'HEAD';
    const base = (await this.#text(root, ['merge-base', (await this.resolve(root, start)).hash, to.hash])).trim();
    if (base === to.hash) throw new Error(l10n.t('“{0}” holds no commits.', text));
    return { from: base, to: to.hash };
  }

  /** Commits as an mbox, oldest first. */
  async rangePatch(root: Uri, from: string, to: string): Promise<string> {
    checkHash(from);
    checkHash(to);
    return this.#text(root, ['format-patch', '--stdout', '--no-stat', '--numbered', ...plain, `${from}..${to}`]);
  }

  /** What the working tree changes relative to HEAD, staged or not. */
  async worktreePatch(root: Uri): Promise<string> {
    return this.#text(root, ['diff', '--find-renames', ...plain.slice(0, 3), 'HEAD', '--']);
  }

  /** Reads files of a commit: `revision` is a hash, `<hash>^`, or HEAD. */
  async readFiles(root: Uri, revision: string, paths: readonly string[]): Promise<readonly TreeFile[]> {
    const input = paths.map((path) => `${revision}:${/[\n\r]/.test(path) ? '' : path}\n`).join('');
    return splitBatch(await this.#bytes(root, ['cat-file', '--batch'], input), paths);
  }

  async #text(folder: Uri, args: readonly string[]): Promise<string> {
    return utf8.decode(await this.#bytes(folder, args));
  }

  async #bytes(folder: Uri, args: readonly string[], input?: string): Promise<Uint8Array> {
    if (!this.#run || folder.scheme !== 'file')
      throw new Error(l10n.t('git can only be run for folders on this machine’s disk.'));
    if (!workspace.isTrusted) throw new Error(l10n.t('git is run only in trusted workspaces.'));
    this.#path ??= await gitPath();
    return this.#run(this.#path, folder.fsPath, args, input);
  }
}

/** The git that the editor uses. */
async function gitPath(): Promise<string> {
  const configured = workspace.getConfiguration('git').get<string | string[] | null>('path');
  const extension = extensions.getExtension<GitExtension>('vscode.git');
  try {
    const api = await extension?.activate();
    const path = api?.getAPI(1).git.path;
    if (path) return path;
  } catch {
    // The git extension is switched off; its setting or the PATH may still have a git.
  }
  return typeof configured === 'string' && configured !== '' ? configured : 'git';
}

function checkHash(hash: string): void {
  if (!/^[0-9a-f]{40,64}$/.test(hash)) throw new Error(l10n.t('“{0}” is not the hash of a commit.', hash));
}
