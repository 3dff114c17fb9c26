import {
  commands,
  l10n,
  ProgressLocation,
  type QuickPickItem,
  type TabInputText,
  Uri,
  window,
  workspace,
} from 'vscode';
import { commitAddress, worktreeAddress } from './addresses.ts';
import { Owner } from './disposable.ts';
import type { Documents } from './documents.ts';
import type { Commit, Git } from './git.ts';
import { canReport, reportProblem } from './problem-report.ts';
import { repositoryRoot } from './repository.ts';
import { type Review, type Reviews, verdictOf } from './reviews.ts';
import { NoTreeError } from './tree.ts';
import { CancelledError, JobFailure } from './worker-client.ts';

/** The commands that start a review: of a patch, a commit, the working tree. */
export class ReviewCommands extends Owner {
  readonly #reviews: Reviews;
  readonly #git: Git;
  readonly #documents: Documents;

  constructor(reviews: Reviews, git: Git, documents: Documents) {
    super();
    this.#reviews = reviews;
    this.#git = git;
    this.#documents = documents;
    const register = (name: string, run: (...args: never[]) => unknown) => {
      this.own(commands.registerCommand(`iomemReview.${name}`, run as (...args: unknown[]) => unknown));
    };
    register('reviewPatch', (uri?: unknown) => this.#reviewPatch(uri));
    register('reviewCommit', () => this.#reporting(() => this.#reviewCommit()));
    register('reviewWorkingTree', () => this.#reporting(() => this.#reviewWorkingTree()));
    register('chooseTree', () => chooseTree());
    register('clear', () => reviews.remove());
  }

  async #reviewPatch(argument: unknown): Promise<Review | undefined> {
    const uri = argument instanceof Uri ? argument : activeDocument();
    if (!uri) {
      window.showInformationMessage(l10n.t('Open a patch or a mail with a patch first.'));
      return undefined;
    }
    return this.#reporting(async () => {
      await window.showTextDocument(await workspace.openTextDocument(uri), { preview: false, preserveFocus: false });
      return this.#withProgress(uri);
    });
  }

  async #reviewCommit(): Promise<void> {
    const root = await repositoryRoot(this.#git);
    const commit = await pickCommit(this.#git, root);
    if (!commit) return;
    await this.#show(commitAddress(root, commit.hash, commit.subject));
  }

  async #reviewWorkingTree(): Promise<void> {
    const root = await repositoryRoot(this.#git);
    if ((await this.#git.worktreePatch(root)) === '') {
      window.showInformationMessage(l10n.t('The working tree of {0} has no changes.', root.fsPath));
      return;
    }
    const address = worktreeAddress(root);
    // The document may be open with what the tree was before.
    this.#documents.reload(address);
    await this.#show(address);
  }

  async #show(patch: Uri): Promise<void> {
    await window.showTextDocument(await workspace.openTextDocument(patch), { preview: false });
    await this.#withProgress(patch);
  }

  /** A review with progress and a way to cancel it, and its verdict at the end. */
  async #withProgress(patch: Uri): Promise<Review> {
    const controller = new AbortController();
    let report: (message: string, increment: number) => void = () => {};
    let share = 0;
    const run = this.#reviews.run(patch, {
      signal: controller.signal,
      progress: (done, total, what) => {
        const now = total > 0 ? (100 * done) / total : 0;
        report(what, Math.max(0, now - share));
        share = Math.max(share, now);
      },
    });
    // What is done in a blink needs no notification.
    const quick = await Promise.race([run, new Promise<undefined>((resolve) => setTimeout(resolve, 400, undefined))]);
    if (quick) return announce(quick);
    const title = l10n.t('Reviewing {0}', workspace.asRelativePath(patch, false).replace(/^.*\//, ''));
    return window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        token.onCancellationRequested(() => controller.abort());
        report = (message, increment) => progress.report({ message, increment });
        report('', share);
        return announce(await run);
      },
    );
  }

  /** Runs a command and tells the person what went wrong, with a way on. */
  async #reporting<T>(run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof CancelledError)) await explain(error);
      return undefined;
    }
  }
}

