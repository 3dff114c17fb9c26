import { ConfigurationTarget, commands, env, l10n, ProgressLocation, type Uri, window, workspace } from 'vscode';
import { rangeAddress } from '../addresses.ts';
import { fetchThread, originOf, parseThread, type ThreadAddress } from '../archive.ts';
import { Owner } from '../disposable.ts';
import type { Git } from '../git.ts';
import { repositoryRoot } from '../repository.ts';

/** Ways to get at patches: a file, the clipboard, a range of commits, a mailing list's archive. */
export class DeskSources extends Owner {
  readonly #git: Git;

  constructor(git: Git) {
    super();
    this.#git = git;
    const register = (name: string, run: (argument: unknown) => Promise<unknown>) =>
      this.own(commands.registerCommand(`iomemReview.${name}`, (argument: unknown) => reporting(() => run(argument))));
    register('openPatchFile', () => openFile());
    register('reviewClipboard', () => reviewClipboard());
    register('reviewRange', (range) => this.#reviewRange(range));
    register('reviewArchive', (message) => reviewArchive(message));
  }

  /** `A..B`, or a branch: what it has that HEAD has not. */
  async #reviewRange(given: unknown): Promise<void> {
    const root = await repositoryRoot(this.#git);
    const asked =
      typeof given === 'string'
        ? given
        : await window.showInputBox({
            title: l10n.t('Review Commits'),
            prompt: l10n.t('A range such as v6.12..topic, or a branch: what it has that HEAD has not'),
            placeHolder: 'HEAD~3..HEAD',
          });
    if (asked === undefined || asked.trim() === '') return;
    const { from, to } = await this.#git.range(root, asked.trim());
    const address = rangeAddress(root, from, to, asked.trim());
    await review(address);
  }
}

async function openFile(): Promise<void> {
  const chosen = await window.showOpenDialog({
    canSelectMany: false,
    openLabel: l10n.t('Review'),
    filters: { [l10n.t('Patches and mails')]: ['patch', 'diff', 'mbox', 'eml', 'txt'], [l10n.t('All files')]: ['*'] },
  });
  if (chosen?.[0]) await review(chosen[0]);
}

async function reviewClipboard(): Promise<void> {
  const content = await env.clipboard.readText();
  if (!/^(?:> ?)?(?:diff --git |--- |Index: |@@ -)/m.test(content)) {
    window.showInformationMessage(l10n.t('The clipboard holds no patch.'));
    return;
  }
  await review((await workspace.openTextDocument({ language: 'diff', content })).uri);
}

/** A thread of an archive; the network is used only for servers that the person has allowed. */
async function reviewArchive(given: unknown): Promise<void> {
  const settings = workspace.getConfiguration('iomemReview');
  const server = settings.get<string>('archive.server', 'https://lore.kernel.org/all');
  const asked =
    typeof given === 'string'
      ? given
      : await window.showInputBox({
          title: l10n.t('Review from a Mailing List Archive'),
          prompt: l10n.t('A Message-ID, or a link to a message of a public-inbox archive'),
          placeHolder: '20210419110000-0-ada@example.org',
        });
  if (asked === undefined || asked.trim() === '') return;
  const address = parseThread(asked, server);
  if (!address) throw new Error(l10n.t('“{0}” is neither a Message-ID nor a link to a message.', asked));
  if (!(await isAllowed(address))) return;
  const content = await window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: l10n.t('Fetching the thread from {0}', originOf(address)),
      cancellable: true,
    },
    (_progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      return fetchThread(address, controller.signal);
    },
  );
  await review((await workspace.openTextDocument({ language: 'diff', content })).uri);
}

/** Asks once, or looks at what was allowed for good. */
async function isAllowed(address: ThreadAddress): Promise<boolean> {
  const origin = originOf(address);
  const settings = workspace.getConfiguration('iomemReview');
  // Only what the person set counts, not what a workspace brings along.
  const allowed = settings.inspect<readonly string[]>('archive.allowed')?.globalValue ?? [];
  if (allowed.includes(origin)) return true;
  const once = l10n.t('Fetch It Once');
  const always = l10n.t('Always Allow This Server');
  const detail = l10n.t(
    'The Message-ID is sent to the server. Nothing else is, and nothing is fetched without your asking.',
  );
  const chosen = await window.showWarningMessage(
    l10n.t('Fetch a thread from {0}?', origin),
    { modal: true, detail },
    once,
    always,
  );
  if (chosen === always) await settings.update('archive.allowed', [...allowed, origin], ConfigurationTarget.Global);
  return chosen === once || chosen === always;
}

const review = (uri: Uri): Thenable<unknown> => commands.executeCommand('iomemReview.reviewPatch', uri);

async function reporting(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    void window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}
