import { type TextDocument, type Uri, workspace } from 'vscode';
import { Owner } from './disposable.ts';
import type { Review, Reviews } from './reviews.ts';
import { pathBelow } from './tree.ts';

/** Reviews a patch again, a moment after its text or a source file that it touches has changed. */
export class Rerun extends Owner {
  readonly #reviews: Reviews;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(reviews: Reviews) {
    super();
    this.#reviews = reviews;
    this.own(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#changed(document);
      }),
    );
    this.own(reviews.onDidRemove((patch) => this.#forget(patch)));
  }

  override dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    super.dispose();
  }

  #changed(document: TextDocument): void {
    for (const review of this.#reviews.all()) if (isAbout(review, document.uri)) this.#schedule(review.patch);
  }

  #schedule(patch: Uri): void {
    const settings = workspace.getConfiguration('iomemReview', patch);
    if (!settings.get<boolean>('reviewOnChange', true)) return;
    this.#forget(patch);
    const timer = setTimeout(
      () => {
        this.#timers.delete(patch.toString());
        // The review tells its failure itself: at the patch, and in the log.
        this.#reviews.run(patch).catch(() => {});
      },
      settings.get<number>('reviewOnChangeDelay', 500),
    );
    this.#timers.set(patch.toString(), timer);
  }

  #forget(patch: Uri): void {
    clearTimeout(this.#timers.get(patch.toString()));
    this.#timers.delete(patch.toString());
  }
}

function isAbout(review: Review, uri: Uri): boolean {
  if (review.patch.toString() === uri.toString()) return true;
  const path = review.tree?.root && pathBelow(review.tree.root, uri);
  if (path === undefined) return false;
  return review.result?.files.some((file) => file.path === path) ?? false;
}
