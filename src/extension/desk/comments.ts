import {
  type Comment,
  type CommentController,
  CommentMode,
  type CommentReply,
  type CommentThread,
  CommentThreadCollapsibleState,
  commands,
  comments,
  l10n,
  MarkdownString,
  Range,
  type TextDocument,
  type Uri,
  workspace,
} from 'vscode';
import { findingComment } from '../../review/reply/finding.ts';
import type { Finding, PatchReport } from '../../review/report.ts';
import { Owner } from '../disposable.ts';
import { patchLineOf } from '../places.ts';
import type { Review, Reviews } from '../reviews.ts';
import { mapOf } from './map.ts';
import type { DeskStore, StoredComment } from './store.ts';

/** Where a comment stands: in which patch and file of a review, on which line of its text (0-based). */
interface Anchor {
  readonly patch: number;
  readonly path: string;
  readonly line: number;
}
export interface PlacedComment extends Anchor {
  readonly comment: StoredComment;
}

/**
 * Remarks on lines of patches, as comment threads. A comment controller cannot list its threads: what was said is in the
 * {@link DeskStore}, found again by the contents of the file's diff, so that it is there in every revision that did not
 * change the file.
 */
export class DeskComments extends Owner {
  readonly #reviews: Reviews;
  readonly #store: DeskStore;
  readonly #controller: CommentController;
  readonly #threads = new Map<string, CommentThread[]>();

