import { commands, env, l10n, Uri, window, workspace } from 'vscode';
import { readMails } from '../../review/mails.ts';
import { printable } from '../../review/printable.ts';
import { composeReply, type ReplyDraft, replyMbox, sendEmailCommand } from '../../review/reply/reply.ts';
import { Owner } from '../disposable.ts';
import type { Review, Reviews } from '../reviews.ts';
import { reviewFor } from '../view-commands.ts';
import type { DeskComments } from './comments.ts';
import type { DeskNode } from './nodes.ts';

/** Trailers that a reviewer may add, and nobody adds for him. */
const trailers = ['Reviewed-by', 'Tested-by', 'Acked-by', 'Nacked-by', 'Reported-by'];

/** Compose Reply: what was remarked becomes the draft of a mail, in an editor. It is saved by the person, and sent by nobody here. */
export class DeskReply extends Owner {
  readonly #reviews: Reviews;
  readonly #comments: DeskComments;
  /** Drafts that are open, by the address of their document. */
  readonly #drafts = new Map<string, ReplyDraft>();

  constructor(reviews: Reviews, comments: DeskComments) {
    super();
    this.#reviews = reviews;
    this.#comments = comments;
    this.own(commands.registerCommand('iomemReview.composeReply', (what, options) => this.#compose(what, options)));
    this.own(commands.registerCommand('iomemReview.saveReply', (target) => this.#save(target)));
    this.own(commands.registerCommand('iomemReview.copySendEmail', () => this.#copyCommand()));
    this.own(workspace.onDidCloseTextDocument(({ uri }) => this.#drafts.delete(uri.toString())));
  }

  async #compose(what: unknown, options: unknown): Promise<void> {
    const node = isNode(what) ? what : undefined;
    const review = node ? node.review : await reviewFor(this.#reviews, what);
    if (!review?.result) return;
    const placed = await this.#comments.placed(review);
    const index =
      node && 'patch' in node
        ? node.patch
        : await pickPatch(
            review,
            placed.map((one) => one.patch),
          );
    if (index === undefined) return;
    const document = await workspace.openTextDocument(review.patch);
    const mail = readMails(document.getText(), review.name)[index];
    if (!mail) return;
    const here = placed.filter((one) => one.patch === index);
    const wished = typeof options === 'object' && options !== null ? (options as { trailers?: readonly string[] }) : {};
    const from = workspace.getConfiguration('iomemReview', review.patch).get<string>('reply.from', '').trim();
    const draft = composeReply({
      mail,
      comments: here.map(({ line, comment }) => ({ patchLine: line + 1, text: comment.body })),
      trailers: wished.trailers ?? (await pickTrailers(from)),
      ...(from === '' ? {} : { from }),
    });
    const shown = await workspace.openTextDocument({ language: 'plaintext', content: draft.eml });
    this.#drafts.set(shown.uri.toString(), draft);
    await window.showTextDocument(shown, { preview: false });
    void commands.executeCommand('setContext', 'iomemReview.hasReply', true);
    const save = l10n.t('Save Reply…');
    const copy = l10n.t('Copy git send-email Command');
    // Not awaited: the command has ended when the draft is there.
    void window
      .showInformationMessage(l10n.t('This is a draft: nothing is sent. Edit it, then save it.'), save, copy)
      .then((chosen) => {
        if (chosen === save) void this.#save(undefined);
        else if (chosen === copy) void this.#copyCommand();
      });
  }

  /** The draft of the active editor, or the only one. */
  #active(): { readonly draft: ReplyDraft; readonly text: string } | undefined {
    const key = window.activeTextEditor?.document.uri.toString();
    const found = key !== undefined && this.#drafts.has(key) ? key : [...this.#drafts.keys()].at(-1);
    const draft = found === undefined ? undefined : this.#drafts.get(found);
    const document = workspace.textDocuments.find(({ uri }) => uri.toString() === found);
    if (!draft || !document) {
      window.showInformationMessage(l10n.t('There is no draft of a reply: compose one first.'));
      return undefined;
    }
    return { draft, text: document.getText() };
  }

  async #save(target: unknown): Promise<Uri | undefined> {
    const active = this.#active();
    if (!active) return undefined;
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const file =
      target instanceof Uri
        ? target
        : await window.showSaveDialog({
            filters: { [l10n.t('Mail')]: ['eml'], mbox: ['mbox'] },
            ...(folder ? { defaultUri: Uri.joinPath(folder, 'reply.eml') } : {}),
          });
    if (!file) return undefined;
    // What the person made of it, not what we proposed.
    const text = /\.mbox$/.test(file.path) ? replyMbox({ ...active.draft, eml: active.text }) : active.text;
    await workspace.fs.writeFile(file, new TextEncoder().encode(text));
    const command = sendEmailCommand(active.draft, file.scheme === 'file' ? file.fsPath : file.path);
    const copy = l10n.t('Copy');
    void window.showInformationMessage(l10n.t('Saved. To send it: {0}', command), copy).then((chosen) => {
      if (chosen === copy) void env.clipboard.writeText(command);
    });
    return file;
  }

  async #copyCommand(): Promise<void> {
    const active = this.#active();
    if (active) await env.clipboard.writeText(sendEmailCommand(active.draft, 'reply.eml'));
  }
}

const isNode = (value: unknown): value is DeskNode =>
  typeof value === 'object' && value !== null && 'kind' in value && 'review' in value;

/** The patch to answer: the only one, the only one with comments, or picked. */
async function pickPatch(review: Review, commented: readonly number[]): Promise<number | undefined> {
  const patches = review.result?.report.patches ?? [];
  if (patches.length <= 1) return patches.length - 1;
  const some = new Set(commented);
  if (some.size === 1) return [...some][0];
  const items = patches.map((patch, index) => ({
    label: printable(patch.subject || patch.input),
    description: some.has(index) ? l10n.t('with comments') : '',
    index,
  }));
  return (await window.showQuickPick(items, { placeHolder: l10n.t('Which patch to answer?') }))?.index;
}

async function pickTrailers(from: string): Promise<readonly string[]> {
  if (from === '') return [];
  const items = trailers.map((key) => ({ label: `${key}: ${from}` }));
  const placeHolder = l10n.t('Trailers to add; none is right, too');
  const chosen = await window.showQuickPick(items, { canPickMany: true, placeHolder });
  return (chosen ?? []).map(({ label }) => label);
}
