import { commands } from 'vscode';
import { Owner } from './disposable.ts';
import type { Reviews } from './reviews.ts';

/** Context keys for the `when` clauses of the manifest. */
export class ContextKeys extends Owner {
  constructor(reviews: Reviews, canRunGit: boolean) {
    super();
    const set = (name: string, value: unknown) =>
      void commands.executeCommand('setContext', `iomemReview.${name}`, value);
    const update = () => {
      const done = reviews.all().filter((review) => review.result !== undefined);
      set('hasReview', done.length > 0);
      set('reviewedPaths', Object.fromEntries(done.map(({ patch }) => [patch.fsPath, true])));
    };
    set('canRunGit', canRunGit);
    update();
    this.own(reviews.onDidChange(update));
    this.own(reviews.onDidRemove(update));
  }
}