  constructor(reviews: Reviews, store: DeskStore) {
    super();
    this.#reviews = reviews;
    this.#store = store;
    this.#controller = this.own(comments.createCommentController('iomemReview', l10n.t('Iomem Review')));
    this.#controller.options = {
      prompt: l10n.t('Comment on this line'),
      placeHolder: l10n.t('What you would write below the quoted line'),
    };
    this.#controller.commentingRangeProvider = {
      provideCommentingRanges: (document) => this.#ranges(document),
    };
    this.own(reviews.onDidChange((review) => void this.#show(review.patch)));
    this.own(reviews.onDidRemove((patch) => this.#clear(patch)));
    this.own(
      store.onDidChange(() => {
        for (const { patch } of reviews.all()) void this.#show(patch);
      }),
    );
    const register = (name: string, run: (...args: never[]) => unknown) =>
      this.own(commands.registerCommand(`iomemReview.${name}`, run as (...args: unknown[]) => unknown));
    register('addComment', (reply: CommentReply) => this.#add(reply));
    register('deleteComment', (one: ShownComment) => this.#remove(one));
    register('editComment', (one: ShownComment) => this.#edit(one));
    register('saveComment', (one: ShownComment) => this.#save(one));
    register('cancelComment', () => {
      for (const { patch } of reviews.all()) void this.#show(patch);
    });
  }

  /** The comments of a review, in the order of their lines. */
  async placed(review: Review): Promise<readonly PlacedComment[]> {
    const document = await workspace.openTextDocument(review.patch);
    return placeAll(review, document, this.#store.comments);
  }

  /** Makes a comment of what a finding says, with its proof. */
  async adopt(review: Review, report: PatchReport, finding: Finding): Promise<void> {
    const document = await workspace.openTextDocument(review.patch);
    const line = patchLineOf(report, finding);
    this.#write(review, document, line, findingComment(report, finding, mapOf(report, finding)), finding.id);
  }

  #add({ thread, text }: CommentReply): void {
    const review = this.#reviews.get(thread.uri);
    const document = workspace.textDocuments.find(({ uri }) => uri.toString() === thread.uri.toString());
    if (review && document && thread.range && text.trim() !== '')
      this.#write(review, document, thread.range.end.line, text);
    // The store's threads take its place.
    thread.dispose();
  }

  #write(review: Review, document: TextDocument, line: number, body: string, finding?: string): void {
    const anchor = anchorAt(review, line);
    const mail = anchor && review.result?.mails[anchor.patch];
    const file = mail?.files.find((one) => one.path === anchor?.path);
    if (!anchor || !mail || !file) return;
    const text = document.lineAt(line).text;
    const nth = linesOf(review, anchor.patch, anchor.path)
      .filter((one) => one < line)
      .filter((one) => document.lineAt(one).text === text).length;
    // Numbered, not random: what was there before decides.
    const number = 1 + Math.max(0, ...this.#store.comments.map((one) => Number(one.id) || 0));
    const comment: StoredComment = {
      id: String(number),
      file: file.id,
      path: anchor.path,
      subject: mail.subject,
      line: text,
      nth,
      body,
      ...(finding === undefined ? {} : { finding }),
    };
    this.#store.setComments([...this.#store.comments, comment]);
  }

  #remove({ stored }: ShownComment): void {
    this.#store.setComments(this.#store.comments.filter((one) => one.id !== stored.id));
  }

  #edit(comment: ShownComment): void {
    this.#redraw(comment, { ...comment, body: comment.stored.body, mode: CommentMode.Editing });
  }

  #save({ stored, body }: ShownComment): void {
    const text = typeof body === 'string' ? body : body.value;
    this.#store.setComments(this.#store.comments.map((one) => (one.id === stored.id ? { ...one, body: text } : one)));
  }

  #redraw({ stored }: ShownComment, shown: ShownComment): void {
    for (const thread of [...this.#threads.values()].flat()) {
      const index = thread.comments.findIndex((one) => (one as ShownComment).stored.id === stored.id);
      if (index >= 0) thread.comments = thread.comments.map((one, at) => (at === index ? shown : one));
    }
  }

  #ranges(document: TextDocument): Range[] {
    const review = this.#reviews.get(document.uri);
    return (review?.result?.report.patches ?? []).flatMap((report) =>
      report.files.flatMap((file) =>
        file.hunks.map((hunk) => new Range(hunk.patchLine - 1, 0, hunk.patchEndLine - 1, 0)),
      ),
    );
  }

  async #show(patch: Uri): Promise<void> {
    const review = this.#reviews.get(patch);
    if (review?.state !== 'done') return;
    const placed = await this.placed(review);
    this.#clear(patch);
    const byLine = new Map<number, StoredComment[]>();
    for (const { line, comment } of placed) byLine.set(line, [...(byLine.get(line) ?? []), comment]);
    const threads = [...byLine].map(([line, here]) => {
      const thread = this.#controller.createCommentThread(patch, new Range(line, 0, line, 0), here.map(shownAs));
      thread.collapsibleState = CommentThreadCollapsibleState.Expanded;
      thread.canReply = true;
      return thread;
    });
    this.#threads.set(patch.toString(), threads);
  }

  #clear(patch: Uri): void {
    for (const thread of this.#threads.get(patch.toString()) ?? []) thread.dispose();
    this.#threads.delete(patch.toString());
  }
}

interface ShownComment extends Comment {
  readonly stored: StoredComment;
}

function shownAs(stored: StoredComment): ShownComment {
  const text = new MarkdownString();
  // As it will stand in the mail: no markup.
  text.appendCodeblock(stored.body, 'text');
  return {
    stored,
    body: text,
    mode: CommentMode.Preview,
    author: { name: stored.finding === undefined ? l10n.t('You') : l10n.t('You, from a finding') },
    contextValue: 'comment',
  };
}

/** 0-based lines of the hunks of one file of a patch. */
function linesOf(review: Review, patch: number, path: string): readonly number[] {
  const file = review.result?.report.patches[patch]?.files.find((one) => one.path === path);
  return (file?.hunks ?? []).flatMap(({ patchLine, patchEndLine }) =>
    Array.from({ length: patchEndLine - patchLine + 1 }, (_, k) => patchLine - 1 + k),
  );
}

function anchorAt(review: Review, line: number): Anchor | undefined {
  for (const [patch, report] of (review.result?.report.patches ?? []).entries())
    for (const file of report.files)
      if (file.hunks.some((hunk) => hunk.patchLine - 1 <= line && line < hunk.patchEndLine))
        return { patch, path: file.path, line };
  return undefined;
}

function placeAll(review: Review, document: TextDocument, all: readonly StoredComment[]): readonly PlacedComment[] {
  const found: PlacedComment[] = [];
  if (all.length === 0) return found;
  for (const [patch, mail] of (review.result?.mails ?? []).entries()) {
    for (const file of mail.files) {
      const here = all.filter((comment) => comment.file === file.id && comment.path === file.path);
      if (here.length === 0) continue;
      const lines = linesOf(review, patch, file.path).filter((line) => line < document.lineCount);
      for (const comment of here) {
        const line = lines.filter((one) => document.lineAt(one).text === comment.line)[comment.nth];
        if (line !== undefined) found.push({ patch, path: file.path, line, comment });
      }
    }
  }
  return found.sort((a, b) => a.line - b.line || Number(a.comment.id) - Number(b.comment.id));
}