function announce(review: Review): Review {
  if (review.result) window.setStatusBarMessage(`$(beaker) ${verdictOf(review.result)}`, 8000);
  return review;
}

async function explain(error: unknown): Promise<void> {
  const choose = l10n.t('Choose Kernel Tree…');
  const log = l10n.t('Show Log');
  const code = error instanceof JobFailure ? error.failure.code : undefined;
  // R002: it may be meant for another tree.
  const noTree = error instanceof NoTreeError || code === 'R001' || code === 'R002';
  const text =
    error instanceof JobFailure ? reviewFailureText(error) : error instanceof Error ? error.message : String(error);
  // Not awaited by the command: it has ended when the message appears, not when it is dismissed.
  const report = l10n.t('Report…');
  const actions = noTree ? [choose, log] : canReport(error) ? [report, log] : [log];
  void window.showErrorMessage(text, ...actions).then((chosen) => {
    if (chosen === choose) void chooseTree();
    else if (chosen === report && canReport(error)) void reportProblem(error, activeDocument());
    else if (chosen === log) void commands.executeCommand('iomemReview.showLog');
  });
}

/** A failed job in one line: where, what, its code, what to do. */
export function reviewFailureText({ failure }: JobFailure): string {
  const where = failure.file === undefined ? '' : `${failure.file}:${failure.line ?? 1}: `;
  const code = failure.code === undefined ? '' : ` [${failure.code}]`;
  // More of it is in the view of reviews and at the line.
  const hint = failure.hint === undefined ? '' : ` ${failure.hint.split('\n')[0] ?? ''}`;
  // Of an unexpected error the stack is in the log.
  return `${where}${failure.message.split('\n')[0] ?? ''}${code}${hint}`;
}

/** The document of the active tab, also where it is not the focused text editor. */
function activeDocument(): Uri | undefined {
  const editor = window.activeTextEditor?.document.uri;
  if (editor) return editor;
  const input = window.tabGroups.activeTabGroup.activeTab?.input as TabInputText | undefined;
  return input?.uri instanceof Uri ? input.uri : undefined;
}

async function chooseTree(): Promise<void> {
  const [folder] =
    (await window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: l10n.t('Use as Kernel Tree'),
      title: l10n.t('Folder of the kernel tree (with kernel/resource.c)'),
    })) ?? [];
  if (!folder) return;
  const inWorkspace = workspace.workspaceFolders !== undefined;
  const value = folder.scheme === 'file' ? folder.fsPath : folder.path;
  await workspace.getConfiguration('iomemReview').update('tree', value, !inWorkspace);
}

/** Lets the person pick one of the newest commits, or type a revision. */
async function pickCommit(git: Git, root: Uri): Promise<Commit | undefined> {
  const commits = await git.commits(root, 300);
  type Item = QuickPickItem & { readonly commit?: Commit };
  const items: readonly Item[] = commits.map((commit) => ({
    label: commit.subject,
    description: commit.hash.slice(0, 12),
    detail: `${commit.author}, ${commit.date}`,
    commit,
  }));
  const pick = window.createQuickPick<Item>();
  try {
    pick.title = l10n.t('Review Commit');
    pick.placeholder = l10n.t('Choose a commit, or type a revision');
    pick.matchOnDescription = true;
    pick.items = items;
    pick.onDidChangeValue((value) => {
      const typed: Item = { label: value, description: l10n.t('a revision'), alwaysShow: true };
      pick.items = value.trim() === '' ? items : [...items, typed];
    });
    const chosen = await new Promise<Item | undefined>((resolve) => {
      pick.onDidAccept(() => resolve(pick.selectedItems[0]));
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
    return chosen && (chosen.commit ?? (await git.resolve(root, chosen.label)));
  } finally {
    pick.dispose();
  }
}
