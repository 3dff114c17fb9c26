import { l10n, type QuickPickItem, type Uri, version, window, workspace } from 'vscode';
import { type Consent, isOurFault, problemText } from './problem-text.ts';
import { JobFailure } from './worker-client.ts';

/** Whether an error of a review is a fault of ours, for which there is nothing that the person could do. */
export const canReport = (error: unknown): error is JobFailure =>
  error instanceof JobFailure && isOurFault(error.failure);

/** Opens the text of an issue in an editor of its own: it is the person's to read, to change and to send. */
export async function reportProblem({ failure }: JobFailure, patch: Uri | undefined): Promise<void> {
  const choices: (QuickPickItem & { readonly message: boolean; readonly patch: boolean })[] = [
    {
      label: l10n.t('Where it failed'),
      description: l10n.t('versions and the functions of this extension; nothing of the patch'),
      message: false,
      patch: false,
    },
    {
      label: l10n.t('Where it failed, and the error message'),
      description: l10n.t('which may quote a line of the patch'),
      message: true,
      patch: false,
    },
  ];
  if (patch) choices.push({ label: l10n.t('All of that, and the patch'), message: true, patch: true });
  const chosen = await window.showQuickPick(choices, { title: l10n.t('What may the report say?') });
  if (!chosen) return;
  const consent: Consent = {
    message: chosen.message,
    ...(chosen.patch && patch ? { patch: (await workspace.openTextDocument(patch)).getText() } : {}),
  };
  const about = { 'VS Code': version, 'Iomem Review': process.env.IOMEM_REVIEW_VERSION ?? 'development' };
  const content = problemText(failure, about, consent);
  await window.showTextDocument(await workspace.openTextDocument({ content, language: 'markdown' }));
}
